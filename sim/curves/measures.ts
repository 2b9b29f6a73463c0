import type { CurveOutcome } from "./job.ts";

/** What is compared of a run. Shares are of what was owed when the crash began. */
export interface CurveMeasure {
  readonly id: string;
  readonly title: string;
  readonly unit: "%" | "×" | "min";
  readonly places: number;
  /** @param exogenousLow Lowest price if nobody in the lab traded. */
  readonly of: (outcome: CurveOutcome, exogenousLow: number) => number;
}

/** Realised, and what accounts that are still open would not cover at the market's price of the end. */
export const BAD_DEBT = "badDebt";
export const FALL = "fall";
export const DISCOUNT = "discount";
/** Share of runs in which accounts are still under water at the end. */
export const CENSORED = "censored";

/** In the order of tables and panels. */
export const CURVE_MEASURES: readonly CurveMeasure[] = [
  {
    ...{ id: BAD_DEBT, title: "bad debt", unit: "%", places: 1 },
    of: ({ metrics: { badDebt, insolvency, debtAtStart } }) => (badDebt + insolvency) / debtAtStart,
  },
  {
    ...{ id: "realised", title: "of it realised", unit: "%", places: 1 },
    of: ({ metrics: { badDebt, debtAtStart } }) => badDebt / debtAtStart,
  },
  {
    ...{ id: FALL, title: "fall of the price", unit: "%", places: 1 },
    of: ({ metrics: { priceLow, priceAtStart } }) => 1 - priceLow / priceAtStart,
  },
  {
    ...{ id: "lowRatio", title: "low ÷ exogenous low", unit: "×", places: 2 },
    of: ({ metrics: { priceLow } }, exogenousLow) => priceLow / exogenousLow,
  },
  {
    ...{ id: "amplification", title: "amplification", unit: "×", places: 2 },
    of: ({ metrics: { priceLow, priceAtStart } }, exogenousLow) => {
      return (priceAtStart - priceLow) / (priceAtStart - exogenousLow);
    },
  },
  {
    ...{ id: DISCOUNT, title: "discount paid", unit: "%", places: 2 },
    of: ({ metrics: { liquidationDiscount, debtAtStart } }) => liquidationDiscount / debtAtStart,
  },
  {
    ...{ id: "discountOfSold", title: "discount ÷ value sold", unit: "%", places: 1 },
    of: ({ metrics: { liquidationDiscount, liquidatedDebt } }) => {
      return liquidatedDebt === 0 ? 0 : liquidationDiscount / (liquidationDiscount + liquidatedDebt);
    },
  },
  {
    ...{ id: "liquidated", title: "debt liquidated", unit: "%", places: 1 },
    of: ({ metrics: { liquidatedDebt, debtAtStart } }) => liquidatedDebt / debtAtStart,
  },
  {
    ...{ id: "solvency", title: "time to solvency", unit: "min", places: 0 },
    of: ({ metrics: { secondsToSolvency } }) => secondsToSolvency / 60,
  },
  {
    ...{ id: CENSORED, title: "still open at the end", unit: "%", places: 0 },
    of: ({ metrics: { underWaterAtEnd } }) => (underWaterAtEnd > 0 ? 1 : 0),
  },
];

export function curveMeasure(id: string): CurveMeasure {
  const found = CURVE_MEASURES.find((measure) => measure.id === id);
  if (found === undefined) throw new Error(`no measure ${id}`);
  return found;
}
