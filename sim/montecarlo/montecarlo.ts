import type { SweepProgress } from "../frontier/sweep.ts";
import { keyOf, type Performer } from "../jobs/job.ts";
import { drawResamples, meanOf, quantileOf, type Estimate, type Resamples } from "../jobs/statistics.ts";
import type { RunSeries } from "../metrics/run-result.ts";
import { createRng } from "../rng.ts";
import { valuesOf, type LabJob, type LabOutcome } from "../sweep/lab-job.ts";
import { LAB_MEASURES, type LabMeasure } from "../sweep/measures.ts";
import { planJobs, seedsFrom, type Common } from "../sweep/plan.ts";
import type { LabRun } from "../sweep/sweep.ts";
import { estimateSorted, expectedShortfall, mirrored, valueAtRisk } from "./tail.ts";

/** Raised whenever a field changes its meaning or goes away. 2: tails of what more of is better are at its low end. */
export const MONTE_CARLO_SCHEMA_VERSION = 2;

export const CONFIDENCES = [0.95, 0.99] as const;
/** Quantiles that are told of every measure. */
export const SHARES = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] as const;
/**
 * With fewer runs beyond a quantile than this, intervals of 95 % are of much less: with 5 those of the expected shortfall hold it
 * in three samples of four, with 30 in nine of ten (`bench/tail-coverage.ts`, `docs/simulator.md`).
 */
export const LEAST_TAIL = 30;

export interface MonteCarloOptions extends Common {
  readonly paths: number;
  readonly firstSeed: number;
}

export interface Tail {
  readonly confidence: number;
  /** Runs beyond it, on average: paths · (1 − confidence). */
  readonly runs: number;
  /** False: too few runs to say much, and intervals are of less than 95 %. */
  readonly isSupported: boolean;
  /** Of the bad end: what only a share `1 − confidence` of the runs exceeds, or falls short of where more is better. */
  readonly valueAtRisk: Estimate;
  readonly expectedShortfall: Estimate;
}

export interface Distribution extends Pick<LabMeasure, "id" | "title" | "unit" | "better"> {
  /** One a path, in the order of seeds. */
  readonly values: readonly number[];
  readonly mean: Estimate;
  /** Standard deviation of the sample. */
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
  /** Share of paths on which it is zero. */
  readonly zeroShare: number;
  readonly quantiles: readonly (Estimate & { readonly share: number })[];
  readonly tails: readonly Tail[];
}

/** Quantiles of a series through time. */
export interface Fan {
  readonly series: keyof RunSeries;
  readonly shares: readonly number[];
  /** Of each share, a value at each of `seconds`. */
  readonly quantiles: readonly (readonly number[])[];
}

/** What `npx hardhat montecarlo` writes. Holds no wall-clock time: equal commands give equal files. */
export interface MonteCarloResult {
  readonly schemaVersion: typeof MONTE_CARLO_SCHEMA_VERSION;
  /** Hash of code, usual parameters and contracts. */
  readonly basis: string;
  readonly options: MonteCarloOptions;
  /** Every parameter. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly measures: readonly Distribution[];
  readonly seconds: readonly number[];
  readonly fans: readonly Fan[];
  readonly runs: readonly Omit<LabRun, "cell">[];
}

const FANS = ["marketPrice", "liquidatedDebt", "badDebt", "underWaterAccounts"] as const;
const FAN_SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];

/**
 * Runs a scenario with many seeds: each draws its own path between the scenario's points, its own population and its own luck.
 * What order jobs are done in, and where, has no part in the result.
 * @throws UserError for parameters that no pool can have, before anything is run.
 */
export async function runMonteCarlo(
  options: MonteCarloOptions,
  basis: string,
  perform: Performer<LabJob, LabOutcome>,
  report: (progress: SweepProgress) => void = () => undefined,
): Promise<MonteCarloResult> {
  const [plan] = planJobs(options, [{}], "--set");
  const jobs = seedsFrom(options.firstSeed, options.paths).map(plan);
  let done = 0;
  report({ phase: "run", done, total: jobs.length });
  const outcomes = await Promise.all(
    jobs.map(async (job) => {
      const outcome = await perform(job);
      report({ phase: "run", done: ++done, total: jobs.length });
      return outcome;
    }),
  );
  const parameters = valuesOf(jobs[0]);
  const resamples = drawResamples(options.paths, createRng("montecarlo").fork("resamples"));
  return {
    ...{ schemaVersion: MONTE_CARLO_SCHEMA_VERSION, basis, options, parameters },
    measures: LAB_MEASURES.map((measure) => {
      const values = outcomes.map((outcome) => measure.of(outcome, parameters));
      return distributionOf(measure, values, resamples);
    }),
    seconds: outcomes[0].series.seconds,
    fans: FANS.map((series) => fanOf(series, outcomes)),
    runs: jobs.map((job, i) => {
      const { hash, amplification, metrics } = outcomes[i];
      return { seed: job.seed, key: keyOf(job, basis), hash, amplification, metrics };
    }),
  };
}

export function distributionOf(
  { id, title, unit, better }: Pick<LabMeasure, "id" | "title" | "unit" | "better">,
  values: readonly number[],
  resamples: Resamples,
): Distribution {
  const count = values.length;
  const atBadEnd = (statistic: typeof valueAtRisk, confidence: number) => (sorted: Float64Array) =>
    better === "less" ? statistic(sorted, confidence) : -statistic(mirrored(sorted), confidence);
  const [mean, ...rest] = estimateSorted(values, resamples, [
    (sorted) => meanOf(sorted),
    ...SHARES.map((share) => (sorted: Float64Array) => quantileOf(sorted, share)),
    ...CONFIDENCES.flatMap((confidence) => [
      atBadEnd(valueAtRisk, confidence),
      atBadEnd(expectedShortfall, confidence),
    ]),
  ]);
  const squares = values.reduce((sum, value) => sum + (value - mean.mean) ** 2, 0);
  return {
    ...{ id, title, unit, better, values, mean },
    deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    least: values.reduce((least, value) => Math.min(least, value), Infinity),
    most: values.reduce((most, value) => Math.max(most, value), -Infinity),
    zeroShare: values.filter((value) => value === 0).length / count,
    quantiles: SHARES.map((share, i) => ({ share, ...rest[i] })),
    tails: CONFIDENCES.map((confidence, i): Tail => {
      const [valueAtRiskFound, expectedShortfallFound] = rest.slice(SHARES.length + 2 * i);
      const runs = count * (1 - confidence);
      return {
        ...{ confidence, runs, isSupported: runs >= LEAST_TAIL - 1e-9 },
        ...{ valueAtRisk: valueAtRiskFound, expectedShortfall: expectedShortfallFound },
      };
    }),
  };
}

function fanOf(series: keyof RunSeries, outcomes: readonly LabOutcome[]): Fan {
  const columns = outcomes[0].series.seconds.map((_, at) =>
    Float64Array.from(outcomes, (outcome) => outcome.series[series][at]).sort(),
  );
  const quantiles = FAN_SHARES.map((share) => columns.map((column) => quantileOf(column, share)));
  return { series, shares: FAN_SHARES, quantiles };
}
