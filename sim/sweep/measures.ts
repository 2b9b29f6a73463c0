import { MEASURES } from "../frontier/measures.ts";
import type { RunMetrics } from "../metrics/run-result.ts";
import type { LabOutcome } from "./lab-job.ts";
import type { Overrides } from "./setting.ts";

/** What is told of a run. Shares are of what was owed when the scenario began. */
export interface LabMeasure {
  readonly id: string;
  readonly title: string;
  readonly unit: "%" | "×" | "h";
  readonly better: "less" | "more";
  /** @param values Every parameter of the run. */
  readonly of: (outcome: Pick<LabOutcome, "metrics" | "amplification">, values: Overrides) => number;
}

/** What is lost, realised or open at the end: the bound of the safe frontier is on this. */
export const LOSS = "loss";
/** What was borrowed of what everybody wished for. */
export const LENT = "lent";
/** Collateral ÷ equity of all accounts together, when the scenario begins. */
export const LEVERAGE = "leverage";

const ofDebt = (pick: (metrics: RunMetrics) => number): LabMeasure["of"] => {
  return ({ metrics }) => (metrics.debtAtStart === 0 ? 0 : pick(metrics) / metrics.debtAtStart);
};

/** Those of the frontier, its reference being what everybody wishes for, and what only Monte Carlo and sweeps tell. */
export const LAB_MEASURES: readonly LabMeasure[] = [
  ...MEASURES.filter(({ id }) => id !== "lossOfReference").map((measure): LabMeasure => {
    const { id, title, unit, better, of } = measure;
    return {
      ...{ id, title, unit, better },
      of: ({ metrics, amplification }, values) => of({ metrics, amplification, hash: "" }, values["lab.totalDebt"]),
    };
  }),
  {
    ...{ id: "lenderLoss", title: "lender loss", unit: "%", better: "less" },
    of: ofDebt(({ lenderLoss }) => lenderLoss),
  },
  {
    ...{ id: "fall", title: "fall of price", unit: "%", better: "less" },
    of: ({ metrics: { priceLow, priceAtStart } }) => 1 - priceLow / priceAtStart,
  },
  {
    ...{ id: LEVERAGE, title: "leverage", unit: "×", better: "more" },
    of: ({ metrics: { collateralValueAtStart: value, debtAtStart: debt } }) =>
      value > debt ? value / (value - debt) : 1,
  },
];

export function labMeasure(id: string): LabMeasure {
  const found = LAB_MEASURES.find((measure) => measure.id === id);
  if (found === undefined) throw new Error(`no measure ${id}`);
  return found;
}
