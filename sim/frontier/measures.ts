import type { RunOutcome } from "./job.ts";

/** What is compared. Shares are of what was owed when the crash began, so that lending less is no merit twice. */
export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly unit: "%" | "×" | "h";
  readonly better: "less" | "more";
  /** Smaller differences are none, however certain: they do not show, or are what calibration leaves. */
  readonly material: number;
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
    ...{ id: "lent", title: "lent before", unit: "%", better: "more", material: 0.01 },
    of: ({ metrics }, reference) => metrics.debtAtStart / reference,
  },
  {
    ...{ id: "loss", title: "loss", unit: "%", better: "less", material: 1e-4 },
    of: share(({ badDebt, insolvency }) => badDebt + insolvency),
  },
  {
    ...{ id: "badDebt", title: "bad debt", unit: "%", better: "less", material: 1e-4 },
    of: share(({ badDebt }) => badDebt),
  },
  {
    ...{ id: "insolvency", title: "open", unit: "%", better: "less", material: 1e-4 },
    of: share(({ insolvency }) => insolvency),
  },
  {
    ...{ id: "lossOfReference", title: "loss of ref.", unit: "%", better: "less", material: 1e-4 },
    of: ({ metrics }, reference) => (metrics.badDebt + metrics.insolvency) / reference,
  },
  {
    ...{ id: "liquidated", title: "liquidated", unit: "%", better: "less", material: 1e-4 },
    of: share(({ liquidatedDebt }) => liquidatedDebt),
  },
  // A price that never fell was not amplified.
  {
    ...{ id: "amplification", title: "amplif.", unit: "×", better: "less", material: 1e-3 },
    of: (o) => o.amplification ?? 1,
  },
  {
    ...{ id: "discount", title: "discount", unit: "%", better: "less", material: 1e-4 },
    of: share(({ liquidationDiscount }) => liquidationDiscount),
  },
  {
    ...{ id: "underWater", title: "under water", unit: "h", better: "less", material: 0.1 },
    of: ({ metrics }) => metrics.accountSecondsUnderWater / 3_600,
  },
];

export const LOSS = "loss";
