import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { calmDebtor, ETHER, load, supply, USD } from "../../shared/borrower-fixtures.ts";

const OWED = 120_000n * USD;

/** `stranger` is the operator of `borrower`, who lends as well. */
async function loadOperated() {
  const p = await load(calmDebtor);
  await p.pool.connect(p.borrower).deposit(10_000n * USD, p.borrower.address);
  await p.pool.connect(p.borrower).setOperator(p.stranger.address, true);
  return { ...p, operator: p.stranger, asOperator: p.pool.connect(p.stranger) };
}

describe("LendingPool: operators", () => {
  describe("#setOperator", () => {
    it("approves and revokes, for the caller only, and says so", async () => {
      const { pool, borrower, otherBorrower, stranger } = await load(calmDebtor);
      const [owner, operator] = [borrower.address, stranger.address];
      expect(await pool.isOperator(owner, operator)).to.equal(false);
      for (const approved of [true, true, false, false]) {
        await expect(pool.connect(borrower).setOperator(operator, approved))
          .to.emit(pool, "OperatorSet")
          .withArgs(owner, operator, approved);
        expect(await pool.isOperator(owner, operator)).to.equal(approved);
        expect(await pool.isOperator(otherBorrower.address, operator)).to.equal(false);
        expect(await pool.isOperator(operator, owner)).to.equal(false);
      }
    });

    it("lets an owner have several operators, and revoke one", async () => {
      const { pool, borrower, liquidator, stranger } = await load(calmDebtor);
      await pool.connect(borrower).setOperator(stranger.address, true);
      await pool.connect(borrower).setOperator(liquidator.address, true);
      await pool.connect(borrower).setOperator(stranger.address, false);
      expect(await pool.isOperator(borrower.address, liquidator.address)).to.equal(true);
      expect(await pool.isOperator(borrower.address, stranger.address)).to.equal(false);
    });
  });

  describe("an operator may", () => {
    it("borrow on the account, to whomever", async () => {
      const { ethers, pool, loan, asOperator, operator, borrower } = await loadOperated();
      const borrow = () => asOperator.borrow(1_000n * USD, 0, borrower.address, operator.address);
      await expect(borrow).to.changeTokenBalances(ethers, loan, [operator, borrower], [1_000n * USD, 0n]);
      await expect(borrow())
        .to.emit(pool, "Borrowed")
        .withArgs(operator.address, borrower.address, operator.address, 1_000n * USD, 1_000n * USD);
      expect(await pool.debtOf(borrower.address)).to.equal(OWED + 2_000n * USD);
      expect(await pool.debtOf(operator.address)).to.equal(0);
    });

    it("withdraw the account's collateral, to whomever", async () => {
      const { ethers, pool, asOperator, operator, borrower, eth } = await loadOperated();
      const withdraw = () => asOperator.withdrawCollateral(eth.address, ETHER, borrower.address, operator.address);
      await expect(withdraw).to.changeTokenBalances(ethers, eth.token, [operator, borrower], [ETHER, 0n]);
      await expect(withdraw())
        .to.emit(pool, "CollateralWithdrawn")
        .withArgs(operator.address, borrower.address, eth.address, operator.address, ETHER);
    });

    it("open a new kind of collateral, out of its own pocket", async () => {
      const { ethers, pool, poolAddress, asOperator, operator, borrower, btc } = await loadOperated();
      await btc.token.mint(operator.address, 5n);
      await btc.token.connect(operator).approve(poolAddress, 5n);
      const supplyOne = () => asOperator.supplyCollateral(btc.address, 5n, borrower.address, "0x");
      await expect(supplyOne).to.changeTokenBalances(ethers, btc.token, [operator, borrower], [-5n, 0n]);
      expect(await pool.collateralOf(borrower.address, btc.address)).to.equal(5);
    });
  });

  describe("an operator may not", () => {
    it("pass the limits that the account has itself", async () => {
      const { pool, asOperator, operator, borrower, eth } = await loadOperated();
      await expect(asOperator.borrow(30_000n * USD + 1n, 0, borrower.address, operator.address))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 150_000n * USD, 150_000n * USD + 1n);
      await expect(asOperator.withdrawCollateral(eth.address, 21n * ETHER, borrower.address, operator.address))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 118_500n * USD, OWED);
    });

    it("touch lender shares: those follow allowances", async () => {
      const { pool, asOperator, operator, borrower } = await loadOperated();
      const shares = await pool.balanceOf(borrower.address);
      for (const call of [
        () => asOperator.redeem(shares, operator.address, borrower.address),
        () => asOperator.withdraw(10_000n * USD, operator.address, borrower.address),
        () => asOperator.transferFrom(borrower.address, operator.address, shares),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(pool, "ERC20InsufficientAllowance")
          .withArgs(operator.address, 0, shares);
      }
    });

    it("pull tokens that the owner has approved to the pool", async () => {
      const { pool, poolAddress, asOperator, operator, borrower, loan, eth } = await loadOperated();
      await expect(asOperator.supplyCollateral(eth.address, 1, borrower.address, "0x"))
        .to.be.revertedWithCustomError(eth.token, "ERC20InsufficientAllowance")
        .withArgs(poolAddress, 0, 1);
      await expect(asOperator.repay(1_000n, 0, borrower.address, "0x"))
        .to.be.revertedWithCustomError(loan, "ERC20InsufficientAllowance")
        .withArgs(poolAddress, 0, 1_000);
      expect(await loan.allowance(borrower.address, poolAddress)).to.equal(MaxUint256);
      expect(await pool.isOperator(borrower.address, operator.address)).to.equal(true);
    });

    it("appoint operators for its owner, or lend its rights to its own operators", async () => {
      const { pool, asOperator, operator, borrower, liquidator, eth } = await loadOperated();
      await asOperator.setOperator(liquidator.address, true);
      expect(await pool.isOperator(borrower.address, liquidator.address)).to.equal(false);
      const second = pool.connect(liquidator);
      await expect(second.withdrawCollateral(eth.address, 1, borrower.address, liquidator.address))
        .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
        .withArgs(liquidator.address, borrower.address);
      await expect(second.withdrawCollateral(eth.address, 1, operator.address, liquidator.address))
        .to.be.revertedWithCustomError(pool, "PoolCollateralInsufficient") // it acts for the operator, who has nothing
        .withArgs(operator.address, eth.address, 0, 1);
    });

    it("do anything once revoked", async () => {
      const { pool, asOperator, operator, borrower, eth, btc } = await loadOperated();
      await pool.connect(borrower).setOperator(operator.address, false);
      for (const call of [
        () => asOperator.borrow(1, 0, borrower.address, operator.address),
        () => asOperator.withdrawCollateral(eth.address, 1, borrower.address, operator.address),
        () => asOperator.supplyCollateral(btc.address, 1, borrower.address, "0x"),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
          .withArgs(operator.address, borrower.address);
      }
    });

    it("act for the zero address, although that is nobody's account", async () => {
      const { pool, operator, asOperator } = await loadOperated();
      await expect(asOperator.borrow(1, 0, ZeroAddress, operator.address))
        .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
        .withArgs(operator.address, ZeroAddress);
    });
  });

  it("gives the owner no rights over the operator", async () => {
    const p = await loadOperated();
    await p.eth.token.mint(p.operator.address, ETHER);
    await p.eth.token.connect(p.operator).approve(p.poolAddress, ETHER);
    await supply(p, p.eth, ETHER, p.operator);
    const owner = p.pool.connect(p.borrower);
    await expect(owner.withdrawCollateral(p.eth.address, 1, p.operator.address, p.borrower.address))
      .to.be.revertedWithCustomError(p.pool, "PoolUnauthorized")
      .withArgs(p.borrower.address, p.operator.address);
  });
});
