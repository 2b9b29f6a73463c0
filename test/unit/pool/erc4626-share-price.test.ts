import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { emptyPool, SHARE_OFFSET } from "../../shared/pool-fixtures.ts";

describe("LendingPool as ERC-4626 vault: share price", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

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
