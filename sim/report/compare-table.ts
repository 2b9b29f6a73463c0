import type { CompareResult, ContestantSummary, GroupSummary, LostCell } from "../compare/compare-result.ts";
import { nameOfCell } from "../compare/job.ts";
import { COMPARE_MEASURES, LOSS } from "../compare/measures.ts";
import type { Estimate } from "../jobs/statistics.ts";
import { formatNumber } from "./format.ts";
import { goalLines } from "./goal-lines.ts";
import { createStyle, type Style } from "./style.ts";

const LABEL = 29;
const COLUMN = 18;
/** Cells that are named; how many there are is said too. */
const MOST_LOST = 20;

type Row = (name: string, cell: (summary: ContestantSummary) => string) => string;

/** Writes the comparison for people: at most 120 columns wide. */
export function formatCompareTable(result: CompareResult, colour = false): string {
  const style = createStyle(colour);
  return [
    ...heading(result, style),
    ...result.groups.flatMap((group) => ["", ...groupTable(group, style)]),
    "",
    ...cellTable(result, style),
    "",
    ...lost(result.lost, style),
    "",
    style.bold("Goals"),
    ...result.goals.flatMap((goal) => goalLines(goal, style, "limit")),
  ].join("\n");
}

function heading({ options, titles, calibrations }: CompareResult, style: Style): string[] {
  const { seeds, borrowers, loopers, scenarios } = options;
  const crowd = `${borrowers} borrowers, ${loopers} loopers`;
  return [
    style.bold("The same crash for every protocol"),
    `${scenarios.length} crashes, ${seeds} seeds; ${crowd}; same people, wishes, market and draws for all`,
    ...Object.entries(titles).map(([name, title]) => style.dim(`  ${name.padEnd(18)} ${title}`)),
    style.dim(
      "Shares are of the debt at the start; below each mean its 95 % interval. Bad debt: written off, and what",
    ),
    style.dim("open accounts owe beyond their collateral at the market's last price. Beyond twin: above the same run"),
    style.dim("without the market's feedback."),
    ...calibrations.map(({ asset, calibration: { scale, lending, isReached } }) => {
      const lends = `${formatNumber(100 * lending, 1)} % of what Aave's factors lend on a usual day`;
      return style.dim(
        `  on ${asset} Breakwater's model is scaled by ${formatNumber(scale, 3)}: it lends ${lends}${isReached ? "" : ", the nearest found"}`,
      );
    }),
  ];
}

function groupTable({ group, cells, contestants }: GroupSummary, style: Style): string[] {
  const titles = { all: `All ${cells} cells`, flat: `${cells} without recovery`, recorded: `${cells} as recorded` };
  const row: Row = (name, cell) =>
    `${name.padEnd(LABEL)}${contestants.map((each) => cell(each).padStart(COLUMN)).join("")}`.trimEnd();
  const both = (name: string, pick: (summary: ContestantSummary) => Estimate, unit: string) => [
    row(name, (each) => amount(pick(each).mean, unit)),
    style.dim(row("", (each) => `${amount(pick(each).low, unit)}–${amount(pick(each).high, unit)}`)),
  ];
  return [
    style.bold(titles[group]),
    style.dim(row("", ({ contestant }) => contestant)),
    row("lent, of Aave's %", ({ lent }) => amount(lent, "%")),
    ...COMPARE_MEASURES.flatMap(({ id, title, unit }) =>
      both(`${title} ${unit}`, ({ measures }) => measures[id], unit),
    ),
    ...both("bad debt beyond twin %", ({ excess }) => excess.loss, "%"),
    ...both("fall beyond twin %", ({ excess }) => excess.fall, "%"),
  ];
}

function cellTable({ cells, options }: CompareResult, style: Style): string[] {
  const line = (name: string, values: readonly string[]) =>
    `${name.padEnd(LABEL)}${values.map((value) => value.padStart(COLUMN)).join("")}`;
  return [
    style.bold("Bad debt of each cell, % (of the twin's)"),
    style.dim(line("", options.contestants)),
    ...cells.map((cell) =>
      line(
        nameOfCell(cell),
        cell.contestants.map(({ measures, twin }) => {
          return `${amount(measures[LOSS].mean, "%")} (${amount(twin[LOSS].mean, "%")})`;
        }),
      ),
    ),
  ];
}

function lost(all: readonly LostCell[], style: Style): string[] {
  if (all.length === 0) return [style.good("Breakwater has nowhere more bad debt than another")];
  const percent = (value: number) => `${formatNumber(100 * value, 2)} %`;
  return [
    style.bold(`Where Breakwater has more bad debt than another: ${all.length}`),
    ...all.slice(0, MOST_LOST).map(({ cell, to, own, other, difference: { low } }) => {
      const chance = low > 0 ? "" : "  (may be chance)";
      return `  ${cell.padEnd(LABEL)}${percent(own).padStart(9)} against ${percent(other)} of ${to}${chance}`;
    }),
    ...(all.length > MOST_LOST ? [`  and ${all.length - MOST_LOST} more, in the result`] : []),
  ];
}

function amount(value: number, unit: string): string {
  return formatNumber(unit === "%" ? 100 * value : value, 2);
}
