import { expect } from "chai";
import { encodeBytes32String, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  answer8,
  deployOracleSources,
  feedAndTwap,
  FeedMode,
  HEARTBEAT,
  PoolMode,
  Status,
  TICK_2000,
  usdcPerWeth36,
  type MarketInput,
} from "../../shared/oracle-fixtures.ts";

describe("PriceOracle: configuration", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployOracleSources);

  describe("#constructor", () => {
    it("reverts when the quote asset has more than 27 decimals", async () => {
      const { ethers, authority, oracle } = await load();
      const odd = await ethers.deployContract("MockERC20", ["Odd", "ODD", 28]);
      const factory = await ethers.getContractFactory("PriceOracle");
      await expect(factory.deploy(await odd.getAddress(), authority))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("quoteDecimals"), 28);
    });

    it("keeps the quote asset and the authority", async () => {
      const { oracle, usdcAddress, authority } = await load();
      expect(await oracle.quoteAsset()).to.equal(usdcAddress);
      expect(await oracle.authority()).to.equal(authority);
    });
  });

  describe("every setter", () => {
    it("reverts when the caller has no role", async () => {
      const { oracle, stranger, wethAddress, market } = await load();
      const outsider = oracle.connect(stranger);
      for (const call of [
        () => outsider.setMarket(wethAddress, market(1)),
        () => outsider.setShare(wethAddress, 10),
        () => outsider.setQuoteFeeds([]),
        () => outsider.setSequencer(ZeroAddress, 0),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(oracle, "AccessManagedUnauthorized")
          .withArgs(stranger.address);
      }
    });
  });

  describe("#setMarket", () => {
    const ranges: readonly [field: keyof MarketInput, parameter: string, values: readonly bigint[]][] = [
      ["requiredSources", "requiredSources", [0n, 3n]], // there are two
      ["bandBps", "bandBps", [9n, 5_001n]],
      ["bandWidenBpsPerMinute", "bandWidenBpsPerMinute", [0n, 5_001n]],
      ["emaTimeConstant", "emaTimeConstant", [599n, 604_801n]],
      ["snapshotMaxAge", "snapshotMaxAge", [3_601n]],
      ["twapWindow", "twapWindow", [59n, 86_401n]],
    ];
    for (const [field, parameter, values] of ranges) {
      for (const value of values) {
        it(`reverts when ${field} is ${value}`, async () => {
          const { oracle, wethAddress, market } = await load();
          await expect(oracle.setMarket(wethAddress, market(1, { [field]: value })))
            .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
            .withArgs(encodeBytes32String(parameter), value);
        });
      }
    }

    it("takes the ends of every range", async () => {
      const { oracle, wethAddress, market } = await load();
      const low = {
        bandBps: 10n,
        bandWidenBpsPerMinute: 1n,
        emaTimeConstant: 600n,
        snapshotMaxAge: 0n,
        twapWindow: 60n,
      };
      const high = {
        bandBps: 5_000n,
        bandWidenBpsPerMinute: 5_000n,
        emaTimeConstant: 604_800n,
        snapshotMaxAge: 3_600n,
        twapWindow: 86_400n,
      };
      for (const config of [market(1, low), market(3, { ...high, requiredSources: 4n })]) {
        await expect(oracle.setMarket(wethAddress, config)).to.emit(oracle, "MarketConfigured");
      }
    });

    it("reverts when the asset is the quote asset", async () => {
      const { oracle, usdcAddress, market } = await load();
      await expect(oracle.setMarket(usdcAddress, market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("asset"), usdcAddress);
    });

    it("reverts when there are four feeds", async () => {
      const { oracle, wethAddress, market } = await load();
      const config = market(3);
      await expect(oracle.setMarket(wethAddress, { ...config, feeds: [...config.feeds, config.feeds[0]] }))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("feeds"), 4);
    });

    it("reverts when the asset has more than 27 decimals", async () => {
      const { oracle, ethers, market } = await load();
      const odd = await ethers.deployContract("MockERC20", ["Odd", "ODD", 28]);
      await expect(oracle.setMarket(await odd.getAddress(), market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("decimals"), 28);
    });

    it("reverts when feeds are in the quote's unit and the quote has no feed", async () => {
      const { oracle, wethAddress, market } = await load();
      await oracle.setQuoteFeeds([]);
      await expect(oracle.setMarket(wethAddress, market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("quoteFeeds"), 0);
    });

    for (const heartbeat of [59n, 604_801n]) {
      it(`reverts when a heartbeat is ${heartbeat}`, async () => {
        const { oracle, wethAddress, market, feedAddresses } = await load();
        await expect(oracle.setMarket(wethAddress, market(1, { feeds: [{ source: feedAddresses[0], heartbeat }] })))
          .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
          .withArgs(encodeBytes32String("heartbeat"), heartbeat);
      });
    }

    it("reverts when a feed has more than 18 decimals", async () => {
      const { oracle, wethAddress, market, feed } = await load();
      await feed.setDecimals(19);
      await expect(oracle.setMarket(wethAddress, market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("feedDecimals"), 19);
    });

    it("reverts when a feed does not answer properly now", async () => {
      const { oracle, wethAddress, market, feed, feedAddresses } = await load();
      await feed.setAnswer(0);
      await expect(oracle.setMarket(wethAddress, market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleFeedRejected")
        .withArgs(feedAddresses[0], Status.Invalid);
      await feed.setMode(FeedMode.GasBomb);
      await expect(oracle.setMarket(wethAddress, market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleFeedRejected")
        .withArgs(feedAddresses[0], Status.Reverted);
    });

    it("reverts when the quote asset has no price now", async () => {
      const { oracle, wethAddress, market, usdcFeed, feedAddresses } = await load();
      await usdcFeed.setAnswer(0);
      await expect(oracle.setMarket(wethAddress, market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleFeedRejected")
        .withArgs(feedAddresses[0], Status.QuoteUnavailable);
    });

    it("reverts when a source is no feed at all", async () => {
      const { oracle, ethers, wethAddress, market, usdcAddress } = await load();
      const feeds = [{ source: usdcAddress, heartbeat: HEARTBEAT }];
      await expect(oracle.setMarket(wethAddress, market(1, { feeds }))).to.revert(ethers);
    });

    it("reverts when the pool is of other tokens", async () => {
      const { oracle, ethers, wethAddress, usdcAddress, market } = await load();
      const dai = await (await ethers.deployContract("MockERC20", ["Dai", "DAI", 18])).getAddress();
      for (const [token0, token1] of [
        [wethAddress, dai],
        [dai, wethAddress],
        [dai, usdcAddress],
        [usdcAddress, dai],
      ]) {
        const pool = await ethers.deployContract("MockObservations", [token0, token1, TICK_2000]);
        const twapPool = await pool.getAddress();
        await expect(oracle.setMarket(wethAddress, market(1, { twapPool })))
          .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
          .withArgs(encodeBytes32String("twapPool"), twapPool);
      }
    });

    it("reverts when the pool does not remember the window", async () => {
      const { oracle, wethAddress, market, pool, poolAddress } = await load();
      await pool.setMode(PoolMode.Reverting);
      await expect(oracle.setMarket(wethAddress, market(1)))
        .to.be.revertedWithCustomError(oracle, "OracleTwapUnavailable")
        .withArgs(poolAddress, 1_800n);
    });

    it("reverts when the pool's price is below the scale", async () => {
      const { oracle, wethAddress, market, pool, poolAddress } = await load();
      await pool.setTick(-887_272);
      await expect(oracle.setMarket(wethAddress, market(0, { requiredSources: 1n })))
        .to.be.revertedWithCustomError(oracle, "OracleTwapUnavailable")
        .withArgs(poolAddress, 1_800n);
    });

    it("reverts when feeds disagree: another asset's feed, or a missing leg", async () => {
      const { oracle, wethAddress, market, feeds } = await load();
      await feeds[1].setAnswer(answer8(2_400.1));
      await expect(oracle.setMarket(wethAddress, market(2, { twapPool: ZeroAddress })))
        .to.be.revertedWithCustomError(oracle, "OracleSourcesDisagree")
        .withArgs(wethAddress, usdcPerWeth36(2_000), usdcPerWeth36(2_400.1));
      await feeds[1].setAnswer(answer8(2_400));
      await oracle.setMarket(wethAddress, market(2, { twapPool: ZeroAddress }));
    });

    it("reverts when feed and pool disagree: the feed of the inverse, or other decimals than it says", async () => {
      const { oracle, wethAddress, market, feed } = await load();
      for (const answer of [answer8(1 / 2_000), answer8(2_000) * 10n, answer8(2_000) / 10n]) {
        await feed.setAnswer(answer);
        await expect(oracle.setMarket(wethAddress, market(1))).to.be.revertedWithCustomError(
          oracle,
          "OracleSourcesDisagree",
        );
      }
    });

    it("shows what it accepted, and remembers a first price", async () => {
      const { oracle, wethAddress, market, feedAddresses, networkHelpers } = await load();
      const transaction = oracle.setMarket(wethAddress, market(1));
      await expect(transaction)
        .to.emit(oracle, "FeedAccepted")
        .withArgs(feedAddresses[0], "ETH / USD, first", 8, 2_000n * 10n ** 18n);
      await expect(transaction)
        .to.emit(oracle, "Poked")
        .withArgs(wethAddress, (head: bigint) => BigInt.asIntN(21, head) === TICK_2000);
      const now = BigInt(await networkHelpers.time.latest());
      const snapshot = await oracle.snapshotOf(wethAddress);
      expect([...snapshot]).to.deep.equal([
        ...[true, TICK_2000, TICK_2000 * 10n ** 6n], // TWAP and slow average
        ...[0n, now, 0n], // no divergence, no broken feed
        ...[usdcPerWeth36(2_000), now],
        ...[0n, 0n], // not a share
      ]);
    });

    it("does not set back a running divergence, but ends it when the new sources agree", async () => {
      const { oracle, wethAddress, market, feed, pass, networkHelpers } =
        await connection.networkHelpers.loadFixture(feedAndTwap);
      await feed.setAnswer(answer8(1_800));
      await pass(12n);
      await oracle.poke(wethAddress);
      const start = BigInt(await networkHelpers.time.latest());
      await pass(60n);
      await oracle.setMarket(wethAddress, market(1, { bandBps: 400n }));
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(start);
      await oracle.setMarket(wethAddress, market(1, { bandBps: 1_100n }));
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(0n);
    });
  });
});
