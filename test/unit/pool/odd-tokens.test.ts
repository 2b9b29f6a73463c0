import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { blockingPool, failingPool, feePool, rebasedPool, silentPool } from "../../shared/odd-token-pools.ts";
import type { DeployedPool } from "../../shared/pool-fixtures.ts";

/** The borrower's health factor falls to 0.96. */
async function crash({ oracle, collaterals }: DeployedPool) {
  await oracle.setPrice(collaterals[0].address, (collaterals[0].price36 * 36n) / 100n);
}

function takeAll({ liquidation, liquidator, borrower, collaterals }: DeployedPool) {
  return liquidation
    .connect(liquidator)
    .take(borrower.address, collaterals[0].address, MaxUint256, MaxUint256, liquidator.address, "0x");
}

describe("LendingPool with odd tokens", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  describe("that keep a fee of each transfer", () => {
    const load = () => connection.networkHelpers.loadFixture(feePool);

    it("reverts on #deposit and #mint", async () => {
      const { pool, loanToken, otherLender } = await load();
      await expect(pool.connect(otherLender).deposit(1_000n, otherLender.address))
        .to.be.revertedWithCustomError(pool, "PoolTransferMismatch")
        .withArgs(loanToken, 1_000n, 990n);
      await expect(pool.connect(otherLender).mint(10n ** 12n, otherLender.address)).to.be.revertedWithCustomError(
        pool,
        "PoolTransferMismatch",
      );
    });

    it("reverts on #repay, on the way back of a #flashLoan and on #take", async () => {
      const p = await load();
      const { pool, loanToken, borrower } = p;
      await expect(pool.connect(borrower).repay(1_000n, 0, borrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolTransferMismatch")
        .withArgs(loanToken, 1_000n, 990n);
      await expect(pool.flashLoan(p.accountAddress, loanToken, 1_000n, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolTransferMismatch")
        .withArgs(loanToken, 1_000n, 990n);
      await crash(p);
      await expect(takeAll(p)).to.be.revertedWithCustomError(pool, "PoolTransferMismatch");
    });

    it("reverts on #supplyCollateral", async () => {
      const { pool, collateralToken, borrower } = await load();
      await expect(pool.connect(borrower).supplyCollateral(collateralToken, 1_000n, borrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolTransferMismatch")
        .withArgs(collateralToken, 1_000n, 990n);
    });

    it("lets out what came in before, at the receiver's cost", async () => {
      const { ethers, pool, poolAddress, loan, lender, borrower, collateralToken, collaterals, unit } = await load();
      await expect(pool.connect(lender).withdraw(1_000n * unit, lender.address, lender.address)).to.changeTokenBalances(
        ethers,
        loan,
        [poolAddress, lender],
        [-1_000n * unit, 990n * unit],
      );
      await expect(
        pool.connect(borrower).withdrawCollateral(collateralToken, 1_000n, borrower.address, borrower.address),
      ).to.changeTokenBalances(ethers, collaterals[0].token, [poolAddress, borrower], [-1_000n, 990n]);
    });
  });

  describe("that rebase", () => {
    const load = () => connection.networkHelpers.loadFixture(rebasedPool);

    it("reverts on entry after a fall: who enters would pay for it", async () => {
      const { pool, loanToken, collateralToken, otherLender, otherBorrower, unit, collaterals } = await load();
      await expect(pool.connect(otherLender).deposit(1_000n * unit, otherLender.address))
        .to.be.revertedWithCustomError(pool, "PoolTokenRebased")
        .withArgs(loanToken, 41_000n * unit, 21_000n * unit);
      const one = collaterals[0].unit;
      await expect(pool.connect(otherBorrower).supplyCollateral(collateralToken, one, otherBorrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolTokenRebased")
        .withArgs(collateralToken, 101n * one, 51n * one);
    });

    it("reverts when an uneven index delivers a unit less than was sent", async () => {
      const { ethers, pool, loanToken, otherLender } = await load();
      await (await ethers.getContractAt("RebasingERC20", loanToken)).rebase(3n * 10n ** 18n);
      await expect(pool.connect(otherLender).deposit(1_000n, otherLender.address))
        .to.be.revertedWithCustomError(pool, "PoolTransferMismatch")
        .withArgs(loanToken, 1_000n, 999n);
    });

    it("debt can be repaid, accounts sold and what is left withdrawn after a fall", async () => {
      const p = await load();
      const { pool, borrower, lender, unit } = p;
      await expect(pool.connect(borrower).repay(1_000n * unit, 0, borrower.address, "0x")).to.emit(pool, "Repaid");
      await crash(p);
      await p.liquidation.kick(borrower.address);
      // Half of the collateral is gone: no more than 50 can be sent.
      const [{ address, unit: one }] = p.collaterals;
      const asLiquidator = p.liquidation.connect(p.liquidator);
      await expect(
        asLiquidator.take(borrower.address, address, 40n * one, MaxUint256, p.liquidator.address, "0x"),
      ).to.emit(pool, "CollateralTaken");
      await expect(pool.connect(lender).withdraw(21_000n * unit, lender.address, lender.address)).to.emit(
        pool,
        "Withdraw",
      );
    });

    it("a rise is nobody's: books and share price stay", async () => {
      const { ethers, pool, loanToken, collateralToken, borrower } = await load();
      const before = await pool.totals();
      const held = await pool.collateralOf(borrower, collateralToken);
      for (const token of [loanToken, collateralToken]) {
        await (await ethers.getContractAt("RebasingERC20", token)).rebase(4n * 10n ** 18n);
      }
      const after = await pool.totals();
      expect([after.cash, after.debtShares]).to.deep.equal([before.cash, before.debtShares]);
      expect(await pool.collateralOf(borrower, collateralToken)).to.equal(held);
    });
  });

  describe("that answer false instead of reverting", () => {
    const load = () => connection.networkHelpers.loadFixture(failingPool);

    it("reverts wherever one of them moves", async () => {
      const p = await load();
      const { pool, loanToken, collateralToken, lender, borrower } = p;
      const [asLender, asBorrower] = [pool.connect(lender), pool.connect(borrower)];
      const [owner, debtor] = [lender.address, borrower.address];
      const moves: [token: string, send: () => Promise<unknown>][] = [
        [loanToken, () => asLender.deposit(1_000n, owner)],
        [loanToken, () => asLender.mint(10n ** 9n, owner)],
        [loanToken, () => asLender.withdraw(1_000n, owner, owner)],
        [loanToken, () => asLender.redeem(10n ** 9n, owner, owner)],
        [loanToken, () => asBorrower.borrow(1_000n, 0, debtor, debtor)],
        [loanToken, () => asBorrower.repay(1_000n, 0, debtor, "0x")],
        [loanToken, () => pool.flashLoan(owner, loanToken, 1_000n, "0x")],
        [collateralToken, () => asBorrower.supplyCollateral(collateralToken, 1_000n, debtor, "0x")],
        [collateralToken, () => asBorrower.withdrawCollateral(collateralToken, 1_000n, debtor, debtor)],
      ];
      for (const [token, send] of moves) {
        await expect(send()).to.be.revertedWithCustomError(pool, "SafeERC20FailedOperation").withArgs(token);
      }
      await crash(p);
      await expect(takeAll(p))
        .to.be.revertedWithCustomError(pool, "SafeERC20FailedOperation")
        .withArgs(collateralToken);
    });
  });

  describe("that answer nothing", () => {
    const load = () => connection.networkHelpers.loadFixture(silentPool);

    it("moves as any other", async () => {
      const p = await load();
      const { ethers, pool, loanToken, poolAddress, loan, lender, borrower, accountAddress, unit } = p;
      const [{ token, address: pledge }] = p.collaterals;
      const [asLender, asBorrower] = [pool.connect(lender), pool.connect(borrower)];
      const [owner, debtor, some] = [lender.address, borrower.address, 500n * unit];
      const moves: [moved: typeof loan, party: string, inflow: bigint, send: () => Promise<unknown>][] = [
        [loan, owner, some, () => asLender.deposit(some, owner)],
        [loan, owner, -some, () => asLender.withdraw(some, owner, owner)],
        [loan, debtor, -some, () => asBorrower.borrow(some, 0, debtor, debtor)],
        [loan, debtor, some, () => asBorrower.repay(some, 0, debtor, "0x")],
        [loan, accountAddress, 0n, () => pool.flashLoan(accountAddress, loanToken, some, "0x")],
        [token, debtor, some, () => asBorrower.supplyCollateral(pledge, some, debtor, "0x")],
        [token, debtor, -some, () => asBorrower.withdrawCollateral(pledge, some, debtor, debtor)],
      ];
      for (const [moved, party, inflow, send] of moves) {
        await expect(send()).to.changeTokenBalances(ethers, moved, [poolAddress, party], [inflow, -inflow]);
      }
      await crash(p);
      await expect(takeAll(p)).to.emit(pool, "CollateralTaken");
    });
  });

  describe("that refuse some accounts", () => {
    const load = () => connection.networkHelpers.loadFixture(blockingPool);

    it("reverts when the pool would have to pay one of them", async () => {
      const { ethers, pool, loanToken, lender } = await load();
      const blocklist = await ethers.getContractAt("BlocklistERC20", loanToken);
      await expect(pool.connect(lender).withdraw(1_000n, lender.address, lender.address))
        .to.be.revertedWithCustomError(blocklist, "Blocked")
        .withArgs(lender.address);
    });

    it("lets them leave to another address", async () => {
      const { pool, lender, borrower, stranger, collateralToken } = await load();
      await expect(pool.connect(lender).withdraw(1_000n, stranger.address, lender.address)).to.emit(pool, "Withdraw");
      await expect(
        pool.connect(borrower).withdrawCollateral(collateralToken, 1_000n, borrower.address, stranger.address),
      ).to.emit(pool, "CollateralWithdrawn");
    });

    it("lets others repay for them and buy their collateral", async () => {
      const p = await load();
      const { pool, borrower, otherBorrower } = p;
      await expect(pool.connect(otherBorrower).repay(1_000n, 0, borrower.address, "0x")).to.emit(pool, "Repaid");
      await crash(p);
      await expect(takeAll(p)).to.emit(pool, "CollateralTaken");
    });
  });
});
