import { Interface, type InterfaceAbi } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { UserError } from "../../sim/user-error.ts";
import { AccountIndex } from "../keeper/account-index.ts";
import { Chain, type Block } from "../keeper/chain.ts";
import { findFirstBlock } from "../keeper/first-block.ts";
import type { Log } from "../keeper/log.ts";
import { LogReader } from "../keeper/log-reader.ts";
import { poolEvents } from "../keeper/pool-events.ts";
import type { Rpc } from "../keeper/rpc.ts";

export interface AccountOptions {
  /** First block to read; default: the pool's first. */
  readonly fromBlock?: number;
  /** Most blocks to ask logs of at once. */
  readonly logRange: number;
}

const SILENT: Log = () => undefined;

/** Events of the pool and of its modules, which emit at its address. */
export async function readPoolInterface(hre: Pick<HardhatRuntimeEnvironment, "artifacts">): Promise<Interface> {
  const { abi } = await hre.artifacts.readArtifact("LendingPool");
  return new Interface(abi as unknown as InterfaceAbi);
}

/**
 * Everybody who owes a pool as of a block, by its events, as the keeper counts them.
 * @returns Checksummed, in an order that does not depend on the node.
 */
export async function readDebtors(
  rpc: Rpc,
  pool: string,
  abi: Interface,
  head: Block,
  { fromBlock, logRange }: AccountOptions,
): Promise<string[]> {
  const chain = new Chain(rpc);
  const { topics, decode } = poolEvents(abi);
  const first = fromBlock ?? (await findFirstBlock(chain, pool, head.number, SILENT));
  if (first > head.number) throw new UserError(`--from-block ${first}: the chain is at block ${head.number}`);
  const reader = new LogReader(chain, { address: pool, topics, range: logRange });
  // Nothing is kept for a second look: blocks need not be held apart against reorganisations.
  const index = new AccountIndex(chain, reader, { fromBlock: first, depth: 0, decode });
  const { to, isBehind } = await index.sync(head);
  if (isBehind || to < head.number) throw new UserError("the chain changed while its events were read: try again");
  return [...index.debtShares.keys()].toSorted();
}
