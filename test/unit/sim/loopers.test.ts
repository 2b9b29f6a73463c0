import { expect } from "chai";

import { Loopers } from "../../../sim/agents/loopers.ts";
import { LAB } from "../../../sim/config.ts";
import { addressOf, type LooperPlan } from "../../../sim/population.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { AT, handMadeView, openBench, type Bench, type Scene } from "../../shared/hand-made-view.ts";

const ANN = addressOf("ann");
const REACTION = 60;
const REST = 600;

const plan: LooperPlan = {
  ...{ address: ANN, equity: 20, leverage: 5, isFlash: true },
  ...{ alarmHealth: 1.05, reactionSeconds: REACTION },
};
/** 100 WETH at 2,000 carry 165,000: a health of 1.03. */
const position = { collateral: 100, debt: 160_000 };

describe("Loopers", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });

  async function watch(moments: readonly number[], scene: Partial<Scene> = {}, changes: Partial<LooperPlan> = {}) {
    const loopers = new Loopers([{ ...plan, ...changes }]);
    const sent = [];
    for (const seconds of moments) {
      const view = handMadeView({ protocol: bench.protocol, positions: { [ANN]: position }, ...scene, seconds });
      for (const intent of await loopers.decide(view)) {
        const { name, args } = bench.decode(intent);
        const [repaid, mostSold, withdrawn] = args[1] as [bigint, bigint, bigint];
        const amounts = { repaid: Number(repaid) / 1e6, mostSold: Number(mostSold) / 1e18, withdrawn };
        sent.push({ seconds, intent, name, ...amounts });
      }
    }
    return sent;
  }

  const late = [0, REACTION];

  describe("send nothing", () => {
    it("while they do not watch, have no debt, are unknown or well", async () => {
      expect(await watch(late, {}, { alarmHealth: 0 })).to.deep.equal([]);
      expect(await watch(late, { positions: { [ANN]: { collateral: 100, debt: 0 } } })).to.deep.equal([]);
      expect(await watch(late, { positions: {} })).to.deep.equal([]);
      expect(await watch(late, {}, { alarmHealth: 1.03 })).to.deep.equal([]);
    });

    it("before they had time to react", async () => {
      expect(await watch([0, REACTION - 1])).to.deep.equal([]);
    });

    it("if they owe about the least that may be owed", async () => {
      const small = { collateral: 1.3, debt: 1.1 * LAB.minDebt };
      expect(await watch(late, { positions: { [ANN]: small } })).to.deep.equal([]);
    });
  });

  it("sell what restores their target health, in one transaction of the router", async () => {
    const [{ intent, name, repaid, withdrawn }, ...others] = await watch(late);
    expect(others).to.deep.equal([]);
    expect([intent.to, intent.from, name, withdrawn]).to.deep.equal([AT.router, ANN, "reduce", 0n]);
    expect(intent.touches).to.deep.equal([ANN]);
    // Sold at the price that the protocol sees, the collateral takes its part of the capacity with it.
    expectClose((165_000 - 0.825 * repaid) / (160_000 - repaid), LAB.looperTargetHealth, 1e-9);
  });

  it("accept 5 % less than the pool's price, wherever the market is", async () => {
    for (const venuePrice of [1_800, 2_000, 2_200]) {
      const [{ repaid, mostSold }] = await watch(late, { venuePrice });
      expectClose(repaid / mostSold, 0.95 * venuePrice, 1e-3);
    }
  });

  it("keep a rest above the least that may be owed when nothing less would do", async () => {
    const [{ repaid }] = await watch(late, { oraclePrice: 1_000 });
    expectClose(repaid, 160_000 - 1.1 * LAB.minDebt, 1e-6);
  });

  it("try again after a rest", async () => {
    const sent = await watch([0, REACTION, REACTION + REST - 1, REACTION + REST]);
    expect(sent.map(({ seconds }) => seconds)).to.deep.equal([REACTION, REACTION + REST]);
  });
});
