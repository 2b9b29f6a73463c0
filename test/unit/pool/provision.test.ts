import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { calmDebtor, load, setPrice, USD } from "../../shared/borrower-fixtures.ts";
import { deployPool, price36, WAD } from "../../shared/pool-fixtures.ts";

const DISCOUNT_BPS = 500n;
const CRASH_PRICE = 1_000n;

/** Two lenders of 50,000 each; one borrower of 14,000 on 10 ETH, which then fall from 2,000 to 1,000. */
async function shortfall(connection: NetworkConnection) {
  const p = await deployPool(connection);
  const { pool, lender, otherLender, borrower, unit, collaterals, oracle, liquidation } = p;
  const [eth] = collaterals;
  await pool.connect(lender).deposit(50_000n * unit, lender.address);
  await pool.connect(otherLender).deposit(50_000n * unit, otherLender.address);
  await pool.connect(borrower).supplyCollateral(eth.address, 10n * WAD, borrower.address, "0x");
  await pool.connect(borrower).borrow(14_000n * unit, 0n, borrower.address, borrower.address);
  await oracle.setPrice(eth.address, price36(CRASH_PRICE, 18n, 6n));
  const value = 10n * CRASH_PRICE * unit;
  /** What selling everything will probably not bring in. */
  const required = (debt: bigint) => debt - (value * (10_000n - DISCOUNT_BPS)) / 10_000n;
  return { ...p, eth, value, required, liquidation };
}

describe("the provision", () => {
  let connection: NetworkConnection;
  let p: Awaited<ReturnType<typeof shortfall>>;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    p = await connection.networkHelpers.loadFixture(shortfall);
  });

  describe("#mark", () => {
    it("reverts when a price is not fresh", async () => {
      const { liquidation, borrower, eth, oracle } = p;
      await oracle.setFresh(eth.address, false);
      await expect(liquidation.mark(borrower.address))
        .to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice")
        .withArgs(eth.address);
    });

    it("does nothing to healthy accounts, and to those without debt", async () => {
      const { liquidation, pool, borrower, stranger, oracle, eth } = p;
      await oracle.setPrice(eth.address, price36(2_000n, 18n, 6n));
      for (const { address } of [borrower, stranger]) {
        await expect(liquidation.mark(address)).not.to.emit(pool, "ProvisionSet");
      }
      await liquidation.mark(ZeroAddress);
      expect(await pool.totalProvision()).to.equal(0n);
    });

    it("records the shortfall, net of what selling costs", async () => {
      const { liquidation, pool, borrower, stranger, required } = p;
      await expect(liquidation.connect(stranger).mark(borrower.address)).to.emit(pool, "ProvisionSet");
      const debt = await pool.debtOf(borrower.address);
      expect(await pool.provisionOf(borrower.address)).to.equal(required(debt));
      expect(await pool.totalProvision()).to.equal(required(debt));
      expect((await pool.accountOf(borrower.address)).provisioned).to.equal(true);
    });

    it("is rounded up: what the collateral brings in is not", async () => {
      const { liquidation, pool, borrower, oracle, eth, value } = p;
      await oracle.setPrice(eth.address, price36(CRASH_PRICE, 18n, 6n) + 10n ** 17n); // worth a unit more
      await liquidation.mark(borrower.address);
      const debt = await pool.debtOf(borrower.address);
      expect(await pool.provisionOf(borrower.address)).to.equal(debt - (value * 95n) / 100n);
    });

    it("is none at a health factor of exactly 1, however little selling would bring in", async () => {
      const q = await load(calmDebtor);
      const { liquidation, pool, borrower, eth, oracle, admin } = q;
      await admin.setCollateralFactors(eth.address, 7_500, 9_600, 0);
      await setPrice(q, eth, 1_250n); // 100 ETH carry the 120,000 that are owed, and would sell for 118,750
      await liquidation.mark(borrower.address);
      expect(await pool.totalProvision()).to.equal(0n);
      await oracle.setPrice(eth.address, 1_250n * USD * WAD - 10n ** 16n); // a unit less
      await liquidation.mark(borrower.address);
      expect(await pool.totalProvision()).to.equal(1_250n * USD + 1n);
    });

    it("follows the price, and goes when the account has recovered", async () => {
      const { liquidation, pool, borrower, oracle, eth } = p;
      await liquidation.mark(borrower.address);
      const before = await pool.totalProvision();
      await oracle.setPrice(eth.address, price36(1_200n, 18n, 6n));
      await liquidation.mark(borrower.address);
      const after = await pool.totalProvision();
      expect(after).to.be.lessThan(before);
      await oracle.setPrice(eth.address, price36(2_000n, 18n, 6n));
      await expect(liquidation.mark(borrower.address)).to.emit(pool, "ProvisionSet").withArgs(borrower.address, 0n, 0n);
      expect((await pool.accountOf(borrower.address)).provisioned).to.equal(false);
      expect((await pool.poolConfig()).pauseFlags).to.equal(0n);
    });

    it("is no pause, and survives one", async () => {
      const { liquidation, pool, borrower, admin, guardian } = p;
      await liquidation.mark(borrower.address);
      await admin.connect(guardian).pause(2);
      expect((await pool.poolConfig()).pauseFlags).to.equal(2n);
      await admin.setPauseFlags(0);
      expect((await pool.poolConfig()).pauseFlags).to.equal(0n);
      const shares = await pool.balanceOf(p.lender.address);
      expect(await pool.previewRedeem(shares)).to.be.lessThan(await pool.convertToAssets(shares));
    });
  });

  it("is recorded by a kick, of the debt as last booked", async () => {
    const { liquidation, pool, borrower, required } = p;
    await pool.accrue();
    const booked = await pool.debtOf(borrower.address);
    await liquidation.kick(borrower.address);
    expect(await pool.totalProvision()).to.equal(required(booked));
  });

  it("is renewed by a take, and gone with the write-off", async () => {
    const { liquidation, pool, borrower, liquidator, eth, oracle } = p;
    await liquidation.kick(borrower.address);
    const asLiquidator = liquidation.connect(liquidator);
    await asLiquidator.take(borrower.address, eth.address, 4n * WAD, MaxUint256, liquidator.address, "0x");
    const debt = await pool.debtOf(borrower.address);
    const left = 6n * CRASH_PRICE * p.unit;
    expect(await pool.provisionOf(borrower.address)).to.equal(debt - (left * 9_500n) / 10_000n);
    await oracle.setPrice(eth.address, price36(500n, 18n, 6n));
    await asLiquidator.take(borrower.address, eth.address, MaxUint256, MaxUint256, liquidator.address, "0x");
    expect(await pool.debtOf(borrower.address)).to.equal(0n);
    expect(await pool.totalProvision()).to.equal(0n);
    expect(await pool.provisionOf(borrower.address)).to.equal(0n);
  });

  it("shrinks with what is repaid, and ends with the debt", async () => {
    const { liquidation, pool, borrower, lender, unit } = p;
    await liquidation.mark(borrower.address);
    const before = await pool.totalProvision();
    await pool.connect(lender).repay(1_000n * unit, 0n, borrower.address, "0x");
    expect(await pool.totalProvision()).to.equal(before - 1_000n * unit);
    await pool.connect(borrower).repay(0n, await pool.debtSharesOf(borrower.address), borrower.address, "0x");
    expect(await pool.totalProvision()).to.equal(0n);
    expect((await pool.accountOf(borrower.address)).provisioned).to.equal(false);
  });

  it("prices exits net and entries gross, as the previews say", async () => {
    const { liquidation, pool, borrower, lender, stranger, loan, poolAddress, unit } = p;
    await liquidation.mark(borrower.address);
    const provision = await pool.totalProvision();
    const { reserves } = await pool.totals();
    const [book, supply] = [await pool.totalAssets(), await pool.totalSupply()];
    const shares = (await pool.balanceOf(lender.address)) / 2n;
    const net = book - (provision - reserves);
    expect(await pool.previewRedeem(shares)).to.equal((shares * (net + 1n)) / (supply + 10n ** 6n));
    expect(await pool.previewDeposit(1_000n * unit)).to.equal(await pool.convertToShares(1_000n * unit));
    expect(await pool.maxWithdraw(lender.address)).to.equal(
      await pool.previewRedeem(await pool.balanceOf(lender.address)),
    );
    expect(await pool.previewWithdraw(unit)).to.be.greaterThan(await pool.convertToShares(unit));

    // In and out at once costs the newcomer a part of the loss, and earns nobody anything.
    await loan.mint(stranger.address, 1_000n * unit);
    await loan.connect(stranger).approve(poolAddress, MaxUint256);
    await pool.connect(stranger).deposit(1_000n * unit, stranger.address);
    await pool.connect(stranger).redeem(await pool.balanceOf(stranger.address), stranger.address, stranger.address);
    expect(await loan.balanceOf(stranger.address)).to.be.lessThan(1_000n * unit);
  });

  it("leaves a lender who flees before the write-off no better off than one who stays", async () => {
    const { liquidation, pool, borrower, lender, otherLender, liquidator, loan, eth } = p;
    await liquidation.kick(borrower.address);
    const fled = await pool.previewRedeem(await pool.balanceOf(lender.address));
    await pool.connect(lender).redeem(await pool.balanceOf(lender.address), lender.address, lender.address);
    const asLiquidator = liquidation.connect(liquidator);
    await connection.networkHelpers.time.increase(900);
    await asLiquidator.take(borrower.address, eth.address, MaxUint256, MaxUint256, liquidator.address, "0x");
    expect(await pool.debtOf(borrower.address)).to.equal(0n);
    const stayed = await pool.convertToAssets(await pool.balanceOf(otherLender.address));
    expect(fled).to.be.at.most(stayed + stayed / 1_000n);
    expect(await loan.balanceOf(lender.address)).to.be.greaterThan(0n);
  });

  it("is borne by reserves first", async () => {
    const { liquidation, pool, borrower, lender, otherBorrower, admin, eth, unit, oracle, networkHelpers } = {
      ...p,
      networkHelpers: connection.networkHelpers,
    };
    await oracle.setPrice(eth.address, price36(2_000n, 18n, 6n));
    await admin.setReserveFactor(5_000);
    await pool.connect(otherBorrower).supplyCollateral(eth.address, 100n * WAD, otherBorrower.address, "0x");
    await pool.connect(otherBorrower).borrow(80_000n * unit, 0n, otherBorrower.address, otherBorrower.address);
    await networkHelpers.time.increase(2 * 365 * 86_400);
    await pool.accrue();
    const { reserves } = await pool.totals();
    const debt = await pool.debtOf(borrower.address);
    // A price at which the provision is some, but less than the reserves.
    const value = ((debt - reserves / 2n) * 10_000n) / 9_500n;
    await oracle.setPrice(eth.address, (value * 10n ** 36n) / (10n * WAD));
    await liquidation.mark(borrower.address);
    expect(await pool.totalProvision()).to.be.within(1n, reserves);
    const shares = await pool.balanceOf(lender.address);
    expect(await pool.previewRedeem(shares)).to.equal(await pool.convertToAssets(shares));
  });
});
