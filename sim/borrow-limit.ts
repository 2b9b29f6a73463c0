import { LAB } from "./config.ts";
import { BORROWER_MARGIN, LOOPER_MARGIN, mostLeverage, type BorrowerPlan, type LooperPlan } from "./population.ts";
import type { ProtocolState } from "./protocols/protocol.ts";

/** What a protocol lends at a moment, at the price that it lends on. */
export type BorrowLimit = Pick<ProtocolState, "borrowFactor" | "borrowPrice" | "reserve" | "liquidationDiscount">;

/** Least debt that is worth a position, in minimal debts: of less, the pool would refuse the last unit of a rounding. */
const LEAST_DEBTS = 1.05;
/** Halvings of the search for a looper's leverage. */
const HALVINGS = 50;

/**
 * Debt that a position may carry: its factor's share, and no more than a liquidation that heals could (McFarlane 2025,
 * `CollateralFactorMath.healingDebtDown`): the larger it is, the less.
 */
export function mostDebt(value: number, limit: Pick<BorrowLimit, "borrowFactor" | "reserve" | "liquidationDiscount">) {
  const healing = value / ((1 + limit.liquidationDiscount) * (1 + (2 * value) / limit.reserve));
  return limit.reserve === Infinity ? value * limit.borrowFactor : Math.min(value * limit.borrowFactor, healing);
}

/** The borrower's wish as far as the protocol goes along: the collateral stays, debt and cash shrink. Debt 0: it stays out. */
export function limitBorrower(plan: BorrowerPlan, limit: BorrowLimit, minDebt: number = LAB.minDebt): BorrowerPlan {
  const most = mostDebt(plan.collateral * limit.borrowPrice, limit) * BORROWER_MARGIN;
  const debt = plan.debt <= most ? plan.debt : most < LEAST_DEBTS * minDebt ? 0 : most;
  return { ...plan, debt, cash: plan.cash * (debt / plan.debt) };
}

/** The same of a looper: its equity stays, its leverage shrinks. Leverage 1: it stays out. */
export function limitLooper(
  plan: LooperPlan,
  limit: BorrowLimit,
  startPrice: number,
  minDebt: number = LAB.minDebt,
): LooperPlan {
  const factor = limit.borrowFactor * Math.min(1, limit.borrowPrice / startPrice);
  let leverage = Math.min(plan.leverage, mostLeverage(factor, plan.isFlash));
  const isLent = (tried: number) => {
    const value = plan.equity * tried * Math.min(limit.borrowPrice, startPrice);
    return plan.equity * (tried - 1) * startPrice <= LOOPER_MARGIN * mostDebt(value, limit);
  };
  if (limit.reserve !== Infinity && !isLent(leverage)) {
    let [low, high] = [1, leverage];
    for (let i = 0; i < HALVINGS; ++i) {
      const middle = (low + high) / 2;
      if (isLent(middle)) low = middle;
      else high = middle;
    }
    leverage = low;
  }
  const debt = plan.equity * (leverage - 1) * startPrice;
  return { ...plan, leverage: debt < LEAST_DEBTS * minDebt ? 1 : leverage };
}
