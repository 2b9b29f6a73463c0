import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { FAST_TIME_CONSTANT, LN_TICK, SLOW_TIME_CONSTANT } from "../../../sim/metrics/volatility.ts";
import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  configuredVolatility,
  DAY,
  expectWads,
  fromWad,
  PARAMETERS,
  START_TICK,
  tellAndCall,
  wad,
} from "../../shared/volatility-fixtures.ts";
import { CorrelationEstimator, Grid, TickPath } from "../../shared/volatility-reference.ts";

const INTERVAL = 1_800;
const SIGMA = 0.05;

describe("VolatilityOracle: correlation", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  /** First against second (two pools) and first against priced (a pool and a price), both from 90 %. */
  async function paired(fresh: NetworkConnection) {
    const setting = await configuredVolatility(fresh);
    const { oracle, first, second, priced, start, at } = setting;
    const pairStart = start + 60;
    await at(pairStart);
    await oracle.setPair(first, second, 30, 90);
    await at(pairStart + 1);
    await oracle.setPair(first, priced, 30, 90);
    return { ...setting, pairStart };
  }
  const load = () => connection.networkHelpers.loadFixture(paired);

  const estimators = (timeConstant: number) =>
    new CorrelationEstimator(
      timeConstant,
      [PARAMETERS.clamp, PARAMETERS.clamp],
      [PARAMETERS.initial, PARAMETERS.initial],
      0.9,
    );

  describe("#pokePair", () => {
    it("reverts when the pair is unknown, also of one asset with itself", async () => {
      const { oracle, first, second, priced } = await load();
      for (const [a, b] of [
        [second, priced],
        [first, first],
      ]) {
        const [low, high] = BigInt(a) < BigInt(b) ? [a, b] : [b, a];
        await expect(oracle.pokePair(a, b))
          .to.be.revertedWithCustomError(oracle, "VolatilityPairUnknown")
          .withArgs(low, high);
        await expect(oracle.correlationOf(a, b))
          .to.be.revertedWithCustomError(oracle, "VolatilityPairUnknown")
          .withArgs(low, high);
      }
    });

    it("samples once an interval, in either order, and says what it makes of it, the lower address first", async () => {
      const { oracle, first, second, start, at } = await load();
      const pair = BigInt(first) < BigInt(second) ? [first, second] : [second, first];
      for (const [seconds, samples] of [
        [INTERVAL - 1, false],
        [INTERVAL, false], // a first interval has none before it
        [2 * INTERVAL + 100, true],
        [3 * INTERVAL - 1, false],
        [3 * INTERVAL, true],
      ] as const) {
        await at(start + seconds + INTERVAL);
        const tx = await (seconds % 2 === 0 ? oracle.pokePair(first, second) : oracle.pokePair(second, first));
        const { fastWad, slowWad } = await oracle.correlationOf(first, second);
        if (samples)
          await expect(tx)
            .to.emit(oracle, "CorrelationSampled")
            .withArgs(...pair, fastWad, slowWad);
        else await expect(tx).not.to.emit(oracle, "CorrelationSampled");
      }
    });

    it("survives a source that is silent, whichever of the two", async () => {
      const { oracle, prices, first, second, priced, firstPool, secondPool, start, at } = await load();
      const before = await oracle.correlationOf(first, second);
      await firstPool.setSilent(true);
      await prices.setFresh(priced, false);
      await at(start + 3 * INTERVAL);
      await oracle.pokePair(first, second);
      await oracle.pokePair(first, priced);
      await firstPool.setSilent(false);
      await secondPool.setSilent(true);
      await oracle.pokePair(first, second);
      await oracle.pokePair(first, priced);
      expect(await oracle.correlationOf(first, second)).to.deep.equal(before);
      expect((await oracle.correlationOf(first, priced)).sampledAt).to.equal(start + 61);
    });

    it("begins a new interval when the source of an asset has changed", async () => {
      const { oracle, ethers, first, second, quote, input, start, at } = await load();
      await at(start + 2 * INTERVAL);
      await oracle.pokePair(first, second);
      const other = await ethers.deployContract("MockTickPool", [first, quote, 50_000, 0]);
      await oracle.setAsset(first, await input(other));
      const { fastWad } = await oracle.correlationOf(first, second);
      await at(start + 3 * INTERVAL + 3);
      await expect(oracle.pokePair(first, second)).not.to.emit(oracle, "CorrelationSampled");
      const after = await oracle.correlationOf(first, second);
      expect(after.sampledAt).to.equal(start + 3 * INTERVAL + 3);
      expect(after.fastWad).to.equal(fastWad);
      for (const [intervals, samples] of [
        [5, false],
        [6, true],
      ] as const) {
        await at(start + intervals * INTERVAL);
        const tx = await oracle.pokePair(first, second);
        if (samples) await expect(tx).to.emit(oracle, "CorrelationSampled");
        else await expect(tx).not.to.emit(oracle, "CorrelationSampled");
      }
      // Neither pool moved: the jump between the two was no return.
      expectWads([(await oracle.correlationOf(first, second)).fastWad], [wad(0.9)]);
    });

    it("samples up to now where a pool does not remember the grid's moment", async () => {
      const { oracle, first, second, secondPool, start, at } = await load();
      await secondPool.forgetBefore(start + 2 * INTERVAL + 10);
      await at(start + 2 * INTERVAL + 20);
      await oracle.pokePair(first, second);
      expect((await oracle.correlationOf(first, second)).sampledAt).to.equal(start + 2 * INTERVAL + 20);
    });

    it("begins anew after a silence longer than 24 bits of seconds", async () => {
      const { oracle, first, second, priced, start, at } = await load();
      await at(start + 200 * DAY);
      await expect(oracle.pokePair(first, second)).not.to.emit(oracle, "CorrelationSampled");
      await expect(oracle.pokePair(first, priced)).not.to.emit(oracle, "CorrelationSampled");
      const after = await oracle.correlationOf(first, second);
      expect(after.sampledAt).to.equal(start + 200 * DAY);
      expectWads([after.fastWad, after.slowWad], [wad(0.9), wad(0.9)]);
    });
  });

  for (const rho of [-0.9, 0.5, 1]) {
    it(`agrees with floating point to 1e-9 on irregular paths whose correlation is ${rho}, and finds it`, async () => {
      const setting = await load();
      const { oracle, prices, first, second, priced, firstPool, secondPool, start, pairStart, at } = setting;
      const rng = createRng(`rho ${rho}`);
      const paths = [new TickPath(start - 2 * DAY, START_TICK), new TickPath(start - 2 * DAY, START_TICK)] as const;
      const means = { fast: estimators(FAST_TIME_CONSTANT), slow: estimators(SLOW_TIME_CONSTANT) };
      const mixed = { fast: estimators(FAST_TIME_CONSTANT), slow: estimators(SLOW_TIME_CONSTANT) };
      const grid = new Grid(pairStart, INTERVAL);
      const calls = [
        oracle.interface.encodeFunctionData("pokePair", [first, second]),
        oracle.interface.encodeFunctionData("pokePair", [priced, first]),
      ];
      // The second pool counts in the other direction, so the asset's price moves against its ticks.
      let [time, last, walkA, walkB, lastPrice36] = [pairStart + 60, pairStart + 1, 0, 0, 10n ** 36n];
      for (let poke = 0; poke < 200; ++poke) {
        const [times, ticksA, ticksB]: number[][] = [[], [], []];
        for (let piece = 0; piece < 8; ++piece) {
          const seconds = 60 + rng.integer(600);
          const [x, y] = [rng.normal(), rng.normal()];
          const scale = SIGMA * Math.sqrt(seconds / DAY);
          walkA += scale * x;
          walkB += scale * (rho * x + Math.sqrt(1 - rho ** 2) * y);
          times.push(time);
          ticksA.push(START_TICK + Math.round(walkA / LN_TICK));
          ticksB.push(START_TICK - Math.round(walkB / LN_TICK));
          paths[0].add(time, ticksA[piece]);
          paths[1].add(time, ticksB[piece]);
          time += seconds;
        }
        const price36 = BigInt(Math.round(Math.exp(walkB) * 1e15)) * 10n ** 21n;
        await at(time);
        const setPrice = prices.interface.encodeFunctionData("setPrice", [priced, price36]);
        const told = [
          [firstPool, times, ticksA],
          [secondPool, times, ticksB],
        ] as const;
        await at(time);
        await tellAndCall(setting, told, calls, [{ target: await prices.getAddress(), data: setPrice }]);
        const sampled = grid.poke(time);
        if (sampled !== undefined) {
          const { from, to } = sampled;
          const interval = { a: paths[0].sum(from, to), b: -paths[1].sum(from, to), seconds: to - from };
          for (const each of [means.fast, means.slow]) each.add(interval);
        }
        if (time - last >= INTERVAL) {
          const change = Math.log1p(Number(price36 - lastPrice36) / Number(lastPrice36));
          const interval = { a: paths[0].sum(last, time), b: change, seconds: time - last };
          for (const each of [mixed.fast, mixed.slow]) each.add(interval);
          [last, lastPrice36] = [time, price36];
        }
      }
      const ofMeans = await oracle.correlationOf(first, second);
      const ofMixed = await oracle.correlationOf(first, priced);
      expectClose(fromWad(ofMeans.fastWad), means.fast.rho, 1e-9);
      expectClose(fromWad(ofMeans.slowWad), means.slow.rho, 1e-9);
      expectClose(fromWad(ofMixed.fastWad), mixed.fast.rho, 1e-9);
      expectClose(fromWad(ofMixed.slowWad), mixed.slow.rho, 1e-9);
      // About 85 samples count in the fast average: the standard error is (1 − ρ²)/√85, and mixed pairs have more.
      expectClose(fromWad(ofMeans.fastWad), rho, 0.01 + 0.3 * (1 - rho ** 2));
      expectClose(fromWad(ofMixed.fastWad), rho, 0.15 + 0.3 * (1 - rho ** 2));
      const highest = [ofMeans.fastWad, ofMeans.slowWad, wad(0.3)].reduce((a, b) => (a > b ? a : b));
      expect(await oracle.correlationWad(second, first)).to.equal(highest);
      expect(ofMeans.usedWad).to.equal(highest);
    });
  }

  describe("#correlationWad", () => {
    it("is one for an asset with itself, and for a pair that is not tracked", async () => {
      const { oracle, first, second, priced, quote } = await load();
      expect(await oracle.correlationWad(first, first)).to.equal(wad(1));
      expect(await oracle.correlationWad(second, priced)).to.equal(wad(1));
      expect(await oracle.correlationWad(first, quote)).to.equal(wad(1));
    });

    it("is the stressed floor when what is measured is lower", async () => {
      const { oracle, first, second } = await load();
      await oracle.setPair(first, second, 60, 60);
      await oracle.setPair(second, first, 60, 95);
      expectWads([await oracle.correlationWad(first, second)], [wad(0.95)]);
      await oracle.setPair(second, first, 60, 60);
      expect(await oracle.correlationWad(first, second)).to.be.greaterThanOrEqual(wad(0.6));
      expectWads([await oracle.correlationWad(first, second)], [wad(0.6)]);
    });
  });
});
