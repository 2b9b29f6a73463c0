import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { Contract, isAddress, type Provider } from "ethers";

import type { UniswapAddresses } from "./market/uniswap-deploy.ts";
import { UserError } from "./user-error.ts";

/** A collateral of the pool; symbol as the token says. */
export interface DeployedCollateral {
  readonly symbol: string;
  readonly token: string;
  readonly decimals: number;
  /** First feed of its market. */
  readonly feed?: string;
  /** Uniswap v3 pool against the loan asset. */
  readonly uniswapPool?: string;
  readonly uniswapFee?: number; // [hundredths of a bip]
}

/** What `npx hardhat deploy` leaves behind for the other tasks. Addresses are checksummed. */
export interface Deployment {
  readonly version: 1;
  readonly network: string;
  readonly chainId: number;
  readonly block: number; // when it was complete
  /** True: tokens and feeds are mocks that anyone may mint and set. */
  readonly demo: boolean;
  readonly contracts: {
    readonly accessManager: string;
    readonly oracle: string;
    readonly interestRateModel: string;
    readonly fixedBonusCurve: string;
    readonly dutchCurve: string;
    /** Where the parameters have them. */
    readonly linearCurve?: string;
    readonly stairstepCurve?: string;
    readonly liquidationModule: string;
    readonly adminModule: string;
    readonly riskModule: string;
    readonly pool: string;
    readonly leverageRouter: string;
    /** What the keeper works with; missing in deployments older than it. */
    readonly flashLiquidator?: string;
    readonly accountLens?: string;
    /** What the task `risk` works with; missing in deployments older than it. */
    readonly riskLens?: string;
    readonly poolRegistry?: string;
    readonly systemReporter?: string;
    /** Of a pool with a risk engine, as deployed; which engine it has now is for the pool to say. */
    readonly riskEngine?: string;
    readonly volatilityOracle?: string;
    readonly liquidityOracle?: string;
    readonly factorModel?: string;
    readonly breaker?: string;
  };
  readonly loan: { readonly symbol: string; readonly token: string; readonly decimals: number; readonly feed?: string };
  readonly collaterals: readonly DeployedCollateral[];
  readonly uniswap?: UniswapAddresses;
}

/** Overridable, so that trying something out does not replace the addresses of the node that is running. */
const ROOT = process.env.BREAKWATER_DEPLOYMENTS ?? path.resolve(import.meta.dirname, "..", "deployments");

/** Where the addresses of a network are kept. */
export function deploymentFile(network: string, chainId: number, directory = ROOT): string {
  return path.join(directory, `${network}-${chainId}.json`);
}

/** Saves the addresses in one step: a reader sees the old file or the new one. */
export async function saveDeployment(deployment: Deployment, directory = ROOT): Promise<string> {
  const file = deploymentFile(deployment.network, deployment.chainId, directory);
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(directory, { recursive: true });
  try {
    await writeFile(temporary, `${JSON.stringify(deployment, null, 2)}\n`);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return file;
}

/**
 * Addresses of the system on a chain, checked against the chain.
 * @throws UserError if there is no file, it is damaged or for another chain, nothing is at its addresses, or the pool is
 * not a pool.
 */
export async function loadDeployment(network: string, provider: Provider, directory = ROOT): Promise<Deployment> {
  const chainId = Number((await provider.getNetwork()).chainId);
  const file = deploymentFile(network, chainId, directory);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const command = `npx hardhat deploy --network ${network}`;
    throw new UserError(`no deployment for chain ${chainId}: run ${command}`, { cause: error });
  }
  const deployment = parseDeployment(file, text);
  if (deployment.chainId !== chainId) {
    throw new UserError(`${file} is for chain ${deployment.chainId}, but ${network} is chain ${chainId}`);
  }
  await requirePool(provider, deployment.contracts.pool, network);
  for (const [name, address] of Object.entries(deployment.contracts)) {
    await requireCode(provider, address, name, network);
  }
  return deployment;
}

/**
 * The deployment that a fork has taken over, whatever its network was called: the one saved for its chain whose pool is there.
 * @throws UserError if there is none, or several.
 */
export async function findDeployment(provider: Provider, directory = ROOT): Promise<Deployment> {
  const chainId = Number((await provider.getNetwork()).chainId);
  const suffix = `-${chainId}.json`;
  const files = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(suffix)).toSorted();
  const found: Deployment[] = [];
  for (const name of files) {
    const deployment = parseDeployment(name, await readFile(path.join(directory, name), "utf8"));
    const isThere = (await provider.getCode(deployment.contracts.pool)) !== "0x";
    if (isThere && deployment.chainId === chainId) found.push(deployment);
  }
  const [deployment, ...others] = found;
  if (deployment === undefined) {
    throw new UserError(`no deployment that is saved here for chain ${chainId} is on the fork`);
  }
  if (others.length > 0) {
    const names = found.map(({ network }) => network).join(", ");
    throw new UserError(`several deployments are on the fork: ${names}; keep one in BREAKWATER_DEPLOYMENTS`);
  }
  return loadDeployment(deployment.network, provider, directory);
}

/**
 * Makes sure that a Breakwater pool answers at an address.
 * @throws UserError if there is no code, or something else.
 */
export async function requirePool(provider: Provider, address: string, network: string): Promise<void> {
  if (!isAddress(address)) throw new UserError(`"${address}" is not an address`);
  await requireCode(provider, address, "pool", network);
  const pool = new Contract(
    address,
    [
      "function liquidationModule() view returns (address)",
      "function adminModule() view returns (address)",
      "function asset() view returns (address)",
      "function totals() view returns (uint256, uint256, uint256, uint256)",
    ],
    provider,
  );
  try {
    for (const name of ["liquidationModule", "adminModule", "asset", "totals"]) {
      await pool.getFunction(name).staticCall();
    }
  } catch (error) {
    throw new UserError(`${address} on ${network} is not a Breakwater pool`, { cause: error });
  }
}

async function requireCode(provider: Provider, address: string, name: string, network: string): Promise<void> {
  if ((await provider.getCode(address)) !== "0x") return;
  throw new UserError(
    `nothing is deployed at the ${name}'s address ${address} on ${network}: ` +
      `was the node restarted? Run npx hardhat deploy --network ${network}`,
  );
}

function parseDeployment(file: string, text: string): Deployment {
  const damaged = (reason: string) => new UserError(`${file} is damaged (${reason}): deploy again`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged("not JSON");
  }
  if (typeof value !== "object" || value === null) throw damaged("not an object");
  const deployment = value as Partial<Deployment>; // every field used is checked below
  if (deployment.version !== 1) throw damaged("unknown version");
  if (typeof deployment.chainId !== "number") throw damaged("no chainId");
  const contracts: Readonly<Record<string, unknown>> = deployment.contracts ?? {};
  const addresses = [
    ...Object.values(contracts),
    ...CONTRACTS.map((name) => contracts[name]),
    deployment.loan?.token,
    ...(Array.isArray(deployment.collaterals) ? deployment.collaterals : [undefined]).map(
      (collateral: Partial<DeployedCollateral> | undefined) => collateral?.token,
    ),
  ];
  if (!addresses.every((address) => isAddress(address))) throw damaged("an address is missing");
  return deployment as Deployment;
}

const CONTRACTS = [
  "accessManager",
  "oracle",
  "interestRateModel",
  "fixedBonusCurve",
  "dutchCurve",
  "liquidationModule",
  "adminModule",
  "pool",
  "leverageRouter",
] as const satisfies readonly (keyof Deployment["contracts"])[];
