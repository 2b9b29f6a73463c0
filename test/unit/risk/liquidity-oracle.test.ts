import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { swapExactInput } from "../../../sim/market/uniswap-pool.ts";
import { DAY, HOUR, onePoolConfigured, reserveOf, WINDOW } from "../../shared/depth-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { expectWithinBps } from "../../shared/oracle-fixtures.ts";

const FALL_TAU = 600;
const RISE_TAU = Number(6n * HOUR);
const WIDE = 1n; // the position of ten million over all prices, as the fixture mints it
const NARROW = 2n;
const ADDED = 3n;

describe("LiquidityOracle", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  async function load() {
    const market = await connection.networkHelpers.loadFixture(onePoolConfigured);
    const { oracle, assetAddress, pool, mint, networkHelpers } = market;
    const measure = async () => (await oracle.poolsOf(assetAddress))[0];
    /** Pokes; when that was. */
    const poke = async () => {
      await oracle.pokeDepth(assetAddress);
      return networkHelpers.time.latest();
    };
    /** Ten times the liquidity over all prices, as a third position. */
    const flood = () => mint(pool, { value: 100_000_000n });
    return { ...market, measure, poke, flood, start: await market.depth() };
  }

  describe("#reserveOf", () => {
    it("is 99.5 times the 2 % depth: the reserve of a constant product that is as deep", async () => {
      const { oracle, assetAddress, start } = await load();
      const { reserve, updatedAt } = await oracle.reserveOf(assetAddress);
      expectClose(Number(reserve) / reserveOf(Number(start), 200), 1, 1e-12);
      expectClose(Number(reserve) / Number(start), 99.5, 0.05);
      expect(updatedAt).to.equal((await oracle.depthOf(assetAddress)).updatedAt);
    });

    it("is the loan asset in a pool over all prices", async () => {
      const { oracle, assetAddress, burn, pass, poke, one } = await load();
      await burn(NARROW); // what is left is a constant product of ten million
      for (let i = 0; i < 2; ++i) {
        await pass(DAY);
        await poke();
      }
      expectWithinBps((await oracle.reserveOf(assetAddress)).reserve, 10_000_000n * one.loan, 1);
    });
  });

  describe("#pokeDepth", () => {
    it("does nothing within 12 seconds", async () => {
      const { oracle, assetAddress, pass, start } = await load();
      const { updatedAt } = await oracle.depthOf(assetAddress);
      await oracle.pokeDepth(assetAddress);
      expect(await oracle.depthOf(assetAddress)).to.deep.equal([start, updatedAt]);
      await pass(12n);
      await oracle.pokeDepth(assetAddress);
      expect((await oracle.depthOf(assetAddress)).updatedAt).to.be.greaterThan(updatedAt + 11n);
    });

    it("may be called by anybody, and says what it found", async () => {
      const { oracle, assetAddress, pass, stranger, start } = await load();
      await pass(60n);
      await expect(oracle.connect(stranger).pokeDepth(assetAddress))
        .to.emit(oracle, "DepthPoked")
        .withArgs(assetAddress, start, start, 1n);
    });

    it("liquidity that is there for a block or three does not count", async () => {
      const { measure, poke, flood, burn, pass, depth, start } = await load();
      await pass(HOUR);
      const before = await measure();
      await flood();
      await poke();
      const { walked, mean } = await measure();
      expect(walked).to.be.greaterThan(5n * start);
      expectWithinBps(mean, before.mean, 20, "mean"); // 2 of 1800 seconds
      expect(await depth()).to.equal(start);
      await burn(ADDED);
      await pass(12n);
      await poke();
      expectWithinBps(await depth(), start, 0.05, "a poke later");
      expect(await depth()).to.be.at.least(start);
    });

    it("liquidity that was there a moment before and a moment after a window does not count either", async () => {
      const { poke, flood, burn, mint, pool, pass, depth, start } = await load();
      await flood();
      await poke();
      await burn(ADDED);
      await pass(WINDOW);
      await mint(pool, { value: 100_000_000n });
      await poke();
      await burn(ADDED + 1n);
      expectWithinBps(await depth(), start, 2);
    });

    it("liquidity that stays counts little by little, for no longer than the window a call", async () => {
      const { measure, poke, flood, pass, depth, start } = await load();
      await flood();
      await pass(2n * WINDOW);
      const first = await poke();
      expect(await depth()).to.equal(start);
      await pass(300n);
      const second = await poke();
      const { walked } = await measure();
      const target = Number(walked);
      const risen = target - (target - Number(start)) * Math.exp(-(second - first) / RISE_TAU);
      expectClose(Number(await depth()) / risen, 1, 1e-3); // the mean is a little below the walk
      await pass(DAY);
      await poke();
      const later = target - (target - risen) * Math.exp(-Number(WINDOW) / RISE_TAU);
      expectClose(Number(await depth()) / later, 1, 1e-3);
    });

    it("liquidity that goes counts faster, once it is confirmed", async () => {
      const { measure, poke, burn, pass, depth, start } = await load();
      await burn(WIDE);
      await pass(60n);
      const first = await poke();
      expect(await depth()).to.equal(start);
      await pass(300n);
      const second = await poke();
      const { walked } = await measure();
      const low = Number(walked);
      expect(low).to.be.lessThan(Number(start) / 2);
      const fallen = low + (Number(start) - low) * Math.exp(-(second - first) / FALL_TAU);
      expectClose(Number(await depth()) / fallen, 1, 1e-9);
      await pass(DAY);
      await poke();
      expectWithinBps(await depth(), walked, 0.01);
    });

    it("how often it is called makes no difference", async () => {
      const fall = async (pokes: number) => {
        const { poke, burn, pass, depth, assetAddress, oracle, networkHelpers } = await load();
        await burn(WIDE);
        await pass(60n);
        const from = await poke();
        for (let i = 1; i <= pokes; ++i) {
          await networkHelpers.time.setNextBlockTimestamp(from + (i * 600) / pokes);
          await oracle.pokeDepth(assetAddress);
        }
        return depth();
      };
      expectWithinBps(await fall(20), await fall(1), 1e-6);
    });

    it("a pumped price does not raise the mean: what it would obtain is at the window's price", async () => {
      const { governor, uniswap, pool, pass, measure, mint, one } = await load();
      await pass(HOUR);
      const before = await measure();
      // Up by two thirds, with liquidity waiting there.
      await swapExactInput(governor, uniswap, pool, { tokenIn: pool.quote, amountIn: 3_000_000n * one.loan });
      await mint(pool, { value: 50_000_000n });
      const after = await measure();
      expect(after.walked).to.be.greaterThan(4n * before.walked);
      expectWithinBps(after.mean, before.mean, 25);
    });

    it("a price pushed away for one call moves nothing", async () => {
      const { governor, uniswap, pool, poke, pass, depth, measure, one, loan, start } = await load();
      await pass(HOUR);
      const before = await loan.balanceOf(governor.address);
      await swapExactInput(governor, uniswap, pool, { tokenIn: pool.base, amountIn: 3_000n * one.asset });
      const proceeds = (await loan.balanceOf(governor.address)) - before;
      await poke();
      const { walked } = await measure();
      expect(walked).to.be.lessThan((start * 3n) / 4n);
      expect(await depth()).to.equal(start);
      // Back again, fees and all.
      await swapExactInput(governor, uniswap, pool, {
        tokenIn: pool.quote,
        amountIn: (proceeds * 1_006_018n) / 1_000_000n,
      });
      await pass(12n);
      await poke();
      expectWithinBps(await depth(), start, 5);
    });
  });
});
