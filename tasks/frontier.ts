import { FEATURES } from "../sim/config.ts";
import { readBasis } from "../sim/jobs/basis.ts";
import type { FrontierOptions, FrontierResult } from "../sim/frontier/frontier-result.ts";
import { describeJob, type Job, type Outcome, type Perform } from "../sim/frontier/job.ts";
import { sweep } from "../sim/frontier/sweep.ts";
import { CURVE_NAMES } from "../sim/liquidation-curves.ts";
import { drawFrontier } from "../sim/report/frontier-chart.ts";
import { formatFrontierTable } from "../sim/report/frontier-table.ts";
import { frontierPage } from "../sim/report/html/frontier-page.ts";
import { findScenario } from "../sim/scenarios/built-in.ts";
import { choose } from "./shared/choose.ts";
import { listOf } from "./shared/list.ts";
import { parseCount } from "./shared/numbers.ts";
import { readCrowd, runSweep, type SweepArguments } from "./shared/run-sweep.ts";
import { runTask } from "./shared/user-error.ts";

export interface FrontierArguments extends SweepArguments {
  readonly scenarios: string;
  readonly dipBuyers: string;
  readonly blocks: string;
  readonly curve: string;
  readonly features: string;
  readonly lending: string;
}

/** Calm lending hardly differs between seeds: what is drawn is scaled to one total. */
const CALIBRATION_SEEDS = 3;

/** `npx hardhat frontier`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<FrontierArguments, FrontierResult>((args, hre) => {
  const options = readOptions(args);
  return runSweep<Job, Outcome, FrontierResult>(args, hre, {
    describe: describeJob,
    readBasis: () => readBasis(hre),
    run: (basis, perform, report) => sweep(options, basis, perform as Perform, report),
    ...{ task: "frontier", draw: drawFrontier, pageOf: frontierPage, format: formatFrontierTable },
  });
});

function readOptions(args: FrontierArguments): FrontierOptions {
  const scenarios = listOf(args.scenarios, "--scenarios").map((name) => findScenario(name).name);
  const crowd = readCrowd(args);
  const dipBuyers = parseCount(args.dipBuyers, 0, 2_000, "--dip-buyers");
  const blocks = parseCount(args.blocks, 10, 20_000, "--blocks");
  const curve = choose(CURVE_NAMES, args.curve, "--curve");
  const features = listOf(args.features, "--features").map((name) => choose(FEATURES, name, "--features"));
  const targets = listOf(args.lending, "--lending").map((text) => parseCount(text, 10, 100, "--lending") / 100);
  const calibrationSeeds = Math.min(CALIBRATION_SEEDS, crowd.seeds);
  return { scenarios, ...crowd, dipBuyers, blocks, curve, features, targets, calibrationSeeds };
}
