import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { bpsDown, calmDebtor, ETHER, lentPool, load, supply, USD } from "../../shared/borrower-fixtures.ts";
import { PAUSE } from "../../shared/pool-fixtures.ts";

const YEAR = 365n * 86_400n;

describe("LendingPool: collateral out", () => {
  describe("#withdrawCollateral", () => {
    it("reverts when the amount or the receiver is zero", async () => {
      const { pool, borrower, eth } = await load(calmDebtor);
      await expect(pool.connect(borrower).withdrawCollateral(eth.address, 0, borrower.address, borrower.address))
        .to.be.revertedWithCustomError(pool, "PoolZeroAmount")
        .withArgs();
      await expect(pool.connect(borrower).withdrawCollateral(eth.address, 1, borrower.address, ZeroAddress))
        .to.be.revertedWithCustomError(pool, "PoolZeroAddress")
        .withArgs();
    });

    it("reverts when the token is not listed", async () => {
      const { pool, borrower, loanAddress } = await load(calmDebtor);
      await expect(pool.connect(borrower).withdrawCollateral(loanAddress, 1, borrower.address, borrower.address))
        .to.be.revertedWithCustomError(pool, "PoolCollateralUnknown")
        .withArgs(loanAddress);
    });

    it("reverts when the account has less", async () => {
      const { pool, borrower, eth, btc } = await load(calmDebtor);
      for (const [token, held] of [
        [eth.address, 100n * ETHER],
        [btc.address, 0n],
      ] as const) {
        await expect(pool.connect(borrower).withdrawCollateral(token, held + 1n, borrower.address, borrower.address))
          .to.be.revertedWithCustomError(pool, "PoolCollateralInsufficient")
          .withArgs(borrower.address, token, held, held + 1n);
      }
    });

    it("reverts when the caller is neither the account nor its operator", async () => {
      const { pool, borrower, otherBorrower, eth } = await load(calmDebtor);
      const other = pool.connect(otherBorrower);
      await expect(other.withdrawCollateral(eth.address, 1, borrower.address, otherBorrower.address))
        .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
        .withArgs(otherBorrower.address, borrower.address);
    });

    it("reverts when exits are paused, for accounts with debt only", async () => {
      const p = await load(calmDebtor);
      const { pool, borrower, otherBorrower, eth } = p;
      await supply(p, eth, 5n, otherBorrower);
      await p.admin.pause(PAUSE.collateralExit);
      await expect(pool.connect(borrower).withdrawCollateral(eth.address, 1, borrower.address, borrower.address))
        .to.be.revertedWithCustomError(pool, "PoolPaused")
        .withArgs(PAUSE.collateralExit);
      const other = pool.connect(otherBorrower);
      await other.withdrawCollateral(eth.address, 5, otherBorrower.address, otherBorrower.address);
      expect(await pool.collateralOf(otherBorrower.address, eth.address)).to.equal(0);
    });

    it("lets go of the last unit that the debt does not need, and reverts for one more", async () => {
      const { pool, borrower, eth } = await load(calmDebtor);
      // 120,000 ÷ (2,000 × 75 %) = 80
      const exit = (amount: bigint) =>
        pool.connect(borrower).withdrawCollateral(eth.address, amount, borrower.address, borrower.address);
      await expect(exit(20n * ETHER + 1n))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 120_000n * USD - 1n, 120_000n * USD);
      await exit(20n * ETHER);
      await expect(exit(1n)).to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed");
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(80n * ETHER);
    });

    it("judges by borrow factor and borrow price, not by those of liquidation", async () => {
      const { pool, oracle, borrower, eth } = await load(calmDebtor);
      await oracle.setPrices(eth.address, eth.price36 / 2n, eth.price36);
      const { liquidationCapacity, borrowCapacity } = await pool.healthOf(borrower.address);
      expect([liquidationCapacity, borrowCapacity]).to.deep.equal([160_000n * USD, 75_000n * USD]);
      await expect(pool.connect(borrower).withdrawCollateral(eth.address, ETHER, borrower.address, borrower.address))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, bpsDown(99_000n * USD, 7_500n), 120_000n * USD);
    });

    it("judges by the debt with interest up to now, although nobody has booked it", async () => {
      const p = await load(lentPool);
      const { pool, borrower, eth, networkHelpers } = p;
      await supply(p, eth, 80n * ETHER);
      await pool.connect(borrower).borrow(119_999n * USD, 0, borrower.address, borrower.address);
      const debtBefore = await pool.debtOf(borrower.address);
      const at = BigInt(await networkHelpers.time.latest()) + YEAR;
      await networkHelpers.time.setNextBlockTimestamp(at);
      const debt = await pool.debtOf(borrower.address, { blockTag: "pending" });
      expect(debt).to.be.greaterThan((debtBefore * 101n) / 100n); // 0.5 % and 5 % × 13 %/90 % a year
      await networkHelpers.time.setNextBlockTimestamp(at);
      await expect(pool.connect(borrower).withdrawCollateral(eth.address, 1, borrower.address, borrower.address))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 120_000n * USD - 1n, debt);
    });

    it("reverts with debt when the price of what stays is not to be had, and only then", async () => {
      const p = await load(calmDebtor);
      const { pool, oracle, borrower, otherBorrower, eth, btc } = p;
      await supply(p, btc, 10n);
      await supply(p, eth, 5n, otherBorrower);
      const exit = (token: string, amount: bigint) =>
        pool.connect(borrower).withdrawCollateral(token, amount, borrower.address, borrower.address);
      await oracle.setFresh(btc.address, false);
      await expect(exit(eth.address, 1n))
        .to.be.revertedWithCustomError(oracle, "OracleInsufficientSources")
        .withArgs(btc.address, 0, 1);
      await oracle.setReverting(btc.address, true);
      await expect(exit(btc.address, 9n))
        .to.be.revertedWithCustomError(oracle, "MockOracleBroken")
        .withArgs(btc.address);
      await exit(btc.address, 10n); // all of it leaves: its price does not matter any more
      await oracle.setReverting(eth.address, true);
      await expect(exit(eth.address, 1n))
        .to.be.revertedWithCustomError(oracle, "MockOracleBroken")
        .withArgs(eth.address);
      const free = pool.connect(otherBorrower);
      await free.withdrawCollateral(eth.address, 5, otherBorrower.address, otherBorrower.address);
    });

    it("pays the receiver and says so", async () => {
      const { ethers, pool, poolAddress, borrower, stranger, eth } = await load(calmDebtor);
      const call = () => pool.connect(borrower).withdrawCollateral(eth.address, 7, borrower.address, stranger.address);
      await expect(call).to.changeTokenBalances(ethers, eth.token, [poolAddress, borrower, stranger], [-7, 0, 7]);
      await expect(call())
        .to.emit(pool, "CollateralWithdrawn")
        .withArgs(borrower.address, borrower.address, eth.address, stranger.address, 7);
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(100n * ETHER - 14n);
      expect((await pool.collateralConfig(eth.address)).totalSupplied).to.equal(100n * ETHER - 14n);
    });
  });
});
