import { calibrate, type Calibration } from "../frontier/calibrate.ts";
import type { LendingJob, LendingOutcome } from "../frontier/job.ts";
import { createLendingMeter } from "../frontier/lending.ts";
import { assetsOf } from "../frontier/perform.ts";
import type { SweepProgress } from "../frontier/sweep.ts";
import { findScenario } from "../scenarios/built-in.ts";
import type { AssetSymbol } from "../scenarios/scenario.ts";
import { commonValues } from "../sweep/setting.ts";
import { COMPARE_SCHEMA_VERSION, type CompareOptions, type CompareResult, type CompareRun } from "./compare-result.ts";
import { judge } from "./goals.ts";
import { TITLES, type CompareJob, type CompareOutcome } from "./job.ts";
import { lostCells, SUBJECT, summariseCells, summariseGroups } from "./summary.ts";

/** Does a job, somewhere. */
export type PerformCompare = <T extends CompareJob | LendingJob>(
  job: T,
) => Promise<T extends CompareJob ? CompareOutcome : LendingOutcome>;

/**
 * Puts every contestant with every seed into every crash, with the market's feedback and without, and compares. Breakwater's
 * model is scaled first, so that it lends on a usual day what Aave's factors lend. What order jobs are done in, and where, has
 * no part in the result.
 */
export async function compare(
  options: CompareOptions,
  basis: string,
  perform: PerformCompare,
  report: (progress: SweepProgress) => void = () => undefined,
): Promise<CompareResult> {
  const calibrations = options.contestants.includes(SUBJECT) ? await calibrateAll(options, perform, report) : [];
  const scaleFor = (scenario: string) =>
    calibrations.find(({ asset }) => asset === findScenario(scenario).asset)?.calibration.scale ?? 1;
  const jobs = jobsOf(options, scaleFor);
  let done = 0;
  report({ phase: "run", done, total: jobs.length });
  const runs = await Promise.all(
    jobs.map(async (job): Promise<CompareRun> => {
      const { metrics, hash } = await perform(job);
      report({ phase: "run", done: ++done, total: jobs.length });
      const { scenario, ending, contestant, seed, hasImpact } = job;
      return { scenario, ending, contestant, seed, hasImpact, metrics, hash };
    }),
  );
  const groups = summariseGroups(options, runs);
  const lost = lostCells(options, runs);
  return {
    ...{ schemaVersion: COMPARE_SCHEMA_VERSION, basis, options },
    titles: Object.fromEntries(options.contestants.map((name) => [name, TITLES[name]])),
    parameters: commonValues(assetsOf(options.scenarios), "paced"),
    ...{ calibrations, goals: judge(options, groups, lost), groups, lost },
    ...{ cells: summariseCells(options, runs), runs },
  };
}

/** In an order in which neighbours have their world in common. */
export function jobsOf(options: CompareOptions, scaleFor: (scenario: string) => number): CompareJob[] {
  const { scenarios, endings, seeds, contestants, blocks, borrowers, loopers } = options;
  return scenarios.flatMap((scenario) =>
    Array.from({ length: seeds }, (_, i) => String(i + 1)).flatMap((seed) =>
      contestants.flatMap((contestant) =>
        endings.flatMap((ending) =>
          [true, false].map((hasImpact): CompareJob => {
            const lendingScale = contestant === SUBJECT ? scaleFor(scenario) : 1;
            const place = { scenario, ending, contestant, seed };
            return { kind: "compare", ...place, blocks, borrowers, loopers, lendingScale, hasImpact };
          }),
        ),
      ),
    ),
  );
}

async function calibrateAll(
  options: CompareOptions,
  perform: PerformCompare,
  report: (progress: SweepProgress) => void,
): Promise<{ readonly asset: AssetSymbol; readonly calibration: Calibration }[]> {
  const { scenarios, borrowers, loopers, calibrationSeeds } = options;
  const assets = assetsOf(scenarios);
  const lent = createLendingMeter({ borrowers, loopers, dipBuyers: 0 }, calibrationSeeds, perform, report);
  return Promise.all(
    assets.map(async (asset) => {
      const reference = await lent(asset, { features: "static", curve: "fixed", lendingScale: 1 });
      const measure = async (lendingScale: number) =>
        (await lent(asset, { features: "dynamic+breaker", curve: "paced", lendingScale })) / reference;
      return { asset, calibration: await calibrate(measure, 1) };
    }),
  );
}
