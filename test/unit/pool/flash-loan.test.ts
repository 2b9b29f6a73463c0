import { expect } from "chai";
import { ZeroHash } from "ethers";
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

    it("is zero for anything else, collateral included, and while paused", async () => {
      const { pool, admin, guardian, collaterals, loanAddress, poolAddress } = await load();
      for (const token of [collaterals[0].address, poolAddress]) expect(await pool.maxFlashLoan(token)).to.equal(0);
      await admin.connect(guardian).pause(PAUSE.flashLoan);
      expect(await pool.maxFlashLoan(loanAddress)).to.equal(0);
    });
  });

  describe("#flashFee", () => {
    it("reverts for a token that is not lent", async () => {
      const { pool, collaterals } = await load();
      await expect(pool.flashFee(collaterals[0].address, 1))
        .to.be.revertedWithCustomError(pool, "PoolFlashLoanUnsupported")
        .withArgs(collaterals[0].address);
    });

    it("is rounded up to the unit, and zero only where it is set to zero", async () => {
      const { pool, admin, loanAddress } = await load();
      const fees: [amount: bigint, fee: bigint][] = [
        [0n, 0n],
        [1n, 1n],
        [10_000n, 9n],
        [10_001n, 10n],
        [2n ** 200n, (2n ** 200n * FEE_BPS) / 10_000n + 1n],
      ];
      for (const [amount, fee] of fees) expect(await pool.flashFee(loanAddress, amount)).to.equal(fee);
      await admin.setFlashFee(0);
      expect(await pool.flashFee(loanAddress, 10n ** 12n)).to.equal(0);
    });
  });

  describe("#flashLoan", () => {
    it("reverts for collateral and other tokens", async () => {
      const { pool, accountAddress, collaterals } = await load();
      await expect(pool.flashLoan(accountAddress, collaterals[0].address, 1, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolFlashLoanUnsupported")
        .withArgs(collaterals[0].address);
    });

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

    it("reverts when the receiver does not answer as the standard says", async () => {
      const p = await load();
      await p.account.setFlashAnswer(ZeroHash);
      await expect(flash(p, 1_000n))
        .to.be.revertedWithCustomError(p.pool, "PoolFlashLoanRefused")
        .withArgs(p.accountAddress);
    });

    it("reverts when the receiver is no contract", async () => {
      const { ethers, pool, lender, loanAddress } = await load();
      await expect(pool.flashLoan(lender.address, loanAddress, 1_000, "0x")).to.be.revertedWithoutReason(ethers);
    });

    it("reverts with the receiver's own error", async () => {
      const p = await load();
      const script = scriptOf([await callOf(p.loan, "transfer", [p.lender.address, 10n ** 30n])]);
      await expect(flash(p, 1_000n, script)).to.be.revertedWithCustomError(p.loan, "ERC20InsufficientBalance");
    });

    it("reverts when the receiver has a unit too little to give back", async () => {
      const p = await load();
      const [amount, fee] = [1_000n * p.unit, await p.pool.flashFee(p.loanAddress, 1_000n * p.unit)];
      const held = amount + (await p.loan.balanceOf(p.accountAddress));
      const away = held - amount - fee + 1n;
      const script = scriptOf([await callOf(p.loan, "transfer", [p.lender.address, away])]);
      await expect(flash(p, amount, script))
        .to.be.revertedWithCustomError(p.loan, "ERC20InsufficientBalance")
        .withArgs(p.accountAddress, amount + fee - 1n, amount + fee);
    });

    it("reverts when the receiver has not approved loan and fee: it is never taken from the caller", async () => {
      const p = await load();
      const allowed = 1_000_899n;
      const script = scriptOf([await callOf(p.loan, "approve", [p.poolAddress, allowed])]);
      const asLender = p.pool.connect(p.lender); // has an infinite allowance
      await expect(asLender.flashLoan(p.accountAddress, p.loanAddress, 1_000_000, script))
        .to.be.revertedWithCustomError(p.loan, "ERC20InsufficientAllowance")
        .withArgs(p.poolAddress, allowed, 1_000_900n);
    });

    it("lends all cash, tells the receiver who asked, and takes loan and fee back", async () => {
      const p = await load();
      const amount = await p.pool.maxFlashLoan(p.loanAddress);
      const fee = (amount * FEE_BPS) / 10_000n;
      const script = scriptOf([await callOf(p.loan, "balanceOf", [p.accountAddress])]);
      expect(await p.pool.flashLoan.staticCall(p.accountAddress, p.loanAddress, amount, script)).to.equal(true);
      const before = await p.loan.balanceOf(p.accountAddress);
      const tx = await flash(p, amount, script);
      await expect(tx).to.emit(p.pool, "FlashLoaned").withArgs(p.stranger.address, p.accountAddress, amount, fee);
      const seen = [p.stranger.address, p.loanAddress, amount, fee, script] as const;
      const call = p.account.interface.encodeFunctionData("onFlashLoan", [...seen]);
      await expect(tx).to.emit(p.account, "CalledBack").withArgs(p.poolAddress, call);
      expect((await answersOf(p.account, tx)).map(BigInt)).to.deep.equal([before + amount]);
      const { ethers, loan, poolAddress, accountAddress } = p;
      await expect(tx).to.changeTokenBalances(ethers, loan, [poolAddress, accountAddress], [fee, -fee]);
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
        callOf(p.pool, "convertToAssets", [10n ** 15n]),
        callOf(p.loan, "balanceOf", [p.poolAddress]),
      ]);
      const tx = await flash(p, amount, scriptOf(reads));
      const at = { blockTag: (await tx.wait())?.blockNumber ?? 0 };
      const [locked, max, assets, held] = (await answersOf(p.account, tx)).map(BigInt);
      expect(locked).to.equal(0);
      expect(max).to.equal(40_000n * p.unit);
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
