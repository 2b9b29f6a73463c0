import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { configuredVolatility, DAY, expectWads, PARAMETERS, wad } from "../../shared/volatility-fixtures.ts";

const SLOW = wad(PARAMETERS.initial);

describe("VolatilityOracle: floor and implied volatility", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(configuredVolatility);

  describe("#raiseFloor", () => {
    it("reverts when the caller has no role", async () => {
      const { oracle, first, stranger } = await load();
      await expect(oracle.connect(stranger).raiseFloor(first, wad(0.02)))
        .to.be.revertedWithCustomError(oracle, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });

    it("reverts when the asset is unknown", async () => {
      const { oracle, quote } = await load();
      await expect(oracle.raiseFloor(quote, wad(0.02)))
        .to.be.revertedWithCustomError(oracle, "VolatilityAssetUnknown")
        .withArgs(quote);
    });

    it("reverts when the floor is not above the present one, or above the clamp", async () => {
      const { oracle, first } = await load();
      for (const floor of [wad(PARAMETERS.floor), 0n]) {
        await expect(oracle.raiseFloor(first, floor))
          .to.be.revertedWithCustomError(oracle, "VolatilityNotTighter")
          .withArgs(first, wad(PARAMETERS.floor), floor);
      }
      await expect(oracle.raiseFloor(first, wad(PARAMETERS.clamp) + 1n))
        .to.be.revertedWithCustomError(oracle, "VolatilityConfigOutOfRange")
        .withArgs(encodeBytes32String("floor"), wad(PARAMETERS.clamp) + 1n, 10n ** 13n, wad(PARAMETERS.clamp));
    });

    it("raises σ* at once", async () => {
      const { oracle, first } = await load();
      await expect(oracle.raiseFloor(first, wad(0.3)))
        .to.emit(oracle, "VolatilityFloorRaised")
        .withArgs(first, wad(0.3));
      expect(await oracle.sigmaWad(first)).to.equal(wad(0.3));
    });
  });

  describe("#postImplied", () => {
    it("reverts when the caller has no role", async () => {
      const { oracle, first, stranger } = await load();
      await expect(oracle.connect(stranger).postImplied(first, SLOW))
        .to.be.revertedWithCustomError(oracle, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });

    it("reverts when the asset is unknown", async () => {
      const { oracle, quote } = await load();
      await expect(oracle.postImplied(quote, SLOW))
        .to.be.revertedWithCustomError(oracle, "VolatilityAssetUnknown")
        .withArgs(quote);
    });

    it("reverts when it is further than a factor of eight from realised: a volatility per year, say", async () => {
      const { oracle, first } = await load();
      const perYear = wad(PARAMETERS.initial * Math.sqrt(365));
      const { slowWad } = await oracle.volatilityOf(first);
      for (const implied of [0n, slowWad / 8n - 1n, slowWad * 8n + 1n, perYear]) {
        await expect(oracle.postImplied(first, implied))
          .to.be.revertedWithCustomError(oracle, "VolatilityImpliedOutOfRange")
          .withArgs(first, implied, slowWad / 8n, slowWad * 8n);
      }
    });

    const posted: [what: string, implied: bigint, counted: bigint, sigma: bigint][] = [
      ["raises σ* above the realised blend", wad(0.07), wad(0.07), wad(0.07)],
      ["counts as at most twice realised", wad(0.3), 2n * SLOW, 2n * SLOW],
      ["counts as at least half of it, and never lowers σ*", wad(0.005), SLOW / 2n, wad(0.05)],
      ["changes nothing below the blend", wad(0.045), wad(0.045), wad(0.05)],
    ];
    for (const [what, implied, counted, sigma] of posted) {
      it(`${what}: ${implied}`, async () => {
        const { oracle, first } = await load();
        await expect(oracle.postImplied(first, implied))
          .to.emit(oracle, "ImpliedVolatilityPosted")
          .withArgs(first, implied);
        const { impliedWad, sigmaWad } = await oracle.volatilityOf(first);
        expectWads([impliedWad, sigmaWad], [counted, sigma]);
      });
    }

    it("is forgotten at its greatest age, and never counts where that is zero", async () => {
      const { oracle, first, firstPool, input, at, now, networkHelpers } = await load();
      await oracle.postImplied(first, wad(0.07));
      const postedAt = await now();
      await networkHelpers.time.increaseTo(postedAt + DAY - 1);
      expect((await oracle.volatilityOf(first)).impliedWad).to.equal(wad(0.07));
      await networkHelpers.time.increaseTo(postedAt + DAY);
      expect((await oracle.volatilityOf(first)).impliedWad).to.equal(0);
      expectWads([await oracle.sigmaWad(first)], [wad(0.05)]);
      await at(postedAt + DAY + 1);
      await oracle.setAsset(first, await input(firstPool, { impliedMaxAge: 0n }));
      await oracle.postImplied(first, wad(0.07));
      expect((await oracle.volatilityOf(first)).impliedWad).to.equal(0);
    });
  });
});
