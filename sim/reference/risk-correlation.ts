/** Exponentially weighted correlation of pairs, of whose assets both are sampled at the same moments. To the unit. */
import { Refused } from "./auction-state.ts";
import { maximum, WAD } from "./fixed-point.ts";
import { clamp, inRange, rootWad, weightWad } from "./risk-math.ts";
import {
  clampReturn,
  dueMoment,
  markNow,
  MAX_ELAPSED,
  ratePerDay36,
  read,
  sixthsOf,
  step,
  VOLATILITY,
  type Answer,
  type Mark,
  type Moment,
  type Read,
  type VolatilityRules,
} from "./risk-samples.ts";
import { requireKnown, type VolatilityAsset } from "./risk-volatility.ts";
import { rootDown } from "./sale-terms.ts";

/** Moments are kept with 22 decimals, variances with 36. */
const UNIT = 10n ** 14n;

/** Variances and covariance of the same samples, so that |ρ| ≤ 1. [22 decimals per day] */
interface Moments {
  a: bigint;
  b: bigint;
  ab: bigint;
}

/** One asset of a pair. */
export interface Leg {
  readonly asset: VolatilityAsset;
  readonly answer: Answer;
}

export interface Pair {
  readonly floorPercent: bigint;
  readonly fast: Moments;
  readonly slow: Moments;
  marks: readonly [Mark, Mark];
  /** Of the assets' sources when the interval began. */
  versions: readonly [bigint, bigint];
  length: bigint;
  sampledAt: bigint;
}

/** Tracks a pair, anew if it was tracked already. Its variances begin as those of the assets. */
export function trackPair(
  a: Leg,
  b: Leg,
  floorPercent: bigint,
  initialPercent: bigint,
  now: bigint,
  rules: VolatilityRules = VOLATILITY,
): Pair {
  for (const { asset } of [a, b]) requireKnown(asset);
  if (a.asset === b.asset) throw new Refused("VolatilityPairUnknown");
  inRange("VolatilityConfigOutOfRange", "floorPercent", floorPercent, 0n, 100n);
  inRange("VolatilityConfigOutOfRange", "initialPercent", initialPercent, floorPercent, 100n);
  const moments = (of: "fast36" | "slow36") => {
    const [first, second] = [a.asset[of], b.asset[of]];
    const product = rules.sigmaUp(first) * rules.sigmaUp(second);
    return { a: first / UNIT, b: second / UNIT, ab: (product * initialPercent) / (100n * UNIT) };
  };
  const start = { marks: noMarks(), versions: [0n, 0n] as const, length: 0n, sampledAt: 0n };
  const pair: Pair = { floorPercent, fast: moments("fast36"), slow: moments("slow36"), ...start };
  if (!begin(pair, a, b, now)) throw new Refused("VolatilitySourceUnavailable");
  return pair;
}

const noMarks = (): [Mark, Mark] => [
  { at: 0n, change: 0n },
  { at: 0n, change: 0n },
];

/** A new interval. False, and nothing changes, if a source does not answer. */
function begin(p: Pair, a: Leg, b: Leg, now: bigint): boolean {
  const marks = [a, b].map(({ asset, answer }) => markNow(asset, answer));
  const [first, second] = marks;
  if (first === undefined || second === undefined) return false;
  p.marks = [first, second];
  p.versions = [a.asset.version, b.asset.version];
  p.length = a.asset.hasPool || b.asset.hasPool ? 0n : 1n;
  p.sampledAt = now;
  return true;
}

/** @returns Whether a sample was averaged in. */
export function pokePair(p: Pair, a: Leg, b: Leg, now: bigint, rules: VolatilityRules = VOLATILITY): boolean {
  if (p.versions[0] !== a.asset.version || p.versions[1] !== b.asset.version) {
    begin(p, a, b, now); // sums of another source mean nothing
    return false;
  }
  const onGrid = a.asset.hasPool && b.asset.hasPool;
  const due = dueMoment(maximum(a.asset.interval, b.asset.interval), p.sampledAt, onGrid, now);
  if (due === undefined) return false;
  const done = samplePair(p, a, b, due, now, rules);
  if (done !== undefined || due.ago === 0n) return done ?? false;
  return samplePair(p, a, b, { elapsed: due.elapsed + due.ago, ago: 0n }, now, rules) ?? false;
}

/** Undefined: a source does not answer. */
function samplePair(p: Pair, a: Leg, b: Leg, due: Moment, now: bigint, rules: VolatilityRules): boolean | undefined {
  const previous = p.length;
  const first = read(a.asset, a.answer, p.marks[0], previous, due);
  const second = read(b.asset, b.answer, p.marks[1], previous, due);
  if (first === undefined || second === undefined) return undefined;
  if (due.elapsed > MAX_ELAPSED) return begin(p, a, b, now) ? false : undefined;
  p.marks = [first.mark, second.mark];
  [p.length, p.sampledAt] = [due.elapsed, now - due.ago];
  if (previous === 0n) return false;
  const sampled = momentsOf(a.asset, first, b.asset, second, due.elapsed, previous, rules);
  for (const [moments, tau] of [[p.fast, rules.fastTau] as const, [p.slow, rules.slowTau] as const]) {
    const weight = weightWad(due.elapsed, tau);
    for (const of of ["a", "b", "ab"] as const) moments[of] = step(moments[of], sampled[of], weight);
  }
  return true;
}

/** A difference of means and one of prices that end together have in common half of the time. */
function momentsOf(
  a: VolatilityAsset,
  first: Read,
  b: VolatilityAsset,
  second: Read,
  elapsed: bigint,
  previous: bigint,
  rules: VolatilityRules,
): Moments {
  const [sixthsA, sixthsB] = [a, b].map((asset) => sixthsOf(asset, elapsed, previous, rules));
  const returnA = clampReturn(first.returnRay, a.clampWad, sixthsA);
  const returnB = clampReturn(second.returnRay, b.clampWad, sixthsB);
  const common = a.hasPool === b.hasPool ? sixthsA : 3n * elapsed;
  const most = a.clampWad * b.clampWad;
  return {
    a: ratePerDay36(returnA, returnA, sixthsA) / UNIT,
    b: ratePerDay36(returnB, returnB, sixthsB) / UNIT,
    ab: clamp(ratePerDay36(returnA, returnB, common), -most, most) / UNIT,
  };
}

export interface Correlation {
  readonly fastWad: bigint;
  readonly slowWad: bigint;
  /** The highest of both and the stressed one. */
  readonly usedWad: bigint;
}

export function correlationOf(p: Pair): Correlation {
  const [fastWad, slowWad] = [p.fast, p.slow].map(correlationWad);
  return { fastWad, slowWad, usedWad: [fastWad, slowWad].reduce(maximum, p.floorPercent * 10n ** 16n) };
}

/** `cov ÷ √(varA·varB)`, in [−1, 1]; one if a variance is zero. [WAD] */
function correlationWad({ a, b, ab }: Moments): bigint {
  if (a === 0n || b === 0n) return WAD;
  return clamp((ab * 10n ** 30n) / rootDown(a * b * 10n ** 24n), -WAD, WAD);
}

/** λ with `λ² ≥ ρ`, in whole per cent. [%, rounded up, ≤ 100] */
export function loadingPercentUp(rhoWad: bigint): bigint {
  const rho = clamp(rhoWad, 0n, WAD);
  let percent = rootWad(rho) / 10n ** 16n;
  while (percent * percent * 10n ** 14n < rho) ++percent;
  return percent;
}
