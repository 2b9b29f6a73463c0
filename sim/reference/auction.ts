/**
 * Executable specification of sales, written from `docs/liquidation.md`: whole numbers throughout, exponentials exact to far
 * more digits than contracts have. What it says of amounts it says within the roundings of a price in 18 decimals.
 */
import {
  appraise,
  appraiseValues,
  BPS,
  PRICE_SCALE,
  Refused,
  unitsOf,
  type Account,
  type Auction,
} from "./auction-state.ts";
import { bookedDebtOf, debtOf, leavesDust, reduceDebt, sharesDown, sharesUp, writeOff, type Debt } from "./debt.ts";
import { divUp, exp, less, minimum, ONE, WAD } from "./fixed-point.ts";
import { isExpired, startAt } from "./sale-time.ts";
import { prepare, size, SPEC, ticksFor, type Outcome, type Rules, type Sale, type Side, type Sold } from "./sale.ts";

/** Health factor from which an account is no longer for sale. */
const UNKICK_BPS = 10_200n;
const MAX_LAG = (1n << 24n) - 1n;
/** The tip is at most this part of the debt. */
const TIP_SHARE = 200n;

export function copyOf(a: Auction): Auction {
  return {
    ...a,
    owed: [...a.owed],
    collaterals: a.collaterals.map((c) => ({ ...c })),
    accounts: a.accounts.map((account) => ({ ...account, held: [...account.held] })),
  };
}

/** Interest up to now, compounded continuously. Rounded up. */
export function accrue(a: Auction): void {
  const growth = exp((a.ratePerSecondWad * (a.now - a.bookedAt) * ONE) / WAD) / (ONE / WAD) - WAD;
  a.debtAssets += divUp(a.debtAssets * growth, WAD);
  a.bookedAt = a.now;
}

function accrued(a: Auction): Auction {
  const copy = copyOf(a);
  accrue(copy);
  return copy;
}

/**
 * Puts an account up for sale. Judged by the debt as booked, and by all interest where that is not enough; books nothing.
 *
 * @param withInterest Totals up to now. As here, unless a pool says otherwise.
 */
export function kick(a: Auction, index: number, keeper: bigint, withInterest: () => Debt = () => accrued(a)): void {
  if (keeper >= BigInt(a.owed.length)) throw new Refused("LiquidationKeeperUnknown", [keeper]);
  const account = a.accounts[index];
  const { capacity, largest, stale } = appraise(a, account.held);
  if (stale !== undefined) throw new Refused("LiquidationNoFreshPrice");
  let debt = bookedDebtOf(a, account.shares);
  if (capacity >= debt) debt = debtOf(withInterest(), account.shares);
  if (capacity >= debt) throw new Refused("LiquidationAccountHealthy", [capacity, debt]);
  let tipped = keeper;
  if (account.kickedAt !== 0n) {
    if (isExpired(a, account)) account.kickedAt = a.now;
    else if (account.part !== 0n) throw new Refused("LiquidationAlreadyKicked", [account.kickedAt]);
    else tipped = account.keeper; // it rested, and is only counted again
  } else {
    account.kickedAt = startAt(account, a.now);
    [account.easedAt, account.lag] = [0n, 0n];
  }
  count(a, account, largest, unitsOf(a, debt));
  account.keeper = tipped;
}

/**
 * Takes a healed account off sale, and remembers for how long it had been there. One that is healthy without a margin rests:
 * only its debt is no longer counted.
 */
export function unkick(a: Auction, index: number, withInterest: () => Debt = () => accrued(a)): void {
  const account = a.accounts[index];
  if (account.kickedAt === 0n) throw new Refused("LiquidationNotKicked");
  const { capacity, stale } = appraise(a, account.held);
  if (stale !== undefined) throw new Refused("LiquidationNoFreshPrice");
  const debt = debtOf(withInterest(), account.shares);
  // A forgotten kick is over as soon as the account is healthy.
  const required = isExpired(a, account) ? debt : divUp(debt * UNKICK_BPS, BPS);
  if (capacity >= debt && capacity < required && account.part !== 0n) return count(a, account, account.index, 0n);
  if (capacity < required) throw new Refused("LiquidationStillUnhealthy", [capacity, required]);
  const lag = isExpired(a, account) ? 0n : minimum(a.now - account.kickedAt, MAX_LAG);
  endSale(a, account);
  [account.easedAt, account.lag] = [a.now, lag];
}

export interface Order {
  readonly account: number;
  readonly collateral: number;
  readonly most: bigint;
}

/** A sale that was looked at and not yet made. */
export interface Offer {
  readonly sale: Sale;
  readonly keeper: bigint;
  readonly tip: bigint;
}

/** @param a With interest up to now; takes on the tip. */
export function offer(a: Auction, { account, collateral, most }: Order, rules: Rules = SPEC): Offer {
  const record = { ...a.accounts[account], held: [...a.accounts[account].held] };
  const owed = debtOf(a, record.shares);
  const [keeper, tip] = chargeTip(a, record);
  return { sale: prepare(rules, a, record, owed, collateral, most), keeper, tip };
}

/** What the sale would be. */
export function outcome(a: Auction, { sale }: Offer, most: bigint, side: Side): Outcome {
  return size(a, sale, most, side);
}

/** The first sale of a kicked account adds the tip to its debt. */
function chargeTip(a: Auction, record: Account): [keeper: bigint, tip: bigint] {
  if (record.kickedAt === 0n || record.keeper === 0n) return [0n, 0n];
  const { keeper } = record;
  const tip = minimum(a.kickTip, debtOf(a, record.shares) / TIP_SHARE);
  const shares = sharesUp(a, tip);
  record.keeper = 0n;
  record.shares += shares;
  [a.debtAssets, a.debtShares] = [a.debtAssets + tip, a.debtShares + shares];
  return [keeper, tip];
}

/** What a sale leaves of an account. */
export interface Left {
  readonly debt: bigint;
  readonly value: bigint;
  readonly capacity: bigint;
  /** Written off. */
  readonly lost: bigint;
}

/**
 * Makes the sale.
 *
 * @param sold What it came to: within its bounds any is right.
 */
export function settle(a: Auction, index: number, { sale, keeper, tip }: Offer, sold: Sold): Left {
  const { record, k, debt, price36, rate } = sale;
  const burnt = sold.repay >= debt ? record.shares : minimum(sharesDown(a, sold.repay), record.shares);
  a.accounts[index] = record;
  record.held[k] -= sold.amount;
  if (rate !== 0n) a.collaterals[k].clock = sale.rules.clockAfter(sale.clock, ticksFor(sale, sold.amount), a.now);
  reduceDebt(a, sold.repay, burnt);
  record.shares -= burnt;
  a.owed[Number(keeper)] += minimum(tip, sold.repay);
  let lost = 0n;
  if (record.held.every((held) => held === 0n)) {
    // Nothing is left to sell: what is still owed is lost.
    lost = writeOff(a, record.shares);
    record.shares = 0n;
  }
  const values = sale.appraisal.values.map((value, i) =>
    i === k ? less(value, divUp(sold.amount * price36, PRICE_SCALE)) : value,
  );
  const left = debtOf(a, record.shares);
  const { value, capacity } = appraiseValues(a, values);
  if (record.shares === 0n || capacity >= divUp(left * UNKICK_BPS, BPS)) endSale(a, record);
  else {
    // Counted with the collateral that it was counted with, of a sale that begins now the one sold, as long as there is some.
    const counted = record.part === 0n ? k : record.index;
    const to = record.held[counted] === 0n ? record.held.findIndex((held) => held !== 0n) : counted;
    count(a, record, to, unitsOf(a, left));
  }
  return { debt: left, value, capacity, lost };
}

/** The account's part of the backlog. */
function count(a: Counting, account: Account, index: number, part: bigint): void {
  if (account.part !== 0n) {
    const before = a.collaterals[account.index];
    before.backlog = less(before.backlog, account.part);
  }
  a.collaterals[index].backlog += part;
  [account.part, account.index] = [part, index];
}

function endSale(a: Counting, account: Account): void {
  count(a, account, account.index, 0n);
  [account.kickedAt, account.keeper, account.easedAt, account.lag] = [0n, 0n, 0n, 0n];
}

/** Pays for an account, by assets in part or by shares all of it. */
export function repay(a: Auction, index: number, amount: { readonly assets?: bigint; readonly shares?: bigint }): void {
  const account = a.accounts[index];
  const shares = amount.shares ?? sharesDown(a, amount.assets ?? 0n);
  const assets = amount.assets ?? debtOf(a, shares);
  if (shares === 0n) throw new Refused("PoolZeroAmount");
  if (shares > account.shares) throw new Refused("PoolDebtInsufficient", [account.shares, shares]);
  const before = debtOf(a, account.shares);
  const copy = copyOf(a);
  reduceDebt(copy, assets, shares);
  const left = debtOf(copy, account.shares - shares);
  if (account.shares !== shares && leavesDust(a.minDebt, before, left)) {
    throw new Refused("PoolDebtBelowMinimum", [a.minDebt, left]);
  }
  reduceDebt(a, assets, shares);
  const all = account.shares;
  account.shares -= shares;
  shrinkSale(a, account, all);
}

interface Counting {
  readonly collaterals: readonly { backlog: bigint }[];
}

/** What was repaid is no longer for sale. */
export function shrinkSale(a: Counting, account: Account, sharesBefore: bigint): void {
  if (account.kickedAt === 0n) return;
  if (account.shares === 0n) endSale(a, account);
  else count(a, account, account.index, divUp(account.part * account.shares, sharesBefore));
}

/** Others may add to what an account has of a collateral, and not bring it a new one. */
export function supply(a: Auction, index: number, collateral: number, amount: bigint): void {
  const { held } = a.accounts[index];
  if (held[collateral] === 0n) throw new Refused("PoolUnauthorized");
  held[collateral] += amount;
}
