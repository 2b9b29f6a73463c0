import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { MAY_WAIT } from "../../../sim/reference/risk-engine.ts";
import { answer8, deployOracleSources, FeedMode, usdcPerWeth36 } from "../../shared/oracle-fixtures.ts";

/** What a poke read of the loan asset serves others for so long. [s] */
const MAX_AGE = 300n;
/** From then on pokes say that it will have to be asked. [s] */
const DUE_AGE = 120n;

/** Dollars: another price, and yet a steady one. */
const STEADY = 1.0005;

/** A market in dollars, with a mean price, whose loan asset was just read. */
async function rememberedQuote(connection: NetworkConnection) {
  const sources = await deployOracleSources(connection);
  const { oracle, wethAddress, networkHelpers } = sources;
  const { time } = networkHelpers;
  await oracle.setMarket(wethAddress, sources.market(1));
  // In the middle of an hour, so that no poke is the first of one.
  await time.increaseTo((Math.floor((await time.latest()) / 3_600) + 2) * 3_600 - 60);
  await sources.refresh(2_000);
  await time.increase(120);
  await oracle.pokeConditions(wethAddress, 0n);
  const readAt = BigInt(await time.latest());
  /** What a poke so many seconds after the loan asset was read answers; it is done as well. */
  const ask = async (seconds: bigint, mayWait: bigint = MAY_WAIT.quote) => {
    const state = await networkHelpers.takeSnapshot();
    await time.setNextBlockTimestamp(readAt + seconds - 1n);
    await networkHelpers.mine(1); // what is pending is a second later
    const answer = await oracle.pokeConditions.staticCall(wethAddress, mayWait, { blockTag: "pending" });
    await state.restore();
    await time.setNextBlockTimestamp(readAt + seconds);
    await oracle.pokeConditions(wethAddress, mayWait);
    return answer;
  };
  return { ...sources, ask, readAt };
}

describe("PriceOracle#pokeConditions that may leave the loan asset's feeds", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(rememberedQuote);
  /** Ether at 2,000 dollars in a loan asset at so many. */
  const priceAt = (dollars: number) => usdcPerWeth36(2_000 / dollars);
  const OLD = priceAt(1);
  const NEW = priceAt(STEADY);
  /** What is remembered is so near. */
  const NOTED = OLD / 2n ** 17n;

  /** The loan asset rises by a little. */
  async function moved() {
    const p = await load();
    await p.usdcFeed.setAnswer(answer8(STEADY));
    return p;
  }

  it("goes by what they said to the last poke that asked them, and says from two minutes on that they are due", async () => {
    for (const [seconds, due] of [
      [20n, false],
      [DUE_AGE - 1n, false],
      [DUE_AGE, true],
      [MAX_AGE, true],
    ] as const) {
      const p = await moved();
      const { feedPrice36, liquidationPrice36, errandDue } = await p.ask(seconds);
      expect([liquidationPrice36, errandDue], `${seconds} s`).to.deep.equal([feedPrice36, due]);
      expect(feedPrice36).to.be.closeTo(OLD, NOTED);
    }
  });

  it("is no price that anybody lends or liquidates at", async () => {
    const p = await moved();
    await p.ask(20n);
    expect(await p.oracle.borrowPrice(p.wethAddress)).to.be.closeTo(NEW, NOTED);
    expect(await p.oracle.liquidationPrice(p.wethAddress)).to.be.closeTo(NEW, NOTED);
    expect((await p.oracle.conditionsOf(p.wethAddress)).feedPrice36).to.be.closeTo(NEW, NOTED);
  });

  describe("asks them", () => {
    const near = async (p: Awaited<ReturnType<typeof load>>, seconds: bigint, mayWait?: bigint) => {
      const { feedPrice36, errandDue } = await p.ask(seconds, mayWait);
      expect(feedPrice36).to.be.closeTo(NEW, NOTED);
      expect(errandDue).to.equal(false);
    };

    it("when it may not leave them, and remembers what they say", async () => {
      const p = await moved();
      await near(p, 20n, MAY_WAIT.decimals);
      await p.usdcFeed.setAnswer(answer8(1));
      await near(p, 40n);
      await near(p, 20n + DUE_AGE - 1n);
    });

    it("after five minutes, and from then on for five more", async () => {
      const p = await moved();
      await near(p, MAX_AGE + 1n);
      await p.usdcFeed.setAnswer(answer8(1));
      await near(p, MAX_AGE + 20n);
    });

    it("when a poke by itself, or another governor's choice of feeds, comes in between", async () => {
      const p = await moved();
      const { oracle, usdcFeed, readAt, networkHelpers } = p;
      const state = await networkHelpers.takeSnapshot();
      await networkHelpers.time.setNextBlockTimestamp(readAt + 20n);
      await oracle.poke(p.wethAddress);
      await near(p, 40n);
      await state.restore();
      await oracle.setQuoteFeeds([{ source: await usdcFeed.getAddress(), heartbeat: 3_600n }]);
      await near(p, 40n);
    });

    it("when what they last said is too old for their heartbeat", async () => {
      const p = await load();
      const { oracle, usdcFeed } = p;
      await oracle.setQuoteFeeds([{ source: await usdcFeed.getAddress(), heartbeat: 200n }]);
      await usdcFeed.setAnswer(answer8(1));
      const answeredAt = BigInt(await p.networkHelpers.time.latest());
      for (const seconds of [20n, 40n]) await p.ask(seconds, 0n);
      const last = answeredAt + 200n - p.readAt;
      expect((await p.ask(last)).lendable).to.equal(true);
      expect((await p.ask(last + 12n)).lendable).to.equal(false);
    });

    it("each time when they moved by more than a 1024th since they were asked", async () => {
      const p = await load();
      const price = async (seconds: bigint, mayWait: bigint, dollars: number) => {
        await p.usdcFeed.setAnswer(answer8(dollars));
        return (await p.ask(seconds, mayWait)).feedPrice36;
      };
      await price(20n, 0n, 1.04);
      expect(await price(40n, MAY_WAIT.quote, 1.03)).to.be.closeTo(priceAt(1.03), NOTED);
      expect(await price(60n, MAY_WAIT.quote, 1.0305)).to.be.closeTo(priceAt(1.0305), NOTED);
      expect(await price(80n, MAY_WAIT.quote, 1.02)).to.be.closeTo(priceAt(1.0305), NOTED);
    });

    it("when what is remembered would part feed and mean price: nothing is held against an asset for its age", async () => {
      const p = await load();
      // Ether and the loan asset have risen by 6 % against the dollar: at the old price of the loan asset, out of the band.
      await p.usdcFeed.setAnswer(answer8(1.06));
      await p.feed.setAnswer(answer8(2_120));
      expect((await p.ask(20n)).feedPrice36).to.be.closeTo(OLD, 10n);
      expect((await p.oracle.snapshotOf(p.wethAddress)).divergenceStart).to.equal(0n);
    });

    it("while feed and mean price disagree", async () => {
      const p = await load();
      await p.feed.setAnswer(answer8(2_200));
      await p.ask(20n);
      expect((await p.oracle.snapshotOf(p.wethAddress)).divergenceStart).not.to.equal(0n);
      await p.feed.setAnswer(answer8(2_000));
      await p.usdcFeed.setAnswer(answer8(STEADY));
      await near(p, 40n);
    });
  });

  it("remembers nothing of feeds that say nothing", async () => {
    const p = await load();
    await p.usdcFeed.setMode(FeedMode.Reverting);
    expect((await p.ask(20n)).lendable).to.equal(true);
    expect((await p.ask(40n, 0n)).lendable).to.equal(false);
    expect((await p.ask(60n)).lendable).to.equal(false);
    await p.usdcFeed.setMode(FeedMode.Normal);
    expect((await p.ask(80n)).lendable).to.equal(true);
  });
});

describe("PriceOracle#pokeConditions that may leave the feeds' decimals", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  /** The feed tells other decimals, and as before what it is worth in them: only asking finds it. In an hour of its own. */
  async function misconfigured() {
    const p = await connection.networkHelpers.loadFixture(rememberedQuote);
    const begin = (p.readAt / 3_600n + 1n) * 3_600n;
    await p.networkHelpers.time.increaseTo(begin);
    await p.refresh(2_000);
    await p.feed.setDecimals(9);
    /** Which feeds a poke so long into the hour finds broken, and whether it leaves something to be asked. */
    const poke = async (seconds: bigint, mayWait: bigint) => {
      const { errandDue } = await p.ask(begin + seconds - p.readAt, mayWait);
      return [(await p.oracle.snapshotOf(p.wethAddress)).brokenFeeds, errandDue] as const;
    };
    return { ...p, poke };
  }
  const load = () => connection.networkHelpers.loadFixture(misconfigured);

  it("are asked for by the first poke of an hour, and by no other", async () => {
    const { poke, feed } = await load();
    await feed.setDecimals(8);
    expect(await poke(20n, 0n)).to.deep.equal([0n, false]);
    await feed.setDecimals(9);
    expect(await poke(1_800n, 0n)).to.deep.equal([0n, false]);
    expect(await poke(3_600n, 0n)).to.deep.equal([1n, false]);
  });

  for (const [name, mayWait] of [
    ["one that may", MAY_WAIT.decimals],
    ["one that may leave the loan asset's feeds", MAY_WAIT.quote],
  ] as const) {
    it(`are put off by ${name}, in the first ten minutes, and are due then`, async () => {
      const { poke } = await load();
      expect(await poke(20n, mayWait)).to.deep.equal([0n, true]);
      expect(await poke(599n, mayWait)).to.deep.equal([0n, true]);
      expect(await poke(620n, mayWait)).to.deep.equal([1n, false]);
    });

    it(`are not put off from one hour to the next by ${name}`, async () => {
      const { poke, feed } = await load();
      expect(await poke(20n, mayWait)).to.deep.equal([0n, true]);
      await feed.setAnswer(answer8(2_000));
      expect(await poke(3_620n, mayWait)).to.deep.equal([1n, false]);
    });
  }

  it("are asked for, and the loan asset's feeds are not, by one that may leave either", async () => {
    const p = await load();
    await p.ask((p.readAt / 3_600n + 1n) * 3_600n + 20n - p.readAt, MAY_WAIT.decimals);
    await p.usdcFeed.setAnswer(answer8(STEADY));
    await p.feed.setDecimals(8);
    const { feedPrice36 } = await p.ask((p.readAt / 3_600n + 1n) * 3_600n + 40n - p.readAt, MAY_WAIT.either);
    expect(feedPrice36).to.be.closeTo(usdcPerWeth36(2_000), usdcPerWeth36(2_000) / 2n ** 17n);
    await p.feed.setDecimals(9);
    expect(await p.poke(60n, 0n)).to.deep.equal([0n, false]);
  });

  it("of a market in the loan asset itself wait for nothing but a poke that may leave them", async () => {
    const p = await load();
    await p.feed.setDecimals(8);
    await p.oracle.setMarket(p.wethAddress, p.market(1, { feedsInQuote: true }));
    await p.networkHelpers.time.increase(3_500n);
    await p.refresh(2_000);
    await p.feed.setDecimals(9);
    expect(await p.poke(3_620n, MAY_WAIT.decimals)).to.deep.equal([0n, false]);
    expect(await p.poke(3_640n, MAY_WAIT.quote)).to.deep.equal([1n, false]);
  });
});
