import type { Features } from "../config.ts";
import type { CurveName } from "../liquidation-curves.ts";
import type { RunMetrics } from "../metrics/run-result.ts";
import type { Crowd } from "./job.ts";
import type { GroupSummary, Harm } from "./summary.ts";
import type { CalibratedVariant, Variant } from "./variant.ts";

/** Raised whenever a field changes its meaning or goes away. */
export const FRONTIER_SCHEMA_VERSION = 1;

export interface FrontierOptions extends Crowd {
  readonly scenarios: readonly string[];
  /** Seeds 1 to this. */
  readonly seeds: number;
  readonly blocks: number;
  readonly curve: CurveName;
  readonly features: readonly Features[];
  /** Shares of the reference that are lent on a usual day. */
  readonly targets: readonly number[];
  /** Seeds that calm lending is averaged over, from 1 on. */
  readonly calibrationSeeds: number;
}

export interface FrontierRun {
  readonly scenario: string;
  readonly seed: string;
  readonly variant: string;
  readonly lendingScale: number;
  readonly amplification: number | null;
  readonly metrics: RunMetrics;
  readonly hash: string;
}

/** What `npx hardhat frontier` writes. Holds no wall-clock time: equal commands give equal files. */
export interface FrontierResult {
  readonly schemaVersion: typeof FRONTIER_SCHEMA_VERSION;
  /** Hash of code, parameters and contracts. */
  readonly basis: string;
  readonly options: FrontierOptions;
  readonly scenarios: readonly {
    readonly name: string;
    readonly title: string;
    readonly asset: string;
    readonly blockSeconds: number;
    readonly blocks: number;
  }[];
  /** What Aave's parameters lend on a usual day, by asset. [loan asset] */
  readonly reference: Readonly<Record<string, number>>;
  readonly variants: readonly (Variant & { readonly name: string })[];
  readonly calibrations: readonly CalibratedVariant[];
  readonly groups: readonly GroupSummary[];
  readonly harms: readonly Harm[];
  readonly runs: readonly FrontierRun[];
}

/** Calm lending of a variant, as a share of the reference: of a scenario's asset, or the mean over all scenarios. */
export function calmLendingOf(result: FrontierResult, group: string, { features, target }: Variant): number {
  const assets = result.scenarios.filter(({ name }) => name === group).map(({ asset }) => asset);
  const wanted = assets.length > 0 ? assets : result.scenarios.map(({ asset }) => asset);
  const found = wanted.map((asset) => {
    return result.calibrations.find((c) => c.asset === asset && c.features === features && c.target === target);
  });
  return found.reduce((sum, each) => sum + (each?.calibration.lending ?? Number.NaN), 0) / wanted.length;
}
