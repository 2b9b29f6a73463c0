import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { marginalFactor, portfolioHaircut } from "../../shared/factor-reference.ts";

const BPS = 10_000;

async function deployHarness(connection: NetworkConnection) {
  return connection.ethers.deployContract("FactorMathHarness");
}

/** Values in base units, the rest in bps, and the same as plain numbers. */
function randomPortfolio(name: string) {
  const rng = createRng(name);
  const count = 1 + rng.integer(6);
  const values = Array.from({ length: count }, () => BigInt(Math.floor(rng.lognormal(1e12, 2))));
  const haircuts = values.map(() => BigInt(500 + rng.integer(7_000)));
  const floor = rng.integer(6_000);
  // One-factor correlations: a matrix that some assets could have, as estimates of a common sample are.
  const loadings = values.map(() => Math.sqrt(floor / BPS + rng.next() * (1 - floor / BPS)));
  const correlations = loadings.flatMap((a, i) => loadings.slice(i + 1).map((b) => BigInt(Math.floor(a * b * BPS))));
  const plain = {
    values: values.map(Number),
    haircuts: haircuts.map((h) => Number(h) / BPS),
    correlations: correlations.map((rho) => Number(rho) / BPS),
  };
  return { values, haircuts, correlations, plain };
}

describe("PortfolioMath", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployHarness);

  describe("#haircutUp", () => {
    it("reverts when the lists do not belong together", async () => {
      const math = await load();
      await expect(math.haircutUp([1, 2], [100, 100], []))
        .to.be.revertedWithCustomError(math, "PortfolioLengthMismatch")
        .withArgs(2, 2, 0);
      await expect(math.haircutUp([1, 2], [100], [5_000]))
        .to.be.revertedWithCustomError(math, "PortfolioLengthMismatch")
        .withArgs(2, 1, 1);
    });

    it("reverts when something is out of range", async () => {
      const math = await load();
      const refuses = async (call: Promise<bigint>, what: string, value: bigint) =>
        expect(call)
          .to.be.revertedWithCustomError(math, "PortfolioOutOfRange")
          .withArgs(encodeBytes32String(what), value);
      await refuses(math.haircutUp([1, 2], [10_001, 100], [0]), "haircut", 10_001n);
      await refuses(math.haircutUp([1, 2], [100, 100], [10_001]), "correlation", 10_001n);
      await refuses(math.haircutUp([1n << 128n, 2], [100, 100], [0]), "value", 1n << 128n);
      const many = Array<number>(17).fill(1);
      await refuses(math.haircutUp(many, many, Array<number>(136).fill(0)), "count", 17n);
    });

    it("is the plain haircut of one collateral, and nothing of none", async () => {
      const math = await load();
      expect(await math.haircutUp([], [], [])).to.equal(0);
      expect(await math.haircutUp([0], [2_000], [])).to.equal(0);
      expect(await math.haircutUp([1_000], [2_000], [])).to.equal(200);
      expect(await math.haircutUp([1_001], [2_000], [])).to.equal(201); // 200.2
    });

    it("gives no benefit once correlations are one, and half of the root's at zero", async () => {
      const math = await load();
      expect(await math.haircutUp([3_000, 4_000], [1_000, 1_000], [10_000])).to.equal(700);
      // ½·700 + ½·√(300² + 400²)
      expect(await math.haircutUp([3_000, 4_000], [1_000, 1_000], [0])).to.equal(600);
    });

    it("agrees with the float reference, rounded up", async () => {
      const math = await load();
      for (let i = 0; i < 60; ++i) {
        const { values, haircuts, correlations, plain } = randomPortfolio(`haircut ${i}`);
        const haircut = await math.haircutUp(values, haircuts, correlations);
        const expected = portfolioHaircut(plain);
        const deviation = Number(haircut) - expected;
        expect(deviation, `portfolio ${i}`).to.be.within(-expected * 1e-14, 1.001 + expected * 1e-14);
      }
    });

    it("takes the largest values there are", async () => {
      const math = await load();
      const values = Array<bigint>(16).fill((1n << 128n) - 1n);
      const haircuts = Array<number>(16).fill(10_000);
      const sum = values.reduce((a, b) => a + b);
      expect(await math.haircutUp(values, haircuts, Array<number>(120).fill(10_000))).to.equal(sum);
      // ρ = 0: (16 + 4)/2 of one value
      const haircut = await math.haircutUp(values, haircuts, Array<number>(120).fill(0));
      expectClose(Number(haircut) / Number(values[0]), 10, 1e-14);
    });
  });

  describe("#marginalFactorDown", () => {
    it("reverts when there is no such collateral", async () => {
      const math = await load();
      await expect(math.marginalFactorDown([1, 2], [100, 100], [0], 2))
        .to.be.revertedWithCustomError(math, "PortfolioOutOfRange")
        .withArgs(encodeBytes32String("index"), 2);
    });

    it("is the plain factor of one collateral, and where correlations are one", async () => {
      const math = await load();
      expect(await math.marginalFactorDown([1_000], [2_000], [], 0)).to.equal(8n * 10n ** 17n);
      expect(await math.marginalFactorDown([0], [2_000], [], 0)).to.equal(8n * 10n ** 17n);
      const factor = await math.marginalFactorDown([5_000, 7_000], [2_000, 3_000], [10_000], 1);
      expectClose(Number(factor) / 1e18, 0.7, 1e-15);
    });

    it("agrees with finite differences of the float reference", async () => {
      const math = await load();
      for (let i = 0; i < 40; ++i) {
        const { values, haircuts, correlations, plain } = randomPortfolio(`marginal ${i}`);
        for (let k = 0; k < values.length; ++k) {
          const factor = await math.marginalFactorDown(values, haircuts, correlations, k);
          expectClose(Number(factor) / 1e18, marginalFactor(plain, k), 2e-8);
        }
      }
    });

    it("is higher for the diversifier: to sell it costs more than its own factor", async () => {
      const math = await load();
      // Nine parts of one collateral, one of another that has little to do with it.
      const lists = [[9_000, 1_000], [2_000, 2_000], [1_000]] as const;
      const main = await math.marginalFactorDown([...lists[0]], [...lists[1]], [...lists[2]], 0);
      const diversifier = await math.marginalFactorDown([...lists[0]], [...lists[1]], [...lists[2]], 1);
      expect(Number(diversifier) / 1e18).to.be.greaterThan(0.87);
      expectClose(Number(main) / 1e18, 0.8, 0.001);
    });
  });

  describe("#flooredCorrelation", () => {
    it("is never below the stressed floor and never above one", async () => {
      const math = await load();
      expect(await math.flooredCorrelation(-3_000, 4_000)).to.equal(4_000);
      expect(await math.flooredCorrelation(3_999, 4_000)).to.equal(4_000);
      expect(await math.flooredCorrelation(7_000, 4_000)).to.equal(7_000);
      expect(await math.flooredCorrelation(10_400, 4_000)).to.equal(10_000);
    });
  });
});
