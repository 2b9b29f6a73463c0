/**
 * Executable specification of the volatility oracle: exponential averages, with irregular sampling, of squared returns
 * between the means of adjoining intervals. To the unit.
 */
import { Refused } from "./auction-state.ts";
import { maximum, minimum, WAD } from "./fixed-point.ts";
import { clamp, DAY, inRange, weightWad } from "./risk-math.ts";
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
  type Source,
  type VolatilityRules,
} from "./risk-samples.ts";

const MIN_SIGMA = 10n ** 13n;
const MAX_CLAMP = 3n * WAD;

/** As governance sets it. */
export interface VolatilityConfig extends Source {
  readonly interval: bigint;
  readonly initialWad: bigint;
  readonly initialSlowWad: bigint;
  readonly stressWad: bigint;
  readonly floorWad: bigint;
  readonly clampWad: bigint;
  readonly impliedMaxAge: bigint;
}

export interface VolatilityAsset {
  hasPool: boolean;
  isToken0: boolean;
  /** 0: not known. [s] */
  interval: bigint;
  clampWad: bigint;
  stressWad: bigint;
  floorWad: bigint;
  impliedWad: bigint;
  impliedAt: bigint;
  impliedMaxAge: bigint;
  /** Counts changes of the source. */
  version: bigint;
  mark: Mark;
  /** Of the last interval; 0: there is none yet. [s] */
  length: bigint;
  sampledAt: bigint;
  /** [36 decimals per day] */
  fast36: bigint;
  slow36: bigint;
}

export function unknownAsset(): VolatilityAsset {
  const bounds = { clampWad: 0n, stressWad: 0n, floorWad: 0n, impliedWad: 0n, impliedAt: 0n, impliedMaxAge: 0n };
  const state = { mark: { at: 0n, change: 0n }, length: 0n, sampledAt: 0n, fast36: 0n, slow36: 0n };
  return { hasPool: false, isToken0: false, interval: 0n, version: 0n, ...bounds, ...state };
}

// --- configuration ------------------------------------------------------------------------------------------------------

/** Adds an asset, or changes its source and bounds: a new interval begins. */
export function configure(
  a: VolatilityAsset,
  config: VolatilityConfig,
  answer: Answer,
  now: bigint,
  rules: VolatilityRules = VOLATILITY,
): void {
  const { interval, clampWad, stressWad, floorWad, initialWad, initialSlowWad, impliedMaxAge } = config;
  within("interval", interval, 60n, DAY);
  within("clamp", clampWad, MIN_SIGMA, MAX_CLAMP);
  within("stress", stressWad, MIN_SIGMA, clampWad);
  within("floor", floorWad, MIN_SIGMA, stressWad);
  if (a.interval === 0n || initialWad !== 0n) within("initial", initialWad, MIN_SIGMA, clampWad);
  if (initialSlowWad !== 0n) within("initialSlow", initialSlowWad, MIN_SIGMA, clampWad);
  within("impliedMaxAge", impliedMaxAge, 0n, 7n * DAY);
  const mark = markNow(config, answer);
  if (mark === undefined || (config.hasPool && answer(interval) === undefined)) {
    throw new Refused("VolatilitySourceUnavailable");
  }
  const fast36 = initialWad === 0n ? a.fast36 : initialWad ** 2n;
  const slow36 = initialSlowWad === 0n ? (initialWad === 0n ? a.slow36 : initialWad ** 2n) : initialSlowWad ** 2n;
  Object.assign(a, {
    ...{ hasPool: config.hasPool, isToken0: config.isToken0 },
    ...{ interval, clampWad, stressWad, floorWad, impliedMaxAge, version: a.version + 1n, mark },
    // A price is enough for the next return; a mean is not.
    ...{ length: config.hasPool ? 0n : 1n, sampledAt: now },
    ...{
      fast36: rules.keptFast(minimum(fast36, clampWad ** 2n)),
      slow36: rules.keptSlow(minimum(slow36, clampWad ** 2n)),
    },
  });
}

function within(parameter: string, value: bigint, low: bigint, high: bigint): void {
  inRange("VolatilityConfigOutOfRange", parameter, value, low, high);
}

export function raiseFloor(a: VolatilityAsset, floorWad: bigint): void {
  requireKnown(a);
  if (floorWad <= a.floorWad) throw new Refused("VolatilityNotTighter", [a.floorWad, floorWad]);
  within("floor", floorWad, MIN_SIGMA, a.clampWad);
  a.floorWad = floorWad;
}

/** What is not within an eighth and eight times the slow volatility is a mistake in the unit. */
export function postImplied(
  a: VolatilityAsset,
  impliedWad: bigint,
  now: bigint,
  rules: VolatilityRules = VOLATILITY,
): void {
  requireKnown(a);
  const slowWad = rules.sigmaUp(a.slow36);
  const [least, most] = [slowWad / 8n, slowWad * 8n];
  if (impliedWad === 0n || impliedWad < least || impliedWad > most) {
    throw new Refused("VolatilityImpliedOutOfRange", [impliedWad, least, most]);
  }
  [a.impliedWad, a.impliedAt] = [impliedWad, now];
}

export function requireKnown(a: VolatilityAsset): void {
  if (a.interval === 0n) throw new Refused("VolatilityAssetUnknown");
}

// --- samples --------------------------------------------------------------------------------------------------------------

export interface Sampled {
  /** Clamped. Undefined: an interval ended, but there was none before to compare it with. [WAD] */
  readonly returnWad?: bigint;
  readonly elapsed: bigint;
  readonly clamped: boolean;
  /** The moment was not remembered, and the present taken for it. */
  readonly late: boolean;
}

/** Takes the sample that is due. */
export function pokeVolatility(
  a: VolatilityAsset,
  answer: Answer,
  now: bigint,
  rules: VolatilityRules = VOLATILITY,
): Sampled | undefined {
  requireKnown(a);
  const due = dueMoment(a.interval, a.sampledAt, a.hasPool, now);
  if (due === undefined) return undefined;
  const sampled = sample(a, answer, due, now, rules);
  if (sampled !== undefined || due.ago === 0n) return sampled;
  // A pool that does not remember the moment still knows the present.
  const late = sample(a, answer, { elapsed: due.elapsed + due.ago, ago: 0n }, now, rules);
  return late && { ...late, late: true };
}

function sample(
  a: VolatilityAsset,
  answer: Answer,
  due: Moment,
  now: bigint,
  rules: VolatilityRules,
): Sampled | undefined {
  const { elapsed, ago } = due;
  const previous = a.length;
  const found = read(a, answer, a.mark, previous, due);
  if (found === undefined) return undefined;
  [a.mark, a.sampledAt] = [found.mark, now - ago];
  const result = { elapsed, clamped: false, late: false };
  if (elapsed > MAX_ELAPSED) {
    a.length = a.hasPool ? 0n : 1n;
    return result;
  }
  a.length = elapsed;
  if (previous === 0n) return result;
  const sixths = sixthsOf(a, elapsed, previous, rules);
  const returnRay = clampReturn(found.returnRay, a.clampWad, sixths);
  const sample36 = ratePerDay36(returnRay, returnRay, sixths);
  a.fast36 = rules.keptFast(step(a.fast36, sample36, weightWad(elapsed, rules.fastTau)));
  a.slow36 = rules.keptSlow(step(a.slow36, sample36, weightWad(elapsed, rules.slowTau)));
  return { ...result, returnWad: returnRay / 10n ** 9n, clamped: returnRay !== found.returnRay };
}

// --- use ----------------------------------------------------------------------------------------------------------------

export interface Volatility {
  readonly fastWad: bigint;
  readonly slowWad: bigint;
  /** As bounded; 0: none, or too old. */
  readonly impliedWad: bigint;
  readonly sigmaWad: bigint;
}

/** `σ* = max(σ_fast, ¾σ_slow + ¼σ_stress, σ_implied, σ_floor)`. [WAD per √day, rounded up] */
export function volatilityOf(a: VolatilityAsset, now: bigint, rules: VolatilityRules = VOLATILITY): Volatility {
  requireKnown(a);
  const [fastWad, slowWad] = [rules.sigmaUp(a.fast36), rules.sigmaUp(a.slow36)];
  const counts = a.impliedWad !== 0n && now < a.impliedAt + a.impliedMaxAge;
  const impliedWad = counts ? clamp(a.impliedWad, slowWad / 2n, slowWad * 2n) : 0n;
  const stressed = (3n * slowWad + a.stressWad + 3n) / 4n;
  const sigmaWad = [stressed, impliedWad, a.floorWad].reduce(maximum, fastWad);
  return { fastWad, slowWad, impliedWad, sigmaWad };
}
