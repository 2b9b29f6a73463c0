import type { CurveName } from "../liquidation-curves.ts";
import type { RunMetrics } from "../metrics/run-result.ts";

/** What sells, or does not: the control. */
export const NEVER = "never";
export type Contestant = CurveName | typeof NEVER;

/** What follows the crash: nothing, or two thirds of the fall back in the time that it took. */
export const PATHS = ["flat", "recovery"] as const;
export type PathName = (typeof PATHS)[number];

/** A place of the grid. */
export interface Cell {
  /** Both reserves of the on-chain market together, as a multiple of all debt. */
  readonly depth: number;
  /** Fall of the exogenous price, in per cent: 35. */
  readonly fall: number;
  readonly path: PathName;
}

/** A crash to run. */
export interface CurveJob extends Cell {
  readonly kind: "curve";
  readonly seed: string;
  readonly curve: Contestant;
  /** Hash of the curve's contract and of what its constructor is given; empty for the control. */
  readonly code: string;
  readonly blocks: number;
  readonly borrowers: number;
  readonly loopers: number;
  /** False: the twin, in which nobody's trade moves the outside price. */
  readonly hasImpact: boolean;
}

export interface CurveOutcome {
  readonly metrics: RunMetrics;
  readonly hash: string;
}

/** For errors and progress: "paced at depth 0.5, −35 %, flat, seed 3". */
export function describeCurveJob({ curve, depth, fall, path, seed, hasImpact }: CurveJob): string {
  return `${curve} at depth ${depth}, −${fall} %, ${path}, seed ${seed}${hasImpact ? "" : ", without feedback"}`;
}

/** What is built once for all jobs that have it in common. */
export function stageOf({ depth, seed, borrowers, loopers }: CurveJob): string {
  return [depth, seed, borrowers, loopers].join();
}

export function nameOfCell({ depth, fall, path }: Cell): string {
  return `depth ${depth}, −${fall} %, ${path}`;
}
