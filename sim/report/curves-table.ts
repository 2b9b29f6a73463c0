import type { ContestantSummary, CurvesResult, GroupSummary } from "../curves/curves-result.ts";
import { CURVE_MEASURES, type CurveMeasure } from "../curves/measures.ts";
import type { Estimate } from "../jobs/statistics.ts";
import { formatNumber, formatTime } from "./format.ts";
import { goalLines } from "./goal-lines.ts";
import { createStyle, type Style } from "./style.ts";

const LABEL = 25;
const COLUMN = 12;
/** Cells that are named; how many there are is said too. */
const MOST_LOST = 12;

/** Writes the comparison for people: at most 100 columns wide. */
export function formatCurvesTable(result: CurvesResult, colour = false): string {
  const style = createStyle(colour);
  return [
    ...heading(result, style),
    ...result.groups.flatMap((group) => ["", ...groupTable(result, group, style)]),
    "",
    ...lost(result, style),
    "",
    style.bold("Goals"),
    ...result.goals.flatMap((goal) => goalLines(goal, style)),
  ].join("\n");
}

function heading({ options, blockSeconds }: CurvesResult, style: Style): string[] {
  const { seeds, borrowers, loopers, blocks, depths, falls } = options;
  return [
    style.bold("Liquidation curves in a crash, and never liquidating"),
    `${seeds} seeds; ${borrowers} borrowers, ${loopers} loopers; ${blocks} blocks of ${formatTime(blockSeconds)}`,
    `depth ${depths.join(", ")} × debt; shock ${falls.map((fall) => `−${fall} %`).join(", ")}`,
    style.dim("Shares are of the debt at the start; below each mean its 95 % interval. Bad debt: realised, and"),
    style.dim("what open accounts do not cover at the market's last price. Regret: bad debt above the best"),
    style.dim("curve's of the cell. Time to solvency ends with the run where some account is open still."),
  ];
}

function groupTable({ options }: CurvesResult, { group, cells, contestants }: GroupSummary, style: Style): string[] {
  const title =
    group === "all" ? `All ${cells} cells` : `${cells} cells ${group === "flat" ? "without" : "with"} recovery`;
  const row = (name: string, cell: (summary: ContestantSummary) => string) =>
    `${name.padEnd(LABEL)}${contestants.map((each) => cell(each).padStart(COLUMN)).join("")}`.trimEnd();
  const both = (name: string, pick: (summary: ContestantSummary) => Estimate | undefined, measure: Format) => {
    const show = (estimate: Estimate | undefined, say: (found: Estimate) => string) => {
      return estimate === undefined ? "" : say(estimate);
    };
    return [
      row(name, (each) => show(pick(each), ({ mean }) => amount(mean, measure))),
      style.dim(
        row("", (each) => show(pick(each), ({ low, high }) => `${amount(low, measure)}–${amount(high, measure)}`)),
      ),
    ];
  };
  const percent: Format = { unit: "%", places: 2 };
  return [
    style.bold(title),
    style.dim(row("", ({ contestant }) => contestant)),
    ...both("regret %", ({ regret }) => regret, percent),
    row("  of the worst cell %", ({ worstRegret }) => amount(worstRegret.regret, percent)),
    ...CURVE_MEASURES.flatMap((measure) => {
      return both(`${measure.title} ${measure.unit}`, ({ measures }) => measures[measure.id], measure);
    }),
    ...(contestants.every(({ excess }) => excess === undefined)
      ? []
      : [
          ...both("bad debt beyond twin %", ({ excess }) => excess?.badDebt, percent),
          ...both("fall beyond twin %", ({ excess }) => excess?.fall, percent),
        ]),
    ...(options.seeds < 20 ? [style.dim(`(${options.seeds} seeds are few)`)] : []),
  ];
}

type Format = Pick<CurveMeasure, "unit" | "places">;

function amount(value: number, { unit, places }: Format): string {
  return formatNumber(unit === "%" ? 100 * value : value, places);
}

function lost({ lost: all, options }: CurvesResult, style: Style): string[] {
  const { subject } = options;
  if (!options.contestants.some((name) => name === subject)) return [style.dim(`${subject} did not take part`)];
  if (all.length === 0) return [style.good(`${subject} is nowhere behind by more than 0.5 % of debt`)];
  const percent = (value: number) => formatNumber(100 * value, 1).padStart(6);
  return [
    style.bold(`Cells in which ${subject} has more bad debt than the best of the others: ${all.length}`),
    ...all.slice(0, MOST_LOST).map(({ cell, to, badDebt, best }) => {
      return `  ${cell.padEnd(28)}${percent(badDebt)} % against ${percent(best)} % with ${to}`;
    }),
    ...(all.length > MOST_LOST ? [`  and ${all.length - MOST_LOST} more, in the result`] : []),
  ];
}
