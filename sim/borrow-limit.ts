import { LAB } from "./config.ts";
import { BORROWER_MARGIN, mostLeverage, type BorrowerPlan, type LooperPlan } from "./population.ts";
import type { ProtocolState } from "./protocols/protocol.ts";

/** What a protocol lends at a moment: share of the collateral's value at the price that it lends on. */
export type BorrowLimit = Pick<ProtocolState, "borrowFactor" | "borrowPrice">;

/** Least debt that is worth a position: of less, the pool would refuse the last unit of a rounding. */
const LEAST_DEBT = 1.05 * LAB.minDebt;

/** The borrower's wish as far as the protocol goes along: the collateral stays, debt and cash shrink. Debt 0: it stays out. */
export function limitBorrower(plan: BorrowerPlan, { borrowFactor, borrowPrice }: BorrowLimit): BorrowerPlan {
  const most = plan.collateral * borrowPrice * borrowFactor * BORROWER_MARGIN;
  const debt = plan.debt <= most ? plan.debt : most < LEAST_DEBT ? 0 : most;
  return { ...plan, debt, cash: plan.cash * (debt / plan.debt) };
}

/** The same of a looper: its equity stays, its leverage shrinks. Leverage 1: it stays out. */
export function limitLooper(plan: LooperPlan, limit: BorrowLimit, startPrice: number): LooperPlan {
  const factor = limit.borrowFactor * Math.min(1, limit.borrowPrice / startPrice);
  const leverage = Math.min(plan.leverage, mostLeverage(factor, plan.isFlash));
  const debt = plan.equity * (leverage - 1) * startPrice;
  return { ...plan, leverage: debt < LEAST_DEBT ? 1 : leverage };
}
