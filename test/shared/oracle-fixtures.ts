import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { expect } from "chai";
import { ContractFactory, ZeroAddress, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

/** As `FeedReader.Status`. */
export const Status = {
  Ok: 0n,
  Absent: 1n,
  Reverted: 2n,
  Invalid: 3n,
  Incomplete: 4n,
  Stale: 5n,
  FromTheFuture: 6n,
  WrongDecimals: 7n,
  SequencerDown: 8n,
  Locked: 9n,
  QuoteUnavailable: 10n,
} as const;

/** As `MockAggregator.Mode`. */
export const FeedMode = { Normal: 0, Reverting: 1, GasBomb: 2, ShortAnswer: 3, LongAnswer: 4 } as const;
/** As `MockObservations.Mode`. */
export const PoolMode = { Normal: 0, Reverting: 1, GasBomb: 2, ShortAnswer: 3, OddLayout: 4 } as const;

export const HEARTBEAT = 3_600n;
export const MINUTE = 60n;
/** ln(2000e6 / 1e18) / ln(1.0001): the pool's tick at 2000 USDC per WETH. */
export const TICK_2000 = -200_312n;

/** USDC base units per WETH base unit, 36-decimal scale. */
export function usdcPerWeth36(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e8)) * 10n ** 16n;
}

/** An answer with 8 decimals. */
export function answer8(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e8));
}

/** Asserts |actual − expected| ≤ expected · toleranceBps / 10⁴. */
export function expectWithinBps(actual: bigint, expected: bigint, toleranceBps: number, what = "value"): void {
  const distance = actual > expected ? actual - expected : expected - actual;
  const close = distance * 10n ** 10n <= expected * BigInt(Math.round(toleranceBps * 1e6));
  expect(close, `${what}: ${actual} is not within ${toleranceBps} bps of ${expected}`).to.equal(true);
}

export async function deployAccessManager(admin: Signer) {
  const manager = await new ContractFactory(accessManagerArtifact.abi, accessManagerArtifact.bytecode, admin).deploy(
    await admin.getAddress(),
  );
  return manager.getAddress();
}

/**
 * Every source that a WETH market in USDC may have, all at 2000, and an oracle whose quote feed is set.
 *
 * @param oracleName `PriceOracle`, or a copy of it that lacks something.
 */
export async function deployOracleSources(connection: NetworkConnection, oracleName = "PriceOracle") {
  const { ethers, networkHelpers } = connection;
  const [governor, stranger] = await ethers.getSigners();
  const authority = await deployAccessManager(governor);
  const usdc = await ethers.deployContract("MockERC20", ["USD Coin", "USDC", 6]);
  const weth = await ethers.deployContract("MockERC20", ["Ether", "WETH", 18]);
  const [usdcAddress, wethAddress] = await Promise.all([usdc.getAddress(), weth.getAddress()]);
  const newFeed = (name: string) => ethers.deployContract("MockAggregator", [8, `ETH / USD, ${name}`, answer8(2_000)]);
  const feeds = [await newFeed("first"), await newFeed("second"), await newFeed("third")];
  const usdcFeed = await ethers.deployContract("MockAggregator", [8, "USDC / USD", answer8(1)]);
  const pool = await ethers.deployContract("MockObservations", [wethAddress, usdcAddress, TICK_2000]);
  const deployed = await ethers.deployContract(oracleName, [usdcAddress, authority]);
  const oracle = await ethers.getContractAt("PriceOracle", await deployed.getAddress());
  await oracle.setQuoteFeeds([{ source: await usdcFeed.getAddress(), heartbeat: HEARTBEAT }]);

  const feedAddresses = await Promise.all(feeds.map((feed) => feed.getAddress()));
  const poolAddress = await pool.getAddress();
  /** Configuration with the first `feedCount` feeds; everything else as given. */
  const market = (feedCount: number, changes: Partial<MarketInput> = {}): MarketInput => ({
    feeds: feedAddresses.slice(0, feedCount).map((source) => ({ source, heartbeat: HEARTBEAT })),
    feedsInQuote: false,
    twapPool: poolAddress,
    twapWindow: 1_800n,
    snapshotMaxAge: 0n,
    emaTimeConstant: 3_600n,
    bandBps: 500n,
    bandWidenBpsPerMinute: 100n,
    requiredSources: 2n,
    ...changes,
  });
  /** Another oracle on the same sources, to compare two histories of poking. */
  const twin = async (config: MarketInput) => {
    const other = await ethers.deployContract("PriceOracle", [usdcAddress, authority]);
    await other.setQuoteFeeds([{ source: await usdcFeed.getAddress(), heartbeat: HEARTBEAT }]);
    await other.setMarket(wethAddress, config);
    return other;
  };
  /** All feeds answer anew, so that none is stale. */
  const refresh = async (dollars: number) => {
    for (const feed of feeds) await feed.setAnswer(answer8(dollars));
    await usdcFeed.setAnswer(answer8(1));
  };
  /** Mines a block this much later. */
  const pass = (seconds: bigint) => networkHelpers.time.increase(seconds);
  return {
    ...{ connection, ethers, networkHelpers, governor, stranger, authority, usdc, weth, usdcAddress, wethAddress },
    ...{ feeds, feed: feeds[0], feedAddresses, usdcFeed, pool, poolAddress, oracle, market, twin, refresh, pass },
  };
}

export interface MarketInput {
  feeds: { source: string; heartbeat: bigint }[];
  feedsInQuote: boolean;
  twapPool: string;
  twapWindow: bigint;
  snapshotMaxAge: bigint;
  emaTimeConstant: bigint;
  bandBps: bigint;
  bandWidenBpsPerMinute: bigint;
  requiredSources: bigint;
}

/** One feed and a TWAP, both required. */
export async function feedAndTwap(connection: NetworkConnection) {
  const sources = await deployOracleSources(connection);
  await sources.oracle.setMarket(sources.wethAddress, sources.market(1));
  return sources;
}

/** One feed alone. */
export async function feedOnly(connection: NetworkConnection) {
  const sources = await deployOracleSources(connection);
  const config = sources.market(1, { twapPool: ZeroAddress, requiredSources: 1n });
  await sources.oracle.setMarket(sources.wethAddress, config);
  return sources;
}

/** A TWAP alone. */
export async function twapOnly(connection: NetworkConnection) {
  const sources = await deployOracleSources(connection);
  await sources.oracle.setMarket(sources.wethAddress, sources.market(0, { requiredSources: 1n }));
  return sources;
}

/** Two feeds and a TWAP. */
export async function twoFeedsAndTwap(connection: NetworkConnection) {
  const sources = await deployOracleSources(connection);
  await sources.oracle.setMarket(sources.wethAddress, sources.market(2));
  return sources;
}

/** Three feeds and a TWAP. */
export async function threeFeedsAndTwap(connection: NetworkConnection) {
  const sources = await deployOracleSources(connection);
  await sources.oracle.setMarket(sources.wethAddress, sources.market(3));
  return sources;
}
