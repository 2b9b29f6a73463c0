import type { NetworkConnection } from "hardhat/types/network";

import { UserError } from "../../sim/user-error.ts";
import type { Chain } from "./chain.ts";
import type { Helpers } from "./checkpoint.ts";
import type { Log } from "./log.ts";

/** Where the two contracts may be known from, best first. */
export interface HelperSources {
  readonly options: Partial<Helpers>;
  readonly deployment: Partial<Helpers>;
  readonly checkpoint: Partial<Helpers>;
}

/**
 * The lens and the liquidator: as told, as deployed with the pool, or as this keeper has deployed them before.
 * @param deploy Deploys what is missing; undefined: not allowed.
 */
export async function findHelpers(
  chain: Chain,
  { options, deployment, checkpoint }: HelperSources,
  deploy: ((contract: "AccountLens" | "FlashLiquidator") => Promise<string>) | undefined,
): Promise<Helpers> {
  const find = async (name: keyof Helpers, contract: "AccountLens" | "FlashLiquidator") => {
    const address = options[name] ?? deployment[name] ?? checkpoint[name];
    if (address !== undefined) {
      if ((await chain.code(address)) === "0x")
        throw new UserError(`nothing is deployed at the ${name}'s address ${address}`);
      return address;
    }
    if (deploy !== undefined) return deploy(contract);
    throw new UserError(`no ${contract} is known for this pool: give --${name}, or let --deploy-helpers deploy one`);
  };
  return { lens: await find("lens", "AccountLens"), liquidator: await find("liquidator", "FlashLiquidator") };
}

/** From the keeper's account; before it sends anything else. */
export function deployer({ ethers }: NetworkConnection, keeper: string, log: Log) {
  return async (contract: "AccountLens" | "FlashLiquidator"): Promise<string> => {
    const signer = await ethers.getSigner(keeper);
    const deployed = await ethers.deployContract(contract, [], signer);
    await deployed.waitForDeployment();
    const address = await deployed.getAddress();
    log("info", "helper.deployed", { contract, address });
    return address;
  };
}
