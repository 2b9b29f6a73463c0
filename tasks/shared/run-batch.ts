import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { FEATURES } from "../../sim/config.ts";
import type { SweepProgress } from "../../sim/frontier/sweep.ts";
import { readBasis } from "../../sim/jobs/basis.ts";
import type { Performer } from "../../sim/jobs/job.ts";
import { CURVE_NAMES } from "../../sim/liquidation-curves.ts";
import type { ReportPage } from "../../sim/report/html/page.ts";
import { renderReport } from "../../sim/report/html/render.ts";
import { createSweepProgress } from "../../sim/report/frontier-progress.ts";
import { formatJson } from "../../sim/report/result-file.ts";
import { wantsColour } from "../../sim/report/style.ts";
import { findScenario } from "../../sim/scenarios/built-in.ts";
import { ResultsStore } from "../../sim/store/results-store.ts";
import { parseSettings } from "../../sim/sweep/grid.ts";
import { describeLabJob, type LabJob, type LabOutcome } from "../../sim/sweep/lab-job.ts";
import { PARAMETERS } from "../../sim/sweep/parameters.ts";
import type { Common } from "../../sim/sweep/plan.ts";
import { choose } from "./choose.ts";
import { commandLine } from "./command-line.ts";
import { parseCount } from "./numbers.ts";
import { choosePlace, openPerformer } from "./open-performer.ts";
import { prepareFiles } from "./output-files.ts";
import { UserError } from "./user-error.ts";

/** What `montecarlo` and `sweep` both are told. */
export interface BatchArguments {
  readonly scenario: string;
  readonly blocks: string;
  readonly curve: string;
  readonly features: string;
  readonly borrowers: string;
  readonly loopers: string;
  readonly dipBuyers: string;
  readonly set: string;
  readonly workers: string;
  readonly queue: string;
  readonly store: string;
  readonly out: string;
  readonly report: string;
  readonly json: boolean;
  readonly parameters: boolean;
}

/** What one of them does of its own. */
export interface Batch<ResultT> {
  /** Its name on the command line. */
  readonly task: string;
  readonly run: (
    basis: string,
    perform: Performer<LabJob, LabOutcome>,
    report: (progress: SweepProgress) => void,
  ) => Promise<ResultT>;
  readonly format: (result: ResultT, colour: boolean) => string;
  /** Its page of a report. @param command That reproduces it. */
  readonly pageOf: (result: ResultT, command: string) => ReportPage;
}

export function readCommon(args: BatchArguments): Common {
  const borrowers = parseCount(args.borrowers, 0, 10_000, "--borrowers");
  const loopers = parseCount(args.loopers, 0, 10_000, "--loopers");
  if (borrowers + loopers === 0) throw new UserError("--borrowers and --loopers are both 0: nobody to lend to");
  return {
    scenario: findScenario(args.scenario).name,
    blocks: parseCount(args.blocks, 10, 20_000, "--blocks"),
    curve: choose(CURVE_NAMES, args.curve, "--curve"),
    features: choose(FEATURES, args.features, "--features"),
    ...{ borrowers, loopers, dipBuyers: parseCount(args.dipBuyers, 0, 10_000, "--dip-buyers") },
    set: parseSettings(args.set, "--set"),
  };
}

/**
 * Makes many runs, here or by a queue, keeps them in a store that outlives an interruption, and shows and writes what comes
 * of them.
 * @throws UserError before anything is run if an option cannot be.
 */
export async function runBatch<ResultT>(
  args: BatchArguments,
  hre: HardhatRuntimeEnvironment,
  { task, run, format, pageOf }: Batch<ResultT>,
): Promise<ResultT> {
  const place = await choosePlace(args);
  const { out, report } = await prepareFiles({ ...args, chart: "" });
  const store = await ResultsStore.open(args.store);
  let result: ResultT;
  let runs: string;
  try {
    await hre.tasks.getTask("build").run({ quiet: true });
    const basis = await readBasis(hre);
    const quiet = args.json && process.stderr.isTTY !== true;
    const progress = createSweepProgress(quiet ? { write: () => undefined } : process.stderr);
    const warn = (line: string) => console.error(`warning: ${line}`);
    const performer = await openPerformer<LabJob, LabOutcome>(hre, place, { basis, describe: describeLabJob, warn });
    try {
      result = await run(basis, store.around(performer.perform, basis), progress.update);
    } finally {
      await performer.close();
      progress.end();
    }
    runs = await store.consolidate();
  } finally {
    store.close();
  }

  const text = formatJson(result);
  await out.write(text);
  await report?.write(renderReport(pageOf(result, commandLine(task, optionsOf(args)))));
  if (args.json) process.stdout.write(text);
  else {
    const files = [
      `Result   ${args.out}`,
      ...(report === undefined ? [] : [`Report   ${report.name}`]),
      `Runs     ${runs}`,
    ];
    console.log([format(result, wantsColour(process.stdout, process.env)), "", ...files].join("\n"));
  }
  return result;
}

/** Every parameter that can be set or swept, with its range: `--parameters`. */
export function listParameters(): string {
  return PARAMETERS.map(({ name, low, high, unit, doc, isWhole = false }) => {
    const range = `${low} … ${high}${isWhole ? ", whole" : ""}${unit === "" ? "" : ` [${unit}]`}`;
    return `${name.padEnd(40)}${range.padEnd(38)} ${doc}`;
  }).join("\n");
}

/** Where things go, and who does the runs, is not what a result depends on. */
const NO_PART: readonly string[] = ["workers", "queue", "store", "out", "report", "json", "parameters"];

/** All that the result depends on, defaults spelled out; what is empty was not asked for. */
function optionsOf(args: BatchArguments): (readonly [string, string])[] {
  return Object.entries(args).flatMap(([name, value]: [string, unknown]) => {
    return NO_PART.includes(name) || typeof value !== "string" || value === "" ? [] : [[name, value] as const];
  });
}
