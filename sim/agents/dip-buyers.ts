import { priorityFee, type Agent, type Intent, type Outcome, type View } from "../engine/agent.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import { LOOPER_MARGIN, type DipBuyerPlan } from "../population.ts";
import { RESTRICTED } from "../protocols/protocol.ts";
import { toFloat, toUnits } from "../units.ts";

/** Worst price that one purchase accepts, as a share above the pool's. */
const SLIPPAGE = 0.01;
/** All of them together buy no more in a block than moves the pool's price by so much. */
const BLOCK_IMPACT = 0.004;
/** What is left to buy is not worth a transaction below this share of the position. */
const ENOUGH = 0.02;
/** Rest after the pool has refused. [s] */
const REST_SECONDS = 600;

/**
 * Buyers who believe that the fall is over: each puts its collateral up when the price has fallen far enough for it, and
 * loops by flash swap for the most that the pool lends then. They do not watch afterwards.
 */
export class DipBuyers implements Agent {
  readonly kind = "dip buyer";
  readonly name = "dip-buyers";
  readonly members: readonly string[];
  readonly #plans: readonly DipBuyerPlan[];
  readonly #startPrice: number;
  readonly #awake = new Set<string>();
  readonly #done = new Set<string>();
  readonly #restUntil = new Map<string, number>();

  constructor(plans: readonly DipBuyerPlan[], startPrice: number) {
    this.#plans = plans;
    this.#startPrice = startPrice;
    this.members = plans.map(({ address }) => address);
  }

  decide(view: View): Promise<Intent[]> {
    const { protocol, state, seconds, venue, marketPrice } = view;
    for (const { address, fall } of this.#plans) {
      if (marketPrice <= this.#startPrice * (1 - fall)) this.#awake.add(address);
    }
    const active = this.#plans.filter(({ address }) => {
      return (
        this.#awake.has(address) && !this.#done.has(address) && seconds >= (this.#restUntil.get(address) ?? -Infinity)
      );
    });
    if (active.length === 0 || lendsNothing(view)) return Promise.resolve([]);
    const { collateral, loan } = protocol;
    const room = venue.baseOutTo(venue.price * (1 + BLOCK_IMPACT)) / active.length;
    let cash = toFloat(state.cash, loan.decimals);
    const intents: Intent[] = [];
    for (const { address, equity } of active) {
      const { held, debt } = this.#positionOf(address, view);
      // The position grows by x at the venue's price until the debt is what the pool lends on all of it.
      const lent = state.borrowPrice * state.borrowFactor * LOOPER_MARGIN;
      const bringsEquity = held === 0;
      const cost = venue.price * (1 + SLIPPAGE);
      const wanted = Math.max(0, ((held + (bringsEquity ? equity : 0)) * lent - debt) / (cost - lent));
      const amount = Math.min(wanted, room, cash / cost);
      if (wanted < ENOUGH * (held + equity)) {
        this.#done.add(address);
        continue;
      }
      if (debt + amount * venue.price < 1.1 * toFloat(protocol.minDebt, loan.decimals)) continue;
      if (toUnits(amount, collateral.decimals) === 0n) continue; // no room in the block, or no cash
      cash -= amount * cost;
      intents.push({
        ...protocol.leverageUp(
          toUnits(bringsEquity ? equity : 0, collateral.decimals),
          toUnits(amount, collateral.decimals),
          toUnits(amount * cost, loan.decimals),
        ),
        ...{ from: address, gas: 2_000_000, priorityFeeWei: priorityFee(2), label: "buy the dip", touches: [address] },
      });
    }
    return Promise.resolve(intents);
  }

  settle(outcomes: readonly Outcome[], { seconds }: View): ExchangeOrder[] {
    for (const { intent, receipt } of outcomes) {
      if (!receipt.ok) this.#restUntil.set(intent.from, seconds + REST_SECONDS);
    }
    return [];
  }

  #positionOf(address: string, { protocol, state, positions }: View): { held: number; debt: number } {
    const position = positions.get(address);
    if (position === undefined) throw new Error(`${address} is not followed`);
    return {
      held: toFloat(position.collateral, protocol.collateral.decimals),
      debt: position.debtShares === 0n ? 0 : toFloat(protocol.debtOf(position, state), protocol.loan.decimals),
    };
  }
}

function lendsNothing({ state }: View): boolean {
  const { breakerLevel, poolBreakerLevel, borrowFactor, borrowPrice } = state;
  return breakerLevel === RESTRICTED || poolBreakerLevel === RESTRICTED || borrowFactor === 0 || borrowPrice === 0;
}
