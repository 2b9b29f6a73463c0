import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { BITCOIN, calmPool, divUp, ETHER, LENT, setPrice, supply, USD, YEAR } from "../../shared/borrower-fixtures.ts";
import { costUp, livePool, loadLiquidation, mixedPool, OWED, sinkingPool } from "../../shared/liquidation-fixtures.ts";
import { PAUSE, SHARE_OFFSET, WAD } from "../../shared/pool-fixtures.ts";

/** ETH at 500, sold at the floor of a fixed bonus: 100 ETH fetch 47,619 of the 120,000 owed. */
async function drownedPool(connection: NetworkConnection) {
  const p = await sinkingPool(connection);
  await p.admin.setLiquidationCurve(p.eth.address, await p.fixedCurve.getAddress());
  await setPrice(p, p.eth, 500n);
  return p;
}

const PROCEEDS = divUp(50_000n * USD * 10_000n, 10_500n);
const LOSS = OWED - PROCEEDS;

/** The same, with reserves of 10 % of two years of interest. */
async function drownedWithReserves(connection: NetworkConnection) {
  const p = await livePool(connection);
  await p.networkHelpers.time.increase(2n * YEAR);
  await p.pool.accrue();
  await p.admin.setLiquidationCurve(p.eth.address, await p.fixedCurve.getAddress());
  const { borrower, eth } = p;
  await p.pool.connect(borrower).withdrawCollateral(eth.address, 900n * ETHER, borrower.address, borrower.address);
  return p;
}

describe("LiquidationModule: bad debt", () => {
  describe("of an account without anything left to sell", () => {
    it("is written off at once, and the account is clean", async () => {
      const p = await loadLiquidation(drownedPool);
      await expect(p.take(p.eth.address))
        .to.emit(p.pool, "BadDebtRealized")
        .withArgs(p.borrower.address, LOSS, LOSS, 0, LOSS);
      const { debtShares, collateralMask, kickedAt, provisioned } = await p.pool.accountOf(p.borrower.address);
      expect([debtShares, collateralMask, kickedAt, provisioned]).to.deep.equal([0n, 0n, 0n, false]);
      expect(await p.pool.debtOf(p.borrower.address)).to.equal(0);
      expect(await p.pool.totals()).to.deep.equal([0n, 0n, LENT - LOSS, 0n]);
      expect(await p.loan.balanceOf(p.poolAddress)).to.equal(LENT - LOSS);
    });

    it("is borne by lenders in the same block: whoever leaves next leaves with less", async () => {
      const p = await loadLiquidation(drownedPool);
      await p.pool.connect(p.otherLender).deposit(100_000n * USD, p.otherLender.address);
      const [supply, assets] = [await p.pool.totalSupply(), await p.pool.totalAssets()];
      expect(assets).to.equal(LENT + 100_000n * USD);
      await p.take(p.eth.address);
      expect(await p.pool.totalAssets()).to.equal(assets - LOSS);
      for (const lender of [p.lender, p.otherLender]) {
        const shares = await p.pool.balanceOf(lender.address);
        const worth = (shares * (assets - LOSS + 1n)) / (supply + SHARE_OFFSET);
        expect(await p.pool.previewRedeem(shares)).to.equal(worth);
        await expect(() => p.pool.connect(lender).redeem(shares, lender.address, lender.address)).to.changeTokenBalance(
          p.ethers,
          p.loan,
          lender,
          worth,
        );
      }
    });

    it("does not touch what others owe", async () => {
      const p = await loadLiquidation(drownedPool);
      await supply(p, p.btc, 2n * BITCOIN, p.otherBorrower);
      await p.pool.connect(p.otherBorrower).borrow(33_333n * USD, 0, p.otherBorrower.address, p.otherBorrower.address);
      await p.take(p.eth.address);
      expect(await p.pool.debtOf(p.otherBorrower.address)).to.equal(33_333n * USD);
      const { debtAssets, debtShares } = await p.pool.totals();
      expect([debtAssets, debtShares]).to.deep.equal([33_333n * USD, 33_333n * USD]);
    });

    it("lets the account begin anew", async () => {
      const p = await loadLiquidation(drownedPool);
      await p.take(p.eth.address);
      await supply(p, p.eth, 10n * ETHER);
      await p.pool.connect(p.borrower).borrow(1_000n * USD, 0, p.borrower.address, p.borrower.address);
      expect(await p.pool.debtOf(p.borrower.address)).to.equal(1_000n * USD);
    });

    it("is written off where it is a single unit", async () => {
      const p = await loadLiquidation(drownedPool);
      // 100 ETH fetch all that is owed but a unit.
      const bonus = divUp(10n ** 22n, 10_500n);
      await p.oracle.setPrice(p.eth.address, ((OWED - 1n) * 10n ** 16n * WAD) / bonus);
      await expect(p.take(p.eth.address))
        .to.emit(p.pool, "BadDebtRealized")
        .withArgs(p.borrower.address, 1n, 1n, 0, 1n);
      expect((await p.pool.totals()).debtShares).to.equal(0);
    });

    it("is all of the debt where the collateral is worth nothing, at no cost to the taker", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.kick();
      await p.oracle.setPrice(p.eth.address, 0n);
      await expect(p.take(p.eth.address, 99n * ETHER))
        .to.be.revertedWithCustomError(p.pool, "LiquidationDust")
        .withArgs(99n * ETHER, 100n * ETHER);
      await expect(p.take(p.eth.address, undefined, 0n))
        .to.emit(p.pool, "BadDebtRealized")
        .withArgs(p.borrower.address, OWED, OWED, 0, OWED);
    });
  });

  describe("reserves", () => {
    for (const { name, dollars } of [
      { name: "pay all of a loss that they can pay", dollars: 1_310n },
      { name: "pay first, and lenders the rest", dollars: 1_000n },
    ]) {
      it(name, async () => {
        const p = await loadLiquidation(drownedWithReserves);
        await setPrice(p, p.eth, dollars);
        await p.wait(60n);
        const { repay, amount } = await p.quote(p.eth.address);
        const [before, debt, shares] = await Promise.all([
          p.pool.totals({ blockTag: "pending" }),
          p.pool.debtOf(p.borrower.address, { blockTag: "pending" }),
          p.pool.debtSharesOf(p.borrower.address),
        ]);
        expect(amount).to.equal(100n * ETHER);
        const lenders = before.cash + before.debtAssets - before.reserves;
        await p.wait(60n);
        const tx = await p.take(p.eth.address);
        const burnt = (repay * (before.debtShares + 1n)) / (before.debtAssets + 1n);
        // what is left of the account's shares, at the price after the repayment, rounded down
        const [debtAssets, debtShares] = [before.debtAssets - repay, before.debtShares - burnt];
        const loss = ((shares - burnt) * (debtAssets + 1n)) / (debtShares + 1n);
        expect(loss).to.be.within(debt - repay - 2n, debt - repay);
        const byReserves = loss < before.reserves ? loss : before.reserves;
        expect(byReserves === loss).to.equal(dollars === 1_310n);
        expect(byReserves).to.be.greaterThan(0);
        await expect(tx)
          .to.emit(p.pool, "BadDebtRealized")
          .withArgs(p.borrower.address, loss, shares - burnt, byReserves, loss - byReserves);
        const after = await p.pool.totals();
        expect(after.reserves).to.equal(before.reserves - byReserves);
        expect(after.debtAssets).to.equal(debtAssets - loss);
        expect(await p.pool.totalAssets()).to.equal(lenders - (loss - byReserves));
      });
    }
  });

  describe("of an account that has another collateral left", () => {
    it("waits until the last one is sold, in whatever order", async () => {
      for (const order of [
        [0, 1, 2],
        [2, 0, 1],
      ]) {
        const p = await loadLiquidation(mixedPool);
        for (const [index, dollars] of [200n, 20_000n].entries()) await setPrice(p, p.collaterals[index], dollars);
        let paid = 0n;
        for (const [position, index] of order.entries()) {
          await p.wait(1n);
          const { repay } = await p.quote(p.collaterals[index].address);
          await p.wait(1n);
          const tx = p.take(p.collaterals[index].address);
          paid += repay;
          if (position < 2) await expect(tx).not.to.emit(p.pool, "BadDebtRealized");
          else {
            const loss = OWED - paid;
            await expect(tx).to.emit(p.pool, "BadDebtRealized").withArgs(p.borrower.address, loss, loss, 0, loss);
          }
        }
        expect(await p.pool.totalAssets()).to.equal(LENT - OWED + paid);
      }
    });

    it("is not hidden by a unit of it: that is sold for a unit", async () => {
      const p = await loadLiquidation(drownedPool);
      await supply(p, p.btc, 1n);
      await p.take(p.eth.address);
      expect(await p.pool.debtOf(p.borrower.address)).to.equal(LOSS);
      const { price36 } = await p.quote(p.btc.address);
      const cost = costUp(1n, price36);
      await expect(p.take(p.btc.address))
        .to.emit(p.pool, "BadDebtRealized")
        .withArgs(p.borrower.address, LOSS - cost, LOSS - cost, 0, LOSS - cost);
    });
  });

  describe("cannot be kept from being realised", () => {
    it("by prices that are gone, once the account is kicked; before, it waits for a price", async () => {
      const p = await loadLiquidation(drownedPool);
      await p.oracle.setFresh(p.eth.address, false);
      await expect(p.take(p.eth.address))
        .to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice")
        .withArgs(p.eth.address);
      await p.oracle.setFresh(p.eth.address, true);
      await p.kick();
      await p.oracle.setFresh(p.eth.address, false);
      await expect(p.take(p.eth.address)).to.emit(p.pool, "BadDebtRealized");
    });

    it("by a pause", async () => {
      const p = await loadLiquidation(drownedPool);
      await p.admin.pause(PAUSE.all);
      await expect(p.take(p.eth.address)).to.emit(p.pool, "BadDebtRealized");
    });

    it("by a debtor who is the only one, or by lenders who have taken all the cash out", async () => {
      const p = await loadLiquidation(drownedPool);
      const { cash } = await p.pool.totals();
      await p.pool.connect(p.lender).withdraw(cash, p.lender.address, p.lender.address);
      await p.take(p.eth.address);
      expect(await p.pool.totals()).to.deep.equal([0n, 0n, PROCEEDS, 0n]);
      expect(await p.pool.totalAssets()).to.equal(PROCEEDS);
    });
  });

  describe("and another collateral's token that refuses to move", () => {
    /** BTC is a token with a blocklist, on which the pool is. */
    async function blockedPool(connection: NetworkConnection) {
      const token = await connection.ethers.deployContract("BlocklistERC20", [8]);
      const p = await calmPool(connection, { collateralTokens: [undefined, await token.getAddress()] });
      await supply(p, p.eth, 100n * ETHER);
      await supply(p, p.btc, BITCOIN / 10n);
      await p.pool.connect(p.borrower).borrow(OWED, 0, p.borrower.address, p.borrower.address);
      await token.setBlocked(p.poolAddress, true);
      await setPrice(p, p.eth, 500n);
      return { ...p, blocklist: token };
    }

    it("does not keep the rest from being sold; only its own sale waits", async () => {
      const p = await loadLiquidation(blockedPool);
      await p.kick();
      await p.take(p.eth.address);
      expect(await p.pool.collateralOf(p.borrower.address, p.eth.address)).to.equal(0);
      await expect(p.take(p.btc.address)).to.be.revertedWithCustomError(p.blocklist, "Blocked").withArgs(p.poolAddress);
      await p.blocklist.setBlocked(p.poolAddress, false);
      await expect(p.take(p.btc.address)).to.emit(p.pool, "BadDebtRealized");
    });
  });
});
