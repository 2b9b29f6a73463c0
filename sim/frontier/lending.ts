import { meanOf } from "../jobs/statistics.ts";
import type { AssetSymbol } from "../scenarios/scenario.ts";
import type { Crowd, LendingJob, LendingOutcome } from "./job.ts";
import type { SweepProgress } from "./sweep.ts";

/** What lending is measured of. */
export type LendingSetting = Pick<LendingJob, "features" | "curve" | "lendingScale">;

/**
 * Measures what a pool lends on a usual day, on the mean of some seeds, and tells of each that is done.
 * @param seeds From 1 to this.
 */
export function createLendingMeter(
  { borrowers, loopers, dipBuyers }: Crowd,
  seeds: number,
  perform: (job: LendingJob) => Promise<LendingOutcome>,
  report: (progress: SweepProgress) => void,
): (asset: AssetSymbol, setting: LendingSetting) => Promise<number> {
  let done = 0;
  report({ phase: "calibrate", done });
  return async (asset, { curve, features, lendingScale }) => {
    const all = Array.from({ length: seeds }, async (_, i) => {
      const setting = { seed: String(i + 1), curve, features, lendingScale, borrowers, loopers, dipBuyers };
      const outcome = await perform({ kind: "lending", asset, ...setting });
      report({ phase: "calibrate", done: ++done });
      return outcome.lent;
    });
    return meanOf(await Promise.all(all));
  };
}
