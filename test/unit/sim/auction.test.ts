import { expect } from "chai";

import { PUBLISH } from "../../../sim/agents/oracle-keeper.ts";
import type { Intent } from "../../../sim/engine/agent.ts";
import { OpenSpace } from "../../../sim/engine/block-space.ts";
import type { Step } from "../../../sim/engine/stepper.ts";
import { AuctionRecorder } from "../../../sim/metrics/auction.ts";
import { addressOf } from "../../../sim/population.ts";
import type { Protocol, SaleState } from "../../../sim/protocols/protocol.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  AT,
  dollars,
  ether,
  handMadeView,
  KICK_LIFE,
  openBench,
  outcomeOf,
  START_TIME,
  WETH,
  type Bench,
  type Scene,
} from "../../shared/hand-made-view.ts";

const [ANN, BOB, TAKER] = [addressOf("ann"), addressOf("bob"), addressOf("taker")];

/** In a block: takes, or a publication that changes the oracle's price for what follows. */
type Act = { readonly sold: number; readonly repaid: number } | "publish";

interface StepParts extends Partial<Scene> {
  readonly acts?: readonly Act[];
  readonly oracleAfter?: number;
}

/** The same protocol, whose sale stands elsewhere. Its methods see itself, with what is private to it. */
function withSale(protocol: Protocol, sale: SaleState): Protocol {
  const readSale = () => Promise.resolve(sale);
  return new Proxy(protocol, {
    get(target, key) {
      if (key === "readSale") return readSale;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

describe("AuctionRecorder", () => {
  let bench: Bench;
  let sale: SaleState;
  beforeEach(async () => {
    bench = await openBench(KICK_LIFE);
    sale = { backlog: 0, clock: 0 };
  });

  const intent = (label: string): Intent => {
    return { from: TAKER, to: AT.pool, data: "0x", gas: 1, priorityFeeWei: 0n, label, touches: [] };
  };

  function outcomesOf(acts: readonly Act[]) {
    return acts.map((act) => {
      if (act === "publish") return outcomeOf(intent(PUBLISH));
      const values = [ANN, TAKER, WETH.address, ether(act.sold), dollars(act.repaid), 1n, 1n];
      const log = { address: AT.pool, ...bench.interfaces.LendingPool.encodeEventLog("CollateralTaken", values) };
      return outcomeOf(intent("take"), { logs: [log] });
    });
  }

  /** Records steps, one a block of 12 s. */
  async function record(
    steps: readonly StepParts[],
    protocol: Protocol = bench.protocol,
    blocks = steps.length,
    samples?: number,
  ) {
    const recorder = new AuctionRecorder(blocks, samples);
    for (const [i, { acts = [], oracleAfter, ...scene }] of steps.entries()) {
      const known = withSale(protocol, sale);
      const view = handMadeView({ protocol: known, seconds: (i + 1) * 12, ...scene });
      const state = oracleAfter === undefined ? view.state : { ...view.state, oraclePrice: oracleAfter };
      const step: Step = {
        ...{ view, outcomes: outcomesOf(acts), state, positions: view.positions },
        ...{ marketPrice: view.marketPrice, filling: new OpenSpace(0n).fill([]) },
      };
      await recorder.record(step);
    }
    return recorder.result;
  }

  describe("discount", () => {
    it("is what buyers did not pay of the value, each take alike and by value", async () => {
      // Worth 2,000 and 8,000 at the market's price; 10 % and 5 % off.
      const acts = [
        { sold: 1, repaid: 1_800 },
        { sold: 4, repaid: 7_600 },
      ];
      const { discount, sales } = await record([{}, { acts, price: 2_000, oraclePrice: 2_500 }]);
      expectClose(discount.market?.mean ?? NaN, 0.075, 1e-9);
      expectClose(discount.market?.byValue ?? NaN, 0.06, 1e-9);
      expectClose(discount.oracle?.mean ?? NaN, (1 - 1_800 / 2_500 + 1 - 7_600 / 10_000) / 2, 1e-9);
      expectClose(discount.oracle?.byValue ?? NaN, 1 - 9_400 / 12_500, 1e-9);
      expect([sales.seconds, sales.takes, sales.repaid]).to.deep.equal([[24], [2], [9_400]]);
      expectClose(sales.marketByValue[0], 0.06, 1e-9);
      expectClose(sales.oracle[0], discount.oracle?.mean ?? NaN, 1e-9);
    });

    it("is below zero at a premium, and null where nothing was sold", async () => {
      const { discount } = await record([{ acts: [{ sold: 1, repaid: 2_100 }] }]);
      expectClose(discount.market?.byValue ?? NaN, -0.05, 1e-9);
      expect((await record([{}])).discount).to.deep.equal({ market: null, oracle: null });
    });

    it("goes by the oracle's price of the moment: what a block publishes counts for the takes behind it", async () => {
      const take = { sold: 1, repaid: 1_500 };
      const before = await record([{ acts: [take, "publish"], oraclePrice: 2_000, oracleAfter: 1_600 }]);
      const after = await record([{ acts: ["publish", take], oraclePrice: 2_000, oracleAfter: 1_600 }]);
      expectClose(before.discount.oracle?.byValue ?? NaN, 0.25, 1e-9);
      expectClose(after.discount.oracle?.byValue ?? NaN, 1 - 1_500 / 1_600, 1e-9);
    });

    it("has an entry for each block with takes, and none for the others", async () => {
      const acts = [{ sold: 1, repaid: 1_900 }];
      const { sales } = await record([{ acts }, {}, {}, { acts }, {}]);
      expect(sales.seconds).to.deep.equal([12, 48]);
    });
  });

  describe("what is for sale", () => {
    const kicked = { collateral: 1, debt: 1_000, kickedAt: START_TIME };
    const healthy = { collateral: 1, debt: 1_000 };
    const under = { collateral: 1, debt: 1_900 };

    it("is what was kicked and still owes, whatever its health", async () => {
      const positions = { [ANN]: kicked, [BOB]: under };
      const { queue, clearing, peakBacklog } = await record([
        { positions },
        { positions: { [ANN]: { ...kicked, debt: 600 }, [BOB]: under } },
        { positions: { [ANN]: { ...kicked, debt: 0 }, [BOB]: under } },
      ]);
      expect(queue.backlog).to.deep.equal([1_000, 600, 0]);
      expect(queue.accounts).to.deep.equal([1, 1, 0]);
      expect([clearing.seconds, clearing.isCleared, peakBacklog]).to.deep.equal([[24], [1], 1_000]);
    });

    it("is what may be liquidated, where a curve needs no kick", async () => {
      const { protocol } = await openBench();
      const positions = { [ANN]: healthy, [BOB]: under };
      const { queue } = await record([{ positions }, { positions: { [ANN]: healthy, [BOB]: healthy } }], protocol);
      expect(queue.backlog).to.deep.equal([1_900, 0]);
    });

    it("stands beside the depth of the venue, and what the pool makes of it", async () => {
      // y = L·√P: a liquidity of 1,000 at a price of 2,500 has 50,000 of the loan asset.
      const scene = { venuePrice: 2_500, liquidity: 1_000, positions: { [ANN]: kicked } };
      const unknown = await record([scene]);
      expectClose(unknown.queue.venueReserve[0], 50_000, 1);
      expectClose(unknown.peakBacklogShare, 0.02, 1e-4);
      expect(unknown.queue.poolReserve).to.deep.equal([0]);
      expect((await record([{ ...scene, state: { reserve: 45_000 } }])).queue.poolReserve).to.deep.equal([45_000]);
    });

    it("is as late as the oldest of it, or as the selling schedule's clock if that is later", async () => {
      const steps = Array.from({ length: 5 }, () => ({ positions: { [ANN]: kicked } }));
      const lag = async (clock: number) => {
        sale = { backlog: 0, clock };
        return (await record([{}, ...steps])).queue.lagSeconds;
      };
      expect(await lag(0)).to.deep.equal([0, 0, 12, 24, 36, 48]);
      expect(await lag(START_TIME + 40)).to.deep.equal([0, 0, 0, 8, 20, 32]);
      expect((await record([{}, ...steps])).longestLagSeconds).to.equal(32);
    });
  });

  it("takes samples of the queue, and the last block, but misses no peak", async () => {
    const debts = [100, 900, 200, 300, 50];
    const steps = debts.map((debt) => ({ positions: { [ANN]: { collateral: 1, debt, kickedAt: START_TIME } } }));
    const { queue, peakBacklog } = await record(steps, bench.protocol, 5, 2);
    expect(queue.seconds).to.deep.equal([24, 48, 60]);
    expect(queue.backlog).to.deep.equal([900, 300, 50]);
    expect(peakBacklog).to.equal(900);
    const { peakBacklog: missed } = await record(steps, bench.protocol, 5, 1);
    expect(missed).to.equal(900);
  });
});
