import type { RunOutcome } from "./job.ts";

/** What is compared. Shares are of what was owed when the crash began, so that lending less is no merit twice. */
export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly unit: "%" | "×" | "h";
  readonly better: "less" | "more";
  /** @param reference What Aave's parameters lend on a usual day. [loan asset] */
  readonly of: (outcome: RunOutcome, reference: number) => number;
}

const share = (pick: (metrics: RunOutcome["metrics"]) => number) => (outcome: RunOutcome) => {
  const { debtAtStart } = outcome.metrics;
  return debtAtStart === 0 ? 0 : pick(outcome.metrics) / debtAtStart;
};

/** In the order of the tables. */
export const MEASURES: readonly Measure[] = [
  {
    ...{ id: "lent", title: "lent before", unit: "%", better: "more" },
    of: ({ metrics }, reference) => metrics.debtAtStart / reference,
  },
  {
    ...{ id: "loss", title: "loss", unit: "%", better: "less" },
    of: share(({ badDebt, insolvency }) => badDebt + insolvency),
  },
  { ...{ id: "badDebt", title: "bad debt", unit: "%", better: "less" }, of: share(({ badDebt }) => badDebt) },
  { ...{ id: "insolvency", title: "open", unit: "%", better: "less" }, of: share(({ insolvency }) => insolvency) },
  {
    ...{ id: "liquidated", title: "liquidated", unit: "%", better: "less" },
    of: share(({ liquidatedDebt }) => liquidatedDebt),
  },
  // A price that never fell was not amplified.
  { ...{ id: "amplification", title: "amplif.", unit: "×", better: "less" }, of: (o) => o.amplification ?? 1 },
  {
    ...{ id: "discount", title: "discount", unit: "%", better: "less" },
    of: share(({ liquidationDiscount }) => liquidationDiscount),
  },
  {
    ...{ id: "underWater", title: "under water", unit: "h", better: "less" },
    of: ({ metrics }) => metrics.accountSecondsUnderWater / 3_600,
  },
];

export const LOSS = "loss";
