import type { Exchange, ExchangeOrder } from "../market/exchange.ts";
import type { Venue } from "../market/venue.ts";
import type { Position, ProtocolState } from "../protocols/protocol.ts";
import { lazyRng, type Rng } from "../rng.ts";
import type { PricePath } from "../scenarios/scenario.ts";
import { toFloat } from "../units.ts";
import type { Agent, Dropped, Intent, Outcome, View } from "./agent.ts";
import type { Ordering } from "./block-order.ts";
import { OpenSpace, type BlockSpace, type Filling } from "./block-space.ts";
import { Offers } from "./offers.ts";
import type { World } from "./world.ts";

/** What one block did. */
export interface Step {
  readonly view: View; // before the block
  readonly outcomes: readonly Outcome[]; // in the order of the block
  readonly state: ProtocolState; // after it
  readonly positions: ReadonlyMap<string, Position>;
  readonly marketPrice: number; // after everybody's trades
  /** Who got into the block, who waits, and who gave up. */
  readonly filling: Filling;
}

/** A transaction failed in a way that no well-behaved agent's does: the run is worth nothing. */
export class UnexpectedRevert extends Error {
  override readonly name = "UnexpectedRevert";
}

const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const NOBODY = `0x${"0".repeat(64)}`;

/** Advances the world by one block at a time: market, decisions, ordering, block, outside trades. */
export class Stepper {
  readonly #world: World;
  readonly #exchange: Exchange;
  readonly #venue: Venue;
  readonly #agents: readonly Agent[];
  readonly #rngs: ReadonlyMap<Agent, Rng>;
  readonly #ordering: Rng;
  readonly #space: BlockSpace;
  readonly #order: Ordering | undefined;
  readonly #etherPath: PricePath | undefined;
  /** Who sent what is not settled yet. */
  readonly #senders = new Map<Intent, Agent>();
  readonly #positions = new Map<string, Position>();
  readonly #startTimestamp: number;
  #state: ProtocolState;
  #block = 0;
  #lastExogenous: number;

  private constructor(world: World, parts: Parts, venue: Venue, state: ProtocolState, startTimestamp: number) {
    this.#world = world;
    this.#exchange = parts.exchange;
    this.#agents = parts.agents;
    this.#rngs = new Map(parts.agents.map((agent) => [agent, parts.rng.fork(agent.name)]));
    this.#ordering = parts.rng.fork("ordering");
    this.#space = parts.space ?? new OpenSpace(world.baseFeeWei);
    this.#order = parts.order;
    this.#etherPath = parts.etherPath;
    this.#venue = venue;
    this.#state = state;
    this.#startTimestamp = startTimestamp;
    this.#lastExogenous = parts.exchange.exogenousPrice;
  }

  static async start(world: World, parts: Parts): Promise<Stepper> {
    const venue = await world.readVenue();
    const state = await world.protocol.readState();
    const stepper = new Stepper(world, parts, venue, state, await world.chain.timestamp());
    const positions = await stepper.#read(parts.accounts);
    parts.accounts.forEach((account, i) => stepper.#positions.set(account, positions[i]));
    const view = stepper.view();
    for (const agent of parts.agents) await agent.prepare?.(view);
    return stepper;
  }

  get positions(): ReadonlyMap<string, Position> {
    return this.#positions;
  }

  get state(): ProtocolState {
    return this.#state;
  }

  get venue(): Venue {
    return this.#venue;
  }

  view(): View {
    const { protocol, blockSeconds, parameters } = this.#world;
    const { lab } = parameters;
    const { baseFeeWei } = this.#space;
    const marketPrice = this.#exchange.price;
    const seconds = this.#block * blockSeconds;
    const timestamp = this.#startTimestamp + Math.floor(seconds); // several blocks may share a second, as on rollups
    const offers = new Offers(protocol, this.#venue, marketPrice, timestamp);
    return {
      ...{ block: this.#block, seconds, blockSeconds, marketPrice, protocol, baseFeeWei, lab },
      timestamp,
      logImpactPerUnit: this.#exchange.logImpactPerUnit,
      venue: this.#venue,
      state: this.#state,
      positions: this.#positions,
      etherPrice:
        protocol.collateral.symbol === "WETH" ? marketPrice : (this.#etherPath?.[this.#block] ?? lab.etherPrice),
      holdings: (owner) => this.#exchange.holdings(owner),
      balanceOf: async (token, owner) => (await protocol.readBalances(token, [owner]))[0],
      offers: (accounts) => offers.of(accounts),
    };
  }

  /** One block. `extra` intents come from nobody: the population's first moves. */
  async step(exogenousPrice: number, extra: readonly Intent[] = []): Promise<Step> {
    const { chain, protocol, blockSeconds } = this.#world;
    this.#block += 1;
    this.#exchange.advance(exogenousPrice, blockSeconds);
    const view = this.view();

    const intents = [...extra];
    for (const agent of this.#agents) {
      for (const intent of await agent.decide(view, this.#rngOf(agent))) {
        this.#senders.set(intent, agent);
        intents.push(intent);
      }
    }
    const filling = this.#space.fill(intents, view);
    const { admitted, baseFeeWei } = filling;
    for (const { intent, priorityFeeWei } of admitted) await chain.send({ ...intent, priorityFeeWei }, baseFeeWei);
    // What will have changed is known beforehand: it is asked for together with the block, which is mined first.
    const touched = [...new Set(admitted.flatMap(({ intent }) => intent.touches))];
    const [receipts, positions, state] = await Promise.all([
      chain.mine(view.timestamp, baseFeeWei, this.#order),
      this.#read(touched),
      protocol.readState(),
    ]);

    const mined = admitted
      .map(({ intent }, i) => ({ intent, receipt: receipts[i] }))
      .sort((a, b) => a.receipt.index - b.receipt.index);
    const outcomes: Outcome[] = [];
    for (const outcome of mined) outcomes.push(await this.#judge(outcome, filling));
    for (const account of new Set(outcomes.flatMap(({ intent }) => intent.touches))) {
      this.#positions.set(account, positions[touched.indexOf(account)]);
    }
    this.#state = state;
    this.#tradeOutside(outcomes, view, exogenousPrice);
    this.#forget(filling.dropped, view);
    for (const { intent } of [...outcomes, ...filling.dropped]) this.#senders.delete(intent);
    const { price: marketPrice } = this.#exchange;
    return { view, outcomes, state: this.#state, positions: this.#positions, marketPrice, filling };
  }

  #forget(dropped: readonly Dropped[], view: View): void {
    for (const agent of this.#agents) {
      const own = dropped.filter(({ intent }) => this.#senders.get(intent) === agent);
      if (own.length > 0) agent.forget?.(own, view);
    }
  }

  async #judge({ intent, receipt }: Pick<Outcome, "intent" | "receipt">, filling: Filling): Promise<Outcome> {
    if (!receipt.ok)
      return { intent, receipt, error: await this.#explain(intent, receipt, filling.isOutdated(intent)) };
    this.#bookTransfers(intent, receipt);
    const swap = this.#venue.follow(receipt.logs);
    return { intent, receipt, ...(swap === undefined ? {} : { swap }) };
  }

  /** Name of the error. */
  async #explain(intent: Intent, { hash }: Outcome["receipt"], isOutdated: boolean): Promise<string> {
    const { chain, protocol } = this.#world;
    const { name, isRace } = protocol.explain(await chain.revertDataOf(hash));
    if (isRace || isOutdated) return name;
    // Addresses are hashes of names: the agent's own says more. The population's first moves come from nobody.
    const agent = this.#senders.get(intent);
    const who = agent === undefined ? intent.from : `${agent.name}, ${intent.from},`;
    throw new UnexpectedRevert(`block ${this.#block}: "${intent.label}" from ${who} reverted with ${name}`);
  }

  /** Minting is a withdrawal from the exchange, burning a deposit: the other side is booked there. */
  #bookTransfers({ from: sender }: Intent, { logs }: Outcome["receipt"]): void {
    const { collateral, loan } = this.#world.protocol;
    for (const { address, topics, data } of logs) {
      if (topics[0] !== TRANSFER || topics.length !== 3) continue;
      const sign = topics[1] === NOBODY ? -1 : topics[2] === NOBODY ? 1 : 0;
      if (sign === 0) continue;
      const token = [collateral, loan].find((known) => BigInt(known.address) === BigInt(address));
      if (token === undefined) continue;
      const amount = sign * toFloat(BigInt(data), token.decimals);
      this.#exchange.credit(sender, token === collateral ? amount : 0, token === loan ? amount : 0);
    }
  }

  #tradeOutside(outcomes: readonly Outcome[], view: View, exogenousPrice: number): void {
    const orders: ExchangeOrder[] = [];
    for (const agent of this.#agents) {
      if (agent.settle === undefined) continue;
      const own = outcomes.filter(({ intent }) => this.#senders.get(intent) === agent);
      orders.push(...agent.settle(own, view));
    }
    // The exchange has an order of its own, which nobody bids for.
    const ordering = lazyRng(() => this.#ordering.fork(String(this.#block)));
    for (let i = orders.length - 1; i > 0; --i) {
      const j = ordering.integer(i + 1);
      [orders[i], orders[j]] = [orders[j], orders[i]];
    }
    for (const order of orders) this.#exchange.trade(order);
    // As the exogenous price moves, arbitrage moves the pool with it and hedges outside. The real market's arbitrageurs
    // did so too: that part of the flow is in the recorded price. Only what comes on top of it may move the price.
    const { liquidity } = this.#venue;
    this.#exchange.discount(liquidity / Math.sqrt(exogenousPrice) - liquidity / Math.sqrt(this.#lastExogenous));
    this.#lastExogenous = exogenousPrice;
  }

  #read(accounts: readonly string[]): Promise<Position[]> {
    return accounts.length === 0 ? Promise.resolve([]) : this.#world.protocol.readPositions(accounts);
  }

  /** One a block: how often an agent drew before, in a market that has parted from its twin's, moves no later draw. */
  #rngOf(agent: Agent): Rng {
    const rng = this.#rngs.get(agent);
    if (rng === undefined) throw new Error(`${agent.name} is not of this run`);
    const block = String(this.#block);
    return lazyRng(() => rng.fork(block));
  }
}

interface Parts {
  readonly exchange: Exchange;
  readonly agents: readonly Agent[];
  readonly rng: Rng;
  /** Accounts of the protocol to follow. */
  readonly accounts: readonly string[];
  /** Default: room for all at the world's base fee. */
  readonly space?: BlockSpace;
  /** Default: by fee. */
  readonly order?: Ordering;
  /** See `RunOptions`. */
  readonly etherPath?: PricePath;
}
