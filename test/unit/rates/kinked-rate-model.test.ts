import { expect } from "chai";
import { encodeBytes32String, parseEther } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { expectClose } from "../../shared/expect-close.ts";
import { kinkedReference } from "../../shared/rate-reference.ts";

const WAD = 10n ** 18n;
const DAY = 86_400n;
const YEAR = 365n * DAY;
const STATE_UNIT = 1e-21; // per second

const PARAMS = {
  basePerYearWad: parseEther("0.005"),
  slopeToKinkPerYearWad: parseEther("0.05"),
  slopeAboveKinkPerYearWad: parseEther("0.75"),
  kinkWad: parseEther("0.9"),
  criticalUtilisationWad: parseEther("0.97"),
  surchargeFloorPerYearWad: parseEther("0.05"),
  surchargeCapPerYearWad: parseEther("10"),
  doublingSeconds: 43_200n,
};
const REFERENCE = {
  basePerYear: 0.005,
  slopeToKinkPerYear: 0.05,
  slopeAboveKinkPerYear: 0.75,
  kink: 0.9,
  critical: 0.97,
  surchargeFloorPerYear: 0.05,
  surchargeCapPerYear: 10,
  doublingSeconds: 43_200,
};

async function deployKinked(connection: NetworkConnection) {
  const model = await connection.ethers.deployContract("KinkedRateModel", [PARAMS]);
  return { connection, ethers: connection.ethers, model };
}

describe("KinkedRateModel", () => {
  let networkConnection: NetworkConnection;

  before(async () => {
    networkConnection = await network.create();
  });
  after(() => networkConnection.close());

  const load = () => networkConnection.networkHelpers.loadFixture(deployKinked);

  describe("#constructor", () => {
    const cases: [name: string, field: keyof typeof PARAMS, value: bigint, min: bigint, max: bigint][] = [
      ["base", "basePerYearWad", 10n * WAD + 1n, 0n, 10n * WAD],
      ["slopeToKink", "slopeToKinkPerYearWad", 10n * WAD + 1n, 0n, 10n * WAD],
      ["slopeAboveKink", "slopeAboveKinkPerYearWad", 100n * WAD + 1n, 0n, 100n * WAD],
      ["kink", "kinkWad", 0n, 1n, WAD - 1n],
      ["kink", "kinkWad", WAD, 1n, WAD - 1n],
      ["criticalUtilisation", "criticalUtilisationWad", PARAMS.kinkWad - 1n, PARAMS.kinkWad, WAD],
      ["criticalUtilisation", "criticalUtilisationWad", WAD + 1n, PARAMS.kinkWad, WAD],
      ["surchargeCap", "surchargeCapPerYearWad", 1_000n * WAD + 1n, 10n ** 9n, 1_000n * WAD],
      ["surchargeFloor", "surchargeFloorPerYearWad", 10n ** 9n - 1n, 10n ** 9n, PARAMS.surchargeCapPerYearWad],
      [
        "surchargeFloor",
        "surchargeFloorPerYearWad",
        PARAMS.surchargeCapPerYearWad + 1n,
        10n ** 9n,
        PARAMS.surchargeCapPerYearWad,
      ],
      ["doublingSeconds", "doublingSeconds", 3_599n, 3_600n, YEAR],
      ["doublingSeconds", "doublingSeconds", YEAR + 1n, 3_600n, YEAR],
    ];
    for (const [name, field, value, min, max] of cases) {
      it(`reverts when ${field} is ${value}`, async () => {
        const { ethers, model } = await load();
        const factory = await ethers.getContractFactory("KinkedRateModel");
        await expect(factory.deploy({ ...PARAMS, [field]: value }))
          .to.be.revertedWithCustomError(model, "RateParameterOutOfRange")
          .withArgs(encodeBytes32String(name), value, min, max);
      });
    }
  });

  describe("#ratePerSecondWad", () => {
    it("runs along two lines that meet at the kink", async () => {
      const { model } = await load();
      const rates: [utilisation: string, perYear: number][] = [
        ["0", 0.005],
        ["0.45", 0.03],
        ["0.9", 0.055],
        ["0.95", 0.43],
      ];
      for (const [utilisation, perYear] of rates) {
        const rate = Number(await model.ratePerSecondWad(parseEther(utilisation), 0));
        expectClose(rate, (perYear * 1e18) / Number(YEAR), 3);
      }
    });

    it("adds the surcharge's floor at the critical level, and what is stored of it anywhere", async () => {
      const { model } = await load();
      const floor = await model.surchargeFloor();
      const plain = await model.ratePerSecondWad(parseEther("0.97") - 1n, 0);
      expect(await model.ratePerSecondWad(parseEther("0.97"), 0)).to.be.closeTo(plain + floor / 1_000n, 10);
      expect(await model.ratePerSecondWad(0, 4n * floor)).to.equal(
        (await model.ratePerSecondWad(0, 0)) + (4n * floor) / 1_000n,
      );
      expect(await model.ratePerSecondWad(5n * WAD, 0)).to.equal(await model.ratePerSecondWad(WAD, 0));
    });
  });

  it("above full utilisation is what it is there, even where the kink is a hair below", async () => {
    const { ethers } = await load();
    const steep = { ...PARAMS, kinkWad: WAD - 1n, criticalUtilisationWad: WAD };
    const model = await ethers.deployContract("KinkedRateModel", [steep]);
    for (const utilisation of [WAD + 1n, 2n * WAD, (1n << 256n) - 1n]) {
      expect(await model.ratePerSecondWad(utilisation, 0)).to.equal(await model.ratePerSecondWad(WAD, 0));
      expect(await model.accrue(utilisation, DAY, 0)).to.deep.equal(await model.accrue(WAD, DAY, 0));
    }
  });

  describe("#accrue", () => {
    it("has no memory while utilisation is below the critical level", async () => {
      const { model } = await load();
      const [rate, state] = await model.accrue(parseEther("0.969"), 30n * DAY, 0);
      expect(state).to.equal(0);
      expect(rate).to.equal(await model.ratePerSecondWad(parseEther("0.969"), 0));
    });

    it("doubles the surcharge twice a day above it, up to the cap", async () => {
      const { model } = await load();
      const [, afterDay] = await model.accrue(WAD, DAY, 0);
      expectClose(Number(afterDay) / Number(await model.surchargeFloor()), 4, 1e-9);
      const [, afterWeek] = await model.accrue(WAD, 6n * DAY, afterDay);
      expect(afterWeek).to.equal(await model.surchargeCap());
    });

    it("halves it below, and ends it at the floor: one touch or many", async () => {
      const { model } = await load();
      const floor = await model.surchargeFloor();
      const plain = await model.ratePerSecondWad(0, 0);
      const [, afterHalf] = await model.accrue(0, 43_200n, 4n * floor);
      expectClose(Number(afterHalf) / Number(2n * floor), 1, 1e-9);
      const [longRate, afterYear] = await model.accrue(0, YEAR, 4n * floor);
      expect(afterYear).to.equal(0);
      // 4 floors decay to 1 within a day: mean (4−1)/ln 4 of it, and nothing for the other 364 days.
      const expected = (Number(floor) / 1_000) * (3 / Math.log(4)) * (1 / 365);
      expectClose(Number(longRate - plain), expected, 2);
    });

    it("survives any utilisation, time and state", async () => {
      const { model } = await load();
      for (const utilisation of [0n, 1n, PARAMS.kinkWad, PARAMS.criticalUtilisationWad, (1n << 256n) - 1n]) {
        for (const elapsed of [0n, 1n, 100n * YEAR, (1n << 256n) - 1n]) {
          for (const state of [0n, 1n, (1n << 56n) - 1n]) {
            const [, next] = await model.accrue(utilisation, elapsed, state);
            expect(next).to.be.at.most(await model.surchargeCap());
          }
        }
      }
    });

    for (const elapsed of [1n, 12n, 3_600n, DAY, 4n * DAY, YEAR, 100n * YEAR]) {
      it(`agrees with floating point to 1e-9 over ${elapsed} s`, async () => {
        const { model } = await load();
        for (const utilisation of [0, 0.2, 0.8999, 0.9, 0.93, 0.9699, 0.97, 0.999, 1]) {
          for (const perYear of [0, 0.051, 0.4, 5, 9.99]) {
            const state = (parseEther(String(perYear)) * 1_000n) / YEAR;
            const [rate, next] = await model.accrue(parseEther(String(utilisation)), elapsed, state);
            const expected = kinkedReference(REFERENCE, utilisation, Number(elapsed), Number(state) * STATE_UNIT);
            // Four truncations to 1e-18 a second, besides.
            expectClose(Number(rate), expected.mean * 1e18, expected.mean * 1e18 * 1e-9 + 4);
            expectClose(Number(next) * STATE_UNIT, expected.end, expected.end * 1e-9);
          }
        }
      });
    }
  });
});
