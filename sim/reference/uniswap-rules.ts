/** Every rounding of a Uniswap v3 pool: always on the side of its providers. */
import { MAX_TICK, sqrtPriceX96AtTick, tickAtSqrtPriceX96 } from "../market/uniswap-math.ts";
import { divUp, minimum } from "./fixed-point.ts";
import { MAX_WORD } from "./word.ts";

const Q96 = 1n << 96n;
const Q128 = 1n << 128n;
const MILLION = 1_000_000n;

/** Token0 between two prices: `L·(1/√P_low − 1/√P_high)`, as a fraction. */
const token0 = (liquidity: bigint, low: bigint, high: bigint): [bigint, bigint] => [
  liquidity * Q96 * (high - low),
  low * high,
];
/** Token1: `L·(√P_high − √P_low)`. */
const token1 = (liquidity: bigint, low: bigint, high: bigint): [bigint, bigint] => [liquidity * (high - low), Q96];
const down = ([numerator, denominator]: readonly [bigint, bigint]) => numerator / denominator;

/** `L·√P ÷ (L + Δx·√P)`, as a fraction; where the sum does not fit a word `L ÷ (L/√P + Δx)`, with L/√P in whole units. */
export function priceAfterToken0(price: bigint, liquidity: bigint, amount: bigint): [bigint, bigint] {
  const scaled = liquidity * Q96;
  if (scaled + amount * price > MAX_WORD) return [scaled, scaled / price + amount];
  return [scaled * price, scaled + amount * price];
}

export const UNISWAP = {
  priceAt: sqrtPriceX96AtTick,
  tickAt: tickAtSqrtPriceX96,
  // What a provider or a swapper pays, and what either gets.
  token0In: (liquidity: bigint, low: bigint, high: bigint) => divUp(...token0(liquidity, low, high)),
  token1In: (liquidity: bigint, low: bigint, high: bigint) => divUp(...token1(liquidity, low, high)),
  token0Out: (liquidity: bigint, low: bigint, high: bigint) => down(token0(liquidity, low, high)),
  token1Out: (liquidity: bigint, low: bigint, high: bigint) => down(token1(liquidity, low, high)),
  // Where an amount that does not suffice for the whole way moves the price to: not too far with what comes in, far enough for what goes out.
  afterToken0In: (price: bigint, liquidity: bigint, amount: bigint) =>
    divUp(...priceAfterToken0(price, liquidity, amount)),
  afterToken1In: (price: bigint, liquidity: bigint, amount: bigint) => price + (amount * Q96) / liquidity,
  afterToken0Out: (price: bigint, liquidity: bigint, amount: bigint) =>
    divUp(liquidity * Q96 * price, liquidity * Q96 - amount * price),
  afterToken1Out: (price: bigint, liquidity: bigint, amount: bigint) => price - divUp(amount * Q96, liquidity),
  /** Nobody gets more than they asked for, though the price moved for it. */
  paidOut: (out: bigint, asked: bigint) => minimum(out, asked),
  // Fees.
  lessFee: (amount: bigint, pips: bigint) => (amount * (MILLION - pips)) / MILLION,
  feeOn: (amountIn: bigint, pips: bigint) => divUp(amountIn * pips, MILLION - pips),
  protocolPart: (fee: bigint, part: bigint) => (part === 0n ? 0n : fee / part),
  growth: (fee: bigint, liquidity: bigint) => (fee * Q128) / liquidity,
  earned: (growthX128: bigint, liquidity: bigint) => (growthX128 * liquidity) / Q128,
  // The walk.
  perWord: 256,
  /** Seen from above, the price at a tick is already below it. */
  tickBelow: (tick: number) => tick - 1,
  /** Prices that a swap may be told to stop at lie strictly between. */
  lowest: sqrtPriceX96AtTick(-MAX_TICK),
  highest: sqrtPriceX96AtTick(MAX_TICK),
  stopAt: (limit: bigint, _down: boolean): bigint => limit,
};

/** What a wrong model may do otherwise, to see that it is found out. */
export type UniswapRules = Readonly<typeof UNISWAP>;
