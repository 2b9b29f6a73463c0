import type { RunMetrics } from "../metrics/run-result.ts";
import { RIVALS, type RivalName } from "../protocols/rival-deploy.ts";

/** Who meets the crash. `never`: the static pool, in which nobody ever liquidates. */
export const CONTESTANTS = ["breakwater", "breakwater-static", "aave-v3", "morpho-blue", "never"] as const;
export type ContestantName = (typeof CONTESTANTS)[number];

/** For people. */
export const TITLES: Readonly<Record<ContestantName, string>> = {
  breakwater: "Breakwater: dynamic factors, breaker, paced auction",
  "breakwater-static": "Breakwater with its features off: Aave's factors, fixed bonus of 5 %, no breaker",
  "aave-v3": RIVALS["aave-v3"],
  "morpho-blue": RIVALS["morpho-blue"],
  never: "The static pool, never liquidating",
};

/** What follows the scenario's low: what did, or nothing: the price stays there. */
export const ENDINGS = ["flat", "recorded"] as const;
export type Ending = (typeof ENDINGS)[number];

/** A place of the comparison. */
export interface CompareCell {
  readonly scenario: string;
  readonly ending: Ending;
}

/** A crash to run. */
export interface CompareJob extends CompareCell {
  readonly kind: "compare";
  readonly contestant: ContestantName;
  readonly seed: string;
  /** The scenario's blocks are made longer until there are at most so many. */
  readonly blocks: number;
  readonly borrowers: number;
  readonly loopers: number;
  /** Of a dynamic pool: see `WorldOptions`. */
  readonly lendingScale: number;
  /** False: the twin, in which nobody's trade moves the outside price. */
  readonly hasImpact: boolean;
}

export interface CompareOutcome {
  readonly metrics: RunMetrics;
  readonly hash: string;
}

export function rivalOf(contestant: ContestantName): RivalName | undefined {
  return contestant === "aave-v3" || contestant === "morpho-blue" ? contestant : undefined;
}

/** For errors and progress: "aave-v3 in may-19, flat, seed 3". */
export function describeCompareJob({ contestant, scenario, ending, seed, hasImpact }: CompareJob): string {
  return `${contestant} in ${scenario}, ${ending}, seed ${seed}${hasImpact ? "" : ", without feedback"}`;
}

/** What is built once for all jobs that have it in common. Who never liquidates does so in the static pool. */
export function stageOf({ contestant, scenario, seed, blocks, borrowers, loopers, lendingScale }: CompareJob): string {
  const pool = contestant === "never" ? "breakwater-static" : contestant;
  return [pool, scenario, seed, blocks, borrowers, loopers, lendingScale].join();
}

export function nameOfCell({ scenario, ending }: CompareCell): string {
  return `${scenario}, ${ending}`;
}
