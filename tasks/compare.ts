import { compare, type PerformCompare } from "../sim/compare/compare.ts";
import type { CompareOptions, CompareResult } from "../sim/compare/compare-result.ts";
import {
  CONTESTANTS,
  describeCompareJob,
  ENDINGS,
  stageOf,
  type CompareJob,
  type CompareOutcome,
} from "../sim/compare/job.ts";
import { describeJob, type LendingJob, type LendingOutcome } from "../sim/frontier/job.ts";
import { readBasis } from "../sim/jobs/basis.ts";
import { formatCompareTable } from "../sim/report/compare-table.ts";
import { protocolsPage } from "../sim/report/html/protocols-page.ts";
import { BUILT_IN_SCENARIOS, findScenario } from "../sim/scenarios/built-in.ts";
import { kindOf } from "../sim/scenarios/registry.ts";
import { choose } from "./shared/choose.ts";
import { listOf } from "./shared/list.ts";
import { parseCount } from "./shared/numbers.ts";
import { readCrowd, runSweep, type SweepArguments } from "./shared/run-sweep.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface CompareArguments extends SweepArguments {
  readonly protocols: string;
  readonly scenarios: string;
  readonly endings: string;
  readonly blocks: string;
}

/** Calm lending hardly differs between seeds: what is drawn is scaled to one total. */
const CALIBRATION_SEEDS = 3;

/** `npx hardhat compare`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<CompareArguments, CompareResult>((args, hre) => {
  const options = readOptions(args);
  return runSweep<CompareJob | LendingJob, CompareOutcome | LendingOutcome, CompareResult>(args, hre, {
    describe: (job) => (job.kind === "compare" ? describeCompareJob(job) : describeJob(job)),
    groupOf: (job) => (job.kind === "compare" ? stageOf(job) : ""),
    readBasis: () => readBasis(hre),
    run: (basis, perform, report) => compare(options, basis, perform as PerformCompare, report),
    ...{ task: "compare", pageOf: protocolsPage, format: formatCompareTable },
  });
});

function readOptions(args: CompareArguments): CompareOptions {
  const contestants = listOf(args.protocols, "--protocols").map((name) => choose(CONTESTANTS, name, "--protocols"));
  const scenarios =
    args.scenarios === ""
      ? BUILT_IN_SCENARIOS.filter((scenario) => kindOf(scenario) !== "stress").map(({ name }) => name)
      : listOf(args.scenarios, "--scenarios").map(comparable);
  const endings = listOf(args.endings, "--endings").map((name) => choose(ENDINGS, name, "--endings"));
  const crowd = readCrowd(args);
  const blocks = parseCount(args.blocks, 10, 20_000, "--blocks");
  const calibrationSeeds = Math.min(CALIBRATION_SEEDS, crowd.seeds);
  return { contestants, scenarios, endings, blocks, ...crowd, calibrationSeeds };
}

/** @throws UserError for what only our own pool can do. */
function comparable(name: string): string {
  const scenario = findScenario(name);
  if (scenario.stress?.stack === undefined) return scenario.name;
  throw new UserError(`--scenarios: ${name} has a second pool on the first one's shares, which only shock plays`);
}
