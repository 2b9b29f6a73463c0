/** The borrower side: collateral, debt and operators. Checks stand in the order in which a pool makes them. */
import { shrinkSale } from "./auction.ts";
import { leavesDust, reduceDebt } from "./debt.ts";
import { less, minimum } from "./fixed-point.ts";
import { NOTHING, pullLast, type Call } from "./pool-calls.ts";
import { refreshIfStale, requireCovered, requireOpen, setProvision } from "./pool-risk.ts";
import {
  accountOf,
  accrued,
  addCash,
  book,
  listed,
  pairOf,
  PAUSE,
  push,
  requireAddress,
  requireAuthorized,
  subtractCash,
  UNCAPPED,
  type Books,
  type Pool,
  type PoolAccount,
} from "./pool-state.ts";
import { checked, MAX_WORD, PoolRefused } from "./word.ts";

const ZERO_AMOUNT = () => new PoolRefused("PoolZeroAmount");

export const inUse = ({ held }: Pick<PoolAccount, "held">) => held.flatMap((amount, i) => (amount === 0n ? [] : [i]));

// --- collateral -------------------------------------------------------------------------------------------------------

/** Others may add to a collateral that the account uses, and not bring it a new one. */
export function supplyCollateral(
  p: Pool,
  caller: string,
  token: string,
  amount: bigint,
  account: string,
  during: Call = NOTHING,
): void {
  if (amount === 0n) throw ZERO_AMOUNT();
  const index = listed(p, token);
  const c = p.collaterals[index];
  const total = minimum(c.total + amount, MAX_WORD);
  if (total > c.supplyCap) {
    if (c.supplyCap === UNCAPPED) throw new PoolRefused("PoolAmountTooLarge", [amount]);
    throw new PoolRefused("PoolSupplyCapExceeded", [token, c.supplyCap, total]);
  }
  const record = accountOf(p, account);
  if (record.held[index] === 0n) {
    requireAuthorized(p, caller, account);
    const count = BigInt(inUse(record).length) + 1n;
    const { maxCollaterals } = p.parameters;
    // One is always allowed.
    if (count > 1n && count > maxCollaterals) {
      throw new PoolRefused("PoolTooManyCollaterals", [count, maxCollaterals]);
    }
  }
  record.held[index] += amount;
  [c.total, c.changedAt] = [total, p.now];
  pullLast(p, during, token, caller, amount, () => c.total);
}

/** With debt the account must pass the borrow test afterwards; without, no oracle is asked. */
export function withdrawCollateral(
  p: Pool,
  caller: string,
  token: string,
  amount: bigint,
  account: string,
  receiver: string,
): void {
  requireAuthorized(p, caller, account);
  if (amount === 0n) throw ZERO_AMOUNT();
  requireAddress(receiver);
  const index = listed(p, token);
  const record = accountOf(p, account);
  const held = record.held[index];
  if (amount > held) throw new PoolRefused("PoolCollateralInsufficient", [account, token, held, amount]);
  if (record.shares !== 0n) {
    refreshIfStale(p, index);
    for (const i of inUse(record)) if (i !== index) refreshIfStale(p, i);
  }
  takeOut(p, record, index, amount);
  if (record.shares !== 0n) {
    requireOpen(p, PAUSE.collateralExit);
    requireCovered(p, account, record.held, p.rules.debtOf(accrued(p), record.shares), index);
  }
  push(p, token, receiver, amount);
}

export function takeOut(p: Pool, record: PoolAccount, index: number, amount: bigint): void {
  record.held[index] -= amount;
  const c = p.collaterals[index];
  [c.total, c.changedAt] = [c.total - amount, p.now];
}

// --- debt -------------------------------------------------------------------------------------------------------------

/** By assets, or by shares where `assets` is zero. */
export interface Moved {
  readonly assets: bigint;
  readonly shares: bigint;
}

function requireOneAmount({ assets, shares }: Moved): void {
  if ((assets === 0n) === (shares === 0n)) throw new PoolRefused("PoolExactlyOneAmount", [assets, shares]);
  if (checked(assets + shares) > UNCAPPED) throw new PoolRefused("PoolAmountTooLarge", [assets + shares]);
}

export function borrow(p: Pool, caller: string, wanted: Moved, account: string, receiver: string): Moved {
  requireAuthorized(p, caller, account);
  requireOneAmount(wanted);
  requireAddress(receiver);
  const record = accountOf(p, account);
  for (const i of inUse(record)) refreshIfStale(p, i);
  requireOpen(p, PAUSE.borrow);
  const b = accrued(p);
  const moved =
    wanted.assets !== 0n
      ? { assets: wanted.assets, shares: p.rules.sharesForLoan(b, wanted.assets) }
      : { assets: p.rules.assetsForShares(b, wanted.shares), shares: wanted.shares };
  const { assets, shares } = moved;
  if (assets === 0n) throw ZERO_AMOUNT();
  b.debtAssets += assets;
  b.debtShares += shares;
  if (b.debtShares > UNCAPPED || b.debtAssets > UNCAPPED) throw new PoolRefused("PoolAmountTooLarge", [assets]);
  const { borrowCap, minDebt } = p.parameters;
  if (borrowCap !== UNCAPPED && b.debtAssets > borrowCap) {
    throw new PoolRefused("PoolBorrowCapExceeded", [borrowCap, b.debtAssets]);
  }
  subtractCash(b, assets);
  book(p, b);
  record.shares += shares;
  const debt = p.rules.debtOf(b, record.shares);
  if (debt < minDebt) throw new PoolRefused("PoolDebtBelowMinimum", [minDebt, debt]);
  requireCovered(p, account, record.held, debt);
  push(p, p.asset, receiver, assets);
  return moved;
}

/** Anyone may repay for anyone. An account that owes less than the minimum already may repay any part. */
export function repay(p: Pool, caller: string, wanted: Moved, account: string, during: Call = NOTHING): Moved {
  requireOneAmount(wanted);
  const b = accrued(p);
  const moved = repayment(p, b, wanted);
  const record = accountOf(p, account);
  const { before, left } = reduce(p, b, record, account, moved);
  if (record.shares !== moved.shares) requireMinimum(p, before, left);
  finish(p, record, moved);
  addCash(b, moved.assets);
  book(p, b);
  pullLast(p, during, p.asset, caller, moved.assets);
  return moved;
}

function repayment(p: Pool, b: Books, { assets, shares }: Moved): Moved {
  if (assets === 0n) return { assets: p.rules.debtOf(b, shares), shares };
  const burnt = p.rules.sharesForRepayment(b, minimum(assets, UNCAPPED));
  if (burnt === 0n) throw ZERO_AMOUNT();
  return { assets, shares: burnt };
}

/** Takes what is repaid off the totals. */
function reduce(p: Pool, b: Books, record: PoolAccount, account: string, { assets, shares }: Moved) {
  if (shares > record.shares) throw new PoolRefused("PoolDebtInsufficient", [account, record.shares, shares]);
  const before = p.rules.debtOf(b, record.shares);
  reduceDebt(b, assets, shares);
  return { before, left: p.rules.debtOf(b, record.shares - shares) };
}

function requireMinimum({ parameters: { minDebt } }: Pool, before: bigint, left: bigint): void {
  if (leavesDust(minDebt, before, left)) throw new PoolRefused("PoolDebtBelowMinimum", [minDebt, left]);
}

/** The rest is what the account owes; what is repaid is neither for sale nor lost. */
function finish(p: Pool, record: PoolAccount, { assets, shares }: Moved): void {
  const before = record.shares;
  record.shares -= shares;
  shrinkSale(p, record, before);
  setProvision(p, record, record.shares === 0n ? 0n : less(record.provision, assets));
}

/** Repays and takes out collateral to pay for it: of that at most the share that is repaid of the debt. Reads no price. */
export function unwind(
  p: Pool,
  caller: string,
  wanted: Moved,
  token: string,
  amount: bigint,
  account: string,
  receiver: string,
  during: Call = NOTHING,
): Moved {
  requireAuthorized(p, caller, account);
  requireAddress(receiver);
  if (amount === 0n) throw ZERO_AMOUNT();
  if ((wanted.assets === 0n) === (wanted.shares === 0n)) {
    throw new PoolRefused("PoolExactlyOneAmount", [wanted.assets, wanted.shares]);
  }
  const b = accrued(p);
  const record = accountOf(p, account);
  const index = p.collaterals.findIndex((c) => c.token === token);
  const moved = repayment(p, b, wanted);
  const { before, left: rest } = reduce(p, b, record, account, moved);
  const isAll = record.shares === moved.shares;
  const left = isAll ? 0n : rest;
  const held = index < 0 ? 0n : record.held[index];
  if (amount > held) throw new PoolRefused("PoolCollateralInsufficient", [account, token, held, amount]);
  const most = held - p.rules.staying(held, left, before);
  if (amount > most) throw new PoolRefused("UnwindOutOfProportion", [account, most, amount]);
  if (!isAll) {
    if (p.parameters.pauseFlags & PAUSE.collateralExit) throw new PoolRefused("PoolPaused", [PAUSE.collateralExit]);
    requireMinimum(p, before, left);
  }
  finish(p, record, moved);
  takeOut(p, record, index, amount);
  addCash(b, moved.assets);
  book(p, b);
  push(p, token, receiver, amount);
  pullLast(p, during, p.asset, caller, moved.assets);
  return moved;
}

export function accrue(p: Pool): void {
  book(p, accrued(p));
}

export function setOperator(p: Pool, caller: string, operator: string, approved: boolean): void {
  if (approved) p.operators.add(pairOf(caller, operator));
  else p.operators.delete(pairOf(caller, operator));
}
