import { expect } from "chai";
import { encodeBytes32String, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  answer8,
  deployOracleSources,
  feedAndTwap,
  HEARTBEAT,
  Status,
  TICK_2000,
  usdcPerWeth36,
} from "../../shared/oracle-fixtures.ts";

describe("PriceOracle: the quote asset, and storage", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployOracleSources);

  describe("#setQuoteFeeds", () => {
    it("reverts when there are four", async () => {
      const { oracle, feedAddresses } = await load();
      const feed = { source: feedAddresses[0], heartbeat: HEARTBEAT };
      await expect(oracle.setQuoteFeeds([feed, feed, feed, feed]))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("feeds"), 4);
    });

    it("reverts when one does not answer, or two disagree", async () => {
      const { oracle, usdcAddress, usdcFeed, feedAddresses, feeds } = await load();
      const usdc = { source: await usdcFeed.getAddress(), heartbeat: HEARTBEAT };
      const eth = { source: feedAddresses[0], heartbeat: HEARTBEAT };
      await expect(oracle.setQuoteFeeds([usdc, eth]))
        .to.be.revertedWithCustomError(oracle, "OracleSourcesDisagree")
        .withArgs(usdcAddress, 10n ** 18n, 2_000n * 10n ** 18n);
      await feeds[0].setAnswer(-1);
      await expect(oracle.setQuoteFeeds([usdc, eth]))
        .to.be.revertedWithCustomError(oracle, "OracleFeedRejected")
        .withArgs(feedAddresses[0], Status.Invalid);
    });

    it("taken away: feeds in their unit have no price, rather than another", async () => {
      const { oracle, wethAddress } = await connection.networkHelpers.loadFixture(feedAndTwap);
      await expect(oracle.setQuoteFeeds([])).to.emit(oracle, "QuoteConfigured").withArgs([]);
      expect((await oracle.sourcesOf(wethAddress))[0].status).to.equal(Status.QuoteUnavailable);
    });

    it("two of them: credit at the higher, health at the first that is fresh", async () => {
      const { oracle, wethAddress, market, ethers, usdcFeed, feed, pool } = await load();
      const second = await ethers.deployContract("MockAggregator", [18, "USDC / USD", 11n * 10n ** 17n]);
      const quotes = [await usdcFeed.getAddress(), await second.getAddress()];
      await oracle.setQuoteFeeds(quotes.map((source) => ({ source, heartbeat: HEARTBEAT })));
      await oracle.setMarket(wethAddress, market(1, { twapPool: ZeroAddress, requiredSources: 1n }));
      await feed.setAnswer(answer8(1_100)); // below the slow average
      expect(await oracle.borrowPrice(wethAddress)).to.equal(usdcPerWeth36(1_000));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1_100));
      await usdcFeed.setAnswer(0);
      expect(await oracle.borrowPrice(wethAddress)).to.equal(usdcPerWeth36(1_000));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1_000));
      expect(await pool.tick()).to.equal(TICK_2000); // unused here
    });

    it("one in other decimals is left out from the next poke on", async () => {
      const { oracle, wethAddress, usdcFeed, pass } = await connection.networkHelpers.loadFixture(feedAndTwap);
      await usdcFeed.redenominate(6);
      await pass(12n);
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).brokenFeeds).to.equal(8n);
      expect((await oracle.sourcesOf(wethAddress))[0].status).to.equal(Status.QuoteUnavailable);
    });
  });

  describe("storage", () => {
    it("holds a market's memory in one slot, with the last valid price", async () => {
      const { oracle, wethAddress, ethers, networkHelpers } = await connection.networkHelpers.loadFixture(feedAndTwap);
      const SNAPSHOTS = 3n; // after the authority, the list of assets and the configurations
      const base = BigInt(
        ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [wethAddress, SNAPSHOTS])),
      );
      const address = await oracle.getAddress();
      const word = async (slot: bigint) => BigInt(await ethers.provider.getStorage(address, slot));
      const now = BigInt(await networkHelpers.time.latest());
      const memory = await word(base);
      expect(BigInt.asIntN(21, memory)).to.equal(TICK_2000);
      expect(BigInt.asIntN(41, memory >> 21n)).to.equal(TICK_2000 * 10n ** 6n);
      expect(BigInt.asUintN(32, memory >> 62n)).to.equal(0n);
      expect(BigInt.asUintN(32, memory >> 94n)).to.equal(now);
      expect(BigInt.asUintN(10, memory >> 126n)).to.equal(0b0_0_1_1_000000n); // not stale, no sum of ticks, an average, a TWAP, no broken feed
      expect(BigInt.asUintN(56, memory >> 136n)).to.equal(0n);
      expect(BigInt.asUintN(57, memory >> 192n) * 10n ** (memory >> 249n)).to.equal(usdcPerWeth36(2_000));
      expect(await word(base + 1n)).to.equal(0n); // shares only
    });
  });
});
