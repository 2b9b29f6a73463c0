/** A pool's side of its risk engine: bounds, ramps and limits that no engine can leave out. To the unit. */
import { divUp, less, maximum, minimum } from "./fixed-point.ts";
import { DAY, distance, MAX_128, toBits } from "./risk-math.ts";

/** What a wrong reference may do otherwise. */
export interface PoolRules {
  /** The liquidation factor's fall. [bps a day] */
  readonly fallPerDay: bigint;
  /** Its rise. [s a basis point] */
  readonly secondsPerBpsUp: bigint;
  /** How long the target must not have been below the factor. [s] */
  readonly calmSeconds: bigint;
  /** λ of the liquidation test rises by a point in this time. [s] */
  readonly secondsPerPoint: bigint;
  /** What is kept of a reserve. */
  readonly keptReserve: (reserve: bigint) => bigint;
}

export const POOL: PoolRules = {
  ...{ fallPerDay: 200n, secondsPerBpsUp: DAY / 50n, calmSeconds: DAY, secondsPerPoint: 1_800n },
  keptReserve: (reserve) => toBits(minimum(reserve, MAX_128), 25),
};

/** A rise at rest may count so much time too much: two basis points. [s] */
const REST_SLACK = 3_600n;
/** A rise catches up with at most this time. [s] */
const MAX_CREDIT = DAY;

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

/** What an engine says of a collateral, and of the pool. */
export interface RiskUpdate {
  readonly liquidationFactorBps: bigint;
  readonly borrowFactorBps: bigint;
  readonly calm: boolean;
  readonly level: bigint;
  readonly loadingPercent: bigint;
  readonly discountTenBps: bigint;
  readonly grace: boolean;
  readonly reserve: bigint;
}

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
  turnRamp(c, maximum(minimum(update.liquidationFactorBps, c.liquidationCapBps), 1n), update.calm, now, rules);
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
  if (now >= c.end || c.fromBps <= c.toBps) return c.toBps;
  if (now <= c.start) return c.fromBps;
  return c.toBps + divUp((c.fromBps - c.toBps) * (c.end - now), c.end - c.start);
}

const fallSeconds = (from: bigint, to: bigint, rules: PoolRules) => divUp(less(from, to) * DAY, rules.fallPerDay);

/** Down in a straight line of 2 points a day; up half a point a day, after a day of calm. */
function turnRamp(c: PoolCollateral, target: bigint, calm: boolean, now: bigint, rules: PoolRules): void {
  const before = factorAt(c, now);
  const known = c.riseFrom;
  let riseFrom = known === 0n ? now + rules.calmSeconds : known;
  if (target < before) {
    // A fall that is under way at this very speed goes on: its end moves, and not its beginning.
    const own = now < c.end && c.end - c.start === fallSeconds(c.fromBps, c.toBps, rules);
    if (!own) [c.fromBps, c.start] = [before, now];
    c.toBps = target;
    c.end = c.start + fallSeconds(c.fromBps, target, rules);
    c.riseFrom = now + rules.calmSeconds;
    return;
  }
  if (!calm) riseFrom = now + rules.calmSeconds;
  let rise = 0n;
  if (now > riseFrom) {
    const credit = minimum(now - riseFrom, MAX_CREDIT);
    rise = minimum(credit / rules.secondsPerBpsUp, target - before);
    // At its target the factor saves up nothing.
    riseFrom = before + rise === target ? now : now - (credit - rise * rules.secondsPerBpsUp);
  }
  [c.fromBps, c.toBps, c.start, c.end] = [before + rise, before + rise, now, now];
  // At rest the time is not written with every call.
  const rest = riseFrom === now && rise === 0n && known <= now;
  if (rest ? known + REST_SLACK <= now : riseFrom !== known) c.riseFrom = riseFrom;
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
