import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { activePool, PAUSE } from "../../shared/pool-fixtures.ts";

/** What is the pool's own; what is the standard's, `test/standards/erc4626.test.ts` has. */
describe("LendingPool as ERC-4626 vault", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(activePool);

  describe("#deposit", () => {
    it("reverts when the amount is zero", async () => {
      const { pool, otherLender } = await load();
      await expect(pool.connect(otherLender).deposit(0, otherLender.address)).to.be.revertedWithCustomError(
        pool,
        "PoolZeroAmount",
      );
    });

    it("reverts while deposits are paused", async () => {
      const { pool, admin, guardian, otherLender } = await load();
      await admin.connect(guardian).pause(PAUSE.deposit);
      await expect(pool.connect(otherLender).deposit(1_000n, otherLender.address))
        .to.be.revertedWithCustomError(pool, "PoolPaused")
        .withArgs(PAUSE.deposit);
    });
  });

  describe("#mint", () => {
    it("reverts when the amount is zero", async () => {
      const { pool, otherLender } = await load();
      await expect(pool.connect(otherLender).mint(0, otherLender.address)).to.be.revertedWithCustomError(
        pool,
        "PoolZeroAmount",
      );
    });

    it("charges at least one unit, for a single share too", async () => {
      const { ethers, pool, loan, otherLender } = await load();
      const tx = await pool.connect(otherLender).mint(1, otherLender.address);
      await expect(tx).to.emit(pool, "Deposit").withArgs(otherLender.address, otherLender.address, 1, 1);
      await expect(tx).to.changeTokenBalances(ethers, loan, [otherLender], [-1n]);
    });
  });

  for (const exit of ["withdraw", "redeem"] as const) {
    describe(`#${exit}`, () => {
      it("reverts when the amount is zero", async () => {
        const { pool, lender } = await load();
        await expect(pool.connect(lender)[exit](0, lender.address, lender.address)).to.be.revertedWithCustomError(
          pool,
          "PoolZeroAmount",
        );
      });
    });
  }

  it("shares worth less than a unit cannot be redeemed, and the limit says so", async () => {
    const p = await load();
    await p.pool.connect(p.lender).transfer(p.stranger.address, 999_000n);
    expect(await p.pool.maxRedeem(p.stranger)).to.equal(0);
    await expect(
      p.pool.connect(p.stranger).redeem(999_000n, p.stranger.address, p.stranger.address),
    ).to.be.revertedWithCustomError(p.pool, "PoolZeroAmount");
  });
});
