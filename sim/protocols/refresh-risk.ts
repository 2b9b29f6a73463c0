import { isError, ZeroAddress, type ContractTransactionReceipt, type Interface, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

/**
 * Gas beyond an estimate: a sample of volatility, correlation or depth may fall due between the estimate and the block.
 * What is not used is not paid.
 */
const SPARE_GAS = 250_000n;

/** A pool's engine and what it asks, as they are now. */
export type Governance = NonNullable<Awaited<ReturnType<typeof findGovernance>>>;

/** The risk engine of a pool, or undefined if its factors are what governance set. */
export async function findGovernance({ ethers }: NetworkConnection, pool: string, signer: Signer) {
  const risk = await ethers.getContractAt("IPoolRisk", pool, signer);
  const [address, maxAge] = await risk.riskEngine().catch((error: unknown) => {
    if (isError(error, "CALL_EXCEPTION")) return [ZeroAddress, 0n] as const; // a pool older than engines
    throw error;
  });
  if (address === ZeroAddress) return undefined;
  const engine = await ethers.getContractAt("RiskEngine", address, signer);
  const modules = await engine.modules();
  return {
    ...{ risk, engine, maxAge },
    volatility: await ethers.getContractAt("VolatilityOracle", modules.volatilityOracle, signer),
    liquidity: await ethers.getContractAt("LiquidityOracle", modules.liquidityOracle, signer),
    breaker:
      modules.breaker === ZeroAddress
        ? undefined
        : await ethers.getContractAt("CircuitBreaker", modules.breaker, signer),
  };
}

/** Of everything that may refuse a refresh. */
export function interfacesOf({ engine, liquidity, volatility, risk }: Governance): Interface[] {
  return [engine, liquidity, volatility, risk].map((contract) => contract.interface);
}

/**
 * Measures depth and correlations of collaterals, and then has the engine judge them by that. Anyone may.
 * @param tokens Collaterals under the engine.
 * @param call `poke` earns the signer the reward, `refresh` does not.
 * @returns Receipt of the last call for each collateral.
 */
export async function refreshRisk(
  { engine, liquidity, volatility }: Governance,
  pool: { collateralList(): Promise<string[]> },
  tokens: readonly string[],
  call: "poke" | "refresh" = "poke",
): Promise<ContractTransactionReceipt[]> {
  const collaterals = await pool.collateralList();
  for (const token of tokens) await send(liquidity, "pokeDepth", token);
  for (const token of tokens) {
    // A pair that is not tracked counts as one without being asked.
    const others = collaterals.filter((other) => other !== token);
    const tracked = await Promise.all(others.map((other) => volatility.isTracked(token, other)));
    if (tracked.includes(true)) await send(engine, "pokeCorrelations", token);
  }
  const receipts: ContractTransactionReceipt[] = [];
  for (const token of tokens) receipts.push(await send(engine, call, token));
  return receipts;
}

async function send(
  contract: Pick<Governance["engine"] | Governance["liquidity"], "getFunction">,
  name: string,
  token: string,
): Promise<ContractTransactionReceipt> {
  const method = (contract as Governance["engine"]).getFunction(name as "poke");
  const gasLimit = (await method.estimateGas(token)) + SPARE_GAS;
  const receipt = await (await method.send(token, { gasLimit })).wait();
  if (receipt === null) throw new Error(`${name} was not mined`);
  return receipt;
}
