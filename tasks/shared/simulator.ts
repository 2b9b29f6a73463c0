import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { UserError } from "../../sim/user-error.ts";
import { connect } from "./connect.ts";

/** Questions that only nodes answer which can move time and act for any account; they change nothing. */
const MARKS = ["hardhat_metadata", "anvil_nodeInfo"];

/** Of the configuration: several of its blocks may have one timestamp. */
export const FINE_CLOCK_NETWORK = "rollup";

/**
 * Connects to the network of `--network`: a chain of its own in process, a copy of the one behind `--fork-url`, or a node.
 * @param blockSeconds Where no network was named, blocks shorter than a second get one that can have them.
 * @throws UserError if it cannot be reached or is no simulator; nothing has been sent to it then.
 */
export async function connectToSimulator(hre: HardhatRuntimeEnvironment, blockSeconds = 1): Promise<NetworkConnection> {
  const connection = await connect(hre, false, blockSeconds < 1 ? FINE_CLOCK_NETWORK : undefined);
  if (connection.networkConfig.type === "edr-simulated") return connection;
  const { provider, networkName } = connection;
  await provider.request({ method: "eth_chainId" }); // fails if there is no node, and says so
  for (const method of MARKS) {
    const known = await provider.request({ method }).then(
      () => true,
      () => false,
    );
    if (known) return connection;
  }
  throw new UserError(
    `network "${networkName}" is no simulator: the lab must move time and act for others; try npx hardhat node`,
  );
}
