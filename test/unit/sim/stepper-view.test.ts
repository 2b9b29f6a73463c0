import { expect } from "chai";

import { withdrawFromExchange } from "../../../sim/agents/transfers.ts";
import type { Outcome, View } from "../../../sim/engine/agent.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { ether } from "../../shared/hand-made-view.ts";
import { agentOf, ANN, BOB, intentOf, openLab, START_PRICE, type Lab } from "../../shared/lab-world.ts";

describe("Stepper: what agents see and trade outside", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab("dutch");
  });
  beforeEach(() => lab.reset());
  after(() => lab.close());

  describe("outside trades", () => {
    it("are what each agent answers to its own outcomes, at the exchange's price", async () => {
      const seen: (readonly Outcome[])[] = [];
      const trader = (name: string, owner: string, quantity: number) =>
        agentOf({
          name,
          decide: () => [intentOf(owner, withdrawFromExchange(lab.protocol.loan, owner, 1n), { label: name })],
          settle: (outcomes) => {
            seen.push(outcomes);
            return [{ owner, side: "sell", quantity }];
          },
        });
      const { stepper, exchange } = await lab.start([trader("one", ANN, 30), trader("two", BOB, 50)]);
      const { marketPrice } = await stepper.step(START_PRICE);
      expect(seen.map((outcomes) => outcomes.map(({ intent }) => intent.label))).to.deep.equal([["one"], ["two"]]);
      expectClose(marketPrice, START_PRICE * Math.exp(-80 * exchange.logImpactPerUnit), 1e-9);
      expect(exchange.holdings(ANN).collateral).to.equal(-30);
      const paid = exchange.holdings(ANN).loan + exchange.holdings(BOB).loan;
      expectClose(
        paid,
        (START_PRICE * (1 - Math.exp(-80 * exchange.logImpactPerUnit))) / exchange.logImpactPerUnit,
        1e-3,
      );
    });

    it("leave the price alone as far as the recorded market's arbitrageurs made them too", async () => {
      const { price, liquidity } = await lab.world.readVenue();
      // Selling this into the pool brings it from 2,000 to 1,900; it is bought outside.
      const quantity = liquidity * (1 / Math.sqrt(1_900) - 1 / Math.sqrt(START_PRICE));
      expectClose(price, START_PRICE, 1e-6);
      const hedge = agentOf({ settle: () => [{ owner: ANN, side: "buy", quantity }] });
      const { stepper } = await lab.start([hedge]);
      expectClose((await stepper.step(1_900)).marketPrice, 1_900, 1e-6);
    });

    it("move nothing in the twin", async () => {
      const agent = agentOf({ settle: () => [{ owner: ANN, side: "sell", quantity: 1_000 }] });
      const { stepper } = await lab.start([agent], { hasImpact: false });
      expect((await stepper.step(1_900)).marketPrice).to.equal(1_900);
      expect((await stepper.step(1_950)).marketPrice).to.equal(1_950);
    });
  });

  describe("the view", () => {
    it("is of the world before the block, after the outside price has moved", async () => {
      let view: View | undefined;
      let offers: unknown;
      const decide = async (now: View) => {
        [view, offers] = [now, await now.offers([ANN, BOB])];
        return [];
      };
      const { stepper } = await lab.start([agentOf({ decide })]);
      await stepper.step(1_950);
      expect(view?.marketPrice).to.equal(1_950);
      expect(view?.etherPrice).to.equal(1_950);
      expectClose(view?.state.oraclePrice ?? NaN, START_PRICE, 1e-6);
      expectClose(view?.venue.price ?? NaN, START_PRICE, 1e-6);
      expect(await view?.balanceOf(lab.protocol.collateral.address, ANN)).to.equal(ether(1_000));
      expect(offers).to.deep.equal([ANN, BOB].map((account) => ({ account, parts: [] })));
    });

    it("is shown once before the first block, so that agents can prepare", async () => {
      const calls: string[] = [];
      const prepare = ({ block, seconds }: View) => void calls.push(`prepare ${block} ${seconds}`);
      const decide = ({ block, seconds }: View) => (calls.push(`decide ${block} ${seconds}`), []);
      const { stepper } = await lab.start([agentOf({ prepare, decide })]);
      await stepper.step(START_PRICE);
      await stepper.step(START_PRICE);
      expect(calls).to.deep.equal(["prepare 0 0", "decide 1 12", "decide 2 24"]);
    });

    it("comes with random numbers that other agents do not touch", async () => {
      const draws = async (others: readonly string[]) => {
        const drawn: number[] = [];
        const agents = [...others, "one"].map((name) =>
          agentOf({ name, decide: (_, rng) => ((name === "one" ? drawn : []).push(rng.next()), []) }),
        );
        const { stepper } = await lab.start(agents);
        for (let i = 0; i < 3; ++i) await stepper.step(START_PRICE);
        return drawn;
      };
      const alone = await draws([]);
      expect(new Set(alone).size).to.equal(3);
      expect(await draws(["two", "three"])).to.deep.equal(alone);
    });
  });
});
