import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import type { Chain } from "../engine/chain.ts";
import { RunnerBlocks } from "./runner-blocks.ts";
import { canRun, runnerHardfork } from "./session.ts";
import { stateSince } from "./state.ts";

/**
 * Lets a chain's further blocks be executed by EDR's Solidity runner: the same results, several times as fast. What was built
 * on it since it was opened moves with it; ether does not. From then on nothing may be sent to it but through the `Chain`.
 * @returns False if it cannot: the chain is behind a node of its own, or there are no named pipes.
 */
export async function moveToRunner(
  hre: HardhatRuntimeEnvironment,
  { provider, networkConfig }: NetworkConnection,
  chain: Chain,
): Promise<boolean> {
  if (networkConfig.type !== "edr-simulated" || !canRun()) return false;
  const hardfork = runnerHardfork(networkConfig.hardfork);
  if (hardfork === undefined) return false;
  const artifact = await hre.artifacts.readArtifact("LabDriver");
  const state = await stateSince(provider, chain.openedAt);
  const number = Number(await provider.request({ method: "eth_blockNumber" }));
  chain.moveTo(await RunnerBlocks.start({ artifact, state, hardfork }, { timestamp: await chain.timestamp(), number }));
  return true;
}
