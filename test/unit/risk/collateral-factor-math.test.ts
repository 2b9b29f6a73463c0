import { expect } from "chai";
import { parseEther } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { liquidationFactor, smartLtv, survival, timeToLiquidate, toxicDebt } from "../../shared/factor-reference.ts";

const WAD = 10n ** 18n;
const DAY = 86_400n;
const toWad = (value: number) => BigInt(Math.round(value * 1e15)) * 1_000n;
const fromWad = (value: bigint) => Number(value) / 1e18;

async function deployHarness(connection: NetworkConnection) {
  return connection.ethers.deployContract("FactorMathHarness");
}

describe("CollateralFactorMath", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployHarness);

  describe("#timeToLiquidateUp", () => {
    it("says that borrowing stops where nothing is sold, or where it takes longer than a day", async () => {
      const math = await load();
      expect(await math.timeToLiquidateUp(0, 0)).to.deep.equal([DAY, true]);
      expect(await math.timeToLiquidateUp(1_001, 1_000)).to.deep.equal([DAY, true]);
      expect(await math.timeToLiquidateUp(1_000, 1_000)).to.deep.equal([DAY, false]);
    });

    it("is exposure ÷ pace, rounded up, and not below an hour", async () => {
      const math = await load();
      expect(await math.timeToLiquidateUp(0, 1)).to.deep.equal([3_600n, false]);
      expect(await math.timeToLiquidateUp(1_000, 24_000)).to.deep.equal([3_600n, false]);
      expect(await math.timeToLiquidateUp(1_001, 24_000)).to.deep.equal([3_604n, false]); // 3603.6
      for (const [exposure, pace] of [
        [5e12, 20e12],
        [1e5, 3e5],
        [9e20, 1e21],
      ]) {
        const [seconds] = await math.timeToLiquidateUp(BigInt(exposure), BigInt(pace));
        expectClose(Number(seconds), timeToLiquidate(exposure, pace).seconds, 1);
      }
    });
  });

  describe("#liquidationFactorDown", () => {
    // DESIGN §7: z = 4, β = 5 %, q/y = 5 %.
    const vectors: [sigma: string, seconds: bigint, percent: number][] = [
      ["0.02", DAY, 79.9],
      ["0.035", DAY, 75.3],
      ["0.05", DAY, 70.9],
      ["0.08", DAY, 62.9],
      ["0.02", DAY / 4n, 83.2],
      ["0.035", DAY / 4n, 80.7],
      ["0.05", DAY / 4n, 78.3],
      ["0.08", DAY / 4n, 73.8],
    ];
    for (const [sigma, seconds, percent] of vectors) {
      it(`gives ${percent} % for σ = ${sigma} and T = ${seconds / 3_600n} h`, async () => {
        const math = await load();
        const kept = await math.survivalDown(4n * WAD, parseEther(sigma), seconds);
        const factor = await math.liquidationFactorDown(kept, parseEther("0.05"), 5, 100);
        expectClose(100 * fromWad(factor), percent, 0.05);
      });
    }

    it("is zero without a market, and falls as the slice grows", async () => {
      const math = await load();
      expect(await math.liquidationFactorDown(WAD, 0, 1, 0)).to.equal(0);
      expect(await math.liquidationFactorDown(WAD, 0, 0, 1)).to.equal(WAD);
      expect(await math.liquidationFactorDown(WAD, 0, 1, 1)).to.equal(WAD / 3n);
      const most = (1n << 128n) - 1n;
      expect(await math.liquidationFactorDown(WAD, WAD, most, 1)).to.equal(0);
      expect(await math.liquidationFactorDown(WAD, WAD, 0, most)).to.equal(WAD / 2n);
    });
  });

  describe("#survivalDown", () => {
    it("agrees with SmartLTV's published vector: 0.82444657", async () => {
      const math = await load();
      const expected = smartLtv({ liquidity: 1e6, debt: 2e5, sigma: 0.1, beta: 0.05, confidence: 3 });
      expectClose(expected, 0.82444657, 5e-9);
      // Its √(d/l) is our √T in days: a fifth of a day.
      const kept = await math.survivalDown(3n * WAD, parseEther("0.1"), DAY / 5n);
      expectClose(fromWad(kept) - 0.05, 0.82444657, 5e-9);
    });

    it("is one without volatility and zero when nothing can be left", async () => {
      const math = await load();
      expect(await math.survivalDown(4n * WAD, 0, DAY)).to.equal(WAD);
      expect(await math.survivalDown(4n * WAD, 20n * WAD, DAY)).to.equal(0);
      expect(await math.survivalDown(4n * WAD, (1n << 256n) - 1n, DAY)).to.equal(0);
    });

    it("agrees with the float reference to 1e-12, over random inputs", async () => {
      const math = await load();
      const rng = createRng("survival");
      for (let i = 0; i < 100; ++i) {
        const [z, sigma] = [toWad(rng.between(1, 6)), toWad(rng.lognormal(0.05, 0.8))];
        const seconds = BigInt(rng.integer(82_801) + 3_600);
        const kept = await math.survivalDown(z, sigma, seconds);
        const expected = survival(fromWad(z), fromWad(sigma), Number(seconds));
        expectClose(fromWad(kept), expected, 1e-12);
        const share = rng.between(0, 0.5);
        const reserve = 10n ** BigInt(6 + rng.integer(25));
        const slice = (reserve * toWad(share)) / WAD;
        const factor = await math.liquidationFactorDown(kept, parseEther("0.07"), slice, reserve);
        const sliceShare = Number(slice) / Number(reserve);
        const inputs = { z: fromWad(z), beta: 0.07, sigma: fromWad(sigma), seconds: Number(seconds), sliceShare };
        expectClose(fromWad(factor), liquidationFactor(inputs), 1e-12);
      }
    });
  });

  describe("#healingDebtDown", () => {
    it("is nothing without collateral or without a market", async () => {
      const math = await load();
      expect(await math.healingDebtDown(0, 1_000, 0)).to.equal(0);
      expect(await math.healingDebtDown(1_000, 0, 0)).to.equal(0);
    });

    it("is the largest debt with LTV·(1+b)·ψ strictly below one", async () => {
      const math = await load();
      const rng = createRng("toxicity");
      for (let i = 0; i < 50; ++i) {
        const collateral = BigInt(Math.floor(rng.lognormal(1e12, 3)) + 1);
        const reserve = BigInt(Math.floor(rng.lognormal(1e13, 3)) + 1);
        const discount = toWad(rng.between(0, 0.2));
        const debt = await math.healingDebtDown(collateral, reserve, discount);
        // D·(1+b)·(y+2c) < c·y, in whole numbers.
        const burden = (d: bigint) => d * (WAD + discount) * (reserve + 2n * collateral);
        expect(burden(debt) < collateral * reserve * WAD, `at ${debt}`).to.equal(true);
        expect(burden(debt + 1n) < collateral * reserve * WAD, `above ${debt}`).to.equal(false);
        const expected = toxicDebt(Number(collateral), Number(reserve), fromWad(discount));
        expectClose(Number(debt), expected, 1 + expected * 1e-12);
      }
    });

    it("gives a whale a smaller share of its collateral", async () => {
      const math = await load();
      const reserve = 10n ** 12n;
      let last = 1;
      for (const collateral of [10n ** 8n, 10n ** 10n, 10n ** 11n, 10n ** 12n, 10n ** 13n]) {
        const share = Number(await math.healingDebtDown(collateral, reserve, parseEther("0.05"))) / Number(collateral);
        expect(share).to.be.lessThan(last);
        last = share;
      }
      // c = y: 1/(1.05 · 3)
      const debt = await math.healingDebtDown(reserve, reserve, parseEther("0.05"));
      expect(debt).to.equal((reserve * 100n) / 315n);
    });
  });
});
