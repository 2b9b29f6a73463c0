import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { SweepProgress } from "../../sim/frontier/sweep.ts";
import { JobCache } from "../../sim/jobs/cache.ts";
import type { Performer } from "../../sim/jobs/job.ts";
import { WorkerPool } from "../../sim/jobs/worker-pool.ts";
import type { ReportPage } from "../../sim/report/html/page.ts";
import { renderReport } from "../../sim/report/html/render.ts";
import { createSweepProgress } from "../../sim/report/frontier-progress.ts";
import { formatJson } from "../../sim/report/result-file.ts";
import { wantsColour } from "../../sim/report/style.ts";
import { commandLine } from "./command-line.ts";
import { parseCount } from "./numbers.ts";
import { prepareFiles } from "./output-files.ts";
import { UserError } from "./user-error.ts";
import { workerCommand } from "./worker-command.ts";

/** What every task that makes many runs is told. */
export interface SweepArguments {
  readonly seeds: string;
  readonly borrowers: string;
  readonly loopers: string;
  readonly workers: string;
  readonly cache: string;
  readonly out: string;
  readonly chart: string;
  readonly report?: string;
  readonly json: boolean;
}

/** What one of them does of its own. */
export interface Sweep<JobT extends object, OutcomeT extends object, ResultT> {
  /** Its name on the command line. */
  readonly task: string;
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
  readonly draw: (result: ResultT) => string;
  /** Its page of a report. @param command That reproduces it. */
  readonly pageOf: (result: ResultT, command: string) => ReportPage;
  readonly format: (result: ResultT, colour: boolean) => string;
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
 * Runs a sweep in worker processes, with a cache that outlives it, and shows, writes and draws what comes of it.
 * @throws UserError before anything is run if an option cannot be.
 */
export async function runSweep<JobT extends object, OutcomeT extends object, ResultT>(
  args: SweepArguments,
  hre: HardhatRuntimeEnvironment,
  sweep: Sweep<JobT, OutcomeT, ResultT>,
): Promise<ResultT> {
  const workers = parseCount(args.workers, 1, 64, "--workers");
  const { out, chart, report } = await prepareFiles(args);
  if (args.cache === "") throw new UserError("--cache needs the name of a directory");
  const cache = await JobCache.open<JobT, OutcomeT>(args.cache);

  await hre.tasks.getTask("build").run({ quiet: true });
  const basis = await sweep.readBasis();
  const quiet = args.json && process.stderr.isTTY !== true;
  const progress = createSweepProgress(quiet ? { write: () => undefined } : process.stderr);
  const command = workerCommand(hre.config.paths.root);
  const pool = new WorkerPool<JobT, OutcomeT>(command, workers, sweep.describe, sweep.groupOf);
  let result: ResultT;
  try {
    result = await sweep.run(basis, cache.around(pool.perform, basis), progress.update);
  } finally {
    pool.close();
    progress.end();
  }

  const text = formatJson(result);
  await out.write(text);
  await chart?.write(sweep.draw(result));
  await report?.write(renderReport(sweep.pageOf(result, commandLine(sweep.task, optionsOf(args)))));
  if (args.json) process.stdout.write(text);
  else {
    const files = [
      `Result   ${args.out}`,
      ...(chart === undefined ? [] : [`Chart    ${args.chart}`]),
      ...(report === undefined ? [] : [`Report   ${report.name}`]),
    ];
    console.log([sweep.format(result, wantsColour(process.stdout, process.env)), "", ...files].join("\n"));
  }
  return result;
}

/** Where things go, and by how many workers, is not what a result depends on. */
const NO_PART: readonly string[] = ["workers", "cache", "out", "chart", "report", "json"];

/** All that the result depends on, defaults spelled out; what is empty was not asked for. */
function optionsOf(args: SweepArguments): (readonly [string, string])[] {
  return Object.entries(args).flatMap(([name, value]: [string, unknown]) => {
    return NO_PART.includes(name) || typeof value !== "string" || value === "" ? [] : [[name, value] as const];
  });
}
