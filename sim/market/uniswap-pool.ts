import { Contract, Interface, type Provider, type Signer, type TransactionReceipt } from "ethers";

import { poolInterface } from "./uniswap-artifacts.ts";
import {
  describePool,
  encodeCreatePool,
  encodeIncreaseCardinality,
  encodeInitialize,
  encodeMint,
  encodeSwapExactInput,
  encodeSwapExactOutput,
  poolPrice,
  poolSqrtPriceX96,
  type EncodedCall,
  type SwapRequest,
  type UniswapPool,
} from "./uniswap-calls.ts";
import type { UniswapAddresses } from "./uniswap-deploy.ts";
import type { Amounts, TickRange } from "./uniswap-liquidity.ts";
import { fullRange, type Rational } from "./uniswap-math.ts";

const erc20Interface = new Interface(["function approve(address spender, uint256 amount) returns (bool)"]);

export interface Slot0 {
  readonly sqrtPriceX96: bigint;
  readonly tick: number;
  readonly observationIndex: number;
  readonly observationCardinality: number;
  readonly observationCardinalityNext: number;
}

/** Sends one encoded call and waits for it. Errors of ethers pass through. */
export async function send(signer: Signer, call: EncodedCall): Promise<TransactionReceipt> {
  const receipt = await (await signer.sendTransaction(call)).wait();
  if (receipt === null) throw new Error(`the call to ${call.to} was dropped`);
  return receipt;
}

/** Lets a spender, such as the position manager or the swap router, pull any amount of a token. */
export async function approve(signer: Signer, token: string, spender: string): Promise<void> {
  await send(signer, {
    to: token,
    data: erc20Interface.encodeFunctionData("approve", [spender, (1n << 256n) - 1n]),
  });
}

/**
 * Creates a pool and sets its price.
 * @param options.price Price of base in quote, in base units of each: see `unitPrice`.
 * @param options.observations How many observations the pool's oracle keeps; about one is written per block with a swap.
 */
export async function createPool(
  signer: Signer,
  uniswap: UniswapAddresses,
  options: {
    readonly base: string;
    readonly quote: string;
    readonly fee: number;
    readonly price: Rational;
    readonly observations?: number;
  },
): Promise<UniswapPool> {
  const pool = describePool(uniswap.factory, options.base, options.quote, options.fee);
  await send(signer, encodeCreatePool(uniswap, pool));
  await send(signer, encodeInitialize(pool, poolSqrtPriceX96(pool, options.price)));
  if (options.observations !== undefined) await growObservations(signer, pool, options.observations);
  return pool;
}

/** Grows the oracle's memory in steps, because each slot is written once now and a transaction's gas is capped. */
export async function growObservations(signer: Signer, pool: UniswapPool, observations: number): Promise<void> {
  if (signer.provider === null) throw new Error("the signer needs a provider");
  const { observationCardinalityNext } = await readSlot0(signer.provider, pool.address);
  const step = 500; // about 11 million gas
  for (let size = observationCardinalityNext; size < observations;) {
    size = Math.min(size + step, observations);
    await send(signer, encodeIncreaseCardinality(pool, size));
  }
}

/** Mints a position for the signer, who must have approved the position manager. */
export async function addLiquidity(
  signer: Signer,
  uniswap: UniswapAddresses,
  pool: UniswapPool,
  position: TickRange & Amounts,
): Promise<TransactionReceipt> {
  return send(signer, encodeMint(uniswap, pool, { ...position, recipient: await signer.getAddress() }));
}

/** The same over all prices: a constant-product pool. */
export async function addFullRangeLiquidity(
  signer: Signer,
  uniswap: UniswapAddresses,
  pool: UniswapPool,
  amounts: Amounts,
): Promise<TransactionReceipt> {
  return addLiquidity(signer, uniswap, pool, { ...fullRange(pool.tickSpacing), ...amounts });
}

/** Sells an exact amount; the proceeds go to the signer, who must have approved the swap router. */
export async function swapExactInput(
  signer: Signer,
  uniswap: UniswapAddresses,
  pool: UniswapPool,
  swap: Omit<SwapRequest, "recipient"> & { readonly amountIn: bigint; readonly minAmountOut?: bigint },
): Promise<TransactionReceipt> {
  return send(signer, encodeSwapExactInput(uniswap, pool, { ...swap, recipient: await signer.getAddress() }));
}

/** Buys an exact amount for the signer, who must have approved the swap router. */
export async function swapExactOutput(
  signer: Signer,
  uniswap: UniswapAddresses,
  pool: UniswapPool,
  swap: Omit<SwapRequest, "recipient"> & { readonly amountOut: bigint; readonly maxAmountIn: bigint },
): Promise<TransactionReceipt> {
  return send(signer, encodeSwapExactOutput(uniswap, pool, { ...swap, recipient: await signer.getAddress() }));
}

export async function readSlot0(provider: Provider, pool: string): Promise<Slot0> {
  const result = await new Contract(pool, poolInterface, provider).getFunction("slot0").staticCall();
  return {
    sqrtPriceX96: BigInt(result.sqrtPriceX96),
    tick: Number(result.tick),
    observationIndex: Number(result.observationIndex),
    observationCardinality: Number(result.observationCardinality),
    observationCardinalityNext: Number(result.observationCardinalityNext),
  };
}

/** Exact price of base in quote now. [base units of each] */
export async function readPoolPrice(provider: Provider, pool: UniswapPool): Promise<Rational> {
  return poolPrice(pool, (await readSlot0(provider, pool.address)).sqrtPriceX96);
}
