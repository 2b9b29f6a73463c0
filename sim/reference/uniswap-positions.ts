import { MAX_TICK, MAX_SQRT_PRICE_X96, MIN_SQRT_PRICE_X96 } from "../market/uniswap-math.ts";
import { minimum } from "./fixed-point.ts";
import { UNISWAP, type UniswapRules } from "./uniswap-rules.ts";
import {
  demand,
  pairOf,
  wrap128,
  wrap256,
  type Pair,
  type Position,
  type Tick,
  type Uniswap,
} from "./uniswap-state.ts";

/** Ends of a position. */
export interface Range {
  readonly lower: number;
  readonly upper: number;
}

const MAX_128 = (1n << 128n) - 1n;
const MAX_SIGNED_128 = (1n << 127n) - 1n;
const EMPTY: Position = { liquidity: 0n, insideX128: [0n, 0n], owed: [0n, 0n] };

export const keyOf = ({ lower, upper }: Range) => `${lower} ${upper}`;

export function initialize(u: Uniswap, sqrtPriceX96: bigint, rules: UniswapRules = UNISWAP): void {
  demand(u.sqrtPriceX96 === 0n, "AI");
  demand(sqrtPriceX96 >= MIN_SQRT_PRICE_X96 && sqrtPriceX96 < MAX_SQRT_PRICE_X96, "R");
  [u.sqrtPriceX96, u.tick] = [sqrtPriceX96, rules.tickAt(sqrtPriceX96)];
}

/** So much that all ticks together cannot overflow the liquidity in range. */
export function maxLiquidityPerTick({ tickSpacing }: Uniswap): bigint {
  return MAX_128 / BigInt(2 * Math.floor(MAX_TICK / tickSpacing) + 1);
}

/** @returns What it costs. */
export function mint(u: Uniswap, range: Range, liquidity: bigint, rules: UniswapRules = UNISWAP): Pair {
  demand(u.sqrtPriceX96 !== 0n, "LOK");
  demand(liquidity > 0n && liquidity <= MAX_SIGNED_128);
  change(u, range, liquidity, rules);
  return amountsOf(u, range, liquidity, rules.token0In, rules.token1In, rules);
}

/** @returns What it brings: owed from now on, to be collected. */
export function burn(u: Uniswap, range: Range, liquidity: bigint, rules: UniswapRules = UNISWAP): Pair {
  demand(u.sqrtPriceX96 !== 0n, "LOK");
  demand(liquidity <= MAX_SIGNED_128);
  change(u, range, -liquidity, rules);
  const amounts = amountsOf(u, range, liquidity, rules.token0Out, rules.token1Out, rules);
  const position = u.positions.get(keyOf(range)) ?? EMPTY;
  u.positions.set(keyOf(range), { ...position, owed: pairOf((i) => wrap128(position.owed[i] + amounts[i])) });
  return amounts;
}

/** @returns What is paid out: what is asked for, or all that is owed. */
export function collect(u: Uniswap, range: Range, asked: Pair): Pair {
  demand(u.sqrtPriceX96 !== 0n, "LOK");
  const position = u.positions.get(keyOf(range)) ?? EMPTY;
  const amounts = pairOf((i) => minimum(asked[i], position.owed[i]));
  u.positions.set(keyOf(range), { ...position, owed: pairOf((i) => position.owed[i] - amounts[i]) });
  return amounts;
}

/** Only what lies above the price is in token0, and only what lies below it in token1 (§6.2.1). */
function amountsOf(
  { sqrtPriceX96, tick }: Uniswap,
  { lower, upper }: Range,
  liquidity: bigint,
  token0: UniswapRules["token0In"],
  token1: UniswapRules["token1In"],
  { priceAt }: UniswapRules,
): Pair {
  const [low, high] = [priceAt(lower), priceAt(upper)];
  // The tick decides, which may be one below that of the price.
  if (tick < lower) return [token0(liquidity, low, high), 0n];
  if (tick >= upper) return [0n, token1(liquidity, low, high)];
  return [token0(liquidity, sqrtPriceX96, high), token1(liquidity, low, sqrtPriceX96)];
}

/** More or less liquidity in a position, which is credited with its fees up to now. None: fees only. */
function change(u: Uniswap, range: Range, delta: bigint, rules: UniswapRules): void {
  const { lower, upper } = range;
  demand(lower < upper, "TLU");
  demand(lower >= -MAX_TICK, "TLM");
  demand(upper <= MAX_TICK, "TUM");
  const position = u.positions.get(keyOf(range)) ?? EMPTY;
  const [low, high] = [endAfter(u, lower, delta, delta), endAfter(u, upper, delta, -delta)];
  for (const tick of [lower, upper]) if (delta > 0n && !u.ticks.has(tick)) demand(tick % u.tickSpacing === 0);
  if (delta === 0n) demand(position.liquidity > 0n, "NP");
  demand(position.liquidity + delta >= 0n, "LS");
  const insideX128 = growthInside(u, range, low, high);
  const earned = pairOf((i) => rules.earned(wrap256(insideX128[i] - position.insideX128[i]), position.liquidity));
  for (const [tick, end] of [[lower, low] as const, [upper, high] as const]) {
    if (end.gross === 0n) u.ticks.delete(tick);
    else u.ticks.set(tick, end);
  }
  const owed = pairOf((i) => wrap128(position.owed[i] + earned[i]));
  u.positions.set(keyOf(range), { liquidity: position.liquidity + delta, insideX128, owed });
  if (u.tick >= lower && u.tick < upper) u.liquidity += delta;
}

/** A tick with so much more liquidity. One that is new takes all fees so far to have come from below (§6.3). */
function endAfter(u: Uniswap, tick: number, delta: bigint, net: bigint): Tick {
  const before = u.ticks.get(tick) ?? { gross: 0n, net: 0n, outsideX128: tick <= u.tick ? u.feeGrowthX128 : [0n, 0n] };
  const gross = before.gross + delta;
  demand(gross >= 0n, "LS");
  demand(gross <= maxLiquidityPerTick(u), "LO");
  return { ...before, gross, net: before.net + net };
}

function growthInside(u: Uniswap, { lower, upper }: Range, low: Tick, high: Tick): Pair {
  return pairOf((i) => {
    const all = u.feeGrowthX128[i];
    const below = u.tick >= lower ? low.outsideX128[i] : all - low.outsideX128[i];
    const above = u.tick < upper ? high.outsideX128[i] : all - high.outsideX128[i];
    return wrap256(all - below - above);
  });
}
