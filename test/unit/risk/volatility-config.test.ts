import { expect } from "chai";
import { encodeBytes32String, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  configuredVolatility,
  expectWads,
  PARAMETERS,
  volatilityOracle,
  wad,
  type AssetInput,
} from "../../shared/volatility-fixtures.ts";

const SLOW = wad(PARAMETERS.initial);

describe("VolatilityOracle: configuration", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const loadEmpty = () => connection.networkHelpers.loadFixture(volatilityOracle);
  const load = () => connection.networkHelpers.loadFixture(configuredVolatility);

  describe("#setAsset", () => {
    it("reverts when the caller has no role", async () => {
      const { oracle, first, firstPool, input, stranger } = await loadEmpty();
      await expect(oracle.connect(stranger).setAsset(first, await input(firstPool)))
        .to.be.revertedWithCustomError(oracle, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });

    const [clamp, stress] = [wad(PARAMETERS.clamp), wad(PARAMETERS.stress)];
    const outOfRange: [parameter: string, field: keyof AssetInput, value: bigint, min: bigint, max: bigint][] = [
      ["interval", "interval", 59n, 60n, 86_400n],
      ["interval", "interval", 86_401n, 60n, 86_400n],
      ["clamp", "clampWad", 3n * 10n ** 18n + 1n, 10n ** 13n, 3n * 10n ** 18n],
      ["clamp", "clampWad", 10n ** 13n - 1n, 10n ** 13n, 3n * 10n ** 18n],
      ["stress", "stressWad", clamp + 1n, 10n ** 13n, clamp],
      ["stress", "stressWad", 0n, 10n ** 13n, clamp],
      ["floor", "floorWad", stress + 1n, 10n ** 13n, stress],
      ["floor", "floorWad", 10n ** 13n - 1n, 10n ** 13n, stress],
      ["initial", "initialWad", 0n, 10n ** 13n, clamp],
      ["initial", "initialWad", clamp + 1n, 10n ** 13n, clamp],
      ["initialSlow", "initialSlowWad", 10n ** 13n - 1n, 10n ** 13n, clamp],
      ["initialSlow", "initialSlowWad", clamp + 1n, 10n ** 13n, clamp],
      ["impliedMaxAge", "impliedMaxAge", 604_801n, 0n, 604_800n],
    ];
    for (const [parameter, field, value, min, max] of outOfRange) {
      it(`reverts when ${field} is ${value}`, async () => {
        const { oracle, first, firstPool, input } = await loadEmpty();
        await expect(oracle.setAsset(first, await input(firstPool, { [field]: value })))
          .to.be.revertedWithCustomError(oracle, "VolatilityConfigOutOfRange")
          .withArgs(encodeBytes32String(parameter), value, min, max);
      });
    }

    it("reverts when the pool is not one of the asset and the quote asset", async () => {
      const { oracle, first, second, priced, quote, firstPool, secondPool, input, ethers } = await loadEmpty();
      const other = await ethers.deployContract("MockTickPool", [first, priced, 0, 0]);
      for (const [asset, pool] of [
        [second, firstPool],
        [first, secondPool],
        [first, other],
        [priced, other],
      ] as const) {
        await expect(oracle.setAsset(asset, await input(pool)))
          .to.be.revertedWithCustomError(oracle, "VolatilityPoolMismatch")
          .withArgs(await pool.getAddress(), asset, quote);
      }
    });

    it("reverts when the pool does not answer, or does not remember an interval", async () => {
      const { oracle, first, firstPool, input, now } = await loadEmpty();
      const refused = async () =>
        expect(oracle.setAsset(first, await input(firstPool)))
          .to.be.revertedWithCustomError(oracle, "VolatilitySourceUnavailable")
          .withArgs(first, await firstPool.getAddress());
      await firstPool.setSilent(true);
      await refused();
      await firstPool.setSilent(false);
      await firstPool.forgetBefore((await now()) - 1_000);
      await refused();
    });

    it("reverts when there is no pool and no fresh price", async () => {
      const { oracle, prices, priced, first, input } = await loadEmpty();
      const config = await input(undefined);
      await prices.setFresh(priced, false);
      for (const asset of [priced, first]) {
        await expect(oracle.setAsset(asset, config))
          .to.be.revertedWithCustomError(oracle, "VolatilitySourceUnavailable")
          .withArgs(asset, ZeroAddress);
      }
    });

    it("starts both averages at the initial volatility", async () => {
      const { oracle, first, firstPool, input } = await loadEmpty();
      const config = await input(firstPool);
      await expect(oracle.setAsset(first, config)).to.emit(oracle, "VolatilityAssetConfigured");
      const { fastWad, slowWad, stressWad, floorWad, impliedWad, sigmaWad } = await oracle.volatilityOf(first);
      expectWads([fastWad, slowWad], [SLOW, SLOW]);
      expect([stressWad, floorWad, impliedWad]).to.deep.equal([config.stressWad, config.floorWad, 0n]);
      expectWads([sigmaWad], [(3n * SLOW + config.stressWad) / 4n]);
    });

    it("keeps the averages of a known asset unless told otherwise, but none above a new clamp", async () => {
      const { oracle, first, firstPool, input } = await load();
      await oracle.setAsset(first, await input(firstPool, { initialWad: 0n }));
      expectWads([(await oracle.volatilityOf(first)).slowWad], [SLOW]);
      await oracle.setAsset(first, await input(firstPool, { initialWad: wad(0.5) }));
      expectWads([(await oracle.volatilityOf(first)).fastWad], [wad(0.5)]);
      const low = { initialWad: 0n, clampWad: wad(0.1) };
      await oracle.setAsset(first, await input(firstPool, low));
      const { fastWad, slowWad } = await oracle.volatilityOf(first);
      expectWads([fastWad, slowWad], [wad(0.1), wad(0.1)]);
    });
  });

  describe("#setPair", () => {
    it("reverts when the caller has no role", async () => {
      const { oracle, first, second, stranger } = await load();
      await expect(oracle.connect(stranger).setPair(first, second, 50, 100))
        .to.be.revertedWithCustomError(oracle, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });

    it("reverts when an asset is unknown, or both are the same", async () => {
      const { oracle, first, quote } = await load();
      await expect(oracle.setPair(first, quote, 50, 100))
        .to.be.revertedWithCustomError(oracle, "VolatilityAssetUnknown")
        .withArgs(quote);
      await expect(oracle.setPair(first, first, 50, 100))
        .to.be.revertedWithCustomError(oracle, "VolatilityPairUnknown")
        .withArgs(first, first);
    });

    for (const [parameter, floor, initial, value, min] of [
      ["floorPercent", 101, 101, 101, 0],
      ["initialPercent", 50, 49, 49, 50],
      ["initialPercent", 50, 101, 101, 50],
    ] as const) {
      it(`reverts when the floor is ${floor} % and the beginning ${initial} %`, async () => {
        const { oracle, first, second } = await load();
        await expect(oracle.setPair(first, second, floor, initial))
          .to.be.revertedWithCustomError(oracle, "VolatilityConfigOutOfRange")
          .withArgs(encodeBytes32String(parameter), value, min, 100);
      });
    }

    it("reverts when a source does not answer", async () => {
      const { oracle, prices, first, second, priced, secondPool } = await load();
      await secondPool.setSilent(true);
      await expect(oracle.setPair(first, second, 50, 100))
        .to.be.revertedWithCustomError(oracle, "VolatilitySourceUnavailable")
        .withArgs(second, await secondPool.getAddress());
      await prices.setFresh(priced, false);
      await expect(oracle.setPair(priced, first, 50, 100))
        .to.be.revertedWithCustomError(oracle, "VolatilitySourceUnavailable")
        .withArgs(priced, ZeroAddress);
    });

    it("begins at the correlation given, whichever the order", async () => {
      const { oracle, first, second } = await load();
      const [low, high] = BigInt(first) < BigInt(second) ? [first, second] : [second, first];
      await expect(oracle.setPair(high, low, 40, 70))
        .to.emit(oracle, "VolatilityPairConfigured")
        .withArgs(low, high, 40, 70);
      const { fastWad, slowWad, floorWad, usedWad } = await oracle.correlationOf(low, high);
      expectWads([fastWad, slowWad, floorWad, usedWad], [wad(0.7), wad(0.7), wad(0.4), wad(0.7)]);
    });
  });
});
