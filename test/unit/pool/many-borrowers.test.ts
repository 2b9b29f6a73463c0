import { expect } from "chai";
import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { booksIn, debt, ETHER, lentPool, load, USD, YEAR } from "../../shared/borrower-fixtures.ts";
import { RATES, WAD } from "../../shared/pool-fixtures.ts";

/** Debts without a common divisor, and how long after the one before they begin. [loan base units, s] */
const DEBTS = [
  [100_000_001n, 1n],
  [123_456_789_013n, 86_399n],
  [333_333_333n, 7n],
  [250_000_000_007n, YEAR / 3n],
  [999_999_937n, 12n],
  [100_000_003n, YEAR],
  [77_777_777_777n, 3_601n],
] as const;

/** Seven accounts owe; two years have gone by. */
async function crowdedPool(connection: NetworkConnection) {
  const p = await lentPool(connection);
  const crowd = (await p.ethers.getSigners()).slice(8, 8 + DEBTS.length);
  for (const [index, account] of crowd.entries()) {
    const [assets, wait] = DEBTS[index];
    for (const { token, unit } of [p.eth, { token: p.loan, unit: p.unit }]) {
      await token.mint(account.address, 1_000_000n * unit);
      await token.connect(account).approve(p.poolAddress, MaxUint256);
    }
    await p.pool.connect(account).supplyCollateral(p.eth.address, 1_000n * ETHER, account.address, "0x");
    await p.networkHelpers.time.increase(wait);
    await p.pool.connect(account).borrow(assets, 0, account.address, account.address);
  }
  await p.networkHelpers.time.increase(YEAR);
  return { ...p, crowd };
}

/** Orders in which the debts are closed. */
const ORDERS = { "first in, first out": [0, 1, 2, 3, 4, 5, 6], shuffled: [3, 0, 6, 5, 1, 4, 2] };

describe("LendingPool: many borrowers", () => {
  it("owes to lenders and reserves what its debtors owe together, within one unit each", async () => {
    const { pool, crowd } = await load(crowdedPool);
    let total = 0n;
    for (const account of crowd) total += await pool.debtOf(account.address);
    const { debtAssets } = await pool.totals();
    expect(total).to.be.within(debtAssets - 1n, debtAssets + BigInt(crowd.length));
    expect(debtAssets).to.be.greaterThan(DEBTS.reduce((sum, [assets]) => sum + assets, 0n));
  });

  it("charges early debts more than late ones", async () => {
    const { pool, crowd } = await load(crowdedPool);
    const growth = async (index: number) => (await pool.debtOf(crowd[index].address)) - DEBTS[index][0];
    expect(await growth(0)).to.be.greaterThan(await growth(5)); // two units less principal, 1⅓ years more
  });

  for (const [name, order] of Object.entries(ORDERS)) {
    it(`leaves no dust when all close by shares, ${name}`, async () => {
      const p = await load(crowdedPool);
      const { pool, crowd } = p;
      const start = await pool.totals();
      let paid = 0n;
      let interest = 0n;
      for (const index of order) {
        const account = crowd[index];
        const shares = await pool.debtSharesOf(account.address);
        const { debtAssets: before } = await pool.totals();
        const books = await booksIn(p, 59n);
        interest += books.debtAssets - before;
        const due = shares === books.debtShares ? books.debtAssets : debt.assetsUp(shares, books);
        await expect(pool.connect(account).repay(0, shares, account.address, "0x"))
          .to.emit(pool, "Repaid")
          .withArgs(account.address, account.address, due, shares);
        expect(await pool.debtSharesOf(account.address)).to.equal(0);
        expect(await pool.debtOf(account.address)).to.equal(0);
        paid += due;
      }
      const end = await pool.totals();
      expect([end.debtAssets, end.debtShares]).to.deep.equal([0n, 0n]);
      expect(end.cash).to.equal(start.cash + paid);
      expect(paid).to.equal(start.debtAssets + interest);
    });
  }

  it("leaves no dust when all close by the debt in assets of that block", async () => {
    const p = await load(crowdedPool);
    const { pool, crowd } = p;
    for (const account of crowd) {
      await booksIn(p, 61n);
      const due = await pool.debtOf(account.address, { blockTag: "pending" });
      await pool.connect(account).repay(due, 0, account.address, "0x");
      expect(await pool.debtSharesOf(account.address)).to.equal(0);
    }
    const { debtAssets, debtShares } = await pool.totals();
    expect([debtAssets, debtShares]).to.deep.equal([0n, 0n]);
  });

  describe("when a share is worth many units", () => {
    /** All but the last have closed by shares. */
    async function lastDebtor(connection: NetworkConnection) {
      const p = await crowdedPool(connection);
      const steep = { ...RATES, basePerYearWad: 10n * WAD }; // 1000 % a year
      const model = await p.ethers.deployContract("KinkedRateModel", [steep]);
      await p.admin.setInterestRateModel(await model.getAddress());
      for (let touch = 0; touch < 2; touch++) {
        await p.networkHelpers.time.increase(YEAR); // at most e² each
        await p.pool.accrue();
      }
      for (const account of p.crowd) await p.loan.mint(account.address, 100_000_000n * USD);
      for (const account of p.crowd.slice(1)) {
        await p.pool.connect(account).repay(0, await p.pool.debtSharesOf(account.address), account.address, "0x");
      }
      return { ...p, last: p.crowd[0] };
    }

    it("the last debtor owes all there is", async () => {
      const p = await load(lastDebtor);
      const shares = await p.pool.debtSharesOf(p.last.address);
      const books = await booksIn(p, 1n);
      expect(books.debtAssets).to.be.greaterThan(50n * shares);
      await expect(p.pool.connect(p.last).repay(0, shares, p.last.address, "0x"))
        .to.emit(p.pool, "Repaid")
        .withArgs(p.last.address, p.last.address, books.debtAssets, shares);
      expect(await p.pool.totals()).to.deep.equal([0n, 0n, books.cash + books.debtAssets, books.reserves]);
    });

    it("nothing is owed by nobody after a payment that buys the last share without its last units", async () => {
      const p = await load(lastDebtor);
      const books = await booksIn(p, 1n);
      const paid = books.debtAssets - 40n;
      await p.pool.connect(p.last).repay(paid, 0, p.last.address, "0x");
      expect(await p.pool.totals()).to.deep.equal([0n, 0n, books.cash + paid, books.reserves]);
    });
  });

  it("leaves collateral free and lenders better off, and can start again", async () => {
    const { pool, loan, poolAddress, lender, crowd, eth } = await load(crowdedPool);
    const before = await pool.totalAssets();
    for (const account of crowd) {
      await pool.connect(account).repay(0, await pool.debtSharesOf(account.address), account.address, "0x");
      await pool.connect(account).withdrawCollateral(eth.address, 1_000n * ETHER, account.address, account.address);
    }
    expect(await eth.token.balanceOf(poolAddress)).to.equal(0);
    expect(await pool.totalAssets()).to.be.at.least(before);
    await pool.connect(lender).redeem(await pool.balanceOf(lender.address), lender.address, lender.address);
    const { cash, reserves } = await pool.totals();
    expect(cash - reserves).to.be.within(0n, 1n); // what rounding down leaves
    expect(await loan.balanceOf(poolAddress)).to.equal(cash);
    await pool.connect(lender).deposit(1_000n * USD, lender.address);
    const [first] = crowd;
    await pool.connect(first).supplyCollateral(eth.address, ETHER, first.address, "0x");
    await pool.connect(first).borrow(1_000n * USD, 0, first.address, first.address);
    expect(await pool.debtSharesOf(first.address)).to.equal(1_000n * USD); // shares are worth a unit again
  });
});
