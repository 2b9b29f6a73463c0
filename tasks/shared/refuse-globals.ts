import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { UserError } from "./user-error.ts";

/**
 * For tasks whose runs are on simulated chains of their own.
 * @throws UserError for an option that the command line has and the task would not heed.
 */
export function refuseGlobals({ globalOptions }: Pick<HardhatRuntimeEnvironment, "globalOptions">, task: string): void {
  const { network, shock, forkUrl, forkBlock } = globalOptions;
  const set = Object.entries({ network, shock, "fork-url": forkUrl, "fork-block": forkBlock }).find(
    ([, value]) => value !== undefined && value !== "",
  );
  if (set === undefined) return;
  const [name] = set;
  const instead =
    name === "shock"
      ? "it replays scenarios (--scenario); see docs/simulator.md for adding one"
      : "its runs are on simulated chains of their own";
  throw new UserError(`${task} does not know --${name}: ${instead}`);
}
