import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { DAY, FLOW, HOUR, riskPool, USD, WHOLE_MAX_AGE } from "../../shared/risk-fixtures.ts";
import { tick } from "../../shared/risk-steps.ts";

/** Exits are limited, and what the lender may take out is not all that he has. */
async function limitedPool(connection: NetworkConnection) {
  const p = await riskPool(connection);
  await tick(p, HOUR);
  return p;
}

describe("RiskEngine: exits of lenders", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  describe("exit limit", () => {
    it("maxRedeem is exact: one share more is refused", async () => {
      const { pool, lender } = await load(limitedPool);
      await fixNextBlock(connection, 60);
      const { address } = lender;
      const most = await pool.maxRedeem(address, PENDING);
      expect(most).to.be.within(10n ** 18n, 2n * 10n ** 18n);
      await expect(pool.connect(lender).redeem.staticCall(most + 1n, address, address, PENDING))
        .to.be.revertedWithCustomError(pool, "PoolExitLimited")
        .withArgs(most, most + 1n);
      await pool.connect(lender).redeem(most, address, address);
      expect(await pool.maxRedeem(address)).to.equal(0);
      expect(await pool.maxWithdraw(address)).to.equal(0);
    });

    it("maxWithdraw is exact: one unit more is refused", async () => {
      const { pool, lender } = await load(limitedPool);
      await fixNextBlock(connection, 60);
      const { address } = lender;
      const most = await pool.maxWithdraw(address, PENDING);
      await expect(
        pool.connect(lender).withdraw.staticCall(most + 1n, address, address, PENDING),
      ).to.be.revertedWithCustomError(pool, "PoolExitLimited");
      await pool.connect(lender).withdraw(most, address, address);
    });

    it("lets a fifth go in an hour, in a straight line and without a call", async () => {
      const { pool, lender, networkHelpers } = await load(limitedPool);
      const { address } = lender;
      await pool.connect(lender).redeem(await pool.maxRedeem(address), address, address);
      const supply = await pool.totalSupply();
      const start = await networkHelpers.time.latest();
      const perSecond = (5n * 10n ** 18n * FLOW.exitShareBps) / 10_000n / FLOW.exitWindow;
      const before = await pool.maxRedeem(address);
      for (const seconds of [1n, 600n, 1_800n, HOUR]) {
        await networkHelpers.time.increaseTo(BigInt(start) + seconds);
        expect(await pool.maxRedeem(address)).to.equal(before + perSecond * seconds);
      }
      expect(await pool.totalSupply()).to.equal(supply);
    });

    it("pokes do not give more: in an hour no more than a fifth of what is there goes, besides what the line lets go", async () => {
      const p = await load(limitedPool);
      const { pool, lender } = p;
      const { address } = lender;
      const before = await pool.balanceOf(address);
      for (let i = 0; i < 12; ++i) {
        const most = await pool.maxRedeem(address);
        if (most > 10n ** 12n) await pool.connect(lender).redeem(most, address, address);
        await tick(p, 290n);
      }
      const gone = before - (await pool.balanceOf(address));
      expect(gone).to.be.within((before * 19n) / 100n, (before * 40n) / 100n);
    });

    it("a deposit that leaves in its own block moves nothing, whoever pokes in between", async () => {
      const p = await load(limitedPool);
      const { ethers, pool, poolAddress, loan, loanAddress, engine, engineAddress, eth, risk } = p;
      const account = await ethers.deployContract("ScriptedAccount");
      const whale = await account.getAddress();
      await loan.mint(whale, 50_000_000n * USD);
      const shares = 50_000_000n * 10n ** 12n;
      const call = (name: "deposit" | "redeem", args: unknown[]) => ({
        target: poolAddress,
        data: pool.interface.encodeFunctionData(name as "deposit", args as never),
      });
      const floorIn = async (blocks: () => Promise<unknown>) => {
        const snapshot = await connection.networkHelpers.takeSnapshot();
        await fixNextBlock(connection, Number(WHOLE_MAX_AGE));
        await blocks();
        await fixNextBlock(connection, Number(WHOLE_MAX_AGE));
        await engine.poke(eth.address);
        const { exitFloorShares } = await risk.riskOf(eth.address);
        await snapshot.restore();
        return exitFloorShares;
      };
      const approve = loan.interface.encodeFunctionData("approve", [poolAddress, MaxUint256]);
      await account.run([{ target: loanAddress, data: approve }]);
      const without = await floorIn(() => engine.poke(eth.address));
      const flash = await floorIn(() =>
        account.run([
          call("deposit", [50_000_000n * USD, whale]),
          { target: engineAddress, data: engine.interface.encodeFunctionData("poke", [eth.address]) },
          call("redeem", [shares, whale, whale]),
        ]),
      );
      // What a poke in a quiet block would have put back up is what the line had let go in the meantime.
      expect(flash).to.be.at.most(without);
      expect(without - flash).to.be.at.most(10n ** 18n / 100n);
    });

    it("who brings a lot in and stays bars his own way out", async () => {
      const p = await load(limitedPool);
      const { pool, liquidator } = p;
      await pool.connect(liquidator).deposit(5_000_000n * USD, liquidator.address);
      expect(await pool.maxRedeem(liquidator.address)).to.equal(5n * 10n ** 18n);
      await tick(p, WHOLE_MAX_AGE);
      expect(await pool.maxRedeem(liquidator.address)).to.be.within(2n * 10n ** 18n, 21n * 10n ** 17n);
    });

    it("is off at 10,000 bps", async () => {
      const p = await load(limitedPool);
      await p.engine.setFlow({ ...FLOW, exitShareBps: 10_000 });
      await tick(p, WHOLE_MAX_AGE);
      const { address } = p.lender;
      expect((await p.risk.riskOf(p.eth.address)).exitFloorShares).to.equal(0);
      await p.pool.connect(p.lender).redeem(await p.pool.balanceOf(address), address, address);
      expect(await p.pool.totalSupply()).to.equal(0);
    });

    it("a configuration out of its range is refused", async () => {
      const { engine } = await load(riskPool);
      for (const changed of [
        { exitShareBps: 499n },
        { exitWindow: 599n },
        { leverageTau: HOUR - 1n },
        { outageGrace: DAY + 1n },
      ]) {
        await expect(engine.setFlow({ ...FLOW, ...changed })).to.be.revertedWithCustomError(
          engine,
          "EngineConfigOutOfRange",
        );
      }
    });
  });
});
