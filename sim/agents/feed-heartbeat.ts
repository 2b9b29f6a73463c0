import { priorityFee, type Agent, type Intent, type View } from "../engine/agent.ts";
import { addressOf } from "../population.ts";
import { PUBLISH } from "./oracle-keeper.ts";

/**
 * Keeps the price feed alive while the population comes in and the price stands still: for many loopers that takes longer than
 * an answer of the feed is good for.
 */
export class FeedHeartbeat implements Agent {
  readonly kind = "keeper";
  readonly name = "feed-heartbeat";
  readonly members = [addressOf("oracle-keeper")];
  #publishedAt = 0;

  decide({ seconds, marketPrice, protocol, lab }: View): Promise<Intent[]> {
    if (seconds - this.#publishedAt < lab.feedHeartbeatSeconds) return Promise.resolve([]);
    this.#publishedAt = seconds;
    const [from] = this.members;
    const call = protocol.publishPrice(marketPrice);
    return Promise.resolve([
      { ...call, from, gas: 200_000, priorityFeeWei: priorityFee(5), label: PUBLISH, touches: [] },
    ]);
  }
}
