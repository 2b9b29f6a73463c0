/** A pool's side of its risk engine: bounds, ramps and limits that no engine can leave out. To the unit. */
import { less, maximum, minimum } from "./fixed-point.ts";
import type { RiskUpdate } from "./pool-engine.ts";
import { RAMP, rampAt, turnRamp, type RampRules } from "./pool-ramp.ts";
import type { Ramp } from "./pool-state.ts";
import { distance, MAX_128, toBits } from "./risk-math.ts";

export type { RiskUpdate } from "./pool-engine.ts";

/** What a wrong reference may do otherwise. */
export interface PoolRules extends RampRules {
  /** λ of the liquidation test rises by a point in this time. [s] */
  readonly secondsPerPoint: bigint;
  /** What is kept of a reserve. */
  readonly keptReserve: (reserve: bigint) => bigint;
}

export const POOL: PoolRules = {
  ...RAMP,
  secondsPerPoint: 1_800n,
  keptReserve: (reserve) => toBits(minimum(reserve, MAX_128), 25),
};

/** One collateral, as its pool judges it. */
export interface PoolCollateral {
  readonly borrowCapBps: bigint;
  readonly liquidationCapBps: bigint;
  borrowFactorBps: bigint;
  /** The liquidation factor's ramp. */
  fromBps: bigint;
  toBps: bigint;
  start: bigint;
  end: bigint;
  /** Up to when rises are used up; in the future: not calm yet. 0: never written. */
  riseFrom: bigint;
  /** 0: no engine governs it. */
  freshUntil: bigint;
  updatedAt: bigint;
  /** [loan base units] */
  reserve: bigint;
  /** λ: from what, to what and since when. [%] */
  loadingFrom: bigint;
  loading: bigint;
  loadingStart: bigint;
  discountBps: bigint;
  level: bigint;
  grace: boolean;
}

/** The pool as a whole. */
export interface PoolLimits {
  readonly maxAge: bigint;
  restricted: boolean;
  /** Lenders' exits are limited. */
  limited: boolean;
  floorShares: bigint;
  /** [shares a second] */
  refill: bigint;
  floorAt: bigint;
}

/** What an engine says of the pool. */
export interface PoolUpdate {
  readonly restricted: boolean;
  /** 0: no limit. */
  readonly floorShares: bigint;
  readonly refill: bigint;
}

/**
 * @param pool Undefined: nothing is new of the pool as a whole.
 * @returns Whether the pool's own limits began or ended: that is told.
 */
export function applyRisk(
  limits: PoolLimits,
  c: PoolCollateral,
  update: RiskUpdate,
  pool: PoolUpdate | undefined,
  now: bigint,
  rules: PoolRules = POOL,
): boolean {
  turnFactor(c, maximum(minimum(update.liquidationFactorBps, c.liquidationCapBps), 1n), update.calm, now, rules);
  turnLoading(c, minimum(update.loadingPercent, 100n), now, rules);
  const freshUntil = now + limits.maxAge;
  // Below the liquidation factor for as long as the snapshot is fresh: nobody's loan is liquidatable in its own block.
  const lowest = less(factorAt(c, freshUntil), 1n);
  Object.assign(c, {
    borrowFactorBps: [c.borrowCapBps, lowest].reduce(minimum, update.borrowFactorBps),
    ...{ reserve: rules.keptReserve(update.reserve), discountBps: update.discountTenBps * 10n },
    ...{ level: update.level, grace: update.grace, freshUntil, updatedAt: now },
  });
  return pool !== undefined && applyPool(limits, pool, now);
}

// --- ramp ---------------------------------------------------------------------------------------------------------------

/** Liquidation factor in force. [bps, rounded up while falling] */
export function factorAt(c: PoolCollateral, now: bigint): bigint {
  return rampAt(rampOf(c), now);
}

function rampOf({ fromBps, toBps, start, end }: PoolCollateral): Ramp {
  return { from: fromBps, to: toBps, start, end };
}

/** The shared ramp, on the fields that are kept here. */
function turnFactor(c: PoolCollateral, target: bigint, calm: boolean, now: bigint, rules: PoolRules): void {
  const ramping = { ramp: rampOf(c), riseFrom: c.riseFrom };
  turnRamp(ramping, target, calm, now, rules);
  const { from, to, start, end } = ramping.ramp;
  Object.assign(c, { fromBps: from, toBps: to, start, end, riseFrom: ramping.riseFrom });
}

// --- diversification ----------------------------------------------------------------------------------------------------

/** λ of the liquidation test. [%, rounded down] */
export function loadingAt(c: PoolCollateral, now: bigint, rules: PoolRules = POOL): bigint {
  if (c.loadingFrom >= c.loading) return c.loading;
  return minimum(c.loading, c.loadingFrom + (now - c.loadingStart) / rules.secondsPerPoint);
}

/** Falls at once, and rises by a point in half an hour. */
function turnLoading(c: PoolCollateral, loading: bigint, now: bigint, rules: PoolRules): void {
  const inForce = loadingAt(c, now, rules);
  if (loading <= inForce) [c.loadingFrom, c.loadingStart] = [loading, now];
  else if (inForce >= c.loading) [c.loadingFrom, c.loadingStart] = [inForce, now];
  c.loading = loading;
}

// --- exits --------------------------------------------------------------------------------------------------------------

/** Lenders' shares that must stay. */
export function floorAt({ limited, floorShares, refill, floorAt: since }: PoolLimits, now: bigint): bigint {
  return limited ? less(floorShares, refill * (now - since)) : 0n;
}

/** A floor that is nearly the one in force is not written again. */
function applyPool(p: PoolLimits, update: PoolUpdate, now: bigint): boolean {
  const limited = update.floorShares !== 0n;
  const same = p.restricted === update.restricted && p.limited === limited;
  if (same && (!limited || !isNews(p, update, now))) return false;
  Object.assign(p, { ...update, limited, floorAt: now });
  return !same;
}

function isNews(p: PoolLimits, { floorShares, refill }: PoolUpdate, now: bigint): boolean {
  const inForce = floorAt(p, now);
  if (floorShares < inForce || floorShares - inForce > floorShares / 128n) return true;
  return distance(refill, p.refill) > p.refill / 16n;
}

/** What the pool shows of a collateral. */
export function riskOf(limits: PoolLimits, c: PoolCollateral, now: bigint, rules: PoolRules = POOL) {
  return {
    ...{ borrowFactorBps: c.borrowFactorBps, liquidationFactorBps: factorAt(c, now), liquidationTargetBps: c.toBps },
    ...{ level: c.level, freshUntil: c.freshUntil, updatedAt: c.updatedAt, loadingPercent: c.loading },
    ...{ liquidationLoadingPercent: loadingAt(c, now, rules), discountBps: c.discountBps },
    ...{ grace: c.grace && now <= c.freshUntil, reserve: c.freshUntil === 0n ? 0n : c.reserve },
    ...{ poolRestricted: limits.restricted, exitFloorShares: floorAt(limits, now) },
  };
}
