import type { Rng } from "../rng.ts";

/** A mean and the interval that holds the true one with 95 % confidence. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The same of a quotient of means; null where the denominator's is zero. */
export interface Ratio {
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Draws of which observations make up each resample: one table for everything, so that pairs stay pairs. */
export type Resamples = readonly Uint16Array[];

export const RESAMPLES = 4_000;
const CONFIDENCE = 0.95;

export function drawResamples(count: number, rng: Rng, resamples = RESAMPLES): Resamples {
  return Array.from({ length: resamples }, () => Uint16Array.from({ length: count }, () => rng.integer(count)));
}

export function meanOf(values: readonly number[] | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Interval of a mean by the bootstrap (Efron 1979): percentiles of the means of resamples, which fit skewed losses and
 * leave no range that data cannot. They are widened to what Student's t would give where data are normal, because plain
 * percentiles are too narrow for few observations (Hesterberg, "What Teachers Should Know About the Bootstrap", The
 * American Statistician 69 (2015), §3.3, the expanded percentile interval).
 */
export function estimateMean(values: readonly number[], resamples: Resamples): Estimate {
  const mean = meanOf(values);
  const means = resamples.map((draws) => sumOf(values, draws) / draws.length);
  const [low, high] = intervalOf(means, values.length);
  return { mean, low, high };
}

/** Mean of the differences `values[i] − others[i]`. */
export function estimateDifference(values: readonly number[], others: readonly number[], resamples: Resamples) {
  return estimateMean(
    values.map((value, i) => value - others[i]),
    resamples,
  );
}

/** Mean of `values` ÷ mean of `others`, resampled in pairs. */
export function estimateRatio(values: readonly number[], others: readonly number[], resamples: Resamples): Ratio {
  const denominator = meanOf(others);
  if (denominator === 0) return { ratio: null, low: null, high: null };
  const ratios = resamples.map((draws) => sumOf(values, draws) / sumOf(others, draws));
  const known = ratios.filter((ratio) => !Number.isNaN(ratio)); // 0/0 says nothing
  const [low, high] = intervalOf(known, values.length);
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return { ratio: meanOf(values) / denominator, low: finite(low), high: finite(high) };
}

function sumOf(values: readonly number[], draws: Uint16Array): number {
  let sum = 0;
  for (const index of draws) sum += values[index];
  return sum;
}

export function intervalOf(statistics: ArrayLike<number>, observations: number): [number, number] {
  const sorted = Float64Array.from(statistics).sort();
  const tail = tailShare(observations);
  return [quantileOf(sorted, tail), quantileOf(sorted, 1 - tail)];
}

/** Quantile between observations, linear (Hyndman and Fan 1996, type 7). */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const [before, after] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return before === after ? before : before + (place - Math.floor(place)) * (after - before);
}

/** Φ(−√(n/(n−1))·t): 0.025 for many observations, less for few. */
export function tailShare(observations: number): number {
  if (observations < 2) return 0;
  const t = studentQuantile(observations - 1);
  return normalBelow(-Math.sqrt(observations / (observations - 1)) * t);
}

/** What Student's t with so many degrees of freedom exceeds with half of 5 % chance, by bisection. */
export function studentQuantile(degrees: number): number {
  let [low, high] = [0, 1_000];
  for (let i = 0; i < 80; ++i) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, degrees) < CONFIDENCE) low = middle;
    else high = middle;
  }
  return low;
}

/** Chance that |t| stays below `t`: finite series for whole degrees (Abramowitz and Stegun, 26.7.3 and 26.7.4). */
function studentWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** Standard normal distribution (Abramowitz and Stegun, 26.2.17: within 7.5e-8). */
function normalBelow(x: number): number {
  if (x > 0) return 1 - normalBelow(-x);
  const k = 1 / (1 - 0.2316419 * x);
  const series = k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
