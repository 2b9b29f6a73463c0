import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { poolAmounts } from "../../sim/market/uniswap-calls.ts";
import { addFullRangeLiquidity } from "../../sim/market/uniswap-pool.ts";
import { createRng } from "../../sim/rng.ts";
import { attackedBorrower, BLOCK, hastyBorrower, type AttackedBorrower } from "../shared/attack-fixtures.ts";
import { isRemoved, removable } from "../shared/defences.ts";
import { expectWithinBps } from "../shared/oracle-fixtures.ts";
import { ETHER, Level, USD } from "../shared/risk-fixtures.ts";

/** An hour of blocks. */
const BLOCKS = 300;
const SELDOM = 25; // blocks between two pokes of a keeper: 300 s
const MINUTE_BLOCKS = 5;

removable("samples apart");
const DEPTH_BY_TIME = removable("depth by time");

describe("Attack: pokes in every block", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(attackedBorrower);

  /** Price in each minute: a walk; with a crash, of which the pool follows the feed five minutes later. */
  function history(seed: string, crash: number) {
    const rng = createRng(seed);
    let dollars = 1_900;
    return Array.from({ length: BLOCKS / MINUTE_BLOCKS }, (_, minute) => {
      dollars *= Math.exp(0.0005 * rng.normal());
      const [fed, traded] = [minute < 5 ? 1 : crash, minute < 10 ? 1 : crash];
      return { feed: dollars * fed, market: dollars * traded };
    });
  }

  /** An hour of that history with a poke in every so many blocks. When each level began, in minutes, and how it ended. */
  async function run(a: AttackedBorrower, every: number, seed: string, crash: number) {
    const { networkHelpers, setFeed, tradeTo, attack, pokes, live, oracle, eth, volatility, liquidity, factors } = a;
    return a.imagine(async () => {
      // From a whole half hour on: samples of volatility fall due in the same second.
      const start = (Math.floor((await networkHelpers.time.latest()) / 1_800) + 1) * 1_800;
      const all = await pokes();
      const levels: [level: bigint, minute: number][] = [];
      const clocks = new Set<number>();
      const prices = history(seed, crash);
      for (let block = 0; block < BLOCKS; ++block) {
        const time = start + BLOCK * block;
        if (block % MINUTE_BLOCKS === 0) {
          await networkHelpers.time.setNextBlockTimestamp(time + 1);
          await setFeed(0, prices[block / MINUTE_BLOCKS].feed);
          await networkHelpers.time.setNextBlockTimestamp(time + 2);
          await tradeTo(prices[block / MINUTE_BLOCKS].market);
        }
        if (block % every !== every - 1) continue;
        await attack(all, time + BLOCK - (await networkHelpers.time.latest()));
        const { divergenceStart } = await oracle.snapshotOf(eth.address);
        if (divergenceStart !== 0n) clocks.add(Number(divergenceStart) - start);
        const { level } = await live.breaker.assessmentOf(await live.engine.getAddress(), eth.address);
        if (level !== levels.at(-1)?.[0]) levels.push([level, ((block + 1) * BLOCK) / 60]);
      }
      const snapshot = await oracle.snapshotOf(eth.address);
      return {
        levels,
        volatility: [...(await volatility.volatilityOf(eth.address))],
        ema: snapshot.emaTickE6,
        clocks: [...clocks],
        leverage: await a.leverage(),
        depth: (await liquidity.depthOf(eth.address)).depth,
        factors: await factors(),
        judged: await oracle.liquidationPrice(eth.address),
      };
    });
  }

  const minuteOf = (levels: readonly [bigint, number][], level: bigint) => levels.find(([each]) => each === level)?.[1];

  for (const seed of ["calm 1", "calm 2", "calm 3"]) {
    it(`end where a keeper's pokes end: ${seed}`, async () => {
      const a = await load();
      const [often, seldom] = [await run(a, 1, seed, 1), await run(a, SELDOM, seed, 1)];
      expect(often.volatility).to.deep.equal(seldom.volatility);
      expect(Number(often.ema - seldom.ema) / 1e6).to.be.within(-1, 1); // whole ticks are averaged
      expect(often.clocks).to.deep.equal([]);
      expect(seldom.clocks).to.deep.equal([]);
      expectWithinBps(often.leverage, seldom.leverage, 20, "leverage");
      expectWithinBps(often.depth, seldom.depth, 10, "depth");
      expect(Number(often.factors.borrowFactorBps - seldom.factors.borrowFactorBps)).to.be.within(-10, 10);
      expect(often.factors.liquidationFactorBps).to.equal(seldom.factors.liquidationFactorBps);
      expect(often.levels).to.deep.equal([[Level.Normal, 0.2]]);
      expectWithinBps(often.judged, seldom.judged, 1, "liquidation price");
    });
  }

  for (const seed of ["crash 1", "crash 2"]) {
    it(`hasten no recovery and reset no clock: ${seed}`, async () => {
      const a = await load();
      const [often, seldom] = [await run(a, 1, seed, 0.88), await run(a, SELDOM, seed, 0.88)];
      expect(often.volatility).to.deep.equal(seldom.volatility);
      // Noticed at once, or by the keeper within five minutes.
      const [at, later] = [minuteOf(often.levels, Level.Restricted), minuteOf(seldom.levels, Level.Restricted)];
      if (at === undefined || later === undefined) throw new Error("not restricted");
      expect(later - at).to.be.within(0, 5);
      expect((minuteOf(often.levels, Level.Recovery) ?? 0) - at).to.be.at.least(15);
      // One clock, set when feed and pool parted, and never again.
      expect(often.clocks).to.deep.equal([BLOCK * (5 * MINUTE_BLOCKS + 1)]);
      expect(seldom.clocks).to.deep.equal([600]);
      expect(often.factors.liquidationFactorBps).to.be.at.least(seldom.factors.liquidationFactorBps - 1n);
      expect(often.factors.borrowFactorBps).to.be.at.most(seldom.factors.borrowFactorBps + 10n);
    });
  }

  /** A wick of five minutes, gone again: how long borrowing stays restricted when it is poked this often. */
  async function recover(a: AttackedBorrower, every: number) {
    return a.imagine(async () => {
      const { setFeed, networkHelpers, attack, pokes, live, eth } = a;
      const all = await pokes();
      await setFeed(0, 1_900 * 0.85);
      await attack(all);
      await setFeed(0, 1_900);
      const start = await networkHelpers.time.latest();
      for (;;) {
        await attack(all, every * BLOCK);
        const { level } = await live.breaker.assessmentOf(await live.engine.getAddress(), eth.address);
        if (level === Level.Normal) return (await networkHelpers.time.latest()) - start;
      }
    });
  }

  it("a restriction lasts 15 minutes and three samples five minutes apart, however often it is poked", async () => {
    const a = await load();
    const [often, seldom] = [await recover(a, 1), await recover(a, SELDOM)];
    expect(often).to.be.at.least(15 * 60 + 2 * 300);
    expect(seldom).to.be.within(often, often + 600);
  });

  it("a breaker that counts pokes is over it in three blocks", async () => {
    const a = await connection.networkHelpers.loadFixture(hastyBorrower);
    expect(await recover(a, 1)).to.be.lessThan(60);
    expect(await recover(a, SELDOM)).to.be.at.least(600);
  });

  describe("while liquidity that has come stays", () => {
    /** How much an average of depth has risen five minutes after the pool has become twice as deep. */
    async function rise(a: AttackedBorrower, every: number, name: "LiquidityOracle" | "PerCallLiquidityOracle") {
      return a.imagine(async () => {
        const { ethers, governor, uniswap, eth, liquidity, price, networkHelpers } = a;
        const isWeak = name === "PerCallLiquidityOracle" || isRemoved(DEPTH_BY_TIME);
        const oracle = isWeak
          ? await ethers.deployContract("PerCallLiquidityOracle", [await liquidity.getAddress()])
          : liquidity;
        const depth = async () => Number((await oracle.depthOf(eth.address)).depth);
        await oracle.pokeDepth(eth.address);
        const before = await depth();
        const dollars = 60_000_000n;
        const amounts = poolAmounts(eth.market, (dollars * ETHER) / BigInt(price), dollars * USD);
        await addFullRangeLiquidity(governor, uniswap, eth.market, amounts);
        const start = (await networkHelpers.time.latest()) + BLOCK;
        for (let block = 0; block <= SELDOM; block += every) {
          await networkHelpers.time.setNextBlockTimestamp(start + block * BLOCK);
          await oracle.pokeDepth(eth.address);
        }
        return (await depth()) / before - 1;
      });
    }

    it("depth rises by the time that it is there", async () => {
      const a = await load();
      const [often, seldom] = [await rise(a, 1, "LiquidityOracle"), await rise(a, SELDOM, "LiquidityOracle")];
      // 300 of 21,600 s are believed, of what the window's harmonic mean has risen until then: by 300 of the other 1,500 s.
      const most = (1 - Math.exp(-300 / 21_600)) * (300 / 1_500);
      expect(often).to.be.within(0, most);
      // Of an interval, what both its ends say: who calls seldom sees less of a rise, and nobody more than there was.
      expect(seldom).to.be.within(0, often);
    });

    it("an average that moves by the call rises with the calls", async () => {
      const a = await load();
      const seldom = await rise(a, SELDOM, "PerCallLiquidityOracle");
      expect(await rise(a, 1, "PerCallLiquidityOracle")).to.be.greaterThan(2 * seldom);
    });
  });

  describe("of an engine that says the same each time", () => {
    const UPDATE = {
      ...{ liquidationFactorBps: 7_000n, borrowFactorBps: 6_000n, calm: true, level: 0n, loadingPercent: 100n },
      ...{ discountTenBps: 50n, grace: false, reserve: 10n ** 13n },
    };
    const WHOLE = { restricted: false, exitFloorShares: 0n, exitRefillPerSecond: 0n };

    /** An hour of updates, after one that began a rise of λ, or a fall or rise of the factor, some time ago. */
    async function ramp(
      a: AttackedBorrower,
      every: number,
      before: Partial<typeof UPDATE>,
      after: Partial<typeof UPDATE>,
      pause: number,
    ) {
      return a.imagine(async () => {
        const { networkHelpers, engineAddress, risk, eth, ethers } = a;
        await networkHelpers.impersonateAccount(engineAddress);
        await networkHelpers.setBalance(engineAddress, 10n * ETHER);
        const engine = await ethers.getSigner(engineAddress);
        const apply = (changes: Partial<typeof UPDATE>) =>
          risk.connect(engine).applyRisk(eth.address, { ...UPDATE, ...changes }, WHOLE);
        const start = (await networkHelpers.time.latest()) + 100;
        await networkHelpers.time.setNextBlockTimestamp(start);
        await apply(before);
        await networkHelpers.time.setNextBlockTimestamp(start + pause);
        await apply(after);
        for (let block = every; block <= BLOCKS * 4; block += every) {
          await networkHelpers.time.setNextBlockTimestamp(start + pause + block * BLOCK);
          await apply(after);
        }
        const { liquidationFactorBps, liquidationLoadingPercent, loadingPercent } = await a.factors();
        return { liquidationFactorBps, liquidationLoadingPercent, loadingPercent };
      });
    }

    it("the factor falls, and λ rises, as with seldom updates", async () => {
      const a = await load();
      const fall = await ramp(a, 1, { loadingPercent: 50n }, {}, 60);
      expect(await ramp(a, SELDOM, { loadingPercent: 50n }, {}, 60)).to.deep.equal(fall);
      // Four hours: 33 of 200 bps a day, eight points of λ.
      expect(fall.liquidationFactorBps).to.be.within(8_466n, 8_468n);
      expect(fall.liquidationLoadingPercent).to.equal(58n);
    });

    it("the factor rises, after a day of calm, as with seldom updates", async () => {
      const a = await load();
      const low = { liquidationFactorBps: 7_000n };
      const high = { liquidationFactorBps: 8_500n };
      const rise = await ramp(a, 1, low, high, 2 * 86_400);
      const seldom = await ramp(a, SELDOM, low, high, 2 * 86_400);
      expect(rise).to.deep.equal(seldom);
      expect(rise.liquidationFactorBps).to.be.within(8_100n, 8_200n);
    });
  });
});
