import { expect } from "chai";

import { depositAtExchange, withdrawFromExchange } from "../../../sim/agents/transfers.ts";
import { LAB } from "../../../sim/config.ts";
import type { Intent, View } from "../../../sim/engine/agent.ts";
import { UnexpectedRevert } from "../../../sim/engine/stepper.ts";
import { Recorder } from "../../../sim/metrics/recorder.ts";
import { addressOf } from "../../../sim/population.ts";
import { dollars, ether } from "../../shared/hand-made-view.ts";
import {
  agentOf,
  ANN,
  BLOCK,
  BOB,
  intentOf,
  LENDER,
  openLab,
  openPosition,
  START_PRICE,
  type Lab,
} from "../../shared/lab-world.ts";

const GWEI = 10n ** 9n;

describe("Stepper", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab("dutch");
  });
  beforeEach(() => lab.reset());
  after(() => lab.close());

  /** One block with nobody but these intents. */
  const once = async (intents: readonly Intent[]) => {
    const { stepper, exchange } = await lab.start([]);
    return { step: await stepper.step(START_PRICE, intents), stepper, exchange };
  };
  const idle = (from: string, parts: Partial<Intent> = {}) =>
    intentOf(from, withdrawFromExchange(lab.protocol.loan, from, 1n), parts);

  describe("an unexpected revert", () => {
    const refusal = async (intent: Intent): Promise<Error> => {
      const decide = ({ block }: View) => (block === 2 ? [intent] : []);
      const { stepper } = await lab.start([agentOf({ name: "rogue", decide })]);
      await stepper.step(START_PRICE);
      try {
        await stepper.step(START_PRICE);
      } catch (error) {
        if (error instanceof UnexpectedRevert) return error;
        throw error;
      }
      throw new Error("the block went through");
    };

    it("stops the run and names block, purpose, agent, sender and error with its values", async () => {
      const call = lab.protocol.borrow(dollars(5_000), BOB); // for somebody else
      const { message } = await refusal(intentOf(ANN, call, { label: "mischief" }));
      const values = message.slice(message.indexOf("(")).toLowerCase();
      expect(message).to.match(
        new RegExp(`^block 2: "mischief" from rogue, ${ANN}, reverted with PoolUnauthorized\\(`),
      );
      expect(values).to.equal(`(${ANN}, ${BOB})`);
    });

    it("stops it for too little gas", async () => {
      const { message } = await refusal(idle(ANN, { gas: 30_000, label: "hurry" }));
      expect(message).to.equal(
        `block 2: "hurry" from rogue, ${ANN}, reverted with a revert without data (out of gas?)`,
      );
    });

    it("names the address alone where no agent sent it", async () => {
      const error: unknown = await once([idle(ANN, { gas: 30_000, label: "first move" })]).catch((e: unknown) => e);
      expect(error).to.be.instanceOf(UnexpectedRevert);
      expect((error as Error).message).to.match(new RegExp(`^block 1: "first move" from ${ANN} reverted with `));
    });

    it("stops it for a function that nobody has", async () => {
      const { message } = await refusal(intentOf(ANN, { to: lab.protocol.loan.address, data: "0xdeadbeef" }));
      expect(message).to.match(/reverted with a revert without data/);
    });
  });

  describe("an agent's luck", () => {
    /** Draws of two agents in three blocks, of which the first draws as often as `times` says before. */
    const drawn = async (times: readonly number[]) => {
      await lab.reset();
      const seen: number[] = [];
      const agent = (name: string) =>
        agentOf({
          name,
          decide: ({ block }, rng) => {
            for (let i = 0; i < times[block - 1]; ++i) rng.next();
            if (block === 3) seen.push(rng.fork("last").next(), rng.next());
            return [];
          },
        });
      const { stepper } = await lab.start([agent("first"), agent("second")]);
      for (let block = 0; block < 3; ++block) await stepper.step(START_PRICE);
      return seen;
    };

    it("is its own in each block, however often it drew in those before", async () => {
      const luck = await drawn([0, 0, 0]);
      expect(new Set(luck).size).to.equal(4);
      expect(await drawn([5, 1, 0])).to.deep.equal(luck);
      const [, next] = await drawn([0, 0, 1]);
      expect(next).to.not.equal(luck[1]);
    });
  });

  describe("a block", () => {
    it("holds everybody's transactions, dearest first", async () => {
      const senders = ["a", "b", "c", "d", "e"].map(addressOf);
      await lab.chain.unlock(senders);
      const fees = [1n, 5n, 3n, 0n, 4n];
      const agents = senders.map((from, i) =>
        agentOf({ name: `agent-${i}`, decide: () => [idle(from, { priorityFeeWei: fees[i] * GWEI })] }),
      );
      const { stepper } = await lab.start(agents);
      const { outcomes, view } = await stepper.step(START_PRICE);
      expect(outcomes.map(({ intent }) => intent.priorityFeeWei / GWEI)).to.deep.equal([5n, 4n, 3n, 1n, 0n]);
      expect(outcomes.map(({ receipt }) => receipt.index)).to.deep.equal([0, 1, 2, 3, 4]);
      for (const { intent, receipt } of outcomes) {
        expect(receipt.feeWei).to.equal(receipt.gasUsed * (BigInt(LAB.baseFeeGwei) * GWEI + intent.priorityFeeWei));
      }
      const block = await lab.connection.ethers.provider.getBlock("latest");
      expect(block?.transactions).to.deep.equal(outcomes.map(({ receipt }) => receipt.hash));
      expect(block?.timestamp).to.equal(view.timestamp);
    });

    it("holds a thousand of them, equal fees in the order of sending", async () => {
      const senders = Array.from({ length: 50 }, (_, i) => addressOf(`crowd-${i}`));
      await lab.chain.unlock(senders);
      const intents = Array.from({ length: 1_000 }, (_, i) => idle(senders[i % 50], { label: `${i}` }));
      const { step } = await once(intents);
      expect(step.outcomes.map(({ intent }) => intent.label)).to.deep.equal(intents.map(({ label }) => label));
      expect(step.outcomes.every(({ receipt }) => receipt.ok)).to.equal(true);
      expect((await lab.connection.ethers.provider.getBlock("latest"))?.transactions).to.have.lengthOf(1_000);
    });

    it("keeps the order of one sender, whatever each bids", async () => {
      const intents = [1n, 9n, 5n].map((fee) => idle(ANN, { priorityFeeWei: fee * GWEI, label: `${fee}` }));
      const { step } = await once(intents);
      expect(step.outcomes.map(({ intent }) => intent.label)).to.deep.equal(["1", "9", "5"]);
    });

    it("comes every so many seconds, with transactions or without", async () => {
      const { stepper } = await lab.start([]);
      const start = await lab.chain.timestamp();
      for (let block = 1; block <= 3; ++block) {
        const { view, outcomes } = await stepper.step(START_PRICE);
        expect([view.block, view.seconds, view.timestamp]).to.deep.equal([block, block * BLOCK, start + block * BLOCK]);
        expect(await lab.chain.timestamp()).to.equal(start + block * BLOCK);
        expect(outcomes).to.deep.equal([]);
      }
    });
  });

  describe("a lost race", () => {
    /** ANN is well at the feed's price; what is done to her is decided within one block. */
    const withDebtor = async (decide: (view: View) => Intent[]) => {
      const { stepper } = await lab.start([agentOf({ decide: (view) => (view.block === 2 ? decide(view) : []) })]);
      await stepper.step(START_PRICE, openPosition(lab, ANN, 10, 15_900));
      return stepper.step(START_PRICE);
    };
    const publish = (price: number, fee: bigint) =>
      intentOf(LENDER, lab.protocol.publishPrice(price), { priorityFeeWei: fee });
    const kick = (from: string, fee: bigint) =>
      intentOf(from, lab.protocol.kick(ANN), { priorityFeeWei: fee, label: "kick", touches: [ANN] });

    it("is named and counted, and the run goes on", async () => {
      const step = await withDebtor(() => [publish(1_900, 9n), kick(ANN, 5n), kick(BOB, 7n)]);
      const outcomes = step.outcomes.slice(1).map(({ intent, receipt, error }) => [intent.from, receipt.ok, error]);
      expect(outcomes).to.deep.equal([
        [BOB, true, undefined],
        [ANN, false, "LiquidationAlreadyKicked"],
      ]);
      const recorder = new Recorder(2, { debtAtStart: 0, collateralValueAtStart: 0, priceAtStart: START_PRICE });
      recorder.record(step, START_PRICE);
      expect(recorder.metrics).to.include({ transactions: 3, failedTransactions: 1 });
      expect(step.positions.get(ANN)?.kickedAt).to.equal(step.view.timestamp);
    });

    it("is known from its place in the block too, when it would be won after it", async () => {
      const step = await withDebtor(() => [publish(1_900, 5n), kick(BOB, 7n)]);
      const [lost] = step.outcomes;
      expect([lost.intent.label, lost.receipt.ok, lost.error]).to.deep.equal([
        "kick",
        false,
        "LiquidationAccountHealthy",
      ]);
      expect(step.positions.get(ANN)?.kickedAt).to.equal(0);
      await lab.chain.send(kick(BOB, 7n));
      const [later] = await lab.chain.mine((await lab.chain.timestamp()) + BLOCK);
      expect(later.ok).to.equal(true);
    });
  });

  describe("transfers to and from the exchange", () => {
    it("are booked on the sender's account there when they succeed", async () => {
      const { collateral, loan } = lab.protocol;
      const { exchange } = await once([
        withdrawFromExchange(loan, BOB, dollars(700)),
        withdrawFromExchange(collateral, BOB, ether(2.5)),
        depositAtExchange(collateral, ANN, ether(1_000)),
      ]);
      expect(exchange.holdings(BOB)).to.deep.equal({ collateral: -2.5, loan: -700 });
      expect(exchange.holdings(ANN)).to.deep.equal({ collateral: 1_000, loan: 0 });
      expect(await lab.protocol.readBalances(collateral.address, [ANN, BOB])).to.deep.equal([0n, ether(1_002.5)]);
    });

    it("are no transfers between accounts, no lender shares and no positions", async () => {
      const { protocol } = lab;
      const { exchange, step } = await once([
        ...openPosition(lab, ANN, 100, 100_000),
        intentOf(LENDER, protocol.withdraw(dollars(1e6), LENDER)),
        intentOf(ANN, protocol.repay(dollars(50_000), ANN), { touches: [ANN] }),
      ]);
      expect(step.outcomes.every(({ receipt }) => receipt.ok)).to.equal(true);
      for (const owner of [ANN, LENDER]) expect(exchange.holdings(owner)).to.deep.equal({ collateral: 0, loan: 0 });
    });
  });

  describe("the picture of the positions", () => {
    it("follows the chain, for whom a transaction touched", async () => {
      const { protocol } = lab;
      const { stepper } = await lab.start([], { accounts: [ANN, BOB] });
      const none = { collateral: 0n, debtShares: 0n, kickedAt: 0 };
      expect([...stepper.positions]).to.deep.equal([
        [ANN, none],
        [BOB, none],
      ]);
      const read = async () => {
        const positions = await protocol.readPositions([ANN, BOB]);
        expect([stepper.positions.get(ANN), stepper.positions.get(BOB)]).to.deep.equal(positions);
        return positions;
      };
      await stepper.step(START_PRICE, [...openPosition(lab, ANN, 10, 15_900), ...openPosition(lab, BOB, 20, 8_000)]);
      const [ann, bob] = await read();
      expect([ann.collateral, bob.collateral]).to.deep.equal([ether(10), ether(20)]);
      expect(protocol.debtOf(ann, stepper.state)).to.equal(dollars(15_900));
      await stepper.step(START_PRICE, [
        intentOf(LENDER, protocol.publishPrice(1_900), { priorityFeeWei: 2n * GWEI }),
        intentOf(BOB, protocol.kick(ANN), { touches: [ANN] }),
        intentOf(BOB, protocol.repay(dollars(4_000), BOB), { touches: [BOB] }),
      ]);
      const [kicked, repaid] = await read();
      expect(kicked.kickedAt).to.equal(await lab.chain.timestamp());
      expect(repaid.debtShares < bob.debtShares).to.equal(true);
      expect(stepper.state).to.deep.equal(await protocol.readState());
    });
  });
});
