import { expect } from "chai";

import { depositAtExchange, withdrawFromExchange } from "../../../sim/agents/transfers.ts";
import type { Intent } from "../../../sim/engine/agent.ts";
import type { BlockSpace, Filling } from "../../../sim/engine/block-space.ts";
import { dollars } from "../../shared/hand-made-view.ts";
import { agentOf, ANN, BOB, intentOf, openLab, START_PRICE, type Lab } from "../../shared/lab-world.ts";

const GWEI = 10n ** 9n;

/** Lets in what a test says, in the block that it says, for its own bid. */
function spaceOf(parts: {
  readonly block: (intent: Intent) => number | "never";
  readonly fees?: readonly bigint[];
  readonly isOutdated?: boolean;
}): BlockSpace {
  let waiting: { intent: Intent; since: number }[] = [];
  const { fees = [], isOutdated = false } = parts;
  return {
    baseFeeWei: 7n * GWEI,
    fill: (fresh, { block, blockSeconds }): Filling => {
      waiting.push(...fresh.map((intent) => ({ intent, since: block })));
      const due = waiting.filter(({ intent }) => parts.block(intent) === block);
      const lost = waiting.filter(({ intent }) => parts.block(intent) === "never");
      waiting = waiting.filter((each) => !due.includes(each) && !lost.includes(each));
      return {
        admitted: due.map(({ intent, since }) => ({
          ...{ intent, priorityFeeWei: intent.priorityFeeWei },
          ...{ waitedBlocks: block - since, waitedSeconds: (block - since) * blockSeconds },
        })),
        dropped: lost.map(({ intent }) => ({ intent, reason: "expired" })),
        ...{ baseFeeWei: fees[block - 1] ?? 60n * GWEI, waiting: waiting.length, isOutdated: () => isOutdated },
      };
    },
  };
}

describe("Stepper, where blocks have no room for all", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab("dutch");
  });
  beforeEach(() => lab.reset());
  after(() => lab.close());

  const draw = (from: string, label: string) =>
    intentOf(from, withdrawFromExchange(lab.protocol.loan, from, dollars(100)), { label });

  it("mines what waited later, and tells its sender then", async () => {
    const told: (readonly [number, string])[] = [];
    const agent = agentOf({
      decide: ({ block }) => (block === 1 ? [draw(ANN, "late")] : []),
      settle: (outcomes, { block }) => {
        told.push(...outcomes.map(({ intent }) => [block, intent.label] as const));
        return [];
      },
    });
    const { stepper, exchange } = await lab.start([agent], { space: spaceOf({ block: () => 3 }) });
    const steps = [];
    for (let block = 1; block <= 3; ++block) steps.push(await stepper.step(START_PRICE));
    expect(steps.map(({ outcomes, filling }) => [outcomes.length, filling.waiting])).to.deep.equal([
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
    expect(told).to.deep.equal([[3, "late"]]);
    expect(exchange.holdings(ANN).loan).to.equal(-100); // when it was mined, and once
  });

  it("tells the sender, and nobody else, what will never be mined: it is counted and no error", async () => {
    const forgotten: string[] = [];
    const agents = [ANN, BOB].map((from) =>
      agentOf({
        name: from,
        decide: ({ block }) => (block === 1 ? [draw(from, from)] : []),
        forget: (dropped) =>
          void forgotten.push(...dropped.map(({ intent, reason }) => `${from} ${intent.label} ${reason}`)),
      }),
    );
    const space = spaceOf({ block: ({ label }) => (label === ANN ? "never" : 1) });
    const { stepper, exchange } = await lab.start(agents, { space });
    const { outcomes, filling } = await stepper.step(START_PRICE);
    expect(forgotten).to.deep.equal([`${ANN} ${ANN} expired`]);
    expect([outcomes.length, filling.dropped.length]).to.deep.equal([1, 1]);
    expect([exchange.holdings(ANN).loan, exchange.holdings(BOB).loan]).to.deep.equal([0, -100]);
  });

  it("shows everybody the fee that is believed, and charges the block's", async () => {
    const fees = [50n * GWEI, 200n * GWEI, 20n * GWEI];
    const seen: bigint[] = [];
    const agent = agentOf({
      decide: ({ baseFeeWei, block }) => {
        seen.push(baseFeeWei);
        return [draw(ANN, `${block}`)];
      },
    });
    const { stepper } = await lab.start([agent], { space: spaceOf({ block: ({ label }) => Number(label), fees }) });
    for (const fee of fees) {
      const [{ receipt }] = (await stepper.step(START_PRICE)).outcomes;
      expect(receipt.feeWei / receipt.gasUsed).to.equal(fee + GWEI);
    }
    expect(seen).to.deep.equal(fees.map(() => 7n * GWEI));
  });

  it("excuses what was decided before the world changed, and stops the run for anything else", async () => {
    const broke = intentOf(ANN, depositAtExchange(lab.protocol.loan, ANN, dollars(1_000_000)), { label: "broke" });
    const step = async (isOutdated: boolean) => {
      const agent = agentOf({ decide: ({ block }) => (block === 1 ? [broke] : []) });
      const { stepper } = await lab.start([agent], { space: spaceOf({ block: () => 1, isOutdated }) });
      return stepper.step(START_PRICE);
    };
    const [{ error, receipt }] = (await step(true)).outcomes;
    expect(receipt.ok).to.equal(false);
    expect(error).to.match(/^ERC20InsufficientBalance|^an unknown error/);
    await expect(step(false)).to.be.rejectedWith(/block 1: "broke" from .* reverted/);
  });
});
