import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { named } from "../../shared/admin-fixtures.ts";
import { calmDebtor, calmPool, ETHER, load, supply, USD } from "../../shared/borrower-fixtures.ts";
import { UNCAPPED, WAD } from "../../shared/pool-fixtures.ts";

/** With a token that could be listed. */
async function loadCandidate() {
  const p = await load(calmPool);
  const candidate = await p.ethers.deployContract("MockERC20", ["New", "NEW", 12]);
  const token = await candidate.getAddress();
  await p.oracle.setPrice(token, 10n ** 30n);
  const curve = await p.fixedCurve.getAddress();
  const listing = { token, borrowFactorBps: 5_000, liquidationFactorBps: 6_000, supplyCap: 7n, curve };
  const list = (changes: Partial<typeof listing> = {}) => p.admin.listCollateral({ ...listing, ...changes });
  const mockCurve = async (maxBonusBps: bigint) =>
    (await p.ethers.deployContract("MockCurve", [{ ...FIXED, maxBonusBps }])).getAddress();
  return { ...p, candidate, token, curve, list, mockCurve };
}

/** Parameters of a curve of kind Fixed, but for its bonus. */
const FIXED = {
  ...{ kind: 0, premiumBps: 0, minBonusBps: 0, secondsToFloor: 0, stepSeconds: 0, cutBps: 0 },
  ...{ creditSeconds: 0, fastPpm: 0, slowTenthPpm: 0, kneeBps: 0 },
};
/** Largest bonuses of curves that are refused, and the limits that are not. [bps] */
const CURVE_BONUSES = { refused: [5_001n, 2n ** 256n - 1n], accepted: [5_000n, 0n] };

describe("LendingPool: administration, collateral", () => {
  describe("#listCollateral", () => {
    it("reverts when the token is listed already", async () => {
      const { pool, eth, list } = await loadCandidate();
      await expect(list({ token: eth.address }))
        .to.be.revertedWithCustomError(pool, "PoolCollateralAlreadyListed")
        .withArgs(eth.address);
    });

    it("reverts for the loan asset, the pool's own shares, and what is no contract", async () => {
      const { pool, poolAddress, loanAddress, oracle, stranger, list } = await loadCandidate();
      for (const token of [loanAddress, poolAddress, stranger.address, ZeroAddress]) {
        await oracle.setPrice(token, 1n);
        await expect(list({ token })).to.be.revertedWithCustomError(pool, "PoolCollateralInvalid").withArgs(token);
      }
    });

    it("reverts for a contract that is no token", async () => {
      const { ethers, oracle, curve, list } = await loadCandidate();
      await oracle.setPrice(curve, 1n);
      await expect(list({ token: curve })).to.revert(ethers);
    });

    it("reverts when the oracle has no price, or none that is fresh", async () => {
      const { ethers, oracle, token, list } = await loadCandidate();
      const unknown = await (await ethers.deployContract("MockERC20", ["Unknown", "UNK", 18])).getAddress();
      await expect(list({ token: unknown }))
        .to.be.revertedWithCustomError(oracle, "OracleAssetUnknown")
        .withArgs(unknown);
      await oracle.setFresh(token, false);
      await expect(list()).to.be.revertedWithCustomError(oracle, "OracleNoFreshSource").withArgs(token);
    });

    it("reverts outside the bounds of either factor", async () => {
      const { pool, list } = await loadCandidate();
      for (const liquidationFactorBps of [0, 9_801]) {
        await expect(list({ liquidationFactorBps }))
          .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
          .withArgs(named("liquidationFactor"), liquidationFactorBps, 1, 9_800);
      }
      await expect(list({ borrowFactorBps: 6_000 }))
        .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
        .withArgs(named("borrowFactor"), 6_000, 0, 5_999);
    });

    it("reverts for a curve that is no contract, or whose floor is out of bounds", async () => {
      const { pool, fixedCurve, stranger, list, mockCurve } = await loadCandidate();
      await expect(list({ curve: stranger.address }))
        .to.be.revertedWithCustomError(pool, "ConfigModuleMismatch")
        .withArgs(stranger.address);
      for (const bonus of CURVE_BONUSES.refused) {
        await expect(list({ curve: await mockCurve(bonus) }))
          .to.be.revertedWithCustomError(fixedCurve, "CurveParameterOutOfRange")
          .withArgs(named("maxBonus"), bonus, 0, 5_000);
      }
    });

    it("lists sixteen, each with a bit of its own, and reverts for the seventeenth", async () => {
      const p = await loadCandidate();
      const { ethers, pool, oracle, borrower, collaterals, list } = p;
      const tokens = collaterals.map(({ address }) => address);
      for (let index = tokens.length; index < 17; index++) {
        const token = await ethers.deployContract("MockERC20", ["Another", `T${index}`, 0]);
        tokens.push(await token.getAddress());
        await oracle.setPrice(tokens[index], 1n);
        await token.mint(borrower.address, 1n);
        await token.connect(borrower).approve(p.poolAddress, 1n);
        if (index < 16) await list({ token: tokens[index] });
      }
      await expect(list({ token: tokens[16] }))
        .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
        .withArgs(named("collateralCount"), 17, 1, 16);
      expect(await pool.collateralList()).to.deep.equal(tokens.slice(0, 16));
      await p.admin.setMaxCollateralsPerAccount(10);
      for (const token of tokens.slice(6, 16)) {
        await pool.connect(borrower).supplyCollateral(token, 1, borrower.address, "0x");
      }
      expect((await pool.accountOf(borrower.address)).collateralMask).to.equal(2n ** 16n - 2n ** 6n);
      expect(await pool.collateralsOf(borrower.address)).to.deep.equal(tokens.slice(6, 16));
    });

    it("says all there is to know, and has no ramp", async () => {
      const { pool, token, curve, list } = await loadCandidate();
      const call = list();
      await expect(call).to.emit(pool, "CollateralListed").withArgs(token, 3);
      await expect(call).to.emit(pool, "CollateralFactorsSet").withArgs(token, 5_000, 6_000, 6_000, 0);
      await expect(call).to.emit(pool, "CollateralSupplyCapSet").withArgs(token, 7);
      await expect(call).to.emit(pool, "LiquidationCurveSet").withArgs(token, curve);
      const c = await pool.collateralConfig(token);
      expect([c.listed, c.index, c.totalSupplied, c.supplyCap, c.curve]).to.deep.equal([true, 3n, 0n, 7n, curve]);
      expect([c.borrowFactorBps, c.liquidationFactorBps, c.rampFromBps]).to.deep.equal([5_000n, 6_000n, 6_000n]);
      expect([c.rampStart, c.rampEnd]).to.deep.equal([0n, 0n]);
      expect(await pool.liquidationFactorBps(token)).to.equal(6_000);
    });
  });

  describe("#setCollateralSupplyCap, #lowerCollateralSupplyCap, #lowerBorrowFactor", () => {
    it("revert for a token that is not listed", async () => {
      const { pool, admin, token } = await loadCandidate();
      for (const call of [
        () => admin.setCollateralSupplyCap(token, 1),
        () => admin.lowerCollateralSupplyCap(token, 1),
        () => admin.lowerBorrowFactor(token, 1),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(pool, "PoolCollateralUnknown").withArgs(token);
      }
    });

    it("leave what is there where it is, however low the cap", async () => {
      const p = await load(calmPool);
      const { pool, admin, borrower, eth } = p;
      await supply(p, eth, 5n);
      await expect(admin.setCollateralSupplyCap(eth.address, 0))
        .to.emit(pool, "CollateralSupplyCapSet")
        .withArgs(eth.address, 0);
      await expect(pool.connect(borrower).supplyCollateral(eth.address, 1, borrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolSupplyCapExceeded")
        .withArgs(eth.address, 0, 6);
      await pool.connect(borrower).withdrawCollateral(eth.address, 5, borrower.address, borrower.address);
      await admin.setCollateralSupplyCap(eth.address, UNCAPPED);
      await supply(p, eth, 5n);
    });

    it("make nobody liquidatable, but end borrowing on what is there", async () => {
      const { pool, admin, liquidation, borrower, eth } = await load(calmDebtor);
      await admin.lowerBorrowFactor(eth.address, 0);
      await expect(liquidation.kick(borrower.address))
        .to.be.revertedWithCustomError(pool, "LiquidationAccountHealthy")
        .withArgs(borrower.address, 160_000n * USD, 120_000n * USD);
      await expect(pool.connect(borrower).borrow(1, 0, borrower.address, borrower.address))
        .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
        .withArgs(borrower.address, 0, 120_000n * USD + 1n);
    });
  });

  describe("#setLiquidationCurve", () => {
    it("reverts for a token that is not listed", async () => {
      const { pool, admin, token, curve } = await loadCandidate();
      await expect(admin.setLiquidationCurve(token, curve))
        .to.be.revertedWithCustomError(pool, "PoolCollateralUnknown")
        .withArgs(token);
    });

    it("reverts for a curve that is no contract, or whose floor is out of bounds", async () => {
      const { pool, fixedCurve, admin, eth, stranger, mockCurve } = await loadCandidate();
      await expect(admin.setLiquidationCurve(eth.address, stranger.address))
        .to.be.revertedWithCustomError(pool, "ConfigModuleMismatch")
        .withArgs(stranger.address);
      for (const bonus of CURVE_BONUSES.refused) {
        await expect(admin.setLiquidationCurve(eth.address, await mockCurve(bonus)))
          .to.be.revertedWithCustomError(fixedCurve, "CurveParameterOutOfRange")
          .withArgs(named("maxBonus"), bonus, 0, 5_000);
      }
    });

    it("sells by the new curve at once", async () => {
      const p = await load(calmDebtor);
      const { pool, admin, oracle, liquidation, borrower, eth } = p;
      await oracle.setPrice(eth.address, eth.price36 / 2n);
      for (const bonus of CURVE_BONUSES.accepted) {
        const curve = await (
          await p.ethers.deployContract("MockCurve", [{ ...FIXED, maxBonusBps: bonus }])
        ).getAddress();
        await expect(admin.setLiquidationCurve(eth.address, curve))
          .to.emit(pool, "LiquidationCurveSet")
          .withArgs(eth.address, curve);
        const { price36 } = await liquidation.quoteTake.staticCall(borrower.address, eth.address, 100n * ETHER);
        const floor = (WAD * 10_000n + 9_999n + bonus) / (10_000n + bonus);
        expect(price36).to.equal(((eth.price36 / 2n) * floor + WAD - 1n) / WAD);
      }
    });
  });
});
