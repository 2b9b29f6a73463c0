import { Interface } from "ethers";

import { toNumber } from "../../sim/risk/describe-pool.ts";
import { UserError } from "../../sim/user-error.ts";
import { encodeTag } from "../keeper/chain.ts";
import { failureOf, type Rpc } from "../keeper/rpc.ts";

const REGISTRY = new Interface([
  "function entries() view returns (tuple(address pool, address feed, uint32 heartbeat)[])",
  "function scaleOf(address pool) view returns (uint8 status, uint256 scale)",
]);

export interface RegisteredPool {
  readonly pool: string;
  /** Worth of a whole loan asset in the registry's unit; null: there is no price now. */
  readonly unitPriceOf: (loanDecimals: number) => number | null;
}

/**
 * The pools of a `PoolRegistry`, and what their loan assets are worth.
 * @throws UserError if nothing of the kind is there.
 */
export async function readRegistry(rpc: Rpc, registry: string, block: number): Promise<RegisteredPool[]> {
  const ask = async (name: "entries" | "scaleOf", args: readonly unknown[]) => {
    const data = REGISTRY.encodeFunctionData(name, args);
    const answer = (await rpc.request("eth_call", [{ to: registry, data }, encodeTag(block)])) as string;
    return REGISTRY.decodeFunctionResult(name, answer);
  };
  let entries: readonly { readonly pool: string }[];
  try {
    [entries] = (await ask("entries", [])) as unknown as [typeof entries];
  } catch (error) {
    if (failureOf(error) !== undefined && failureOf(error)?.kind !== "revert") throw error;
    throw new UserError(`${registry} is not a pool registry`, { cause: error });
  }
  const pools: RegisteredPool[] = [];
  for (const { pool } of entries) {
    const [, scale] = (await ask("scaleOf", [pool])) as unknown as [bigint, bigint];
    // Scale × base units ÷ 1e18 is WAD.
    pools.push({ pool, unitPriceOf: (decimals) => (scale === 0n ? null : toNumber(scale, 36 - decimals)) });
  }
  return pools;
}
