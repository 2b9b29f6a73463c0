import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { FEATURES } from "../../sim/config.ts";
import { ORDERINGS } from "../../sim/engine/block-order.ts";
import type { SweepProgress } from "../../sim/frontier/sweep.ts";
import { readBasis } from "../../sim/jobs/basis.ts";
import type { Performer } from "../../sim/jobs/job.ts";
import { CURVE_NAMES } from "../../sim/liquidation-curves.ts";
import { createSweepProgress } from "../../sim/report/frontier-progress.ts";
import { findScenario } from "../../sim/scenarios/built-in.ts";
import { ResultsStore } from "../../sim/store/results-store.ts";
import { parseSettings } from "../../sim/sweep/grid.ts";
import { describeLabJob, type LabJob, type LabOutcome } from "../../sim/sweep/lab-job.ts";
import { PARAMETERS } from "../../sim/sweep/parameters.ts";
import type { Common } from "../../sim/sweep/plan.ts";
import { choose } from "./choose.ts";
import { parseCount } from "./numbers.ts";
import { choosePlace, openPerformer } from "./open-performer.ts";
import { prepareFiles } from "./output-files.ts";
import { refuseGlobals } from "./refuse-globals.ts";
import { showResult, type Shown } from "./show-result.ts";
import { UserError } from "./user-error.ts";

/** What `montecarlo` and `sweep` both are told. */
export interface BatchArguments {
  readonly scenario: string;
  readonly blocks: string;
  readonly curve: string;
  readonly features: string;
  readonly ordering: string;
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
export interface Batch<ResultT> extends Shown<ResultT> {
  readonly run: (
    basis: string,
    perform: Performer<LabJob, LabOutcome>,
    report: (progress: SweepProgress) => void,
  ) => Promise<ResultT>;
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
    ordering: choose(ORDERINGS, args.ordering, "--ordering"),
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
  batch: Batch<ResultT>,
): Promise<ResultT> {
  refuseGlobals(hre, batch.task);
  const place = await choosePlace(args);
  const files = await prepareFiles(args);
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
      result = await batch.run(basis, store.around(performer.perform, basis), progress.update);
    } finally {
      await performer.close();
      progress.end();
    }
    runs = await store.consolidate();
  } finally {
    store.close();
  }

  await showResult(args, files, result, batch, [`Runs     ${runs}`]);
  return result;
}

/** Every parameter that can be set or swept, with its range: `--parameters`. */
export function listParameters(): string {
  return PARAMETERS.map(({ name, low, high, unit, doc, isWhole = false }) => {
    const range = `${low} … ${high}${isWhole ? ", whole" : ""}${unit === "" ? "" : ` [${unit}]`}`;
    return `${name.padEnd(40)}${range.padEnd(38)} ${doc}`;
  }).join("\n");
}
