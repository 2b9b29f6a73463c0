import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  answer8,
  expectWithinBps,
  feedAndTwap,
  PoolMode,
  TICK_2000,
  twoFeedsAndTwap,
  usdcPerWeth36,
} from "../../shared/oracle-fixtures.ts";

/** ± 5 %, one point more each minute. */
const BAND_BPS = 500n;
const WINDOW_MINUTES = 30;
const TICKS_TO_40_PERCENT_LESS = Math.round(Math.log(0.6) / Math.log(1.0001));

describe("PriceOracle: the band around the TWAP", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(feedAndTwap);

  const twapOf = async ({ oracle, wethAddress }: Awaited<ReturnType<typeof feedAndTwap>>) =>
    (await oracle.sourcesOf(wethAddress)).at(-1)?.price36 as bigint;
  const lowerBound = (twap36: bigint, bps: bigint) => (twap36 * (10_000n - bps)) / 10_000n;
  const upperBound = (twap36: bigint, bps: bigint) => (twap36 * (10_000n + bps)) / 10_000n;

  describe("#liquidationPrice", () => {
    it("is the feed while that is in the band", async () => {
      const sources = await load();
      const { oracle, wethAddress, feed } = sources;
      for (const dollars of [1_900, 1_999.9, 2_000, 2_099]) {
        await feed.setAnswer(answer8(dollars));
        expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(dollars));
      }
    });

    it("is the band's edge beyond it, on both sides", async () => {
      const sources = await load();
      const { oracle, wethAddress, feed } = sources;
      const twap = await twapOf(sources);
      await feed.setAnswer(answer8(1_000));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(lowerBound(twap, BAND_BPS));
      await feed.setAnswer(answer8(4_000));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(upperBound(twap, BAND_BPS));
    });

    it("does not fall below zero when the band is wider than the price", async () => {
      const { oracle, wethAddress, feed, pass, market } = await load();
      await oracle.setMarket(wethAddress, market(1, { bandWidenBpsPerMinute: 5_000n }));
      await feed.setAnswer(1);
      await pass(12n);
      await oracle.poke(wethAddress);
      await pass(300n);
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1e-8));
    });
  });

  describe("a wick: one bad answer, then the old price again", () => {
    it("moves the price by the band and no further, and leaves no trace after an in-band poke", async () => {
      const sources = await load();
      const { oracle, wethAddress, feed, pass } = sources;
      const twap = await twapOf(sources);
      await pass(12n);
      await feed.setAnswer(answer8(1_200));
      await oracle.poke(wethAddress);
      await pass(59n);
      expectWithinBps(await oracle.liquidationPrice(wethAddress), lowerBound(twap, BAND_BPS + 98n), 0.1);
      await feed.setAnswer(answer8(2_000));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(2_000));
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(0n);
      // The next wick starts at the base width.
      await pass(3_000n);
      await feed.setAnswer(answer8(1_200));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(lowerBound(twap, BAND_BPS));
    });

    it("that nobody pokes moves the price by the band and no further, however long it lasts", async () => {
      const sources = await load();
      const { oracle, wethAddress, feed, pass } = sources;
      const twap = await twapOf(sources);
      await feed.setAnswer(answer8(1_200));
      await pass(3_000n);
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(lowerBound(twap, BAND_BPS));
    });
  });

  describe("a crash: 40 % down, and it stays", () => {
    it("is followed within 17 minutes as the pool's own average comes down and the band widens", async () => {
      const { oracle, wethAddress, feed, pool, pass, usdcFeed } = await load();
      const low = usdcPerWeth36(1_200);
      const prices: bigint[] = [];
      for (let minute = 0; minute <= 17; ++minute) {
        // A mean over 30 minutes, of which `minute` are at the new price.
        const share = minute / WINDOW_MINUTES;
        await pool.setTick(TICK_2000 + BigInt(Math.round(TICKS_TO_40_PERCENT_LESS * share)));
        await usdcFeed.setAnswer(answer8(1));
        await feed.setAnswer(answer8(1_200));
        await oracle.poke(wethAddress);
        prices.push(await oracle.liquidationPrice(wethAddress));
        await pass(60n);
      }
      expectWithinBps(prices[0], usdcPerWeth36(1_900), 5);
      for (let i = 1; i < prices.length; ++i) expect(prices[i] <= prices[i - 1], `minute ${i}`).to.equal(true);
      expect(prices[10] > low).to.equal(true);
      expect(prices[17]).to.equal(low);
    });

    it("is followed by the widening alone where the pool stands still", async () => {
      const sources = await load();
      const { oracle, wethAddress, feed, pass } = sources;
      await pass(12n);
      await feed.setAnswer(answer8(1_200));
      await oracle.poke(wethAddress);
      await pass(34n * 60n);
      expect(await oracle.liquidationPrice(wethAddress)).to.be.greaterThan(usdcPerWeth36(1_200));
      await pass(60n);
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1_200));
    });
  });

  describe("the clock", () => {
    it("starts at the first diverged poke, not at the divergence and not at later pokes", async () => {
      const { oracle, wethAddress, feed, pass, networkHelpers } = await load();
      await pass(12n);
      await feed.setAnswer(answer8(1_200));
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(0n);
      await oracle.poke(wethAddress);
      const start = BigInt(await networkHelpers.time.latest());
      for (let i = 0; i < 5; ++i) {
        await pass(60n);
        await oracle.poke(wethAddress);
        expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(start);
      }
    });

    it("is the same whether the asset is poked once or every twelve seconds", async () => {
      const { oracle, wethAddress, feed, pass, twin, market } = await load();
      const other = await twin(market(1));
      await pass(12n);
      await feed.setAnswer(answer8(1_200));
      await oracle.poke(wethAddress);
      await other.poke(wethAddress);
      for (let i = 0; i < 50; ++i) {
        await pass(11n);
        await oracle.poke(wethAddress);
      }
      const [often, once] = [await oracle.snapshotOf(wethAddress), await other.snapshotOf(wethAddress)];
      expect(once.divergenceStart - often.divergenceStart).to.equal(1n); // one block apart
      const widenedPerSecond =
        (await oracle.liquidationPrice(wethAddress)) - (await other.liquidationPrice(wethAddress));
      expect(widenedPerSecond).to.be.within(-usdcPerWeth36(0.4), 0n); // that second's widening: 2 bps of 2000
    });

    it("does not stop when the feed falls silent, nor when the pool does, and each resumes where it was", async () => {
      const { oracle, wethAddress, feed, pool, pass, networkHelpers } = await load();
      await pass(12n);
      await feed.setAnswer(answer8(1_200));
      await oracle.poke(wethAddress);
      const start = BigInt(await networkHelpers.time.latest());
      await feed.setMode(1);
      await pass(60n);
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(start);
      await feed.setMode(0);
      await pool.setMode(PoolMode.Reverting);
      await pass(60n);
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(start);
      await pool.setMode(PoolMode.Normal);
      await pass(60n);
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(start);
    });

    it("is not ended by a sample that is inside the widened band, but outside the base band", async () => {
      const { oracle, wethAddress, feed, pass } = await load();
      await pass(12n);
      await feed.setAnswer(answer8(1_200));
      await oracle.poke(wethAddress);
      await pass(1_200n); // ± 25 %
      await feed.setAnswer(answer8(1_800)); // − 10 %
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1_800));
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.be.greaterThan(0n);
    });

    it("runs on through a change of sides", async () => {
      const { oracle, wethAddress, feed, pass } = await load();
      await pass(12n);
      await feed.setAnswer(answer8(1_200));
      await oracle.poke(wethAddress);
      const { divergenceStart } = await oracle.snapshotOf(wethAddress);
      await pass(60n);
      await feed.setAnswer(answer8(3_000));
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(divergenceStart);
    });
  });

  describe("the upper clamp", () => {
    it("is void while two feeds confirm each other (CAPO, March 2026)", async () => {
      const { oracle, wethAddress, feeds } = await connection.networkHelpers.loadFixture(twoFeedsAndTwap);
      for (const feed of feeds) await feed.setAnswer(answer8(3_000));
      await feeds[1].setAnswer(answer8(3_060)); // 2 % apart
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(3_000));
    });

    it("holds while they do not", async () => {
      const sources = await connection.networkHelpers.loadFixture(twoFeedsAndTwap);
      const { oracle, wethAddress, feeds } = sources;
      await feeds[0].setAnswer(answer8(3_000));
      await feeds[1].setAnswer(answer8(3_061)); // 2.03 %
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(upperBound(await twapOf(sources), BAND_BPS));
    });

    it("holds while the second is stale", async () => {
      const sources = await connection.networkHelpers.loadFixture(twoFeedsAndTwap);
      const { oracle, wethAddress, feeds } = sources;
      for (const feed of feeds) await feed.setAnswer(answer8(3_000));
      await feeds[1].setRound(answer8(3_000), 1, 1);
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(upperBound(await twapOf(sources), BAND_BPS));
    });

    it("the lower clamp holds although two feeds agree: it is what a wick must not pass", async () => {
      const sources = await connection.networkHelpers.loadFixture(twoFeedsAndTwap);
      const { oracle, wethAddress, feeds } = sources;
      for (const feed of feeds) await feed.setAnswer(answer8(1_000));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(lowerBound(await twapOf(sources), BAND_BPS));
    });
  });
});
