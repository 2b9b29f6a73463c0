import { FEATURES, type Features } from "../config.ts";
import { calmLendingOf, type FrontierResult } from "../frontier/frontier-result.ts";
import { LOSS } from "../frontier/measures.ts";
import { POOLED, type GroupSummary } from "../frontier/summary.ts";
import { CHART_STYLE } from "./chart-style.ts";
import { formatNumber } from "./format.ts";
import { linearScale, niceTicks, type Scale } from "./scale.ts";
import { element, escapeXml, linePath, text, wrap } from "./svg.ts";

const WIDTH = 800;
const PANEL = { width: 340, height: 190 };
const COLUMNS = [72, 440];
const FIRST_ROW = 132;
const ROW = 280;

/** Black, orange and blue are told apart by everybody; the shape says it again. */
const LOOKS: Readonly<Record<Features, { readonly colour: string; readonly shape: Shape }>> = {
  static: { colour: "debt", shape: "circle" },
  dynamic: { colour: "oracle", shape: "square" },
  "dynamic+breaker": { colour: "market", shape: "triangle" },
  measured: { colour: "liquidated", shape: "diamond" },
};
type Shape = "circle" | "square" | "triangle" | "diamond";

const STYLE = `${CHART_STYLE}.series{fill:none;stroke-width:2}.whisker{stroke-width:1.5;fill:none}`;

interface Point {
  readonly features: Features;
  readonly lending: number; // [%]
  readonly mean: number; // [%]
  readonly low: number;
  readonly high: number;
}

/**
 * Draws loss against calm lending, a panel a scenario and one of all: down and to the right is better. Self-contained,
 * follows the reader's light or dark mode; equal results give equal bytes.
 */
export function drawFrontier(result: FrontierResult): string {
  const groups = [...result.groups].sort((a, b) => Number(b.group === POOLED) - Number(a.group === POOLED));
  const rows = Math.ceil(groups.length / COLUMNS.length);
  const height = FIRST_ROW + rows * ROW + 8;
  const lending = groups.flatMap((group) => pointsOf(result, group)).map((point) => point.lending);
  const domain: [number, number] = [Math.min(...lending) - 3, Math.max(...lending) + 3];
  const { seeds, borrowers, loopers, dipBuyers } = result.options;
  const crowd = `${formatNumber(borrowers)} borrowers, ${formatNumber(loopers)} loopers, ${formatNumber(dipBuyers)} dip buyers`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">What is lost in a crash against what is lent before it</title>`,
    `<desc id="description">${escapeXml(describe(result))}</desc>`,
    `<style>${STYLE}</style>`,
    element("rect", { width: WIDTH, height, class: "surface" }),
    text(24, 38, "What is lost in a crash against what is lent before it", "title w"),
    text(24, 40, "Lost in a crash, lent before it", "title n"),
    text(
      24,
      62,
      `Bad debt and open shortfall, % of the debt at the start; ${seeds} seeds, 95 % intervals; ${crowd}`,
      "small muted w",
    ),
    text(24, 70, `Loss, % of the debt; ${seeds} seeds, 95 % intervals`, "small muted n"),
    ...legend(result),
    ...groups.flatMap((group, index) => {
      const top = FIRST_ROW + Math.floor(index / COLUMNS.length) * ROW + 28;
      return panel(result, group, COLUMNS[index % COLUMNS.length], top, domain);
    }),
    "</svg>",
  ].join("\n")}\n`;
}

function legend({ options }: FrontierResult): string[] {
  return FEATURES.filter((features) => options.features.includes(features)).flatMap((features, index) => {
    const { colour, shape } = LOOKS[features];
    const x = 34 + 170 * index;
    const label = features === "static" ? "static (Aave v3)" : features;
    return [
      marker(shape, x, 92, colour),
      text(x + 14, 97, label, `t-${colour} w`),
      text(x + 14, 100, features.replace("dynamic+", "+"), `t-${colour} n`),
    ];
  });
}

function panel(result: FrontierResult, group: GroupSummary, left: number, top: number, domain: [number, number]) {
  const bottom = top + PANEL.height;
  const points = pointsOf(result, group);
  const highest = Math.max(0.5, ...points.map(({ high }) => high));
  const x = linearScale(domain, [left, left + PANEL.width - 24]);
  const y = linearScale([0, highest], [bottom, top + 6]);
  const ticks = niceTicks(0, highest, 5);
  const places = Math.max(0, -Math.floor(Math.log10((ticks[1] ?? 1) - ticks[0]) + 1e-9));
  const title = group.group === POOLED ? `All ${result.scenarios.length} crashes` : group.group;
  return [
    text(left, top - 10, wrap(title, 40, 1)[0], "panel"),
    ...ticks.flatMap((value) => [
      element("path", { d: `M${left} ${y(value).toFixed(1)}h${PANEL.width - 24}`, class: "grid" }),
      text(left - 8, y(value) + 4.5, formatNumber(value, places), "small muted w", "end"),
      text(left - 8, y(value) + 7, formatNumber(value, places), "small muted n", "end"),
    ]),
    element("path", { d: `M${left} ${bottom}h${PANEL.width - 24}`, class: "axis" }),
    ...niceTicks(...domain, 5).flatMap((value) => [
      element("path", { d: `M${x(value).toFixed(1)} ${bottom}v5`, class: "axis" }),
      text(x(value), bottom + 19, formatNumber(value), "small muted w", "middle"),
      text(x(value), bottom + 27, formatNumber(value), "small muted n", "middle"),
    ]),
    text(left + PANEL.width - 24, bottom + 36, "lent on a usual day, % of Aave v3", "small muted w", "end"),
    ...FEATURES.flatMap((features) => drawSeries(features, points, x, y)),
  ];
}

function drawSeries(features: Features, all: readonly Point[], x: Scale, y: Scale): string[] {
  const { colour, shape } = LOOKS[features];
  // A little apart, so that intervals at the same lending do not hide each other.
  const shift = 9 * (FEATURES.indexOf(features) - 1);
  const points = all.filter((point) => point.features === features).sort((a, b) => a.lending - b.lending);
  if (points.length === 0) return [];
  const at = ({ lending }: Point) => x(lending) + shift;
  return [
    element("path", { d: linePath(points.map((p) => [at(p), y(p.mean)])), class: `series l-${colour}` }),
    ...points.flatMap((point) => {
      const [low, high] = [y(point.low).toFixed(1), y(point.high).toFixed(1)];
      const [from, middle] = [(at(point) - 3).toFixed(1), at(point).toFixed(1)];
      const d = `M${from} ${low}h6M${from} ${high}h6M${middle} ${low}V${high}`;
      return [element("path", { d, class: `whisker l-${colour}` }), marker(shape, at(point), y(point.mean), colour)];
    }),
  ];
}

function marker(shape: Shape, x: number, y: number, colour: string): string {
  const look = { class: `dot f-${colour}` };
  if (shape === "circle") return element("circle", { cx: x, cy: y, r: 5.5, ...look });
  if (shape === "square") return element("rect", { x: x - 5, y: y - 5, width: 10, height: 10, ...look });
  const corners: [number, number][] =
    shape === "triangle"
      ? [
          [x, y - 7],
          [x + 6.5, y + 5],
          [x - 6.5, y + 5],
        ]
      : [
          [x, y - 7],
          [x + 7, y],
          [x, y + 7],
          [x - 7, y],
        ];
  return element("path", { d: `${linePath(corners)}Z`, ...look });
}

function pointsOf(result: FrontierResult, { group, variants }: GroupSummary): Point[] {
  return result.variants.map(({ features, target }, index) => {
    const { mean, low, high } = variants[index].measures[LOSS];
    const lending = 100 * calmLendingOf(result, group, { features, target });
    return { features, lending, mean: 100 * mean, low: 100 * low, high: 100 * high };
  });
}

/** What a reader without the picture should know. */
function describe(result: FrontierResult): string {
  const group = result.groups.find(({ group: name }) => name === POOLED) ?? result.groups[0];
  return group.variants
    .map(
      ({ variant, measures }) => `${variant} of Aave's lending: ${formatNumber(100 * measures[LOSS].mean, 2)} % lost.`,
    )
    .join(" ");
}
