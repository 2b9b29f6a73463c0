import { priorityFee, type Agent, type Dropped, type Intent, type Outcome, type View } from "../engine/agent.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import { addressOf } from "../population.ts";
import { intervalAt, type FeedOutage } from "../scenarios/stress.ts";

/** For whoever wants to know when the oracle heard something new. */
export const PUBLISH = "publish price";

interface Publication {
  readonly seconds: number;
  readonly price: number;
}

/**
 * Runs the price feed as Chainlink's nodes do: publishes when the price has moved by the deviation threshold or the
 * heartbeat has passed, and what it publishes is some time old. Also refreshes the oracle's averages.
 */
export class OracleKeeper implements Agent {
  readonly kind = "keeper";
  readonly name = "oracle-keeper";
  readonly members = [addressOf("oracle-keeper")];
  readonly #seen: Publication[];
  /** The newest that it has sent, and the newest that has arrived. */
  #published: Publication;
  #arrived: Publication;
  readonly #sent = new Map<Intent, Publication>();
  #pokedAt = -Infinity;

  readonly #outages: readonly FeedOutage[];

  /** @param outages When it is silent, or later than usual. */
  constructor(startPrice: number, outages: readonly FeedOutage[] = []) {
    this.#outages = outages;
    this.#published = this.#arrived = { seconds: 0, price: startPrice };
    this.#seen = [{ seconds: -Infinity, price: startPrice }];
  }

  decide({ seconds, marketPrice, protocol, lab }: View): Promise<Intent[]> {
    this.#seen.push({ seconds, price: marketPrice });
    const outage = intervalAt(this.#outages, seconds);
    const latency = lab.feedLatencySeconds + (outage?.kind === "late" ? outage.lagSeconds : 0);
    // The newest price that is old enough. Nothing that was published is taken back when the feed gets slower.
    while (this.#seen.length > 1 && this.#seen[1].seconds <= seconds - latency) this.#seen.shift();
    const { price } = this.#seen[0];
    const intents: Intent[] = [];
    const [from] = this.members;
    const isMoved = Math.abs(price / this.#published.price - 1) >= lab.feedDeviation;
    const isDue = isMoved || seconds - this.#published.seconds >= lab.feedHeartbeatSeconds;
    if (isDue && outage?.kind !== "frozen") {
      this.#published = { seconds, price };
      const call = protocol.publishPrice(price);
      const intent = { ...call, from, gas: 200_000, priorityFeeWei: priorityFee(5), label: PUBLISH, touches: [] };
      this.#sent.set(intent, this.#published);
      intents.push(intent);
    }
    const poke = protocol.poke();
    if (poke !== undefined && seconds - this.#pokedAt >= lab.pokeIntervalSeconds) {
      this.#pokedAt = seconds;
      intents.push({ ...poke, from, gas: 600_000, priorityFeeWei: priorityFee(4), label: "poke", touches: [] });
    }
    return Promise.resolve(intents);
  }

  settle(outcomes: readonly Outcome[]): ExchangeOrder[] {
    for (const { intent } of outcomes) {
      this.#arrived = this.#sent.get(intent) ?? this.#arrived;
      this.#sent.delete(intent);
    }
    return [];
  }

  /** What never arrived was not published: if it still differs from what was, it is sent anew. */
  forget(dropped: readonly Dropped[]): void {
    for (const { intent, reason } of dropped) {
      const isPublication = this.#sent.delete(intent);
      if (reason === "replaced") continue;
      if (isPublication) this.#published = this.#arrived;
      else this.#pokedAt = -Infinity;
    }
  }
}
