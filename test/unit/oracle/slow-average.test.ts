import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { expectClose } from "../../shared/expect-close.ts";
import {
  answer8,
  expectWithinBps,
  feedAndTwap,
  feedOnly,
  PoolMode,
  TICK_2000,
  usdcPerWeth36,
} from "../../shared/oracle-fixtures.ts";

const TAU = 3_600n;
const E6 = 10n ** 6n;

describe("PriceOracle: memory", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(feedAndTwap);

  /** Ticks that the average has moved. */
  const moved = async ({ oracle, wethAddress }: Awaited<ReturnType<typeof feedAndTwap>>) =>
    Number((await oracle.snapshotOf(wethAddress)).emaTickE6 - TICK_2000 * E6) / 1e6;
  const expected = (ticks: number, seconds: bigint) => ticks * (1 - Math.exp(-Number(seconds) / Number(TAU)));

  describe("#poke", () => {
    it("within twelve seconds of the last does nothing and says nothing", async () => {
      const { oracle, wethAddress, feed, networkHelpers } = await load();
      const before = await oracle.snapshotOf(wethAddress);
      await feed.setAnswer(answer8(1_000));
      await networkHelpers.time.setNextBlockTimestamp(before.updatedAt + 11n);
      await expect(oracle.poke(wethAddress)).not.to.emit(oracle, "Poked");
      expect(await oracle.snapshotOf(wethAddress)).to.deep.equal(before);
      await networkHelpers.time.setNextBlockTimestamp(before.updatedAt + 12n);
      await expect(oracle.poke(wethAddress)).to.emit(oracle, "Poked");
    });

    it("is anybody's", async () => {
      const { oracle, wethAddress, stranger, pass } = await load();
      await pass(12n);
      await expect(oracle.connect(stranger).poke(wethAddress)).to.emit(oracle, "Poked");
    });

    it("remembers the last valid price, which survives pokes without any", async () => {
      const { oracle, wethAddress, feed, pool, pass, networkHelpers } = await load();
      await pass(12n);
      await feed.setAnswer(answer8(1_950));
      await oracle.poke(wethAddress);
      const valid = BigInt(await networkHelpers.time.latest());
      await feed.setAnswer(0);
      await pool.setMode(PoolMode.Reverting);
      await pass(12n);
      await oracle.poke(wethAddress);
      const snapshot = await oracle.snapshotOf(wethAddress);
      expect([snapshot.lastValidPrice36, snapshot.lastValidAt]).to.deep.equal([usdcPerWeth36(1_950), valid]);
      expect(snapshot.updatedAt).to.be.greaterThan(valid);
      expect([...(await oracle.liquidationPriceOrLast(wethAddress))]).to.deep.equal([usdcPerWeth36(1_950), false]);
    });
  });

  describe("the stored TWAP", () => {
    it("stands for the pool until it is older than the configured age", async () => {
      const { oracle, wethAddress, market, feed, pool, networkHelpers } = await load();
      await oracle.setMarket(wethAddress, market(1, { snapshotMaxAge: 60n }));
      const stored = (await oracle.snapshotOf(wethAddress)).updatedAt;
      await feed.setAnswer(answer8(1_000));
      await pool.setTick(TICK_2000 - 1_000n); // −9.5 %
      await networkHelpers.time.increaseTo(stored + 60n);
      expectWithinBps(await oracle.liquidationPrice(wethAddress), usdcPerWeth36(1_900), 1);
      await networkHelpers.time.increaseTo(stored + 61n);
      expectWithinBps(await oracle.liquidationPrice(wethAddress), usdcPerWeth36(1_719.2), 1);
    });

    it("is not used when the poke found none", async () => {
      const { oracle, wethAddress, market, pool, pass } = await load();
      await oracle.setMarket(wethAddress, market(1, { snapshotMaxAge: 3_600n }));
      await pool.setMode(PoolMode.Reverting);
      await pass(12n);
      await oracle.poke(wethAddress);
      await expect(oracle.borrowPrice(wethAddress))
        .to.be.revertedWithCustomError(oracle, "OracleInsufficientSources")
        .withArgs(wethAddress, 1, 2);
      expect((await oracle.snapshotOf(wethAddress)).hasTwap).to.equal(false);
    });
  });

  describe("the slow average", () => {
    it("moves by 1 − e^(−Δt/τ) of the way", async () => {
      for (const elapsed of [12n, 600n, 3_600n, 36_000n]) {
        const sources = await load();
        const { oracle, wethAddress, pool, networkHelpers } = sources;
        await pool.setTick(TICK_2000 + 10_000n);
        const { updatedAt } = await oracle.snapshotOf(wethAddress);
        await networkHelpers.time.setNextBlockTimestamp(updatedAt + elapsed);
        await oracle.poke(wethAddress);
        expectClose(await moved(sources), expected(10_000, elapsed), 1e-5);
      }
    });

    it("forgets everything after a very long silence, without overflow", async () => {
      const sources = await load();
      const { oracle, wethAddress, pool, networkHelpers } = sources;
      await pool.setTick(TICK_2000 - 50_000n);
      await networkHelpers.time.increase(100 * 365 * 86_400);
      await oracle.poke(wethAddress);
      expectClose(await moved(sources), -50_000, 1e-5);
    });

    it("is the same after one poke and after fifty", async () => {
      const sources = await load();
      const { oracle, wethAddress, pool, twin, market, networkHelpers } = sources;
      const other = await twin(market(1));
      const start = (await other.snapshotOf(wethAddress)).updatedAt;
      // The twin begins some blocks later; from here on both average the same.
      await networkHelpers.time.setNextBlockTimestamp(start + 12n);
      await oracle.poke(wethAddress);
      await networkHelpers.time.setNextBlockTimestamp(start + 13n);
      await other.poke(wethAddress);
      await pool.setTick(TICK_2000 + 4_000n);
      for (let i = 1n; i <= 50n; ++i) {
        await networkHelpers.time.setNextBlockTimestamp(start + 12n + i * 20n);
        await oracle.poke(wethAddress);
      }
      await networkHelpers.time.setNextBlockTimestamp(start + 13n + 1_000n);
      await other.poke(wethAddress);
      const [often, once] = [await oracle.snapshotOf(wethAddress), await other.snapshotOf(wethAddress)];
      // Both from 0 towards 4000 over 1000 s; each of fifty steps is rounded to 1e-6 ticks.
      expect(Number(often.emaTickE6 - once.emaTickE6)).to.be.within(-50, 50);
      expectClose(Number(once.emaTickE6 - TICK_2000 * E6) / 1e6, expected(4_000, 1_000n), 1e-4);
    });

    it("takes the feed where there is no pool", async () => {
      const { oracle, wethAddress, feed, networkHelpers } = await connection.networkHelpers.loadFixture(feedOnly);
      const { updatedAt, emaTickE6 } = await oracle.snapshotOf(wethAddress);
      expect(emaTickE6 / E6).to.equal(TICK_2000 + 1n); // rounded towards zero: 2000 is between the two ticks
      await feed.setAnswer(answer8(4_000));
      await networkHelpers.time.setNextBlockTimestamp(updatedAt + TAU / 2n);
      await oracle.poke(wethAddress);
      const now = await oracle.snapshotOf(wethAddress);
      const doubling = Math.log(2) / Math.log1p(1e-4);
      expectClose(Number(now.emaTickE6 - emaTickE6) / 1e6, expected(doubling, TAU / 2n), 1e-5);
    });

    it("takes the feed while the pool is silent, and nothing while both are", async () => {
      const sources = await load();
      const { oracle, wethAddress, feed, pool, pass } = sources;
      await pool.setMode(PoolMode.Reverting);
      await feed.setAnswer(answer8(2_200));
      await pass(TAU / 6n);
      await oracle.poke(wethAddress);
      const towardsFeed = await moved(sources);
      expectClose(towardsFeed, expected(Math.log(1.1) / Math.log1p(1e-4), TAU / 6n), 2);
      await feed.setAnswer(0);
      await pass(TAU / 6n);
      await oracle.poke(wethAddress);
      expect(await moved(sources)).to.equal(towardsFeed);
    });
  });

  describe("#borrowPrice", () => {
    // [feed in dollars, pool's ticks from 2000, slow average stays at 2000]: the lowest of the three
    const cases: readonly [name: string, feed: number, ticks: bigint, price: number, toleranceBps: number][] = [
      ["the feed, when that is lowest", 1_900, 0n, 1_900, 0],
      ["the TWAP, when that is lowest", 2_000, -500n, 1_902.37, 1],
      ["the slow average, when feed and TWAP have risen", 2_500, 2_000n, 1_999.84, 0.01],
      ["the slow average, not the feed's wick", 20_000, 2_000n, 1_999.84, 0.01],
      ["the TWAP, not the slow average that is still up", 1_500, -3_000n, 1_481.5, 1],
    ];
    for (const [name, feed, ticks, price, toleranceBps] of cases) {
      it(`is ${name}`, async () => {
        const sources = await load();
        await sources.feed.setAnswer(answer8(feed));
        await sources.pool.setTick(TICK_2000 + ticks);
        expectWithinBps(await sources.oracle.borrowPrice(sources.wethAddress), usdcPerWeth36(price), toleranceBps);
      });
    }

    it("with an average that nobody has poked for weeks is still at most the lower of feed and TWAP", async () => {
      const { oracle, wethAddress, pool, refresh, pass } = await load();
      await pass(30n * 86_400n);
      for (const [dollars, ticks] of [
        [1_000, -7_000n],
        [4_000, 7_000n],
        [1_000, 7_000n],
      ] as const) {
        await refresh(dollars);
        await pool.setTick(TICK_2000 + ticks);
        const [feed, twap] = (await oracle.sourcesOf(wethAddress)).map((source) => source.price36);
        const price = await oracle.borrowPrice(wethAddress);
        expect(price <= feed && price <= twap, `${dollars}`).to.equal(true);
      }
    });

    it("values the quote asset at what it costs now, never at an average: debt is not smoothed down", async () => {
      const { oracle, wethAddress, usdcFeed } = await load();
      await usdcFeed.setAnswer(answer8(1.25)); // what is owed has become dearer
      expect(await oracle.borrowPrice(wethAddress)).to.equal(usdcPerWeth36(1_600));
      await usdcFeed.setAnswer(answer8(0.5)); // or cheaper: the average holds
      expectWithinBps(await oracle.borrowPrice(wethAddress), usdcPerWeth36(1_999.84), 0.01);
    });
  });
});
