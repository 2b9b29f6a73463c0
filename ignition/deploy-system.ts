import { rm } from "node:fs/promises";
import path from "node:path";

import type { Contract } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import type { DeployedCollateral, Deployment } from "../sim/deployments.ts";
import type { UniswapAddresses } from "../sim/market/uniswap-deploy.ts";
import { findGovernance, refreshRisk } from "../sim/protocols/refresh-risk.ts";
import { UserError } from "../sim/user-error.ts";
import { isSimulatedChain } from "./chain.ts";
import { deployDemoMarket, seedDemoPool } from "./deploy-demo.ts";
import { buildCore } from "./modules/core.ts";
import type { SystemParameters } from "./parameters.ts";
import { draftAddress, readParameterFile } from "./read-parameters.ts";

/** Used when no parameter file is named. */
export const DEMO_PARAMETERS = path.resolve(import.meta.dirname, "parameters", "demo.json");

const tokenAbi = ["function symbol() view returns (string)", "function decimals() view returns (uint8)"];

export interface DeployOptions {
  /** Default: the demo set. */
  readonly parameters?: string;
  /** Told of each stage. */
  readonly report?: (line: string) => void;
}

/**
 * Deploys a whole system. On a real network a run that was cut off resumes where it stopped, from Ignition's journal;
 * on a simulated chain, which may be another one than last time, it starts afresh.
 * @throws UserError for parameters that are wrong or for another chain, and for an account without funds; before
 * anything is sent.
 */
export async function deploySystem(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  { parameters = DEMO_PARAMETERS, report = () => undefined }: DeployOptions = {},
): Promise<Deployment> {
  const file = await readParameterFile(parameters);
  const chainId = (await connection.ethers.provider.getNetwork()).chainId;
  if (file.chainId !== undefined && file.chainId !== chainId) {
    throw new UserError(
      `${parameters} is for chain ${file.chainId}, but ${connection.networkName} is chain ${chainId}`,
    );
  }
  await requireDeployer(connection);

  const deploymentId = `${connection.networkName}-${chainId}`;
  if (await isSimulatedChain(connection)) {
    const journals = path.join(hre.config.paths.ignition, "deployments");
    for (const id of [deploymentId, `${deploymentId}-demo`]) {
      await rm(path.join(journals, id), { recursive: true, force: true });
    }
  }

  let system: SystemParameters;
  let uniswap: UniswapAddresses | undefined;
  if (file.demo === undefined) {
    system = file.system(() => undefined);
  } else {
    // The first reading is for the windows only; names have no addresses yet.
    const history = longestWindow(file.system(draftAddress));
    const market = await deployDemoMarket(connection, file.demo, history, `${deploymentId}-demo`, report);
    system = file.system(market.resolve);
    uniswap = market.uniswap;
  }

  report("deploying Breakwater");
  const contracts = await connection.ignition.deploy(buildCore(system), { deploymentId });
  const pool = await contracts.pool.getAddress();
  if (file.demo !== undefined) await seedDemoPool(connection, file.demo, pool, system.core.loanAsset);
  await firstPokes(connection, contracts, system, report);

  const addresses = await Promise.all(
    Object.entries(contracts).map(async ([name, contract]) => [name, await contract.getAddress()] as const),
  );
  return {
    version: 1,
    network: connection.networkName,
    chainId: Number(chainId),
    block: await connection.ethers.provider.getBlockNumber(),
    demo: file.demo !== undefined,
    contracts: Object.fromEntries(addresses) as Deployment["contracts"],
    loan: {
      ...(await describeToken(connection, system.core.loanAsset)),
      ...optional("feed", system.core.quoteFeeds[0]?.source),
    },
    collaterals: await Promise.all(system.collaterals.map((entry) => describeCollateral(connection, entry))),
    ...optional("uniswap", uniswap),
  };
}

/** What anyone may do, and a pool cannot do without: not part of the journal, so that gas is reckoned at the moment. */
async function firstPokes(
  connection: NetworkConnection,
  contracts: { readonly pool: Contract; readonly oracle: Contract },
  { collaterals }: SystemParameters,
  report: (line: string) => void,
): Promise<void> {
  const [deployer] = await connection.ethers.getSigners();
  const address = await contracts.pool.getAddress();
  const tokens = collaterals.map(({ token }) => token);
  for (const token of tokens) await (await contracts.oracle.getFunction("poke").send(token)).wait();
  const governance = await findGovernance(connection, address, deployer);
  if (governance === undefined) return;
  report("measuring volatility, depth and correlation");
  const pool = await connection.ethers.getContractAt("LendingPool", address, deployer);
  await refreshRisk(governance, pool, tokens, "refresh");
}

/** How far back anything will look. [s] */
function longestWindow({ collaterals }: SystemParameters): bigint {
  return collaterals
    .flatMap(({ market, risk }) => [market.twapWindow, risk?.volatility.interval ?? 0n, risk?.depth.window ?? 0n])
    .reduce(maxOf, 0n);
}

async function describeCollateral(
  connection: NetworkConnection,
  { token, market }: SystemParameters["collaterals"][number],
): Promise<DeployedCollateral> {
  const described = { ...(await describeToken(connection, token)), ...optional("feed", market.feeds[0]?.source) };
  if (BigInt(market.twapPool) === 0n) return described;
  const pool = await connection.ethers.getContractAt(["function fee() view returns (uint24)"], market.twapPool);
  const fee: unknown = await pool.getFunction("fee").staticCall();
  return { ...described, uniswapPool: market.twapPool, uniswapFee: Number(fee) };
}

async function describeToken(connection: NetworkConnection, token: string) {
  const contract = await connection.ethers.getContractAt(tokenAbi, token);
  const symbol: unknown = await contract.getFunction("symbol").staticCall();
  const decimals: unknown = await contract.getFunction("decimals").staticCall();
  return { symbol: String(symbol), token, decimals: Number(decimals) };
}

async function requireDeployer(connection: NetworkConnection): Promise<void> {
  const [signer] = await connection.ethers.getSigners();
  if (signer === undefined) throw new UserError(`no account is configured for ${connection.networkName}`);
  if ((await connection.ethers.provider.getBalance(signer.address)) === 0n) {
    throw new UserError(`the deployer ${signer.address} has no funds on ${connection.networkName}`);
  }
}

function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function optional<K extends string, T>(key: K, value: T | undefined): Readonly<Partial<Record<K, T>>> {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, T>>>;
}
