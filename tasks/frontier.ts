import { FEATURES, type Features } from "../sim/config.ts";
import { readBasis } from "../sim/jobs/basis.ts";
import { JobCache } from "../sim/jobs/cache.ts";
import type { FrontierOptions, FrontierResult } from "../sim/frontier/frontier-result.ts";
import { describeJob, type Job, type Outcome, type Perform } from "../sim/frontier/job.ts";
import { sweep } from "../sim/frontier/sweep.ts";
import { WorkerPool } from "../sim/jobs/worker-pool.ts";
import { drawFrontier } from "../sim/report/frontier-chart.ts";
import { createSweepProgress } from "../sim/report/frontier-progress.ts";
import { formatFrontierTable } from "../sim/report/frontier-table.ts";
import { formatJson, prepareOutputFile } from "../sim/report/result-file.ts";
import { wantsColour } from "../sim/report/style.ts";
import { findScenario } from "../sim/scenarios/built-in.ts";
import { parseCurve } from "./shared/choose-curve.ts";
import { listOf } from "./shared/list.ts";
import { parseCount } from "./shared/numbers.ts";
import { workerCommand } from "./shared/worker-command.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface FrontierArguments {
  readonly scenarios: string;
  readonly seeds: string;
  readonly borrowers: string;
  readonly loopers: string;
  readonly dipBuyers: string;
  readonly blocks: string;
  readonly curve: string;
  readonly features: string;
  readonly lending: string;
  readonly workers: string;
  readonly cache: string;
  readonly out: string;
  readonly chart: string;
  readonly json: boolean;
}

/** Calm lending hardly differs between seeds: what is drawn is scaled to one total. */
const CALIBRATION_SEEDS = 3;

/** `npx hardhat frontier`: see the definition in `tasks/index.ts`. */
export default runTask<FrontierArguments, FrontierResult>(async (args, hre) => {
  const options = readOptions(args);
  const workers = parseCount(args.workers, 1, 64, "--workers");
  const out = await prepareOutputFile(args.out, "--out");
  const chart = args.chart === "" ? undefined : await prepareOutputFile(args.chart, "--chart");
  if (chart?.target === out.target) throw new UserError(`--out and --chart are the same file: ${args.out}`);
  if (args.cache === "") throw new UserError("--cache needs the name of a directory");
  const cache = await JobCache.open<Job, Outcome>(args.cache);

  await hre.tasks.getTask("build").run({ quiet: true });
  const basis = await readBasis(hre);
  const quiet = args.json && process.stderr.isTTY !== true;
  const progress = createSweepProgress(quiet ? { write: () => undefined } : process.stderr);
  const pool = new WorkerPool<Job, Outcome>(workerCommand(hre.config.paths.root), workers, describeJob);
  let result: FrontierResult;
  try {
    result = await sweep(options, basis, cache.around(pool.perform, basis) as Perform, progress.update);
  } finally {
    pool.close();
    progress.end();
  }

  const text = formatJson(result);
  await out.write(text);
  await chart?.write(drawFrontier(result));
  if (args.json) process.stdout.write(text);
  else {
    const files = [`Result   ${args.out}`, ...(chart === undefined ? [] : [`Chart    ${args.chart}`])];
    console.log([formatFrontierTable(result, wantsColour(process.stdout, process.env)), "", ...files].join("\n"));
  }
  return result;
});

function readOptions(args: FrontierArguments): FrontierOptions {
  const scenarios = listOf(args.scenarios, "--scenarios").map((name) => findScenario(name).name);
  const seeds = parseCount(args.seeds, 2, 1_000, "--seeds");
  const borrowers = parseCount(args.borrowers, 0, 2_000, "--borrowers");
  const loopers = parseCount(args.loopers, 0, 2_000, "--loopers");
  if (borrowers + loopers === 0) throw new UserError("--borrowers and --loopers are both 0: nobody to lend to");
  const dipBuyers = parseCount(args.dipBuyers, 0, 2_000, "--dip-buyers");
  const blocks = parseCount(args.blocks, 10, 20_000, "--blocks");
  const curve = parseCurve(args.curve);
  const features = listOf(args.features, "--features").map((name): Features => {
    const found = FEATURES.find((each) => each === name);
    if (found !== undefined) return found;
    throw new UserError(`unknown --features "${name}": there are ${FEATURES.join(", ")}`);
  });
  const targets = listOf(args.lending, "--lending").map((text) => parseCount(text, 10, 100, "--lending") / 100);
  const calibrationSeeds = Math.min(CALIBRATION_SEEDS, seeds);
  return { scenarios, seeds, borrowers, loopers, dipBuyers, blocks, curve, features, targets, calibrationSeeds };
}
