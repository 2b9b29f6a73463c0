import { getAddress, isAddress, type BaseContractMethod, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { invert, priceOfSqrt, toFixedPoint } from "../../sim/market/uniswap-math.ts";
import { readSlot0 } from "../../sim/market/uniswap-pool.ts";
import { findGovernance, interfacesOf } from "../../sim/protocols/refresh-risk.ts";
import { UserError } from "../../sim/user-error.ts";
import { chooseCollateral } from "./choose-collateral.ts";
import { decodeRevert } from "./decode-revert.ts";
import { openSystem } from "./system.ts";

const WAD = 10n ** 18n;
/** How long a transaction may wait to be mined. [s] */
const PATIENCE = 1_800n;
/**
 * What an estimate may miss in a pool with a risk engine: a snapshot gets too old while the transaction waits. Refreshing
 * one costs some 300k; sources are asked only with gas to spare.
 */
export const REFRESH_GAS = 700_000n;
/** Errors of the router that say: the market is worse than the limit. */
const SLIPPAGE = /^Router(CollateralOutTooLow|LoanInTooHigh|LoanOutTooLow|CollateralInTooHigh)/;

/** Everything that `loop` and `unwind` work with, checked to be there. */
export type LeverageSession = Awaited<ReturnType<typeof openLeverageSession>>;

/**
 * Finds the deployment (or deploys the demo on the in-process chain), the account and the market.
 * @param account Address or number of one of the network's accounts; empty: the first.
 * @param asset Symbol or address of a collateral; empty: the first.
 * @throws UserError if any of them is not there. Sends no transaction, except to deploy the demo in process.
 */
export async function openLeverageSession(
  hre: HardhatRuntimeEnvironment,
  choice: { readonly account: string; readonly asset: string },
  report?: (line: string) => void,
) {
  await hre.tasks.getTask("build").run({ quiet: true });
  const { connection, deployment } = await openSystem(hre, report);
  const { ethers } = connection;
  const signer = await chooseSigner(connection, choice.account);
  const entry = chooseCollateral(deployment, choice.asset);
  if (entry.uniswapPool === undefined) {
    throw new UserError(`the deployment knows no Uniswap pool to trade ${entry.symbol} in`);
  }
  const pool = await ethers.getContractAt("LendingPool", deployment.contracts.pool, signer);
  return {
    connection,
    deployment,
    entry,
    signer,
    pool,
    venue: entry.uniswapPool,
    governance: await findGovernance(connection, deployment.contracts.pool, signer),
    account: await signer.getAddress(),
    router: await ethers.getContractAt("LeverageRouter", deployment.contracts.leverageRouter, signer),
    oracle: await ethers.getContractAt("IPriceOracle", (await pool.poolConfig()).oracle, signer),
    token: await ethers.getContractAt("MockERC20", entry.token, signer),
    market: {
      pool: deployment.contracts.pool,
      collateral: entry.token,
      venues: [entry.uniswapPool],
      middle: [] as string[],
    },
  };
}

/** Price of collateral in the market that the router trades in, before any fee. [36-decimal scale] */
export async function marketPrice36({ connection, venue, entry, deployment }: LeverageSession): Promise<bigint> {
  const price = priceOfSqrt((await readSlot0(connection.ethers.provider, venue)).sqrtPriceX96);
  return toFixedPoint(BigInt(entry.token) < BigInt(deployment.loan.token) ? price : invert(price), 36);
}

/** Worst price to accept when buying (`+1`) or selling (`-1`). */
export function limitPrice36(price36: bigint, slippageWad: bigint, side: 1 | -1): bigint {
  return (price36 * (WAD + BigInt(side) * slippageWad)) / WAD;
}

export async function deadline(session: LeverageSession): Promise<bigint> {
  return (await latestTimestamp(session)) + PATIENCE;
}

export async function latestTimestamp({ connection }: Pick<LeverageSession, "connection">): Promise<bigint> {
  const block = await connection.ethers.provider.getBlock("latest");
  if (block === null) throw new UserError(`${connection.networkName} has no blocks`);
  return BigInt(block.timestamp);
}

/** Sends a call of the router, with gas for refreshes that the pool has to do by itself if the call waits for long. */
export async function sendToRouter(
  session: LeverageSession,
  name: "open" | "close" | "increaseByRounds" | "reduceByRounds",
  args: readonly unknown[],
): Promise<{ wait(): Promise<unknown> }> {
  const method: BaseContractMethod = session.router.getFunction(name);
  const spare = REFRESH_GAS * (await countAging(session));
  if (spare === 0n) return method.send(...args);
  return method.send(...args, { gasLimit: (await method.estimateGas(...args)) + spare });
}

/** How many of the account's collaterals the engine will have to look at again while a transaction waits. */
async function countAging(session: LeverageSession): Promise<bigint> {
  const { governance, pool, account, entry } = session;
  if (governance === undefined) return 0n;
  const until = await deadline(session);
  const tokens = new Set([entry.token, ...(await pool.collateralsOf(account))]);
  const snapshots = await Promise.all([...tokens].map((token) => governance.risk.riskOf(token)));
  return BigInt(snapshots.filter(({ freshUntil }) => freshUntil !== 0n && freshUntil <= until).length);
}

/** Waits for a transaction; what the contracts answer to a mistake of the user becomes one line. */
export async function confirm(
  session: Pick<LeverageSession, "router" | "pool" | "oracle" | "governance">,
  sent: Promise<{ wait(): Promise<unknown> }>,
): Promise<void> {
  await explained(session, async () => (await sent).wait());
}

/** Runs a call and translates a typed error of ours into a `UserError`. */
export async function explained<T>(
  { router, pool, oracle, governance }: Pick<LeverageSession, "router" | "pool" | "oracle" | "governance">,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const reason = decodeRevert(error, [
      ...[router.interface, pool.interface, oracle.interface],
      ...(governance === undefined ? [] : interfacesOf(governance)),
    ]);
    if (reason === undefined) throw error;
    const hint = SLIPPAGE.test(reason) ? "; trade less, or allow more with --slippage" : "";
    throw new UserError(`refused by the contracts: ${reason}${hint}`, { cause: error });
  }
}

/**
 * Makes the router operator while `work` runs. The permission is taken back afterwards, whatever happened, unless it
 * was there before.
 */
export async function withOperator<T>(session: LeverageSession, work: () => Promise<T>): Promise<T> {
  const { pool, account, deployment } = session;
  const router = deployment.contracts.leverageRouter;
  if (await pool.isOperator(account, router)) return work();
  await confirm(session, pool.setOperator(router, true));
  try {
    return await work();
  } finally {
    await confirm(session, pool.setOperator(router, false));
  }
}

async function chooseSigner(connection: NetworkConnection, account: string): Promise<Signer> {
  const signers = await connection.ethers.getSigners();
  if (signers.length === 0) throw new UserError(`no account is configured for ${connection.networkName}`);
  if (account === "") return signers[0];
  const wanted = isAddress(account) ? getAddress(account) : undefined;
  const signer = wanted === undefined ? signers[indexOf(account)] : signers.find(({ address }) => address === wanted);
  if (signer === undefined) {
    const known = `${connection.networkName} has ${signers.length} accounts, numbered from 0`;
    throw new UserError(`--account ${account} is not there: ${known}`);
  }
  return signer;
}

function indexOf(account: string): number {
  if (!/^\d+$/.test(account)) throw new UserError(`--account must be an address or a number, got "${account}"`);
  return Number(account);
}
