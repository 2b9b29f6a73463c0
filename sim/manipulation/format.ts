import { formatChange, formatCompact, formatNumber, formatTime } from "../report/format.ts";
import { MINUTES, type Cell, type ManipulationReport, type Row } from "./measure.ts";

const LABEL = 22;
const COLUMN = 13;

/** For people, at most 100 columns wide. */
export function formatManipulation(report: ManipulationReport): string {
  const { depth, liquidity, windowSeconds, rows, feed } = report;
  const reachable = rows.filter(({ cells }) => cells.length !== 0);
  const never = rows.filter(({ cells }) => cells.length === 0);
  return [
    `Uniswap pool with ${formatCompact(depth)} to a fall of 2 %, ${formatCompact(liquidity)} in it over all prices; ` +
      `mean over ${formatTime(windowSeconds)}`,
    "Costs in the loan asset, and in % of what is in the pool.",
    "",
    line("held for", (index) => `${MINUTES[index]} min`),
    ...reachable.flatMap((row) => block(row, liquidity)),
    "",
    ...never.map((row) => `${name(row)}: never, while the feed is honest`),
    "",
    "The feed lies, the market does not:",
    ...feed.map(({ price, target, minutes }) => {
      const when = minutes === null ? "never" : minutes === 0 ? "at once" : `after ${formatTime(60 * minutes)}`;
      return `  ${`${price} price ${formatChange(target, 0)}`.padEnd(26)}${when}`;
    }),
  ].join("\n");
}

function name({ price, target }: Row): string {
  return `${price} price ${formatChange(target, 0)}`;
}

function block(row: Row, liquidity: number): string[] {
  const { cells, feedHonest } = row;
  const money = (value: (cell: Cell) => number) => (index: number) =>
    `${formatCompact(value(cells[index]))} ${percent(value(cells[index]) / liquidity)}`;
  return [
    "",
    `${name(row)}${feedHonest ? "" : ", with a feed that lies too"}`,
    line("  market at, × price", (index) => multiple(cells[index].tradeTo)),
    line("  capital", (index) => formatCompact(cells[index].capital)),
    line(
      "  cost, alone",
      money(({ alone }) => alone),
    ),
    line(
      "  cost, arbitraged",
      money(({ arbitraged }) => arbitraged),
    ),
  ];
}

function line(label: string, cell: (index: number) => string): string {
  return label.padEnd(LABEL) + MINUTES.map((_, index) => cell(index).padStart(COLUMN)).join("");
}

function percent(share: number): string {
  const percents = 100 * share;
  return `${percents >= 1_000 ? formatCompact(percents) : formatNumber(percents, percents >= 10 ? 0 : percents >= 1 ? 1 : 2)}%`;
}

function multiple(value: number): string {
  if (value >= 1_000) return formatCompact(value);
  return value >= 0.01 ? formatNumber(value, value >= 10 ? 1 : 3) : value.toExponential(1);
}
