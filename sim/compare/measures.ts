import type { CompareOutcome } from "./job.ts";

/** What is compared. Shares are of what was owed when the crash began, so that lending less is no merit twice. */
export interface CompareMeasure {
  readonly id: string;
  readonly title: string;
  readonly unit: "%" | "h";
  readonly of: (outcome: CompareOutcome) => number;
}

const share = (pick: (metrics: CompareOutcome["metrics"]) => number) => (outcome: CompareOutcome) => {
  const { debtAtStart } = outcome.metrics;
  return debtAtStart === 0 ? 0 : pick(outcome.metrics) / debtAtStart;
};

export const LENT = "lent";
export const LOSS = "loss";
export const FALL = "fall";

/**
 * In the order of the table. Bad debt is the same of all: what was written off, whoever bore it, and what accounts that are
 * still open owe beyond their collateral at the market's last price: Aave v3 of this version never writes off.
 */
export const COMPARE_MEASURES: readonly CompareMeasure[] = [
  { id: LOSS, title: "bad debt", unit: "%", of: share(({ badDebt, insolvency }) => badDebt + insolvency) },
  { id: "realised", title: "  of it written off", unit: "%", of: share(({ badDebt }) => badDebt) },
  {
    ...{ id: FALL, title: "fall of the price", unit: "%" },
    of: ({ metrics: { priceAtStart, priceLow } }) => 1 - priceLow / priceAtStart,
  },
  { id: "liquidated", title: "liquidated", unit: "%", of: share(({ liquidatedDebt }) => liquidatedDebt) },
  { id: "discount", title: "discount paid", unit: "%", of: share(({ liquidationDiscount }) => liquidationDiscount) },
  {
    ...{ id: "underWater", title: "accounts under water", unit: "h" },
    of: ({ metrics }) => metrics.accountSecondsUnderWater / 3_600,
  },
];

export function measureOf(id: string): CompareMeasure {
  const found = COMPARE_MEASURES.find((measure) => measure.id === id);
  if (found === undefined) throw new Error(`nothing is measured by the name of ${id}`);
  return found;
}
