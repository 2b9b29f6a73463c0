import { liquidatable } from "../agents/for-sale.ts";
import { priorityFee, type Agent, type Intent, type Outcome, type View } from "../engine/agent.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import { toFloat } from "../units.ts";
import { TRADER } from "./bench.ts";

const MAX = (1n << 256n) - 1n;

/** Tells the feed the market's price in every block in which it has moved: no threshold, no latency. */
export class FeedFollower implements Agent {
  readonly kind = "keeper";
  readonly name = "feed-follower";
  readonly members: readonly string[];
  #told: number;

  constructor(member: string, startPrice: number) {
    this.members = [member];
    this.#told = startPrice;
  }

  /** Nothing is left to tell. */
  isUpToDate(price: number): boolean {
    return price === this.#told;
  }

  decide({ marketPrice, protocol }: View): Promise<Intent[]> {
    if (this.isUpToDate(marketPrice)) return Promise.resolve([]);
    this.#told = marketPrice;
    const call = protocol.publishPrice(marketPrice);
    const [from] = this.members;
    return Promise.resolve([
      { ...call, from, gas: 200_000, priorityFeeWei: priorityFee(5), label: "publish", touches: [] },
    ]);
  }
}

/** Takes whatever may be liquidated as soon as it may, and sells it outside in the same block, at any price. */
export class InstantSeller implements Agent {
  readonly kind = "liquidator";
  readonly name = "instant-seller";
  readonly members = [TRADER];
  /** Collateral sold, and debt repaid with it. */
  sold = 0;
  repaid = 0;
  readonly accounts = new Set<string>();

  decide(view: View): Promise<Intent[]> {
    return Promise.resolve(
      liquidatable(view).map((account) => ({
        ...view.protocol.take(account, MAX, MAX, TRADER),
        ...{ from: TRADER, gas: 700_000, priorityFeeWei: priorityFee(1), label: "take", touches: [account] },
      })),
    );
  }

  settle(outcomes: readonly Outcome[], { protocol }: View): ExchangeOrder[] {
    let quantity = 0;
    for (const { receipt } of outcomes) {
      for (const { account, collateral, repaid } of protocol.eventsOf(receipt.logs).liquidations) {
        quantity += toFloat(collateral, protocol.collateral.decimals);
        this.repaid += toFloat(repaid, protocol.loan.decimals);
        this.accounts.add(account);
      }
    }
    this.sold += quantity;
    return quantity === 0 ? [] : [{ owner: TRADER, side: "sell", quantity }];
  }
}
