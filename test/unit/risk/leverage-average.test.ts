import { expect } from "chai";
import { parseEther } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { expectClose } from "../../shared/expect-close.ts";

const WAD = 10n ** 18n;
const T0 = 1_700_000_000n;
const HOUR = 3_600n;
const TAU = 4n * HOUR;

async function deployHarness(connection: NetworkConnection) {
  return connection.ethers.deployContract("FactorMathHarness");
}

type Harness = Awaited<ReturnType<typeof deployHarness>>;

/** An average that has seen a leverage of 2 at T0. */
async function averageOf2(math: Harness) {
  let state = { averageWad: 0n, sampleWad: 0n, updatedAt: 0n };
  const observe = async (leverage: string, at: bigint, tau = TAU) => {
    const { averageWad, sampleWad, updatedAt } = await math.observeLeverage(state, parseEther(leverage), tau, at);
    state = { averageWad, sampleWad, updatedAt };
    return averageWad;
  };
  await observe("2", T0);
  return { observe, state: () => state };
}

describe("LeverageAverage", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const loadHarness = () => connection.networkHelpers.loadFixture(deployHarness);
  const load = async () => averageOf2(await loadHarness());

  describe("#leverageUp", () => {
    it("is collateral ÷ equity, rounded up, and bounded where there is no equity", async () => {
      const math = await loadHarness();
      expect(await math.leverageUp(0, 0)).to.equal(WAD);
      expect(await math.leverageUp(300, 0)).to.equal(WAD);
      expect(await math.leverageUp(300, 200)).to.equal(3n * WAD);
      expect(await math.leverageUp(300, 1)).to.equal((300n * WAD) / 299n + 1n);
      for (const debt of [300n, 301n, 1n << 200n]) expect(await math.leverageUp(300, debt)).to.equal(1_000n * WAD);
      expect(await math.leverageUp(10n ** 30n, 10n ** 30n - 1n)).to.equal(1_000n * WAD);
    });
  });

  describe("#observe", () => {
    it("takes the first sample whole, and no second one in a block", async () => {
      const { observe, state } = await load();
      expect(state()).to.deep.equal({ averageWad: 2n * WAD, sampleWad: 2n * WAD, updatedAt: T0 });
      await observe("9", T0);
      expect(state()).to.deep.equal({ averageWad: 2n * WAD, sampleWad: 2n * WAD, updatedAt: T0 });
    });

    it("a position opened for one call leaves no trace, however long nobody called before and after", async () => {
      const { observe } = await load();
      expect(await observe("900", T0 + 50n * HOUR)).to.equal(2n * WAD);
      expect(await observe("2", T0 + 100n * HOUR)).to.equal(2n * WAD);
      expect(await observe("1", T0 + 150n * HOUR)).to.equal(2n * WAD);
      expect(await observe("2", T0 + 200n * HOUR)).to.equal(2n * WAD);
    });

    it("follows what stays, by 1 − e^(−Δt/τ), as far as both samples agree", async () => {
      const { observe } = await load();
      await observe("4", T0 + HOUR);
      const average = await observe("3", T0 + HOUR + TAU);
      expectClose(Number(average) / 1e18, 3 - Math.exp(-1), 1e-15);
      const fallen = [await observe("1", T0 + 2n * HOUR + TAU), await observe("1", T0 + 2n * HOUR + 2n * TAU)];
      expect(fallen[0]).to.equal(average); // 3 is above the average, 1 below: they agree on nothing
      expectClose(Number(fallen[1]) / 1e18, 1 + (Number(fallen[0]) / 1e18 - 1) * Math.exp(-1), 1e-15);
    });

    it("takes an hour for the time constant where less is asked for", async () => {
      const { observe } = await load();
      await observe("4", T0 + 1n, 0n);
      expectClose(Number(await observe("4", T0 + 1n + HOUR, 0n)) / 1e18, 4 - 2 * Math.exp(-1), 1e-15);
    });
  });
});
