import type { CellResult, CurvesResult } from "../../curves/curves-result.ts";
import { PATHS, type PathName } from "../../curves/job.ts";
import { BAD_DEBT, CURVE_MEASURES, DISCOUNT, FALL, type CurveMeasure } from "../../curves/measures.ts";
import type { Estimate } from "../../jobs/statistics.ts";
import { formatNumber, formatTime } from "../format.ts";
import { comparePage, type CompareMeasure } from "./compare-page.ts";
import type { Cell, ReportPage, Section } from "./page.ts";
import { sweepMap } from "./sweep-page.ts";
import { formatValue, type Format } from "./value.ts";

const REGRET = "regret";
const NAMES: Readonly<Record<PathName | "all", string>> = { all: "all", flat: "no recovery", recovery: "recovery" };
/** Those of which there are maps. */
const MAPPED = [BAD_DEBT, "lowRatio", DISCOUNT, "solvency"];

/** The report of `npx hardhat curves`. @param command That reproduces it. */
export function curvesPage(result: CurvesResult, command: string): ReportPage {
  const { options, goals, groups, cells, blockSeconds, basis, lost } = result;
  const { seeds, borrowers, loopers, blocks, depths, falls, contestants } = options;
  const measures: CompareMeasure[] = [
    {
      id: REGRET,
      title: "regret",
      format: { as: "percent", places: 2 },
      better: "less",
      note: "Mean bad debt above that of the best curve of each cell; less is better",
    },
    ...CURVE_MEASURES.map((measure) => ({
      ...{ id: measure.id, title: measure.title, format: formatOf(measure) },
      better: measure.id === "lowRatio" ? ("more" as const) : ("less" as const),
      isMinor: ![BAD_DEBT, FALL, DISCOUNT, "solvency"].includes(measure.id),
    })),
  ];
  return comparePage({
    title: "Liquidation curves in a crash, and never liquidating",
    subtitle:
      "The same crash, population and market for every curve, on the real contracts. Shares are of the debt at the start.",
    ...{ command, seed: `1 to ${seeds}`, hash: basis },
    facts: [
      { label: "People", value: `${formatNumber(borrowers)} borrowers, ${formatNumber(loopers)} loopers` },
      { label: "Blocks", value: `${formatNumber(blocks)} of ${formatTime(blockSeconds)}` },
      { label: "Shocks", value: falls.map((fall) => `−${fall} %`).join(", ") },
      { label: "Runs", value: formatNumber(result.runs.length) },
      { label: "Depth of the market", value: `${depths.join(", ")} × debt` },
    ],
    tiles: groups
      .filter(({ group }) => group === "all")
      .flatMap((group) => group.contestants)
      .map(({ contestant, measures: found }) => ({
        ...{ label: `bad debt, ${contestant}`, value: formatValue(found[BAD_DEBT].mean, { as: "percent", places: 2 }) },
        note: `${formatValue(found[BAD_DEBT].low, { as: "percent", places: 2 })} to ${formatValue(found[BAD_DEBT].high, { as: "percent", places: 2 })}`,
      })),
    contestants,
    measures,
    groups: groups.map(({ group, contestants: each }) => ({
      name: NAMES[group],
      values: Object.fromEntries(
        each.map(({ contestant, measures: found, regret }): [string, Record<string, Estimate>] => [
          contestant,
          { ...found, [REGRET]: regret },
        ]),
      ),
    })),
    goals: goals.map(({ text, holds, detail }) => ({ text, holds, detail })),
    notes: [`Means over the cells of a group, each counting alike; whiskers are 95 % intervals over ${seeds} seeds.`],
    more: [
      ...PATHS.filter((path) => options.paths.includes(path)).map((path) => maps(result, path)),
      lostSection(lost),
    ],
    parameters: {
      ...Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)])),
      cells: cells.length,
    },
  });
}

/** Rows are cells, columns contestants: where in the grid each is good, and where it is not. */
function maps({ options, cells }: CurvesResult, path: PathName): Section {
  const rows = cells.filter((cell) => cell.path === path).reverse(); // upwards
  const y = { label: "depth × debt, shock", values: rows.map(({ depth, fall }) => `${depth} ×, −${fall} %`) };
  const x = { label: "curve", values: options.contestants };
  return {
    heading: `Cell by cell: ${NAMES[path]}`,
    text: ["A row is a depth of the market and a shock. Bright is good; framed: the best of its row."],
    charts: MAPPED.flatMap((id) => CURVE_MEASURES.filter((measure) => measure.id === id)).map((measure) => {
      const values = rows.map((cell) => options.contestants.map((name) => meanOf(cell, name, measure.id)));
      const better = measure.id === "lowRatio" ? "more" : "less";
      return sweepMap(
        {
          title: measure.title,
          format: formatOf(measure),
          better,
          values,
          framed: bests(values, better),
          framedName: "best of the row",
        },
        { x, y },
      );
    }),
  };
}

function meanOf(cell: CellResult, contestant: string, id: string): number | null {
  return cell.contestants.find((each) => each.contestant === contestant)?.measures[id]?.mean ?? null;
}

function bests(values: readonly (readonly (number | null)[])[], better: "less" | "more"): [number, number][] {
  return values.flatMap((row, r) => {
    const known = row.flatMap((value) => (value === null ? [] : [value]));
    const best = better === "less" ? Math.min(...known) : Math.max(...known);
    return row.flatMap((value, c): [number, number][] => (value === best ? [[r, c]] : []));
  });
}

function lostSection(lost: CurvesResult["lost"]): Section {
  const format: Format = { as: "percent", places: 2 };
  return {
    heading: "Where the subject loses",
    text: [lost.length === 0 ? "In no cell." : `In ${lost.length} cells another has less bad debt.`],
    tables:
      lost.length === 0
        ? []
        : [
            {
              caption: "Cells that are lost",
              columns: [
                { title: "cell" },
                { title: "to" },
                { title: "bad debt", format },
                { title: "of the other", format },
              ],
              rows: lost.map(({ cell, to, badDebt, best }): Cell[] => [cell, to, badDebt, best]),
              isFolded: lost.length > 20,
            },
          ],
  };
}

function formatOf({ unit, places }: CurveMeasure): Format {
  if (unit === "%") return { as: "percent", places };
  return { as: "number", places, unit };
}
