import { priorityFee, type Agent, type Intent, type View } from "../engine/agent.ts";
import { addressOf } from "../population.ts";
import type { Rng } from "../rng.ts";
import { toUnits } from "../units.ts";
import { bestAmount, type Buyer } from "./best-amount.ts";
import { bidGwei, forSale, gasCost } from "./for-sale.ts";
import { STALE_GAS } from "./kicker.ts";

const GAS = 350_000;
/** Liquidations that one bot sends a block. */
const MOST = 3;
/** Share of the expected profit without which it would rather revert. */
const LEAST_SHARE = 0.25;

/** A bot without capital: buys, sells in the on-chain pool and repays in one transaction, or not at all. */
export class FlashLiquidator implements Agent {
  readonly kind = "flash liquidator";
  readonly name: string;
  readonly members: readonly string[];
  readonly #mostLooks: number | undefined;

  constructor(index: number, mostLooks?: number) {
    this.name = `flash-liquidator-${index}`;
    this.members = [addressOf(this.name)];
    this.#mostLooks = mostLooks;
  }

  async decide(view: View, rng: Rng): Promise<Intent[]> {
    const { protocol, venue, lab } = view;
    const accounts = forSale(view, rng, this.#mostLooks);
    if (accounts.length === 0) return [];
    const [from] = this.members;
    const { loan } = protocol;
    const intents: Intent[] = [];
    let sold = 0; // by this bot in this block: its second sale meets the price that its first leaves
    for (const { account, parts } of await view.offers(accounts)) {
      if (intents.length === MOST) break;
      const buyer: Buyer = {
        // Sell until the next unit brings what it costs.
        roomAt: (price) => venue.baseInTo(Math.min(venue.price, price / (1 - venue.feeShare))) - sold,
        worthOf: (amount) => venue.quoteOutFor(sold + amount) - venue.quoteOutFor(sold),
      };
      const choice = bestAmount(parts, buyer, protocol);
      if (choice === undefined) continue;
      const profit = choice.profit - gasCost(GAS, view);
      if (profit < lab.liquidatorMinProfit) continue;
      sold += choice.amount;
      const bid = rng.between(lab.liquidatorBid[0], lab.liquidatorBid[1]) * profit;
      intents.push({
        ...protocol.flashLiquidate(account, choice.collateral, toUnits(profit * LEAST_SHARE, loan.decimals)),
        ...{
          from,
          gas: view.state.isRiskStale ? STALE_GAS : 1_000_000,
          priorityFeeWei: priorityFee(bidGwei(bid, GAS, view)),
          label: "flash liquidation",
        },
        touches: [account],
      });
    }
    return intents;
  }
}
