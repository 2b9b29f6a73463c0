import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { SweepProgress } from "../../sim/frontier/sweep.ts";
import { JobCache } from "../../sim/jobs/cache.ts";
import type { Performer } from "../../sim/jobs/job.ts";
import { createSweepProgress } from "../../sim/report/frontier-progress.ts";
import { parseCount } from "./numbers.ts";
import { choosePlace, openPerformer } from "./open-performer.ts";
import { prepareFiles } from "./output-files.ts";
import { refuseGlobals } from "./refuse-globals.ts";
import { showResult, type Shown } from "./show-result.ts";
import { UserError } from "./user-error.ts";

/** What every task that makes many runs is told. */
export interface SweepArguments {
  readonly seeds: string;
  readonly borrowers: string;
  readonly loopers: string;
  readonly workers: string;
  readonly queue: string;
  readonly cache: string;
  readonly out: string;
  readonly chart?: string;
  readonly report?: string;
  readonly json: boolean;
}

/** What one of them does of its own. */
export interface Sweep<JobT extends object, OutcomeT extends object, ResultT> extends Shown<ResultT> {
  readonly describe: (job: JobT) => string;
  /** Jobs of one group are best done by one worker. */
  readonly groupOf?: (job: JobT) => string;
  /** Hash of what all results depend on. Asked once everything is built. */
  readonly readBasis: () => Promise<string>;
  readonly run: (
    basis: string,
    perform: Performer<JobT, OutcomeT>,
    report: (progress: SweepProgress) => void,
  ) => Promise<ResultT>;
}

/** Seeds and the crowd. */
export function readCrowd(args: SweepArguments) {
  const seeds = parseCount(args.seeds, 2, 1_000, "--seeds");
  const borrowers = parseCount(args.borrowers, 0, 2_000, "--borrowers");
  const loopers = parseCount(args.loopers, 0, 2_000, "--loopers");
  if (borrowers + loopers === 0) throw new UserError("--borrowers and --loopers are both 0: nobody to lend to");
  return { seeds, borrowers, loopers };
}

/**
 * Runs a sweep here or by a queue, with a cache that outlives it, and shows, writes and draws what comes of it.
 * @throws UserError before anything is run if an option cannot be.
 */
export async function runSweep<JobT extends object, OutcomeT extends object, ResultT>(
  args: SweepArguments,
  hre: HardhatRuntimeEnvironment,
  sweep: Sweep<JobT, OutcomeT, ResultT>,
): Promise<ResultT> {
  refuseGlobals(hre, sweep.task);
  const place = await choosePlace(args);
  const files = await prepareFiles(args);
  if (args.cache === "") throw new UserError("--cache needs the name of a directory");
  const cache = await JobCache.open<JobT, OutcomeT>(args.cache);

  await hre.tasks.getTask("build").run({ quiet: true });
  const basis = await sweep.readBasis();
  const quiet = args.json && process.stderr.isTTY !== true;
  const progress = createSweepProgress(quiet ? { write: () => undefined } : process.stderr);
  const warn = (line: string) => console.error(`warning: ${line}`);
  const { describe, groupOf } = sweep;
  const performer = await openPerformer<JobT, OutcomeT>(hre, place, {
    ...{ basis, describe, warn },
    ...(groupOf === undefined ? {} : { groupOf }),
  });
  let result: ResultT;
  try {
    result = await sweep.run(basis, cache.around(performer.perform, basis), progress.update);
  } finally {
    await performer.close();
    progress.end();
  }

  await showResult(args, files, result, sweep);
  return result;
}
