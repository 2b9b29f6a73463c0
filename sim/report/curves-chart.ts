import type { CellResult, ContestantInCell, CurvesResult } from "../curves/curves-result.ts";
import { PATHS, type PathName } from "../curves/job.ts";
import { BAD_DEBT, CENSORED, curveMeasure, DISCOUNT } from "../curves/measures.ts";
import { CHART_STYLE } from "./chart-style.ts";
import { formatNumber } from "./format.ts";
import { HEAT_STYLE, heatStep } from "./heat-style.ts";
import { element, escapeXml, text } from "./svg.ts";

const WIDTH = 800;
/** Left of the heat maps of each path; labels of the rows are before the first. */
const LEFT = 108;
const RIGHT = 788;
const GAP = 20;
const ROW = 19;
const FIRST_PANEL = 104;

/** A measure with the values at which its colours change. Dark (on light) is bad. */
interface Panel {
  readonly id: string;
  readonly title: string;
  readonly bounds: readonly number[];
  /** Small is bad: bounds descend. */
  readonly isInverted?: boolean;
}

const PANELS: readonly Panel[] = [
  { id: BAD_DEBT, title: "Bad debt, realised and open, % of debt", bounds: [0.001, 0.01, 0.02, 0.05, 0.1, 0.2] },
  {
    ...{ id: "lowRatio", title: "Price low ÷ exogenous low", isInverted: true },
    bounds: [0.98, 0.95, 0.9, 0.8, 0.65, 0.5],
  },
  { id: "amplification", title: "Amplification: fall ÷ exogenous fall", bounds: [1.02, 1.05, 1.1, 1.2, 1.4, 1.7] },
  { id: DISCOUNT, title: "Discount paid by borrowers, % of debt", bounds: [0.0005, 0.002, 0.005, 0.01, 0.02, 0.04] },
  {
    ...{ id: "solvency", title: "Minutes to solvency; + some run was not solvent at the end" },
    bounds: [15, 30, 45, 60, 75, 90],
  },
];

/**
 * Draws the comparison as heat maps: rows are depth and shock, columns contestants, one map a measure and path. The number is
 * in its cell, the best of a row is underlined. Self-contained, follows the reader's light or dark mode; equal results give equal bytes.
 */
export function drawCurves(result: CurvesResult): string {
  const { depths, falls, seeds, paths } = result.options;
  const rows = depths.length * falls.length;
  const panelHeight = 74 + rows * ROW;
  const height = FIRST_PANEL + PANELS.length * panelHeight;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">Liquidation curves in a crash, by depth of the market and shock</title>`,
    `<desc id="description">${escapeXml(describe(result))}</desc>`,
    `<style>${CHART_STYLE}${HEAT_STYLE}</style>`,
    element("rect", { width: WIDTH, height, class: "surface" }),
    text(24, 38, "Liquidation curves in a crash, by depth of the market", "title w"),
    text(24, 40, "Liquidation curves in a crash", "title n"),
    text(
      24,
      62,
      `Rows: depth of the on-chain market × debt, fall of the outside price. Means of ${seeds} seeds; underlined: best of the row`,
      "small muted w",
    ),
    text(24, 70, `Rows: depth × debt, shock; ${seeds} seeds`, "small muted n"),
    ...PANELS.flatMap((panel, i) => {
      const top = FIRST_PANEL + i * panelHeight;
      const shown = PATHS.filter((path) => paths.includes(path));
      const width = (RIGHT - LEFT - GAP * (shown.length - 1)) / shown.length;
      return [
        text(24, top, panel.title, "panel"),
        ...legend(panel, top),
        ...shown.flatMap((path, k) => map(result, panel, path, LEFT + k * (width + GAP), top + 24, width)),
        ...rowLabels(result, top + 50),
      ];
    }),
    "</svg>",
  ].join("\n")}\n`;
}

/** The steps of the colours, with the value at which each begins. */
function legend({ id, bounds, isInverted }: Panel, top: number): string[] {
  const { unit } = curveMeasure(id);
  const width = 38;
  const left = RIGHT - (bounds.length + 1) * width;
  const labels = [isInverted ? "more" : "less", ...bounds.map((bound) => plain(unit === "%" ? 100 * bound : bound))];
  return labels.flatMap((label, step) => [
    element("rect", { x: left + step * width, y: top - 13, width, height: 16, class: `h${step} w` }),
    text(left + (step + 0.5) * width, top - 1, label, `cell i${step} w`, "middle"),
  ]);
}

function rowLabels({ options: { depths, falls } }: CurvesResult, top: number): string[] {
  return depths.flatMap((depth, i) =>
    falls.flatMap((fall, j) => {
      const y = top + (i * falls.length + j) * ROW + 13;
      return [
        ...(j === 0 ? [text(24, y, `${plain(depth)} ×`, "small")] : []),
        text(LEFT - 8, y, `−${plain(fall)} %`, "small muted", "end"),
      ];
    }),
  );
}

function map(result: CurvesResult, panel: Panel, path: PathName, left: number, top: number, width: number): string[] {
  const { contestants, falls } = result.options;
  const column = width / contestants.length;
  const cells = result.cells.filter((cell) => cell.path === path);
  const box = top + 26;
  return [
    text(left, top, path === "flat" ? "no recovery" : "recovery of two thirds", "small muted"),
    ...contestants.map((name, i) => text(left + (i + 0.5) * column, top + 20, name, "small", "middle")),
    ...cells.flatMap((cell, row) => rowOf(panel, cell, left, box + row * ROW, column)),
    // A line between the depths.
    ...cells.flatMap((_, row) => {
      if (row === 0 || row % falls.length !== 0) return [];
      return [element("path", { d: `M${left} ${box + row * ROW}h${width}`, class: "axis" })];
    }),
  ];
}

function rowOf(
  { id, bounds, isInverted }: Panel,
  cell: CellResult,
  left: number,
  top: number,
  column: number,
): string[] {
  const { unit, places } = curveMeasure(id);
  const means = cell.contestants.map(({ measures }) => measures[id].mean);
  const shown = means.map((mean) => formatNumber(unit === "%" ? 100 * mean : mean, places));
  const sign = isInverted === true ? -1 : 1;
  const best = Math.min(...means.map((mean) => sign * mean));
  const bestText = shown[means.findIndex((mean) => sign * mean === best)];
  return cell.contestants.flatMap((contestant, i) => {
    const step = heatStep(
      sign * means[i],
      bounds.map((bound) => sign * bound + (isInverted === true ? 1e-12 : 0)),
    );
    const look = `cell i${step}${shown[i] === bestText && cell.contestants.length > 1 ? " best" : ""}`;
    return [
      element("rect", { x: left + i * column, y: top, width: column, height: ROW, class: `h${step}` }),
      text(left + (i + 0.5) * column, top + 14, `${shown[i]}${suffix(id, contestant)}`, look, "middle"),
    ];
  });
}

function suffix(id: string, { measures }: ContestantInCell): string {
  return id === "solvency" && measures[CENSORED].mean > 0 ? "+" : "";
}

/** As few digits as the number has. */
function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** What a reader without the picture should know. */
function describe({ groups }: CurvesResult): string {
  const all = groups.find(({ group }) => group === "all");
  const percent = (share: number) => formatNumber(100 * share, 2);
  return (all?.contestants ?? [])
    .map(({ contestant, measures, regret }) => {
      return `${contestant}: bad debt ${percent(measures[BAD_DEBT].mean)} %, regret ${percent(regret.mean)} %.`;
    })
    .join(" ");
}
