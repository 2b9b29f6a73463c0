import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { toWadUp } from "../../../sim/reference/fixed-point.ts";
import { factorAt } from "../../../sim/reference/sale-price.ts";
import { saleTerms, type CurveParameters } from "../../../sim/reference/sale-terms.ts";
import { createRng } from "../../../sim/rng.ts";
import { randomCurve } from "../../shared/auction-actions.ts";
import { curveTuple } from "../../shared/auction-setup.ts";
import { expectClose } from "../../shared/expect-close.ts";

const WAD = 10n ** 18n;
/** `CurveKind`. */
const [FIXED, LINEAR, STAIRS, DUTCH, PACED] = [0, 1, 2, 3, 4];
/** In range for every kind. */
const USUAL = {
  ...{ premiumBps: 200, minBonusBps: 200, maxBonusBps: 500, secondsToFloor: 1_200, stepSeconds: 90, cutBps: 9_900 },
  ...{ creditSeconds: 1_200, fastPpm: 600, slowTenthPpm: 300, kneeBps: 6_000 },
};

async function deployCurves(connection: NetworkConnection) {
  const { ethers } = connection;
  return {
    ethers,
    linear: await ethers.deployContract("LinearCurve", [500, 1_000, 1_800]),
    maker: await ethers.deployContract("StairstepCurve", [3_000, 2_000, 90, 9_900]),
    harness: await ethers.deployContract("SaleMathHarness"),
  };
}

describe("Liquidation curves by time", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployCurves);

  describe("parameters", () => {
    const outOfRange: readonly [
      kind: number,
      name: string,
      field: keyof typeof USUAL,
      values: number[],
      min: number,
      max: number,
    ][] = [
      [FIXED, "premium", "premiumBps", [10_001], 0, 10_000],
      [LINEAR, "premium", "premiumBps", [10_001], 0, 10_000],
      [FIXED, "maxBonus", "maxBonusBps", [5_001], 0, 5_000],
      [PACED, "maxBonus", "maxBonusBps", [5_001], 0, 5_000],
      [LINEAR, "secondsToFloor", "secondsToFloor", [0, 59, 86_401], 60, 86_400],
      [DUTCH, "secondsToFloor", "secondsToFloor", [59, 86_401], 60, 86_400],
      // The credit, which must not be shorter, ends where its bits do.
      [PACED, "secondsToFloor", "secondsToFloor", [59, 86_401], 60, 86_400],
      [STAIRS, "step", "stepSeconds", [0, 3_601], 1, 3_600],
      [STAIRS, "cut", "cutBps", [4_999, 10_000], 5_000, 9_999],
      [PACED, "minBonus", "minBonusBps", [501], 0, 500],
      [PACED, "credit", "creditSeconds", [1_199, 65_536], 1_200, 65_535],
      [PACED, "fastPace", "fastPpm", [0, 65_536], 1, 65_535],
      [PACED, "slowPace", "slowTenthPpm", [0, 6_001], 1, 6_000],
      [PACED, "knee", "kneeBps", [0, 65_536], 1, 65_535],
    ];
    for (const [kind, name, field, values, min, max] of outOfRange) {
      it(`of kind ${kind} revert where ${name} is out of ${min} … ${max}, and not at its ends`, async () => {
        const { harness } = await load();
        for (const value of values) {
          await expect(harness.terms({ ...USUAL, kind, [field]: value }))
            .to.be.revertedWithCustomError(harness, "CurveParameterOutOfRange")
            .withArgs(encodeBytes32String(name), value, min, max);
        }
        for (const value of [min, max]) {
          // With the shortest step a usual cut is too steep, and with the longest the floor is too far for a cut of almost none.
          if (name === "step" || name === "cut") continue;
          if (kind === PACED && name === "secondsToFloor" && value > USUAL.creditSeconds) continue;
          await harness.terms({ ...USUAL, minBonusBps: 0, slowTenthPpm: 1, kind, [field]: value });
        }
      });
    }

    it("revert where stairs reach the floor later than in a day, or fall faster than a number can say", async () => {
      const { harness } = await load();
      await expect(harness.terms({ ...USUAL, kind: STAIRS, cutBps: 9_999, stepSeconds: 300 }))
        .to.be.revertedWithCustomError(harness, "CurveParameterOutOfRange")
        .withArgs(encodeBytes32String("secondsToFloor"), 686n * 300n, 1, 86_400);
      await expect(harness.terms({ ...USUAL, kind: STAIRS, cutBps: 5_000, stepSeconds: 1 }))
        .to.be.revertedWithCustomError(harness, "CurveParameterOutOfRange")
        .withArgs(encodeBytes32String("decay"), 6_931_471_805_599_453n, 1, 2n ** 48n - 1n);
    });

    it("revert where nothing would fall, except at a fixed bonus", async () => {
      const { harness } = await load();
      for (const kind of [LINEAR, STAIRS, DUTCH, PACED]) {
        const flat = { ...USUAL, kind, premiumBps: 0, minBonusBps: 0, maxBonusBps: 0 };
        await expect(harness.terms(flat)).to.be.revertedWithCustomError(harness, "CurveFlat").withArgs();
      }
      const { floor } = await harness.terms({ ...USUAL, kind: FIXED, premiumBps: 0, maxBonusBps: 0 });
      expect(floor).to.equal(WAD);
    });

    it("are what the reference makes of them, whatever they are", async () => {
      const { harness } = await load();
      const rng = createRng("terms");
      for (let i = 0; i < 200; ++i) {
        const p = randomCurve(rng);
        const t = saleTerms(p);
        const { start, floor, guard, toFloor, decay } = await harness.terms(curveTuple(p));
        expect([floor, guard, toFloor]).to.deep.equal([t.floorWad, t.guardWad, t.secondsToFloor]);
        expect([start, decay]).to.deep.equal([t.startWad, t.decay]);
        if (p.kind !== "paced") continue;
        const { step, fast, slow, knee } = await harness.pace(curveTuple(p));
        expect([step, fast, slow, knee]).to.deep.equal([p.creditSeconds, p.fastPpm * 10n, p.slowTenthPpm, p.kneeBps]);
      }
    });
  });

  it("never pay the taker a rounding: at any lag at least the exact price, and no more than 12 units of its last place", async () => {
    const { harness } = await load();
    const rng = createRng("factors");
    for (let i = 0; i < 300; ++i) {
      const p: CurveParameters = randomCurve(rng);
      const t = saleTerms(p);
      const lowest = p.kind === "paced" ? -30_720 : 0;
      const lag = BigInt(Math.floor(rng.between(lowest, Number(t.secondsToFloor) * 300 + 1)));
      const exact = toWadUp(factorAt(t, t.floorWad, lag));
      expect(await harness.factorUp(curveTuple(p), t.floorWad, lag)).to.be.within(exact, exact + 12n);
    }
  });

  it("never pay it either where a schedule is far ahead of the clock on the steepest of curves", async () => {
    const { harness } = await load();
    const rng = createRng("far ahead");
    for (let i = 0; i < 300; ++i) {
      const p: CurveParameters = {
        ...randomCurve(rng),
        kind: "paced",
        premiumBps: BigInt(Math.floor(rng.between(5_000, 10_001))),
        secondsToFloor: BigInt(Math.floor(rng.between(60, 81))),
        creditSeconds: 80n,
      };
      const t = saleTerms(p);
      const lag = BigInt(Math.floor(rng.between(-30_720, -20_000)));
      const exact = toWadUp(factorAt(t, t.floorWad, lag));
      // e^x is up to 9 here, and so many times are its exponent's last places and its own.
      expect(await harness.factorUp(curveTuple(p), t.floorWad, lag)).to.be.within(exact, exact + 40n);
    }
  });

  describe("LinearCurve", () => {
    it("falls in a straight line from 1 + premium to 1/(1 + bonus), and stays there", async () => {
      const { linear } = await load();
      const [start, floor] = [1.05, 1 / 1.1];
      for (const lag of [0, 1, 450, 900, 1_799]) {
        expectClose(Number(await linear.priceFactorWad(lag)) / 1e18, start - ((start - floor) * lag) / 1_800, 1e-15);
      }
      for (const lag of [1_800n, 1_801n, (1n << 256n) - 1n]) {
        expect(await linear.priceFactorWad(lag)).to.equal(909_090_909_090_909_091n);
      }
      expect(await linear.secondsToFloor()).to.equal(1_800);
      expect(await linear.startFactorWad()).to.equal((105n * WAD) / 100n);
    });
  });

  describe("StairstepCurve", () => {
    it("is Maker's with a cut of 0.99, steps of 90 s and a premium of 30 %: at par after 27 steps, 40.5 minutes", async () => {
      const { maker } = await load();
      for (const [lag, steps] of [
        [0, 0],
        [89, 0],
        [90, 1],
        [179, 1],
        [2_339, 25],
        [2_430, 27],
      ]) {
        expectClose(Number(await maker.priceFactorWad(lag)) / 1e18, 1.3 * 0.99 ** steps, 1e-12);
      }
      expect(await maker.priceFactorWad(2_429)).to.be.greaterThan(WAD); // 1.3 · 0.99^26 = 1.00103
      expect(await maker.priceFactorWad(2_430)).to.be.lessThan(WAD); // 1.3 · 0.99^27 = 0.99102
      expectClose(2_430 / 60, 40.5, 0);
    });

    it("reaches its floor with the step that would go below it", async () => {
      const { maker } = await load();
      // ln(1.3 · 1.2) ÷ −ln 0.99 = 44.2
      expect(await maker.secondsToFloor()).to.equal(45 * 90);
      expectClose(Number(await maker.priceFactorWad(45 * 90 - 1)) / 1e18, 1.3 * 0.99 ** 44, 1e-12);
      for (const lag of [45 * 90, 100_000]) expect(await maker.priceFactorWad(lag)).to.equal(833_333_333_333_333_334n);
    });

    it("reverts when a parameter is out of range", async () => {
      const { ethers, maker } = await load();
      const factory = await ethers.getContractFactory("StairstepCurve");
      await expect(factory.deploy(3_000, 2_000, 0, 9_900))
        .to.be.revertedWithCustomError(maker, "CurveParameterOutOfRange")
        .withArgs(encodeBytes32String("step"), 0, 1, 3_600);
      await expect(factory.deploy(0, 0, 90, 9_900))
        .to.be.revertedWithCustomError(maker, "CurveFlat")
        .withArgs();
    });
  });
});
