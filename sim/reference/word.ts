/** Arithmetic of words of 256 bits as contracts have it: what overflows is refused. */
import { maximum, minimum, WAD } from "./fixed-point.ts";

export const MAX_WORD = 2n ** 256n - 1n;
/** `Panic(uint256)` of checked arithmetic. */
const OVERFLOW = 0x11n;

/** What a refusal carries: numbers, and of whom or what it speaks. Names of parameters are text. */
export type RefusedValue = bigint | string;

/** A call that a pool, or a token that it moves, refuses: by the error's name and its values in their order. */
export class PoolRefused extends Error {
  constructor(
    readonly reason: string,
    readonly values: readonly RefusedValue[] = [],
  ) {
    super(`${reason}(${values.join(", ")})`);
  }
}

/** A sum that the language itself refuses where it does not fit. */
export function checked(value: bigint, largest = MAX_WORD): bigint {
  if (value < 0n || value > largest) throw new PoolRefused("Panic", [OVERFLOW]);
  return value;
}

/** `⌊xy ÷ d⌋` where the product must fit a word. */
export function mulDiv(x: bigint, y: bigint, d: bigint): bigint {
  if (d === 0n || x * y > MAX_WORD) throw new PoolRefused("MulDivFailed");
  return (x * y) / d;
}

export function mulDivUp(x: bigint, y: bigint, d: bigint): bigint {
  const quotient = mulDiv(x, y, d);
  return quotient * d === x * y ? quotient : quotient + 1n;
}

/** The same where only the quotient must fit. */
export function fullMulDiv(x: bigint, y: bigint, d: bigint): bigint {
  if (d === 0n || (x * y) / d > MAX_WORD) throw new PoolRefused("FullMulDivFailed");
  return (x * y) / d;
}

export function fullMulDivUp(x: bigint, y: bigint, d: bigint): bigint {
  const quotient = fullMulDiv(x, y, d);
  if (quotient * d === x * y) return quotient;
  if (quotient === MAX_WORD) throw new PoolRefused("FullMulDivFailed");
  return quotient + 1n;
}

export const mulWad = (x: bigint, y: bigint) => (x * y) / WAD;
export const clamp = (x: bigint, low: bigint, high: bigint) => minimum(maximum(x, low), high);
export const absolute = (x: bigint) => (x < 0n ? -x : x);
