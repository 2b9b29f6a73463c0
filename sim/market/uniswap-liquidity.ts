import { Q96, sqrtPriceX96AtTick } from "./uniswap-math.ts";

/** Amounts of the two tokens of a pool. [base units] */
export interface Amounts {
  readonly amount0: bigint;
  readonly amount1: bigint;
}

export interface TickRange {
  readonly tickLower: number;
  readonly tickUpper: number;
}

function divUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

function clampToRange(sqrtPriceX96: bigint, { tickLower, tickUpper }: TickRange): [bigint, bigint, bigint] {
  const lower = sqrtPriceX96AtTick(tickLower);
  const upper = sqrtPriceX96AtTick(tickUpper);
  const current = sqrtPriceX96 < lower ? lower : sqrtPriceX96 > upper ? upper : sqrtPriceX96;
  return [lower, current, upper];
}

/** Tokens that a position of this liquidity takes in when minted: rounded up, against the provider. */
export function amountsUpForLiquidity(liquidity: bigint, sqrtPriceX96: bigint, range: TickRange): Amounts {
  const [lower, current, upper] = clampToRange(sqrtPriceX96, range);
  return {
    amount0: token0UpBetween(current, upper, liquidity),
    amount1: divUp(liquidity * (current - lower), Q96),
  };
}

/** Most liquidity that the two amounts can provide at this price, rounded down as the position manager does. */
export function liquidityForAmounts({ amount0, amount1 }: Amounts, sqrtPriceX96: bigint, range: TickRange): bigint {
  const [lower, current, upper] = clampToRange(sqrtPriceX96, range);
  const by0 = current < upper ? (amount0 * ((current * upper) / Q96)) / (upper - current) : undefined;
  const by1 = current > lower ? (amount1 * Q96) / (current - lower) : undefined;
  if (by0 === undefined) return by1 ?? 0n;
  if (by1 === undefined) return by0;
  return by0 < by1 ? by0 : by1;
}

/** Token0 that moves the price between two square-root prices at constant liquidity, rounded up. Fee not included. */
export function token0UpBetween(sqrtLowX96: bigint, sqrtHighX96: bigint, liquidity: bigint): bigint {
  return divUp(divUp((liquidity << 96n) * (sqrtHighX96 - sqrtLowX96), sqrtHighX96), sqrtLowX96);
}

/** Token1 that moves the price between two square-root prices at constant liquidity, rounded up. Fee not included. */
export function token1UpBetween(sqrtLowX96: bigint, sqrtHighX96: bigint, liquidity: bigint): bigint {
  return divUp(liquidity * (sqrtHighX96 - sqrtLowX96), Q96);
}
