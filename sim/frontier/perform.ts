import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { AAVE_V3, PROFILES, type AssetProfile } from "../config.ts";
import { requireInvariants } from "../metrics/require-invariants.ts";
import { findScenario } from "../scenarios/built-in.ts";
import { calmScenario } from "../scenarios/calm.ts";
import { withFewerBlocks } from "../scenarios/keyframe-scenario.ts";
import type { AssetSymbol, Scenario } from "../scenarios/scenario.ts";
import { measureLending, runOnce, type OnceOptions } from "../shock.ts";
import type { Job, LendingOutcome, RunOutcome } from "./job.ts";

/** Aave's listing, in our lab's market: what the static pool has, and what everybody's wishes are drawn under. */
export function aaveProfile(asset: AssetSymbol): AssetProfile {
  return { ...PROFILES[asset], ...AAVE_V3[asset] };
}

/**
 * Beyond this, whoever answers in the next block is too late to matter, and what is lost is the block's fault: slow-bleed
 * loses nothing in blocks of 20 minutes, 1 % in blocks of 40, and 10 % in blocks of an hour, when kicks expire unused. [s]
 */
const LONGEST_BLOCK = 300;

/** A built-in crash in at most so many blocks, as far as none is made longer than 5 minutes, and its blocks are not what it is about. */
export function crashOf(name: string, blocks: number): Scenario {
  const scenario = findScenario(name);
  return scenario.keepsBlocks === true ? scenario : withFewerBlocks(scenario, blocks, LONGEST_BLOCK);
}

/** What is a collateral in any of the crashes, in their order. */
export function assetsOf(names: readonly string[]): AssetSymbol[] {
  return [...new Set(names.map((name) => findScenario(name).asset))];
}

/**
 * Does a job on a chain that is left as it was found.
 * @throws Error if the run breaks an invariant: its numbers are worth nothing then.
 */
export async function performJob(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  job: Job,
): Promise<RunOutcome | LendingOutcome> {
  const { seed, curve, features, lendingScale, borrowers, loopers, dipBuyers } = job;
  const scenario = job.kind === "run" ? crashOf(job.scenario, job.blocks) : calmScenario(job.asset);
  const profile = aaveProfile(scenario.asset);
  const options: OnceOptions = {
    ...{ scenario, seed, curve, features, lendingScale, borrowers, loopers, dipBuyers },
    ...{ profile, wishes: profile },
  };
  if (job.kind === "lending") return { lent: await measureLending(hre, connection, options) };

  const { run, amplification } = await runOnce(hre, connection, options);
  requireInvariants(run);
  return { metrics: run.metrics, amplification, hash: run.hash };
}
