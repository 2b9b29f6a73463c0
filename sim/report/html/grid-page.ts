import { findScenario } from "../../scenarios/built-in.ts";
import type { Axis } from "../../sweep/grid.ts";
import { describeOrdering } from "../../sweep/lab-job.ts";
import { labMeasure, LENT, LOSS } from "../../sweep/measures.ts";
import { usualValues } from "../../sweep/setting.ts";
import { worldOf, type SweepCell, type SweepResult } from "../../sweep/sweep.ts";
import { formatNumber } from "../format.ts";
import { SERIES } from "./palette.ts";
import { withInterval } from "./compare-page.ts";
import type { ScatterChart } from "./chart-spec.ts";
import type { Cell, Column, ReportPage, Section } from "./page.ts";
import { sweepPage, type SweepMap, type SweepPanel } from "./sweep-page.ts";
import { formatValue, type Format } from "./value.ts";

/** Measures with maps; the others are in the table. */
const MAPPED = [LOSS, LENT, "amplification", "liquidated"];

/** The report of `npx hardhat sweep`. @param command That reproduces it. */
export function gridPage(result: SweepResult, command: string): ReportPage {
  const { options, cells, basis, runs } = result;
  const { scenario, axes, seeds, firstSeed, bound, aim, borrowers, loopers, dipBuyers, features, curve, ordering } =
    options;
  const safe = cells.filter(({ isSafe }) => isSafe).length;
  return sweepPage({
    title: `${scenario} over ${axes.map(({ name }) => name).join(" × ")}`,
    subtitle: `A cell is safe if the upper end of its loss's interval is at most ${formatNumber(100 * bound, 2)} % of the debt.`,
    ...{ command, hash: basis, seed: `${firstSeed} to ${firstSeed + seeds - 1}` },
    facts: [
      { label: "People", value: `${borrowers} borrowers, ${loopers} loopers, ${dipBuyers} dip buyers` },
      {
        label: "Pool",
        value: [`${features}; liquidation by the ${curve} curve`, ...describeOrdering(ordering)].join("; "),
      },
      {
        label: "Grid",
        value: axes
          .map(({ name, values, unit }) => `${name} ${values.join(", ")}${unit === "" ? "" : ` ${unit}`}`)
          .join("; "),
      },
    ],
    tiles: [
      { label: "cells", value: formatNumber(cells.length), note: `${formatNumber(runs.length)} runs` },
      { label: "safe", value: formatNumber(safe), note: `loss at most ${formatNumber(100 * bound, 2)} %` },
      { label: "aim", value: labMeasure(aim).title, note: "what the frontier has most of" },
    ],
    frontiers: [frontierChart(result)],
    panels: panelsOf(result),
    more: [frontierTable(result), cellTable(result)],
    parameters: {
      ...{ bound, aim, seeds, firstSeed },
      ...usualValues(findScenario(scenario).asset, curve),
      ...options.set,
      // What the grid varies has no one value.
      ...Object.fromEntries(axes.map(({ name, values }) => [name, values.join(", ")])),
    },
  });
}

/** The two longest axes span a map, the first of equals downwards; each point of the others has maps of its own. */
function panelsOf({ options, cells }: SweepResult): SweepPanel[] {
  const longest = [...options.axes].sort((a, b) => b.values.length - a.values.length);
  const [x, y] = [longest[0], longest[1] as Axis | undefined];
  const rest = options.axes.filter((axis) => axis !== x && axis !== y);
  const keyOf = ({ point }: SweepCell) => rest.map(({ name }) => `${name} ${point[name]}`).join(", ");
  const names = (axis: Axis | undefined) => ({
    label: axis === undefined ? "" : labelOf(axis),
    values: axis?.values.map(String) ?? [""],
  });
  return [...new Set(cells.map(keyOf))].map((key) => {
    const own = cells.filter((cell) => keyOf(cell) === key);
    const at = (row: number, column: number) =>
      own.find(
        ({ point }) => point[x.name] === x.values[column] && (y === undefined || point[y.name] === y.values[row]),
      );
    const rows = (y?.values ?? [""]).map((_, row) => x.values.map((__, column) => at(row, column)));
    const framed = rows.flatMap((row, r) =>
      row.flatMap((cell, c): [number, number][] => (cell?.isSafe === true ? [[r, c]] : [])),
    );
    return {
      heading: key === "" ? "Maps" : `Maps: ${key}`,
      ...{ x: names(x), y: names(y) },
      maps: MAPPED.map(labMeasure).map((measure): SweepMap => ({
        ...{ title: measure.title, better: measure.better, format: formatOf(measure.id) },
        values: rows.map((row) => row.map((cell) => cell?.measures[measure.id].mean ?? null)),
        ...{ ...rangeOf(cells, measure.id), framed, framedName: "safe" },
      })),
    };
  });
}

/** One scale for all panels: they are there to be compared. */
function rangeOf(cells: readonly SweepCell[], id: string): { readonly low: number; readonly high: number } {
  const means = cells.map(({ measures }) => measures[id].mean);
  return { low: Math.min(...means), high: Math.max(...means) };
}

function frontierChart({ options, cells }: SweepResult): ScatterChart {
  const { aim, bound } = options;
  const pointOf = ({ point, measures }: SweepCell) => ({
    ...{ x: measures[aim].mean, y: measures[LOSS].mean, low: measures[LOSS].low, high: measures[LOSS].high },
    label: describe(point),
  });
  const worlds = [...new Set(cells.map(({ point }) => describe(worldOf(point))))];
  const pareto = cells.filter(({ isPareto }) => isPareto);
  const joined = worlds.length <= SERIES.length;
  const series = joined
    ? worlds.map((world) => ({
        name: world === "" ? "Pareto set" : `Pareto set: ${world}`,
        isJoined: true,
        points: pareto
          .filter(({ point }) => describe(worldOf(point)) === world)
          .map(pointOf)
          .sort((a, b) => a.x - b.x),
      }))
    : [{ name: "Pareto sets", points: pareto.map(pointOf) }];
  const others = cells.filter(({ isPareto }) => !isPareto).map(pointOf);
  return {
    ...{ kind: "scatter", title: `Loss against ${labMeasure(aim).title}`, isWide: true, height: 420 },
    note: "Down and to the right is better; whiskers are 95 % intervals. Pareto: no other cell of its world is better at both",
    summary: `${pareto.length} of ${cells.length} cells are in a Pareto set.`,
    x: { label: labMeasure(aim).title, format: formatOf(aim) },
    y: { label: "loss, of the debt", format: formatOf(LOSS), from: 0 },
    series: [
      ...series,
      ...(others.length === 0 ? [] : [{ name: "other cells", points: others, colour: "grey" as const }]),
    ],
    levels: [{ name: `safe: ${formatValue(bound, { as: "percent", places: 2 })}`, value: bound }],
  };
}

function frontierTable({ options: { aim }, cells, frontier }: SweepResult): Section {
  const rows = frontier.map(({ world, cell }): Cell[] => {
    const name = describe(world) === "" ? "all" : describe(world);
    if (cell === null) return [name, { value: "none is safe", tone: "bad" }, null, null];
    const { point, measures } = cells[cell];
    const design = Object.fromEntries(Object.entries(point).filter(([key]) => !(key in world)));
    return [
      name,
      describe(design) === "" ? "the only cell" : describe(design),
      ...[aim, LOSS].map((id) => withInterval(measures[id], formatOf(id))),
    ];
  });
  const number: Format = { as: "number" };
  const columns: Column[] = [
    { title: "world" },
    { title: "best safe pool" },
    { title: labMeasure(aim).title, format: number },
    { title: "loss", format: number },
  ];
  return {
    heading: "Safe frontier",
    tables: [{ caption: `Most ${labMeasure(aim).title} among what is safe`, columns, rows }],
  };
}

function cellTable({ options, cells }: SweepResult): Section {
  const ids = Object.keys(cells[0]?.measures ?? {});
  const columns: Column[] = [
    ...options.axes.map((axis) => ({ title: labelOf(axis) })),
    { title: "safe" },
    ...ids.map((id) => ({ title: labMeasure(id).title, format: { as: "number" } as const })),
  ];
  const rows = cells.map(({ point, measures, isSafe }): Cell[] => [
    ...options.axes.map(({ name }) => String(point[name])),
    isSafe ? { value: "safe", tone: "good" } : "no",
    ...ids.map((id) => withInterval(measures[id], formatOf(id))),
  ]);
  return { heading: "Numbers", tables: [{ caption: "Every cell", columns, rows, isFolded: rows.length > 40 }] };
}

function labelOf({ name, unit }: Axis): string {
  return unit === "" ? name : `${name} [${unit}]`;
}

function describe(point: Readonly<Record<string, number | string>>): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function formatOf(id: string): Format {
  const { unit } = labMeasure(id);
  if (unit === "%") return { as: "percent", places: 2 };
  return { as: "number", places: unit === "×" ? 3 : 1, unit };
}
