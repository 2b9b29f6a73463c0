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
  await oracle.setMarket(wethAddress, sources.market(1, { snapshotMaxAge: 60n }));
  // In the middle of an hour, so that no poke is the first of one.
  await time.increaseTo((Math.floor((await time.latest()) / 3_600) + 2) * 3_600 - 60);
  await sources.refresh(2_000);
  await time.increase(120);
  // Twice, since what was read once is not known to be steady.
  await oracle.pokeConditions(wethAddress, 0n);
  await time.increase(60);
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
  const NOTED = OLD / 2n ** 16n;

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
      await near(p, 60n, MAY_WAIT.decimals);
      await p.usdcFeed.setAnswer(answer8(1));
      await near(p, 80n);
      await near(p, 60n + DUE_AGE - 1n);
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
      await networkHelpers.time.setNextBlockTimestamp(readAt + 60n);
      await oracle.poke(p.wethAddress);
      await usdcFeed.setAnswer(answer8(1));
      await near(p, 80n);
      await state.restore();
      await oracle.setQuoteFeeds([{ source: await usdcFeed.getAddress(), heartbeat: 3_600n }]);
      await near(p, 40n);
    });

    it("when what they said would be too old for their heartbeat before the note is", async () => {
      const p = await load();
      const { oracle, usdcFeed } = p;
      await oracle.setQuoteFeeds([{ source: await usdcFeed.getAddress(), heartbeat: 350n }]);
      await usdcFeed.setAnswer(answer8(1));
      const answeredAt = BigInt(await p.networkHelpers.time.latest());
      for (const seconds of [20n, 80n]) await p.ask(seconds, 0n);
      const last = answeredAt + 350n - p.readAt; // the note would be good until 380 s
      expect((await p.ask(last)).lendable).to.equal(true);
      expect((await p.ask(last + 12n)).lendable).to.equal(false);
    });

    describe("until two readings agree, which are a minute apart or more, and not ten", () => {
      const price = async (p: Awaited<ReturnType<typeof load>>, seconds: bigint, dollars: number, mayWait = 0n) => {
        await p.usdcFeed.setAnswer(answer8(dollars));
        return (await p.ask(seconds, mayWait)).feedPrice36;
      };
      const near = (actual: bigint, dollars: number) => expect(actual).to.be.closeTo(priceAt(dollars), NOTED);

      it("after a move", async () => {
        const p = await load();
        await price(p, 20n, 1.04);
        near(await price(p, 40n, 1.03, MAY_WAIT.quote), 1.03);
        near(await price(p, 60n, 1.0304, MAY_WAIT.quote), 1.0304); // near, but too soon
        near(await price(p, 80n, 1.0303, MAY_WAIT.quote), 1.0303);
        near(await price(p, 100n, 1.0302, MAY_WAIT.quote), 1.0302); // near the one of a minute ago: good
        near(await price(p, 120n, 1.02, MAY_WAIT.quote), 1.0302);
      });

      it("a 1024th apart or less, give or take what a note is rounded by", async () => {
        for (const [parts, isGood] of [
          [1_040, true],
          [1_010, false],
        ] as const) {
          const p = await load();
          await price(p, 60n, 1 + 1 / parts);
          near(await price(p, 80n, 1, MAY_WAIT.quote), isGood ? 1 + 1 / parts : 1);
        }
      });

      it("and not after ten minutes", async () => {
        for (const [seconds, isGood] of [
          [600n, true],
          [601n, false],
        ] as const) {
          const p = await load();
          await price(p, seconds, STEADY);
          near(await price(p, seconds + 20n, 1, MAY_WAIT.quote), isGood ? STEADY : 1);
        }
      });

      it("whoever asks twice in a block, or has the mean price wait", async () => {
        const p = await load();
        const mayWait = MAY_WAIT.mean | MAY_WAIT.quote;
        await p.usdcFeed.setAnswer(answer8(1.04));
        await p.ask(MAX_AGE + 1n, 0n); // no longer good
        await p.usdcFeed.setAnswer(answer8(1.03));
        const { provider } = p.ethers;
        await provider.send("evm_setAutomine", [false]);
        for (let i = 0; i < 3; ++i) await p.oracle.pokeConditions(p.wethAddress, mayWait, { gasLimit: 1_000_000n });
        await p.networkHelpers.time.setNextBlockTimestamp(p.readAt + MAX_AGE + 20n);
        await p.networkHelpers.mine(1);
        await provider.send("evm_setAutomine", [true]);
        near(await price(p, MAX_AGE + 40n, 1.02, mayWait), 1.02);
      });
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
      const { poke, refresh } = await load();
      expect(await poke(20n, mayWait)).to.deep.equal([0n, true]);
      await refresh(2_000);
      expect(await poke(3_620n, mayWait)).to.deep.equal([1n, false]);
    });
  }

  it("are asked for, and the loan asset's feeds are not, by one that may leave either", async () => {
    const p = await load();
    await p.feed.setDecimals(8);
    for (const seconds of [20n, 80n]) await p.poke(seconds, MAY_WAIT.decimals);
    await p.usdcFeed.setAnswer(answer8(STEADY));
    const { feedPrice36 } = await p.ask((p.readAt / 3_600n + 1n) * 3_600n + 100n - p.readAt, MAY_WAIT.either);
    expect(feedPrice36).to.be.closeTo(usdcPerWeth36(2_000), usdcPerWeth36(2_000) / 2n ** 16n);
    await p.feed.setDecimals(9);
    expect(await p.poke(120n, 0n)).to.deep.equal([0n, false]);
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
