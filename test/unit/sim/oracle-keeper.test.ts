import { expect } from "chai";

import { OracleKeeper } from "../../../sim/agents/oracle-keeper.ts";
import { LAB } from "../../../sim/config.ts";
import type { Intent } from "../../../sim/engine/agent.ts";
import { AT, handMadeView, openBench } from "../../shared/hand-made-view.ts";

const BLOCK = 12;
const START = 2_000;

/** Runs the keeper over one price a block, and lists what it sent when. */
async function watch(prices: readonly number[], change: (seconds: number) => object = () => ({})) {
  const { protocol, decode } = await openBench();
  const keeper = new OracleKeeper(START);
  const sent: { seconds: number; intent: Intent; name: string; value: unknown }[] = [];
  for (const [i, price] of prices.entries()) {
    const seconds = (i + 1) * BLOCK;
    const view = handMadeView({ protocol: { ...protocol, ...bound(protocol), ...change(seconds) }, price, seconds });
    for (const intent of await keeper.decide(view)) {
      const { name, args } = decode(intent);
      sent.push({ seconds, intent, name, value: args[0] });
    }
  }
  return {
    sent,
    published: sent.filter(({ name }) => name === "setAnswer").map(({ seconds, value }) => [seconds, value]),
    poked: sent.filter(({ name }) => name === "poke").map(({ seconds }) => seconds),
  };
}

/** The adapter's methods live on its class: a copy of the object would lose them. */
function bound(protocol: Awaited<ReturnType<typeof openBench>>["protocol"]) {
  return { publishPrice: protocol.publishPrice.bind(protocol), poke: protocol.poke.bind(protocol) };
}

/** As the feed says it. [8 decimals, rounded down] */
const answer = (price: number) => BigInt(Math.floor(price * 1e8));
const repeat = (price: number, blocks: number) => Array.from({ length: blocks }, () => price);

describe("OracleKeeper", () => {
  it("publishes nothing while the price stays within the deviation", async () => {
    const prices = [...repeat(START, 10), ...repeat(START * 1.00499, 50), ...repeat(START * 0.99501, 50)];
    expect((await watch(prices)).published).to.deep.equal([]);
  });

  for (const factor of [1.0051, 0.9949, 0.6]) {
    it(`publishes ${factor} of the price when it has been true for the latency, not before`, async () => {
      const price = START * factor;
      const { published } = await watch([...repeat(START, 10), ...repeat(price, 20)]);
      // True from block 11 on.
      expect(published).to.deep.equal([[11 * BLOCK + LAB.feedLatencySeconds, answer(price)]]);
    });
  }

  it("does not know the first price of the scenario sooner than any other", async () => {
    const { published } = await watch(repeat(1_500, 20));
    expect(published).to.deep.equal([[BLOCK + LAB.feedLatencySeconds, answer(1_500)]]);
  });

  it("publishes what was, in the order in which it was, while the price falls on", async () => {
    const prices = Array.from({ length: 30 }, (_, i) => START * 0.98 ** (i + 1));
    const { published } = await watch(prices);
    const delay = LAB.feedLatencySeconds / BLOCK;
    expect(published).to.deep.equal(
      prices.slice(0, 30 - delay).map((price, i) => [(i + 1 + delay) * BLOCK, answer(price)]),
    );
  });

  it("measures the deviation from what it published last", async () => {
    // Two steps of 0.4 %: the second one reaches 0.5 % from the start.
    const steps = [...repeat(START, 5), ...repeat(START * 1.004, 10), ...repeat(START * 1.008, 10)];
    const { published } = await watch([...steps, ...repeat(START * 1.004, 40)]);
    expect(published).to.deep.equal([[16 * BLOCK + LAB.feedLatencySeconds, answer(START * 1.008)]]);
  });

  it("publishes at every heartbeat, moved or not", async () => {
    const beats = LAB.feedHeartbeatSeconds / BLOCK;
    const { published } = await watch(repeat(START, 2 * beats + 5));
    expect(published).to.deep.equal([
      [LAB.feedHeartbeatSeconds, answer(START)],
      [2 * LAB.feedHeartbeatSeconds, answer(START)],
    ]);
  });

  it("starts the heartbeat anew when it publishes", async () => {
    const moved = 30; // blocks
    const beats = LAB.feedHeartbeatSeconds / BLOCK;
    const { published } = await watch([...repeat(START, moved), ...repeat(2_100, beats + 20)]);
    const first = (moved + 1) * BLOCK + LAB.feedLatencySeconds;
    expect(published.map(([seconds]) => seconds)).to.deep.equal([first, first + LAB.feedHeartbeatSeconds]);
  });

  it("pokes the oracle at once, then at its interval", async () => {
    const { poked } = await watch(repeat(START, 60));
    const every = LAB.pokeIntervalSeconds;
    expect(poked).to.deep.equal([BLOCK, BLOCK + every, BLOCK + 2 * every]);
  });

  it("pokes nothing where the protocol keeps nothing", async () => {
    const { sent } = await watch(repeat(START, 60), () => ({ poke: () => undefined }));
    expect(sent).to.deep.equal([]);
  });

  it("outbids others with both, from its own address, and publishes before it pokes", async () => {
    const { sent } = await watch(repeat(1_900, 7));
    const [poke, publish] = sent.map(({ intent }) => intent);
    expect([publish.to, poke.to]).to.deep.equal([AT.feed, AT.oracle]);
    expect(publish.priorityFeeWei > poke.priorityFeeWei).to.equal(true);
    for (const { from, label } of [publish, poke]) {
      expect(from).to.equal(new OracleKeeper(START).members[0]);
      expect(label).to.be.oneOf(["publish price", "poke"]);
    }
  });
});
