import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { deployPool } from "../../shared/pool-fixtures.ts";

const YEAR = 365 * 86_400;
/** Whole loan assets that one whole ETH, BTC and STB may borrow: price × borrow factor. */
const CAPACITY = [1_500n, 42_000n] as const;

function pool6(connection: NetworkConnection) {
  return deployPool(connection, { collaterals: 3 });
}

function pool8(connection: NetworkConnection) {
  return deployPool(connection, { collaterals: 3, loanDecimals: 8n });
}

function pool18(connection: NetworkConnection) {
  return deployPool(connection, { collaterals: 3, loanDecimals: 18n });
}

/** Collaterals have 18, 8 and 6 decimals; the same story must have the same numbers whatever is lent. */
describe("LendingPool with loan assets of different decimals", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  for (const [decimals, fixture] of [
    [6n, pool6],
    [8n, pool8],
    [18n, pool18],
  ] as const) {
    it(`${decimals}: lends to the unit what three collaterals of other decimals allow, and is repaid in full`, async () => {
      const p = await connection.networkHelpers.loadFixture(fixture);
      const { pool, loan, lender, borrower, collaterals, unit } = p;
      await pool.connect(lender).deposit(100_000n * unit, lender.address);
      expect(await pool.balanceOf(lender)).to.equal(100_000n * 10n ** (decimals + 6n));
      for (const { address, unit: one } of collaterals) {
        await pool.connect(borrower).supplyCollateral(address, one, borrower.address, "0x");
      }
      const capacity = CAPACITY.reduce((sum, whole) => sum + whole * unit, (unit * 85n) / 100n);
      expect(await pool.borrowCapacityOf(borrower)).to.equal(capacity);

      const asBorrower = pool.connect(borrower);
      await expect(asBorrower.borrow(capacity + 1n, 0, borrower.address, borrower.address))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, capacity, capacity + 1n);
      await asBorrower.borrow(capacity, 0, borrower.address, borrower.address);

      await fixNextBlock(connection, YEAR);
      const debt = await pool.debtOf(borrower, PENDING);
      // 43.5 % utilised: 0.5 % + 5 % × 43.5/90 = 2.9167 % a year, compounded.
      const interestPpm = ((debt - capacity) * 1_000_000n) / capacity;
      expect(interestPpm).to.be.within(29_590n, 29_600n);
      const shares = await pool.debtSharesOf(borrower);
      await expect(asBorrower.repay(0, shares, borrower.address, "0x"))
        .to.emit(pool, "Repaid")
        .withArgs(borrower.address, borrower.address, debt, shares);
      for (const { address, unit: one } of collaterals) {
        await asBorrower.withdrawCollateral(address, one, borrower.address, borrower.address);
      }
      await pool.connect(lender).redeem(await pool.balanceOf(lender), lender.address, lender.address);
      const gain = (await loan.balanceOf(lender)) - 1_000_000n * unit;
      // Rounding keeps a unit, and the virtual shares earn less than one.
      expect(debt - capacity - gain).to.be.within(0n, 2n);
    });
  }
});
