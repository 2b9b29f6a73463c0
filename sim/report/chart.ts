import type { RunSeries, ShockResult } from "../metrics/run-result.ts";
import { CHART_STYLE } from "./chart-style.ts";
import { formatChange, formatCompact, formatNumber, formatPrice } from "./format.ts";
import {
  axis,
  COLUMNS,
  drawLines,
  extent,
  grid,
  LEFT,
  panelTitle,
  RIGHT,
  within,
  type Frame,
  type Line,
} from "./chart-parts.ts";
import { CONGESTION_HEIGHT, congestionPanel } from "./congestion-panel.ts";
import { FACTORS_HEIGHT, factorsPanel } from "./factors-panel.ts";
import { SALES_HEIGHT, salesPanels } from "./sales-panels.ts";
import { linearScale, niceTicks, timeTicks, visiblePoints, type Scale } from "./scale.ts";
import { element, escapeXml, linePath, text, wrap } from "./svg.ts";

const WIDTH = 800;
const HEIGHT = 864;

const PRICE: Frame = { top: 164, bottom: 404 };
const MONEY: Frame = { top: 452, bottom: 612 };
const WATER: Frame = { top: 660, bottom: 736 };

/** Room between two panels, with the lower one's title in it. */
const PANEL_GAP = 48;

/** Free strip at the foot of the price plot, for the label of the low. */
const STRIP = 36;

/**
 * Draws a run as a self-contained SVG: no scripts, no fonts or files from elsewhere, equal bytes for equal results. It
 * follows the reader's light or dark mode and is legible at 800 px and on a phone.
 */
export function drawChart(result: ShockResult): string {
  const { scenario, run, command } = result;
  const { series } = run;
  const x = linearScale([0, scenario.durationSeconds], [LEFT, RIGHT]);
  const lowest = indexOfLowest(series.marketPrice);
  const guide = x(series.seconds[lowest] ?? 0);
  const more = panelsBelow(result, x);
  const bottom = more.at(-1)?.frame.bottom ?? WATER.bottom;
  const extra = bottom - WATER.bottom;
  const height = HEIGHT + extra;
  const frames = [PRICE, MONEY, WATER, ...more.map(({ frame }) => frame)];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(scenario.title)}: the market under shock</title>`,
    `<desc id="description">${escapeXml(describe(result))}</desc>`,
    `<style>${CHART_STYLE}</style>`,
    element("rect", { width: WIDTH, height, class: "surface" }),
    ...header(result),
    ...frames.map(({ top, bottom }) => {
      return element("path", { d: `M${guide.toFixed(1)} ${top}V${bottom}`, class: "guide" });
    }),
    ...pricePanel(result, x, lowest),
    ...moneyPanel(series, scenario.loan, x),
    ...waterPanel(series, x),
    ...more.flatMap(({ draw, frame }) => draw(frame)),
    ...timeAxis(scenario.durationSeconds, x, bottom),
    ...footer(result, command, extra),
    "</svg>",
  ].join("\n")}\n`;
}

interface Panel {
  readonly frame: Frame;
  readonly draw: (frame: Frame) => string[];
}

/** Panels that not every run has: factors that stand still, sales that never were, and empty blocks need no picture. */
function panelsBelow({ run, features, scenario }: ShockResult, x: Scale): Panel[] {
  const { series, auction, congestion } = run;
  const panels: [height: number, draw: Panel["draw"]][] = [];
  if (features !== "static") panels.push([FACTORS_HEIGHT, (frame) => factorsPanel(series, x, frame)]);
  if (auction.clearing.count > 0) {
    panels.push([SALES_HEIGHT, (frame) => salesPanels(auction, scenario.loan, x, frame)]);
  }
  if (congestion !== null) panels.push([CONGESTION_HEIGHT, (frame) => congestionPanel(congestion, x, frame)]);
  let top = WATER.bottom;
  return panels.map(([height, draw]) => {
    top += height;
    return { frame: { top: top - height + PANEL_GAP, bottom: top }, draw };
  });
}

function header({ scenario, run, amplification }: ShockResult): string[] {
  const { priceLow, priceAtStart, liquidatedDebt, badDebt } = run.metrics;
  const tiles: [value: string, label: string, style?: string][] = [
    [formatPrice(priceLow), `market low, ${formatChange(priceLow / priceAtStart - 1, 0)}`],
    [amplification === null ? "–" : `${formatNumber(amplification, 2)} ×`, "amplification"],
    [formatCompact(liquidatedDebt), `liquidated, ${scenario.loan}`],
    [formatCompact(badDebt), `bad debt, ${scenario.loan}`, badDebt > 0 ? " t-bad" : ""],
  ];
  return [
    text(24, 38, wrap(scenario.title, 62, 1)[0], "title w"),
    text(24, 40, wrap(scenario.title, 46, 1)[0], "title n"),
    ...tiles.flatMap(([value, label, style = ""], index) => {
      const left = 24 + 192 * index;
      return [
        text(left, 82, value, `value${style}`),
        text(left, 103, label, "small muted w"),
        text(left, 108, label, "small muted n"),
      ];
    }),
  ];
}

function pricePanel({ scenario, run }: ShockResult, x: Scale, lowest: number): string[] {
  const { series, metrics } = run;
  const lines: Line[] = [
    { name: "exogenous", style: "exogenous", values: series.exogenousPrice },
    { name: "oracle", style: "oracle", values: series.oraclePrice },
    { name: "market", style: "market", values: series.marketPrice },
  ];
  // The series is a sample and may have missed the block of the low.
  const [low, high] = extent([metrics.priceLow, ...lines.flatMap(({ values }) => values)]);
  const y = linearScale([low, high], [PRICE.bottom - STRIP, PRICE.top + 4]);
  const ticks = niceTicks(low, high, 6);
  const marked = {
    x: x(series.seconds[lowest] ?? 0),
    y: y(metrics.priceLow),
    wide: `market low ${formatPrice(metrics.priceLow)} (${formatChange(metrics.priceLow / metrics.priceAtStart - 1)})`,
    narrow: `low ${formatPrice(metrics.priceLow)}`,
  };
  return [
    ...panelTitle(PRICE, `Price of ${scenario.asset}, ${scenario.loan}`),
    ...grid(ticks.map((value) => ({ y: y(value), label: axisPrice(value, ticks) }))),
    ...axis(PRICE),
    ...drawLines(lines, series.seconds, x, y, PRICE),
    element("circle", { cx: marked.x, cy: marked.y, r: 4.5, class: "dot f-market" }),
    text(within(marked.x, 7.2 * marked.wide.length), PRICE.bottom - 11, marked.wide, "t-market w", "middle"),
    text(within(marked.x, 13 * marked.narrow.length), PRICE.bottom - 8, marked.narrow, "t-market n", "middle"),
  ];
}

function moneyPanel(series: RunSeries, loan: string, x: Scale): string[] {
  const last = (values: readonly number[]) => formatCompact(values[values.length - 1] ?? 0);
  const lines: Line[] = [
    { name: "debt", style: "debt", values: series.totalDebt, value: last(series.totalDebt) },
    { name: "liquidated", style: "liquidated", values: series.liquidatedDebt, value: last(series.liquidatedDebt) },
    { name: "bad debt", style: "bad", values: series.badDebt, value: last(series.badDebt) },
  ];
  const high = Math.max(1, extent(lines.flatMap(({ values }) => values))[1]);
  const y = linearScale([0, high], [MONEY.bottom, MONEY.top + 4]);
  return [
    ...panelTitle(MONEY, `Debt; liquidated and lost so far, ${loan}`),
    ...grid(niceTicks(0, high, 5).map((value) => ({ y: y(value), label: formatCompact(value) }))),
    ...axis(MONEY),
    ...drawLines(lines, series.seconds, x, y, MONEY),
  ];
}

function waterPanel({ seconds, underWaterAccounts }: RunSeries, x: Scale): string[] {
  const high = Math.max(1, extent(underWaterAccounts)[1]);
  const y = linearScale([0, high], [WATER.bottom, WATER.top + 4]);
  const kept = visiblePoints(seconds, underWaterAccounts, COLUMNS);
  const outline = kept.map((index): [number, number] => [x(seconds[index]), y(underWaterAccounts[index])]);
  const ends = outline.length === 0 ? [] : [outline[outline.length - 1][0], outline[0][0]];
  const closed = [...outline, ...ends.map((end): [number, number] => [end, WATER.bottom])];
  return [
    ...panelTitle(WATER, "Accounts under water"),
    ...grid(niceTicks(0, high, 3, 1).map((value) => ({ y: y(value), label: formatNumber(value) }))),
    ...axis(WATER),
    ...(outline.length === 0 ? [] : [element("path", { d: `${linePath(closed)}Z`, class: "area f-water" })]),
    element("path", { d: linePath(outline), class: "line l-water" }),
  ];
}

function timeAxis(durationSeconds: number, x: Scale, bottom: number): string[] {
  const { unit, ticks } = timeTicks(durationSeconds);
  return [
    ...ticks.flatMap(({ at, text: label }) => [
      element("path", { d: `M${x(at).toFixed(1)} ${bottom}v5`, class: "axis" }),
      text(x(at), bottom + 20, label, "small muted w", "middle"),
      text(x(at), bottom + 27, label, "small muted n", "middle"),
    ]),
    text(RIGHT + 22, bottom + 20, unit, "small muted w"),
    text(WIDTH - 12, bottom + 27, unit, "small muted n", "end"),
  ];
}

function footer(result: ShockResult, command: string, extra: number): string[] {
  const { population, curve, features, seed, run, scenario } = result;
  const { borrowers, loopers } = population;
  const defences = features === "static" ? "" : `${features}, `;
  const setting = `${formatNumber(borrowers)} borrowers, ${formatNumber(loopers)} loopers, ${defences}${curve} curve, seed ${seed}`;
  const blocks = `${formatNumber(run.metrics.blocks)} blocks of ${scenario.blockSeconds} s`;
  const lines = (what: string, width: number, first: number, step: number, className: string) => [
    text(24, first, wrap(what, width, 1)[0], `small muted ${className}`),
    ...wrap(command, width, 2).map((line, index) => {
      return text(24, first + step * (index + 1), line, `small muted mono ${className}`);
    }),
  ];
  return [...lines(`${setting}, ${blocks}`, 104, 808 + extra, 20, "w"), ...lines(setting, 64, 800 + extra, 25, "n")];
}

/** With the places that tell the ticks apart; in thousands from 10,000 on. */
function axisPrice(value: number, ticks: readonly number[]): string {
  if (Math.abs(ticks[ticks.length - 1]) >= 10_000) return formatCompact(value);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : Math.abs(value);
  return formatNumber(value, Math.min(7, Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9))));
}

/** What a reader without the picture should know. */
function describe({ scenario, run, twin, exogenousLow }: ShockResult): string {
  const { priceLow, liquidatedDebt, badDebt } = run.metrics;
  return (
    `The market falls to ${formatPrice(priceLow)} ${scenario.loan}; ${formatPrice(twin.metrics.priceLow)} without feedback, ` +
    `${formatPrice(exogenousLow)} outside. ${formatCompact(liquidatedDebt)} are liquidated, ${formatCompact(badDebt)} lost.`
  );
}

function indexOfLowest(values: readonly number[]): number {
  let lowest = 0;
  for (const [index, value] of values.entries()) if (value < values[lowest]) lowest = index;
  return lowest;
}
