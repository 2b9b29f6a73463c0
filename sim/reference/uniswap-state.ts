/**
 * Executable specification of a Uniswap v3 pool, written from Adams et al., "Uniswap v3 Core" (2021), §6: whole numbers
 * throughout, to the unit, with the roundings of the pool that is on npm.
 */
import { Refused } from "./auction-state.ts";

/** How the pool refuses what it gives no code for. */
export const NAMELESS = "nameless";
/** Of tokens 0 and 1. */
export type Pair = readonly [bigint, bigint];

/** An initialised tick: an end of at least one position. */
export interface Tick {
  /** Liquidity of all positions that end here. */
  readonly gross: bigint;
  /** What the liquidity in range gains when the price crosses upwards. */
  readonly net: bigint;
  /** Fees for each unit of liquidity on the other side, seen from the price. [Q128, modulo 2^256] */
  readonly outsideX128: Pair;
}

/** Of one owner: the pool tells positions apart by owner and ends. */
export interface Position {
  readonly liquidity: bigint;
  /** Fees for each unit of liquidity within its ends, when it was last looked at. [Q128, modulo 2^256] */
  readonly insideX128: Pair;
  readonly owed: Pair;
}

export interface Uniswap {
  /** √(token1 ÷ token0); 0: not initialised. */
  sqrtPriceX96: bigint;
  /** That of the price; one less if the price came down to a tick and crossed it. */
  tick: number;
  /** In range. */
  liquidity: bigint;
  readonly feePips: bigint;
  readonly tickSpacing: number;
  readonly ticks: Map<number, Tick>;
  readonly positions: Map<string, Position>;
  /** Fees for each unit of liquidity, ever. [Q128, modulo 2^256] */
  feeGrowthX128: Pair;
  /** One part in so many of the fees is the protocol's; 0: none. */
  protocolParts: Pair;
  protocolFees: Pair;
}

export function newUniswap(feePips: bigint, tickSpacing: number): Uniswap {
  return {
    ...{ sqrtPriceX96: 0n, tick: 0, liquidity: 0n, feePips, tickSpacing, ticks: new Map(), positions: new Map() },
    ...{ feeGrowthX128: [0n, 0n], protocolParts: [0n, 0n], protocolFees: [0n, 0n] },
  };
}

export const wrap256 = (value: bigint) => BigInt.asUintN(256, value);
export const wrap128 = (value: bigint) => BigInt.asUintN(128, value);
/** A pair whose parts come of the same parts of others. */
export const pairOf = (of: (side: 0 | 1) => bigint): Pair => [of(0), of(1)];

export function demand(holds: boolean, code = NAMELESS): void {
  if (!holds) throw new Refused(code);
}

/** Where a swap's next step ends, unless the price stops before. */
export interface NextTick {
  readonly tick: number;
  readonly initialised: boolean;
}

/**
 * The nearest initialised tick, at the present one or below it, or else above it. Ticks are looked for among `perWord`
 * multiples of the spacing at a time, as they are kept; if there is none the step ends at the last of these.
 */
export function nextTick({ ticks, tickSpacing }: Uniswap, from: number, down: boolean, perWord: number): NextTick {
  const multiple = Math.floor(from / tickSpacing) + (down ? 0 : 1);
  const word = Math.floor(multiple / perWord) * perWord;
  const [first, last] = (down ? [word, multiple] : [multiple, word + perWord - 1]).map((each) => each * tickSpacing);
  const found = [...ticks.keys()].filter((tick) => first <= tick && tick <= last);
  if (found.length === 0) return { tick: down ? first : last, initialised: false };
  return { tick: down ? Math.max(...found) : Math.min(...found), initialised: true };
}
