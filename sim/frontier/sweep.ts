import type { AssetSymbol } from "../scenarios/scenario.ts";
import { calibrate, type Calibration } from "./calibrate.ts";
import {
  FRONTIER_SCHEMA_VERSION,
  type FrontierOptions,
  type FrontierResult,
  type FrontierRun,
} from "./frontier-result.ts";
import type { Perform, RunJob } from "./job.ts";
import { createLendingMeter } from "./lending.ts";
import { MEASURES } from "./measures.ts";
import { crashOf } from "./perform.ts";
import { harmsOf, summarise, type Observations } from "./summary.ts";
import { isReference, nameOf, variantsOf, type CalibratedVariant, type Variant } from "./variant.ts";

/** Told what is going on; `total` is unknown while scales are searched for. */
export interface SweepProgress {
  readonly phase: "calibrate" | "run";
  readonly done: number;
  readonly total?: number;
}

/**
 * Finds for every variant the scale at which it lends what it should, then runs every crash with every seed in every
 * variant, and compares. What order jobs are done in, and where, has no part in the result.
 * @param perform Does one job; any number at a time may be waiting for it.
 */
export async function sweep(
  options: FrontierOptions,
  basis: string,
  perform: Perform,
  report: (progress: SweepProgress) => void = () => undefined,
): Promise<FrontierResult> {
  const scenarios = options.scenarios.map((name) => crashOf(name, options.blocks));
  const assets = [...new Set(scenarios.map(({ asset }) => asset))];
  const variants = variantsOf(options.features, options.targets);
  const { reference, calibrations } = await calibrateAll(options, assets, variants, perform, report);

  const seeds = Array.from({ length: options.seeds }, (_, i) => String(i + 1));
  const jobs = seeds.flatMap((seed) =>
    scenarios.flatMap(({ name, asset }) =>
      variants.map((variant): { readonly variant: Variant; readonly job: RunJob } => {
        const { borrowers, loopers, dipBuyers, curve, blocks } = options;
        const lendingScale = scaleOf(calibrations, asset, variant);
        const crowd = { borrowers, loopers, dipBuyers };
        return {
          variant,
          job: { kind: "run", scenario: name, seed, blocks, curve, features: variant.features, lendingScale, ...crowd },
        };
      }),
    ),
  );
  let done = 0;
  report({ phase: "run", done, total: jobs.length });
  const runs = await Promise.all(
    jobs.map(async ({ variant, job }): Promise<FrontierRun> => {
      const { metrics, amplification, hash } = await perform(job);
      report({ phase: "run", done: ++done, total: jobs.length });
      const { scenario, seed, lendingScale } = job;
      return { scenario, seed, variant: nameOf(variant), lendingScale, amplification, metrics, hash };
    }),
  );

  const observe = (scenario: string, variant: Variant): Observations => {
    const asset = scenarios.find(({ name }) => name === scenario)?.asset ?? "";
    const own = runs.filter((run) => run.scenario === scenario && run.variant === nameOf(variant));
    return Object.fromEntries(MEASURES.map(({ id, of }) => [id, own.map((run) => of(run, reference[asset]))]));
  };
  const groups = summarise(variants, options.scenarios, options.seeds, observe);
  return {
    ...{ schemaVersion: FRONTIER_SCHEMA_VERSION, basis, options },
    scenarios: scenarios.map(({ name, title, asset, blockSeconds, durationSeconds }) => {
      return { name, title, asset, blockSeconds, blocks: durationSeconds / blockSeconds };
    }),
    reference,
    variants: variants.map((variant) => ({ name: nameOf(variant), ...variant })),
    ...{ calibrations, groups, harms: harmsOf(groups), runs },
  };
}

async function calibrateAll(
  options: FrontierOptions,
  assets: readonly AssetSymbol[],
  variants: readonly Variant[],
  perform: Perform,
  report: (progress: SweepProgress) => void,
) {
  const meter = createLendingMeter(options, options.calibrationSeeds, perform, report);
  const lent = (asset: AssetSymbol, features: Variant["features"], lendingScale: number) =>
    meter(asset, { curve: options.curve, features, lendingScale });
  const known = await Promise.all(
    assets.map(async (asset): Promise<[string, number]> => [asset, await lent(asset, "static", 1)]),
  );
  const reference = Object.fromEntries(known);
  const pending = assets.flatMap((asset) =>
    variants.map(async (variant): Promise<CalibratedVariant> => {
      const measure = async (scale: number) => (await lent(asset, variant.features, scale)) / reference[asset];
      const exact = { scale: 1, lending: 1 };
      const calibration: Calibration = isReference(variant)
        ? { ...exact, isReached: true, evaluations: [exact] }
        : await calibrate(measure, variant.target);
      return { ...variant, asset, calibration };
    }),
  );
  return { reference, calibrations: await Promise.all(pending) };
}

function scaleOf(calibrations: readonly CalibratedVariant[], asset: string, { features, target }: Variant): number {
  const found = calibrations.find((c) => c.asset === asset && c.features === features && c.target === target);
  if (found === undefined) throw new Error(`${features} on ${asset} was not calibrated`);
  return found.calibration.scale;
}
