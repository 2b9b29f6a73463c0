import { expect } from "chai";
import { encodeBytes32String, getAddress, parseEther } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";
import * as reference from "../../shared/factor-reference.ts";
import { deployAccessManager } from "../../shared/oracle-fixtures.ts";

const DAY = 86_400n;
const ASSET = getAddress("0x00000000000000000000000000000000000a55e7");
const STRANGE = getAddress("0x0000000000000000000000000000000000057a9e");

const PARAMETERS = {
  zHundredths: 400n,
  betaBps: 500n,
  bufferBps: 2_500n,
  minLiquidationFactorBps: 4_000n,
  maxLiquidationFactorBps: 9_000n,
  freeLeverageBps: 15_000n,
  leverageSlopeBps: 500n,
  freeRiseBps: 1_000n,
  riseSlopeBps: 2_500n,
  maxAddOnBps: 1_500n,
};

/** σ = 3.5 % a day, a day to sell, q/y = 5 %, a calm pool whose factor in force is high: 75.3 %. */
const INPUTS = {
  sigmaWad: parseEther("0.035"),
  exposure: 10n ** 12n,
  salePerDay: 10n ** 12n,
  slice: 5n * 10n ** 10n,
  reserve: 10n ** 12n,
  leverageWad: parseEther("1.5"),
  riseWad: 0n,
  liquidationFactorBps: 9_000n,
};

async function deployModel(connection: NetworkConnection) {
  const [governor, stranger] = await connection.ethers.getSigners();
  const authority = await deployAccessManager(governor);
  const model = await connection.ethers.deployContract("CollateralFactorModel", [authority]);
  await model.setParameters(ASSET, PARAMETERS);
  return { model, governor, stranger };
}

describe("CollateralFactorModel", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployModel);

  describe("#setParameters", () => {
    it("reverts for whom the access manager does not know", async () => {
      const { model, stranger } = await load();
      await expect(model.connect(stranger).setParameters(ASSET, PARAMETERS))
        .to.be.revertedWithCustomError(model, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });

    const ranges: [name: string, field: keyof typeof PARAMETERS, min: bigint, max: bigint][] = [
      ["z", "zHundredths", 100n, 1_000n],
      ["beta", "betaBps", 0n, 2_000n],
      ["buffer", "bufferBps", 500n, 9_000n],
      ["maxLiquidationFactor", "maxLiquidationFactorBps", 1n, 9_800n],
      ["minLiquidationFactor", "minLiquidationFactorBps", 0n, 9_000n],
      ["freeLeverage", "freeLeverageBps", 10_000n, 65_535n],
      ["leverageSlope", "leverageSlopeBps", 0n, 10_000n],
      ["freeRise", "freeRiseBps", 0n, 10_000n],
      ["riseSlope", "riseSlopeBps", 0n, 10_000n],
      ["maxAddOn", "maxAddOnBps", 0n, 5_000n],
    ];
    for (const [name, field, min, max] of ranges) {
      it(`reverts when ${name} is outside ${min} … ${max}`, async () => {
        const { model } = await load();
        const outside = [min - 1n, max + 1n].filter((value) => value >= 0n && value < 1n << 16n);
        for (const value of outside) {
          await expect(model.setParameters(ASSET, { ...PARAMETERS, [field]: value }))
            .to.be.revertedWithCustomError(model, "FactorParameterOutOfRange")
            .withArgs(encodeBytes32String(name), value, min, max);
        }
        await model.setParameters(ASSET, {
          ...PARAMETERS,
          [field]: field === "maxLiquidationFactorBps" ? 9_800n : max,
        });
      });
    }

    it("keeps and announces them", async () => {
      const { model } = await load();
      const changed = { ...PARAMETERS, zHundredths: 350n, maxAddOnBps: 900n };
      await expect(model.setParameters(ASSET, changed))
        .to.emit(model, "FactorParametersSet")
        .withArgs(ASSET, Object.values(changed));
      expect(await model.parametersOf(ASSET)).to.deep.equal(Object.values(changed));
    });
  });

  describe("#targets", () => {
    it("reverts when the asset is unknown", async () => {
      const { model } = await load();
      await expect(model.targets(STRANGE, INPUTS))
        .to.be.revertedWithCustomError(model, "FactorAssetUnknown")
        .withArgs(STRANGE);
      await expect(model.parametersOf(STRANGE))
        .to.be.revertedWithCustomError(model, "FactorAssetUnknown")
        .withArgs(STRANGE);
      await expect(model.healingDebt(STRANGE, 1, 1))
        .to.be.revertedWithCustomError(model, "FactorAssetUnknown")
        .withArgs(STRANGE);
    });

    it("is the formula, rounded down", async () => {
      const { model } = await load();
      // e^−0.14/1.155 = 0.752684; 0.752684 − 0.25·0.247316 = 0.690855
      expect(await model.targets(ASSET, INPUTS)).to.deep.equal([7_526n, 6_908n, false, DAY, 500n]);
    });

    it("stops borrowing, and leaves the liquidation factor alone, when a sale takes longer than a day", async () => {
      const { model } = await load();
      const t = await model.targets(ASSET, { ...INPUTS, exposure: INPUTS.salePerDay + 1n });
      expect(t).to.deep.equal([7_526n, 0n, true, DAY, 500n]);
    });

    it("stops borrowing where there is no market, and its liquidation factor goes to the bound", async () => {
      const { model } = await load();
      const t = await model.targets(ASSET, { ...INPUTS, reserve: 0n });
      expect(t).to.deep.equal([4_000n, 0n, true, DAY, 500n]);
    });

    it("does not lend on a bound from below", async () => {
      const { model } = await load();
      // e^−1.2/1.155 = 0.26077: the target is 40 %, but lending is by the formula.
      const t = await model.targets(ASSET, { ...INPUTS, sigmaWad: parseEther("0.3") });
      expect(t.liquidationFactorBps).to.equal(4_000);
      expect(t.borrowFactorBps).to.equal(759); // 0.26077 − 0.25·0.73923 = 0.07596
    });

    it("does not exceed its bound from above", async () => {
      const { model } = await load();
      const t = await model.targets(ASSET, { ...INPUTS, sigmaWad: 0n, slice: 0n });
      expect(t).to.deep.equal([9_000n, 8_750n, false, DAY, 500n]); // 1/1.05; 0.9 − 0.25·0.1
    });

    it("keeps the borrow factor's distance from the factor in force while that is still rising", async () => {
      const { model } = await load();
      const t = await model.targets(ASSET, { ...INPUTS, liquidationFactorBps: 6_000n });
      expect(t.liquidationFactorBps).to.equal(7_526);
      expect(t.borrowFactorBps).to.equal(5_000);
    });

    it("leans against leverage and against a fast rise, up to a cap", async () => {
      const { model } = await load();
      const borrow = async (leverage: string, rise: string) => {
        const inputs = { ...INPUTS, leverageWad: parseEther(leverage), riseWad: parseEther(rise) };
        const t = await model.targets(ASSET, inputs);
        expect(t.liquidationFactorBps).to.equal(7_526); // not this one
        return t.borrowFactorBps;
      };
      expect(await borrow("1", "0.1")).to.equal(6_908);
      expect(await borrow("2.5", "0")).to.equal(6_408); // 1× at 5 points
      expect(await borrow("1", "0.3")).to.equal(6_408); // 20 % at 25 points per 100 %
      expect(await borrow("2.5", "0.3")).to.equal(5_908);
      expect(await borrow("1000", "50")).to.equal(5_408); // 15 points at most
    });

    it("agrees with the float reference to a basis point, over random inputs", async () => {
      const { model } = await load();
      const rng = createRng("targets");
      for (let i = 0; i < 60; ++i) {
        const [sigma, leverage, rise] = [rng.lognormal(0.04, 0.5), 1 + rng.next() * 4, rng.next() * 0.8];
        const [exposure, pace, inForce] = [rng.lognormal(1e12, 1), rng.lognormal(2e12, 1), 5_000 + rng.integer(4_500)];
        const sliceShare = rng.between(0, 0.2);
        const t = await model.targets(ASSET, {
          sigmaWad: parseEther(sigma.toFixed(15)),
          exposure: BigInt(Math.floor(exposure)),
          salePerDay: BigInt(Math.floor(pace)),
          slice: BigInt(Math.floor(sliceShare * 1e15)),
          reserve: 10n ** 15n,
          leverageWad: parseEther(leverage.toFixed(15)),
          riseWad: parseEther(rise.toFixed(15)),
          liquidationFactorBps: inForce,
        });
        const { seconds, beyond } = reference.timeToLiquidate(exposure, pace);
        const factor = reference.liquidationFactor({ z: 4, beta: 0.05, sigma, seconds, sliceShare });
        const addition = reference.addOn({
          ...{ leverage, freeLeverage: 1.5, leverageSlope: 0.05, rise, freeRise: 0.1, riseSlope: 0.25, cap: 0.15 },
        });
        const lendOn = Math.min(factor, 0.9, inForce / 1e4);
        const borrow = beyond ? 0 : reference.borrowFactor(lendOn, 0.25, addition);
        expect(t.borrowingStopped).to.equal(beyond);
        expectClose(Number(t.liquidationFactorBps), 1e4 * Math.min(Math.max(factor, 0.4), 0.9), 1.001);
        expectClose(Number(t.borrowFactorBps), 1e4 * borrow, 1.001);
        expectClose(Number(t.timeToLiquidate), seconds, 1);
      }
    });
  });

  describe("#healingDebt", () => {
    it("uses the largest discount of the asset", async () => {
      const { model } = await load();
      expect(await model.healingDebt(ASSET, 10n ** 12n, 10n ** 12n)).to.equal(10n ** 14n / 315n);
    });
  });
});
