import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { calmDebtor, ETHER, LENT, load, setPrice, supply, USD } from "../../shared/borrower-fixtures.ts";
import {
  costUp,
  livePool,
  loadLiquidation,
  mixedPool,
  OWED,
  salePrice36,
  sinkingPool,
} from "../../shared/liquidation-fixtures.ts";
import { PAUSE, WAD } from "../../shared/pool-fixtures.ts";

describe("LiquidationModule: take", () => {
  describe("#take", () => {
    it("reverts when the receiver or the amount is zero", async () => {
      const { pool, liquidation, borrower, take, eth } = await loadLiquidation(sinkingPool);
      await expect(liquidation.take(borrower.address, eth.address, 1, 1, ZeroAddress, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolZeroAddress")
        .withArgs();
      await expect(take(eth.address, 0n)).to.be.revertedWithCustomError(pool, "PoolZeroAmount").withArgs();
    });

    it("reverts for a collateral that the account does not have, listed or not", async () => {
      const { pool, borrower, loanAddress, take, btc } = await loadLiquidation(sinkingPool);
      for (const token of [btc.address, loanAddress]) {
        await expect(take(token, 5n))
          .to.be.revertedWithCustomError(pool, "PoolCollateralInsufficient")
          .withArgs(borrower.address, token, 0, 5);
      }
    });

    it("reverts for a healthy account, also at a health factor of exactly 1", async () => {
      const p = await loadLiquidation(calmDebtor);
      for (const [dollars, capacity] of [
        [2_000n, 160_000n * USD],
        [1_500n, OWED],
      ]) {
        await setPrice(p, p.eth, dollars);
        await expect(p.take(p.eth.address))
          .to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy")
          .withArgs(p.borrower.address, capacity, OWED);
      }
    });

    it("reverts when a price is not fresh and nobody has kicked the account", async () => {
      const p = await loadLiquidation(mixedPool);
      await p.oracle.setFresh(p.stb.address, false);
      for (const { address } of p.collaterals) {
        await expect(p.take(address))
          .to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice")
          .withArgs(p.stb.address);
      }
    });

    it("reverts when it costs a unit more than the taker allows", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.wait(10n);
      const { repay } = await p.quote(p.eth.address);
      await p.wait(10n);
      await expect(p.take(p.eth.address, 100n * ETHER, repay - 1n))
        .to.be.revertedWithCustomError(p.pool, "LiquidationRepayTooHigh")
        .withArgs(repay - 1n, repay);
      await p.wait(10n);
      await p.take(p.eth.address, 100n * ETHER, repay);
    });

    it("reverts when the taker cannot pay, and leaves no trace", async () => {
      const { pool, poolAddress, loan, borrower, liquidator, take, quote, eth } = await loadLiquidation(sinkingPool);
      const { repay } = await quote(eth.address);
      await loan.connect(liquidator).approve(poolAddress, repay - 1n);
      await expect(take(eth.address))
        .to.be.revertedWithCustomError(loan, "ERC20InsufficientAllowance")
        .withArgs(poolAddress, repay - 1n, repay);
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(100n * ETHER);
      expect(await pool.debtOf(borrower.address)).to.equal(OWED);
    });

    it("pays the receiver, charges the taker, and books both", async () => {
      const p = await loadLiquidation(sinkingPool);
      const { ethers, pool, poolAddress, loan, liquidation, borrower, liquidator, stranger, eth } = p;
      const { amount, repay, price36 } = await p.quote(eth.address, 10n * ETHER);
      expect([amount, price36]).to.deep.equal([10n * ETHER, salePrice36(1_450n * USD * ETHER, (105n * WAD) / 100n)]);
      expect(repay).to.equal(15_225n * USD); // 10 × 1,450 × 1.05
      const take = () =>
        liquidation.connect(liquidator).take(borrower.address, eth.address, 10n * ETHER, repay, stranger.address, "0x");
      const call = take();
      await expect(call)
        .to.emit(pool, "CollateralTaken")
        .withArgs(borrower.address, liquidator.address, eth.address, amount, repay, repay, price36);
      await expect(call).to.changeTokenBalances(ethers, eth.token, [poolAddress, stranger], [-amount, amount]);
      await expect(call).to.changeTokenBalances(ethers, loan, [liquidator, poolAddress], [-repay, repay]);
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(90n * ETHER);
      expect((await pool.collateralConfig(eth.address)).totalSupplied).to.equal(90n * ETHER);
      const left = OWED - repay;
      expect(await pool.debtSharesOf(borrower.address)).to.equal(left);
      expect(await pool.totals()).to.deep.equal([left, left, LENT - left, 0n]);
    });

    it("cannot be paused, nor kept out by caps or factors", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.admin.pause(PAUSE.all);
      await p.admin.lowerPoolCaps(0, 0);
      await p.admin.lowerBorrowFactor(p.eth.address, 0);
      await p.admin.lowerCollateralSupplyCap(p.eth.address, 0);
      await p.take(p.eth.address);
      const { liquidationCapacity, debt } = await p.pool.healthOf(p.borrower.address);
      expect(liquidationCapacity).to.be.greaterThan(debt);
    });

    it("sells a kicked account at the last valid prices when none is fresh any more", async () => {
      const p = await loadLiquidation(mixedPool);
      await p.kick();
      for (const { address } of p.collaterals) await p.oracle.setFresh(address, false);
      expect((await p.pool.healthOf(p.borrower.address)).pricesFresh).to.equal(false);
      const { price36 } = await p.quote(p.btc.address);
      expect(price36).to.equal(salePrice36(p.btc.price36, divBonus(500n)));
      await p.take(p.btc.address);
      const { liquidationCapacity, debt } = await p.pool.healthOf(p.borrower.address);
      expect(liquidationCapacity).to.be.greaterThan(debt);
    });

    it("counts interest that nobody has booked, and burns shares rounded down", async () => {
      const p = await loadLiquidation(livePool);
      await p.time.increase(365n * 86_400n);
      await setPrice(p, p.eth, 150n); // 120,000 of capacity, less than a year's interest more
      await p.wait(5n);
      const { amount, repay, price36 } = await p.quote(p.eth.address, 100n * ETHER);
      const books = await p.pool.totals({ blockTag: "pending" });
      expect(repay).to.equal(costUp(100n * ETHER, price36));
      const burnt = (repay * (books.debtShares + 1n)) / (books.debtAssets + 1n);
      expect(burnt).to.be.lessThan(repay);
      await p.wait(5n);
      await expect(p.take(p.eth.address, 100n * ETHER))
        .to.emit(p.pool, "CollateralTaken")
        .withArgs(p.borrower.address, p.liquidator.address, p.eth.address, amount, repay, burnt, price36);
      const after = await p.pool.totals();
      expect([after.debtAssets, after.debtShares]).to.deep.equal([books.debtAssets - repay, books.debtShares - burnt]);
      expect(after.cash).to.equal(books.cash + repay);
    });

    it("leaves other accounts alone, whoever pays", async () => {
      const p = await loadLiquidation(sinkingPool);
      await supply(p, p.eth, 100n * ETHER, p.otherBorrower);
      await p.pool.connect(p.otherBorrower).borrow(50_000n * USD, 0, p.otherBorrower.address, p.otherBorrower.address);
      await p.take(p.eth.address, undefined, undefined, p.otherBorrower);
      expect(await p.pool.debtOf(p.otherBorrower.address)).to.equal(50_000n * USD);
      expect(await p.pool.collateralOf(p.otherBorrower.address, p.eth.address)).to.equal(100n * ETHER);
    });

    it("does not pay the account itself: what it gains as taker it loses as debtor", async () => {
      for (const lag of [10n, 1_800n]) {
        const p = await loadLiquidation(sinkingPool);
        await p.kick();
        /** All that the borrower owns, at liquidation prices. [loan base units] */
        const wealth = async () => {
          const { collateralValue, debt } = await p.pool.healthOf(p.borrower.address);
          const ether = await p.eth.token.balanceOf(p.borrower.address);
          const loans = await p.loan.balanceOf(p.borrower.address);
          return loans + (ether * 1_450n * USD) / ETHER + collateralValue - debt;
        };
        const before = await wealth();
        await p.wait(lag);
        await p.take(p.eth.address, undefined, undefined, p.borrower);
        expect((await wealth()) - before).to.be.within(-1n, 1n); // values are rounded down
      }
    });
  });

  describe("#quoteTake", () => {
    it("reverts as the take would", async () => {
      const healthy = await loadLiquidation(calmDebtor);
      await expect(healthy.quote(healthy.eth.address)).to.be.revertedWithCustomError(
        healthy.pool,
        "LiquidationAccountHealthy",
      );
      const p = await loadLiquidation(sinkingPool);
      await expect(p.quote(p.eth.address, 0n)).to.be.revertedWithCustomError(p.pool, "PoolZeroAmount");
      await expect(p.quote(p.btc.address)).to.be.revertedWithCustomError(p.pool, "PoolCollateralInsufficient");
      await expect(p.quote(p.eth.address, 1n)).to.be.revertedWithCustomError(p.pool, "LiquidationDust");
      await p.oracle.setFresh(p.eth.address, false);
      await expect(p.quote(p.eth.address)).to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice");
    });

    it("changes nothing, also when it is sent as a transaction", async () => {
      const p = await load(sinkingPool);
      const before = await p.pool.accountOf(p.borrower.address);
      const books = await p.pool.totals();
      await p.liquidation.quoteTake(p.borrower.address, p.eth.address, ETHER);
      expect(await p.pool.accountOf(p.borrower.address)).to.deep.equal(before);
      expect(await p.pool.totals()).to.deep.equal(books);
    });

    it("answers what the take of the same block sells and costs, in all ways of limiting it", async () => {
      for (const fixture of [sinkingPool, mixedPool, livePool]) {
        const p = await loadLiquidation(fixture as typeof sinkingPool);
        if (fixture === livePool) await setPrice(p, p.eth, 149n);
        await p.kick();
        for (const lag of [0n, 400n, 2_000n]) {
          await p.networkHelpers.mine(2, { interval: lag + 1n });
          for (const limit of [2n ** 255n, 7n * ETHER + 3n, 20n * ETHER]) {
            const target = [p.borrower.address, p.eth.address, limit] as const;
            const quote = p.liquidation.interface.encodeFunctionData("quoteTake", [...target]);
            const take = p.liquidation.interface.encodeFunctionData("take", [
              ...target,
              2n ** 255n,
              p.liquidator.address,
              "0x",
            ]);
            const [quoted, taken] = await p.pool.connect(p.liquidator).multicall.staticCall([quote, take]);
            const [amount, repay] = p.liquidation.interface.decodeFunctionResult("quoteTake", quoted);
            expect([...p.liquidation.interface.decodeFunctionResult("take", taken)]).to.deep.equal([amount, repay]);
          }
        }
      }
    });
  });
});

/** 1 ÷ (1 + bonus), rounded up as the curve does. [WAD] */
function divBonus(bonusBps: bigint): bigint {
  return (10n ** 22n + 10_000n + bonusBps - 1n) / (10_000n + bonusBps);
}
