import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { VolatilityEstimator } from "../../../sim/metrics/volatility.ts";
import { answer8, feedOnly, HEARTBEAT } from "../../shared/oracle-fixtures.ts";
import {
  configuredVolatility,
  DAY,
  fromWad,
  PARAMETERS,
  relativeError,
  wad,
} from "../../shared/volatility-fixtures.ts";

const INTERVAL = 1_800;

describe("VolatilityOracle: assets without a pool", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(configuredVolatility);

  describe("#poke", () => {
    it("takes the price oracle's price where there is no pool, at the poke, and none that is not fresh", async () => {
      const { oracle, prices, priced, start, at } = await load();
      await prices.setPrice(priced, 11n * 10n ** 35n);
      await prices.setFresh(priced, false);
      await at(start + INTERVAL + 10);
      await expect(oracle.poke(priced)).not.to.emit(oracle, "VolatilitySampled");
      await prices.setFresh(priced, true);
      await at(start + 2 * INTERVAL + 10);
      await oracle.poke(priced);
      const estimator = new VolatilityEstimator(PARAMETERS);
      estimator.addReturn(Math.log(1.1), (2 * INTERVAL + 10) / DAY, 2 * INTERVAL + 10);
      const { fastWad, slowWad, sampledAt } = await oracle.volatilityOf(priced);
      expect(sampledAt).to.equal(start + 2 * INTERVAL + 10);
      expect(relativeError(fromWad(fastWad), estimator.estimate().fast)).to.be.lessThan(1e-9);
      expect(relativeError(fromWad(slowWad), estimator.estimate().slow)).to.be.lessThan(1e-9);
    });

    it("works on the price oracle's own feeds, and waits while they are stale", async () => {
      const {
        oracle: prices,
        ethers,
        authority,
        wethAddress,
        feed,
        usdcFeed,
        refresh,
        pass,
        networkHelpers,
      } = await connection.networkHelpers.loadFixture(feedOnly);
      const oracle = await ethers.deployContract("VolatilityOracle", [await prices.getAddress(), authority]);
      await oracle.setAsset(wethAddress, {
        ...{
          pool: ethers.ZeroAddress,
          interval: INTERVAL,
          initialWad: wad(0.04),
          initialSlowWad: 0n,
          stressWad: wad(0.08),
        },
        ...{ floorWad: wad(0.01), clampWad: wad(1.5), impliedMaxAge: 0 },
      });
      const begin = await networkHelpers.time.latest();
      await pass(2n * HEARTBEAT);
      await expect(oracle.poke(wethAddress)).not.to.emit(oracle, "VolatilitySampled");
      await refresh(2_200);
      await usdcFeed.setAnswer(answer8(1));
      await feed.setAnswer(answer8(2_100));
      await oracle.poke(wethAddress);
      const { sampledAt, fastWad } = await oracle.volatilityOf(wethAddress);
      const elapsed = Number(sampledAt) - begin;
      expect(elapsed).to.be.greaterThan(2 * Number(HEARTBEAT));
      const estimator = new VolatilityEstimator(PARAMETERS);
      estimator.addReturn(Math.log(1.05), elapsed / DAY, elapsed);
      expect(relativeError(fromWad(fastWad), estimator.estimate().fast)).to.be.lessThan(1e-9);
    });

    it("counts a price that jumps beyond the clamp as one that moved by it", async () => {
      const { oracle, prices, priced, start, at } = await load();
      await prices.setPrice(priced, 10n ** 20n);
      await at(start + INTERVAL);
      const bound = wad(PARAMETERS.clamp * Math.sqrt(INTERVAL / DAY));
      await expect(oracle.poke(priced))
        .to.emit(oracle, "VolatilitySampled")
        .withArgs(priced, (value: bigint) => value <= 0n && bound + value < 1_000_000n, INTERVAL, anyAmount, anyAmount);
    });
  });
});

const anyAmount = (value: unknown) => typeof value === "bigint";
