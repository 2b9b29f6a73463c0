import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { PAUSE, scriptedPool } from "../../shared/pool-fixtures.ts";
import { answersOf, callOf, scriptOf } from "../../shared/scripts.ts";

const FEE_BPS = 9n;

async function flashPool(connection: NetworkConnection) {
  const p = await scriptedPool(connection);
  await p.admin.setFlashFee(FEE_BPS);
  await p.pool.accrue();
  return p;
}

type FlashPool = Awaited<ReturnType<typeof flashPool>>;

/** Sent by a stranger: who calls is not who receives. */
function flash({ pool, loanAddress, accountAddress, stranger }: FlashPool, amount: bigint, script = "0x") {
  return pool.connect(stranger).flashLoan(accountAddress, loanAddress, amount, script);
}

/** What is the pool's own; what is the standard's, `test/standards/erc3156.test.ts` has. */
describe("LendingPool as ERC-3156 lender", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(flashPool);

  describe("#maxFlashLoan", () => {
    it("is the pool's cash, without donations", async () => {
      const { pool, poolAddress, loan, lender, loanAddress, unit } = await load();
      await loan.connect(lender).transfer(poolAddress, 500n * unit);
      expect(await pool.maxFlashLoan(loanAddress)).to.equal(40_000n * unit);
    });
  });

  describe("#flashFee", () => {
    it("is zero only where it is set to zero", async () => {
      const { pool, admin, loanAddress } = await load();
      expect(await pool.flashFee(loanAddress, 1)).to.equal(1);
      await admin.setFlashFee(0);
      expect(await pool.flashFee(loanAddress, 10n ** 12n)).to.equal(0);
    });
  });

  describe("#flashLoan", () => {
    it("reverts while flash loans are paused", async () => {
      const p = await load();
      await p.admin.connect(p.guardian).pause(PAUSE.flashLoan);
      await expect(flash(p, 1n)).to.be.revertedWithCustomError(p.pool, "PoolPaused").withArgs(PAUSE.flashLoan);
    });

    it("reverts for a unit more than the maximum, donations or not", async () => {
      const p = await load();
      const max = await p.pool.maxFlashLoan(p.loanAddress);
      await p.loan.connect(p.lender).transfer(p.poolAddress, 1_000n);
      await expect(flash(p, max + 1n))
        .to.be.revertedWithCustomError(p.pool, "PoolFlashLoanExceedsCash")
        .withArgs(max, max + 1n);
    });

    it("reverts with the receiver's own error", async () => {
      const p = await load();
      const script = scriptOf([await callOf(p.loan, "transfer", [p.lender.address, 10n ** 30n])]);
      await expect(flash(p, 1_000n, script)).to.be.revertedWithCustomError(p.loan, "ERC20InsufficientBalance");
    });

    it("leaves the fee to lenders, nothing to reserves", async () => {
      const p = await load();
      const [before, assets] = [await p.pool.totals(), await p.pool.totalAssets()];
      await p.networkHelpers.time.setNextBlockTimestamp((await p.networkHelpers.time.latest()) + 1);
      await flash(p, 10_000n * p.unit);
      await p.pool.accrue();
      const after = await p.pool.totals();
      expect(after.cash - before.cash).to.equal(9n * p.unit);
      const interest = after.debtAssets - before.debtAssets;
      expect(after.reserves - before.reserves).to.be.at.most(interest / 10n);
      expect(await p.pool.totalAssets()).to.be.at.least(assets + 9n * p.unit);
    });

    it("is free, and moves nothing, where the fee is zero", async () => {
      const p = await load();
      await p.admin.setFlashFee(0);
      await expect(await flash(p, 10_000n * p.unit)).to.changeTokenBalances(p.ethers, p.loan, [p.poolAddress], [0n]);
      expect((await p.pool.totals()).cash).to.equal(40_000n * p.unit);
    });
  });

  describe("while a loan is out", () => {
    it("books and share price are as if it were not, and the pool is not locked", async () => {
      const p = await load();
      const amount = 30_000n * p.unit;
      const reads = await Promise.all([
        callOf(p.pool, "locked"),
        callOf(p.pool, "maxFlashLoan", [p.loanAddress]),
        callOf(p.pool, "maxWithdraw", [p.lender.address]),
        callOf(p.pool, "convertToAssets", [10n ** 15n]),
        callOf(p.loan, "balanceOf", [p.poolAddress]),
      ]);
      const tx = await flash(p, amount, scriptOf(reads));
      const at = { blockTag: (await tx.wait())?.blockNumber ?? 0 };
      const [locked, max, maxWithdraw, assets, held] = (await answersOf(p.account, tx)).map(BigInt);
      expect(locked).to.equal(0);
      for (const limit of [max, maxWithdraw]) expect(limit).to.equal(40_000n * p.unit);
      expect(held).to.equal(10_000n * p.unit);
      // The fee arrives later, 27 for 100,000 lent: 270 parts in a million.
      expect((await p.pool.convertToAssets(10n ** 15n, at)) - assets).to.be.within(269_000n, 270_000n);
    });

    it("the loan cannot be deposited: the pool would count it twice", async () => {
      const p = await load();
      const amount = 30_000n * p.unit;
      const deposit = await callOf(p.pool, "deposit", [amount, p.accountAddress]);
      await expect(flash(p, amount, scriptOf([deposit])))
        .to.be.revertedWithCustomError(p.pool, "PoolTokenRebased")
        .withArgs(p.loanAddress, 70_000n * p.unit, 40_000n * p.unit);
      const mint = await callOf(p.pool, "mint", [10n ** 15n, p.accountAddress]);
      await expect(flash(p, amount, scriptOf([mint]))).to.be.revertedWithCustomError(p.pool, "PoolTokenRebased");
    });

    it("lenders leave, and others borrow, only out of what is still there", async () => {
      const p = await load();
      const toAccount = [10_001n * p.unit, p.accountAddress, p.lender.address];
      await p.pool.connect(p.lender).approve(p.accountAddress, 10n ** 30n);
      const script = scriptOf([await callOf(p.pool, "withdraw", toAccount)]);
      await expect(flash(p, 30_000n * p.unit, script))
        .to.be.revertedWithCustomError(p.loan, "ERC20InsufficientBalance")
        .withArgs(p.poolAddress, 10_000n * p.unit, 10_001n * p.unit);
      await expect(flash(p, 29_999n * p.unit, script)).to.emit(p.pool, "Withdraw");
    });

    it("debt can be repaid with it and collateral freed", async () => {
      const p = await load();
      const { pool, account, accountAddress, collaterals, unit } = p;
      const pledge = [collaterals[0].address, 10n * collaterals[0].unit, accountAddress];
      await account.run([
        await callOf(pool, "supplyCollateral", [...pledge, "0x"]),
        await callOf(pool, "borrow", [10_000n * unit, 0, accountAddress, accountAddress]),
      ]);
      const debtShares = await pool.debtSharesOf(accountAddress);
      const script = scriptOf([
        await callOf(pool, "repay", [0, debtShares, accountAddress, "0x"]),
        await callOf(pool, "withdrawCollateral", [...pledge, accountAddress]),
      ]);
      await expect(flash(p, 10_001n * unit, script)).to.emit(pool, "CollateralWithdrawn");
      expect(await pool.debtSharesOf(accountAddress)).to.equal(0);
    });

    it("another can be had out of the rest, at its own fee", async () => {
      const p = await load();
      const inner = await callOf(p.pool, "flashLoan", [p.accountAddress, p.loanAddress, 10_000n * p.unit, "0x"]);
      await expect(flash(p, 30_001n * p.unit, scriptOf([inner])))
        .to.be.revertedWithCustomError(p.loan, "ERC20InsufficientBalance")
        .withArgs(p.poolAddress, 9_999n * p.unit, 10_000n * p.unit);
      const tx = await flash(p, 30_000n * p.unit, scriptOf([inner]));
      const [fee, innerFee] = [27n * p.unit, 9n * p.unit];
      await expect(tx)
        .to.emit(p.pool, "FlashLoaned")
        .withArgs(p.accountAddress, p.accountAddress, 10_000n * p.unit, innerFee);
      expect((await p.pool.totals()).cash).to.equal(40_000n * p.unit + fee + innerFee);
    });
  });
});
