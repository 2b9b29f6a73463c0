import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { activePool, PAUSE, SHARE_OFFSET } from "../../shared/pool-fixtures.ts";

const MONTH = 30 * 86_400;

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

    it("reverts when the receiver is the zero address", async () => {
      const { pool, otherLender } = await load();
      await expect(pool.connect(otherLender).deposit(1_000n, ZeroAddress))
        .to.be.revertedWithCustomError(pool, "ERC20InvalidReceiver")
        .withArgs(ZeroAddress);
    });

    it("reverts while deposits are paused", async () => {
      const { pool, admin, guardian, otherLender } = await load();
      await admin.connect(guardian).pause(PAUSE.deposit);
      await expect(pool.connect(otherLender).deposit(1_000n, otherLender.address))
        .to.be.revertedWithCustomError(pool, "PoolPaused")
        .withArgs(PAUSE.deposit);
    });

    it("reverts without an allowance of the asset", async () => {
      const { pool, poolAddress, loan, stranger, unit } = await load();
      await loan.mint(stranger.address, unit);
      await expect(pool.connect(stranger).deposit(unit, stranger.address))
        .to.be.revertedWithCustomError(loan, "ERC20InsufficientAllowance")
        .withArgs(poolAddress, 0, unit);
    });

    it("pulls from the caller, credits the receiver and says so", async () => {
      const { ethers, pool, poolAddress, loan, otherLender, stranger, unit } = await load();
      const shares = 500n * unit * SHARE_OFFSET;
      await pool.accrue();
      await fixNextBlock(connection, 1);
      const expected = await pool.previewDeposit(500n * unit, PENDING);
      expect(expected).to.be.lessThan(shares); // interest made shares dearer
      const tx = await pool.connect(otherLender).deposit(500n * unit, stranger.address);
      await expect(tx)
        .to.emit(pool, "Deposit")
        .withArgs(otherLender.address, stranger.address, 500n * unit, expected);
      await expect(tx).to.changeTokenBalances(ethers, loan, [otherLender, poolAddress], [-500n * unit, 500n * unit]);
      await expect(tx).to.changeTokenBalances(ethers, pool, [otherLender, stranger], [0n, expected]);
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

    it("reverts when the receiver is the zero address", async () => {
      const { pool, otherLender } = await load();
      await expect(pool.connect(otherLender).mint(1, ZeroAddress))
        .to.be.revertedWithCustomError(pool, "ERC20InvalidReceiver")
        .withArgs(ZeroAddress);
    });

    it("charges at least one unit, for a single share too", async () => {
      const { ethers, pool, loan, otherLender } = await load();
      const tx = await pool.connect(otherLender).mint(1, otherLender.address);
      await expect(tx).to.emit(pool, "Deposit").withArgs(otherLender.address, otherLender.address, 1, 1);
      await expect(tx).to.changeTokenBalances(ethers, loan, [otherLender], [-1n]);
    });
  });

  for (const exit of ["withdraw", "redeem"] as const) {
    /** A third of what `lender` has, in the unit of the entry point, and what that burns in the next block. */
    const third = async ({ pool, lender }: Awaited<ReturnType<typeof load>>) => {
      await fixNextBlock(connection, MONTH);
      const shares = (await pool.balanceOf(lender)) / 3n;
      if (exit === "redeem") return { amount: shares, shares, assets: await pool.previewRedeem(shares, PENDING) };
      const assets = await pool.convertToAssets(shares, PENDING);
      return { amount: assets, shares: await pool.previewWithdraw(assets, PENDING), assets };
    };

    describe(`#${exit}`, () => {
      it("reverts when the amount is zero", async () => {
        const { pool, lender } = await load();
        await expect(pool.connect(lender)[exit](0, lender.address, lender.address)).to.be.revertedWithCustomError(
          pool,
          "PoolZeroAmount",
        );
      });

      it("reverts when the receiver is the zero address", async () => {
        const { pool, lender } = await load();
        await expect(pool.connect(lender)[exit](1_000_000n, ZeroAddress, lender.address)).to.be.revertedWithCustomError(
          pool,
          "PoolZeroAddress",
        );
      });

      it("reverts when the owner has not enough shares", async () => {
        const { pool, stranger } = await load();
        await fixNextBlock(connection, 1);
        const needed = exit === "redeem" ? 10n ** 9n : await pool.previewWithdraw(10n ** 9n, PENDING);
        await expect(pool.connect(stranger)[exit](10n ** 9n, stranger.address, stranger.address))
          .to.be.revertedWithCustomError(pool, "ERC20InsufficientBalance")
          .withArgs(stranger.address, 0, needed);
      });

      it("reverts when a third party's allowance is a share short", async () => {
        const p = await load();
        const { pool, lender, stranger } = p;
        const { shares } = await third(p);
        await pool.connect(lender).approve(stranger.address, shares - 1n);
        const again = await third(p);
        await expect(pool.connect(stranger)[exit](again.amount, stranger.address, lender.address))
          .to.be.revertedWithCustomError(pool, "ERC20InsufficientAllowance")
          .withArgs(stranger.address, shares - 1n, again.shares);
      });

      it("pays the receiver, burns the owner's shares and says so, though everything is paused", async () => {
        const p = await load();
        const { ethers, pool, poolAddress, loan, admin, guardian, lender, stranger } = p;
        await admin.connect(guardian).pause(PAUSE.all);
        const { amount, shares, assets } = await third(p);
        const tx = await pool.connect(lender)[exit](amount, stranger.address, lender.address);
        await expect(tx)
          .to.emit(pool, "Withdraw")
          .withArgs(lender.address, stranger.address, lender.address, assets, shares);
        await expect(tx).to.changeTokenBalances(ethers, loan, [poolAddress, stranger], [-assets, assets]);
        await expect(tx).to.changeTokenBalances(ethers, pool, [lender], [-shares]);
      });

      it("consumes a third party's allowance, share by share", async () => {
        const p = await load();
        const { pool, lender, stranger } = p;
        await pool.connect(lender).approve(stranger.address, await pool.balanceOf(lender));
        const before = await pool.allowance(lender, stranger);
        const { amount, shares } = await third(p);
        await pool.connect(stranger)[exit](amount, stranger.address, lender.address);
        expect(await pool.allowance(lender, stranger)).to.equal(before - shares);
      });

      it("leaves an infinite allowance as it is", async () => {
        const p = await load();
        const { pool, lender, stranger } = p;
        await pool.connect(lender).approve(stranger.address, MaxUint256);
        const { amount } = await third(p);
        await pool.connect(stranger)[exit](amount, stranger.address, lender.address);
        expect(await pool.allowance(lender, stranger)).to.equal(MaxUint256);
      });
    });
  }
});
