import { ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { weakPartOf } from "./defences.ts";
import { answer8, deployOracleSources, TICK_2000, type MarketInput } from "./oracle-fixtures.ts";
import { activePool, deployPool, type PoolOptions } from "./pool-fixtures.ts";

/** By how many ticks a price that is multiplied by this moves. */
export function ticksOf(factor: number): number {
  return Math.round(Math.log(factor) / Math.log(1.0001));
}

interface Setting {
  readonly feeds: number;
  /** What the market has else. */
  readonly changes?: Partial<MarketInput>;
  /** False: nobody uses the pool but `lender`. */
  readonly inUse?: boolean;
}

/**
 * `activePool` on a real oracle with so many feeds and a TWAP, all of which say 2,000; on a copy of it that lacks a check; or on
 * a weak oracle that stands before it.
 */
async function onOracle(connection: NetworkConnection, options: PoolOptions, setting: Setting) {
  const { feeds, changes = {}, inUse = true } = setting;
  const weak = options.without === undefined ? undefined : weakPartOf(options.without);
  const s = await deployOracleSources(connection, weak?.part === "priceOracle" ? weak.contract : undefined);
  await s.oracle.setMarket(s.wethAddress, s.market(feeds, changes));
  const tokens = { loanToken: s.usdcAddress, collateralTokens: [s.wethAddress] };
  const p = await (inUse ? activePool(connection, tokens) : deployPool(connection, tokens));
  const real = await s.oracle.getAddress();
  const oracle =
    weak?.part === "oracle" ? await (await connection.ethers.deployContract(weak.contract, [real])).getAddress() : real;
  await p.admin.setOracle(oracle);
  /** The market trades at so many times 2,000, long enough for every average but the slow one. */
  const trade = (factor: number) => s.pool.setTick(Number(TICK_2000) + ticksOf(factor));
  const feedSays = (dollars: number) => s.feed.setAnswer(answer8(dollars));
  return { ...p, sources: s, trade, feedSays };
}

export type OraclePool = Awaited<ReturnType<typeof onOracle>>;

export function oneFeedPool(connection: NetworkConnection, options: PoolOptions) {
  return onOracle(connection, options, { feeds: 1 });
}

/** One feed and nothing to compare it with: only what is wrong with its answer can speak against it. */
export function feedAlonePool(connection: NetworkConnection, options: PoolOptions) {
  return onOracle(connection, options, { feeds: 1, changes: { twapPool: ZeroAddress, requiredSources: 1n } });
}

export function twoFeedPool(connection: NetworkConnection, options: PoolOptions) {
  return onOracle(connection, options, { feeds: 2 });
}

/** Nobody but `lender`, who has lent 100,000. */
export async function quietOraclePool(connection: NetworkConnection, options: PoolOptions) {
  const p = await onOracle(connection, options, { feeds: 1, inUse: false });
  await p.pool.connect(p.lender).deposit(100_000n * p.unit, p.lender.address);
  return p;
}
