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
import { CURVE_NAMES, curveOf, isCurve } from "../sim/liquidation-curves.ts";
import { drawCurves } from "../sim/report/curves-chart.ts";
import { formatCurvesTable } from "../sim/report/curves-table.ts";
import { curvesPage } from "../sim/report/html/curves-page.ts";
import { choose } from "./shared/choose.ts";
import { listOf } from "./shared/list.ts";
import { parseCount } from "./shared/numbers.ts";
import { readCrowd, runSweep, type SweepArguments } from "./shared/run-sweep.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface CurvesArguments extends SweepArguments {
  readonly depths: string;
  readonly shocks: string;
  readonly paths: string;
  readonly curves: string;
  readonly subject: string;
  readonly blocks: string;
}

/** `npx hardhat curves`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<CurvesArguments, CurvesResult>((args, hre) => {
  const options = readOptions(args);
  // A job says by which code it is sold: what is changed in one curve is no reason to run the others again.
  const contracts = CURVE_NAMES.map((name) => curveOf(name).contract);
  return runSweep<CurveJob, CurveOutcome, CurvesResult>(args, hre, {
    ...{ describe: describeCurveJob, groupOf: stageOf },
    readBasis: () => readBasis(hre, { files: ["liquidation-curves.ts"], contracts }),
    run: async (basis, perform, report) =>
      compareCurves(options, { basis, codes: await readCodes(hre) }, perform, report),
    ...{ task: "curves", draw: drawCurves, pageOf: curvesPage, format: formatCurvesTable },
  });
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
  const crowd = readCrowd(args);
  const blocks = parseCount(args.blocks, 14, CRASH_SECONDS / 4, "--blocks");
  return { depths, falls, paths, contestants, subject, blocks, ...crowd };
}

/** Whom the goals are about. */
export const DEFAULT_SUBJECT = "paced";

function parseDepth(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.01 && value <= 100) return value;
  throw new UserError(`--depths must be multiples of the debt from 0.01 to 100, got "${text}"`);
}
