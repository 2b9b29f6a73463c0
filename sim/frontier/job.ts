import type { Features } from "../config.ts";
import type { CurveName } from "../liquidation-curves.ts";
import type { RunMetrics } from "../metrics/run-result.ts";
import type { AssetSymbol } from "../scenarios/scenario.ts";

/** Who takes part. */
export interface Crowd {
  readonly borrowers: number;
  readonly loopers: number;
  readonly dipBuyers: number;
}

interface Setting extends Crowd {
  readonly seed: string;
  readonly curve: CurveName;
  readonly features: Features;
  readonly lendingScale: number;
}

/** A crash to run. */
export interface RunJob extends Setting {
  readonly kind: "run";
  readonly scenario: string;
  /** The scenario's blocks are made longer until there are at most so many. */
  readonly blocks: number;
}

/** Lending to measure on a usual day. */
export interface LendingJob extends Setting {
  readonly kind: "lending";
  readonly asset: AssetSymbol;
}

export type Job = RunJob | LendingJob;

export interface RunOutcome {
  readonly metrics: RunMetrics;
  readonly amplification: number | null;
  readonly hash: string;
}

export interface LendingOutcome {
  readonly lent: number; // [loan asset]
}

export type Outcome = RunOutcome | LendingOutcome;

/** Does a job, somewhere. */
export type Perform = <T extends Job>(job: T) => Promise<T extends RunJob ? RunOutcome : LendingOutcome>;

/** For errors and progress: "black-thursday, seed 3, dynamic × 0.95". */
export function describeJob(job: Job): string {
  const what = job.kind === "run" ? job.scenario : `calm lending on ${job.asset}`;
  return `${what}, seed ${job.seed}, ${job.features} × ${Number(job.lendingScale.toPrecision(4))}`;
}
