import type { NetworkConnection } from "hardhat/types/network";

import { UserError } from "../sim/user-error.ts";

/** A chain of a simulator, which can be told to move its clock; not one that time alone moves. */
export async function isSimulatedChain(connection: NetworkConnection): Promise<boolean> {
  if (connection.networkConfig.type === "edr-simulated") return true;
  const version: unknown = await connection.provider.request({ method: "web3_clientVersion" }).catch(() => "");
  return typeof version === "string" && /^(hardhat|anvil|edr)/i.test(version);
}

/**
 * Lets at least `seconds` pass on chain: at once on a simulated chain, by waiting elsewhere.
 * @param onWait Told once how long it will take.
 */
export async function passTime(
  connection: NetworkConnection,
  seconds: bigint,
  onWait: (seconds: bigint) => void,
): Promise<void> {
  const { provider } = connection.ethers;
  if (await isSimulatedChain(connection)) {
    await provider.send("evm_increaseTime", [Number(seconds)]);
    await provider.send("evm_mine", []);
    return;
  }
  const start = await latestTimestamp(connection);
  onWait(seconds);
  while ((await latestTimestamp(connection)) < start + seconds) {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}

export async function latestTimestamp(connection: NetworkConnection): Promise<bigint> {
  const block = await connection.ethers.provider.getBlock("latest");
  if (block === null) throw new UserError(`${connection.networkName} has no blocks`);
  return BigInt(block.timestamp);
}
