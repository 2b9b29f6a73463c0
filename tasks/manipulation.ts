import { formatManipulation } from "../sim/manipulation/format.ts";
import { measureManipulation, type ManipulationReport } from "../sim/manipulation/measure.ts";
import { parseDuration } from "../sim/scenarios/shock.ts";
import { parseDecimal } from "./shared/numbers.ts";
import { connectToSimulator } from "./shared/simulator.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface ManipulationArguments {
  readonly depth: string;
  readonly window: string;
  readonly json: boolean;
}

/** [loan asset] */
const DEPTHS = { min: 100, max: 1e10 } as const;
/** [s] */
const WINDOWS = { min: 60, max: 4 * 3_600 } as const;

/** `npx hardhat manipulation`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<ManipulationArguments, ManipulationReport>(async ({ depth, window, json }, hre) => {
  const sold = Number(parseDecimal(depth, 6, "--depth")) / 1e6;
  if (sold < DEPTHS.min || sold > DEPTHS.max)
    throw new UserError(`--depth must be from 100 to 10000000000, got ${depth}`);
  const seconds = parseDuration(window, "--window");
  if (seconds < WINDOWS.min || seconds > WINDOWS.max)
    throw new UserError(`--window must be from 1m to 4h, got ${window}`);
  const connection = await connectToSimulator(hre);
  await hre.tasks.getTask("build").run({ quiet: true });
  const shown = process.stderr.isTTY === true;
  const state = await connection.networkHelpers.takeSnapshot();
  let report: ManipulationReport;
  try {
    report = await measureManipulation(connection, sold, seconds, (row) => {
      if (shown) process.stderr.write(`\r\u001b[K${row}`);
    });
    if (shown) process.stderr.write("\r\u001b[K");
    await state.restore();
  } finally {
    await connection.close();
  }
  console.log(json ? JSON.stringify(report, null, 2) : formatManipulation(report));
  return report;
});
