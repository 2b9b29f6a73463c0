import type { Goal } from "../jobs/goal.ts";
import type { Estimate } from "../jobs/statistics.ts";
import type { RunMetrics } from "../metrics/run-result.ts";
import type { Cell, Contestant, PathName } from "./job.ts";

/** Raised whenever a field changes its meaning or goes away. */
export const CURVES_SCHEMA_VERSION = 1;

export interface CurvesOptions {
  readonly depths: readonly number[];
  /** In per cent: 35. */
  readonly falls: readonly number[];
  readonly paths: readonly PathName[];
  readonly contestants: readonly Contestant[];
  /** The goals are this one's. */
  readonly subject: string;
  /** Seeds 1 to this. */
  readonly seeds: number;
  readonly blocks: number;
  readonly borrowers: number;
  readonly loopers: number;
}

/** What became of a contestant in a cell: means over seeds, with intervals. */
export interface ContestantInCell {
  readonly contestant: Contestant;
  readonly measures: Readonly<Record<string, Estimate>>;
  /** Mean bad debt above that of the best curve; the control is none. */
  readonly regret: number;
  /** The same run without the market's feedback, where that was asked for. */
  readonly twin?: { readonly badDebt: number; readonly fall: number };
}

export interface CellResult extends Cell {
  readonly exogenousLow: number; // ÷ the price at the start
  readonly contestants: readonly ContestantInCell[];
}

/** A contestant over all cells of a group: means over cells, seeds resampled. */
export interface ContestantSummary {
  readonly contestant: Contestant;
  readonly measures: Readonly<Record<string, Estimate>>;
  readonly regret: Estimate;
  readonly worstRegret: { readonly regret: number; readonly cell: string };
  /** Bad debt and fall beyond those of the twin; only of whom twins were run. */
  readonly excess?: { readonly badDebt: Estimate; readonly fall: Estimate };
}

export interface GroupSummary {
  readonly group: PathName | "all";
  readonly cells: number;
  readonly contestants: readonly ContestantSummary[];
}

/** A cell in which the subject has more bad debt than another, or than never liquidating. */
export interface LostCell {
  readonly cell: string;
  readonly to: Contestant;
  readonly badDebt: number;
  readonly best: number;
}

export interface CurveRun extends Cell {
  readonly seed: string;
  readonly contestant: Contestant;
  readonly hasImpact: boolean;
  readonly metrics: RunMetrics;
  readonly hash: string;
}

/** What `npx hardhat curves` writes. Holds no wall-clock time: equal commands give equal files. */
export interface CurvesResult {
  readonly schemaVersion: typeof CURVES_SCHEMA_VERSION;
  /** Hash of code, parameters and contracts; of curves it is in `curves`. */
  readonly basis: string;
  readonly options: CurvesOptions;
  readonly blockSeconds: number;
  /** Contract of each curve and what its constructor was given. */
  readonly curves: Readonly<Record<string, { readonly contract: string; readonly args: readonly unknown[] }>>;
  readonly goals: readonly Goal[];
  readonly groups: readonly GroupSummary[];
  readonly lost: readonly LostCell[];
  readonly cells: readonly CellResult[];
  readonly runs: readonly CurveRun[];
}
