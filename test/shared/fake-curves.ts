import type { CurvesOptions } from "../../sim/curves/curves-result.ts";
import type { CurveJob, CurveOutcome } from "../../sim/curves/job.ts";
import type { CurveName } from "../../sim/liquidation-curves.ts";
import { createRng } from "../../sim/rng.ts";
import { sampleResult } from "./sample-result.ts";

/** Curves that need not be there yet: what is compared knows them by name only. */
export const curve = (name: string) => name as CurveName;

export const CURVES_OPTIONS: CurvesOptions = {
  ...{ depths: [0.1, 1], falls: [20, 50], paths: ["flat", "recovery"], subject: "dutch" },
  ...{ contestants: ["fixed", "dutch", "never"], seeds: 8, blocks: 140, borrowers: 24, loopers: 4 },
};

const START = 2_000;
const DEBT = 50e6;

/** What a run shows, as shares of the debt, or of the start price. */
export interface Shown {
  readonly badDebt: number;
  readonly fall: number;
  readonly discount: number;
  readonly isOpen?: boolean;
}

/**
 * Does jobs without a chain. By default `dutch` is good at all that the goals ask for, `fixed` is not, and nobody's trades move
 * anything in a twin; seeds differ by a tenth.
 */
export function fakeCurves(
  done: CurveJob[] = [],
  change: (job: CurveJob, usual: Shown) => Shown = (_, usual) => usual,
): (job: CurveJob) => Promise<CurveOutcome> {
  const { metrics } = sampleResult().run;
  return (job) => {
    done.push(job);
    const luck = 1 + 0.1 * (2 * createRng(job.seed).next() - 1);
    const { badDebt, fall, discount, isOpen = false } = change(job, usual(job));
    const outcome: CurveOutcome = {
      metrics: {
        ...{ ...metrics, debtAtStart: DEBT, priceAtStart: START, priceLow: START * (1 - fall) },
        ...{ badDebt: 0.25 * badDebt * luck * DEBT, insolvency: 0.75 * badDebt * luck * DEBT },
        ...{ liquidationDiscount: discount * luck * DEBT, liquidatedDebt: 0.5 * DEBT },
        ...{ secondsToSolvency: 3_600, underWaterAtEnd: isOpen ? 3 : 0 },
      },
      hash: `0x${job.seed}`,
    };
    return Promise.resolve(outcome);
  };
}

function usual({ curve: name, fall, hasImpact }: CurveJob): Shown {
  const exogenous = fall / 100;
  if (name === "never") return { badDebt: 0.03, fall: exogenous, discount: 0, isOpen: true };
  if (!hasImpact) return { badDebt: 0.01, fall: exogenous, discount: 0.01 };
  if (name === "fixed") return { badDebt: 0.1, fall: exogenous + 0.2, discount: 0.02 };
  return { badDebt: 0.02, fall: exogenous + 0.05, discount: 0.005 };
}
