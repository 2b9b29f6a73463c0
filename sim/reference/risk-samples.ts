/** How the volatility oracle reads its sources, and what a sample of them says: of assets, and of pairs. To the unit. */
import { WAD } from "./fixed-point.ts";
import { clamp, DAY, lnOfTicks36, lnWad, toBits, wrap48 } from "./risk-math.ts";
import { rootDown } from "./sale-terms.ts";

/** Longest interval that is sampled. [s] */
export const MAX_ELAPSED = (1n << 24n) - 1n;
const MAX_TICK = 887_272n;
const MAX_PRICE = (1n << 255n) - 1n;

/** What a wrong reference may do otherwise, to see that it is found out. */
export interface VolatilityRules {
  /** τ. [s] */
  readonly fastTau: bigint;
  readonly slowTau: bigint;
  /** Length of the difference of two interval means, in sixths of a second: a third of both (Working 1960). */
  readonly sixthsOfMeans: (length: bigint, previous: bigint) => bigint;
  /** What is kept of a variance. */
  readonly keptFast: (variance36: bigint) => bigint;
  readonly keptSlow: (variance36: bigint) => bigint;
  /** Of a variance. [WAD per √day, rounded up] */
  readonly sigmaUp: (variance36: bigint) => bigint;
}

export const VOLATILITY: VolatilityRules = {
  fastTau: 2n * DAY,
  slowTau: 30n * DAY,
  sixthsOfMeans: (length, previous) => 2n * (length + previous),
  keptFast: (variance36) => toBits(variance36, 41),
  keptSlow: (variance36) => toBits(variance36, 49),
  sigmaUp: (variance36) => {
    const root = rootDown(variance36);
    return root * root < variance36 ? root + 1n : root;
  },
};

/**
 * A source so many seconds ago: of a pool its sum of ticks, of an asset without pool, asked for now only, its fresh price.
 * Undefined: it does not answer, or does not remember.
 */
export type Answer = (ago: bigint) => bigint | undefined;

/** Where an interval begins: sum of ticks, or logarithm of the price. */
export interface Mark {
  readonly at: bigint;
  /** Over the interval before, in quote per asset. [tick · s] */
  readonly change: bigint;
}

/** What is sampled, and how it is meant. */
export interface Source {
  readonly hasPool: boolean;
  readonly isToken0: boolean;
}

export interface Moment {
  /** Since the last sample, and before now. [s] */
  readonly elapsed: bigint;
  readonly ago: bigint;
}

/** Which moment a poke samples: `ago` seconds before now, `elapsed` after the last. Undefined: none yet. */
export function dueMoment(interval: bigint, sampledAt: bigint, onGrid: boolean, now: bigint): Moment | undefined {
  const ago = onGrid ? now % interval : 0n;
  const elapsed = now - ago - sampledAt;
  return elapsed < interval ? undefined : { elapsed, ago };
}

export interface Read {
  readonly mark: Mark;
  /** Since the interval before; zero while there is none. [27 decimals] */
  readonly returnRay: bigint;
}

/** What a source says of a moment, and of the time since the last one. */
export function read(
  source: Source,
  answer: Answer,
  last: Mark,
  previous: bigint,
  { elapsed, ago }: Moment,
): Read | undefined {
  const told = answer(ago);
  if (told === undefined) return undefined;
  if (!source.hasPool) {
    if (told === 0n || told > MAX_PRICE) return undefined;
    const at = lnWad(told);
    return { mark: { at, change: 0n }, returnRay: previous === 0n ? 0n : (at - last.at) * 10n ** 9n };
  }
  const at = wrap48(told);
  const change = wrap48(at - last.at) * (source.isToken0 ? 1n : -1n);
  const long = elapsed > MAX_ELAPSED;
  // No pool sums up more.
  if ((change < 0n ? -change : change) > MAX_TICK * elapsed) {
    return long ? { mark: { at, change: 0n }, returnRay: 0n } : undefined;
  }
  if (previous === 0n || long) return { mark: { at, change }, returnRay: 0n };
  const difference = change * previous - last.change * elapsed;
  return { mark: { at, change }, returnRay: lnOfTicks36(difference) / (elapsed * previous * 10n ** 9n) };
}

/** From which a new interval begins. */
export function markNow(source: Source, answer: Answer): Mark | undefined {
  const first = read(source, answer, { at: 0n, change: 0n }, 0n, { elapsed: MAX_ELAPSED + 1n, ago: 0n });
  return first && { at: first.mark.at, change: 0n };
}

/** Length of a sample: of two prices all of it, of two means a third of both. [s/6] */
export function sixthsOf({ hasPool }: Source, elapsed: bigint, previous: bigint, rules: VolatilityRules): bigint {
  return hasPool ? rules.sixthsOfMeans(elapsed, previous) : 6n * elapsed;
}

/** `|r| ≤ σ·√t`. [27 decimals] */
export function clampReturn(returnRay: bigint, sigmaWad: bigint, sixths: bigint): bigint {
  const bound = (sigmaWad * rootDown((sixths * 10n ** 36n) / (6n * DAY))) / 10n ** 9n;
  return clamp(returnRay, -bound, bound);
}

/** [36 decimals per day, towards zero] */
export function ratePerDay36(firstRay: bigint, secondRay: bigint, sixths: bigint): bigint {
  return (firstRay * secondRay * 6n * DAY) / (sixths * WAD);
}

/** `average + weight·(sample − average)`. [to the nearest] */
export function step(average: bigint, sampled: bigint, weight: bigint): bigint {
  const move = (sampled - average) * weight;
  return average + (move + (move < 0n ? -WAD / 2n : WAD / 2n)) / WAD;
}
