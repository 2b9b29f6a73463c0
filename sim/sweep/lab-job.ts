import type { Features } from "../config.ts";
import type { OrderingName } from "../engine/block-order.ts";
import { crashOf } from "../frontier/perform.ts";
import type { Crowd } from "../frontier/job.ts";
import type { CurveName } from "../liquidation-curves.ts";
import type { RunMetrics, RunSeries } from "../metrics/run-result.ts";
import { usualValues, type Overrides } from "./setting.ts";

/** One run of a scenario, with any parameters: what Monte Carlo and sweeps are made of. */
export interface LabJob extends Crowd {
  readonly kind: "lab";
  readonly scenario: string;
  /** The scenario's blocks are made longer until there are at most so many. */
  readonly blocks: number;
  readonly seed: string;
  readonly curve: CurveName;
  readonly features: Features;
  /** Of blocks. */
  readonly ordering: OrderingName;
  /** By name, in the order of names, without what is as usual: so that equal jobs have equal keys. */
  readonly overrides: Overrides;
}

export interface LabOutcome {
  readonly metrics: RunMetrics;
  /** Fall of the price ÷ that of the scenario; null if that never fell. */
  readonly amplification: number | null;
  readonly hash: string;
  readonly series: RunSeries;
}

/** @param changes Any parameter but the crowd's; what is as usual is left out. */
export function labJob(job: Omit<LabJob, "kind" | "overrides">, changes: Overrides): LabJob {
  const usual = usualValues(crashOf(job.scenario, job.blocks).asset, job.curve);
  const differing = Object.entries(changes).filter(([name, value]) => usual[name] !== value);
  const overrides = Object.fromEntries(differing.sort(([a], [b]) => (a < b ? -1 : 1)));
  // Nothing else that somebody may have put there: it would be part of the key.
  const { scenario, blocks, seed, curve, features, ordering, borrowers, loopers, dipBuyers } = job;
  return { kind: "lab", scenario, blocks, seed, curve, features, ordering, borrowers, loopers, dipBuyers, overrides };
}

/** Every parameter of a job. */
export function valuesOf({ scenario, blocks, curve, overrides, borrowers, loopers, dipBuyers }: LabJob): Overrides {
  return {
    ...usualValues(crashOf(scenario, blocks).asset, curve),
    ...overrides,
    ...{ "crowd.borrowers": borrowers, "crowd.loopers": loopers, "crowd.dipBuyers": dipBuyers },
  };
}

/** For errors and progress: "black-thursday, seed 3, static, paced, risk.z 5". */
export function describeLabJob({ scenario, seed, features, curve, ordering, overrides }: LabJob): string {
  const changed = Object.entries(overrides).map(([name, value]) => `${name} ${value}`);
  return [scenario, `seed ${seed}`, features, curve, ...describeOrdering(ordering), ...changed].join(", ");
}

/** Nothing of the usual one. */
export function describeOrdering(ordering: OrderingName): string[] {
  if (ordering === "fee") return [];
  return [ordering === "random" ? "blocks in random order" : "blocks in the order of arrival"];
}
