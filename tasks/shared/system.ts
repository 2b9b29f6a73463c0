import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { deploySystem } from "../../ignition/deploy-system.ts";
import { findDeployment, loadDeployment, type Deployment } from "../../sim/deployments.ts";

import { connect, isForkAskedFor } from "./connect.ts";

export interface System {
  readonly connection: NetworkConnection;
  readonly deployment: Deployment;
}

/**
 * What a task works on: the saved deployment of a node or network, or of the chain that `--fork-url` copies, or a demo set
 * deployed for it on the in-process chain, which is gone when the process ends.
 */
export async function openSystem(hre: HardhatRuntimeEnvironment, report?: (line: string) => void): Promise<System> {
  const connection = await connect(hre);
  if (isForkAskedFor(hre)) return { connection, deployment: await findDeployment(connection.ethers.provider) };
  if (connection.networkConfig.type === "edr-simulated") {
    return { connection, deployment: await deploySystem(hre, connection, report === undefined ? {} : { report }) };
  }
  return { connection, deployment: await loadDeployment(connection.networkName, connection.ethers.provider) };
}
