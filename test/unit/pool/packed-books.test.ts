import { expect } from "chai";
import { encodeBytes32String, MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { calmDebtor, ETHER, lentPool, load, setPrice, supply, USD, YEAR } from "../../shared/borrower-fixtures.ts";
import { RATES, WAD } from "../../shared/pool-fixtures.ts";

const LARGEST_MIN_DEBT = 2n ** 80n - 1n;

/** 98 % of what was lent is owed, so that the rate model remembers a surcharge, for an hour by now. */
async function crowdedPool(connection: NetworkConnection) {
  const p = await lentPool(connection);
  await supply(p, p.eth, 10_000n * ETHER);
  await p.pool.connect(p.borrower).borrow(882_000n * USD, 0, p.borrower.address, p.borrower.address);
  await p.networkHelpers.time.increase(3_600);
  await p.pool.accrue();
  return p;
}

describe("LendingPool: books packed into few slots", () => {
  describe("#setMinDebt", () => {
    it("reverts above 80 bits", async () => {
      const { pool, admin } = await load(lentPool);
      await expect(admin.setMinDebt(LARGEST_MIN_DEBT + 1n))
        .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
        .withArgs(encodeBytes32String("minDebt"), LARGEST_MIN_DEBT + 1n, 0, LARGEST_MIN_DEBT);
    });

    it("leaves the oracle and the target health factor beside it as they were", async () => {
      const { pool, admin } = await load(lentPool);
      const { oracle, targetHealthBps } = await pool.poolConfig();
      await admin.setMinDebt(LARGEST_MIN_DEBT);
      const after = await pool.poolConfig();
      expect([after.oracle, after.minDebt, after.targetHealthBps]).to.deep.equal([
        oracle,
        LARGEST_MIN_DEBT,
        targetHealthBps,
      ]);
    });
  });

  describe("#borrow and #repay", () => {
    it("revert with the amount when it fits no book, whatever its size and unit", async () => {
      const { pool, borrower } = await load(calmDebtor);
      const account = pool.connect(borrower);
      for (const amount of [2n ** 112n, MaxUint256]) {
        for (const [assets, shares] of [
          [amount, 0n],
          [0n, amount],
        ] as const) {
          await expect(account.borrow(assets, shares, borrower.address, borrower.address))
            .to.be.revertedWithCustomError(pool, "PoolAmountTooLarge")
            .withArgs(amount);
          await expect(account.repay(assets, shares, borrower.address, "0x"))
            .to.be.revertedWithCustomError(pool, "PoolAmountTooLarge")
            .withArgs(amount);
        }
      }
    });
  });

  describe("#supplyCollateral", () => {
    it("reverts with the cap when an amount of any size exceeds it", async () => {
      const { pool, admin, borrower, eth } = await load(calmDebtor);
      await admin.setCollateralSupplyCap(eth.address, 200n * ETHER);
      await expect(pool.connect(borrower).supplyCollateral(eth.address, MaxUint256, borrower.address, "0x"))
        .to.be.revertedWithCustomError(pool, "PoolSupplyCapExceeded")
        .withArgs(eth.address, 200n * ETHER, MaxUint256);
    });
  });

  describe("#accrue", () => {
    it("keeps fees and pause flags beside the cash", async () => {
      const { pool, admin } = await load(crowdedPool);
      await admin.setFlashFee(100);
      await admin.setPauseFlags(15);
      await pool.accrue();
      const { reserveFactorBps, flashFeeBps, pauseFlags } = await pool.poolConfig();
      expect([reserveFactorBps, flashFeeBps, pauseFlags]).to.deep.equal([1_000n, 100n, 15n]);
    });

    it("accrues once a block, however many calls there are in it", async () => {
      const { pool, lender } = await load(crowdedPool);
      const accrue = pool.interface.encodeFunctionData("accrue");
      const tx = await pool.connect(lender).multicall([accrue, accrue]);
      const logs = (await tx.wait())?.logs ?? [];
      expect(
        logs.filter((log) => log.topics[0] === pool.interface.getEvent("InterestAccrued").topicHash),
      ).to.have.length(1);
    });
  });

  describe("#borrowRatePerSecondWad", () => {
    it("knows what the rate model remembers, in the block of the accrual and later", async () => {
      const { pool, rateModel, networkHelpers } = await load(crowdedPool);
      const atAccrual = { blockTag: await networkHelpers.time.latestBlock() };
      const { debtAssets, cash, reserves } = await pool.totals(atAccrual);
      const utilisation = (debtAssets * WAD) / (debtAssets + cash - reserves);
      const forgetful = await rateModel.ratePerSecondWad(utilisation, 0);
      const rate = await pool.borrowRatePerSecondWad(atAccrual);
      // after an hour of twelve to its doubling, the surcharge is a seventeenth above its floor
      const floor = RATES.surchargeFloorPerYearWad / YEAR;
      expect(rate > forgetful + floor / 18n && rate < forgetful + floor / 16n).to.equal(true);
      await networkHelpers.time.increase(43_200);
      expect((await pool.borrowRatePerSecondWad()) > rate + floor).to.equal(true);
    });
  });

  describe("#take", () => {
    it("counts every collateral once, whichever is sold", async () => {
      const p = await load(calmDebtor);
      const { pool, liquidation, liquidator, borrower, eth, btc, stb } = p;
      await supply(p, btc, btc.unit);
      await supply(p, stb, 10_000n * USD);
      for (const { address } of [eth, btc, stb]) {
        const { debt, liquidationCapacity } = await pool.healthOf(borrower.address);
        await expect(
          liquidation
            .connect(liquidator)
            .take(borrower.address, address, MaxUint256, MaxUint256, liquidator.address, "0x"),
        )
          .to.be.revertedWithCustomError(pool, "LiquidationAccountHealthy")
          .withArgs(borrower.address, liquidationCapacity, debt);
      }
    });

    it("reverts with the collateral whose price is stale, be it the one that is sold or another", async () => {
      const p = await load(calmDebtor);
      const { pool, oracle, liquidation, liquidator, borrower, eth, btc } = p;
      await supply(p, btc, btc.unit / 100n);
      await setPrice(p, eth, 1_000n);
      for (const stale of [eth.address, btc.address]) {
        await oracle.setFresh(stale, false);
        for (const sold of [eth.address, btc.address]) {
          await expect(
            liquidation
              .connect(liquidator)
              .take(borrower.address, sold, MaxUint256, MaxUint256, liquidator.address, "0x"),
          )
            .to.be.revertedWithCustomError(pool, "LiquidationNoFreshPrice")
            .withArgs(stale);
        }
        await oracle.setFresh(stale, true);
      }
    });
  });
});
