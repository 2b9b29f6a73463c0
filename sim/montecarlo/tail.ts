import { intervalOf, type Estimate, type Resamples } from "../jobs/statistics.ts";

/**
 * Value at risk: the least value that at least a share `confidence` of the observations does not exceed,
 * `VaR_α = min {x : F(x) ≥ α}`, with F the empirical distribution (Rockafellar and Uryasev, "Optimization of Conditional
 * Value-at-Risk", Journal of Risk 2 (2000), §2).
 * @param sorted In rising order.
 */
export function valueAtRisk(sorted: ArrayLike<number>, confidence: number): number {
  return sorted[rankOf(sorted.length, confidence) - 1];
}

/**
 * Expected shortfall: the mean of the worst share `1 − confidence` of the observations, the one at its edge counted in part:
 * `ES_α = (1/(n(1−α))) · (Σ_{i>k} x_(i) + (k − nα) · x_(k))`, k = ⌈nα⌉ (Acerbi and Tasche, "On the coherence of expected
 * shortfall", Journal of Banking & Finance 26 (2002), definition 2.6 and proposition 4.1, for losses). It is the minimum over t of
 * `t + mean((x − t)⁺)/(1 − α)`, which `VaR_α` attains (Rockafellar and Uryasev 2000, theorem 1).
 * @param sorted In rising order.
 */
export function expectedShortfall(sorted: ArrayLike<number>, confidence: number): number {
  const count = sorted.length;
  const rank = rankOf(count, confidence);
  let sum = (rank - count * confidence) * sorted[rank - 1];
  for (let i = rank; i < count; ++i) sum += sorted[i];
  return sum / (count * (1 - confidence));
}

/** −x in rising order: the low end of what more of is better is the bad one, and a tail of losses once mirrored. */
export function mirrored(sorted: Float64Array): Float64Array {
  const last = sorted.length - 1;
  const negative = new Float64Array(sorted.length);
  for (let i = 0; i <= last; ++i) negative[i] = -sorted[last - i];
  return negative;
}

/** A statistic of the sorted observations with its bootstrap interval, as `estimateMean` has it. */
export function estimateSorted(
  values: readonly number[],
  resamples: Resamples,
  statistics: readonly ((sorted: Float64Array) => number)[],
): Estimate[] {
  const sorted = Float64Array.from(values).sort();
  const drawn: Float64Array[] = statistics.map(() => new Float64Array(resamples.length));
  const resample = new Float64Array(values.length);
  // Ranks are drawn rather than values, so that counting sorts each resample.
  const counts = new Uint32Array(values.length);
  resamples.forEach((draws, r) => {
    counts.fill(0);
    for (const index of draws) counts[index] += 1;
    let at = 0;
    counts.forEach((count, rank) => {
      resample.fill(sorted[rank], at, at + count);
      at += count;
    });
    statistics.forEach((of, i) => (drawn[i][r] = of(resample)));
  });
  return statistics.map((of, i) => {
    const [low, high] = intervalOf(drawn[i], values.length);
    return { mean: of(sorted), low, high };
  });
}

/** ⌈n·α⌉, not raised by what binary fractions add: 0.95 · 20 is 19. */
function rankOf(count: number, confidence: number): number {
  return Math.max(1, Math.ceil(count * confidence - 1e-9));
}
