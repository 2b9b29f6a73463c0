import { runMonteCarlo, type MonteCarloOptions, type MonteCarloResult } from "../sim/montecarlo/montecarlo.ts";
import { pathsPage } from "../sim/report/html/paths-page.ts";
import { formatMonteCarloTable } from "../sim/report/montecarlo-table.ts";
import { parseCount } from "./shared/numbers.ts";
import { listParameters, readCommon, runBatch, type BatchArguments } from "./shared/run-batch.ts";
import { runTask } from "./shared/user-error.ts";

export interface MonteCarloArguments extends BatchArguments {
  readonly paths: string;
  readonly firstSeed: string;
}

/** `npx hardhat montecarlo`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<MonteCarloArguments, MonteCarloResult | undefined>(async (args, hre) => {
  if (args.parameters) return void console.log(listParameters());
  const paths = parseCount(args.paths, 2, 50_000, "--paths");
  const firstSeed = parseCount(args.firstSeed, 0, 1_000_000_000, "--first-seed");
  const options: MonteCarloOptions = { ...readCommon(args), paths, firstSeed };
  return runBatch(args, hre, {
    run: (basis, perform, report) => runMonteCarlo(options, basis, perform, report),
    ...{ task: "montecarlo", pageOf: pathsPage, format: formatMonteCarloTable },
  });
});
