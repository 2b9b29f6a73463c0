import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { calmDebtor, calmPool, ETHER, load, supply } from "../../shared/borrower-fixtures.ts";
import { PAUSE, UNCAPPED } from "../../shared/pool-fixtures.ts";

describe("LendingPool: collateral in", () => {
  describe("#supplyCollateral", () => {
    it("reverts when the amount is zero", async () => {
      const { pool, borrower, eth } = await load(calmPool);
      await expect(pool.connect(borrower).supplyCollateral(eth.address, 0, borrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolZeroAmount")
        .withArgs();
    });

    it("reverts when the token is not listed, the loan asset included", async () => {
      const { pool, borrower, loanAddress, poolAddress } = await load(calmPool);
      for (const token of [loanAddress, poolAddress, ZeroAddress]) {
        await expect(pool.connect(borrower).supplyCollateral(token, 1, borrower.address, "0x"))
          .to.be.revertedWithCustomError(pool, "PoolCollateralUnknown")
          .withArgs(token);
      }
    });

    it("reverts one unit above the cap, which counts all accounts and can be filled", async () => {
      const p = await load(calmPool);
      const { pool, borrower, otherBorrower, eth } = p;
      await p.admin.setCollateralSupplyCap(eth.address, 50n * ETHER);
      await supply(p, eth, 20n * ETHER);
      const other = pool.connect(otherBorrower);
      await expect(other.supplyCollateral(eth.address, 30n * ETHER + 1n, otherBorrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolSupplyCapExceeded")
        .withArgs(eth.address, 50n * ETHER, 50n * ETHER + 1n);
      await supply(p, eth, 30n * ETHER, otherBorrower);
      expect((await pool.collateralConfig(eth.address)).totalSupplied).to.equal(50n * ETHER);
      // what leaves makes room
      await pool.connect(borrower).withdrawCollateral(eth.address, 1, borrower.address, borrower.address);
      await supply(p, eth, 1n, otherBorrower);
    });

    it("reverts when the total would not fit its 112 bits, although there is no cap", async () => {
      const p = await load(calmPool);
      const { pool, borrower, eth } = p;
      expect((await pool.collateralConfig(eth.address)).supplyCap).to.equal(UNCAPPED);
      await eth.token.mint(borrower.address, UNCAPPED); // "no cap" is the largest amount there can be
      await supply(p, eth, UNCAPPED);
      await expect(pool.connect(borrower).supplyCollateral(eth.address, 1, borrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolAmountTooLarge")
        .withArgs(1);
    });

    it("reverts when the account would use too many kinds; more of a kind is always welcome", async () => {
      const p = await load(calmPool);
      const { pool, admin, borrower, eth, btc, stb } = p;
      await admin.setMaxCollateralsPerAccount(2);
      await supply(p, eth, 1n);
      await supply(p, stb, 1n);
      const third = () => pool.connect(borrower).supplyCollateral(btc.address, 1, borrower.address, "0x");
      await expect(third()).to.be.revertedWithCustomError(pool, "PoolTooManyCollaterals").withArgs(3, 2);
      await admin.setMaxCollateralsPerAccount(1);
      await supply(p, stb, 1n); // already used: the lower limit takes nothing away
      await expect(third()).to.be.revertedWithCustomError(pool, "PoolTooManyCollaterals").withArgs(3, 1);
      await admin.setMaxCollateralsPerAccount(2);
      await pool.connect(borrower).withdrawCollateral(eth.address, 1, borrower.address, borrower.address);
      await third();
      expect(await pool.collateralsOf(borrower.address)).to.deep.equal([btc.address, stb.address]);
    });

    it("reverts when a stranger opens a kind for somebody, but lets it top up one in use", async () => {
      const p = await load(calmPool);
      const { pool, borrower, otherBorrower, eth, btc } = p;
      await supply(p, eth, 5n);
      const stranger = pool.connect(otherBorrower);
      await expect(stranger.supplyCollateral(btc.address, 7, borrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
        .withArgs(otherBorrower.address, borrower.address);
      await expect(stranger.supplyCollateral(eth.address, 7, borrower.address, "0x"))
        .to.emit(pool, "CollateralSupplied")
        .withArgs(otherBorrower.address, borrower.address, eth.address, 7);
      expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(12);
      expect(await pool.collateralOf(otherBorrower.address, eth.address)).to.equal(0);
      await pool.connect(borrower).setOperator(otherBorrower.address, true);
      await stranger.supplyCollateral(btc.address, 7, borrower.address, "0x");
      expect(await pool.collateralOf(borrower.address, btc.address)).to.equal(7);
    });

    it("reverts when the caller has not approved the pool, and leaves no trace", async () => {
      const { pool, poolAddress, borrower, eth } = await load(calmPool);
      await eth.token.connect(borrower).approve(poolAddress, 9);
      await expect(pool.connect(borrower).supplyCollateral(eth.address, 10, borrower.address, "0x"))
        .to.be.revertedWithCustomError(eth.token, "ERC20InsufficientAllowance")
        .withArgs(poolAddress, 9, 10);
      expect((await pool.accountOf(borrower.address)).collateralMask).to.equal(0);
      expect((await pool.collateralConfig(eth.address)).totalSupplied).to.equal(0);
    });

    it("of a token that is not listed there is nothing to know", async () => {
      const { pool, loanAddress } = await load(calmPool);
      const c = await pool.collateralConfig(loanAddress);
      expect([c.listed, c.index, c.totalSupplied]).to.deep.equal([false, 0n, 0n]);
      expect([c.borrowFactorBps, c.liquidationFactorBps, c.rampEnd]).to.deep.equal([0n, 0n, 0n]);
    });

    it("takes the amount from the caller and books it", async () => {
      const { ethers, pool, poolAddress, borrower, btc } = await load(calmPool);
      const call = () => pool.connect(borrower).supplyCollateral(btc.address, 300, borrower.address, "0x");
      await expect(call).to.changeTokenBalances(ethers, btc.token, [borrower, poolAddress], [-300, 300]);
      await expect(call())
        .to.emit(pool, "CollateralSupplied")
        .withArgs(borrower.address, borrower.address, btc.address, 300);
      expect(await pool.collateralOf(borrower.address, btc.address)).to.equal(600);
      expect((await pool.collateralConfig(btc.address)).totalSupplied).to.equal(600);
    });

    it("needs no oracle and knows no pause, with or without debt", async () => {
      const p = await load(calmDebtor);
      await p.admin.pause(PAUSE.all);
      for (const { address } of p.collaterals) await p.oracle.setReverting(address, true);
      await supply(p, p.eth, 1n);
      await supply(p, p.btc, 1n);
      await supply(p, p.btc, 1n, p.otherBorrower);
      expect(await p.pool.collateralOf(p.borrower.address, p.eth.address)).to.equal(100n * ETHER + 1n);
      expect(await p.pool.collateralsOf(p.borrower.address)).to.deep.equal([p.eth.address, p.btc.address]);
    });
  });

  describe("#accountOf", () => {
    it("has a bit for every collateral that is not zero, in the order of listing", async () => {
      const p = await load(calmPool);
      const { pool, borrower, eth, btc, stb } = p;
      const maskIs = async (mask: bigint, tokens: string[]) => {
        expect((await pool.accountOf(borrower.address)).collateralMask).to.equal(mask);
        expect(await pool.collateralsOf(borrower.address)).to.deep.equal(tokens);
      };
      const exit = (token: string, amount: bigint) =>
        pool.connect(borrower).withdrawCollateral(token, amount, borrower.address, borrower.address);
      await maskIs(0n, []);
      await supply(p, stb, 3n);
      await maskIs(4n, [stb.address]);
      await supply(p, eth, 3n);
      await maskIs(5n, [eth.address, stb.address]);
      await supply(p, btc, 3n);
      await maskIs(7n, [eth.address, btc.address, stb.address]);
      await exit(eth.address, 2n);
      await maskIs(7n, [eth.address, btc.address, stb.address]);
      await exit(eth.address, 1n);
      await maskIs(6n, [btc.address, stb.address]);
      await exit(stb.address, 3n);
      await exit(btc.address, 3n);
      await maskIs(0n, []);
    });
  });
});
