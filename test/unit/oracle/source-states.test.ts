import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  answer8,
  feedAndTwap,
  FeedMode,
  feedOnly,
  HEARTBEAT,
  PoolMode,
  Status,
  twapOnly,
  usdcPerWeth36,
} from "../../shared/oracle-fixtures.ts";

type Sources = Awaited<ReturnType<typeof feedAndTwap>>;
type Feed = Sources["feed"];

interface State {
  readonly name: string;
  readonly status: bigint;
  readonly apply: (feed: Feed, sources: Sources) => Promise<unknown>;
}

/** The pool's price at its tick, as the contract computes it; its exactness is judged in tick-price.test.ts. */
const TWAP36 = 1_999_840_305_617_526_509_300_572_676n;
/** What is remembered of it: 17 digits. */
const LAST_TWAP36 = 1_999_840_305_617_526_500_000_000_000n;
const FEED36 = usdcPerWeth36(2_000);

/** Every state in which a feed has no price. */
const BROKEN_FEEDS: readonly State[] = [
  { name: "zero", status: Status.Invalid, apply: (feed) => feed.setAnswer(0) },
  { name: "negative", status: Status.Invalid, apply: (feed) => feed.setAnswer(-1) },
  { name: "above 2^128", status: Status.Invalid, apply: (feed) => feed.setAnswer(2n ** 128n) },
  { name: "the lowest integer", status: Status.Invalid, apply: (feed) => feed.setAnswer(-(2n ** 255n)) },
  {
    name: "stale by a second",
    status: Status.Stale,
    apply: async (feed, { networkHelpers }) => {
      const now = BigInt(await networkHelpers.time.latest()) + 1n;
      await feed.setRound(answer8(2_000), now, now - HEARTBEAT - 1n);
    },
  },
  {
    name: "from the future",
    status: Status.FromTheFuture,
    apply: async (feed, { networkHelpers }) => {
      const now = BigInt(await networkHelpers.time.latest()) + 1n;
      await feed.setRound(answer8(2_000), now, now + 60n);
    },
  },
  { name: "a round without a time", status: Status.Incomplete, apply: (feed) => feed.setRound(answer8(2_000), 1, 0) },
  { name: "an answer carried over", status: Status.Incomplete, apply: (feed) => feed.setRoundsBehind(1) },
  { name: "reverting", status: Status.Reverted, apply: (feed) => feed.setMode(FeedMode.Reverting) },
  { name: "burning all gas", status: Status.Reverted, apply: (feed) => feed.setMode(FeedMode.GasBomb) },
  { name: "answering one word", status: Status.Reverted, apply: (feed) => feed.setMode(FeedMode.ShortAnswer) },
  { name: "answering 100 kB of zeros", status: Status.Incomplete, apply: (feed) => feed.setMode(FeedMode.LongAnswer) },
  {
    name: "without code",
    status: Status.Reverted,
    apply: async (feed, { networkHelpers }) => networkHelpers.setCode(await feed.getAddress(), "0x"),
  },
  {
    name: "in other decimals, found at the next poke",
    status: Status.WrongDecimals,
    apply: async (feed, { oracle, wethAddress, pass }) => {
      await feed.redenominate(18);
      await pass(12n);
      await oracle.poke(wethAddress);
    },
  },
];

/** States in which a feed is as good as new. */
const SOUND_FEEDS: readonly State[] = [
  { name: "new", status: Status.Ok, apply: (feed) => feed.setAnswer(answer8(2_000)) },
  {
    name: "exactly a heartbeat old",
    status: Status.Ok,
    apply: async (feed, { networkHelpers }) => {
      const now = BigInt(await networkHelpers.time.latest()) + 1n;
      await feed.setRound(answer8(2_000), now, now - HEARTBEAT);
    },
  },
];

const BROKEN_POOLS: readonly { name: string; apply: (pool: Sources["pool"]) => Promise<unknown>; status?: bigint }[] = [
  { name: "reverting", apply: (pool) => pool.setMode(PoolMode.Reverting) },
  { name: "burning all gas", apply: (pool) => pool.setMode(PoolMode.GasBomb) },
  { name: "answering one word", apply: (pool) => pool.setMode(PoolMode.ShortAnswer) },
  { name: "answering in another layout", apply: (pool) => pool.setMode(PoolMode.OddLayout) },
  { name: "beyond Uniswap's highest tick", apply: (pool) => pool.setAccumulator(0, 887_273n * 1_800n) },
  { name: "below Uniswap's lowest tick", apply: (pool) => pool.setAccumulator(0, -887_273n * 1_800n) },
  {
    name: "at a price below the scale",
    status: Status.Invalid,
    apply: (pool) => pool.setTick(-887_272),
  },
];

describe("PriceOracle: what each state of a source gives", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  /** The four ways to ask, at once. */
  async function expectAnswers(
    { oracle, wethAddress }: Sources,
    expected: { borrow: bigint | [error: string, ...values: unknown[]]; liquidation?: bigint; last?: bigint },
  ) {
    if (typeof expected.borrow === "bigint") {
      expect(await oracle.borrowPrice(wethAddress), "borrow").to.equal(expected.borrow);
    } else {
      const [error, ...values] = expected.borrow;
      await expect(oracle.borrowPrice(wethAddress))
        .to.be.revertedWithCustomError(oracle, error)
        .withArgs(...values);
    }
    if (expected.liquidation === undefined) {
      await expect(oracle.liquidationPrice(wethAddress))
        .to.be.revertedWithCustomError(oracle, "OracleNoFreshSource")
        .withArgs(wethAddress);
      expect([...(await oracle.liquidationPriceOrLast(wethAddress))]).to.deep.equal([expected.last, false]);
    } else {
      expect(await oracle.liquidationPrice(wethAddress), "liquidation").to.equal(expected.liquidation);
      expect([...(await oracle.liquidationPriceOrLast(wethAddress))]).to.deep.equal([expected.liquidation, true]);
    }
  }

  async function statuses({ oracle, wethAddress }: Sources) {
    return (await oracle.sourcesOf(wethAddress)).map((source) => [source.source, source.status, source.price36]);
  }

  for (const { name, apply, status } of BROKEN_FEEDS) {
    describe(`a feed ${name}`, () => {
      it("beside a TWAP: nothing to lend on, health by the TWAP", async () => {
        const sources = await connection.networkHelpers.loadFixture(feedAndTwap);
        await apply(sources.feed, sources);
        await expectAnswers(sources, {
          borrow: ["OracleInsufficientSources", sources.wethAddress, 1n, 2n],
          liquidation: TWAP36,
        });
        expect(await statuses(sources)).to.deep.equal([
          [sources.feedAddresses[0], status, 0n],
          [sources.poolAddress, Status.Ok, TWAP36],
        ]);
      });

      it("alone: nothing to lend on, no health, the last valid price", async () => {
        const sources = await connection.networkHelpers.loadFixture(feedOnly);
        await apply(sources.feed, sources);
        await expectAnswers(sources, {
          borrow: ["OracleInsufficientSources", sources.wethAddress, 0n, 1n],
          last: FEED36,
        });
        expect(await statuses(sources)).to.deep.equal([[sources.feedAddresses[0], status, 0n]]);
      });

      it("of the quote asset: the market's feeds have no price", async () => {
        const sources = await connection.networkHelpers.loadFixture(feedAndTwap);
        await apply(sources.usdcFeed, sources);
        await expectAnswers(sources, {
          borrow: ["OracleInsufficientSources", sources.wethAddress, 1n, 2n],
          liquidation: TWAP36,
        });
        expect((await statuses(sources))[0]).to.deep.equal([sources.feedAddresses[0], Status.QuoteUnavailable, 0n]);
      });
    });
  }

  for (const { name, apply } of SOUND_FEEDS) {
    it(`a feed ${name}: both prices`, async () => {
      const sources = await connection.networkHelpers.loadFixture(feedAndTwap);
      await apply(sources.feed, sources);
      // The slow average stands at the pool's tick, and so does the TWAP: the lower of three is one of these.
      expect(TWAP36 < FEED36).to.equal(true);
      await expectAnswers(sources, { borrow: TWAP36, liquidation: FEED36 });
      expect(await statuses(sources)).to.deep.equal([
        [sources.feedAddresses[0], Status.Ok, FEED36],
        [sources.poolAddress, Status.Ok, TWAP36],
      ]);
    });
  }

  for (const { name, apply, status = Status.Reverted } of BROKEN_POOLS) {
    it(`a pool ${name}, beside a feed: nothing to lend on, health by the feed, unclamped`, async () => {
      const sources = await connection.networkHelpers.loadFixture(feedAndTwap);
      await apply(sources.pool);
      await sources.feed.setAnswer(answer8(1_000));
      await expectAnswers(sources, {
        borrow: ["OracleInsufficientSources", sources.wethAddress, 1n, 2n],
        liquidation: usdcPerWeth36(1_000),
      });
      expect((await statuses(sources))[1]).to.deep.equal([sources.poolAddress, status, 0n]);
    });

    it(`a pool ${name}, alone: the last valid price`, async () => {
      const sources = await connection.networkHelpers.loadFixture(twapOnly);
      await apply(sources.pool);
      await expectAnswers(sources, {
        borrow: ["OracleInsufficientSources", sources.wethAddress, 0n, 1n],
        last: LAST_TWAP36,
      });
    });
  }

  it("an asset that is not configured: a typed error from every entry point", async () => {
    const { oracle, usdcAddress } = await connection.networkHelpers.loadFixture(feedAndTwap);
    for (const call of [
      () => oracle.borrowPrice(usdcAddress),
      () => oracle.liquidationPrice(usdcAddress),
      () => oracle.liquidationPriceOrLast(usdcAddress),
      () => oracle.poke(usdcAddress),
      () => oracle.sourcesOf(usdcAddress),
      () => oracle.snapshotOf(usdcAddress),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(oracle, "OracleAssetUnknown").withArgs(usdcAddress);
    }
  });

  it("a feed that recovers its decimals is used again from the next poke on", async () => {
    const { oracle, wethAddress, feed, pass } = await connection.networkHelpers.loadFixture(feedAndTwap);
    await feed.redenominate(6);
    await pass(12n);
    await oracle.poke(wethAddress);
    expect((await oracle.snapshotOf(wethAddress)).brokenFeeds).to.equal(1n);
    await feed.redenominate(8);
    await pass(12n);
    await oracle.poke(wethAddress);
    expect((await oracle.snapshotOf(wethAddress)).brokenFeeds).to.equal(0n);
    expect(await oracle.liquidationPrice(wethAddress)).to.equal(FEED36);
  });

  for (const decimals of [7, 9]) {
    it(`a feed that goes over to ${decimals} decimals is asked at once, because its price jumps by ten`, async () => {
      const { oracle, wethAddress, feed, pass } = await connection.networkHelpers.loadFixture(feedAndTwap);
      await pass(3_600n - (BigInt(await connection.networkHelpers.time.latest()) % 3_600n));
      await feed.setAnswer(answer8(2_000));
      await oracle.poke(wethAddress); // has asked for this hour
      await feed.redenominate(decimals);
      await pass(12n);
      await oracle.poke(wethAddress);
      expect((await oracle.snapshotOf(wethAddress)).brokenFeeds).to.equal(1n);
    });
  }

  it("a feed in other decimals whose price reads the same is found by the first poke of the next hour", async () => {
    const { oracle, wethAddress, feed, pass, refresh } = await connection.networkHelpers.loadFixture(feedAndTwap);
    await pass(3_600n - (BigInt(await connection.networkHelpers.time.latest()) % 3_600n));
    await refresh(2_000);
    await oracle.poke(wethAddress);
    await feed.setDecimals(9); // and the market has crashed by nine tenths at the same moment
    await pass(3_000n);
    await oracle.poke(wethAddress);
    expect((await oracle.snapshotOf(wethAddress)).brokenFeeds).to.equal(0n);
    await pass(600n);
    await oracle.poke(wethAddress);
    expect((await oracle.snapshotOf(wethAddress)).brokenFeeds).to.equal(1n);
  });

  it("the largest answers of both sides give a price or none, and never a revert", async () => {
    const sources = await connection.networkHelpers.loadFixture(feedAndTwap);
    const { oracle, wethAddress, feed, usdcFeed } = sources;
    const largest = 2n ** 128n - 1n;
    await feed.setAnswer(largest);
    await usdcFeed.setAnswer(1);
    expect((await statuses(sources))[0].slice(1)).to.deep.equal([Status.Ok, largest * 10n ** 24n]);
    await feed.setAnswer(1);
    await usdcFeed.setAnswer(largest);
    expect((await statuses(sources))[0].slice(1)).to.deep.equal([Status.Invalid, 0n]);
    expect(await oracle.liquidationPrice(wethAddress)).to.equal(TWAP36);
  });
});
