import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { bisect } from "../../../sim/validation/check.ts";
import { BONUS, harmThreshold } from "../../../sim/validation/threshold.ts";
import { load, USD } from "../../shared/borrower-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { bottomless, OWN, twentieth, whale, type ThresholdWorld } from "../../shared/threshold-world.ts";

/** A small step: a thousandth of 100 ETH. */
const STEP = 10n ** 17n;

const wad = (value: number) => BigInt(Math.round(value * 1e12)) * 10n ** 6n;

/** Whether a small step raises the health factor of an account of that LTV. */
async function raises(world: (...args: Parameters<typeof bottomless>) => Promise<ThresholdWorld>, loanToValue: number) {
  const w = await load(world);
  await w.borrow(wad(loanToValue));
  const before = await w.health();
  await w.step(STEP);
  return (await w.health()) > before;
}

/** What the sale costs ÷ liquidation price once nothing moves any more, of a small amount. */
async function lowestFactor(w: ThresholdWorld) {
  await w.liquidation.kick(w.borrower.address);
  await w.networkHelpers.time.increase(1_300);
  const [, , price36] = await w.liquidation.quoteTake.staticCall(w.borrower.address, w.eth.address, STEP / 1000n);
  return Number(price36) / Number((await w.oracle.priceOf(w.eth.address)).liquidation36);
}

describe("Threshold beyond which liquidation harms", () => {
  it("is 0.95238 with a bonus of 5 % in an infinitely deep market, and 0.86580 at c/y = 0.05", () => {
    expect(harmThreshold(BONUS, 0).toFixed(5)).to.equal("0.95238");
    expect(harmThreshold(BONUS, 0.05).toFixed(5)).to.equal("0.86580");
  });

  for (const [what, world, share] of [
    ["an infinitely deep market", bottomless, 0],
    ["a market of c/y = 0.05", twentieth, 0.05],
  ] as const) {
    it(`is where sales at a fixed bonus begin to lower health in ${what}: found by bisection, on Uniswap`, async () => {
      const expected = harmThreshold(BONUS, share);
      const found = await bisect((ltv) => raises(world, ltv), expected - 0.02, expected + 0.02, 1e-4);
      expectClose(found, expected, 2e-4);
    });
  }

  describe("PacedCurve's guard", () => {
    const ltvs = [0.85, 0.86, 0.864, 0.868, 0.875, 0.885, 0.89] as const;
    for (const ltv of ltvs) {
      it(`leaves what heals at an LTV of ${ltv} and c/y = 0.05: b ≤ 1/(LTV·ψ) − 1`, async () => {
        const w = await load(twentieth);
        await w.borrow(wad(ltv));
        await w.pace(20n * OWN);
        const factor = await lowestFactor(w);
        const bonus = Math.min(BONUS, 1 / (ltv * 1.1) - 1);
        expectClose(factor, 1 / (1 + bonus), 1e-6);
        const before = await w.health();
        await w.step(STEP);
        expect(await w.health()).to.be.greaterThanOrEqual(before);
      });
    }

    it("lets a step just above the threshold heal which a fixed bonus would not", async () => {
      const above = harmThreshold(BONUS, 0.05) + 0.002;
      expect(await raises(twentieth, above)).to.equal(false);
      const w = await load(twentieth);
      await w.borrow(wad(above));
      await w.pace(20n * OWN);
      await lowestFactor(w);
      const before = await w.health();
      await w.step(STEP);
      expect(await w.health()).to.be.greaterThanOrEqual(before);
    });

    it("hands over to the insolvency path where not even the least bonus of 2 % heals", async () => {
      const end = harmThreshold(0.02, 0.05); // 0.89127
      for (const [ltv, bonus] of [
        [end - 0.0005, 1 / ((end - 0.0005) * 1.1) - 1],
        [end + 0.0005, BONUS],
      ]) {
        const w = await load(twentieth);
        await w.borrow(wad(ltv));
        await w.pace(20n * OWN);
        expectClose(await lowestFactor(w), 1 / (1 + bonus), 1e-6);
      }
    });

    it("is what the reference says: f_k·D·ψ ÷ W, of one collateral LTV·ψ", async () => {
      const w = await load(twentieth);
      const harness = await w.ethers.deployContract("SaleMathHarness");
      const heals = (ltv: number, reserve: bigint) =>
        harness.healingFactorUp(
          ...([(OWN * wad(ltv)) / 10n ** 18n, (OWN * 8n) / 10n, OWN, 8n * 10n ** 17n, OWN, reserve] as const),
        );
      expectClose(Number(await heals(harmThreshold(BONUS, 0), 0n)) / 1e18, 1 / 1.05, 1e-11);
      expectClose(Number(await heals(harmThreshold(BONUS, 0.05), 20n * OWN)) / 1e18, 1 / 1.05, 1e-11);
      // What covers the debt no longer does: 1/(1+b) ≥ D ÷ V.
      expectClose(Number(await heals(1.02, 0n)) / 1e18, 1.02, 1e-11);
    });
  });

  describe("whale of c/y = 0.3", () => {
    it("is on the insolvency path from the beginning, and sold to the end with nobody's money", async () => {
      const w = await load(whale);
      await w.borrow(wad(0.82));
      await w.pace(w.reserve);
      expectClose(await lowestFactor(w), 1 / 1.05, 1e-6);
      await w.admin.setMinDebt(100n * USD);
      const { account, sold, losses } = await sellOut(w);
      expect(account.debtShares).to.equal(0);
      expect(account.kickedAt).to.equal(0);
      expect(sold).to.equal(100n * 10n ** 18n);
      expect(losses).to.equal(1);
      const state = await w.liquidation.saleOf(w.eth.address);
      expect(state.backlog).to.equal(0);
      expect((await w.pool.totals()).debtAssets).to.equal(0);
    });
  });
});

/** Flash liquidations of at most a fortieth of the collateral, whenever one pays; the oracle follows the market. */
async function sellOut(w: ThresholdWorld) {
  const slice = 25n * 10n ** 17n;
  let [sold, losses] = [0n, 0];
  for (let tries = 0; tries < 400; ++tries) {
    const held = await w.pool.collateralOf(w.borrower.address, w.eth.address);
    if (held === 0n) break;
    await w.networkHelpers.time.increase(240);
    const most = held < 2n * slice ? MaxUint256 : slice;
    try {
      const call = await w.flash
        .connect(w.stranger)
        .liquidate(w.poolAddress, w.borrower.address, w.eth.address, most, w.venue.address, 0);
      const receipt = await call.wait();
      losses += receipt!.logs.filter(
        ({ topics }) => topics[0] === w.pool.interface.getEvent("BadDebtRealized").topicHash,
      ).length;
      sold += held - (await w.pool.collateralOf(w.borrower.address, w.eth.address));
      await w.follow();
    } catch (error) {
      if (!String(error).includes("FlashLiquidatorProfitTooLow")) throw error;
    }
  }
  return { sold, losses, account: await w.pool.accountOf(w.borrower.address) };
}
