import { expect } from "chai";

import { Lenders } from "../../../sim/agents/lenders.ts";
import { OracleKeeper } from "../../../sim/agents/oracle-keeper.ts";
import { LAB } from "../../../sim/config.ts";
import { addressOf } from "../../../sim/population.ts";
import type { FeedOutage } from "../../../sim/scenarios/stress.ts";
import { handMadeView, openBench, type Bench } from "../../shared/hand-made-view.ts";

const MINUTE = 60;
const BLOCK = 60;

describe("a feed's outage", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });

  /** What the keeper publishes when, while the price falls by one per cent a minute. */
  async function watch(outages: readonly FeedOutage[], minutes: number) {
    const keeper = new OracleKeeper(2_000, outages);
    const published: { minute: number; price: number }[] = [];
    for (let minute = 1; minute <= minutes; ++minute) {
      const seconds = minute * BLOCK;
      const view = handMadeView({ protocol: bench.protocol, price: 2_000 * 0.99 ** minute, seconds });
      for (const intent of await keeper.decide(view)) {
        const { name, args } = bench.decode(intent);
        if (name === "setAnswer") published.push({ minute, price: Number(args[0]) / 1e8 });
      }
    }
    return published;
  }

  /** Of which minute a price was. */
  const ageOf = ({ minute, price }: { minute: number; price: number }) =>
    minute - Math.round(Math.log(price / 2_000) / Math.log(0.99));
  const usual = LAB.feedLatencySeconds / MINUTE;

  it("keeps it silent, and then it says at once what is true", async () => {
    const frozen = { fromSeconds: 10 * MINUTE, toSeconds: 30 * MINUTE, kind: "frozen" } as const;
    const published = await watch([frozen], 40);
    const minutes = published.map(({ minute }) => minute);
    expect(minutes.filter((minute) => minute >= 10 && minute < 30)).to.deep.equal([]);
    expect(minutes).to.include.members([9, 30, 31]);
    expect(new Set(published.map(ageOf))).to.deep.equal(new Set([usual]));
  });

  it("makes it late: nothing is taken back, and in the end everything is caught up with", async () => {
    const late = { fromSeconds: 10 * MINUTE, toSeconds: 40 * MINUTE, kind: "late", lagSeconds: 15 * MINUTE } as const;
    const published = await watch([late], 50);
    const prices = published.map(({ price }) => price);
    expect(prices).to.deep.equal([...prices].sort((a, b) => b - a)); // of a price that only falls
    const within = published.filter(({ minute }) => minute >= 25 && minute < 40);
    expect(within.length).to.be.greaterThan(10);
    expect(new Set(within.map(ageOf))).to.deep.equal(new Set([usual + 15]));
    // What it had said before it became late it does not say again.
    expect(published.filter(({ minute }) => minute > 10 && minute < 25)).to.deep.equal([]);
    expect(new Set(published.filter(({ minute }) => minute >= 40).map(ageOf))).to.deep.equal(new Set([usual]));
  });
});

describe("a lender run", () => {
  it("begins at its time without any loss, one after the other, and tries again after half an hour", async () => {
    const bench = await openBench();
    const [ann, bob, calm] = ["ann", "bob", "calm"].map(addressOf);
    const lenders = new Lenders([
      { address: ann, deposit: 1, panicSeconds: undefined, leavesAtSeconds: 1_000 },
      { address: bob, deposit: 1, panicSeconds: undefined, leavesAtSeconds: 2_000 },
      { address: calm, deposit: 1, panicSeconds: undefined },
    ]);
    const balances = Object.fromEntries([ann, bob, calm].map((owner) => [`shares ${owner}`, 1e6]));
    const sent: [number, string][] = [];
    for (let seconds = 500; seconds <= 3_000; seconds += 500) {
      const view = handMadeView({ protocol: bench.protocol, balances, seconds });
      for (const { from } of await lenders.decide(view)) sent.push([seconds, from]);
    }
    expect(sent).to.deep.equal([
      [1_000, ann],
      [2_000, bob],
      [3_000, ann],
    ]);
  });
});
