import { expect } from "chai";

import { Borrowers } from "../../../sim/agents/borrowers.ts";
import { addressOf, type BorrowerPlan } from "../../../sim/population.ts";
import { dollars, handMadeView, openBench, type Bench, type Scene } from "../../shared/hand-made-view.ts";

const ANN = addressOf("ann");
const REACTION = 300;
const REST = 600;

const plan: BorrowerPlan = {
  ...{ address: ANN, collateral: 100, debt: 150_000, cash: 50_000 },
  ...{ alarmHealth: 1.12, reactionSeconds: REACTION },
};
/** 100 WETH at 2,000 carry 165,000: a health of 1.1. */
const position = { collateral: 100, debt: 150_000 };

describe("Borrowers", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });

  /** What is sent at the moments given, the first of which is the first that the borrower sees. */
  async function watch(moments: readonly number[], scene: Partial<Scene> = {}, changes: Partial<BorrowerPlan> = {}) {
    const borrowers = new Borrowers([{ ...plan, ...changes }]);
    const sent = [];
    for (const seconds of moments) {
      const defaults = { positions: { [ANN]: position }, balances: { [`USDC ${ANN}`]: 50_000 } };
      const view = handMadeView({ protocol: bench.protocol, ...defaults, ...scene, seconds });
      for (const intent of await borrowers.decide(view)) sent.push({ seconds, intent, ...bench.decode(intent) });
    }
    return sent;
  }

  const late = [0, REACTION];

  describe("send nothing", () => {
    it("while they do not watch", async () => {
      expect(await watch(late, {}, { alarmHealth: 0 })).to.deep.equal([]);
    });

    it("while they have no debt, or the pool does not know them", async () => {
      expect(await watch(late, { positions: { [ANN]: { collateral: 100, debt: 0 } } })).to.deep.equal([]);
      expect(await watch(late, { positions: {} })).to.deep.equal([]);
    });

    it("while their health is above the alarm", async () => {
      expect(await watch(late, {}, { alarmHealth: 1.0999 })).to.deep.equal([]);
    });

    it("before they had time to react", async () => {
      expect(await watch([0, REACTION - 1])).to.deep.equal([]);
    });

    it("without cash", async () => {
      expect(await watch(late, { balances: {} })).to.deep.equal([]);
    });

    it("if what they would still owe is less than the pool's minimum", async () => {
      // 2,300 on a capacity of 2,475: a health of 1.25 would leave 1,980.
      const small = { collateral: 1.5, debt: 2_300 };
      expect(await watch(late, { positions: { [ANN]: small } })).to.deep.equal([]);
    });
  });

  it("repay what restores a health of 1.25", async () => {
    const [{ name, args, intent }, ...others] = await watch(late);
    expect(others).to.deep.equal([]);
    // 165,000 / 1.25 = 132,000 may be owed.
    expect([name, args[0], args[1], String(args[2]).toLowerCase()]).to.deep.equal(["repay", dollars(18_000), 0n, ANN]);
    expect(intent.from).to.equal(ANN);
    expect(intent.touches).to.deep.equal([ANN]);
  });

  it("repay what they have if it is less than that", async () => {
    const [{ args }] = await watch(late, { balances: { [`USDC ${ANN}`]: 5_000 } });
    expect(args[0]).to.equal(dollars(5_000));
  });

  it("go by the protocol's price, which decides over them", async () => {
    expect(await watch(late, { price: 1_000, oraclePrice: 2_100 })).to.deep.equal([]);
    const [{ args }] = await watch(late, { price: 2_100, oraclePrice: 1_900 });
    expect(args[0]).to.equal(dollars(150_000 - (190_000 * 0.825) / 1.25));
  });

  it("try again after a rest", async () => {
    const sent = await watch([0, REACTION, REACTION + 12, REACTION + REST - 1, REACTION + REST]);
    expect(sent.map(({ seconds }) => seconds)).to.deep.equal([REACTION, REACTION + REST]);
  });
});
