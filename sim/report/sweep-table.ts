import type { Estimate } from "../jobs/statistics.ts";
import { namePoint } from "../sweep/grid.ts";
import { heatPanels, type HeatPanel } from "../sweep/heat-maps.ts";
import { describeOrdering } from "../sweep/lab-job.ts";
import { labMeasure, LENT, LEVERAGE, LOSS } from "../sweep/measures.ts";
import type { SweepResult } from "../sweep/sweep.ts";
import { formatNumber } from "./format.ts";
import { createStyle, type Style } from "./style.ts";

const LABEL = 24;
const COLUMN = 22;
/** Columns side by side. */
const COLUMNS = 4;
const SHOWN = [LOSS, LENT, LEVERAGE, "liquidated", "amplification"] as const;

/** Writes a sweep for people: a table for each measure, and the safe frontier. */
export function formatSweepTable(result: SweepResult, colour = false): string {
  const style = createStyle(colour);
  const { options } = result;
  const { scenario, seeds, borrowers, loopers, dipBuyers, features, curve, ordering } = options;
  return [
    style.bold(`Sweep: ${result.cells.length} cells, ${seeds} seeds each`),
    `${scenario}; ${borrowers} borrowers, ${loopers} loopers, ${dipBuyers} dip buyers; ` +
      [features, `${curve} curve`, ...describeOrdering(ordering)].join(", ") +
      ", where the grid does not say otherwise",
    style.dim("Means and 95 % intervals. * safe: the upper end of the loss is within the bound. + Pareto."),
    ...heatPanels(result).flatMap((panel) => SHOWN.flatMap((id) => ["", ...map(result, panel, id, style)])),
    "",
    ...frontier(result, style),
  ].join("\n");
}

function map({ cells }: SweepResult, { others, x, y, cells: rows }: HeatPanel, id: string, style: Style): string[] {
  const { title, unit } = labMeasure(id);
  const where = Object.keys(others).length === 0 ? "" : `, ${namePoint(others)}`;
  const lines = [style.bold(`${title} ${unit}${where}`)];
  for (let from = 0; from < x.values.length; from += COLUMNS) {
    const columns = x.values.slice(from, from + COLUMNS).map((value) => `${lastOf(x.name)} ${value}`);
    lines.push(style.dim(line("", columns)));
    y.values.forEach((value, row) => {
      const texts = rows[row].slice(from, from + COLUMNS).map((index) => {
        const { measures, isSafe, isPareto } = cells[index];
        return `${estimate(measures[id], unit)} ${isSafe ? "*" : " "}${isPareto ? "+" : " "}`;
      });
      lines.push(line(y.name === "" ? "" : `${lastOf(y.name)} ${value}`, texts));
    });
  }
  return lines;
}

function frontier({ options, cells, frontier: points }: SweepResult, style: Style): string[] {
  const { bound, aim } = options;
  const { title, unit } = labMeasure(aim);
  return [
    style.bold(
      `Safe frontier: most ${title} of which the loss is at most ${formatNumber(100 * bound, 3)} % of the debt`,
    ),
    ...points.map(({ world, cell }) => {
      const where = Object.keys(world).length === 0 ? "" : `${namePoint(world)}: `;
      if (cell === null) return style.bad(`  ${where}none is safe`);
      const { point, measures } = cells[cell];
      const design = Object.fromEntries(Object.entries(point).filter(([name]) => !Object.hasOwn(world, name)));
      const chosen = Object.keys(design).length === 0 ? "as it is" : namePoint(design);
      const loss = `loss ${estimate(measures[LOSS], "%")} %`;
      return style.good(`  ${where}${chosen}: ${title} ${estimate(measures[aim], unit)} ${unit}, ${loss}`);
    }),
  ];
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function line(label: string, cells: readonly string[]): string {
  return `${label.padEnd(LABEL)}${cells.map((cell) => cell.padStart(COLUMN)).join("")}`.trimEnd();
}

function estimate({ mean, low, high }: Estimate, unit: string): string {
  return `${amount(mean, unit)} [${amount(low, unit)}, ${amount(high, unit)}]`;
}

function amount(value: number, unit: string): string {
  if (unit === "%") return formatNumber(100 * value, 2);
  return formatNumber(value, unit === "×" ? 2 : 1);
}
