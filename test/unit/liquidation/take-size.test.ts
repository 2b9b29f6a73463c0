import { expect } from "chai";

import { BITCOIN, ETHER, setPrice, USD, valueDown } from "../../shared/borrower-fixtures.ts";
import {
  costUp,
  type Holding,
  isAsHealthy,
  leastRepayment,
  loadLiquidation,
  mixedPool,
  OWED,
  sinkingPool,
  TARGET_BPS,
  UNKICK_BPS,
} from "../../shared/liquidation-fixtures.ts";

type Loaded = Awaited<ReturnType<typeof loadLiquidation<Awaited<ReturnType<typeof sinkingPool>>>>>;

/** A thousandth of a dollar: by so much at most a sale may exceed what exact fractions need. */
const SLACK = USD / 1_000n;

async function holdings(p: Loaded): Promise<Holding[]> {
  return Promise.all(
    p.collaterals.map(async ({ address }) => ({
      amount: await p.pool.collateralOf(p.borrower.address, address),
      price36: await p.oracle.liquidationPrice(address),
      factorBps: await p.pool.liquidationFactorBps(address),
    })),
  );
}

/** Takes as much as there is of collateral `index` and returns what was sold and paid. */
async function takeAll(p: Loaded, index: number, lag: bigint) {
  await p.wait(lag);
  const { address, token } = p.collaterals[index];
  const quote = await p.quote(address);
  const before = await token.balanceOf(p.liquidator.address);
  await p.wait(lag);
  await p.take(address);
  expect((await token.balanceOf(p.liquidator.address)) - before).to.equal(quote.amount);
  return quote;
}

/** Prices of ETH, collateral sold, and lag, at which the target can be reached by that collateral alone. */
const REACHABLE = [
  { fixture: sinkingPool, dollars: 1_450n, index: 0, lag: 1n },
  { fixture: sinkingPool, dollars: 1_450n, index: 0, lag: 900n },
  { fixture: sinkingPool, dollars: 1_450n, index: 0, lag: 1_800n },
  { fixture: sinkingPool, dollars: 1_499n, index: 0, lag: 1_800n },
  { fixture: sinkingPool, dollars: 1_400n, index: 0, lag: 700n },
  { fixture: sinkingPool, dollars: 1_337n, index: 0, lag: 1_234n },
  { fixture: mixedPool, dollars: 1_500n, index: 0, lag: 600n },
  { fixture: mixedPool, dollars: 1_500n, index: 1, lag: 600n },
  { fixture: mixedPool, dollars: 1_599n, index: 0, lag: 3n },
  { fixture: mixedPool, dollars: 1_601n, index: 1, lag: 1_800n },
] as const;

describe("LiquidationModule: size of a sale", () => {
  describe("restores the target health factor, and sells no more than that takes", () => {
    for (const { fixture, dollars, index, lag } of REACHABLE) {
      it(`${fixture.name}, ETH at ${dollars}, sells collateral ${index} after ${lag} s`, async () => {
        const p = await loadLiquidation(fixture);
        await setPrice(p, p.eth, dollars);
        await p.kick();
        const before = await holdings(p);
        const { amount, repay, price36 } = await takeAll(p, index, lag);
        const least = leastRepayment(before, index, price36, OWED, TARGET_BPS);
        expect(repay).to.be.within(least, least + SLACK);
        expect(amount).to.equal((repay * 10n ** 36n) / price36);

        const after = await holdings(p);
        const debt = await p.pool.debtOf(p.borrower.address);
        expect(debt).to.equal(OWED - repay);
        expect(isAsHealthy(after, debt, TARGET_BPS), "target").to.equal(true);
        expect(isAsHealthy(after, debt, TARGET_BPS + 1n), "more than the target").to.equal(false);
        expect(await p.kickedAt()).to.equal(0);
        await expect(p.take(p.eth.address)).to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy");
      });
    }

    it("follows the target", async () => {
      for (const target of [10_210n, 11_000n]) {
        const p = await loadLiquidation(sinkingPool);
        await p.admin.setLiquidationTarget(target);
        await p.kick();
        const before = await holdings(p);
        const { repay, price36 } = await takeAll(p, 0, 60n);
        const least = leastRepayment(before, 0, price36, OWED, target);
        expect(repay).to.be.within(least, least + SLACK);
        expect(await p.kickedAt()).to.equal(0); // even the lowest target ends the sale
      }
    });
  });

  describe("sells less when the taker wants less", () => {
    it("charges the cost of that amount, rounded up, and keeps the clock running", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.kick();
      const since = await p.kickedAt();
      const amount = ETHER + 1n;
      await p.wait(77n);
      const { price36 } = await p.quote(p.eth.address, amount);
      await p.wait(77n);
      await expect(p.take(p.eth.address, amount))
        .to.emit(p.pool, "CollateralTaken")
        .withArgs(
          ...[p.borrower.address, p.liquidator.address, p.eth.address, amount],
          ...[costUp(amount, price36), costUp(amount, price36), price36],
        );
      expect(costUp(amount, price36)).to.equal(valueDown(amount, price36) + 1n);
      expect(await p.kickedAt()).to.equal(since);
    });

    it("ends the sale at a health factor of 1.02, not before", async () => {
      for (const [excess, ended] of [
        [-ETHER / 10n ** 6n, false],
        [ETHER / 10n ** 6n, true],
      ] as const) {
        const p = await loadLiquidation(sinkingPool);
        await p.kick();
        const since = await p.kickedAt();
        await p.wait(1_800n);
        const { price36 } = await p.quote(p.eth.address);
        const enough = leastRepayment(await holdings(p), 0, price36, OWED, UNKICK_BPS);
        await p.wait(1_800n);
        await p.take(p.eth.address, (enough * 10n ** 36n) / price36 + excess);
        expect(await p.kickedAt()).to.equal(ended ? 0n : since);
        const { liquidationCapacity, debt } = await p.pool.healthOf(p.borrower.address);
        expect(liquidationCapacity).to.be.greaterThan(debt); // healthy in both cases, by the margin in one
      }
    });

    it("adds up to the same health in several takes", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.kick();
      for (let takes = 0; takes < 2; takes++) await p.take(p.eth.address, 4n * ETHER);
      await p.take(p.eth.address);
      const debt = await p.pool.debtOf(p.borrower.address);
      expect(isAsHealthy(await holdings(p), debt, TARGET_BPS)).to.equal(true);
      expect(isAsHealthy(await holdings(p), debt, TARGET_BPS + 1n)).to.equal(false);
    });
  });

  describe("sells all of a collateral that cannot restore the target, and no more", () => {
    it("goes on with the next one", async () => {
      const p = await loadLiquidation(mixedPool);
      await setPrice(p, p.eth, 1_300n); // 112,200 of capacity for 120,000
      await p.kick();
      const first = await takeAll(p, 0, 1_800n);
      expect(first.amount).to.equal(30n * ETHER);
      expect(first.repay).to.equal(costUp(30n * ETHER, first.price36));
      expect(await p.pool.collateralsOf(p.borrower.address)).to.deep.equal([p.btc.address, p.stb.address]);
      expect(await p.kickedAt()).to.not.equal(0);
      const second = await takeAll(p, 1, 1n);
      expect(second.amount).to.be.lessThan(BITCOIN);
      const debt = await p.pool.debtOf(p.borrower.address);
      expect(debt).to.equal(OWED - first.repay - second.repay);
      expect(isAsHealthy(await holdings(p), debt, TARGET_BPS)).to.equal(true);
    });

    it("sells for the whole debt where selling cannot heal: bonus × factor above the target", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.admin.setCollateralFactors(p.eth.address, 7_500, 9_500, 0); // 0.95 × 1.1 > 1.04 at the floor
      await setPrice(p, p.eth, 1_255n); // capacity 119,225; worth 114,091 at the floor
      await p.kick();
      const { amount, repay } = await takeAll(p, 0, 1_800n);
      expect([amount, repay < OWED]).to.deep.equal([100n * ETHER, true]);
    });
  });
});
