import { MaxUint256 } from "ethers";

import {
  accrue,
  copyOf,
  kick,
  offer,
  outcome,
  repay,
  settle,
  supply,
  unkick,
  type Order,
} from "../../sim/reference/auction.ts";
import { Refused, tell, type Account, type Auction } from "../../sim/reference/auction-state.ts";
import { SPEC, type Rules } from "../../sim/reference/sale.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { patientActions, patientPause, randomActions, randomPause, type Action } from "./auction-actions.ts";
import type { AuctionChain, Call, Probed, TakenEvent } from "./auction-chain.ts";
import {
  Divergence,
  expectRefused,
  expectSame,
  expectSold,
  expectState,
  type Expected,
  type Tally,
} from "./auction-compare.ts";
import { KEEP, riskUpdate, setUp } from "./auction-setup.ts";
import type { AuctionWorld } from "./auction-world.ts";

export class Sequence {
  readonly #chain: AuctionChain;
  readonly #world: AuctionWorld;
  readonly #tally: Tally;
  readonly #rules: Rules;
  readonly #rng: Rng;

  constructor(chain: AuctionChain, world: AuctionWorld, seed: string, tally: Tally, rules = SPEC) {
    [this.#chain, this.#world, this.#tally, this.#rules, this.#rng] = [chain, world, tally, rules, createRng(seed)];
  }

  /** From a pool as it was deployed. Throws where it and the reference disagree for the first time. */
  async run(): Promise<void> {
    const rng = this.#rng;
    const a = await setUp(this.#chain, this.#world, rng);
    const patient = rng.next() < 0.4;
    const steps = 4 + rng.integer(5);
    for (let step = 1; step <= steps; ++step) {
      const waits = patient && step <= 3;
      a.now += waits ? patientPause(rng, a, step) : randomPause(rng, a);
      const actions = waits ? patientActions(rng, a, step) : randomActions(rng, a);
      const probed = await this.#chain.run(
        this.#world,
        actions.flatMap((action) => this.#encode(action)),
        a.now,
      );
      try {
        this.#follow(a, actions, probed);
        this.#tally.count("steps");
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        const told = JSON.stringify(actions, (_, value: unknown) =>
          typeof value === "bigint" ? String(value) : value,
        );
        throw new Divergence(`step ${step}, ${error.message}; after ${told}`, { cause: error });
      }
    }
  }

  #follow(a: Auction, actions: readonly Action[], probed: Probed): void {
    const taken = [...probed.taken];
    let at = 0;
    for (const action of actions) {
      if (action.kind === "take") {
        this.#take(a, action.orders, probed, at, taken);
        at += 2;
        continue;
      }
      if (action.kind === "batch") this.#batch(a, action.orders, probed, at, taken);
      else this.#plain(a, action, probed, at);
      ++at;
    }
    expectSame("sales left over", taken.length, 0);
    expectState(probed.state, a);
  }

  /** A quote and the sale that it is of. */
  #take(a: Auction, orders: readonly Order[], probed: Probed, at: number, taken: TakenEvent[]): void {
    const quoted = this.#chain.explain(probed.answers[at]);
    const quote = copyOf(a);
    accrue(quote);
    const expected = this.#expect(quote, orders[0]);
    if (quoted.name === "Quoted") {
      const [amount, repaid, price36] = quoted.values;
      expectSold("quote", { amount, repay: repaid, price36 }, expected.sides, expected.offered?.sale, this.#tally);
      const event = taken[0] as TakenEvent | undefined;
      expectSame("take ÷ quote: amount", event?.amount, amount);
      expectSame("take ÷ quote: repay", event?.repay, repaid);
      expectSame("take ÷ quote: price36", event?.price36, price36);
    } else {
      expectRefused("quote", quoted, Object.values(expected.sides) as Expected["low"][], this.#tally);
    }
    this.#batch(a, orders, probed, at + 1, taken);
  }

  #batch(a: Auction, orders: readonly Order[], probed: Probed, at: number, taken: TakenEvent[]): void {
    const draft = copyOf(a);
    accrue(draft);
    const refusal = probed.succeeded[at] ? undefined : this.#chain.explain(probed.answers[at]);
    for (const [i, order] of orders.entries()) {
      const { offered, sides } = this.#expect(draft, order);
      const refused = sides.exact instanceof Refused || offered === undefined;
      if (refusal !== undefined) {
        if (refused || i === orders.length - 1) {
          return expectRefused(`order ${i}`, refusal, Object.values(sides) as Expected["low"][], this.#tally);
        }
        settle(draft, order.account, offered, sides.exact as TakenEvent);
        continue;
      }
      const event = taken.shift();
      if (event === undefined || offered === undefined) {
        throw new Divergence(
          `order ${i}: pool ${event === undefined ? "is silent" : "sells"}, reference ${String(sides.exact)}`,
        );
      }
      expectSold(`order ${i}`, event, sides, offered.sale, this.#tally);
      settle(draft, order.account, offered, event);
      this.#tally.countSale(a, order, offered, event);
    }
    Object.assign(a, draft);
  }

  #expect(a: Auction, order: Order) {
    try {
      const offered = offer(a, order, this.#rules);
      const side = (name: keyof Expected) => outcome(a, offered, order.most, name);
      return { offered, sides: { low: side("low"), exact: side("exact"), high: side("high") } };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { sides: { low: error, exact: error, high: error } };
    }
  }

  /** All that is no sale. */
  #plain(a: Auction, action: Action, probed: Probed, at: number): void {
    const draft = copyOf(a);
    try {
      this.#apply(draft, action);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (probed.succeeded[at]) throw new Divergence(`${action.kind}: pool does it, reference ${error.message}`);
      return expectRefused(action.kind, this.#chain.explain(probed.answers[at]), [error], this.#tally);
    }
    if (!probed.succeeded[at]) {
      throw new Divergence(`${action.kind}: pool ${this.#chain.explain(probed.answers[at]).name}, reference does it`);
    }
    this.#tally.count(action.kind);
    if (action.kind === "unkick" && draft.accounts[action.account].kickedAt !== 0n) {
      this.#tally.count("unkick: only to rest");
    }
    if (action.kind === "kick" && isResting(a.accounts[action.account])) this.#tally.count("kick: of one at rest");
    Object.assign(a, draft);
  }

  #apply(a: Auction, action: Action): void {
    switch (action.kind) {
      case "kick":
        return kick(a, action.account, action.keeper);
      case "unkick":
        return unkick(a, action.account);
      case "price":
        a.collaterals[action.collateral].price36 = action.price36;
        return;
      case "fresh":
        a.collaterals[action.collateral].fresh = action.fresh;
        return;
      case "tell":
        return tell(a.collaterals[action.collateral], action.reserve, action.loading, a.now);
      case "supply":
        return supply(a, action.account, action.collateral, action.amount);
      case "repay":
        accrue(a);
        return repay(a, action.account, action);
      default:
        throw new Error(`${action.kind} is a sale`);
    }
  }

  #encode(action: Action): Call[] {
    const { pool, collaterals, accounts, probe, oracle, engine } = this.#world;
    const chain = this.#chain;
    const call = (name: string, values: readonly unknown[]) => [
      { to: pool, data: chain.pool.encodeFunctionData(name, values) },
    ];
    switch (action.kind) {
      case "kick":
        if (action.keeper === 0n) return call("kick", [accounts[action.account]]);
        return call("kickFor", [accounts[action.account], collaterals[0], action.keeper]);
      case "unkick":
        return call("unkick", [accounts[action.account]]);
      case "take": {
        const [{ account, collateral, most }] = action.orders;
        const [who, what] = [accounts[account], collaterals[collateral]];
        return [chain.quote(this.#world, who, what, most), ...call("take", [who, what, most, MaxUint256, probe, "0x"])];
      }
      case "batch": {
        const orders = action.orders.map((o) => [accounts[o.account], collaterals[o.collateral], o.most]);
        return call("takeBatch", [orders, MaxUint256, probe, "0x"]);
      }
      case "price": {
        const token = collaterals[action.collateral];
        return [{ to: oracle, data: chain.oracle.encodeFunctionData("setPrice", [token, action.price36]) }];
      }
      case "fresh": {
        const token = collaterals[action.collateral];
        return [{ to: oracle, data: chain.oracle.encodeFunctionData("setFresh", [token, action.fresh]) }];
      }
      case "tell": {
        const news = riskUpdate(action.collateral, action.reserve, action.loading);
        const data = chain.engine.encodeFunctionData("write", [collaterals[action.collateral], news, KEEP]);
        return [{ to: engine, data }];
      }
      case "supply":
        return call("supplyCollateral", [
          collaterals[action.collateral],
          action.amount,
          accounts[action.account],
          "0x",
        ]);
      case "repay":
        return call("repay", [action.assets ?? 0n, action.shares ?? 0n, accounts[action.account], "0x"]);
    }
  }
}

/** For sale, healthy when somebody looked, and not counted. */
function isResting({ kickedAt, part }: Account): boolean {
  return kickedAt !== 0n && part === 0n;
}
