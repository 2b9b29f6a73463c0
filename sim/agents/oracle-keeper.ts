import { LAB } from "../config.ts";
import { priorityFee, type Agent, type Intent, type View } from "../engine/agent.ts";
import { addressOf } from "../population.ts";

/**
 * Runs the price feed as Chainlink's nodes do: publishes when the price has moved by the deviation threshold or the
 * heartbeat has passed, and what it publishes is some time old. Also refreshes the oracle's averages.
 */
export class OracleKeeper implements Agent {
  readonly kind = "keeper";
  readonly name = "oracle-keeper";
  readonly members = [addressOf("oracle-keeper")];
  readonly #seen: { readonly seconds: number; readonly price: number }[];
  #published: { readonly seconds: number; readonly price: number };
  #pokedAt = -Infinity;

  constructor(startPrice: number) {
    this.#published = { seconds: 0, price: startPrice };
    this.#seen = [{ seconds: -Infinity, price: startPrice }];
  }

  decide({ seconds, marketPrice, protocol }: View): Promise<Intent[]> {
    this.#seen.push({ seconds, price: marketPrice });
    // The newest price that is old enough.
    while (this.#seen.length > 1 && this.#seen[1].seconds <= seconds - LAB.feedLatencySeconds) this.#seen.shift();
    const { price } = this.#seen[0];
    const intents: Intent[] = [];
    const [from] = this.members;
    const isMoved = Math.abs(price / this.#published.price - 1) >= LAB.feedDeviation;
    if (isMoved || seconds - this.#published.seconds >= LAB.feedHeartbeatSeconds) {
      this.#published = { seconds, price };
      const call = protocol.publishPrice(price);
      intents.push({
        ...call,
        from,
        gas: 200_000,
        priorityFeeWei: priorityFee(5),
        label: "publish price",
        touches: [],
      });
    }
    const poke = protocol.poke();
    if (poke !== undefined && seconds - this.#pokedAt >= LAB.pokeIntervalSeconds) {
      this.#pokedAt = seconds;
      intents.push({ ...poke, from, gas: 600_000, priorityFeeWei: priorityFee(4), label: "poke", touches: [] });
    }
    return Promise.resolve(intents);
  }
}
