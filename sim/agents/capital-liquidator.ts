import { priorityFee, type Agent, type Dropped, type Intent, type Outcome, type View } from "../engine/agent.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import { addressOf } from "../population.ts";
import type { Rng } from "../rng.ts";
import { toFloat, toUnits } from "../units.ts";
import { bestAmount, type Buyer } from "./best-amount.ts";
import { bidGwei, forSale, gasCost } from "./for-sale.ts";
import { STALE_GAS } from "./kicker.ts";
import { VolatilityMeter } from "./volatility-meter.ts";
import { depositAtExchange, withdrawFromExchange } from "./transfers.ts";

const GAS = 180_000;
const MOST = 3;
/** Least discount that it buys at. */
const LEAST_MARGIN = 0.01;
/** The offer may get dearer by so much before the take is mined. */
const PRICE_DRIFT = 0.001;
/** Sold outside per minute, as a share of what moves the price by one per cent. */
const SALE_SHARE_PER_MINUTE = 0.1;

/** A desk with money of its own: buys on chain, carries the collateral to the exchange and sells it there bit by bit. */
export class CapitalLiquidator implements Agent {
  readonly kind = "capital liquidator";
  readonly name: string;
  readonly members: readonly string[];
  readonly #mostLooks: number | undefined;
  /** Collateral on its way to the exchange. */
  readonly #arriving: { readonly atSeconds: number; readonly quantity: number }[] = [];
  #toSell = 0;
  readonly #volatility = new VolatilityMeter();
  /** Bought something since it last looked. */
  #hasBought = false;
  /** Takes that are on their way, by account, and what of its capital each may cost. */
  readonly #coming = new Map<string, { readonly intent: Intent; readonly cost: number }>();

  constructor(index: number, mostLooks?: number) {
    this.name = `capital-liquidator-${index}`;
    this.members = [addressOf(this.name)];
    this.#mostLooks = mostLooks;
  }

  async decide(view: View, rng: Rng): Promise<Intent[]> {
    this.#volatility.see(view.marketPrice, view.seconds);
    return [...(await this.#carry(view)), ...(await this.#buy(view, rng))];
  }

  async #carry(view: View): Promise<Intent[]> {
    const [owner] = this.members;
    const { collateral, loan } = view.protocol;
    const intents: Intent[] = [];
    if (this.#hasBought) {
      this.#hasBought = false;
      intents.push(depositAtExchange(collateral, owner, await view.balanceOf(collateral.address, owner)));
    }
    const earned = view.holdings(owner).loan;
    if (earned > view.lab.totalDebt * 1e-4) {
      intents.push(withdrawFromExchange(loan, owner, toUnits(earned * 0.999, loan.decimals)));
    }
    return intents;
  }

  async #buy(view: View, rng: Rng): Promise<Intent[]> {
    const { protocol, marketPrice, logImpactPerUnit, lab } = view;
    const accounts = forSale(view, rng, this.#mostLooks);
    if (accounts.length === 0) return [];
    const [from] = this.members;
    const { loan } = protocol;
    let capital = toFloat(await view.balanceOf(loan.address, from), loan.decimals);
    for (const { cost } of this.#coming.values()) capital -= cost;
    // The price may fall by a standard deviation on the way to the exchange: that must be paid for.
    const margin = Math.max(LEAST_MARGIN, this.#volatility.perSecond * Math.sqrt(lab.exchangeTransferSeconds));
    let waiting = this.#toSell + this.#arriving.reduce((sum, { quantity }) => sum + quantity, 0);
    const intents: Intent[] = [];
    for (const { account, parts } of await view.offers(accounts)) {
      if (intents.length === MOST) break;
      const own = capital + (this.#coming.get(account)?.cost ?? 0); // a new take replaces the old
      // What it already holds will have pressed the price by the time this is sold.
      const outside = marketPrice * (1 - margin) * Math.exp(-waiting * logImpactPerUnit);
      const buyer: Buyer = {
        roomAt: (price) =>
          price >= outside ? 0 : logImpactPerUnit === 0 ? Infinity : Math.log(outside / price) / logImpactPerUnit,
        worthOf: (amount) =>
          logImpactPerUnit === 0
            ? amount * outside
            : (outside * -Math.expm1(-amount * logImpactPerUnit)) / logImpactPerUnit,
        capital: own * (1 - 2 * PRICE_DRIFT),
      };
      const choice = bestAmount(parts, buyer, protocol);
      if (choice === undefined) continue;
      const profit = choice.profit - gasCost(GAS, view);
      if (profit < lab.liquidatorMinProfit) continue;
      const cost = choice.cost * (1 + 2 * PRICE_DRIFT);
      capital = own - cost;
      waiting += choice.amount;
      const bid = rng.between(lab.liquidatorBid[0], lab.liquidatorBid[1]) * profit;
      const maxRepay = choice.repay + choice.repay / 1_000n;
      const intent: Intent = {
        ...protocol.take(account, choice.collateral, maxRepay, from),
        ...{
          from,
          gas: view.state.isRiskStale ? STALE_GAS : 700_000,
          priorityFeeWei: priorityFee(bidGwei(bid, GAS, view)),
          label: "take",
        },
        touches: [account],
      };
      this.#coming.set(account, { intent, cost });
      intents.push(intent);
    }
    return intents;
  }

  settle(outcomes: readonly Outcome[], view: View): ExchangeOrder[] {
    const [owner] = this.members;
    const { collateral } = view.protocol;
    for (const { intent, receipt } of outcomes) {
      this.#release(intent);
      if (!receipt.ok) continue;
      if (intent.to === view.protocol.spender) this.#hasBought = true;
      if (intent.to !== collateral.address) continue;
      const quantity = toFloat(BigInt(`0x${intent.data.slice(-64)}`), collateral.decimals);
      this.#arriving.push({ atSeconds: view.seconds + view.lab.exchangeTransferSeconds, quantity });
    }
    while (this.#arriving.length > 0 && this.#arriving[0].atSeconds <= view.seconds) {
      this.#toSell += this.#arriving.shift()?.quantity ?? 0;
    }
    // Without impact there is nothing to spread.
    const pace =
      view.logImpactPerUnit === 0
        ? Infinity
        : ((0.01 / view.logImpactPerUnit) * SALE_SHARE_PER_MINUTE * view.blockSeconds) / 60;
    const quantity = Math.min(this.#toSell, pace);
    if (quantity <= 0) return [];
    this.#toSell -= quantity;
    return [{ owner, side: "sell", quantity }];
  }

  forget(dropped: readonly Dropped[], { protocol }: View): void {
    for (const { intent, reason } of dropped) {
      this.#release(intent);
      // What it wanted to carry to the exchange is still there.
      if (reason === "expired" && intent.to === protocol.collateral.address) this.#hasBought = true;
    }
  }
  /** It arrived, or never will. */
  #release(intent: Intent): void {
    for (const account of intent.touches)
      if (this.#coming.get(account)?.intent === intent) this.#coming.delete(account);
  }
}
