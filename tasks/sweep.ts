import { gridPage } from "../sim/report/html/grid-page.ts";
import { formatSweepTable } from "../sim/report/sweep-table.ts";
import { parseGrid, pointsOf } from "../sim/sweep/grid.ts";
import { planJobs } from "../sim/sweep/plan.ts";
import { AIMS, sweepGrid, type SweepOptions, type SweepResult } from "../sim/sweep/sweep.ts";
import { choose } from "./shared/choose.ts";
import { parseCount } from "./shared/numbers.ts";
import { listParameters, readCommon, runBatch, type BatchArguments } from "./shared/run-batch.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface SweepArguments extends BatchArguments {
  readonly grid: string;
  readonly seeds: string;
  readonly firstSeed: string;
  readonly bound: string;
  readonly aim: string;
}

/** `npx hardhat sweep`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<SweepArguments, SweepResult | undefined>(async (args, hre) => {
  if (args.parameters) return void console.log(listParameters());
  const options = readOptions(args);
  planJobs(options, pointsOf(options.axes), "--grid"); // what no pool can be is found before anything is built
  return runBatch(args, hre, {
    run: (basis, perform, report) => sweepGrid(options, basis, perform, report),
    ...{ task: "sweep", pageOf: gridPage, format: formatSweepTable },
  });
});

function readOptions(args: SweepArguments): SweepOptions {
  const axes = parseGrid(args.grid, "--grid");
  const common = readCommon(args);
  const twice = axes.find(({ name }) => Object.hasOwn(common.set, name));
  if (twice !== undefined) throw new UserError(`${twice.name} is in --grid and in --set: give one`);
  return {
    ...common,
    axes,
    seeds: parseCount(args.seeds, 2, 10_000, "--seeds"),
    firstSeed: parseCount(args.firstSeed, 0, 1_000_000_000, "--first-seed"),
    bound: parseBound(args.bound),
    aim: choose(AIMS, args.aim, "--aim"),
  };
}

function parseBound(text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 1) return value;
  throw new UserError(`--bound must be a share of the debt from 0 to 1, such as 0.001, got "${text}"`);
}
