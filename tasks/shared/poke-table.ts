import { formatCompact, formatNumber } from "../../sim/report/format.ts";
import type { PokedCollateral, PokeReport } from "../poke.ts";

const COLUMNS = [
  ["collateral", 10],
  ["σ a day", 10],
  ["depth", 10],
  ["reserve", 10],
  ["may borrow", 12],
  ["liquidated", 12],
  ["target", 10],
  ["breaker", 12],
] as const;

/** For people: one line for each collateral, then the pool and the reward. */
export function pokeTable({ collaterals, loan, poolLevel, earned, owed, keeper }: PokeReport): string {
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padStart(COLUMNS[column][1])).join("");
  const late = collaterals.filter(({ refreshed }) => !refreshed).map(({ symbol }) => symbol);
  return [
    "",
    line(COLUMNS.map(([name]) => name)),
    line(["", "", loan, loan, "up to", "at", "", ""]),
    ...collaterals.map((collateral) => line(cellsOf(collateral))),
    "",
    `Breaker of the pool: ${poolLevel}`,
    ...(late.length === 0 ? [] : [`Refreshed less than 12 s before, and left as it was: ${late.join(", ")}`]),
    `Earned ${earned} ${loan}; ${owed} ${loan} are waiting for ${keeper} (RiskEngine.claim)`,
  ].join("\n");
}

function cellsOf(c: PokedCollateral): string[] {
  return [
    c.symbol,
    `${formatNumber(100 * Number(c.sigmaPerDay), 2)} %`,
    ...[c.depth, c.reserve].map((amount) => formatCompact(Number(amount))),
    percent(c.borrowFactorBps),
    percent(c.liquidationFactorBps),
    percent(c.liquidationTargetBps),
    c.level,
  ];
}

function percent(bps: number): string {
  return `${formatNumber(bps / 100, 2)} %`;
}
