/** A pool's side of its risk engine: what the engine says is bounded here, whatever it says. */
import { tell, turnLoading } from "./auction-state.ts";
import { FULL_LOADING } from "./basket.ts";
import { absolute, PoolRefused } from "./word.ts";
import { less, maximum, minimum } from "./fixed-point.ts";
import { NOBODY } from "./ledger.ts";
import { exitFloor } from "./pool-lender.ts";
import { rampAt, turnRamp } from "./pool-ramp.ts";
import { accrued, book, listed, push, requireAddress, type Engine, type Pool } from "./pool-state.ts";

/** As `IPoolRisk.RiskUpdate`. */
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

/** As `IPoolRisk.PoolUpdate`. */
export interface PoolUpdate {
  readonly restricted: boolean;
  readonly exitFloorShares: bigint;
  readonly exitRefillPerSecond: bigint;
}

/** A floor that says: all of the pool stays as it is. */
export const SILENT_FLOOR = 2n ** 136n - 1n;
/** A moment that is over: who has this must be asked again. */
const LONG_AGO = 1n;
const MAX_LEVEL = 3n;
const MAX_AGES = [60n, 86_400n] as const;

function requireEngine({ engine }: Pool, caller: string): void {
  if (caller !== engine?.address) throw new PoolRefused("RiskCallerNotEngine", [caller, engine?.address ?? NOBODY]);
}

export function applyRisk(p: Pool, caller: string, token: string, update: RiskUpdate, ofPool: PoolUpdate): void {
  requireEngine(p, caller);
  const c = p.collaterals[listed(p, token)];
  turnRamp(c, maximum(minimum(update.liquidationFactorBps, c.liquidationCapBps), 1n), update.calm, p.now);
  tell(c, update.reserve, minimum(update.loadingPercent, FULL_LOADING), p.now);
  // Below the liquidation factor for as long as this is fresh: nobody's loan is liquidatable in its own block.
  const lowest = rampAt(c.ramp, p.now + p.maxAge);
  c.borrowFactorBps = minimum(minimum(update.borrowFactorBps, c.borrowCapBps), less(lowest, 1n));
  c.discountTenBps = update.discountTenBps;
  c.level = minimum(update.level, MAX_LEVEL);
  c.grace = update.grace;
  [c.freshUntil, c.maxAge] = [p.now + p.maxAge, p.maxAge];
  if (ofPool.exitFloorShares !== SILENT_FLOOR) applyToPool(p, ofPool);
}

function applyToPool(p: Pool, { restricted, exitFloorShares, exitRefillPerSecond }: PoolUpdate): void {
  const isLimited = exitFloorShares !== 0n;
  if (restricted === p.restricted && isLimited === (p.exit !== undefined)) {
    if (!isLimited || !isNews(p, exitFloorShares, exitRefillPerSecond)) return;
  }
  p.restricted = restricted;
  p.exit = isLimited ? { floorShares: exitFloorShares, refillPerSecond: exitRefillPerSecond, at: p.now } : undefined;
}

/** One that falls further than said, or nearly as said, is not written again. */
function isNews(p: Pool, floor: bigint, refillPerSecond: bigint): boolean {
  const inForce = exitFloor(p);
  if (floor < inForce || floor - inForce > floor / 128n) return true;
  const before = p.exit?.refillPerSecond ?? 0n;
  return absolute(refillPerSecond - before) > before / 16n;
}

/** Liquidation factors in force do not change by it. Without any engine diversification leaves as fast as one could make it. */
export function setRiskEngine(p: Pool, engine: Engine | undefined, maxAge: bigint): void {
  const [least, most] = MAX_AGES;
  if (engine !== undefined && (maxAge < least || maxAge > most)) {
    throw new PoolRefused("ConfigOutOfRange", ["maxAge", maxAge, least, most]);
  }
  for (const c of p.collaterals) {
    if (c.freshUntil === 0n) continue;
    if (engine === undefined) {
      turnLoading(c, FULL_LOADING, p.now);
      [c.freshUntil, c.level, c.grace] = [0n, 0n, false];
    } else c.freshUntil = LONG_AGO;
  }
  [p.restricted, p.exit] = [false, undefined];
  [p.engine, p.maxAge] = [engine, maxAge];
}

/**
 * Out of reserves that no provision needs.
 *
 * @returns Paid. [loan base units]
 */
export function payKeeper(p: Pool, caller: string, keeper: string, assets: bigint): bigint {
  requireEngine(p, caller);
  requireAddress(keeper);
  const b = accrued(p);
  const paid = minimum(minimum(assets, less(b.reserves, p.totalProvision)), b.cash);
  b.reserves -= paid;
  b.cash -= paid;
  book(p, b);
  if (paid !== 0n) push(p, p.asset, keeper, paid);
  return paid;
}
