import { expect } from "chai";

import { Alarm } from "../../../sim/agents/alarm.ts";
import { CapitalLiquidator } from "../../../sim/agents/capital-liquidator.ts";
import { Kicker } from "../../../sim/agents/kicker.ts";
import { OracleKeeper } from "../../../sim/agents/oracle-keeper.ts";
import type { Intent } from "../../../sim/engine/agent.ts";
import { addressOf } from "../../../sim/population.ts";
import { createRng } from "../../../sim/rng.ts";
import {
  handMadeView,
  KICK_LIFE,
  offerOf,
  openBench,
  outcomeOf,
  START_TIME,
  WETH,
  type Bench,
  type Scene,
} from "../../shared/hand-made-view.ts";

const [ANN, BOB] = [addressOf("ann"), addressOf("bob")];
const expired = (intent: Intent) => [{ intent, reason: "expired" as const }];
const replaced = (intent: Intent) => [{ intent, reason: "replaced" as const }];

/** What agents do about transactions that wait, and about those that never reach a block. */
describe("an agent whose transaction", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench(KICK_LIFE);
  });
  const view = (block: number, scene: Partial<Scene> = {}) =>
    handMadeView({ protocol: bench.protocol, seconds: block * 12, ...scene });

  describe("waits: a desk", () => {
    const DESK = new CapitalLiquidator(0).members[0];
    const positions = {
      [ANN]: { collateral: 100, debt: 170_000, kickedAt: START_TIME },
      [BOB]: { collateral: 100, debt: 170_000, kickedAt: START_TIME },
    };
    /** Both are offered ten WETH at 1,500 each; the desk has the money for one and a third. */
    const scene = {
      positions,
      offers: [offerOf(ANN, [10, 1_500]), offerOf(BOB, [10, 1_500])],
      balances: { [`USDC ${DESK}`]: 20_000 },
    };
    const takes = async (desk: CapitalLiquidator, block: number, only: string[] = [ANN, BOB]) => {
      const offers = scene.offers.filter(({ account }) => only.includes(account));
      const intents = await desk.decide(view(block, { ...scene, offers }), createRng("1"));
      return intents.filter(({ label }) => label === "take");
    };
    const cost = (intent: Intent) => Number(bench.decode(intent).args[3]) / 1e6;

    it("does not spend its money twice", async () => {
      const desk = new CapitalLiquidator(0);
      const [first] = await takes(desk, 1, [ANN]);
      expect(cost(first)).to.be.within(15_000, 15_020);
      const [second] = await takes(desk, 2, [BOB]);
      expect(cost(second)).to.be.within(4_000, 5_000);
    });

    it("but may send a better one for the same account", async () => {
      const desk = new CapitalLiquidator(0);
      await takes(desk, 1, [ANN]);
      expect(cost((await takes(desk, 2, [ANN]))[0])).to.be.within(15_000, 15_020);
    });

    for (const [what, tell] of [
      ["failed", (desk: CapitalLiquidator, intent: Intent) => desk.settle([outcomeOf(intent, { ok: false })], view(2))],
      ["is dropped", (desk: CapitalLiquidator, intent: Intent) => desk.forget(expired(intent), view(2))],
    ] as const) {
      it(`has its money back when the take ${what}`, async () => {
        const desk = new CapitalLiquidator(0);
        tell(desk, (await takes(desk, 1, [ANN]))[0]);
        expect(cost((await takes(desk, 2, [BOB]))[0])).to.be.within(15_000, 15_020);
      });
    }

    it("carries to the exchange what it could not carry before", async () => {
      const desk = new CapitalLiquidator(0);
      const [take] = await takes(desk, 1, [ANN]);
      desk.settle([outcomeOf(take)], view(1));
      const held = { balances: { [`WETH ${DESK}`]: 10 } };
      const carried = async (block: number) => {
        return (await desk.decide(view(block, held), createRng("1"))).filter(({ to }) => to === WETH.address);
      };
      const [deposit] = await carried(2);
      expect(deposit.label).to.equal("deposit at exchange");
      expect(await carried(3)).to.deep.equal([]);
      desk.forget(expired(deposit), view(3));
      expect(await carried(4)).to.have.lengthOf(1);
    });
  });

  describe("never reaches a block: the oracle's keeper", () => {
    /** Publications of a keeper that sees 1,800 from the second block on. */
    async function publish(tell: (keeper: OracleKeeper, intent: Intent, block: number) => void) {
      const keeper = new OracleKeeper(2_000);
      const sent: number[] = [];
      for (let block = 1; block <= 12; ++block) {
        const intents = await keeper.decide(view(block, { price: block === 1 ? 2_000 : 1_800 }));
        const [publication] = intents.filter(({ label }) => label === "publish price");
        if (publication === undefined) continue;
        sent.push(block);
        tell(keeper, publication, block);
      }
      return sent;
    }

    it("sends it anew, until it arrives", async () => {
      expect(await publish((keeper, intent) => keeper.settle([outcomeOf(intent)]))).to.deep.equal([7]);
      const once = await publish((keeper, intent, block) => {
        if (block < 9) keeper.forget(expired(intent));
        else keeper.settle([outcomeOf(intent)]);
      });
      expect(once).to.deep.equal([7, 8, 9]);
    });

    it("leaves it when a newer one takes its place", async () => {
      expect(await publish((keeper, intent) => keeper.forget(replaced(intent)))).to.deep.equal([7]);
    });

    it("pokes again at once", async () => {
      const keeper = new OracleKeeper(2_000);
      const [poke] = await keeper.decide(view(1));
      expect(poke.label).to.equal("poke");
      expect(await keeper.decide(view(2))).to.deep.equal([]);
      keeper.forget(expired(poke));
      expect((await keeper.decide(view(3))).map(({ label }) => label)).to.deep.equal(["poke"]);
    });
  });

  it("never reaches a block: the kicker tries again, though a refused kick has it rest", async () => {
    const life = KICK_LIFE;
    // Forgotten by now: the account was kicked so long ago, and what it last tried was a moment ago.
    const positions = { [ANN]: { collateral: 100, debt: 200_000, kickedAt: START_TIME } };
    const kicker = new Kicker();
    const at = (seconds: number) => handMadeView({ protocol: bench.protocol, positions, seconds });
    const [kick] = await kicker.decide(at(life + 12));
    expect(kick.label).to.equal("kick");
    expect(await kicker.decide(at(life + 24))).to.deep.equal([]);
    kicker.forget(replaced(kick));
    expect(await kicker.decide(at(life + 36))).to.deep.equal([]);
    kicker.forget(expired(kick));
    expect(await kicker.decide(at(life + 48))).to.have.lengthOf(1);
  });

  it("never reaches a block: an owner does not rest", () => {
    const alarm = new Alarm();
    const plan = { address: ANN, alarmHealth: 1.1, reactionSeconds: 0 };
    expect(alarm.isDue(plan, 1, 0)).to.equal(true);
    expect(alarm.isDue(plan, 1, 12)).to.equal(false);
    alarm.again(ANN);
    expect(alarm.isDue(plan, 1, 24)).to.equal(true);
    alarm.again(BOB); // never alarmed: nothing to do
    expect(alarm.isDue({ ...plan, address: BOB, reactionSeconds: 60 }, 1, 24)).to.equal(false);
  });
});
