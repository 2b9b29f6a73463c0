import { expect } from "chai";

import { Kicker } from "../../../sim/agents/kicker.ts";
import { addressOf } from "../../../sim/population.ts";
import { handMadeView, KICK_LIFE, openBench, START_TIME, type Scene } from "../../shared/hand-made-view.ts";

const ANN = addressOf("ann");
const BOB = addressOf("bob");
/** 100 WETH at 2,000 carry 165,000. */
const CAPACITY = 165_000;
const SECONDS = 10_000;
const NOW = START_TIME + SECONDS;

/** Names of what is sent for one account. */
async function decide(debt: number, kickedAt = 0, scene: Partial<Scene> = {}) {
  const { protocol, decode } = await openBench(KICK_LIFE);
  const positions = { [ANN]: { collateral: 100, debt, kickedAt } };
  const view = handMadeView({ protocol, positions, seconds: SECONDS, ...scene });
  const intents = await new Kicker().decide(view);
  return intents.map((intent) => {
    const { name, args } = decode(intent);
    expect(intent.label).to.equal(name);
    expect(intent.from).to.equal(new Kicker().members[0]);
    expect(intent.touches.map(String)).to.deep.equal([String(args[0]).toLowerCase()]);
    return name;
  });
}

describe("Kicker", () => {
  describe("sends nothing", () => {
    it("where accounts are sold without a kick", async () => {
      const { protocol } = await openBench();
      const view = handMadeView({ protocol, positions: { [ANN]: { collateral: 100, debt: 2 * CAPACITY } } });
      expect(await new Kicker().decide(view)).to.deep.equal([]);
    });

    it("without a fresh price, which the pool wants", async () => {
      expect(await decide(2 * CAPACITY, 0, { state: { priceFresh: false } })).to.deep.equal([]);
      expect(await decide(1, NOW, { state: { priceFresh: false } })).to.deep.equal([]);
    });

    it("for accounts that are healthy, or so little below that the next price may heal them", async () => {
      for (const debt of [0, CAPACITY / 2, CAPACITY, CAPACITY / 0.9991]) expect(await decide(debt)).to.deep.equal([]);
    });

    it("for accounts that are for sale already", async () => {
      expect(await decide(2 * CAPACITY, NOW - KICK_LIFE)).to.deep.equal([]);
      expect(await decide(CAPACITY, NOW - 1)).to.deep.equal([]);
    });

    it("for accounts on sale that are healthy by less than the pool's margin", async () => {
      expect(await decide(CAPACITY / 1.0199, NOW - 60)).to.deep.equal([]);
    });

    it("for healed accounts that were never on sale", async () => {
      expect(await decide(CAPACITY / 1.5, 0)).to.deep.equal([]);
    });
  });

  it("kicks what is below its threshold by a thousandth", async () => {
    expect(await decide(CAPACITY / 0.9989)).to.deep.equal(["kick"]);
    expect(await decide(3 * CAPACITY)).to.deep.equal(["kick"]);
  });

  it("kicks again when the sale has run out", async () => {
    expect(await decide(2 * CAPACITY, NOW - KICK_LIFE - 1)).to.deep.equal(["kick"]);
  });

  it("takes off sale what is healthy by the pool's margin, however long it was on", async () => {
    for (const kickedAt of [NOW - 60, NOW - KICK_LIFE - 1]) {
      expect(await decide(CAPACITY / 1.0201, kickedAt)).to.deep.equal(["unkick"]);
    }
  });

  it("goes by the protocol's price", async () => {
    expect(await decide(CAPACITY / 1.01, 0, { price: 1_000, oraclePrice: 2_000 })).to.deep.equal([]);
    expect(await decide(CAPACITY / 1.01, 0, { price: 2_000, oraclePrice: 1_900 })).to.deep.equal(["kick"]);
  });

  it("sees to everybody in one block", async () => {
    const positions = {
      [ANN]: { collateral: 100, debt: 2 * CAPACITY },
      [BOB]: { collateral: 1, debt: 1, kickedAt: NOW },
    };
    expect(await decide(0, 0, { positions })).to.deep.equal(["kick", "unkick"]);
  });
});
