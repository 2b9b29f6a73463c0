import type { RunMetrics, RunSeries } from "../../sim/metrics/run-result.ts";
import { createRng } from "../../sim/rng.ts";
import type { LabJob, LabOutcome } from "../../sim/sweep/lab-job.ts";

const SAMPLES = 20;

/** An outcome that depends on its job as a run's does, for what only counts and keeps. Every number needs all its bits. */
export function fakeLabOutcome(job: LabJob): LabOutcome {
  const rng = createRng(JSON.stringify(job));
  const debtAtStart = 1_000 * rng.next();
  const metrics: RunMetrics = {
    ...{ badDebt: Math.max(0, rng.normal()) * 100, lenderLoss: 30 * rng.next(), insolvency: 0 },
    ...{ liquidatedDebt: debtAtStart * rng.next(), liquidatedCollateral: rng.next(), liquidations: rng.integer(50) },
    ...{ accountsLiquidated: rng.integer(20), liquidationDiscount: rng.next(), peakDebt: debtAtStart, debtAtStart },
    ...{ collateralValueAtStart: debtAtStart * 2, priceAtStart: 2_000, priceLow: 1_000 * (1 + rng.next()) },
    ...{ priceAtEnd: 1_500, poolPriceLow: 1_000, accountSecondsUnderWater: rng.integer(9_999) },
    ...{ longestSecondsUnderWater: 60, secondsToSolvency: 120, underWaterAtEnd: 0, transactions: 10 },
    ...{ secondsRestricted: 0, failedTransactions: 0, gasUsed: 1e9, blocks: 120 },
  };
  const draw = (scale: number) => Array.from({ length: SAMPLES }, () => scale * rng.next());
  const series: RunSeries = {
    seconds: Array.from({ length: SAMPLES }, (_, i) => 60 * i),
    ...{ exogenousPrice: draw(2_000), marketPrice: draw(2_000), poolPrice: draw(2_000), oraclePrice: draw(2_000) },
    ...{ totalDebt: draw(1_000), underWaterAccounts: draw(9), liquidatedDebt: draw(500), badDebt: draw(90) },
    ...{ borrowFactor: draw(1), liquidationFactor: draw(1), breakerLevel: draw(3), poolBreakerLevel: draw(3) },
  };
  const amplification = rng.next() < 0.1 ? null : 1 + rng.next();
  return { metrics, amplification, hash: `0x${rng.integer(2 ** 32).toString(16)}`, series };
}
