import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { activePool, activePool18, activePool8, emptyPool, SHARE_OFFSET } from "../../shared/pool-fixtures.ts";

const MONTH = 30 * 86_400;
/** Ragged on purpose. [whole loan assets ÷ 1000] */
const AMOUNTS = [1n, 7n, 1_000n, 333_333n, 12_345_679n];

function divide(numerator: bigint, denominator: bigint, up: boolean): bigint {
  return (numerator + (up ? denominator - 1n : 0n)) / denominator;
}

describe("LendingPool as ERC-4626 vault: share price", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  for (const [decimals, fixture] of [
    [6n, activePool],
    [8n, activePool8],
    [18n, activePool18],
  ] as const) {
    describe(`with a loan asset of ${decimals} decimals`, () => {
      /** After a month of interest, in a block to come: totals and a converter that shares no code with the pool. */
      const aged = async () => {
        const p = await connection.networkHelpers.loadFixture(fixture);
        await fixNextBlock(connection, MONTH);
        const totalAssets = await p.pool.totalAssets(PENDING);
        const supply = await p.pool.totalSupply();
        const toShares = (assets: bigint, up: boolean) =>
          divide(assets * (supply + SHARE_OFFSET), totalAssets + 1n, up);
        const toAssets = (shares: bigint, up: boolean) =>
          divide(shares * (totalAssets + 1n), supply + SHARE_OFFSET, up);
        const amounts = AMOUNTS.map((amount) => (amount * p.unit) / 1_000n);
        return { ...p, totalAssets, supply, toShares, toAssets, amounts };
      };

      it("#asset, #decimals and #totalAssets: cash and debt less reserves", async () => {
        const { pool, loanAddress, totalAssets, unit } = await aged();
        expect(await pool.asset()).to.equal(loanAddress);
        expect(await pool.decimals()).to.equal(decimals + 6n);
        const { cash, debtAssets, reserves } = await pool.totals(PENDING);
        expect(totalAssets).to.equal(cash + debtAssets - reserves);
        expect(totalAssets).to.be.greaterThan(100_000n * unit);
      });

      it("#convertTo… and #preview… follow the share price, rounded against the user", async () => {
        const { pool, amounts, toShares, toAssets } = await aged();
        for (const assets of amounts) {
          const shares = toShares(assets, false);
          expect(await pool.convertToShares(assets, PENDING)).to.equal(shares);
          expect(await pool.previewDeposit(assets, PENDING)).to.equal(shares);
          expect(await pool.previewWithdraw(assets, PENDING)).to.equal(toShares(assets, true));
          expect(await pool.convertToAssets(shares, PENDING)).to.equal(toAssets(shares, false));
          expect(await pool.previewRedeem(shares, PENDING)).to.equal(toAssets(shares, false));
          expect(await pool.previewMint(shares, PENDING)).to.equal(toAssets(shares, true));
        }
      });

      for (const entry of ["deposit", "mint"] as const) {
        it(`#${entry} does what its preview says, and leaving at once gains nothing`, async () => {
          const { amounts } = await aged();
          for (const amount of amounts) {
            const { pool, loan, otherLender, toShares, toAssets } = await aged();
            const shares = toShares(amount, false);
            const cost = entry === "deposit" ? amount : toAssets(shares, true);
            const before = await loan.balanceOf(otherLender);
            // One transaction, so that no interest comes between.
            const calls = [
              entry === "deposit"
                ? pool.interface.encodeFunctionData("deposit", [amount, otherLender.address])
                : pool.interface.encodeFunctionData("mint", [shares, otherLender.address]),
              pool.interface.encodeFunctionData("redeem", [shares, otherLender.address, otherLender.address]),
            ];
            const tx = await pool.connect(otherLender).multicall(calls);
            await expect(tx).to.emit(pool, "Deposit").withArgs(otherLender.address, otherLender.address, cost, shares);
            expect(await pool.balanceOf(otherLender)).to.equal(0);
            const loss = before - (await loan.balanceOf(otherLender));
            expect(loss).to.be.within(0n, 2n);
          }
        });
      }

      for (const exit of ["withdraw", "redeem"] as const) {
        it(`#${exit} does what its preview says`, async () => {
          const { pool, lender, amounts, toShares } = await aged();
          for (const assets of amounts) {
            await fixNextBlock(connection, MONTH);
            const given = exit === "withdraw" ? assets : toShares(assets, false);
            const preview = exit === "withdraw" ? pool.previewWithdraw : pool.previewRedeem;
            const expected = await preview(given, PENDING);
            const [paid, burnt] = exit === "withdraw" ? [given, expected] : [expected, given];
            await expect(pool.connect(lender)[exit](given, lender.address, lender.address))
              .to.emit(pool, "Withdraw")
              .withArgs(lender.address, lender.address, lender.address, paid, burnt);
          }
        });
      }
    });
  }

  describe("donations and the first depositor", () => {
    const load = () => connection.networkHelpers.loadFixture(emptyPool);

    it("a donation moves neither books nor share price", async () => {
      const { pool, poolAddress, loan, lender, stranger, unit } = await load();
      await pool.connect(lender).deposit(100n * unit, lender.address);
      await loan.connect(lender).transfer(poolAddress, 5_000n * unit);
      expect(await pool.totalAssets()).to.equal(100n * unit);
      expect(await pool.convertToShares(unit)).to.equal(unit * SHARE_OFFSET);
      expect(await pool.maxWithdraw(lender)).to.equal(100n * unit);
      expect(await pool.maxFlashLoan(loan)).to.equal(100n * unit);
      expect(await pool.maxWithdraw(stranger)).to.equal(0);
    });

    it("the first depositor cannot round a second one away by a donation", async () => {
      const { ethers, pool, poolAddress, loan, lender: attacker, otherLender: victim, unit } = await load();
      await pool.connect(attacker).deposit(1, attacker.address);
      await loan.connect(attacker).transfer(poolAddress, 100_000n * unit);
      await pool.connect(victim).deposit(1_000n * unit, victim.address);
      const shares = await pool.balanceOf(victim);
      await expect(pool.connect(victim).redeem(shares, victim.address, victim.address)).to.changeTokenBalances(
        ethers,
        loan,
        [victim],
        [1_000n * unit],
      );
    });

    // The one way to raise the books without lending: fees of flash loans, rounded up.
    it("the first depositor loses more to flash fees than a second one loses to the share price", async () => {
      const { ethers, pool, admin, loan, loanAddress, poolAddress, ...p } = await load();
      const { lender: attacker, otherLender: victim, unit } = p;
      await admin.setFlashFee(100);
      const borrower = await ethers.deployContract("MockFlashBorrower", [loanAddress, poolAddress]);
      const borrowerAddress = await borrower.getAddress();
      await loan.mint(borrowerAddress, unit);
      await pool.connect(attacker).deposit(1, attacker.address);
      for (let i = 0; i < 20; i++) {
        await pool.connect(attacker).flashLoan(borrowerAddress, loanAddress, await pool.maxFlashLoan(loan), "0x");
      }
      const paid = unit - (await loan.balanceOf(borrowerAddress));
      expect(paid).to.equal(20);
      await pool.connect(victim).deposit(999, victim.address);
      const lost = 999n - (await pool.convertToAssets(await pool.balanceOf(victim)));
      const gained = (await pool.convertToAssets(await pool.balanceOf(attacker))) - 1n;
      expect(lost).to.be.at.most(1n);
      expect(gained).to.be.at.most(paid / 2n + 1n); // the virtual shares have the rest
    });
  });
});
