import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { Contract } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { RiskChain } from "./risk-chain.ts";
import { configuredVolatility } from "./volatility-fixtures.ts";

/** A probe that may do whatever an authority lets its administrators do. */
export async function deployProbe({ ethers }: NetworkConnection, authority: string): Promise<string> {
  const probe = await (await ethers.deployContract("RiskProbe")).getAddress();
  const [governor] = await ethers.getSigners();
  const manager = new Contract(authority, accessManagerArtifact.abi, governor);
  await (await manager.getFunction("grantRole").send(0, probe, 0)).wait();
  return probe;
}

/** Three assets: two with told paths of ticks, whichever side of their pool they are, and one that has a price only. */
export async function volatilityWorld(connection: NetworkConnection) {
  const { oracle, prices, first, second, priced, firstPool, secondPool, authority } =
    await configuredVolatility(connection);
  const chain = await RiskChain.connect(connection, ["VolatilityOracle", "ConstantPriceOracle", "MockTickPool"]);
  const contact = async (name: string, contract: { getAddress(): Promise<string> }) =>
    chain.contact(name, await contract.getAddress());
  return {
    ...{ chain, probe: await deployProbe(connection, authority), tokens: [first, second, priced] as const },
    oracle: await contact("VolatilityOracle", oracle),
    prices: await contact("ConstantPriceOracle", prices),
    pools: [await contact("MockTickPool", firstPool), await contact("MockTickPool", secondPool)] as const,
  };
}

export type VolatilityWorld = Awaited<ReturnType<typeof volatilityWorld>>;
