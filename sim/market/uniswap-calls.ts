import { concat, toBeHex } from "ethers";

import { encodeCall } from "../protocols/fast-abi.ts";
import { factoryInterface, poolInterface, positionManagerInterface, swapRouterInterface } from "./uniswap-artifacts.ts";
import { poolAddressOf, sortTokens, type UniswapAddresses } from "./uniswap-deploy.ts";
import type { Amounts, TickRange } from "./uniswap-liquidity.ts";
import { invert, priceOfSqrt, sqrtPriceX96Of, tickSpacingOf, type Rational } from "./uniswap-math.ts";

/** A call to make, encoded and not yet sent: what agents return and what the lab's fast paths replay. */
export interface EncodedCall {
  readonly to: string;
  readonly data: string;
}

/** A pool and how its pair is meant: prices are quote per base. */
export interface UniswapPool {
  readonly address: string;
  readonly base: string;
  readonly quote: string;
  readonly token0: string;
  readonly token1: string;
  readonly baseIsToken0: boolean;
  readonly fee: number; // [hundredths of a bip]
  readonly tickSpacing: number;
}

/** Never expires: for callers whose ordering is decided elsewhere, as in the lab. */
export const NO_DEADLINE = (1n << 64n) - 1n;

/** Describes the pool of a pair, whether it was created or not. No call is made. */
export function describePool(factory: string, base: string, quote: string, fee: number): UniswapPool {
  const [token0, token1] = sortTokens(base, quote);
  return {
    address: poolAddressOf(factory, base, quote, fee),
    base,
    quote,
    token0,
    token1,
    baseIsToken0: BigInt(token0) === BigInt(base),
    fee,
    tickSpacing: tickSpacingOf(fee),
  };
}

/** Square-root price of the pool at a price of base in quote. [base units of each] */
export function poolSqrtPriceX96(pool: UniswapPool, price: Rational): bigint {
  return sqrtPriceX96Of(pool.baseIsToken0 ? price : invert(price));
}

/** Exact price of base in quote at a square-root price of the pool. [base units of each] */
export function poolPrice(pool: UniswapPool, sqrtPriceX96: bigint): Rational {
  const price = priceOfSqrt(sqrtPriceX96);
  return pool.baseIsToken0 ? price : invert(price);
}

/** Amounts of base and quote, in the pool's token order. */
export function poolAmounts(pool: UniswapPool, baseAmount: bigint, quoteAmount: bigint): Amounts {
  return pool.baseIsToken0
    ? { amount0: baseAmount, amount1: quoteAmount }
    : { amount0: quoteAmount, amount1: baseAmount };
}

export function encodeCreatePool(uniswap: UniswapAddresses, pool: UniswapPool): EncodedCall {
  return {
    to: uniswap.factory,
    data: factoryInterface.encodeFunctionData("createPool", [pool.token0, pool.token1, pool.fee]),
  };
}

export function encodeInitialize(pool: UniswapPool, sqrtPriceX96: bigint): EncodedCall {
  return { to: pool.address, data: poolInterface.encodeFunctionData("initialize", [sqrtPriceX96]) };
}

export function encodeIncreaseCardinality(pool: UniswapPool, cardinality: number): EncodedCall {
  return {
    to: pool.address,
    data: poolInterface.encodeFunctionData("increaseObservationCardinalityNext", [cardinality]),
  };
}

/** Mints a position for `recipient`; the sender pays and must have approved the position manager. */
export function encodeMint(
  uniswap: UniswapAddresses,
  pool: UniswapPool,
  position: TickRange & Amounts & { readonly recipient: string; readonly deadline?: bigint },
): EncodedCall {
  const params = {
    token0: pool.token0,
    token1: pool.token1,
    fee: pool.fee,
    tickLower: position.tickLower,
    tickUpper: position.tickUpper,
    amount0Desired: position.amount0,
    amount1Desired: position.amount1,
    amount0Min: 0n,
    amount1Min: 0n,
    recipient: position.recipient,
    deadline: position.deadline ?? NO_DEADLINE,
  };
  return { to: uniswap.positionManager, data: positionManagerInterface.encodeFunctionData("mint", [params]) };
}

/** Removes liquidity of a position; the tokens stay owed to it until collected. */
export function encodeDecreaseLiquidity(uniswap: UniswapAddresses, tokenId: bigint, liquidity: bigint): EncodedCall {
  const params = { tokenId, liquidity, amount0Min: 0n, amount1Min: 0n, deadline: NO_DEADLINE };
  return {
    to: uniswap.positionManager,
    data: positionManagerInterface.encodeFunctionData("decreaseLiquidity", [params]),
  };
}

/** Adds to a position as much liquidity as the two amounts provide; the sender pays. */
export function encodeIncreaseLiquidity(uniswap: UniswapAddresses, tokenId: bigint, amounts: Amounts): EncodedCall {
  const { amount0: amount0Desired, amount1: amount1Desired } = amounts;
  const params = { tokenId, amount0Desired, amount1Desired, amount0Min: 0n, amount1Min: 0n, deadline: NO_DEADLINE };
  return {
    to: uniswap.positionManager,
    data: positionManagerInterface.encodeFunctionData("increaseLiquidity", [params]),
  };
}

/** Pays out everything that a position is owed. */
export function encodeCollect(uniswap: UniswapAddresses, tokenId: bigint, recipient: string): EncodedCall {
  const max = (1n << 128n) - 1n;
  const params = { tokenId, recipient, amount0Max: max, amount1Max: max };
  return { to: uniswap.positionManager, data: positionManagerInterface.encodeFunctionData("collect", [params]) };
}

/** A swap in one pool. The sender pays and must have approved the swap router. */
export interface SwapRequest {
  readonly tokenIn: string;
  readonly recipient: string;
  /** The swap stops at this price, partly filled; only what was used is pulled. Left out: no limit. */
  readonly sqrtPriceLimitX96?: bigint;
  readonly deadline?: bigint;
}

export function encodeSwapExactInput(
  uniswap: UniswapAddresses,
  pool: UniswapPool,
  swap: SwapRequest & { readonly amountIn: bigint; readonly minAmountOut?: bigint },
): EncodedCall {
  const params = {
    ...swapParams(pool, swap),
    amountIn: swap.amountIn,
    amountOutMinimum: swap.minAmountOut ?? 0n,
  };
  return { to: uniswap.swapRouter, data: encodeCall(swapRouterInterface, "exactInputSingle", [params]) };
}

export function encodeSwapExactOutput(
  uniswap: UniswapAddresses,
  pool: UniswapPool,
  swap: SwapRequest & { readonly amountOut: bigint; readonly maxAmountIn: bigint },
): EncodedCall {
  const params = {
    ...swapParams(pool, swap),
    amountOut: swap.amountOut,
    amountInMaximum: swap.maxAmountIn,
  };
  return { to: uniswap.swapRouter, data: encodeCall(swapRouterInterface, "exactOutputSingle", [params]) };
}

function swapParams(pool: UniswapPool, swap: SwapRequest) {
  return {
    tokenIn: swap.tokenIn,
    tokenOut: BigInt(swap.tokenIn) === BigInt(pool.token0) ? pool.token1 : pool.token0,
    fee: BigInt(pool.fee),
    recipient: swap.recipient,
    deadline: swap.deadline ?? NO_DEADLINE,
    sqrtPriceLimitX96: swap.sqrtPriceLimitX96 ?? 0n,
  };
}

/**
 * Path of a swap over several pools: token, fee, token, … from input to output. Reverse it for an exact output.
 * @example encodePath([weth, usdc, dai], [500, 3_000])
 */
export function encodePath(tokens: readonly string[], fees: readonly number[]): string {
  if (tokens.length !== fees.length + 1) throw new RangeError("a path has one token more than it has fees");
  return concat(tokens.flatMap((token, hop) => (hop === 0 ? [token] : [toBeHex(fees[hop - 1], 3), token])));
}
