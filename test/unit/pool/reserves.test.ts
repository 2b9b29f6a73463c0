import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { activePool } from "../../shared/pool-fixtures.ts";

const DAY = 86_400;
const YEAR = 365 * DAY;

describe("LendingPool: reserves", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(activePool);

  describe("#setReserveFactor", () => {
    it("changes what is kept from now on, not what was owed before", async () => {
      const { pool, admin } = await load();
      const start = await pool.totals();
      await fixNextBlock(connection, 30 * DAY);
      await admin.setReserveFactor(5_000);
      const middle = await pool.totals();
      const earlier = middle.debtAssets - start.debtAssets;
      expect(middle.reserves - start.reserves).to.equal(earlier / 10n);
      await fixNextBlock(connection, 30 * DAY);
      await pool.accrue();
      const end = await pool.totals();
      expect(end.reserves - middle.reserves).to.equal((end.debtAssets - middle.debtAssets) / 2n);
    });
  });

  describe("#withdrawReserves", () => {
    const aged = async () => {
      const p = await load();
      await p.networkHelpers.time.increase(YEAR);
      await p.pool.accrue();
      return { ...p, reserves: (await p.pool.totals()).reserves };
    };

    it("reverts for everybody but the governor", async () => {
      const { pool, admin, guardian, stranger } = await aged();
      for (const caller of [guardian, stranger]) {
        await expect(admin.connect(caller).withdrawReserves(1, caller.address))
          .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
          .withArgs(caller.address);
      }
    });

    it("reverts when the receiver is the zero address, or the amount is zero", async () => {
      const { pool, admin, stranger } = await aged();
      await expect(admin.withdrawReserves(1, ZeroAddress)).to.be.revertedWithCustomError(pool, "PoolZeroAddress");
      await expect(admin.withdrawReserves(0, stranger.address)).to.be.revertedWithCustomError(pool, "PoolZeroAmount");
    });

    it("reverts for a unit more than the reserves", async () => {
      const { pool, admin, stranger } = await aged();
      await fixNextBlock(connection, 1);
      const { reserves } = await pool.totals(PENDING);
      await expect(admin.withdrawReserves(reserves + 1n, stranger.address))
        .to.be.revertedWithCustomError(pool, "PoolLiquidityInsufficient")
        .withArgs(reserves, reserves + 1n);
    });

    it("reverts for more than cash: reserves are lent out too", async () => {
      const { pool, admin, lender, stranger, reserves } = await aged();
      const { cash } = await pool.totals();
      await pool.connect(lender).withdraw(cash - 5n, lender.address, lender.address);
      await expect(admin.withdrawReserves(reserves, stranger.address))
        .to.be.revertedWithCustomError(pool, "PoolLiquidityInsufficient")
        .withArgs(5, reserves);
    });

    it("pays the receiver, and lenders have as much as before", async () => {
      const { ethers, pool, poolAddress, admin, loan, stranger } = await aged();
      await fixNextBlock(connection, 1);
      const [{ reserves }, assets] = [await pool.totals(PENDING), await pool.totalAssets(PENDING)];
      const tx = await admin.withdrawReserves(reserves, stranger.address);
      await expect(tx).to.emit(pool, "ReservesWithdrawn").withArgs(stranger.address, reserves);
      await expect(tx).to.changeTokenBalances(ethers, loan, [poolAddress, stranger], [-reserves, reserves]);
      expect((await pool.totals()).reserves).to.equal(0);
      expect(await pool.totalAssets()).to.equal(assets);
    });
  });
});
