/** Averages that believe a sample only when the next one confirms it: of a market's depth, and of a pool's leverage. */
import { divUp, maximum, minimum, WAD } from "./fixed-point.ts";
import { BPS, HOUR, keptWad, MAX_128, rootWad, weightWad } from "./risk-math.ts";

/** The nearer of two samples on one side of the average; the average itself where they are on either side. */
function confirmed(average: bigint, earlier: bigint, latest: bigint): bigint {
  if (earlier > average && latest > average) return minimum(earlier, latest);
  if (earlier < average && latest < average) return maximum(earlier, latest);
  return average;
}

export interface Believed {
  /** How long it is believed to have lasted, and τ. [s] */
  readonly seconds: bigint;
  readonly tau: bigint;
}

/** `average + (1 − e^(−Δt/τ))·(confirmed − average)`. [rounded down] */
export function stepConfirmed(
  average: bigint,
  earlier: bigint,
  latest: bigint,
  rise: Believed,
  fall: Believed,
): bigint {
  const sample = confirmed(average, earlier, latest);
  if (sample > average) return average + ((sample - average) * weightWad(rise.seconds, rise.tau)) / WAD;
  return sample + ((average - sample) * keptWad(fall.seconds, fall.tau)) / WAD;
}

// --- depth --------------------------------------------------------------------------------------------------------------

const MAX_DEPTH = (1n << 104n) - 1n;

/** What a wrong reference may do otherwise. */
export interface DepthRules {
  /** Shortest time between two samples. [s] */
  readonly interval: bigint;
  /** A rise is believed for the window that was measured, and no longer. */
  readonly riseSeconds: (elapsed: bigint, window: bigint) => bigint;
}

export const DEPTH: DepthRules = { interval: 12n, riseSeconds: minimum };

/** What can be sold in a market, averaged. */
export interface Depth {
  readonly impactBps: bigint;
  readonly window: bigint;
  readonly riseTau: bigint;
  readonly fallTau: bigint;
  /** [loan base units] */
  average: bigint;
  /** The latest. [loan base units] */
  sample: bigint;
  updatedAt: bigint;
}

/**
 * A measurement: what each market pays out.
 * @returns Whether it was taken.
 */
export function sampleDepth(d: Depth, paid: readonly bigint[], now: bigint, rules: DepthRules = DEPTH): boolean {
  const elapsed = now - d.updatedAt;
  if (elapsed < rules.interval) return false;
  const sample = sumOfDepths(paid);
  const rise = { seconds: rules.riseSeconds(elapsed, d.window), tau: d.riseTau };
  d.average = stepConfirmed(d.average, d.sample, sample, rise, { seconds: elapsed, tau: d.fallTau });
  [d.sample, d.updatedAt] = [sample, now];
  return true;
}

export function sumOfDepths(paid: readonly bigint[]): bigint {
  return minimum(
    paid.reduce((total, each) => total + each, 0n),
    MAX_DEPTH,
  );
}

/** `y = depth ÷ (1 − √(1−p))`: reserve of the constant-product market that is as deep. [rounded down] */
export function reserveOf({ average, impactBps }: Depth): bigint {
  return (average * WAD) / (WAD - rootWad(((BPS - impactBps) * WAD) / BPS));
}

// --- leverage -----------------------------------------------------------------------------------------------------------

const MAX_LEVERAGE = 1_000n * WAD;

/** Collateral ÷ equity, in 1 … 1000. [WAD, rounded up] */
export function leverageOf(collateral: bigint, debt: bigint): bigint {
  if (debt === 0n) return WAD;
  if (debt >= collateral) return MAX_LEVERAGE;
  return minimum(divUp(collateral * WAD, collateral - debt), MAX_LEVERAGE);
}

export interface Leverage {
  averageWad: bigint;
  sampleWad: bigint;
  /** 0: never. [s] */
  sampledAt: bigint;
}

/** One sample a block; the first begins the average. */
export function observeLeverage(l: Leverage, leverageWad: bigint, tau: bigint, now: bigint): void {
  if (l.sampledAt === 0n) l.averageWad = leverageWad;
  else if (now <= l.sampledAt) return;
  else {
    const same = { seconds: now - l.sampledAt, tau: maximum(tau, HOUR) };
    l.averageWad = stepConfirmed(l.averageWad, l.sampleWad, leverageWad, same, same);
  }
  [l.sampleWad, l.sampledAt] = [leverageWad, now];
}

// --- ratios -------------------------------------------------------------------------------------------------------------

/** a ÷ b: without b the most there is, unless a is nothing either. [WAD] */
export function ratioWad(a: bigint, b: bigint): bigint {
  if (a === 0n) return 0n;
  if (b === 0n || a / b >= MAX_128 / WAD) return MAX_128;
  return (a * WAD) / b;
}
