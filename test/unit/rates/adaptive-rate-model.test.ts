import { expect } from "chai";
import { encodeBytes32String, parseEther } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { expectClose } from "../../shared/expect-close.ts";
import { adaptiveReference } from "../../shared/rate-reference.ts";

const WAD = 10n ** 18n;
const YEAR = 365n * 86_400n;
const STATE_UNIT = 1e-23; // per second

/** The defaults of the demo deployment. */
const PARAMS = {
  targetUtilisationWad: parseEther("0.9"),
  steepnessWad: parseEther("4"),
  initialPerYearWad: parseEther("0.04"),
  minPerYearWad: parseEther("0.001"),
  maxPerYearWad: parseEther("2"),
  speedPerYearWad: parseEther("50"),
};
const REFERENCE = {
  target: 0.9,
  steepness: 4,
  initialPerYear: 0.04,
  minPerYear: 0.001,
  maxPerYear: 2,
  speedPerYear: 50,
};

async function deployAdaptive(connection: NetworkConnection) {
  const model = await connection.ethers.deployContract("AdaptiveRateModel", [PARAMS]);
  return { connection, ethers: connection.ethers, model };
}

describe("AdaptiveRateModel", () => {
  let networkConnection: NetworkConnection;

  before(async () => {
    networkConnection = await network.create();
  });
  after(() => networkConnection.close());

  const load = () => networkConnection.networkHelpers.loadFixture(deployAdaptive);

  describe("#constructor", () => {
    const cases: [name: string, field: keyof typeof PARAMS, value: bigint, min: bigint, max: bigint][] = [
      ["targetUtilisation", "targetUtilisationWad", 0n, 1n, WAD - 1n],
      ["targetUtilisation", "targetUtilisationWad", WAD, 1n, WAD - 1n],
      ["steepness", "steepnessWad", WAD - 1n, WAD, 10n * WAD],
      ["steepness", "steepnessWad", 10n * WAD + 1n, WAD, 10n * WAD],
      ["max", "maxPerYearWad", 10n * WAD + 1n, 10n ** 9n, 10n * WAD],
      ["min", "minPerYearWad", 10n ** 9n - 1n, 10n ** 9n, PARAMS.maxPerYearWad],
      ["min", "minPerYearWad", PARAMS.maxPerYearWad + 1n, 10n ** 9n, PARAMS.maxPerYearWad],
      ["initial", "initialPerYearWad", PARAMS.minPerYearWad - 1n, PARAMS.minPerYearWad, PARAMS.maxPerYearWad],
      ["initial", "initialPerYearWad", PARAMS.maxPerYearWad + 1n, PARAMS.minPerYearWad, PARAMS.maxPerYearWad],
      ["speed", "speedPerYearWad", 10n ** 12n - 1n, 10n ** 12n, 500n * WAD],
      ["speed", "speedPerYearWad", 500n * WAD + 1n, 10n ** 12n, 500n * WAD],
    ];
    for (const [name, field, value, min, max] of cases) {
      it(`reverts when ${field} is ${value}`, async () => {
        const { ethers, model } = await load();
        const factory = await ethers.getContractFactory("AdaptiveRateModel");
        await expect(factory.deploy({ ...PARAMS, [field]: value }))
          .to.be.revertedWithCustomError(model, "RateParameterOutOfRange")
          .withArgs(encodeBytes32String(name), value, min, max);
      });
    }

    it("keeps its parameters, rates in the unit of the state", async () => {
      const { model } = await load();
      expect(await model.targetUtilisationWad()).to.equal(PARAMS.targetUtilisationWad);
      expect(await model.steepnessWad()).to.equal(PARAMS.steepnessWad);
      expect(await model.speedPerSecondWad()).to.equal(PARAMS.speedPerYearWad / YEAR);
      expect(await model.initialRateAtTarget()).to.equal((PARAMS.initialPerYearWad * 100_000n) / YEAR);
      expect(await model.minRateAtTarget()).to.equal((PARAMS.minPerYearWad * 100_000n) / YEAR);
      expect(await model.maxRateAtTarget()).to.equal((PARAMS.maxPerYearWad * 100_000n) / YEAR);
    });
  });

  describe("#ratePerSecondWad", () => {
    it("is the initial rate at target, a steepness-th of it at zero, steepness times it at full use", async () => {
      const { model } = await load();
      const atTarget = Number(PARAMS.initialPerYearWad / YEAR);
      expectClose(Number(await model.ratePerSecondWad(PARAMS.targetUtilisationWad, 0)), atTarget, 1);
      expectClose(Number(await model.ratePerSecondWad(0, 0)), atTarget / 4, 1);
      expectClose(Number(await model.ratePerSecondWad(WAD, 0)), atTarget * 4, 4);
      expect(await model.ratePerSecondWad(5n * WAD, 0)).to.equal(await model.ratePerSecondWad(WAD, 0));
    });
  });

  it("rounds a rate to the nearest 1e-18 a second, and half a unit up", async () => {
    const { model } = await load();
    for (const [state, rate] of [
      [4_000_000_049_999n, 40_000_000n],
      [4_000_000_050_000n, 40_000_001n],
    ]) {
      expect(await model.ratePerSecondWad(PARAMS.targetUtilisationWad, state)).to.equal(rate);
      expect((await model.accrue(PARAMS.targetUtilisationWad, YEAR, state))[0]).to.equal(rate);
    }
  });

  describe("#accrue", () => {
    it("stands still at the target", async () => {
      const { model } = await load();
      const [rate, state] = await model.accrue(PARAMS.targetUtilisationWad, YEAR, 0);
      expect(state).to.equal(await model.initialRateAtTarget());
      expect(rate).to.equal(await model.ratePerSecondWad(PARAMS.targetUtilisationWad, 0));
    });

    it("doubles in five days at full utilisation, and has no lender trapped at a flat rate", async () => {
      const { model } = await load();
      const [, state] = await model.accrue(WAD, 5n * 86_400n, 0);
      expectClose(Number(state) / Number(await model.initialRateAtTarget()), Math.exp(50 * (5 / 365)), 1e-9);
      const [, after] = await model.accrue(WAD, 60n * 86_400n, state);
      expect(after).to.equal(await model.maxRateAtTarget());
      expectClose(Number(await model.ratePerSecondWad(WAD, after)) * Number(YEAR), 8e18, 1e9);
    });

    it("survives any utilisation, time and state", async () => {
      const { model } = await load();
      const max56 = (1n << 56n) - 1n;
      for (const utilisation of [0n, 1n, PARAMS.targetUtilisationWad + 1n, WAD, (1n << 256n) - 1n]) {
        for (const elapsed of [0n, 1n, 100n * YEAR, (1n << 256n) - 1n]) {
          for (const state of [0n, 1n, max56]) {
            const [, next] = await model.accrue(utilisation, elapsed, state);
            expect(next).to.be.within(await model.minRateAtTarget(), await model.maxRateAtTarget());
          }
        }
      }
    });

    for (const elapsed of [1n, 12n, 3_600n, 86_400n, 30n * 86_400n, YEAR, 100n * YEAR]) {
      it(`agrees with floating point to 1e-9 over ${elapsed} s`, async () => {
        const { model } = await load();
        for (const utilisation of [0, 0.2, 0.5, 0.85, 0.899, 0.9001, 0.93, 0.97, 1]) {
          for (const perYear of [undefined, 0.0011, 0.04, 0.3, 1.99]) {
            const state = perYear === undefined ? 0n : (parseEther(String(perYear)) * 100_000n) / YEAR;
            const [rate, next] = await model.accrue(parseEther(String(utilisation)), elapsed, state);
            const start = perYear === undefined ? undefined : Number(state) * STATE_UNIT;
            const expected = adaptiveReference(REFERENCE, utilisation, Number(elapsed), start);
            // One unit in the last place of the result, besides: 1e-18 a second is 3e-9 % a year.
            expectClose(Number(rate), expected.mean * 1e18, expected.mean * 1e18 * 1e-9 + 1);
            expectClose(Number(next) * STATE_UNIT, expected.end, expected.end * 1e-9);
          }
        }
      });
    }
  });
});
