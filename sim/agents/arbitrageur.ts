import { priorityFee, type Agent, type Intent, type Outcome, type View } from "../engine/agent.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import { encodeSwapExactInput } from "../market/uniswap-calls.ts";
import type { UniswapAddresses } from "../market/uniswap-deploy.ts";
import { addressOf } from "../population.ts";
import { toFloat, toUnits } from "../units.ts";
import { depositAtExchange, withdrawFromExchange } from "./transfers.ts";

export const ARBITRAGEUR = addressOf("arbitrageur");
const SWAP_GAS = 160_000;

/**
 * Ties the on-chain pool to the outside market: trades in the pool as long as it pays after the pool's fee, the impact of
 * the opposite trade outside, and gas; then makes that trade. So what liquidators sell on chain reaches the outside price.
 */
export class Arbitrageur implements Agent {
  readonly kind = "arbitrageur";
  readonly name = "arbitrageur";
  readonly members = [ARBITRAGEUR];
  readonly #uniswap: UniswapAddresses;
  #base = 0n; // on chain
  #quote = 0n;
  #target = { base: 0n, quote: 0n };

  constructor(uniswap: UniswapAddresses) {
    this.#uniswap = uniswap;
  }

  async prepare({ protocol, balanceOf }: View): Promise<void> {
    this.#base = await balanceOf(protocol.collateral.address, ARBITRAGEUR);
    this.#quote = await balanceOf(protocol.loan.address, ARBITRAGEUR);
    this.#target = { base: this.#base, quote: this.#quote };
  }

  decide(view: View): Promise<Intent[]> {
    const { intents, base, quote } = this.#refill(view);
    return Promise.resolve([...intents, ...this.#arbitrage(view, { base, quote })]);
  }

  /**
   * Brings what is on chain back to where it started, when little is left of one side or much has come together. What goes
   * to the exchange goes first, as one sender's transactions keep their order: the rest is what can be traded with.
   */
  #refill(view: View): { readonly intents: Intent[]; readonly base: bigint; readonly quote: bigint } {
    const { collateral, loan } = view.protocol;
    const held = view.holdings(ARBITRAGEUR);
    const equity = held.loan + held.collateral * view.marketPrice;
    const intents: Intent[] = [];
    let [base, quote] = [this.#base, this.#quote];
    const sides = [
      { token: collateral, has: this.#base, target: this.#target.base, unit: view.marketPrice },
      { token: loan, has: this.#quote, target: this.#target.quote, unit: 1 },
    ];
    for (const { token, has, target, unit } of sides) {
      if (has < target / 2n) {
        // A margin account: it may be short of one side as long as it is worth something in all.
        const available = toUnits(Math.max(0, (equity * 0.5) / unit), token.decimals);
        const amount = available < target - has ? available : target - has;
        if (amount > target / 20n) intents.push(withdrawFromExchange(token, ARBITRAGEUR, amount));
      } else if (has > target * 2n) {
        intents.push(depositAtExchange(token, ARBITRAGEUR, has - target));
        if (token === collateral) base = target;
        else quote = target;
      }
    }
    return { intents, base, quote };
  }

  #arbitrage(view: View, spendable: { readonly base: bigint; readonly quote: bigint }): Intent[] {
    const { venue, marketPrice, protocol } = view;
    const isBuying = venue.price < marketPrice; // in the pool
    const target = bestPoolPrice(view);
    if (target === undefined) return [];
    const tokenIn = isBuying ? protocol.loan : protocol.collateral;
    const wanted = isBuying ? venue.quoteInTo(target) : venue.baseInTo(target);
    const limit = isBuying ? spendable.quote : spendable.base;
    // The pool's price limit ends the swap: what it takes in is never more than this.
    const most = toUnits(wanted * 1.01, tokenIn.decimals);
    const amountIn = most < limit ? most : limit;
    if (amountIn === 0n) return [];
    const call = encodeSwapExactInput(this.#uniswap, venue.pool, {
      tokenIn: tokenIn.address,
      recipient: ARBITRAGEUR,
      sqrtPriceLimitX96: venue.sqrtPriceX96At(target),
      amountIn,
    });
    return [
      { ...call, from: ARBITRAGEUR, gas: 400_000, priorityFeeWei: priorityFee(2), label: "arbitrage", touches: [] },
    ];
  }

  settle(outcomes: readonly Outcome[], { protocol }: View): ExchangeOrder[] {
    const orders: ExchangeOrder[] = [];
    for (const { receipt, swap, intent } of outcomes) {
      if (!receipt.ok) continue;
      if (swap !== undefined) {
        this.#base -= swap.baseIn;
        this.#quote -= swap.quoteIn;
        const quantity = toFloat(swap.baseIn, protocol.collateral.decimals);
        if (quantity === 0) continue;
        orders.push({ owner: ARBITRAGEUR, side: quantity > 0 ? "buy" : "sell", quantity: Math.abs(quantity) });
      } else {
        this.#book(intent, protocol.collateral.address);
      }
    }
    return orders;
  }

  #book({ to, data, label }: Intent, collateral: string): void {
    const amount = BigInt(`0x${data.slice(-64)}`) * (label.startsWith("withdraw") ? 1n : -1n);
    if (to === collateral) this.#base += amount;
    else this.#quote += amount;
  }
}

/**
 * Price to move the pool to: where the last unit traded there, after the fee, costs what its hedge outside brings after
 * the impact of all hedges. By bisection, because the impact is exponential in the amount. Undefined if nothing pays.
 */
export function bestPoolPrice({ venue, marketPrice, logImpactPerUnit, etherPrice, baseFeeWei, lab }: View) {
  const start = venue.price;
  const isBuying = start < marketPrice;
  const keep = 1 - venue.feeShare;
  const pays = (price: number) => {
    const hedged = isBuying ? venue.baseOutTo(price) : -venue.baseInTo(price);
    const outside = marketPrice * Math.exp(-hedged * logImpactPerUnit);
    return isBuying ? price / keep < outside : price * keep > outside;
  };
  if (!pays(start)) return undefined;
  let [good, bad] = [start, marketPrice];
  for (let i = 0; i < 40; ++i) {
    const middle = Math.sqrt(good * bad);
    if (pays(middle)) good = middle;
    else bad = middle;
  }
  const units = isBuying ? venue.baseOutTo(good) : venue.baseInTo(good);
  const paid = isBuying ? venue.quoteInTo(good) : venue.quoteOutTo(good);
  const move = units * logImpactPerUnit * (isBuying ? -1 : 1);
  const hedge = units * marketPrice * (move === 0 ? 1 : Math.expm1(move) / move);
  const gain = isBuying ? hedge - paid : paid - hedge;
  const gas = (SWAP_GAS * Number(baseFeeWei) * etherPrice) / 1e18;
  return gain > gas + lab.arbitrageMinProfit ? good : undefined;
}
