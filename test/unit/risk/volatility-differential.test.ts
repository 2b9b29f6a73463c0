import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { VolatilityEstimator } from "../../../sim/metrics/volatility.ts";
import { createRng } from "../../../sim/rng.ts";
import {
  configuredVolatility,
  DAY,
  fromWad,
  HOUR,
  PARAMETERS,
  relativeError,
  START_TICK,
  tellAndCall,
  wad,
  type VolatilitySetting,
} from "../../shared/volatility-fixtures.ts";
import { Grid, randomPieces, TickPath } from "../../shared/volatility-reference.ts";

const TOLERANCE = 1e-9;
const POKES = 200;

describe("VolatilityOracle against floating point", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(configuredVolatility);

  async function expectAgreement({ oracle }: VolatilitySetting, asset: string, estimator: VolatilityEstimator) {
    const { fastWad, slowWad, sigmaWad } = await oracle.volatilityOf(asset);
    const { fast, slow, sigma } = estimator.estimate();
    expect(relativeError(fromWad(fastWad), fast), `fast ${fast}`).to.be.lessThan(TOLERANCE);
    expect(relativeError(fromWad(slowWad), slow), `slow ${slow}`).to.be.lessThan(TOLERANCE);
    expect(relativeError(fromWad(sigmaWad), sigma), `sigma ${sigma}`).to.be.lessThan(TOLERANCE);
  }

  const cases = [
    { what: "poked several times an interval", longest: 300, sigma: 0.05, clamp: 1.5, interval: 1_800 },
    { what: "poked after several intervals", longest: 2 * HOUR, sigma: 0.05, clamp: 1.5, interval: 1_800 },
    { what: "poked after days", longest: 3 * DAY, sigma: 0.05, clamp: 1.5, interval: 86_400 },
    { what: "of a stablecoin", longest: 1_500, sigma: 0.0008, clamp: 1.5, interval: 600 },
    { what: "that is clamped most of the time", longest: 1_500, sigma: 0.5, clamp: 0.2, interval: 1_800 },
    { what: "of an asset that dies", longest: 1_500, sigma: 2.5, clamp: 3, interval: 60 },
  ];
  for (const { what, longest, sigma, clamp, interval } of cases) {
    it(`agrees to 1e-9 on a random path ${what}, whichever side of the pool the asset is`, async () => {
      const setting = await load();
      const { oracle, first, second, firstPool, secondPool, input, start, at } = setting;
      const rng = createRng(what);
      const config = { clampWad: wad(clamp), interval: BigInt(interval) };
      await at(start + 10);
      await oracle.setAsset(first, await input(firstPool, config));
      await at(start + 11);
      await oracle.setAsset(second, await input(secondPool, config));

      const path = new TickPath(start - 2 * DAY, START_TICK);
      const runs = [start + 10, start + 11].map((from) => ({
        grid: new Grid(from, interval),
        estimator: new VolatilityEstimator({ ...PARAMETERS, clamp }),
      }));
      const calls = [first, second].map((asset) => oracle.interface.encodeFunctionData("poke", [asset]));
      let [time, tick, samples] = [start + 11, START_TICK, 0];
      for (let poke = 0; poke < POKES; ++poke) {
        const [times, ticks]: [number[], number[]] = [[], []];
        for (const piece of randomPieces(rng, tick, longest, sigma)) {
          tick = Math.min(Math.max(piece.tick, -887_272), 887_272);
          path.add(time, tick);
          times.push(time);
          ticks.push(tick);
          time += piece.seconds;
        }
        await at(time);
        await tellAndCall(
          setting,
          [
            [firstPool, times, ticks],
            [secondPool, times, ticks],
          ],
          calls,
        );
        for (const { grid, estimator } of runs) {
          const sampled = grid.poke(time);
          if (sampled === undefined) continue;
          estimator.addInterval(path.sum(sampled.from, sampled.to), sampled.to - sampled.from);
          ++samples;
        }
        if (poke % 20 === 19) await expectAgreement(setting, first, runs[0].estimator);
      }
      expect(samples).to.be.greaterThan(POKES / 4);
      await expectAgreement(setting, first, runs[0].estimator);
      await expectAgreement(setting, second, runs[1].estimator);
    });
  }

  it("agrees to 1e-9 on random prices of a feed", async () => {
    const setting = await load();
    const { oracle, prices, script, priced, start, at } = setting;
    const rng = createRng("feed");
    const estimator = new VolatilityEstimator(PARAMETERS);
    let [time, last, price] = [start, start, 1];
    let lastPrice36 = 10n ** 36n;
    for (let poke = 0; poke < POKES; ++poke) {
      const seconds = 1 + rng.integer(2 * HOUR);
      time += seconds;
      price *= Math.exp(0.05 * Math.sqrt(seconds / DAY) * rng.normal());
      const price36 = BigInt(Math.round(price * 1e15)) * 10n ** 21n;
      await at(time);
      await script.run([
        { target: await prices.getAddress(), data: prices.interface.encodeFunctionData("setPrice", [priced, price36]) },
        { target: await oracle.getAddress(), data: oracle.interface.encodeFunctionData("poke", [priced]) },
      ]);
      if (time - last < 1_800) continue;
      const change = Math.log1p(Number(price36 - lastPrice36) / Number(lastPrice36));
      estimator.addReturn(change, (time - last) / DAY, time - last);
      [last, lastPrice36] = [time, price36];
    }
    await expectAgreement(setting, priced, estimator);
  });
});
