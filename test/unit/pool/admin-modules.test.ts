import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { agedPool, calmDebtor, calmPool, load, USD, YEAR } from "../../shared/borrower-fixtures.ts";
import { RATES, UNCAPPED, WAD } from "../../shared/pool-fixtures.ts";

describe("LendingPool: administration, modules", () => {
  describe("constructor", () => {
    async function loadParts() {
      const p = await load(calmPool);
      const other = await (await p.ethers.deployContract("MockERC20", ["Euro", "EUR", 6])).getAddress();
      const factory = await p.ethers.getContractFactory("LendingPool");
      const deploy = (changes: Partial<typeof p.params>) => factory.deploy({ ...p.params, ...changes });
      return { ...p, other, deploy };
    }

    it("reverts for modules or an oracle of another loan asset, or that are no contracts", async () => {
      const { ethers, pool, other, stranger, deploy } = await loadParts();
      const wrong = {
        liquidationModule: await (await ethers.deployContract("LiquidationModule", [other])).getAddress(),
        adminModule: await (await ethers.deployContract("PoolAdminModule", [other])).getAddress(),
        riskModule: await (await ethers.deployContract("PoolRiskModule", [other])).getAddress(),
        oracle: await (await ethers.deployContract("ConstantPriceOracle", [other])).getAddress(),
      };
      for (const [part, address] of Object.entries(wrong)) {
        await expect(deploy({ [part]: address }), part)
          .to.be.revertedWithCustomError(pool, "ConfigModuleMismatch")
          .withArgs(address);
      }
      for (const part of ["liquidationModule", "adminModule", "riskModule"]) {
        await expect(deploy({ [part]: stranger.address }), part)
          .to.be.revertedWithCustomError(pool, "ConfigModuleMismatch")
          .withArgs(stranger.address);
      }
    });

    it("reverts without a loan asset, in the modules too, and for a rate model that answers nothing", async () => {
      const { ethers, pool, other, deploy } = await loadParts();
      await expect(deploy({ asset: ZeroAddress }))
        .to.be.revertedWithCustomError(pool, "PoolZeroAddress")
        .withArgs();
      for (const name of ["LiquidationModule", "PoolAdminModule", "PoolRiskModule"]) {
        const factory = await ethers.getContractFactory(name);
        await expect(factory.deploy(ZeroAddress)).to.be.revertedWithCustomError(pool, "PoolZeroAddress").withArgs();
      }
      await expect(deploy({ interestRateModel: other })).to.revert(ethers);
    });

    it("starts without caps, fees, pauses or collateral", async () => {
      const { params, deploy } = await loadParts();
      const pool = await deploy({});
      expect(await pool.poolConfig()).to.deep.equal([
        ...[params.oracle, params.interestRateModel, UNCAPPED, UNCAPPED],
        ...[0n, 0n, 0n, 0n], // minimum debt, reserve factor, flash fee, pauses
        ...[10_400n, 8n], // target health, collaterals an account
      ]);
      expect(await pool.collateralList()).to.deep.equal([]);
      expect([await pool.liquidationModule(), await pool.adminModule()]).to.deep.equal([
        params.liquidationModule,
        params.adminModule,
      ]);
    });
  });

  describe("#setOracle", () => {
    async function loadSuccessor() {
      const p = await load(calmDebtor);
      const next = await p.ethers.deployContract("ConstantPriceOracle", [p.loanAddress]);
      for (const { address, price36 } of p.collaterals) await next.setPrice(address, (price36 * 9n) / 10n);
      return { ...p, next, nextAddress: await next.getAddress() };
    }

    it("reverts for what is no contract, or quotes in another asset", async () => {
      const { ethers, pool, admin, stranger, eth } = await loadSuccessor();
      const foreign = await (await ethers.deployContract("ConstantPriceOracle", [eth.address])).getAddress();
      for (const oracle of [stranger.address, foreign]) {
        await expect(admin.setOracle(oracle))
          .to.be.revertedWithCustomError(pool, "ConfigModuleMismatch")
          .withArgs(oracle);
      }
    });

    it("reverts when any listed collateral, in use or not, has no fresh price there", async () => {
      const { admin, next, nextAddress, stb } = await loadSuccessor();
      await next.setFresh(stb.address, false);
      await expect(admin.setOracle(nextAddress))
        .to.be.revertedWithCustomError(next, "OracleNoFreshSource")
        .withArgs(stb.address);
      await next.setFresh(stb.address, true);
      await next.setPrice(stb.address, 0);
      await expect(admin.setOracle(nextAddress))
        .to.be.revertedWithCustomError(next, "OracleAssetUnknown")
        .withArgs(stb.address);
    });

    it("values by the new oracle at once", async () => {
      const { pool, admin, oracle, nextAddress, borrower, eth } = await loadSuccessor();
      await expect(admin.setOracle(nextAddress)).to.emit(pool, "OracleSet").withArgs(nextAddress);
      await oracle.setReverting(eth.address, true); // nobody asks it any more
      const health = await pool.healthOf(borrower.address);
      expect([health.collateralValue, health.borrowCapacity]).to.deep.equal([180_000n * USD, 135_000n * USD]);
      expect(await pool.borrowCapacityOf(borrower.address)).to.equal(135_000n * USD);
    });
  });

  describe("#setInterestRateModel", () => {
    it("reverts for what is no contract, or no rate model", async () => {
      const { ethers, pool, admin, stranger, loanAddress } = await load(calmPool);
      await expect(admin.setInterestRateModel(stranger.address))
        .to.be.revertedWithCustomError(pool, "ConfigModuleMismatch")
        .withArgs(stranger.address);
      await expect(admin.setInterestRateModel(loanAddress)).to.revert(ethers);
    });

    it("charges the old rate up to now and the new one from then on", async () => {
      const p = await load(agedPool);
      const { pool, admin, networkHelpers } = p;
      const tenfold = { ...RATES, basePerYearWad: 10n * RATES.slopeToKinkPerYearWad };
      const model = await (await p.ethers.deployContract("KinkedRateModel", [tenfold])).getAddress();
      const { debtAssets: before } = await pool.totals();
      await networkHelpers.time.setNextBlockTimestamp(BigInt(await networkHelpers.time.latest()) + YEAR);
      const expected = (await pool.totals({ blockTag: "pending" })).debtAssets;
      await expect(admin.setInterestRateModel(model)).to.emit(pool, "InterestRateModelSet").withArgs(model);
      expect((await pool.totals()).debtAssets).to.equal(expected);
      expect(expected).to.be.within((before * 102n) / 100n, (before * 103n) / 100n); // 0.5 % + 5 % × 37 %
      await networkHelpers.time.increase(YEAR);
      const { debtAssets: after } = await pool.totals();
      expect(after).to.be.within((expected * 165n) / 100n, (expected * 170n) / 100n); // e^(50 % + 2 %)
    });

    it("forgets the state of the old model", async () => {
      const p = await load(agedPool);
      const { pool, admin, lender, rateModel, networkHelpers } = p;
      const { cash } = await pool.totals();
      await pool.connect(lender).withdraw(cash, lender.address, lender.address); // all is lent out
      await networkHelpers.time.increase(7n * 86_400n); // the surcharge doubles 14 times
      await pool.accrue();
      const rate = await pool.borrowRatePerSecondWad();
      await admin.setInterestRateModel(await rateModel.getAddress());
      const perYear = (await pool.borrowRatePerSecondWad()) * YEAR;
      expect(rate * YEAR).to.be.greaterThan(10n * WAD); // at its cap of 1000 % a year
      expect(perYear).to.be.lessThan(RATES.basePerYearWad + (8n * WAD) / 10n + (6n * WAD) / 100n);
    });
  });
});
