import { expect } from "chai";

import { STALE_GAS } from "../../../sim/agents/kicker.ts";
import { Late, type Latency } from "../../../sim/agents/late.ts";
import type { Agent, Dropped, Intent, Outcome, View } from "../../../sim/engine/agent.ts";
import { createRng, type Rng } from "../../../sim/rng.ts";
import { addressOf } from "../../../sim/population.ts";
import { handMadeView, openBench, type Bench, type Scene } from "../../shared/hand-made-view.ts";

const [ANN, BOB] = [addressOf("ann"), addressOf("bob")];
const POSITIONS = { [ANN]: { collateral: 1, debt: 1 }, [BOB]: { collateral: 1, debt: 1 } };

/** Sends one intent for each account that it sees, and one for none. */
class Eager implements Agent {
  readonly kind = "eager";
  readonly name = "eager-1";
  readonly members = [ANN];
  readonly drawn: number[] = [];
  readonly told: (readonly [string, number])[] = [];

  decide({ positions, block }: View, rng: Rng): Promise<Intent[]> {
    this.drawn.push(rng.next());
    const intent = (label: string, touches: string[]): Intent => {
      return { from: ANN, to: ANN, data: "0x", gas: 1_000, priorityFeeWei: 0n, label: `${label} ${block}`, touches };
    };
    return Promise.resolve([intent("transfer", []), ...[...positions.keys()].map((each) => intent(each, [each]))]);
  }

  settle(outcomes: readonly Outcome[]) {
    this.told.push(["settle", outcomes.length]);
    return [{ owner: ANN, side: "sell" as const, quantity: 1 }];
  }

  forget(dropped: readonly Dropped[]): void {
    this.told.push(["forget", dropped.length]);
  }
}

describe("Late", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });

  const view = (block: number, scene: Partial<Scene> = {}) =>
    handMadeView({ protocol: bench.protocol, positions: POSITIONS, seconds: block * 12, ...scene });

  /** Labels of what is sent in each block. */
  async function run(latency: Latency, blocks: number, seed = "1") {
    const agent = new Eager();
    const [late, rng] = [new Late(agent, latency), createRng(seed)];
    const sent: string[][] = [];
    for (let block = 1; block <= blocks; ++block) {
      sent.push(
        (await late.decide(view(block), rng.fork(String(block)))).map(({ label }) =>
          label.replace(ANN, "ann").replace(BOB, "bob"),
        ),
      );
    }
    return { sent, agent, late };
  }

  it("sends so many blocks later what was decided, and sees nothing of an account meanwhile", async () => {
    const { sent } = await run([2, 2], 6);
    expect(sent).to.deep.equal([
      ["transfer 1"],
      ["transfer 2"],
      ["transfer 3", "ann 1", "bob 1"],
      ["transfer 4"],
      ["transfer 5"],
      ["transfer 6", "ann 4", "bob 4"],
    ]);
  });

  it("does so at once without latency", async () => {
    expect((await run([0, 0], 1)).sent).to.deep.equal([["transfer 1", "ann 1", "bob 1"]]);
  });

  it("takes the time that its seed says, between the two, and both of them at times", async () => {
    const delays = async (seed: string) => {
      const { sent } = await run([1, 3], 200, seed);
      return sent.flatMap((labels, i) =>
        labels.filter((each) => each[0] !== "t").map((each) => i + 1 - +each.slice(4)),
      );
    };
    expect(new Set(await delays("1"))).to.deep.equal(new Set([1, 2, 3]));
    expect(await delays("1")).to.deep.equal(await delays("1"));
    expect(await delays("2")).to.not.deep.equal(await delays("1"));
  });

  it("leaves the agent's own draws as they are", async () => {
    const { agent } = await run([1, 3], 20);
    const rng = createRng("1");
    expect(agent.drawn).to.deep.equal(Array.from({ length: 20 }, (_, i) => rng.fork(String(i + 1)).next()));
  });

  it("is its agent, and tells it everything", async () => {
    const { agent, late } = await run([1, 1], 1);
    expect([late.kind, late.name, late.members]).to.deep.equal(["eager", "eager-1", [ANN]]);
    expect(late.settle([], view(2))).to.deep.equal([{ owner: ANN, side: "sell", quantity: 1 }]);
    late.forget([], view(2));
    expect(agent.told).to.deep.equal([
      ["settle", 0],
      ["forget", 0],
    ]);
  });

  it("gives what it sends the gas for a risk engine that has become stale since", async () => {
    const late = new Late(new Eager(), [1, 1]);
    await late.decide(view(1), createRng("1"));
    const sent = await late.decide(view(2, { state: { isRiskStale: true } }), createRng("1"));
    expect(sent.map(({ gas }) => gas)).to.deep.equal([1_000, STALE_GAS, STALE_GAS]);
  });
});
