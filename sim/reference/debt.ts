/** Debt and its shares. One virtual unit of each is added to the totals; all is rounded against the borrower. */
import { divUp, less } from "./fixed-point.ts";

export interface Debt {
  debtAssets: bigint;
  debtShares: bigint;
}

/** Rounded up. Who holds all shares owes all. */
export function debtOf({ debtAssets, debtShares }: Readonly<Debt>, shares: bigint): bigint {
  return shares === debtShares ? debtAssets : divUp(shares * (debtAssets + 1n), debtShares + 1n);
}

/** Judged at the totals as they were last booked, where the last holder is as any. */
export function bookedDebtOf({ debtAssets, debtShares }: Readonly<Debt>, shares: bigint): bigint {
  return divUp(shares * (debtAssets + 1n), debtShares + 1n);
}

/** Shares that a repayment ends. */
export function sharesDown({ debtAssets, debtShares }: Readonly<Debt>, assets: bigint): bigint {
  return (assets * (debtShares + 1n)) / (debtAssets + 1n);
}

/** Shares that a loan costs. */
export function sharesUp({ debtAssets, debtShares }: Readonly<Debt>, assets: bigint): bigint {
  return divUp(assets * (debtShares + 1n), debtAssets + 1n);
}

/** What shares bring who borrows by them, and what lenders lose with them. */
export function assetsDown({ debtAssets, debtShares }: Readonly<Debt>, shares: bigint): bigint {
  return (shares * (debtAssets + 1n)) / (debtShares + 1n);
}

/** Debt that is gone. The last share takes what rounding left behind. */
export function reduceDebt(d: Debt, assets: bigint, shares: bigint): void {
  d.debtShares -= shares;
  d.debtAssets = d.debtShares === 0n ? 0n : less(d.debtAssets, assets);
}

/**
 * Debt that nothing is left to sell for. Rounded down: what rounding leaves is owed by the others, not lost by lenders.
 *
 * @returns The loss. Reserves pay it first, lenders the rest, through the price of their shares. [loan base units]
 */
export function writeOff(d: Debt, shares: bigint): bigint {
  const before = d.debtAssets;
  reduceDebt(d, assetsDown(d, shares), shares);
  return before - d.debtAssets;
}

/** The part of the minimum debt that rounding in others' transactions stays far below. */
const MIN_DEBT_SLACK_SHIFT = 10n;

/** True: a repayment leaves less than the minimum of a debt that was none such before, but for rounding. [loan base units] */
export function leavesDust(minDebt: bigint, before: bigint, left: bigint): boolean {
  return left < minDebt && before >= minDebt - (minDebt >> MIN_DEBT_SLACK_SHIFT);
}
