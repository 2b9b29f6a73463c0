import type { Calibration } from "../frontier/calibrate.ts";
import type { Goal } from "../jobs/goal.ts";
import type { Estimate } from "../jobs/statistics.ts";
import type { RunMetrics } from "../metrics/run-result.ts";
import type { CompareCell, ContestantName, Ending } from "./job.ts";

/** Raised whenever a field changes its meaning or goes away. */
export const COMPARE_SCHEMA_VERSION = 1;

export interface CompareOptions {
  readonly contestants: readonly ContestantName[];
  readonly scenarios: readonly string[];
  readonly endings: readonly Ending[];
  /** Seeds 1 to this. */
  readonly seeds: number;
  readonly blocks: number;
  readonly borrowers: number;
  readonly loopers: number;
  /** Seeds that calm lending is averaged over, from 1 on. */
  readonly calibrationSeeds: number;
}

/** What became of a contestant: means over seeds, with intervals. */
export interface ContestantSummary {
  readonly contestant: ContestantName;
  /** Owed when the crash began, as a share of what Aave's market had lent then. */
  readonly lent: number;
  readonly measures: Readonly<Record<string, Estimate>>;
  /** The same run without the market's feedback. */
  readonly twin: Readonly<Record<string, Estimate>>;
  /** Beyond the twin, seed by seed. */
  readonly excess: { readonly loss: Estimate; readonly fall: Estimate };
}

export interface CellSummary extends CompareCell {
  readonly contestants: readonly ContestantSummary[];
}

export interface GroupSummary {
  readonly group: Ending | "all";
  readonly cells: number;
  readonly contestants: readonly ContestantSummary[];
}

/** A cell in which Breakwater has more bad debt than another, and what chance leaves of the difference. */
export interface LostCell {
  readonly cell: string;
  readonly to: ContestantName;
  readonly own: number;
  readonly other: number;
  /** Of the paired difference. Above zero at its low end: not by chance. */
  readonly difference: Estimate;
}

export interface CompareRun extends CompareCell {
  readonly contestant: ContestantName;
  readonly seed: string;
  readonly hasImpact: boolean;
  readonly metrics: RunMetrics;
  readonly hash: string;
}

/** What `npx hardhat compare` writes. Holds no wall-clock time: equal commands give equal files. */
export interface CompareResult {
  readonly schemaVersion: typeof COMPARE_SCHEMA_VERSION;
  /** Hash of code, parameters and contracts. */
  readonly basis: string;
  readonly options: CompareOptions;
  readonly titles: Readonly<Record<string, string>>;
  /** All that is usual in the lab, and of Breakwater; that of one asset alone with its name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** How Breakwater's model was scaled, for each asset, to lend on a usual day what Aave's factors lend. */
  readonly calibrations: readonly { readonly asset: string; readonly calibration: Calibration }[];
  readonly goals: readonly Goal[];
  readonly groups: readonly GroupSummary[];
  readonly lost: readonly LostCell[];
  readonly cells: readonly CellSummary[];
  readonly runs: readonly CompareRun[];
}
