import { expect } from "chai";
import { encodeBytes32String, parseEther, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { CALM, DEFAULTS, deployBreaker, diverged, Level, OTHER, SUBJECT } from "../../shared/breaker-fixtures.ts";

const UNIT = 10n ** 14n;
type Name = keyof typeof DEFAULTS;

const values = (thresholds: typeof DEFAULTS) => Object.values(thresholds).map((band) => Object.values(band));

/** No two numbers alike, each exact in bps only. */
const OWN = {
  divergence: { cautionWad: parseEther("0.0101"), restrictedWad: parseEther("0.0202") },
  volatilityRatio: { cautionWad: parseEther("1.0303"), restrictedWad: parseEther("15.9999") },
  move: { cautionWad: parseEther("0.0404"), restrictedWad: parseEther("5.0505") },
  outflow: { cautionWad: parseEther("0.0606"), restrictedWad: parseEther("0.0707") },
  backlog: { cautionWad: parseEther("0.0808"), restrictedWad: parseEther("9.0909") },
  loss: { cautionWad: parseEther("0.1111"), restrictedWad: parseEther("0.1212") },
};

describe("CircuitBreaker, thresholds", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployBreaker);

  describe("#setThresholds", () => {
    it("reverts for whom the access manager does not know", async () => {
      const { breaker, engine } = await load();
      await expect(breaker.connect(engine).setThresholds(SUBJECT, DEFAULTS))
        .to.be.revertedWithCustomError(breaker, "AccessManagedUnauthorized")
        .withArgs(engine.address);
    });

    const ranges: [name: Name, min: bigint, max: bigint][] = [
      ["divergence", UNIT, parseEther("0.5")],
      ["volatilityRatio", parseEther("1"), parseEther("16")],
      ["move", UNIT, parseEther("16")],
      ["outflow", UNIT, parseEther("1")],
      ["backlog", UNIT, parseEther("16")],
      ["loss", UNIT, parseEther("0.5")],
    ];
    for (const [name, min, max] of ranges) {
      it(`reverts when ${name} is outside ${min} … ${max}, or caution is not below restricted`, async () => {
        const { breaker } = await load();
        const set = (cautionWad: bigint, restrictedWad: bigint) =>
          breaker.setThresholds(SUBJECT, { ...DEFAULTS, [name]: { cautionWad, restrictedWad } });
        const refused = async (cautionWad: bigint, restrictedWad: bigint, ...args: bigint[]) => {
          await expect(set(cautionWad, restrictedWad))
            .to.be.revertedWithCustomError(breaker, "BreakerThresholdOutOfRange")
            .withArgs(encodeBytes32String(name), ...args);
        };
        await refused(min, max + UNIT, max + UNIT, min + UNIT, max);
        await refused(min, min, min, min + UNIT, max);
        await refused(0n, 0n, 0n, min + UNIT, max);
        await refused(min - UNIT, max, min - UNIT, min, max - UNIT);
        await refused(max, max, max, min, max - UNIT);
        await set(min, min + UNIT);
        await set(max - UNIT, max);
      });
    }

    it("reverts when one is not of whole bps", async () => {
      const { breaker } = await load();
      const [low, high] = [parseEther("0.05"), parseEther("0.1")];
      for (const [cautionWad, restrictedWad] of [
        [low + 1n, high],
        [low, high - 1n],
      ]) {
        await expect(breaker.setThresholds(SUBJECT, { ...DEFAULTS, divergence: { cautionWad, restrictedWad } }))
          .to.be.revertedWithCustomError(breaker, "BreakerThresholdTooFine")
          .withArgs(encodeBytes32String("divergence"), cautionWad === low ? restrictedWad : cautionWad, UNIT);
      }
    });

    it("keeps and announces them, for this subject alone", async () => {
      const { breaker } = await load();
      await expect(breaker.setThresholds(SUBJECT, OWN))
        .to.emit(breaker, "BreakerThresholdsSet")
        .withArgs(SUBJECT, values(OWN));
      expect(await breaker.thresholdsOf(SUBJECT)).to.deep.equal(values(OWN));
      expect(await breaker.thresholdsOf(OTHER)).to.deep.equal(values(DEFAULTS));
      expect(await breaker.thresholdsOf(ZeroAddress)).to.deep.equal(values(DEFAULTS));
    });

    it("changes those of all that have none when the subject is zero", async () => {
      const { breaker } = await load();
      await breaker.setThresholds(SUBJECT, OWN);
      const changed = { ...DEFAULTS, loss: OWN.loss };
      await breaker.setThresholds(ZeroAddress, changed);
      expect(await breaker.thresholdsOf(SUBJECT)).to.deep.equal(values(OWN));
      expect(await breaker.thresholdsOf(OTHER)).to.deep.equal(values(changed));
    });

    it("leaves those that share the last four bits of a subject at the default", async () => {
      const { breaker } = await load();
      await breaker.setThresholds(SUBJECT, OWN);
      const alike = `${OTHER.slice(0, -1)}${SUBJECT.slice(-1)}`.toLowerCase();
      expect(await breaker.thresholdsOf(alike)).to.deep.equal(values(DEFAULTS));
    });
  });

  describe("a sample", () => {
    it("is judged by the subject's own", async () => {
      const { breaker, engine, sample } = await load();
      await breaker.setThresholds(SUBJECT, OWN);
      expect((await sample(diverged("0.0101"))).level).to.equal(Level.Normal);
      expect((await sample(diverged("0.0102"))).tightnessWad).to.equal(9_900_990_099_009_901n); // 1/101, up
      expect((await sample(diverged("0.0202"))).level).to.equal(Level.Restricted);
      await breaker.connect(engine).assess(OTHER, diverged("0.0202"));
      expect((await breaker.assessmentOf(engine.address, OTHER)).level).to.equal(Level.Normal);
    });

    const inputs: [name: Name, input: Exclude<keyof typeof CALM, "sourcesMissing">][] = [
      ["divergence", "divergenceWad"],
      ["volatilityRatio", "volatilityRatioWad"],
      ["move", "moveWad"],
      ["outflow", "outflowWad"],
      ["backlog", "backlogWad"],
      ["loss", "lossWad"],
    ];
    for (const [name, input] of inputs) {
      it(`is judged by the thresholds of ${name} and no other's`, async () => {
        const { breaker, sample } = await load();
        await breaker.setThresholds(SUBJECT, OWN);
        const { cautionWad, restrictedWad } = OWN[name];
        expect((await sample({ ...CALM, [input]: cautionWad })).level).to.equal(Level.Normal);
        const { tightnessWad } = await sample({ ...CALM, [input]: (cautionWad + restrictedWad) / 2n });
        expect(tightnessWad).to.equal(parseEther("0.5"));
      });
    }

    it("is judged by what was set a moment ago, both ways", async () => {
      const { breaker, sample } = await load();
      expect((await sample(diverged("0.06"))).tightnessWad).to.equal(parseEther("0.2"));
      await breaker.setThresholds(ZeroAddress, { ...DEFAULTS, divergence: OWN.divergence });
      expect((await sample(diverged("0.06"))).level).to.equal(Level.Restricted);
    });
  });
});
