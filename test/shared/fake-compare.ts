import type { CompareOptions } from "../../sim/compare/compare-result.ts";
import type { PerformCompare } from "../../sim/compare/compare.ts";
import type { CompareJob, ContestantName } from "../../sim/compare/job.ts";
import { createRng } from "../../sim/rng.ts";
import { sampleResult } from "./sample-result.ts";

export const COMPARE_OPTIONS: CompareOptions = {
  contestants: ["breakwater", "breakwater-static", "aave-v3", "morpho-blue", "never"],
  ...{ scenarios: ["black-thursday", "usdc-depeg"], endings: ["flat", "recorded"] },
  ...{ seeds: 8, blocks: 100, borrowers: 24, loopers: 4, calibrationSeeds: 1 },
};

/** What a run shows, as shares of the debt, or of the start price. */
export interface ShownRun {
  readonly loss: number;
  readonly fall: number;
  readonly debt: number;
}

const USUAL: Readonly<Record<ContestantName, { readonly loss: number; readonly fall: number }>> = {
  breakwater: { loss: 0.012, fall: 0.52 },
  "breakwater-static": { loss: 0.05, fall: 0.6 },
  "aave-v3": { loss: 0.04, fall: 0.6 },
  "morpho-blue": { loss: 0.06, fall: 0.65 },
  never: { loss: 0.03, fall: 0.5 },
};

/**
 * Does jobs without a chain: by default Breakwater is good at all that the goals ask for. In a twin everybody loses 1 % and
 * the price falls by half. Lending is 0.8 + 0.2 · scale of Aave's.
 */
export function fakeCompare(
  done: object[] = [],
  change: (job: CompareJob, usual: ShownRun) => ShownRun = (_, usual) => usual,
): PerformCompare {
  const { metrics } = sampleResult().run;
  const perform = (
    job: CompareJob | { readonly kind: "lending"; readonly features: string; readonly lendingScale: number },
  ) => {
    done.push(job);
    if (job.kind === "lending") {
      const share = job.features === "static" ? 1 : Math.min(1, 0.7 + 0.2 * job.lendingScale);
      return Promise.resolve({ lent: 50e6 * share });
    }
    const luck = 1 + 0.1 * (2 * createRng(job.seed).next() - 1);
    const usual = job.hasImpact || job.contestant === "never" ? USUAL[job.contestant] : { loss: 0.01, fall: 0.5 };
    const { loss, fall, debt } = change(job, { ...usual, debt: 50e6 });
    return Promise.resolve({
      metrics: {
        ...{ ...metrics, debtAtStart: debt, priceAtStart: 2_000, priceLow: 2_000 * (1 - fall) },
        ...{ badDebt: 0.25 * loss * luck * debt, insolvency: 0.75 * loss * luck * debt },
      },
      hash: `0x${job.seed}`,
    });
  };
  return perform as unknown as PerformCompare;
}
