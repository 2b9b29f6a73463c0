import type { Protocol, SalePart } from "../protocols/protocol.ts";
import { toFloat, toUnits } from "../units.ts";

/** How much to take, and what that costs. */
export interface Choice {
  readonly collateral: bigint;
  readonly repay: bigint; // rounded down; what the protocol charges may differ by a unit
  /** The same in whole units. */
  readonly amount: number;
  readonly cost: number;
  readonly profit: number;
}

export interface Buyer {
  /** Units that it can use at a price: of the last of them it has nothing any more. */
  readonly roomAt: (price: number) => number;
  /** What so many units are worth to it. [loan asset] */
  readonly worthOf: (amount: number) => number;
  /** Most that it can pay. [loan asset] Default: no limit. */
  readonly capital?: number;
}

/** A rest that is worth less than so many times the least debt may be dust when the take is mined. */
const DUST_DEBTS = 1.2;

/**
 * The most profitable amount of what is offered. Between two quoted amounts a unit costs what the larger one costs more: the
 * protocol charges no more for it if the price of a unit rises with the amount. Each such stretch has a best amount of its
 * own, and the best of those is taken.
 * @returns undefined if nothing that can be taken pays.
 */
export function bestAmount(parts: readonly SalePart[], buyer: Buyer, protocol: Protocol): Choice | undefined {
  const { collateral: base, loan, minDebt } = protocol;
  const { roomAt, worthOf, capital = Infinity } = buyer;
  const least = toFloat(minDebt, loan.decimals);
  const last = parts.at(-1);
  if (last === undefined) return undefined;
  const whole = toFloat(last.collateral, base.decimals);
  let best: Choice | undefined;
  let [from, fromCost] = [0, 0];
  for (const part of parts) {
    const to = toFloat(part.collateral, base.decimals);
    const toCost = toFloat(part.repay, loan.decimals);
    const price = (toCost - fromCost) / (to - from);
    const affordable = price > 0 ? from + Math.max(0, capital - fromCost) / price : Infinity;
    const most = Math.min(to, affordable);
    let amount = Math.min(most, Math.max(from, roomAt(price)));
    if (amount < whole)
      amount = Math.min(amount, whole - (DUST_DEBTS * least * whole) / toFloat(last.repay, loan.decimals));
    const isWhole = amount === to;
    const cost = isWhole ? toCost : fromCost + (amount - from) * price;
    const profit = worthOf(amount) - cost;
    const isDust = amount < whole && cost < least;
    if (amount > 0 && cost <= capital && !isDust && profit > (best?.profit ?? 0)) {
      const collateral = isWhole ? part.collateral : toUnits(amount, base.decimals);
      const repay = isWhole ? part.repay : toUnits(cost, loan.decimals);
      best = { collateral, repay, amount, cost, profit };
    }
    [from, fromCost] = [to, toCost];
  }
  return best;
}
