import { expect } from "chai";
import { ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import {
  agedPool,
  BITCOIN,
  calmDebtor,
  divUp,
  ETHER,
  LENT,
  load,
  MIN_DEBT,
  setPrice,
  USD,
} from "../../shared/borrower-fixtures.ts";
import { mixedPool, OWED, sinkingPool } from "../../shared/liquidation-fixtures.ts";
import { PAUSE } from "../../shared/pool-fixtures.ts";

const DEBT = 120_000n * USD;
const HELD = 100n * ETHER;

async function loadUnwind<
  T extends Pick<Awaited<ReturnType<typeof calmDebtor>>, "liquidation" | "borrower" | "collaterals">,
>(fixture: (connection: NetworkConnection) => Promise<T>) {
  const p = await load(fixture);
  const { liquidation, borrower } = p;
  /** By the borrower, to the borrower. */
  const unwind = (assets: bigint, shares: bigint, amount: bigint, token = p.collaterals[0].address) =>
    liquidation.connect(borrower).unwind(assets, shares, token, amount, borrower.address, borrower.address, "0x");
  return { ...p, unwind };
}

/** ETH so low that a part of the debt is provided for, and the account is for sale. */
async function provisionedPool(connection: NetworkConnection) {
  const p = await calmDebtor(connection);
  await setPrice(p, p.eth, 1_200n);
  await p.liquidation.kick(p.borrower.address);
  return p;
}

describe("LiquidationModule: unwinding", () => {
  describe("#unwind", () => {
    it("reverts when the caller is neither the account nor its operator", async () => {
      const { pool, liquidation, borrower, stranger, eth } = await load(calmDebtor);
      const { address } = borrower;
      await expect(liquidation.connect(stranger).unwind(USD, 0, eth.address, 1, address, stranger.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
        .withArgs(stranger.address, address);
    });

    it("reverts when the receiver or the amount is zero", async () => {
      const { pool, liquidation, borrower, eth, unwind } = await loadUnwind(calmDebtor);
      await expect(
        liquidation.connect(borrower).unwind(USD, 0, eth.address, 1, borrower.address, ZeroAddress, "0x"),
      ).to.be.revertedWithCustomError(pool, "PoolZeroAddress");
      await expect(unwind(USD, 0n, 0n)).to.be.revertedWithCustomError(pool, "PoolZeroAmount");
    });

    it("reverts unless exactly one of assets and shares is given", async () => {
      const { pool, unwind } = await loadUnwind(calmDebtor);
      for (const [assets, shares] of [
        [0n, 0n],
        [USD, 1n],
      ]) {
        await expect(unwind(assets, shares, 1n))
          .to.be.revertedWithCustomError(pool, "PoolExactlyOneAmount")
          .withArgs(assets, shares);
      }
    });

    it("reverts when the assets pay for no share", async () => {
      const { pool, unwind } = await loadUnwind(async function agedDebtor(connection) {
        const p = await agedPool(connection);
        await p.pool.connect(p.borrower).borrow(DEBT, 0, p.borrower.address, p.borrower.address);
        return p;
      });
      await expect(unwind(1n, 0n, 1n))
        .to.be.revertedWithCustomError(pool, "PoolZeroAmount")
        .withArgs();
    });

    it("reverts when more is repaid than is owed", async () => {
      const { pool, borrower, unwind } = await loadUnwind(calmDebtor);
      const owned = await pool.debtSharesOf(borrower.address);
      await expect(unwind(0n, owned + 1n, 1n))
        .to.be.revertedWithCustomError(pool, "PoolDebtInsufficient")
        .withArgs(borrower.address, owned, owned + 1n);
    });

    it("reverts when the account has less of the collateral, or none", async () => {
      const { pool, borrower, eth, btc, loanAddress, unwind } = await loadUnwind(calmDebtor);
      for (const [token, held] of [
        [eth.address, HELD],
        [btc.address, 0n],
        [loanAddress, 0n],
      ] as const) {
        await expect(unwind(DEBT / 2n, 0n, held + 1n, token))
          .to.be.revertedWithCustomError(pool, "PoolCollateralInsufficient")
          .withArgs(borrower.address, token, held, held + 1n);
      }
    });

    for (const repaid of [30_000n * USD, 1n, 77_777_777_777n, DEBT - MIN_DEBT]) {
      it(`reverts one unit above the share that is repaid, and passes at it: ${repaid} of ${DEBT}`, async () => {
        const { pool, borrower, unwind } = await loadUnwind(calmDebtor);
        const most = HELD - divUp(HELD * (DEBT - repaid), DEBT);
        await expect(unwind(repaid, 0n, most + 1n))
          .to.be.revertedWithCustomError(pool, "UnwindOutOfProportion")
          .withArgs(borrower.address, most, most + 1n);
        await unwind(repaid, 0n, most);
        expect(await pool.debtOf(borrower.address)).to.equal(DEBT - repaid);
      });
    }

    it("reverts when less than the minimum debt would be left", async () => {
      const { pool, unwind } = await loadUnwind(calmDebtor);
      await expect(unwind(DEBT - MIN_DEBT + 1n, 0n, ETHER))
        .to.be.revertedWithCustomError(pool, "PoolDebtBelowMinimum")
        .withArgs(MIN_DEBT, MIN_DEBT - 1n);
    });

    it("reverts for whoever is below the minimum by less than a thousandth, unless all is repaid", async () => {
      const { pool, admin, borrower, unwind } = await loadUnwind(calmDebtor);
      const minDebt = DEBT + DEBT / 2_000n;
      await admin.setMinDebt(minDebt);
      await expect(unwind(1n, 0n, 1n))
        .to.be.revertedWithCustomError(pool, "PoolDebtBelowMinimum")
        .withArgs(minDebt, DEBT - 1n);
      await admin.setMinDebt(DEBT + DEBT / 500n);
      await unwind(1n, 0n, 1n);
      expect(await pool.debtOf(borrower.address)).to.equal(DEBT - 1n);
    });

    it("reverts while collateral exits are paused, unless all is repaid", async () => {
      const { admin, pool, borrower, unwind } = await loadUnwind(calmDebtor);
      await admin.pause(PAUSE.all);
      await expect(unwind(DEBT / 2n, 0n, ETHER))
        .to.be.revertedWithCustomError(pool, "PoolPaused")
        .withArgs(PAUSE.collateralExit);
      await unwind(0n, await pool.debtSharesOf(borrower.address), HELD);
      expect(await pool.debtOf(borrower.address)).to.equal(0);
    });

    it("by assets: pays, takes out, and says both", async () => {
      const { ethers, pool, poolAddress, loan, borrower, eth, unwind } = await loadUnwind(calmDebtor);
      const before = await pool.totals();
      const tx = unwind(30_000n * USD, 0n, 20n * ETHER);
      const shares = 30_000n * USD; // no interest
      await expect(tx)
        .to.emit(pool, "Repaid")
        .withArgs(borrower.address, borrower.address, 30_000n * USD, shares)
        .and.to.emit(pool, "CollateralWithdrawn")
        .withArgs(borrower.address, borrower.address, eth.address, borrower.address, 20n * ETHER);
      await expect(tx).to.changeTokenBalances(ethers, loan, [borrower, poolAddress], [-30_000n * USD, 30_000n * USD]);
      await expect(tx).to.changeTokenBalances(ethers, eth.token, [borrower, poolAddress], [20n * ETHER, -20n * ETHER]);
      const after = await pool.totals();
      expect([after.cash - before.cash, before.debtAssets - after.debtAssets]).to.deep.equal([
        30_000n * USD,
        30_000n * USD,
      ]);
      expect((await pool.collateralConfig(eth.address)).totalSupplied).to.equal(80n * ETHER);
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(80n * ETHER);
    });

    it("by shares: what is pulled is rounded up, what is answered is what was done", async () => {
      const { pool, borrower, liquidation, eth } = await load(async function agedShares(connection) {
        const p = await agedPool(connection);
        await p.pool.connect(p.borrower).borrow(DEBT, 0, p.borrower.address, p.borrower.address);
        return p;
      });
      const shares = (await pool.debtSharesOf(borrower.address)) / 3n;
      const args = [0n, shares, eth.address, 33n * ETHER, borrower.address, borrower.address, "0x"] as const;
      const [assets, burnt] = await liquidation.connect(borrower).unwind.staticCall(...args);
      const { debtAssets, debtShares } = await pool.totals();
      expect(burnt).to.equal(shares);
      expect(assets).to.equal(divUp(shares * (debtAssets + 1n), debtShares + 1n));
    });

    it("closes as a whole: no debt, no collateral, no sale", async () => {
      const { pool, borrower, eth, liquidation, unwind } = await loadUnwind(sinkingPool);
      await liquidation.kick(borrower.address);
      await unwind(0n, await pool.debtSharesOf(borrower.address), HELD);
      const record = await pool.accountOf(borrower.address);
      expect([record.debtShares, record.collateralMask, record.kickedAt]).to.deep.equal([0n, 0n, 0n]);
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(0);
      expect((await pool.totals()).cash).to.equal(LENT);
    });

    it("of a kicked account: it stays for sale, and health does not fall", async () => {
      const { pool, borrower, liquidation, unwind } = await loadUnwind(sinkingPool);
      await liquidation.kick(borrower.address);
      const { kickedAt } = await pool.accountOf(borrower.address);
      const before = await pool.healthOf(borrower.address);
      await unwind(OWED / 2n, 0n, HELD / 2n);
      const after = await pool.healthOf(borrower.address);
      expect((await pool.accountOf(borrower.address)).kickedAt).to.equal(kickedAt);
      expect([after.debt * 2n, after.liquidationCapacity * 2n]).to.deep.equal([
        before.debt,
        before.liquidationCapacity,
      ]);
    });

    it("releases the provision by what is repaid, and all of it with the last of the debt", async () => {
      const { pool, borrower, unwind } = await loadUnwind(provisionedPool);
      const provision = await pool.provisionOf(borrower.address);
      expect(provision).to.equal(DEBT - (DEBT * 95n) / 100n); // 100 ETH at 1,200
      await unwind(1_000n * USD, 0n, ETHER / 2n);
      expect(await pool.provisionOf(borrower.address)).to.equal(provision - 1_000n * USD);
      await unwind(0n, await pool.debtSharesOf(borrower.address), ETHER);
      expect([await pool.provisionOf(borrower.address), await pool.totalProvision()]).to.deep.equal([0n, 0n]);
    });

    it("keeps the provision for what is still owed, down to the last share", async () => {
      const { pool, admin, liquidation, borrower, eth, oracle, unwind } = await loadUnwind(provisionedPool);
      await admin.setMinDebt(0);
      await oracle.setPrice(eth.address, 0n);
      await liquidation.mark(borrower.address);
      expect(await pool.provisionOf(borrower.address)).to.equal(DEBT);
      await unwind(0n, DEBT - 1n, ETHER); // no interest: a unit a share
      expect(await pool.provisionOf(borrower.address)).to.equal(1n);
      await unwind(0n, 1n, ETHER);
      expect(await pool.provisionOf(borrower.address)).to.equal(0n);
    });

    it("an operator may, and pays; the collateral goes where he says", async () => {
      const { ethers, pool, liquidation, loan, borrower, lender, stranger, eth } = await load(calmDebtor);
      await pool.connect(borrower).setOperator(lender.address, true);
      await loan.mint(lender.address, DEBT);
      const tx = liquidation
        .connect(lender)
        .unwind(DEBT / 4n, 0, eth.address, HELD / 4n, borrower.address, stranger.address, "0x");
      await expect(tx).to.changeTokenBalances(ethers, loan, [borrower, lender], [0n, -DEBT / 4n]);
      await expect(tx).to.changeTokenBalances(ethers, eth.token, [borrower, stranger], [0n, HELD / 4n]);
    });

    it("needs no oracle", async () => {
      const { pool, oracle, borrower, eth, unwind } = await loadUnwind(calmDebtor);
      await oracle.setReverting(eth.address, true);
      await expect(
        pool.connect(borrower).withdrawCollateral(eth.address, 1, borrower.address, borrower.address),
      ).to.be.revertedWithCustomError(oracle, "MockOracleBroken");
      await unwind(DEBT / 4n, 0n, HELD / 4n);
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal((HELD * 3n) / 4n);
    });

    it("of several collaterals: each by the share that is repaid with it, the others stay", async () => {
      const { pool, borrower, eth, btc, stb, unwind } = await loadUnwind(mixedPool);
      await expect(unwind(OWED / 4n, 0n, BITCOIN / 4n + 1n, btc.address))
        .to.be.revertedWithCustomError(pool, "UnwindOutOfProportion")
        .withArgs(borrower.address, BITCOIN / 4n, BITCOIN / 4n + 1n);
      await unwind(OWED / 4n, 0n, BITCOIN / 4n, btc.address);
      // A third of what is owed now.
      await unwind(OWED / 4n, 0n, 10n * ETHER, eth.address);
      await expect(unwind(OWED / 4n, 0n, 10n * ETHER + 1n, eth.address)).to.be.revertedWithCustomError(
        pool,
        "UnwindOutOfProportion",
      );
      const held = [];
      for (const { address } of [eth, btc, stb]) held.push(await pool.collateralOf(borrower.address, address));
      expect(held).to.deep.equal([20n * ETHER, (BITCOIN * 3n) / 4n, 40_000n * USD]);
      // The last of one collateral with the last of the debt: its bit goes, the others' stay.
      await unwind(0n, await pool.debtSharesOf(borrower.address), 20n * ETHER, eth.address);
      expect((await pool.accountOf(borrower.address)).collateralMask).to.equal(6);
    });
  });
});
