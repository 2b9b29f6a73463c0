/** What an account may borrow, and when it may be liquidated. Rounded down throughout. */
import { BPS, loadingAt, PRICE_SCALE } from "./auction-state.ts";
import { diversify } from "./basket.ts";
import { divUp, less, minimum } from "./fixed-point.ts";
import { rampAt } from "./pool-ramp.ts";
import {
  accountOf,
  accrued,
  RESTRICTED,
  UNCAPPED,
  type Pool,
  type PoolAccount,
  type PoolCollateral,
} from "./pool-state.ts";
import { fullMulDiv, PoolRefused } from "./word.ts";

/** Larger positions are none that any market has, and of them no market is asked. */
const MAX_VALUE = 2n ** 128n - 1n;
/** What selling is likely to cost, of the value sold. [bps] */
const PROVISION_DISCOUNT_BPS = 500n;
/** Health below which an account is put up for sale even after an outage. [bps] */
const GRACE_HEALTH_BPS = 9_500n;

/** [value, credit, loading] of one position. */
type Position = readonly [bigint, bigint, bigint];

function carried(positions: readonly Position[]): bigint {
  const { credit } = diversify(
    positions.map(([value, own]) => value - own),
    positions.map(([, , loading]) => loading),
  );
  return positions.reduce((sum, [, own]) => sum + own, 0n) + credit;
}

// --- borrowing --------------------------------------------------------------------------------------------------------

/**
 * Largest debt for which selling a little at discount b still heals: the largest D with `D·(1+b)·(1 + 2c÷y) < c`.
 *
 * @param c Value of the position. [loan base units]
 */
function healingDebt(c: bigint, { reserve, discountTenBps }: PoolCollateral): bigint {
  if (c === 0n || reserve === 0n) return 0n;
  const discount = BPS + discountTenBps * 10n;
  return divUp(c * BPS * reserve, discount * (reserve + 2n * c)) - 1n;
}

/** Of the factor and of what a liquidation that heals could carry, the lower: the larger the position, the less. */
export function creditOf({ rules }: Pool, c: PoolCollateral, value: bigint): bigint {
  const plain = rules.capacity(value, c.borrowFactorBps);
  const isBounded = c.freshUntil !== 0n && value <= MAX_VALUE;
  return isBounded ? minimum(plain, healingDebt(value, c)) : plain;
}

export interface Capacity {
  readonly capacity: bigint;
  /** First collateral that counts for nothing because the breaker has restricted it. */
  readonly restricted: string | undefined;
}

/** What an account with these holdings may owe. Refuses as the oracle refuses. */
export function borrowCapacity(p: Pool, held: readonly bigint[], first?: number): Capacity {
  const others = held.flatMap((amount, i) => (amount === 0n || i === first ? [] : [i]));
  const order = first === undefined || held[first] === 0n ? others : [first, ...others];
  const restricted = order.find((i) => p.collaterals[i].level === RESTRICTED);
  const counted = order.filter((i) => p.collaterals[i].level !== RESTRICTED);
  return {
    capacity: carried(
      counted.map((i) => {
        const c = p.collaterals[i];
        const value = fullMulDiv(held[i], p.oracle.borrowPrice(c.token), PRICE_SCALE);
        return [value, creditOf(p, c, value), c.loading];
      }),
    ),
    restricted: restricted === undefined ? undefined : p.collaterals[restricted].token,
  };
}

/**
 * The borrow test.
 *
 * @param first The collateral at hand, looked at before all others.
 */
export function requireCovered(p: Pool, account: string, held: readonly bigint[], debt: bigint, first?: number): void {
  const { capacity, restricted } = borrowCapacity(p, held, first);
  if (capacity >= debt) return;
  if (restricted !== undefined) throw new PoolRefused("PoolRestricted", [restricted]);
  throw new PoolRefused("PoolBorrowTestFailed", [account, capacity, debt]);
}

/** Neither paused nor restricted as a whole. */
export function requireOpen(p: Pool, flag: bigint): void {
  if (p.parameters.pauseFlags & flag) throw new PoolRefused("PoolPaused", [flag]);
  if (p.restricted) throw new PoolRefused("PoolRestricted", [p.address]);
}

export const isStale = ({ freshUntil }: PoolCollateral, now: bigint) => freshUntil !== 0n && now > freshUntil;

/** Has the engine renew what is too old. Stale risk is never lent on. */
export function refreshIfStale(p: Pool, index: number): void {
  const c = p.collaterals[index];
  if (!isStale(c, p.now)) return;
  p.engine?.refresh(p, c.token);
  if (isStale(c, p.now)) throw new PoolRefused("PoolRiskStale", [c.token, c.freshUntil]);
}

// --- health -----------------------------------------------------------------------------------------------------------

export interface Valuation {
  readonly value: bigint;
  readonly capacity: bigint;
  /** First collateral whose price is remembered rather than fresh. */
  readonly stale: string | undefined;
  /** One of them is priced again only for a while. */
  readonly grace: boolean;
}

/** At liquidation prices, or the last valid ones. */
export function appraise(p: Pool, held: readonly bigint[]): Valuation {
  const inUse = p.collaterals.filter((_, i) => held[i] !== 0n);
  const prices = inUse.map((c) => p.oracle.liquidationPriceOrLast(c.token));
  const amounts = held.filter((amount) => amount !== 0n);
  const positions = inUse.map((c, i): Position => {
    const value = fullMulDiv(amounts[i], prices[i].price36, PRICE_SCALE);
    return [value, p.rules.capacity(value, rampAt(c.ramp, p.now)), loadingAt(c, p.now)];
  });
  return {
    value: positions.reduce((sum, [value]) => sum + value, 0n),
    capacity: carried(positions),
    stale: inUse.find((_, i) => !prices[i].fresh)?.token,
    grace: inUse.some((c) => c.grace && p.now <= c.freshUntil),
  };
}

export interface Health {
  readonly debt: bigint;
  readonly collateralValue: bigint;
  readonly borrowCapacity: bigint;
  readonly liquidationCapacity: bigint;
  readonly pricesFresh: boolean;
}

/** Health factor: liquidation capacity ÷ debt. */
export function healthOf(p: Pool, account: string): Health {
  const { shares, held } = accountOf(p, account);
  const { value, capacity, stale } = appraise(p, held);
  return {
    debt: p.rules.debtOf(accrued(p), shares),
    collateralValue: value,
    borrowCapacity: capacityOrNothing(p, held),
    liquidationCapacity: capacity,
    pricesFresh: stale === undefined,
  };
}

/** No price to lend on: nothing can be borrowed. */
function capacityOrNothing(p: Pool, held: readonly bigint[]): bigint {
  try {
    return borrowCapacity(p, held).capacity;
  } catch (error) {
    if (error instanceof PoolRefused) return 0n;
    throw error;
  }
}

// --- provision --------------------------------------------------------------------------------------------------------

/** What a sale of everything will probably not bring in; of a healthy account nothing. [loan base units, rounded up] */
export function shortfall(debt: bigint, { value, capacity }: Pick<Valuation, "value" | "capacity">): bigint {
  return capacity >= debt ? 0n : less(debt, (value * (BPS - PROVISION_DISCOUNT_BPS)) / BPS);
}

export function setProvision(p: Pool, record: PoolAccount, required: bigint): void {
  const others = p.totalProvision - record.provision;
  record.provision = minimum(required, UNCAPPED - others);
  p.totalProvision = others + record.provision;
}

/** After an outage only deeply unhealthy accounts are put up for sale. */
export function requireNoGrace(account: string, { grace, capacity }: Valuation, debt: bigint): void {
  if (!grace || capacity < (debt * GRACE_HEALTH_BPS) / BPS) return;
  throw new PoolRefused("LiquidationInGrace", [account, capacity, debt]);
}
