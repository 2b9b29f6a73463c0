import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import type { Chain } from "../engine/chain.ts";
import type { Renewal } from "./long-session.ts";
import { RunnerBlocks } from "./runner-blocks.ts";
import { canRun, runnerHardfork, type SessionOptions } from "./session.ts";
import { stateSince } from "./state.ts";

/** Where the blocks are now, and what a replay of them needs. */
export interface Moved {
  readonly blocks: RunnerBlocks;
  readonly options: Omit<SessionOptions, "isIsolated">;
}

/**
 * Lets a chain's further blocks be executed by EDR's Solidity runner: the same results, several times as fast. What was built
 * on it since it was opened moves with it; ether does not. From then on nothing may be sent to it but through the `Chain`.
 * @param renewal Default: as is quickest.
 * @returns Undefined if it cannot: the chain is behind a node of its own, or there are no named pipes.
 */
export async function moveToRunner(
  hre: HardhatRuntimeEnvironment,
  { provider, networkConfig }: NetworkConnection,
  chain: Chain,
  renewal?: Renewal,
): Promise<Moved | undefined> {
  if (networkConfig.type !== "edr-simulated" || !canRun()) return undefined;
  const hardfork = runnerHardfork(networkConfig.hardfork);
  if (hardfork === undefined) return undefined;
  const artifact = await hre.artifacts.readArtifact("LabDriver");
  const state = await stateSince(provider, chain.openedAt);
  const number = Number(await provider.request({ method: "eth_blockNumber" }));
  const options = { artifact, state, hardfork };
  const blocks = await RunnerBlocks.start(options, { timestamp: await chain.timestamp(), number }, renewal);
  chain.moveTo(blocks);
  return { blocks, options };
}
