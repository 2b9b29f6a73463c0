import { expect } from "chai";

import {
  agedPool,
  booksIn,
  calmDebtor,
  debt,
  ETHER,
  LENT,
  load,
  MIN_DEBT,
  stopInterest,
  supply,
  USD,
} from "../../shared/borrower-fixtures.ts";
import { PAUSE } from "../../shared/pool-fixtures.ts";

const OWED = 120_000n * USD;

async function loadDebtor() {
  const p = await load(calmDebtor);
  const repay = (assets: bigint, shares = 0n) =>
    p.pool.connect(p.borrower).repay(assets, shares, p.borrower.address, "0x");
  return { ...p, repay };
}

/** With `borrower` owing 50,000 beside the year-old debt of `otherBorrower`. */
async function loadAgedDebtor() {
  const p = await load(agedPool);
  await p.pool.connect(p.borrower).borrow(50_000n * USD, 0, p.borrower.address, p.borrower.address);
  const repay = (assets: bigint, shares = 0n) =>
    p.pool.connect(p.borrower).repay(assets, shares, p.borrower.address, "0x");
  return { ...p, repay };
}

describe("LendingPool: repaying", () => {
  describe("#repay", () => {
    it("reverts unless exactly one of assets and shares is given", async () => {
      const { pool, repay } = await loadDebtor();
      for (const [assets, shares] of [
        [0n, 0n],
        [OWED, OWED],
      ]) {
        await expect(repay(assets, shares))
          .to.be.revertedWithCustomError(pool, "PoolExactlyOneAmount")
          .withArgs(assets, shares);
      }
    });

    it("reverts when the assets do not pay for one share", async () => {
      const { pool, repay } = await loadAgedDebtor();
      await expect(repay(1n)).to.be.revertedWithCustomError(pool, "PoolZeroAmount").withArgs();
      await repay(2n);
    });

    it("reverts when more is repaid than the account owes, by shares or by assets", async () => {
      const { pool, borrower, stranger, repay } = await loadDebtor();
      for (const [assets, shares] of [
        [0n, OWED + 1n],
        [OWED + 1n, 0n],
      ]) {
        await expect(repay(assets, shares))
          .to.be.revertedWithCustomError(pool, "PoolDebtInsufficient")
          .withArgs(borrower.address, OWED, OWED + 1n);
      }
      await expect(pool.connect(borrower).repay(1, 0, stranger.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolDebtInsufficient")
        .withArgs(stranger.address, 0, 1);
    });

    it("reverts when less than the minimum would be left; the minimum or nothing may be", async () => {
      const { pool, borrower, repay } = await loadDebtor();
      for (const left of [MIN_DEBT - 1n, 1n]) {
        await expect(repay(OWED - left))
          .to.be.revertedWithCustomError(pool, "PoolDebtBelowMinimum")
          .withArgs(MIN_DEBT, left);
      }
      await repay(OWED - MIN_DEBT);
      expect(await pool.debtOf(borrower.address)).to.equal(MIN_DEBT);
      await repay(MIN_DEBT);
      expect(await pool.debtOf(borrower.address)).to.equal(0);
    });

    it("lets an account that a raised minimum left below it repay any part", async () => {
      const { pool, admin, borrower, repay } = await loadDebtor();
      await admin.setMinDebt(OWED + OWED / 500n);
      await repay(1n);
      await repay(0n, 1n);
      expect(await pool.debtOf(borrower.address)).to.equal(OWED - 2n);
      await admin.setMinDebt(OWED - 2n); // reached again: to be kept
      await expect(repay(1n))
        .to.be.revertedWithCustomError(pool, "PoolDebtBelowMinimum")
        .withArgs(OWED - 2n, OWED - 3n);
    });

    it("lets nobody leave dust who is below the minimum by rounding in others' transactions only", async () => {
      const p = await loadAgedDebtor();
      await stopInterest(p);
      const { pool, admin, borrower, otherBorrower, repay } = p;
      const owed = () => pool.debtOf(borrower.address);
      const minDebt = await owed();
      await admin.setMinDebt(minDebt);
      // Whoever borrows pays for the rounding, for some amounts almost a share: a little less is owed by all others.
      const books = await booksIn(p, 1n);
      const lossOf = (assets: bigint) =>
        debt.sharesUp(assets, books) * (books.debtAssets + 1n) - assets * (books.debtShares + 1n);
      const amounts = Array.from({ length: 99 }, (_, i) => BigInt(i + 1));
      const dearest = amounts.reduce((best, each) => (lossOf(each) > lossOf(best) ? each : best));
      for (let i = 0; i < 50 && (await owed()) === minDebt; ++i) {
        await pool.connect(otherBorrower).borrow(dearest, 0, otherBorrower.address, otherBorrower.address);
      }
      expect(await owed()).to.equal(minDebt - 1n);
      for (const part of [2n, minDebt / 2n, minDebt - 3n]) {
        await expect(repay(part)).to.be.revertedWithCustomError(pool, "PoolDebtBelowMinimum");
      }
      await repay(0n, await pool.debtSharesOf(borrower.address));
      expect(await owed()).to.equal(0);
    });

    it("takes a debt for one that a raised minimum left below it from a thousandth on, and one unit more", async () => {
      const { pool, admin, borrower, repay } = await loadDebtor();
      const minDebt = (OWED * 1_024n) / 1_023n; // a 1,024th of which is between the two
      await admin.setMinDebt(minDebt);
      const least = minDebt - minDebt / 1_024n;
      await expect(repay(1n))
        .to.be.revertedWithCustomError(pool, "PoolDebtBelowMinimum")
        .withArgs(minDebt, OWED - 1n);
      await admin.setMinDebt(minDebt + OWED - least + 2n);
      await repay(1n);
      expect(await pool.debtOf(borrower.address)).to.equal(OWED - 1n);
    });

    it("of all shares but one leaves what that one owes, and of the last one nothing", async () => {
      const p = await load(agedPool);
      await stopInterest(p);
      await p.admin.setMinDebt(0);
      const books = await booksIn(p, 1n);
      const repayShares = (shares: bigint) =>
        p.pool.connect(p.otherBorrower).repay(0, shares, p.otherBorrower.address, "0x");
      await repayShares(books.debtShares - 1n);
      const left = books.debtAssets - debt.assetsUp(books.debtShares - 1n, books);
      expect(left).to.be.greaterThan(0);
      expect(await p.pool.debtOf(p.otherBorrower.address)).to.equal(left);
      expect(await p.pool.totals()).to.deep.equal([left, 1n, books.cash + books.debtAssets - left, books.reserves]);
      await repayShares(1n);
      expect(await p.pool.totals()).to.deep.equal([0n, 0n, books.cash + books.debtAssets, books.reserves]);
    });

    it("reverts when the caller has not approved the pool, and leaves no trace", async () => {
      const { pool, poolAddress, loan, borrower, repay } = await loadDebtor();
      await loan.connect(borrower).approve(poolAddress, 999n * USD);
      await expect(repay(1_000n * USD))
        .to.be.revertedWithCustomError(loan, "ERC20InsufficientAllowance")
        .withArgs(poolAddress, 999n * USD, 1_000n * USD);
      expect(await pool.debtOf(borrower.address)).to.equal(OWED);
    });

    it("takes the assets from the caller, and books debt and cash", async () => {
      const { ethers, pool, poolAddress, loan, borrower, repay } = await loadDebtor();
      await expect(() => repay(500n * USD)).to.changeTokenBalances(
        ethers,
        loan,
        [borrower, poolAddress],
        [-500n * USD, 500n * USD],
      );
      await expect(repay(0n, 700n * USD))
        .to.emit(pool, "Repaid")
        .withArgs(borrower.address, borrower.address, 700n * USD, 700n * USD);
      const left = OWED - 1_200n * USD;
      expect(await pool.debtSharesOf(borrower.address)).to.equal(left);
      expect(await pool.totals()).to.deep.equal([left, left, LENT - left, 0n]);
    });

    it("lets anybody repay for anybody, from its own pocket", async () => {
      const { ethers, pool, loan, borrower, otherBorrower } = await loadDebtor();
      const other = pool.connect(otherBorrower);
      await expect(() => other.repay(0, OWED, borrower.address, "0x")).to.changeTokenBalances(
        ethers,
        loan,
        [otherBorrower, borrower],
        [-OWED, 0n],
      );
      expect(await pool.debtSharesOf(borrower.address)).to.equal(0);
    });

    it("goes on when every price is gone and everything is paused and tightened", async () => {
      const p = await loadDebtor();
      const { pool, admin, oracle, borrower, repay } = p;
      await supply(p, p.btc, 10n);
      await admin.pause(PAUSE.all);
      await admin.lowerPoolCaps(0, 0);
      for (const { address } of p.collaterals) {
        await admin.lowerBorrowFactor(address, 0);
        await admin.lowerCollateralSupplyCap(address, 0);
        await oracle.setReverting(address, true);
      }
      await repay(1n);
      await repay(0n, OWED - 1n);
      expect(await pool.debtOf(borrower.address)).to.equal(0);
      // and so, without debt, does the way out
      await pool.connect(borrower).withdrawCollateral(p.eth.address, 100n * ETHER, borrower.address, borrower.address);
    });

    it("goes on for an account under water", async () => {
      const { pool, oracle, borrower, eth, repay } = await loadDebtor();
      await oracle.setPrice(eth.address, 1n);
      await repay(OWED - MIN_DEBT);
      expect(await pool.debtOf(borrower.address)).to.equal(MIN_DEBT);
    });

    it("rounds against the borrower: shares down, assets up", async () => {
      const p = await loadAgedDebtor();
      const { pool, borrower, repay } = p;
      for (const amount of [2n, 777_777_777n, 12_345_678_901n]) {
        let books = await booksIn(p, 3_601n);
        expect(books.debtAssets).to.be.greaterThan(books.debtShares);
        await expect(repay(amount))
          .to.emit(pool, "Repaid")
          .withArgs(borrower.address, borrower.address, amount, debt.sharesDown(amount, books));
        books = await booksIn(p, 3_601n);
        await expect(repay(0n, amount))
          .to.emit(pool, "Repaid")
          .withArgs(borrower.address, borrower.address, debt.assetsUp(amount, books), amount);
      }
    });

    it("costs at least what was borrowed in the same block, whichever way", async () => {
      const { pool, loan, borrower } = await loadAgedDebtor();
      const encode = (name: "borrow" | "repay", assets: bigint, shares: bigint) =>
        name === "borrow"
          ? pool.interface.encodeFunctionData(name, [assets, shares, borrower.address, borrower.address])
          : pool.interface.encodeFunctionData(name, [assets, shares, borrower.address, "0x"]);
      for (const amount of [2n, 3n, 1_000n, 999_999_937n]) {
        const [held, shares] = [await loan.balanceOf(borrower.address), await pool.debtSharesOf(borrower.address)];
        await pool.connect(borrower).multicall([encode("borrow", 0n, amount), encode("repay", 0n, amount)]);
        expect(await pool.debtSharesOf(borrower.address)).to.equal(shares);
        expect(await loan.balanceOf(borrower.address)).to.be.at.most(held);
        await pool.connect(borrower).multicall([encode("borrow", amount, 0n), encode("repay", amount, 0n)]);
        expect(await pool.debtSharesOf(borrower.address)).to.be.at.least(shares);
      }
    });
  });
});
