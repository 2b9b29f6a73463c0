import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { expectClose } from "../../shared/expect-close.ts";

const WAD = 10n ** 18n;

async function deployCurves(connection: NetworkConnection) {
  const { ethers } = connection;
  return {
    ethers,
    fixed: await ethers.deployContract("FixedBonusCurve", [500]),
    dutch: await ethers.deployContract("DutchCurve", [1_000, 500, 1_200]),
  };
}

describe("Liquidation curves", () => {
  let networkConnection: NetworkConnection;

  before(async () => {
    networkConnection = await network.create();
  });
  after(() => networkConnection.close());

  const load = () => networkConnection.networkHelpers.loadFixture(deployCurves);

  describe("FixedBonusCurve", () => {
    it("reverts when the bonus is above 50 %", async () => {
      const { ethers, fixed } = await load();
      const factory = await ethers.getContractFactory("FixedBonusCurve");
      await expect(factory.deploy(5_001))
        .to.be.revertedWithCustomError(fixed, "CurveParameterOutOfRange")
        .withArgs(encodeBytes32String("maxBonus"), 5_001, 0, 5_000);
    });

    it("charges 1/(1 + bonus), rounded against the taker, at any lag", async () => {
      const { fixed } = await load();
      for (const lag of [0n, 1n, 86_400n, (1n << 256n) - 1n]) {
        expect(await fixed.priceFactorWad(lag)).to.equal(952_380_952_380_952_381n); // 1/1.05 = 0.952380952380952380952…
      }
      expect(await fixed.secondsToFloor()).to.equal(0);
      expect(await fixed.bonusBps()).to.equal(500);
    });
  });

  describe("DutchCurve", () => {
    it("reverts when a parameter is out of range", async () => {
      const { ethers, dutch } = await load();
      const factory = await ethers.getContractFactory("DutchCurve");
      await expect(factory.deploy(10_001, 500, 1_200))
        .to.be.revertedWithCustomError(dutch, "CurveParameterOutOfRange")
        .withArgs(encodeBytes32String("premium"), 10_001, 0, 10_000);
      await expect(factory.deploy(0, 5_001, 1_200))
        .to.be.revertedWithCustomError(dutch, "CurveParameterOutOfRange")
        .withArgs(encodeBytes32String("maxBonus"), 5_001, 0, 5_000);
      for (const duration of [59, 86_401]) {
        await expect(factory.deploy(0, 500, duration))
          .to.be.revertedWithCustomError(dutch, "CurveParameterOutOfRange")
          .withArgs(encodeBytes32String("secondsToFloor"), duration, 60, 86_400);
      }
      await expect(factory.deploy(0, 0, 1_200))
        .to.be.revertedWithCustomError(dutch, "CurveFlat")
        .withArgs();
    });

    it("falls exponentially from 1 + premium to 1/(1 + bonus)", async () => {
      const { dutch } = await load();
      const [start, floor] = [1.1, 1 / 1.05];
      for (const lag of [0, 1, 60, 300, 600, 1_000, 1_199, 1_200]) {
        const factor = await dutch.priceFactorWad(lag);
        expectClose(Number(factor) / 1e18, start * (floor / start) ** (lag / 1_200), 1e-12);
      }
    });

    it("opens at the premium, passes the liquidation price where it should, and stays at the floor", async () => {
      const { dutch } = await load();
      expect(await dutch.startFactorWad()).to.equal((11n * WAD) / 10n);
      expect(await dutch.priceFactorWad(0)).to.equal((11n * WAD) / 10n);
      // ln 1.1 / ln(1.1 × 1.05) × 1200 s = 793.7 s
      expect(await dutch.priceFactorWad(793)).to.be.greaterThan(WAD);
      expect(await dutch.priceFactorWad(794)).to.be.lessThan(WAD);
      const floor = await dutch.floorFactorWad();
      expect(floor).to.equal(952_380_952_380_952_381n);
      expect(await dutch.secondsToFloor()).to.equal(1_200);
      for (const lag of [1_200n, 1_201n, (1n << 256n) - 1n]) expect(await dutch.priceFactorWad(lag)).to.equal(floor);
    });
  });
});
