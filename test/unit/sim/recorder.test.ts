import { expect } from "chai";

import type { Intent, Outcome } from "../../../sim/engine/agent.ts";
import { OpenSpace } from "../../../sim/engine/block-space.ts";
import type { Step } from "../../../sim/engine/stepper.ts";
import { Recorder } from "../../../sim/metrics/recorder.ts";
import type { Log } from "../../../sim/market/venue.ts";
import { addressOf } from "../../../sim/population.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  AT,
  dollars,
  ether,
  handMadeVenue,
  handMadeView,
  openBench,
  outcomeOf,
  WETH,
  type Bench,
  type Scene,
} from "../../shared/hand-made-view.ts";

const START = { debtAtStart: 100e6, collateralValueAtStart: 150e6, priceAtStart: 2_000 };
const [ANN, BOB, TAKER] = [addressOf("ann"), addressOf("bob"), addressOf("taker")];
const ZERO_INTENT: Intent = {
  from: TAKER,
  to: AT.pool,
  data: "0x",
  gas: 1,
  priorityFeeWei: 0n,
  label: "x",
  touches: [],
};

let bench: Bench;

interface StepParts extends Partial<Scene> {
  readonly block?: number;
  readonly after?: number; // market price after the block; default: as before it
  readonly outcomes?: readonly Outcome[];
}

function stepOf({ block = 1, after, outcomes = [], ...scene }: StepParts): Step {
  const view = handMadeView({ protocol: bench.protocol, seconds: block * 12, ...scene });
  const filling = new OpenSpace(0n).fill([]);
  return {
    view,
    outcomes,
    filling,
    state: view.state,
    positions: view.positions,
    marketPrice: after ?? view.marketPrice,
  };
}

/** Records steps, one a block, at an exogenous price of 2,000. */
function record(steps: readonly StepParts[], blocks = steps.length): Recorder {
  const recorder = new Recorder(blocks, START);
  steps.forEach((parts, i) => recorder.record(stepOf({ block: i + 1, ...parts }), 2_000));
  return recorder;
}

function taken(account: string, collateral: number, repaid: number): Log {
  const values = [account, TAKER, WETH.address, ether(collateral), dollars(repaid), 1n, 1n];
  return { address: AT.pool, ...bench.interfaces.LendingPool.encodeEventLog("CollateralTaken", values) };
}

function lost(account: string, debt: number, byReserves: number): Log {
  const values = [account, dollars(debt), 1n, dollars(byReserves), dollars(debt - byReserves)];
  return { address: AT.pool, ...bench.interfaces.LendingPool.encodeEventLog("BadDebtRealized", values) };
}

/** One WETH at 2,000 and a liquidation factor of 0.825 carries 1,650. */
const good = { collateral: 1, debt: 1_650 };
const bad = { collateral: 1, debt: 1_650.01 };

describe("Recorder", () => {
  before(async () => {
    bench = await openBench();
  });

  describe("time to solvency", () => {
    const solvencyOf = (steps: readonly StepParts[]) => {
      const { secondsToSolvency, underWaterAtEnd } = record(steps).metrics;
      return [secondsToSolvency, underWaterAtEnd];
    };
    const [under, above] = [{ positions: { [ANN]: bad, [BOB]: bad } }, { positions: { [ANN]: good, [BOB]: good } }];
    const half = { positions: { [ANN]: good, [BOB]: bad } };

    it("is none where nobody is ever under water", () => {
      expect(solvencyOf([above, above])).to.deep.equal([0, 0]);
    });

    it("is from the first to the last, whoever they are and however many in between", () => {
      expect(solvencyOf([above, under, half, above, above])).to.deep.equal([24, 0]);
      expect(solvencyOf([under, above, above, half, above])).to.deep.equal([48, 0]);
    });

    it("is as long as it lasts where somebody still is at the end", () => {
      expect(solvencyOf([above, half, under])).to.deep.equal([24, 2]);
      expect(solvencyOf([above, under, above, half])).to.deep.equal([36, 1]);
    });
  });

  describe("time under water", () => {
    const secondsOf = (steps: readonly StepParts[]) => {
      const { accountSecondsUnderWater: sum, longestSecondsUnderWater: longest } = record(steps).metrics;
      return { sum, longest };
    };

    it("is none for those who owe what their collateral carries, or nothing", () => {
      const positions = { [ANN]: good, [BOB]: { collateral: 0, debt: 0 } };
      expect(secondsOf([{ positions }, { positions }])).to.deep.equal({ sum: 0, longest: 0 });
    });

    it("counts every account's blocks", () => {
      const both = { positions: { [ANN]: bad, [BOB]: bad } };
      const one = { positions: { [ANN]: bad, [BOB]: good } };
      expect(secondsOf([both])).to.deep.equal({ sum: 24, longest: 12 });
      expect(secondsOf([both, one, one])).to.deep.equal({ sum: 48, longest: 36 });
    });

    it("begins anew after a recovery, and ends when the account is closed", () => {
      const [under, above] = [{ positions: { [ANN]: bad } }, { positions: { [ANN]: good } }];
      expect(secondsOf([under, under, above, under])).to.deep.equal({ sum: 36, longest: 24 });
      const closed = { positions: { [ANN]: { collateral: 0, debt: 0 } } };
      expect(secondsOf([under, closed, closed])).to.deep.equal({ sum: 12, longest: 12 });
    });

    it("goes by the market's price after the block, not by what the oracle has heard", () => {
      const positions = { [ANN]: good };
      expect(secondsOf([{ positions, oraclePrice: 2_000, after: 1_999 }]).sum).to.equal(12);
      expect(secondsOf([{ positions, oraclePrice: 1_500, after: 2_000 }]).sum).to.equal(0);
    });
  });

  describe("insolvency", () => {
    it("is what debts exceed collateral by, of the accounts still open at the end", () => {
      const positions = { [ANN]: { collateral: 1, debt: 2_300 }, [BOB]: { collateral: 2, debt: 4_050 }, [TAKER]: bad };
      expectClose(record([{ positions }]).metrics.insolvency, 300 + 50, 1e-6);
      expect(record([{ positions }, { positions: { [ANN]: good } }]).metrics.insolvency).to.equal(0);
    });
  });

  describe("liquidations", () => {
    it("adds up what was seized and repaid; the discount is at the price before the block", () => {
      const first = outcomeOf(ZERO_INTENT, { logs: [taken(ANN, 2, 3_500)] });
      const second = outcomeOf(ZERO_INTENT, { logs: [taken(ANN, 1, 1_900), taken(BOB, 0.5, 1_100)] });
      const { metrics } = record([
        { outcomes: [first], after: 1_000 },
        { outcomes: [second], price: 1_800 },
      ]);
      expect(metrics.liquidations).to.equal(3);
      expect(metrics.accountsLiquidated).to.equal(2);
      expectClose(metrics.liquidatedCollateral, 3.5, 1e-12);
      expectClose(metrics.liquidatedDebt, 6_500, 1e-9);
      // 4,000 − 3,500 at 2,000, then 1,800 − 1,900 and 900 − 1,100 at 1,800: a taker may pay too much.
      expectClose(metrics.liquidationDiscount, 500 - 100 - 200, 1e-9);
    });

    it("takes no other contract's word for it", () => {
      const log = { ...taken(ANN, 2, 3_500), address: AT.router };
      const { metrics } = record([{ outcomes: [outcomeOf(ZERO_INTENT, { logs: [log] })] }]);
      expect(metrics.liquidations).to.equal(0);
    });

    it("tells what reserves paid from what lenders lost", () => {
      const outcomes = [outcomeOf(ZERO_INTENT, { logs: [taken(ANN, 1, 900), lost(ANN, 500, 120), lost(BOB, 30, 30)] })];
      const { badDebt, lenderLoss } = record([{ outcomes }]).metrics;
      expectClose(badDebt, 530, 1e-9);
      expectClose(lenderLoss, 380, 1e-9);
    });
  });

  describe("extremes and counts", () => {
    it("keeps the lowest price, the last one, and the highest debt", () => {
      const { metrics } = record([
        { after: 1_500, venuePrice: 1_990 },
        { after: 1_800, venuePrice: 1_600, state: { debtAssets: dollars(101e6) } },
        { after: 1_700, venuePrice: 1_900 },
      ]);
      expect([metrics.priceLow, metrics.priceAtEnd, metrics.peakDebt]).to.deep.equal([1_500, 1_700, 101e6]);
      expectClose(metrics.poolPriceLow, 1_600, 1e-6);
    });

    it("starts from the start: prices that only rise have no lower low", () => {
      const { metrics } = record([{ after: 2_500, venuePrice: 2_500 }]);
      expect([metrics.priceLow, metrics.poolPriceLow]).to.deep.equal([2_000, 2_000]);
      expect(metrics).to.include({ ...START, blocks: 1, peakDebt: 100e6 });
    });

    it("counts transactions, those that lost a race, and gas", () => {
      const outcomes = [outcomeOf(ZERO_INTENT), outcomeOf(ZERO_INTENT, { ok: false }), outcomeOf(ZERO_INTENT)];
      const { metrics } = record([{ outcomes }, { outcomes: outcomes.slice(0, 1) }]);
      expect(metrics).to.include({ transactions: 4, failedTransactions: 1, gasUsed: 400_000 });
    });

    it("reports where it is", () => {
      const outcomes = [outcomeOf(ZERO_INTENT, { logs: [taken(ANN, 1, 900), lost(ANN, 500, 120)] })];
      const recorder = record([{ outcomes, positions: { [ANN]: bad }, after: 1_234 }], 10);
      expect(recorder.progress("twin", 1)).to.deep.equal({
        ...{ phase: "twin", block: 1, blocks: 10, marketPrice: 1_234 },
        ...{ underWaterAccounts: 1, liquidatedDebt: 900, badDebt: 500 },
      });
    });
  });

  describe("series", () => {
    const columnsOf = (blocks: number) => {
      const recorder = new Recorder(blocks, START);
      const venue = handMadeVenue(2_000, 1e6);
      for (let block = 1; block <= blocks; ++block)
        recorder.record(stepOf({ block, venue, price: 2_000 + block }), 1_000 + block);
      return recorder.series;
    };

    it("samples every block of a short run", () => {
      const series = columnsOf(5);
      expect(series.seconds).to.deep.equal([12, 24, 36, 48, 60]);
      expect(series.exogenousPrice).to.deep.equal([1_001, 1_002, 1_003, 1_004, 1_005]);
      expect(series.marketPrice).to.deep.equal([2_001, 2_002, 2_003, 2_004, 2_005]);
      expect(series.oraclePrice).to.deep.equal(series.marketPrice);
      expect(series.totalDebt).to.deep.equal([1e8, 1e8, 1e8, 1e8, 1e8]);
    });

    it("samples a long run evenly, the last block too, all columns alike", () => {
      const series = columnsOf(1_801);
      const { seconds } = series;
      expect(seconds.length).to.equal(601);
      expect(seconds.slice(0, 3)).to.deep.equal([36, 72, 108]);
      expect(seconds.at(-1)).to.equal(1_801 * 12);
      for (const column of Object.values(series)) expect(column).to.have.lengthOf(seconds.length);
    });
  });

  describe("hash", () => {
    const base: StepParts = { outcomes: [outcomeOf(ZERO_INTENT)], price: 2_000, after: 1_990, venuePrice: 1_995 };
    const hashOf = (parts: StepParts, exogenous = 2_000) => {
      const recorder = new Recorder(10, START);
      recorder.record(stepOf({ ...base, ...parts }), exogenous);
      return recorder.hash;
    };
    const { receipt } = outcomeOf(ZERO_INTENT);

    it("is the same for the same", () => {
      expect(hashOf({})).to.equal(hashOf({}));
      expect(new Recorder(10, START).hash).not.to.equal(hashOf({}));
    });

    const changes: Readonly<Record<string, StepParts>> = {
      "the block": { block: 2 },
      "the market's price": { after: 1_990.000001 },
      "the pool's price": { venuePrice: 1_995.000001 },
      "the debt": { state: { debtAssets: 10n ** 14n + 1n } },
      "the cash": { state: { cash: 25n * 10n ** 12n + 1n } },
      "who sent": { outcomes: [outcomeOf({ ...ZERO_INTENT, from: ANN })] },
      "what it was for": { outcomes: [outcomeOf({ ...ZERO_INTENT, label: "y" })] },
      "what became of it": { outcomes: [outcomeOf(ZERO_INTENT, { ok: false })] },
      "the gas": { outcomes: [{ intent: ZERO_INTENT, receipt: { ...receipt, gasUsed: receipt.gasUsed + 1n } }] },
      "how many there are": { outcomes: [outcomeOf(ZERO_INTENT), outcomeOf(ZERO_INTENT)] },
      "that there is none": { outcomes: [] },
    };
    for (const [what, parts] of Object.entries(changes)) {
      it(`is another if ${what} is another`, () => expect(hashOf(parts)).not.to.equal(hashOf({})));
    }

    it("is another if the exogenous price is another", () => {
      expect(hashOf({}, 2_000.000001)).not.to.equal(hashOf({}, 2_000));
    });

    it("is another if the order is another, of transactions and of blocks", () => {
      const [one, other] = [outcomeOf(ZERO_INTENT), outcomeOf({ ...ZERO_INTENT, label: "y" })];
      expect(hashOf({ outcomes: [one, other] })).not.to.equal(hashOf({ outcomes: [other, one] }));
      const run = (prices: readonly number[]) => record(prices.map((after) => ({ block: 1, after }))).hash;
      expect(run([1_900, 1_800])).not.to.equal(run([1_800, 1_900]));
    });
  });
});
