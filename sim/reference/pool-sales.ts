/** Where the pool meets the auction: who is for sale, what a sale does to the books, and what is lost. */
import { kick as kickIn, offer, outcome, settle, unkick as unkickIn } from "./auction.ts";
import { Refused, type Auction } from "./auction-state.ts";
import { bookedDebtOf, debtOf, type Debt } from "./debt.ts";
import { minimum } from "./fixed-point.ts";
import { inUse, takeOut } from "./pool-borrower.ts";
import { NOTHING, pullLast, type Call } from "./pool-calls.ts";
import { rampAt } from "./pool-ramp.ts";
import { appraise, requireNoGrace, setProvision, shortfall } from "./pool-risk.ts";
import {
  accountOf,
  accrued,
  addCash,
  book,
  push,
  requireAddress,
  UNCAPPED,
  type Books,
  type Pool,
  type PoolAccount,
} from "./pool-state.ts";
import { isExpired } from "./sale-time.ts";
import { PoolRefused } from "./word.ts";

/** The engine is asked before a sale when it has not looked at a collateral for so long. [s] */
const REFRESH_AGE = 600n;

/** The pool as auctions know it, with one account. Prices of what that does not hold are not asked for. */
function auctionOf(p: Pool, { debtAssets, debtShares }: Debt, record: PoolAccount): Auction {
  const { minDebt, targetHealthBps, kickTip } = p.parameters;
  return {
    ...{ now: p.now, bookedAt: p.now, ratePerSecondWad: 0n, unit: p.unit, debtAssets, debtShares },
    ...{ minDebt, targetHealthBps, kickTip, owed: [...p.owed], accounts: [{ ...record, held: [...record.held] }] },
    collaterals: p.collaterals.map((c, i) => ({
      ...{ terms: c.terms, clock: c.clock, backlog: c.backlog, factorBps: rampAt(c.ramp, p.now) },
      ...{ loadingFrom: c.loadingFrom, loading: c.loading, loadingSince: c.loadingSince },
      reserve: c.freshUntil === 0n ? 0n : c.reserve,
      ...(record.held[i] === 0n ? { price36: 0n, fresh: true } : p.oracle.liquidationPriceOrLast(c.token)),
    })),
  };
}

/** What the auction has made of the account and of how far sales have come. */
function takeOver(p: Pool, a: Auction, record: PoolAccount): void {
  Object.assign(record, a.accounts[0]);
  for (const [i, { clock, backlog }] of a.collaterals.entries()) {
    [p.collaterals[i].clock, p.collaterals[i].backlog] = [clock, backlog];
  }
  p.owed = a.owed;
}

/** Refusals of the auction tell numbers only. */
function inAuction<T>(p: Pool, account: string, token: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { reason, values } = error;
    if (reason === "LiquidationNoFreshPrice") {
      throw new PoolRefused(reason, [appraise(p, accountOf(p, account).held).stale ?? token]);
    }
    if (reason === "PoolCollateralInsufficient") throw new PoolRefused(reason, [account, token, ...values]);
    const isOfAccount = /^Liquidation(AccountHealthy|AlreadyKicked|NotKicked|StillUnhealthy)$/.test(reason);
    throw new PoolRefused(reason, isOfAccount ? [account, ...values] : values);
  }
}

/** Has the engine look at what it has not looked at lately. A broken one does not stop a sale; one failure is enough. */
function tryRefreshAll(p: Pool, order: readonly number[]): void {
  for (const i of order) {
    const { token, freshUntil, maxAge } = p.collaterals[i];
    if (freshUntil === 0n || (p.now <= freshUntil && p.now + maxAge <= freshUntil + REFRESH_AGE)) continue;
    try {
      p.engine?.refresh(p, token);
    } catch (error) {
      if (error instanceof PoolRefused) return;
      throw error;
    }
  }
}

/** Judges by the debt as it was last booked, and by all interest only where that is not enough: books nothing. */
export function kick(p: Pool, account: string, keeper = 0n): void {
  const record = accountOf(p, account);
  tryRefreshAll(p, inUse(record));
  const a = auctionOf(p, p, record);
  inAuction(p, account, "", () => kickIn(a, 0, keeper, () => accrued(p)));
  const valuation = appraise(p, record.held);
  const booked = bookedDebtOf(p, record.shares);
  const debt = valuation.capacity < booked ? booked : debtOf(accrued(p), record.shares);
  requireNoGrace(account, valuation, debt);
  takeOver(p, a, record);
  setProvision(p, record, shortfall(debt, valuation));
}

export function unkick(p: Pool, account: string): void {
  const record = accountOf(p, account);
  const a = auctionOf(p, p, record);
  inAuction(p, account, "", () => unkickIn(a, 0, () => accrued(p)));
  takeOver(p, a, record);
}

/** Records what an account's collateral will probably not cover. */
export function mark(p: Pool, account: string): void {
  const record = accountOf(p, account);
  const valuation = appraise(p, record.held);
  if (valuation.stale !== undefined) throw new PoolRefused("LiquidationNoFreshPrice", [valuation.stale]);
  setProvision(p, record, shortfall(debtOf(accrued(p), record.shares), valuation));
}

/** What one sale is to be. */
export interface TakeOrder {
  readonly account: string;
  readonly token: string;
  readonly most: bigint;
}

export interface Taken {
  readonly amount: bigint;
  readonly repay: bigint;
}

/**
 * One sale of an unhealthy account at the auction's price, of which nothing is handed over nor paid yet.
 *
 * @param b With interest up to now; takes on the sale.
 */
function sell(p: Pool, b: Books, { account, token, most }: TakeOrder): Taken {
  const record = accountOf(p, account);
  const k = p.collaterals.findIndex((c) => c.token === token);
  if (most === 0n) throw new PoolRefused("PoolZeroAmount");
  if (k < 0) throw new PoolRefused("PoolCollateralInsufficient", [account, token, 0n, most]);
  const begins = record.kickedAt === 0n || isExpired(p, record);
  if (begins) tryRefreshAll(p, [k, ...inUse(record).filter((i) => i !== k)]);
  const owed = debtOf(b, record.shares);
  const a = auctionOf(p, b, record);
  const offered = inAuction(p, account, token, () => offer(a, { account: 0, collateral: k, most }));
  if (begins) requireNoGrace(account, appraise(p, record.held), owed);
  const sold = outcome(a, offered, most, "exact");
  if (sold instanceof Refused) throw new PoolRefused(sold.reason, sold.values);
  const { amount, repay } = sold;
  const owedBefore = a.owed.reduce((sum, tips) => sum + tips, 0n);
  const left = settle(a, 0, offered, sold);
  takeOver(p, a, record);
  record.held[k] += amount;
  takeOut(p, record, k, amount);
  [b.debtAssets, b.debtShares] = [a.debtAssets, a.debtShares];
  addCash(b, repay);
  b.cash -= a.owed.reduce((sum, tips) => sum + tips, 0n) - owedBefore; // what the keeper is owed is his
  b.reserves -= p.rules.loss(left.lost, b.reserves).byReserves;
  p.badDebt = minimum(p.badDebt + left.lost, UNCAPPED);
  setProvision(p, record, record.shares === 0n ? 0n : shortfall(left.debt, left));
  return { amount, repay };
}

function requireAtMost(maxRepay: bigint, repay: bigint): void {
  if (repay > maxRepay) throw new PoolRefused("LiquidationRepayTooHigh", [maxRepay, repay]);
}

export function take(
  p: Pool,
  caller: string,
  order: TakeOrder,
  maxRepay: bigint,
  receiver: string,
  during: Call = NOTHING,
): Taken {
  requireAddress(receiver);
  const b = accrued(p);
  const sold = sell(p, b, order);
  requireAtMost(maxRepay, sold.repay);
  book(p, b);
  push(p, order.token, receiver, sold.amount);
  pullLast(p, during, p.asset, caller, sold.repay);
  return sold;
}

/** Several sales with one payment, all or none. Each finds what those before it have left, of the totals too. */
export function takeBatch(
  p: Pool,
  caller: string,
  orders: readonly TakeOrder[],
  maxRepay: bigint,
  receiver: string,
  during: Call = NOTHING,
): { readonly amounts: readonly bigint[]; readonly repay: bigint } {
  requireAddress(receiver);
  const b = accrued(p);
  const sold = p.rules.ordersInTurn(orders).map((order) => ({ ...order, ...sell(p, b, order) }));
  const repay = sold.reduce((sum, each) => sum + each.repay, 0n);
  requireAtMost(maxRepay, repay);
  book(p, b);
  for (const { token, amount } of sold) push(p, token, receiver, amount);
  pullLast(p, during, p.asset, caller, repay);
  return { amounts: sold.map(({ amount }) => amount), repay };
}
