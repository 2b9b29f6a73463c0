import { expect } from "chai";

import { DipBuyers } from "../../../sim/agents/dip-buyers.ts";
import { addressOf } from "../../../sim/population.ts";
import { RESTRICTED } from "../../../sim/protocols/protocol.ts";

import { openBench, dollars, handMadeView, type Bench, type Scene } from "../../shared/hand-made-view.ts";

const BUYER = addressOf("test dip buyer");
const START = 2_000;
/** Followed, and with nothing. */
const EMPTY = { [BUYER]: { collateral: 0, debt: 0 } };

describe("dip buyers", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });

  const decide = (scene: Partial<Omit<Scene, "protocol">>) => {
    const buyers = new DipBuyers([{ address: BUYER, equity: 10, fall: 0.1 }], START);
    return buyers.decide(handMadeView({ protocol: bench.protocol, positions: EMPTY, ...scene }));
  };

  it("wait until the price has fallen far enough for them", async () => {
    expect(await decide({ price: 1_801 })).to.deep.equal([]);
    expect(await decide({ price: 1_799 })).to.have.lengthOf(1);
  });

  it("bring their equity with the first purchase, and no more with the next", async () => {
    const [first] = await decide({ price: 1_700 });
    const [next] = await decide({ price: 1_700, positions: { [BUYER]: { collateral: 12, debt: 5_000 } } });
    const equities = [first, next].map((intent) => {
      const order = bench.decode(intent).args[1] as bigint[];
      return order[0];
    });
    expect(equities).to.deep.equal([10n * 10n ** 18n, 0n]);
  });

  it("send nothing where the pool has no cash, or lends nothing", async () => {
    const positions = { [BUYER]: { collateral: 12, debt: 5_000 } };
    expect(await decide({ price: 1_700, positions, state: { cash: 0n } })).to.deep.equal([]);
    expect(await decide({ price: 1_700, positions, state: { breakerLevel: RESTRICTED } })).to.deep.equal([]);
    expect(await decide({ price: 1_700, positions, state: { cash: dollars(1e6) } })).to.have.lengthOf(1);
  });
});
