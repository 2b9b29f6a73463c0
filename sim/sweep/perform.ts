import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import type { Worlds } from "../deployed-world.ts";
import { crashOf } from "../frontier/perform.ts";
import { requireInvariants } from "../metrics/require-invariants.ts";
import { runOnce } from "../shock.ts";
import type { LabJob, LabOutcome } from "./lab-job.ts";
import { scenarioOf, settingOf } from "./setting.ts";

/**
 * Does a job on a chain that is left as it was found.
 * @param worlds See `runOnce`.
 * @throws Error if the run breaks an invariant: its numbers are worth nothing then.
 */
export async function performLabJob(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  job: LabJob,
  worlds?: Worlds,
): Promise<LabOutcome> {
  const { seed, curve, features, ordering, borrowers, loopers, dipBuyers, overrides } = job;
  const crash = crashOf(job.scenario, job.blocks);
  const options = {
    ...{ scenario: scenarioOf(crash, overrides), seed, curve, features, ordering },
    ...{ borrowers, loopers, dipBuyers },
    ...settingOf(overrides, crash.asset),
  };
  const { run, amplification } = await runOnce(hre, connection, options, undefined, worlds);
  requireInvariants(run);
  return { metrics: run.metrics, amplification, hash: run.hash, series: run.series };
}
