import { expect } from "chai";
import { ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import {
  agedPool,
  BITCOIN,
  booksIn,
  bpsDown,
  calmPool,
  debt,
  ETHER,
  LENT,
  load,
  MIN_DEBT,
  supply,
  USD,
  valueDown,
} from "../../shared/borrower-fixtures.ts";
import { deployPool, PAUSE, UNCAPPED } from "../../shared/pool-fixtures.ts";

/** `borrower` may owe 150,000: 100 ETH at 2,000 and 75 %. */
async function pledgedPool(connection: NetworkConnection) {
  const p = await calmPool(connection);
  await supply(p, p.eth, 100n * ETHER);
  return p;
}

function wholeLoans(connection: NetworkConnection) {
  return deployPool(connection, { loanDecimals: 0n, collaterals: 3 });
}

function eighteenDecimalLoans(connection: NetworkConnection) {
  return deployPool(connection, { loanDecimals: 18n, collaterals: 3 });
}

async function loadPledged() {
  const p = await load(pledgedPool);
  const borrow = (assets: bigint, shares = 0n) =>
    p.pool.connect(p.borrower).borrow(assets, shares, p.borrower.address, p.borrower.address);
  return { ...p, borrow };
}

describe("LendingPool: borrowing", () => {
  describe("#borrow", () => {
    it("reverts unless exactly one of assets and shares is given", async () => {
      const { pool, borrow } = await loadPledged();
      for (const [assets, shares] of [
        [0n, 0n],
        [MIN_DEBT, MIN_DEBT],
      ]) {
        await expect(borrow(assets, shares))
          .to.be.revertedWithCustomError(pool, "PoolExactlyOneAmount")
          .withArgs(assets, shares);
      }
    });

    it("reverts when the receiver is zero", async () => {
      const { pool, borrower } = await loadPledged();
      await expect(pool.connect(borrower).borrow(MIN_DEBT, 0, borrower.address, ZeroAddress))
        .to.be.revertedWithCustomError(pool, "PoolZeroAddress")
        .withArgs();
    });

    it("reverts when the caller is neither the account nor its operator", async () => {
      const { pool, borrower, stranger } = await loadPledged();
      await expect(pool.connect(stranger).borrow(MIN_DEBT, 0, borrower.address, stranger.address))
        .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
        .withArgs(stranger.address, borrower.address);
    });

    it("reverts when borrowing is paused", async () => {
      const { pool, admin, borrow } = await loadPledged();
      await admin.pause(PAUSE.borrow);
      await expect(borrow(MIN_DEBT)).to.be.revertedWithCustomError(pool, "PoolPaused").withArgs(PAUSE.borrow);
    });

    it("reverts one unit below the minimum debt, which the whole debt must reach", async () => {
      const { pool, borrower, borrow } = await loadPledged();
      await expect(borrow(MIN_DEBT - 1n))
        .to.be.revertedWithCustomError(pool, "PoolDebtBelowMinimum")
        .withArgs(MIN_DEBT, MIN_DEBT - 1n);
      await borrow(MIN_DEBT);
      await borrow(1n);
      expect(await pool.debtOf(borrower.address)).to.equal(MIN_DEBT + 1n);
    });

    it("reverts one unit above the cap, which counts all debts", async () => {
      const p = await loadPledged();
      const { pool, admin, otherBorrower, borrow, eth } = p;
      await admin.setPoolCaps(2n ** 112n - 1n, 5_000n * USD);
      await supply(p, eth, 10n * ETHER, otherBorrower);
      await pool.connect(otherBorrower).borrow(2_000n * USD, 0, otherBorrower.address, otherBorrower.address);
      await expect(borrow(3_000n * USD + 1n))
        .to.be.revertedWithCustomError(pool, "PoolBorrowCapExceeded")
        .withArgs(5_000n * USD, 5_000n * USD + 1n);
      await borrow(3_000n * USD);
      await admin.setPoolCaps(2n ** 112n - 1n, 1n);
      await expect(borrow(1n))
        .to.be.revertedWithCustomError(pool, "PoolBorrowCapExceeded")
        .withArgs(1n, 5_000n * USD + 1n);
    });

    it("reverts when the cash does not suffice; donations are not cash", async () => {
      const p = await loadPledged();
      const { pool, poolAddress, loan, lender, borrow } = p;
      await pool.connect(lender).withdraw(LENT - 1_000n * USD, lender.address, lender.address);
      await loan.connect(lender).transfer(poolAddress, 1_000n * USD);
      await expect(borrow(1_000n * USD + 1n))
        .to.be.revertedWithCustomError(pool, "PoolLiquidityInsufficient")
        .withArgs(1_000n * USD, 1_000n * USD + 1n);
      await borrow(1_000n * USD);
      expect((await pool.totals()).cash).to.equal(0);
    });

    it("reverts when the books could not hold the debt", async () => {
      const { pool, borrow } = await loadPledged();
      for (const [assets, shares] of [
        [2n ** 112n, 0n],
        [0n, 2n ** 112n],
      ]) {
        await expect(borrow(assets, shares))
          .to.be.revertedWithCustomError(pool, "PoolAmountTooLarge")
          .withArgs(2n ** 112n);
      }
    });

    it("goes up to the largest debt that the books can hold, and not a unit further", async () => {
      const { pool, poolAddress, admin, loan, lender, oracle, eth, borrower, borrow } = await loadPledged();
      await admin.setPoolCaps(UNCAPPED, UNCAPPED);
      await loan.mint(lender.address, UNCAPPED);
      await pool.connect(lender).deposit(UNCAPPED - LENT, lender.address);
      await oracle.setPrice(eth.address, 2n * UNCAPPED * 10n ** 16n); // 100 ETH carry half as much again
      await borrow(UNCAPPED);
      expect(await pool.debtOf(borrower.address)).to.equal(UNCAPPED);
      expect(await loan.balanceOf(poolAddress)).to.equal(0);
      await expect(borrow(1n)).to.be.revertedWithCustomError(pool, "PoolAmountTooLarge").withArgs(1n);
    });

    it("reverts one unit above what the borrow factor allows", async () => {
      const { pool, borrower, borrow } = await loadPledged();
      await expect(borrow(150_000n * USD + 1n))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 150_000n * USD, 150_000n * USD + 1n);
      await borrow(150_000n * USD);
      await expect(borrow(1n))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 150_000n * USD, 150_000n * USD + 1n);
    });

    it("reverts without collateral", async () => {
      const { pool, otherBorrower } = await loadPledged();
      await expect(pool.connect(otherBorrower).borrow(MIN_DEBT, 0, otherBorrower.address, otherBorrower.address))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(otherBorrower.address, 0, MIN_DEBT);
    });

    it("reverts when the price of any collateral in use is not to be had", async () => {
      const p = await loadPledged();
      const { oracle, borrow, btc, stb } = p;
      await oracle.setReverting(stb.address, true); // not in use
      await borrow(MIN_DEBT);
      await supply(p, btc, 1n);
      await oracle.setFresh(btc.address, false);
      await expect(borrow(1n))
        .to.be.revertedWithCustomError(oracle, "OracleInsufficientSources")
        .withArgs(btc.address, 0, 1);
      await oracle.setReverting(btc.address, true);
      await expect(borrow(1n)).to.be.revertedWithCustomError(oracle, "MockOracleBroken").withArgs(btc.address);
    });

    it("goes by borrow price and borrow factor, not by those of liquidation", async () => {
      const { pool, oracle, borrower, borrow, eth } = await loadPledged();
      await oracle.setPrices(eth.address, eth.price36 / 2n, 10n * eth.price36);
      await expect(borrow(75_000n * USD + 1n))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 75_000n * USD, 75_000n * USD + 1n);
      await borrow(75_000n * USD);
    });

    it("sends the assets to the receiver, and books debt and cash", async () => {
      const { ethers, pool, poolAddress, loan, borrower, stranger } = await loadPledged();
      const call = () => pool.connect(borrower).borrow(500n * USD, 0, borrower.address, stranger.address);
      const parties = [poolAddress, borrower, stranger];
      await expect(call).to.changeTokenBalances(ethers, loan, parties, [-500n * USD, 0, 500n * USD]);
      await expect(call())
        .to.emit(pool, "Borrowed")
        .withArgs(borrower.address, borrower.address, stranger.address, 500n * USD, 500n * USD);
      expect(await pool.debtSharesOf(borrower.address)).to.equal(1_000n * USD);
      expect(await pool.debtSharesOf(stranger.address)).to.equal(0);
      expect(await pool.totals()).to.deep.equal([1_000n * USD, 1_000n * USD, LENT - 1_000n * USD, 0n]);
    });

    it("rounds against the borrower: shares up, assets down", async () => {
      const p = await load(agedPool);
      const { pool, borrower } = p;
      const borrow = (assets: bigint, shares: bigint) =>
        pool.connect(borrower).borrow(assets, shares, borrower.address, borrower.address);
      for (const amount of [MIN_DEBT + 1n, 1n, 2n, 777_777_777n]) {
        let books = await booksIn(p, 3_601n);
        const minted = debt.sharesUp(amount, books);
        await expect(borrow(amount, 0n))
          .to.emit(pool, "Borrowed")
          .withArgs(borrower.address, borrower.address, borrower.address, amount, minted);
        books = await booksIn(p, 3_601n);
        expect(books.debtAssets).to.be.greaterThan(books.debtShares);
        await expect(borrow(0n, amount))
          .to.emit(pool, "Borrowed")
          .withArgs(borrower.address, borrower.address, borrower.address, debt.assetsDown(amount, books), amount);
      }
    });

    it("adds up collaterals of 18, 8 and 6 decimals, each rounded down", async () => {
      const p = await loadPledged();
      const { pool, oracle, otherBorrower, eth, btc, stb } = p;
      const held = [
        { ...eth, amount: 10n * ETHER + 987_654_321_987_654_321n, factor: 7_500n, price36: (eth.price36 * 3n) / 7n },
        { ...btc, amount: BITCOIN / 2n + 7_654_321n, factor: 7_000n, price36: (btc.price36 * 5n) / 11n },
        { ...stb, amount: 20_000n * USD + 123_457n, factor: 8_500n, price36: (stb.price36 * 12n) / 13n },
      ];
      let capacity = 0n;
      for (const collateral of held) {
        await oracle.setPrice(collateral.address, collateral.price36);
        await supply(p, collateral, collateral.amount, otherBorrower);
        capacity += bpsDown(valueDown(collateral.amount, collateral.price36), collateral.factor);
      }
      expect(capacity).to.equal(33_762_630_628n); // 7,063.49 + 11,006.73 + 15,692.40 dollars
      const borrow = (assets: bigint) =>
        pool.connect(otherBorrower).borrow(assets, 0, otherBorrower.address, otherBorrower.address);
      await expect(borrow(capacity + 1n))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(otherBorrower.address, capacity, capacity + 1n);
      await borrow(capacity);
    });

    for (const fixture of [wholeLoans, eighteenDecimalLoans]) {
      it(`scales prices to the decimals of the loan asset: ${fixture.name}`, async () => {
        const { pool, unit, lender, borrower, collaterals } = await load(fixture);
        await pool.connect(lender).deposit(100_000n * unit, lender.address);
        for (const [index, amount] of [1n, 1n, 1_000n].entries()) {
          const { address, unit: one } = collaterals[index];
          await pool.connect(borrower).supplyCollateral(address, amount * one, borrower.address, "0x");
        }
        const capacity = 44_350n * unit; // 1,500 + 42,000 + 850
        await expect(pool.connect(borrower).borrow(capacity + 1n, 0, borrower.address, borrower.address))
          .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
          .withArgs(borrower.address, capacity, capacity + 1n);
        await pool.connect(borrower).borrow(capacity, 0, borrower.address, borrower.address);
      });
    }
  });
});
