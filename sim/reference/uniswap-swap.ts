import { MAX_TICK } from "../market/uniswap-math.ts";
import { maximum, minimum } from "./fixed-point.ts";
import { UNISWAP, type UniswapRules } from "./uniswap-rules.ts";
import { demand, nextTick, pairOf, wrap128, wrap256, type Pair, type Tick, type Uniswap } from "./uniswap-state.ts";
import { MAX_WORD } from "./word.ts";

export interface Swap {
  /** Token0 is sold, and the price of it falls. */
  readonly down: boolean;
  /** To be sold, fee included; below zero: to be bought. */
  readonly amount: bigint;
  /** Where to stop, whatever is left. */
  readonly limitX96: bigint;
}

/** Within a range of constant liquidity. */
export interface Step {
  readonly sqrtPriceX96: bigint;
  readonly amountIn: bigint;
  readonly amountOut: bigint;
  /** On top of what goes in. */
  readonly fee: bigint;
}

/** What a swap did. */
export interface Swapped {
  /** To the pool; below zero: from it. */
  readonly amounts: Pair;
  readonly steps: readonly (Step & { readonly liquidity: bigint; readonly crossed: boolean })[];
}

/**
 * From a price towards another (§6.2.3, §6.3).
 * @param left To be sold, fee included; below zero: to be bought.
 */
export function stepTo(
  from: { readonly sqrtPriceX96: bigint; readonly liquidity: bigint; readonly feePips: bigint },
  target: bigint,
  left: bigint,
  rules: UniswapRules = UNISWAP,
): Step {
  const { sqrtPriceX96: price, liquidity, feePips } = from;
  const down = target < price;
  const between = (to: bigint) => [liquidity, minimum(price, to), maximum(price, to)] as const;
  const intoPool = (to: bigint) => (down ? rules.token0In : rules.token1In)(...between(to));
  const outOfPool = (to: bigint) => (down ? rules.token1Out : rules.token0Out)(...between(to));
  const isInput = left > 0n;
  let end = target;
  if (isInput) {
    const available = rules.lessFee(left, feePips);
    const after = down ? rules.afterToken0In : rules.afterToken1In;
    if (available < intoPool(target)) end = after(price, liquidity, available);
  } else if (-left < outOfPool(target)) {
    const after = down ? rules.afterToken1Out : rules.afterToken0Out;
    end = after(price, liquidity, -left);
  }
  const [amountIn, out] = [intoPool(end), outOfPool(end)];
  return {
    ...{ sqrtPriceX96: end, amountIn, amountOut: isInput ? out : rules.paidOut(out, -left) },
    // Of an input that is used up all the rest.
    fee: isInput && end !== target ? left - amountIn : rules.feeOn(amountIn, feePips),
  };
}

/** Sells or buys, from one initialised tick to the next, until the amount or the limit is reached. */
export function swap(u: Uniswap, { down, amount, limitX96 }: Swap, rules: UniswapRules = UNISWAP): Swapped {
  demand(amount !== 0n, "AS");
  demand(u.sqrtPriceX96 !== 0n, "LOK");
  const reachable = down ? limitX96 < u.sqrtPriceX96 : limitX96 > u.sqrtPriceX96;
  demand(reachable && limitX96 > rules.lowest && limitX96 < rules.highest, "SPL");
  const limit = rules.stopAt(limitX96, down);
  const side = down ? 0 : 1; // of what comes in
  let { sqrtPriceX96, tick, liquidity } = u;
  let [left, other, growth, forProtocol] = [amount, 0n, u.feeGrowthX128[side], u.protocolFees[side]];
  const words = (2 * MAX_TICK) / u.tickSpacing / 256 + 4;
  const steps: Swapped["steps"][number][] = [];
  const crossed: [number, Tick][] = [];
  while (left !== 0n && sqrtPriceX96 !== limit) {
    // Each but the last ends at a tick or a word. A wrong model might go on for ever.
    if (steps.length > words + u.ticks.size) throw new RangeError("more steps than there are ticks and words");
    const next = nextTick(u, tick, down, rules.perWord);
    const end = Math.min(Math.max(next.tick, -MAX_TICK), MAX_TICK);
    const endPrice = rules.priceAt(end);
    const target = down ? maximum(endPrice, limit) : minimum(endPrice, limit);
    const step = stepTo({ sqrtPriceX96, liquidity, feePips: u.feePips }, target, left, rules);
    const paid = step.amountIn + step.fee;
    if (amount > 0n) [left, other] = [left - paid, other - step.amountOut];
    else [left, other] = [left + step.amountOut, other + paid];
    const forThis = rules.protocolPart(step.fee, u.protocolParts[side]);
    forProtocol = wrap128(forProtocol + forThis);
    if (liquidity !== 0n) {
      const grown = rules.growth(step.fee - forThis, liquidity);
      demand(grown <= MAX_WORD);
      growth = wrap256(growth + grown);
    }
    const isCrossed = step.sqrtPriceX96 === endPrice && next.initialised;
    steps.push({ ...step, liquidity, crossed: isCrossed });
    if (isCrossed) {
      const at = u.ticks.get(end)!;
      liquidity += down ? -at.net : at.net;
      // What was outside is inside now, and the other way round.
      const all = pairOf((i) => (i === side ? growth : u.feeGrowthX128[i]));
      crossed.push([end, { ...at, outsideX128: pairOf((i) => wrap256(all[i] - at.outsideX128[i])) }]);
    }
    if (step.sqrtPriceX96 === endPrice) tick = down ? rules.tickBelow(end) : end;
    else if (step.sqrtPriceX96 !== sqrtPriceX96) tick = rules.tickAt(step.sqrtPriceX96);
    sqrtPriceX96 = step.sqrtPriceX96;
  }
  for (const [at, after] of crossed) u.ticks.set(at, after);
  [u.sqrtPriceX96, u.tick, u.liquidity] = [sqrtPriceX96, tick, liquidity];
  u.feeGrowthX128 = pairOf((i) => (i === side ? growth : u.feeGrowthX128[i]));
  u.protocolFees = pairOf((i) => (i === side ? forProtocol : u.protocolFees[i]));
  const used = amount - left;
  return { amounts: down === amount > 0n ? [used, other] : [other, used], steps };
}
