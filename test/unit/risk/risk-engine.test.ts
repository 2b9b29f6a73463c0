import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { addOn, borrowFactor, liquidationFactor, timeToLiquidate } from "../../shared/factor-reference.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  DAY,
  ENGINE_ASSET,
  FACTORS,
  HOUR,
  Level,
  LOOK_MAX_AGE,
  MAX_AGE,
  riskPool,
  riskPoolWithoutBreaker,
  USD,
  type RiskPool,
} from "../../shared/risk-fixtures.ts";
import { owe, refreshed, tick, wadToNumber } from "../../shared/risk-steps.ts";
import { wad } from "../../shared/volatility-fixtures.ts";

/** Four million owed against ten: selling what carries it takes longer than the hour that counts at least. */
async function indebtedPool(connection: NetworkConnection) {
  const p = await riskPool(connection);
  await owe(p, 5_000n, 4_000_000n);
  await tick(p, HOUR);
  return p;
}

/** 4.5 million owed against six: leverage of four. */
async function leveragedPool(connection: NetworkConnection) {
  const p = await riskPool(connection);
  await owe(p, 3_000n, 4_500_000n);
  return p;
}

async function indebtedPoolWithoutBreaker(connection: NetworkConnection) {
  const p = await riskPoolWithoutBreaker(connection);
  await owe(p, 5_000n, 4_000_000n);
  return p;
}

describe("RiskEngine", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  const riskOf = (p: RiskPool) => p.risk.riskOf(p.eth.address);
  const now = async () => BigInt(await connection.networkHelpers.time.latest());

  /** Both factors as the published formulas have them, from what the last refresh found. No add-on for a rise. */
  async function reference(p: RiskPool, inForceBps: bigint, rise = 0) {
    const { sigmaWad, leverageWad } = await refreshed(p);
    const [reserve] = await p.liquidity.reserveOf(p.eth.address);
    const [depth] = await p.liquidity.depthOf(p.eth.address);
    const { totalSupplied } = await p.pool.collateralConfig(p.eth.address);
    const { debtAssets } = await p.pool.totals();
    const price = await p.oracle.liquidationPrice(p.eth.address);
    const value = Number(totalSupplied * price) / 1e36;
    const exposure = Math.min(value, Number(debtAssets) / (Number(inForceBps) / 1e4));
    const perDay = Number(depth) * (Number(ENGINE_ASSET.turnoverPerDayHundredths) / 100);
    const { seconds } = timeToLiquidate(exposure, perDay);
    const target = liquidationFactor({
      ...{ z: Number(FACTORS.zHundredths) / 100, beta: Number(FACTORS.betaBps) / 1e4, sigma: wadToNumber(sigmaWad) },
      ...{ seconds, sliceShare: Number(depth) / Number(reserve) },
    });
    const leaning = addOn({
      ...{ leverage: wadToNumber(leverageWad), freeLeverage: 3, leverageSlope: 0.05 },
      ...{ rise, freeRise: 0.1, riseSlope: 0.25, cap: 0.15 },
    });
    const lendOn = Math.min(target, 0.9, Number(inForceBps) / 1e4);
    return { target, borrow: borrowFactor(lendOn, 0.25, leaning), seconds };
  }

  describe("#poke and #refresh", () => {
    it("revert for an asset that is not under the engine", async () => {
      const { engine, loanAddress } = await load(riskPool);
      for (const call of [engine.poke(loanAddress), engine.refresh(loanAddress)]) {
        await expect(call).to.be.revertedWithCustomError(engine, "EngineAssetUnknown").withArgs(loanAddress);
      }
    });

    it("do nothing within 12 s of the last time", async () => {
      const p = await load(riskPool);
      const { time } = p.networkHelpers;
      const { freshUntil } = await riskOf(p);
      const at = freshUntil - MAX_AGE;
      await time.setNextBlockTimestamp(at + 11n);
      await expect(p.engine.poke(p.eth.address)).not.to.emit(p.engine, "RiskRefreshed");
      expect((await riskOf(p)).freshUntil).to.equal(freshUntil);
      await time.setNextBlockTimestamp(at + 12n);
      await expect(p.engine.refresh(p.eth.address)).to.emit(p.engine, "RiskRefreshed");
      expect((await riskOf(p)).freshUntil).to.equal(freshUntil + 12n);
    });

    it("write what they found to the pool, and say it", async () => {
      const p = await load(riskPool);
      const [reserve] = await p.liquidity.reserveOf(p.eth.address);
      const { sigmaWad } = await p.volatility.volatilityOf(p.eth.address);
      await p.pass(HOUR);
      await p.setFeed(0, 2_000);
      await p.liquidity.pokeDepth(p.eth.address);
      const tx = p.engine.connect(p.stranger).poke(p.eth.address);
      await expect(tx)
        .to.emit(p.engine, "RiskRefreshed")
        .withArgs(p.eth.address, (sigma: bigint) => sigma <= sigmaWad && sigma > sigmaWad / 2n, wad(1), 0, 0);
      await expect(tx).to.emit(p.risk, "RiskUpdated");
      const view = await riskOf(p);
      expect([view.level, view.grace, view.discountBps, view.poolRestricted]).to.deep.equal([0n, false, 500n, false]);
      expect(view.freshUntil).to.equal((await now()) + MAX_AGE);
      const rounding = reserve / 2n ** 25n;
      expect(view.reserve).to.be.within(reserve - rounding, reserve + rounding);
    });
  });

  describe("factors", () => {
    it("are those of the published formulas", async () => {
      const p = await load(indebtedPool);
      await p.admin.setCollateralFactors(p.eth.address, 9_400, 9_500, 0);
      await p.volatility.raiseFloor(p.eth.address, wad(0.15));
      const before = await riskOf(p);
      await tick(p, LOOK_MAX_AGE);
      const after = await riskOf(p);
      const { target, borrow, seconds } = await reference(p, before.liquidationFactorBps);
      expect(seconds).to.be.greaterThan(4_000);
      expectClose(Number(after.liquidationTargetBps) / 1e4, target, 0.00011);
      expectClose(Number(after.borrowFactorBps) / 1e4, borrow, 0.00011);
      expect(after.liquidationFactorBps).to.equal(before.liquidationFactorBps);
    });

    it("volatility up: the borrow factor falls at once, the liquidation factor by 2 points a day, however often it is poked", async () => {
      const p = await load(indebtedPool);
      await p.volatility.raiseFloor(p.eth.address, wad(0.3));
      await tick(p, LOOK_MAX_AGE);
      const start = await now();
      const first = await riskOf(p);
      expect(first.liquidationFactorBps).to.equal(8_500);
      expect(first.liquidationTargetBps).to.be.lessThan(7_300);
      expect(first.borrowFactorBps).to.be.lessThan(6_700);
      for (let hour = 1n; hour <= 50n; ++hour) {
        await tick(p, HOUR - 5n);
        const fallen = 8_500n - (await riskOf(p)).liquidationFactorBps;
        const most = (((await now()) - start) * 200n) / DAY;
        expect(fallen).to.be.within(most - 2n, most);
      }
    });

    it("rise by half a point a day, after a day of calm", async () => {
      const p = await load(indebtedPool);
      await p.admin.setCollateralFactors(p.eth.address, 8_800, 8_900, 0);
      // Since the beginning, two hours ago, nothing has been wrong.
      const start = (await now()) - 2n * HOUR;
      const before = await riskOf(p);
      expect([before.liquidationFactorBps, before.borrowFactorBps]).to.deep.equal([8_500n, 8_000n]);
      for (let hour = 1n; hour <= 60n; ++hour) {
        await tick(p, HOUR - 3n);
        const risen = (await riskOf(p)).liquidationFactorBps - 8_500n;
        const calm = (await now()) - start - DAY;
        const most = calm <= 0n ? 0n : (calm * 50n) / DAY + 1n;
        expect(risen).to.be.at.most(most);
      }
      const { liquidationFactorBps } = await riskOf(p);
      expect(liquidationFactorBps).to.be.within(8_570n, 8_580n);
    });

    it("do not rise while the breaker has something to say", async () => {
      const p = await load(indebtedPool);
      await p.admin.setCollateralFactors(p.eth.address, 8_800, 8_900, 0);
      for (let hour = 0n; hour < 60n; ++hour) {
        if (hour % 4n === 0n) await p.breaker.raise(p.engineAddress, p.eth.address, Level.Caution, 4n * HOUR);
        await tick(p, HOUR - 3n);
      }
      expect((await riskOf(p)).liquidationFactorBps).to.equal(8_500);
    });

    it("without a depth that is young enough nothing is lent, and nobody is nearer to liquidation", async () => {
      const p = await load(indebtedPool);
      const { liquidationCapacity } = await p.pool.healthOf(p.borrower.address);
      await p.pass(ENGINE_ASSET.depthMaxAge + 1n);
      await p.setFeed(0, 2_000);
      await p.engine.poke(p.eth.address);
      const view = await riskOf(p);
      expect([view.borrowFactorBps, view.reserve, view.liquidationFactorBps]).to.deep.equal([0n, 0n, 8_500n]);
      const { address } = p.borrower;
      await expect(p.pool.connect(p.borrower).borrow(USD, 0, address, address))
        .to.be.revertedWithCustomError(p.pool, "PoolBorrowTestFailed")
        .withArgs(address, 0, (debt: bigint) => debt > 4_000_000n * USD);
      expect((await p.pool.healthOf(address)).liquidationCapacity).to.equal(liquidationCapacity);
      await p.liquidity.pokeDepth(p.eth.address);
      await tick(p, 12n);
      expect((await riskOf(p)).borrowFactorBps).to.equal(8_000);
    });

    it("leverage above three times costs the borrow factor 5 points each", async () => {
      const p = await load(leveragedPool);
      for (let hour = 0; hour < 18; ++hour) await tick(p, HOUR);
      const { leverageWad } = await refreshed(p);
      expect(wadToNumber(leverageWad)).to.be.within(3.7, 4.1);
      const { borrow } = await reference(p, 8_500n);
      expect(borrow).to.be.lessThan(0.78);
      expectClose(Number((await riskOf(p)).borrowFactorBps) / 1e4, borrow, 0.00011);
      expect((await riskOf(p)).liquidationFactorBps).to.equal(8_500);
    });

    it("a fast rise of the price costs it a quarter of what is above 10 %", async () => {
      const p = await load(indebtedPoolWithoutBreaker);
      await p.trade(p.eth.market, p.loanAddress, 9_000_000n * USD);
      await p.setFeed(0, 2_600);
      await tick(p, 30n * 60n);
      const { twap36, ema36 } = await p.oracle.conditionsOf(p.eth.address);
      const rise = Number(twap36) / Number(ema36) - 1;
      expect(rise).to.be.greaterThan(0.13);
      const { borrow } = await reference(p, 8_500n, rise);
      expect(borrow).to.be.lessThan(0.805);
      expectClose(Number((await riskOf(p)).borrowFactorBps) / 1e4, Math.min(borrow, 0.8), 0.00011);
    });

    it("fall continuously while feed and TWAP come apart, down to nothing at 10 %", async () => {
      const p = await load(indebtedPool);
      // In a day: slowly enough that the move itself says nothing.
      let last = 8_125;
      for (const share of [0.04, 0.055, 0.07, 0.085, 0.099]) {
        const snapshot = await connection.networkHelpers.takeSnapshot();
        await p.setFeed(0, 2_000 * (1 + share));
        await tick(p, DAY);
        const { feedPrice36, twap36 } = await p.oracle.conditionsOf(p.eth.address);
        const divergence = Number(feedPrice36) / Number(twap36) - 1;
        const tightness = Math.max(0, (divergence - 0.05) / 0.05);
        const { borrowFactorBps, level } = await riskOf(p);
        expectClose(Number(borrowFactorBps), Math.min(8_000, 8_125 * (1 - tightness)), 2);
        expect(level).to.equal(tightness === 0 ? Level.Normal : Level.Caution);
        expect(Number(borrowFactorBps)).to.be.lessThan(last);
        last = Number(borrowFactorBps);
        await snapshot.restore();
      }
      await p.setFeed(0, 2_202);
      await tick(p, DAY);
      expect([(await riskOf(p)).borrowFactorBps, (await riskOf(p)).level]).to.deep.equal([0n, Level.Restricted]);
    });
  });
});
