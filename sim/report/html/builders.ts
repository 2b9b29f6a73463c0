import { formatNumber } from "../format.ts";
import type { DistributionGroup, HeatChart, StatesChart } from "./chart-spec.ts";
import type { Format } from "./value.ts";

/** As the title of a chart: with a capital, and what tables cut short spelled out. */
export function asTitle(text: string): string {
  const whole = text.replace("amplif.", "amplification");
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
}

/** What `histogramThroughTime` needs: see `sim/metrics/histograms.ts`. */
export interface ThroughTime {
  readonly title: string;
  readonly note?: string;
  readonly summary: string;
  readonly seconds: readonly number[];
  /** Bin i is from edge i to the next, the last without an upper end. */
  readonly edges: readonly number[];
  /** For each sample, an amount for each bin. */
  readonly amounts: readonly (readonly number[])[];
  readonly bins: string; // name of the axis
  readonly value: { readonly label: string; readonly format: Format };
  readonly unit?: string; // of the edges: "×"
  /** A line at an edge. */
  readonly level?: { readonly name: string; readonly edge: number };
}

/** A histogram for each moment, as a heat map: time to the right, bins upwards. Empty bins have no colour. */
export function histogramThroughTime(of: ThroughTime): HeatChart {
  const { title, note, summary, seconds, edges, amounts, bins, value, unit = "", level } = of;
  const row = level === undefined ? -1 : edges.indexOf(level.edge) - 1;
  return {
    ...{ kind: "heat", title, summary, value, height: 300 },
    ...(note === undefined ? {} : { note }),
    x: {
      label: "time",
      categories: seconds.map((at) => `${formatNumber(at / 3_600, 1)} h`),
      at: { values: seconds, format: { as: "duration" } },
    },
    y: { label: bins, categories: binNames(edges, unit) },
    values: edges.map((_, bin) => amounts.map((column) => (column[bin] === 0 ? null : column[bin]))),
    low: 0,
    ...(level === undefined || row < 0 ? {} : { levels: [{ name: level.name, row }] }),
  };
}

function binNames(edges: readonly number[], unit: string): string[] {
  const name = (edge: number) => `${Number(edge.toFixed(4))}`;
  return edges.map((edge, i) => {
    return i === edges.length - 1 ? `${name(edge)}${unit} +` : `${name(edge)}–${name(edges[i + 1])}${unit}`;
  });
}

/**
 * The histogram of what many runs show, with its mean, and value at risk and expected shortfall at a confidence: the
 * quantile, and the mean of what is at or beyond it. Large is bad.
 * @param range Of the bins; default: of the values. Give groups that are compared the same.
 */
export function distributionOf(
  name: string,
  values: readonly number[],
  { bins = 24, confidence = 0.95, range }: DistributionOptions = {},
): DistributionGroup {
  if (values.length === 0) throw new Error(`${name} has no values`);
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = range ?? [sorted[0], sorted[sorted.length - 1]];
  const width = (high - low || Math.abs(low) || 1) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor((value - low) / width)))] += 1;
  const tail = sorted.slice(Math.min(sorted.length - 1, Math.ceil(confidence * sorted.length) - 1));
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const per = formatNumber(100 * confidence, Number.isInteger(100 * confidence) ? 0 : 1);
  return {
    ...{ name, count: values.length, shares: counts.map((count) => count / values.length) },
    edges: Array.from({ length: bins + 1 }, (_, i) => low + i * width),
    marks: [
      { name: "mean", value: mean(values) },
      { name: `VaR ${per} %`, value: tail[0] },
      { name: `ES ${per} %`, value: mean(tail) },
    ],
  };
}

export interface DistributionOptions {
  readonly bins?: number;
  readonly confidence?: number;
  readonly range?: readonly [low: number, high: number];
}

/** From samples of a state to its spells: each lasts until the next sample that differs. */
export function spellsOf(
  seconds: readonly number[],
  states: readonly number[],
  end: number,
): StatesChart["rows"][number]["spells"] {
  const spells: { from: number; to: number; state: number }[] = [];
  states.forEach((state, i) => {
    const last = spells[spells.length - 1];
    if (last !== undefined && last.state === state) return;
    // Up to the first sample it was as it is there.
    const from = i === 0 ? 0 : seconds[i];
    if (last !== undefined) last.to = from;
    spells.push({ from, to: end, state });
  });
  return spells;
}
