import { LAB } from "../config.ts";
import { priorityFee, type Agent, type Intent, type View } from "../engine/agent.ts";
import { addressOf } from "../population.ts";
import type { Rng } from "../rng.ts";
import { toFloat, toUnits } from "../units.ts";
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

  constructor(index: number) {
    this.name = `flash-liquidator-${index}`;
    this.members = [addressOf(this.name)];
  }

  async decide(view: View, rng: Rng): Promise<Intent[]> {
    const { protocol, venue } = view;
    const accounts = forSale(view, rng);
    if (accounts.length === 0) return [];
    const [from] = this.members;
    const { collateral: base, loan } = protocol;
    const intents: Intent[] = [];
    let sold = 0; // by this bot in this block: its second sale meets the price that its first leaves
    for (const { account, collateral, repay } of await view.quotes(accounts)) {
      if (intents.length === MOST) break;
      if (collateral === 0n) continue;
      const offered = toFloat(collateral, base.decimals);
      const price = toFloat(repay, loan.decimals) / offered;
      // Sell until the next unit brings what it costs.
      const floor = price / (1 - venue.feeShare);
      if (floor >= venue.price) continue;
      const room = venue.baseInTo(floor) - sold;
      const isWhole = room >= offered;
      const amount = isWhole ? offered : room;
      if (amount <= 0) continue;
      const proceeds = venue.quoteOutFor(sold + amount) - venue.quoteOutFor(sold);
      const profit = proceeds - amount * price - gasCost(GAS, view);
      if (profit < LAB.liquidatorMinProfit) continue;
      sold += amount;
      const bid = rng.between(LAB.liquidatorBid[0], LAB.liquidatorBid[1]) * profit;
      const most = isWhole ? collateral : toUnits(amount, base.decimals);
      intents.push({
        ...protocol.flashLiquidate(account, most, toUnits(profit * LEAST_SHARE, loan.decimals)),
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
