import type { NetworkConnection } from "hardhat/types/network";

import { weakPartOf } from "./defences.ts";
import { answer8, deployOracleSources, TICK_2000 } from "./oracle-fixtures.ts";
import { activePool, deployPool, type PoolOptions } from "./pool-fixtures.ts";

/** By how many ticks a price that is multiplied by this moves. */
export function ticksOf(factor: number): number {
  return Math.round(Math.log(factor) / Math.log(1.0001));
}

/**
 * `activePool` on a real oracle with so many feeds and a TWAP, all of which say 2,000; or on a weak oracle that stands before
 * it. `lender` alone, if it is not to be in use.
 */
async function onOracle(connection: NetworkConnection, options: PoolOptions, feeds: number, inUse = true) {
  const s = await deployOracleSources(connection);
  await s.oracle.setMarket(s.wethAddress, s.market(feeds));
  const tokens = { loanToken: s.usdcAddress, collateralTokens: [s.wethAddress] };
  const p = await (inUse ? activePool(connection, tokens) : deployPool(connection, tokens));
  const real = await s.oracle.getAddress();
  const oracle =
    options.without === undefined
      ? real
      : await (await connection.ethers.deployContract(weakPartOf(options.without).contract, [real])).getAddress();
  await p.admin.setOracle(oracle);
  /** The market trades at so many times 2,000, long enough for every average but the slow one. */
  const trade = (factor: number) => s.pool.setTick(Number(TICK_2000) + ticksOf(factor));
  const feedSays = (dollars: number) => s.feed.setAnswer(answer8(dollars));
  return { ...p, sources: s, trade, feedSays };
}

export type OraclePool = Awaited<ReturnType<typeof onOracle>>;

export function oneFeedPool(connection: NetworkConnection, options: PoolOptions) {
  return onOracle(connection, options, 1);
}

export function twoFeedPool(connection: NetworkConnection, options: PoolOptions) {
  return onOracle(connection, options, 2);
}

/** Nobody but `lender`, who has lent 100,000. */
export async function quietOraclePool(connection: NetworkConnection, options: PoolOptions) {
  const p = await onOracle(connection, options, 1, false);
  await p.pool.connect(p.lender).deposit(100_000n * p.unit, p.lender.address);
  return p;
}
