import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  answer8,
  expectWithinBps,
  PoolMode,
  threeFeedsAndTwap,
  twoFeedsAndTwap,
  usdcPerWeth36,
} from "../../shared/oracle-fixtures.ts";

describe("PriceOracle: several sources", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  describe("three sources or more: their median stands for the feed", () => {
    it("one that strays alone moves nothing, up or down", async () => {
      const { oracle, wethAddress, feeds, pass } = await connection.networkHelpers.loadFixture(threeFeedsAndTwap);
      await pass(12n);
      for (const dollars of [10, 1_000_000]) {
        await feeds[0].setAnswer(answer8(dollars));
        expectWithinBps(await oracle.liquidationPrice(wethAddress), usdcPerWeth36(2_000), 1);
        expectWithinBps(await oracle.borrowPrice(wethAddress), usdcPerWeth36(2_000), 1);
        await oracle.poke(wethAddress);
        expect((await oracle.snapshotOf(wethAddress)).divergenceStart).to.equal(0n);
        await pass(12n);
      }
    });

    it("two feeds and the pool are three: the middle one", async () => {
      const { oracle, wethAddress, feeds } = await connection.networkHelpers.loadFixture(twoFeedsAndTwap);
      await feeds[0].setAnswer(answer8(1_990));
      await feeds[1].setAnswer(answer8(1_950));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1_990));
      expect(await oracle.borrowPrice(wethAddress)).to.equal(usdcPerWeth36(1_990));
    });

    it("of four the lower of the two in the middle", async () => {
      const { oracle, wethAddress, feeds } = await connection.networkHelpers.loadFixture(threeFeedsAndTwap);
      await feeds[0].setAnswer(answer8(2_050));
      await feeds[1].setAnswer(answer8(1_950));
      await feeds[2].setAnswer(answer8(1_960));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1_960));
    });

    it("two fresh sources only: the lower of them to lend on", async () => {
      const { oracle, wethAddress, feeds, pool } = await connection.networkHelpers.loadFixture(threeFeedsAndTwap);
      await pool.setMode(PoolMode.Reverting);
      await feeds[2].setAnswer(0);
      await feeds[0].setAnswer(answer8(1_990));
      await feeds[1].setAnswer(answer8(1_950));
      expect(await oracle.borrowPrice(wethAddress)).to.equal(usdcPerWeth36(1_950));
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(usdcPerWeth36(1_990));
    });
  });
});
