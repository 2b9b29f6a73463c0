import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { VolatilityEstimator } from "../../../sim/metrics/volatility.ts";
import {
  configuredVolatility,
  DAY,
  expectWads,
  fromWad,
  PARAMETERS,
  relativeError,
  START_TICK,
  wad,
} from "../../shared/volatility-fixtures.ts";

const INTERVAL = 1_800;
/** Of the mapping of states: AccessManaged has the first slot, configurations the second. */
const STATE_SLOT = 2n;

describe("VolatilityOracle", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(configuredVolatility);

  /** As `load`, and the first interval, at the first tick, is over. */
  async function loadSampled() {
    const setting = await load();
    await setting.at(setting.start + INTERVAL);
    await setting.oracle.poke(setting.first);
    return setting;
  }

  describe("#poke", () => {
    it("reverts when the asset is unknown", async () => {
      const { oracle, quote } = await load();
      await expect(oracle.poke(quote)).to.be.revertedWithCustomError(oracle, "VolatilityAssetUnknown").withArgs(quote);
    });

    it("does nothing before an interval has passed, nor a second time in it", async () => {
      const { oracle, first, start, at } = await loadSampled();
      const before = await oracle.volatilityOf(first);
      for (const seconds of [INTERVAL + 1, 2 * INTERVAL - 1]) {
        await at(start + seconds);
        await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
      }
      expect(await oracle.volatilityOf(first)).to.deep.equal(before);
      await at(start + 2 * INTERVAL);
      await expect(oracle.poke(first)).to.emit(oracle, "VolatilitySampled");
      await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
    });

    it("takes no return from the first interval: there is none before it", async () => {
      const { oracle, first, firstPool, start, at } = await load();
      await firstPool.tell([start], [START_TICK + 5_000]);
      await at(start + INTERVAL);
      await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
      const { fastWad, sampledAt } = await oracle.volatilityOf(first);
      expectWads([fastWad], [wad(PARAMETERS.initial)]);
      expect(sampledAt).to.equal(start + INTERVAL);
    });

    it("samples the same whoever pokes when and how often, to the last bit", async () => {
      const { oracle, ethers, networkHelpers, prices, authority, first, firstPool, input, start, at } = await load();
      const twin = async () => ethers.deployContract("VolatilityOracle", [await prices.getAddress(), authority]);
      const [often, late] = [await twin(), await twin()];
      const config = await input(firstPool);
      // In one block: the first interval begins with it.
      await ethers.provider.send("evm_setAutomine", [false]);
      for (const each of [oracle, often, late]) await each.setAsset(first, config, { gasLimit: 1_000_000 });
      await networkHelpers.mine();
      await ethers.provider.send("evm_setAutomine", [true]);
      const from = start + INTERVAL;
      for (let i = 0; i < 20; ++i) {
        const begin = from + i * INTERVAL;
        await at(begin + 1);
        await firstPool.tell([begin], [START_TICK + ((i * 7_919) % 613)]);
        for (let seconds = 2; seconds < 1_700; seconds += 180) {
          await at(begin + seconds);
          await often.poke(first);
        }
        await at(begin + 1_700 + i);
        await oracle.poke(first);
        await at(begin + INTERVAL - 1);
        await late.poke(first);
      }
      const estimates = await Promise.all([oracle, often, late].map((each) => each.volatilityOf(first)));
      expect(estimates[0].sampledAt).to.equal(from + 19 * INTERVAL);
      expect(relativeError(fromWad(estimates[0].fastWad), PARAMETERS.initial)).to.be.greaterThan(0.1);
      expect(estimates[1]).to.deep.equal(estimates[0]);
      expect(estimates[2]).to.deep.equal(estimates[0]);
    });

    it("merges intervals in which nobody poked into one sample", async () => {
      const { oracle, first, firstPool, start, at } = await loadSampled();
      const t = start + INTERVAL;
      await at(t + 5 * INTERVAL + 7);
      await firstPool.tell([t, t + INTERVAL, t + 4 * INTERVAL], [START_TICK + 100, START_TICK - 300, START_TICK + 50]);
      await expect(oracle.poke(first)).to.emit(oracle, "VolatilitySampled");
      const estimator = new VolatilityEstimator(PARAMETERS);
      estimator.addInterval(BigInt(START_TICK * (INTERVAL + 2)), INTERVAL + 2);
      estimator.addInterval(BigInt((5 * START_TICK + 100 - 900 + 50) * INTERVAL), 5 * INTERVAL);
      const { fastWad, sampledAt } = await oracle.volatilityOf(first);
      expect(sampledAt).to.equal(t + 5 * INTERVAL);
      expect(relativeError(fromWad(fastWad), estimator.estimate().fast)).to.be.lessThan(1e-9);
    });

    it("returns and says what it found", async () => {
      const { oracle, first, firstPool, start, at } = await loadSampled();
      await firstPool.tell([start + INTERVAL], [START_TICK + 1_000]);
      await at(start + 2 * INTERVAL);
      const returned = await oracle.poke.staticCall(first, { blockTag: "pending" });
      const tx = await oracle.poke(first);
      const { fastWad, slowWad, sigmaWad } = await oracle.volatilityOf(first);
      // 1000 ticks are ln(1.0001^1000) = 9.9995 %
      await expect(tx)
        .to.emit(oracle, "VolatilitySampled")
        .withArgs(first, 99_995_000_333_308_335n, INTERVAL, fastWad, slowWad);
      expect(await oracle.sigmaWad(first)).to.equal(sigmaWad);
      expect(returned).to.equal(sigmaWad);
    });

    it("survives a pool that is silent, and samples the whole time when it is back", async () => {
      const { oracle, first, firstPool, start, at } = await loadSampled();
      await firstPool.setSilent(true);
      await at(start + 2 * INTERVAL);
      await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
      expect((await oracle.volatilityOf(first)).sampledAt).to.equal(start + INTERVAL);
      await firstPool.setSilent(false);
      await at(start + 3 * INTERVAL + 9);
      await expect(oracle.poke(first)).to.emit(oracle, "VolatilitySampled");
      expect((await oracle.volatilityOf(first)).sampledAt).to.equal(start + 3 * INTERVAL);
    });

    it("samples up to now where the pool does not remember the grid's moment, and finds back to the grid", async () => {
      const { oracle, first, firstPool, start, at } = await loadSampled();
      await firstPool.forgetBefore(start + 2 * INTERVAL + 100);
      await at(start + 2 * INTERVAL + 500);
      await expect(oracle.poke(first)).to.emit(oracle, "VolatilitySampled");
      expect((await oracle.volatilityOf(first)).sampledAt).to.equal(start + 2 * INTERVAL + 500);
      await at(start + 3 * INTERVAL + 600); // only 1,300 s to the grid's moment
      await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
      await at(start + 4 * INTERVAL + 600);
      await expect(oracle.poke(first)).to.emit(oracle, "VolatilitySampled");
      expect((await oracle.volatilityOf(first)).sampledAt).to.equal(start + 4 * INTERVAL);
    });

    it("counts no sum that a pool cannot have", async () => {
      const { oracle, first, firstPool, start, at } = await loadSampled();
      // 2^23 is ten times the highest tick.
      await at(start + 2 * INTERVAL);
      await firstPool.tell([start + INTERVAL], [2 ** 23 - 1]);
      await at(start + 3 * INTERVAL);
      await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
      expect((await oracle.volatilityOf(first)).sampledAt).to.equal(start + INTERVAL);
    });

    it("begins anew after a silence longer than 24 bits of seconds, with the averages as they were", async () => {
      const { oracle, first, priced, prices, firstPool, start, at } = await loadSampled();
      const later = start + 195 * DAY;
      await at(later - 1);
      await firstPool.tell([start + INTERVAL], [START_TICK + 9_000]);
      await prices.setPrice(priced, 3n * 10n ** 36n);
      await at(later + 100);
      await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
      await expect(oracle.poke(priced)).not.to.emit(oracle, "VolatilitySampled");
      const { fastWad, sampledAt } = await oracle.volatilityOf(first);
      expectWads([fastWad], [wad(PARAMETERS.initial)]);
      expect(sampledAt).to.equal(later);
      await at(later + INTERVAL);
      await expect(oracle.poke(first)).not.to.emit(oracle, "VolatilitySampled");
      await at(later + 2 * INTERVAL + 200);
      await expect(oracle.poke(first)).to.emit(oracle, "VolatilitySampled");
      // Of a price the next return needs no interval before it.
      await expect(oracle.poke(priced)).to.emit(oracle, "VolatilitySampled");
      expect((await oracle.volatilityOf(priced)).fastWad).to.be.lessThan(wad(PARAMETERS.initial));
    });

    it("keeps one slot an asset: 6 + 6 + 3 + 4 + 6 + 7 = 32", async () => {
      const { oracle, ethers, first, firstPool, start, at } = await loadSampled();
      await at(start + 2 * INTERVAL);
      await firstPool.tell([start + INTERVAL], [START_TICK - 700]);
      await at(start + 3 * INTERVAL + 5);
      await oracle.poke(first);
      const slot = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [first, STATE_SLOT]));
      const read = async (position: bigint) =>
        BigInt(await ethers.provider.getStorage(await oracle.getAddress(), position));
      const word = await read(BigInt(slot));
      const bits = (from: bigint, width: bigint) => (word >> from) & ((1n << width) - 1n);
      const [[sum]] = await firstPool.observe([5]);
      const { fastWad, slowWad } = await oracle.volatilityOf(first);
      const root = (packed: bigint) => Math.sqrt(Number((packed >> 7n) << (packed & 127n))) / 1e18;
      expect(bits(0n, 48n)).to.equal(BigInt.asUintN(48, sum));
      expect(BigInt.asIntN(48, bits(48n, 48n))).to.equal(BigInt((START_TICK - 700) * 2 * INTERVAL));
      expect(bits(96n, 24n)).to.equal(BigInt(2 * INTERVAL));
      expect(bits(120n, 32n)).to.equal(BigInt(start + 3 * INTERVAL));
      expect(relativeError(root(bits(152n, 48n)), fromWad(fastWad))).to.be.lessThan(1e-12);
      expect(relativeError(root(bits(200n, 56n)), fromWad(slowWad))).to.be.lessThan(1e-12);
      expect(await read(BigInt(slot) + 1n)).to.equal(0n);
    });
  });

  describe("#sigmaWad", () => {
    it("reverts when the asset is unknown", async () => {
      const { oracle, quote } = await load();
      for (const call of [oracle.sigmaWad(quote), oracle.volatilityOf(quote)]) {
        await expect(call).to.be.revertedWithCustomError(oracle, "VolatilityAssetUnknown").withArgs(quote);
      }
    });

    const cases: [what: string, initial: number, stress: number, floor: number, sigma: number][] = [
      ["the fast average when it is the highest", 0.09, 0.05, 0.01, 0.09],
      ["three quarters of the slow one and a quarter of stress", 0.04, 0.08, 0.01, 0.05],
      ["the floor", 0.001, 0.03, 0.02, 0.02],
    ];
    for (const [what, initial, stress, floor, sigma] of cases) {
      it(`is ${what}`, async () => {
        const { oracle, first, firstPool, input } = await load();
        const config = { initialWad: wad(initial), stressWad: wad(stress), floorWad: wad(floor) };
        await oracle.setAsset(first, await input(firstPool, config));
        expectWads([await oracle.sigmaWad(first)], [wad(sigma)]);
      });
    }
  });
});
