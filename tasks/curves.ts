import { createHash } from "node:crypto";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { compareCurves, type CurveCodes } from "../sim/curves/compare.ts";
import { CRASH_SECONDS } from "../sim/curves/crash.ts";
import type { CurvesOptions, CurvesResult } from "../sim/curves/curves-result.ts";
import {
  describeCurveJob,
  NEVER,
  PATHS,
  stageOf,
  type Contestant,
  type CurveJob,
  type CurveOutcome,
} from "../sim/curves/job.ts";
import { readBasis } from "../sim/jobs/basis.ts";
import { JobCache } from "../sim/jobs/cache.ts";
import { WorkerPool } from "../sim/jobs/worker-pool.ts";
import { CURVE_NAMES, curveOf, isCurve } from "../sim/liquidation-curves.ts";
import { drawCurves } from "../sim/report/curves-chart.ts";
import { formatCurvesTable } from "../sim/report/curves-table.ts";
import { createSweepProgress } from "../sim/report/frontier-progress.ts";
import { formatJson, prepareOutputFile } from "../sim/report/result-file.ts";
import { wantsColour } from "../sim/report/style.ts";
import { listOf } from "./shared/list.ts";
import { parseCount } from "./shared/numbers.ts";
import { runTask, UserError } from "./shared/user-error.ts";
import { workerCommand } from "./shared/worker-command.ts";

export interface CurvesArguments {
  readonly depths: string;
  readonly shocks: string;
  readonly paths: string;
  readonly curves: string;
  readonly subject: string;
  readonly seeds: string;
  readonly borrowers: string;
  readonly loopers: string;
  readonly blocks: string;
  readonly workers: string;
  readonly cache: string;
  readonly out: string;
  readonly chart: string;
  readonly json: boolean;
}

/** `npx hardhat curves`: see the definition in `tasks/index.ts`. */
export default runTask<CurvesArguments, CurvesResult>(async (args, hre) => {
  const options = readOptions(args);
  const workers = parseCount(args.workers, 1, 64, "--workers");
  const out = await prepareOutputFile(args.out, "--out");
  const chart = args.chart === "" ? undefined : await prepareOutputFile(args.chart, "--chart");
  if (chart?.target === out.target) throw new UserError(`--out and --chart are the same file: ${args.out}`);
  if (args.cache === "") throw new UserError("--cache needs the name of a directory");
  const cache = await JobCache.open<CurveJob, CurveOutcome>(args.cache);

  await hre.tasks.getTask("build").run({ quiet: true });
  // A job says by which code it is sold: what is changed in one curve is no reason to run the others again.
  const contracts = CURVE_NAMES.map((name) => curveOf(name).contract);
  const basis = await readBasis(hre, { files: ["liquidation-curves.ts"], contracts });
  const codes = await readCodes(hre);
  const quiet = args.json && process.stderr.isTTY !== true;
  const progress = createSweepProgress(quiet ? { write: () => undefined } : process.stderr);
  const command = workerCommand(hre.config.paths.root);
  const pool = new WorkerPool<CurveJob, CurveOutcome>(command, workers, describeCurveJob, stageOf);
  let result: CurvesResult;
  try {
    result = await compareCurves(options, { basis, codes }, cache.around(pool.perform, basis), progress.update);
  } finally {
    pool.close();
    progress.end();
  }

  const text = formatJson(result);
  await out.write(text);
  await chart?.write(drawCurves(result));
  if (args.json) process.stdout.write(text);
  else {
    const files = [`Result   ${args.out}`, ...(chart === undefined ? [] : [`Chart    ${args.chart}`])];
    console.log([formatCurvesTable(result, wantsColour(process.stdout, process.env)), "", ...files].join("\n"));
  }
  return result;
});

async function readCodes(hre: HardhatRuntimeEnvironment): Promise<CurveCodes> {
  const codes = CURVE_NAMES.map(async (name) => {
    const { contract, args, kickLifeSeconds } = curveOf(name);
    const { bytecode } = await hre.artifacts.readArtifact(contract);
    const text = JSON.stringify([contract, args, kickLifeSeconds, bytecode]);
    return [name, createHash("sha256").update(text).digest("hex")] as const;
  });
  return Object.fromEntries(await Promise.all(codes));
}

function readOptions(args: CurvesArguments): CurvesOptions {
  const depths = listOf(args.depths, "--depths").map(parseDepth);
  const falls = listOf(args.shocks, "--shocks").map((text) => parseCount(text, 1, 90, "--shocks"));
  const paths = listOf(args.paths, "--paths").map((text) => choose(PATHS, text, "--paths"));
  const known: readonly Contestant[] = [...CURVE_NAMES, NEVER];
  const contestants =
    args.curves === "" ? known : listOf(args.curves, "--curves").map((text) => choose(known, text, "--curves"));
  if (contestants.every((name) => name === NEVER)) throw new UserError("--curves names no curve to compare");
  const { subject } = args;
  // The default may not be among those that were asked for, or not be there yet.
  if (subject !== DEFAULT_SUBJECT && !isCurve(subject)) {
    throw new UserError(`unknown --subject "${subject}": there are ${CURVE_NAMES.join(", ")}`);
  }
  const seeds = parseCount(args.seeds, 2, 1_000, "--seeds");
  const borrowers = parseCount(args.borrowers, 0, 2_000, "--borrowers");
  const loopers = parseCount(args.loopers, 0, 2_000, "--loopers");
  if (borrowers + loopers === 0) throw new UserError("--borrowers and --loopers are both 0: nobody to lend to");
  const blocks = parseCount(args.blocks, 14, CRASH_SECONDS / 4, "--blocks");
  return { depths, falls, paths, contestants, subject, seeds, blocks, borrowers, loopers };
}

/** Whom the goals are about. */
export const DEFAULT_SUBJECT = "paced";

function parseDepth(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.01 && value <= 100) return value;
  throw new UserError(`--depths must be multiples of the debt from 0.01 to 100, got "${text}"`);
}

function choose<T extends string>(known: readonly T[], text: string, option: string): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UserError(`unknown ${option} "${text}": there are ${known.join(", ")}`);
}
