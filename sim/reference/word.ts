/**
 * Arithmetic of words of 256 bits as contracts have it: solady 0.1.26 to the last unit, and what overflows is refused. Where the
 * reference needs exact exponentials, `fixed-point.ts` has them; here are those that decide what interest comes to.
 */
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

/** `x·y ≫ 96` of signed numbers, downwards. */
const times96 = (x: bigint, y: bigint) => (x * y) >> 96n;

const LN2_96 = 54916777467707473351141471128n;

/** `e^x`. [WAD] A rational approximation. Bit by bit as `FixedPointMathLib.expWad`. */
export function expWad(exponent: bigint): bigint {
  if (exponent <= -41446531673892822313n) return 0n;
  if (exponent >= 135305999368893231589n) throw new PoolRefused("ExpOverflow");
  let x = (exponent << 78n) / 5n ** 18n;
  const k = ((x << 96n) / LN2_96 + 2n ** 95n) >> 96n;
  x -= k * LN2_96;
  const y = times96(x + 1346386616545796478920950773328n, x) + 57155421227552351082224309758442n;
  let p = y + x - 94201549194550492254356042504812n;
  p = times96(p, y) + 28719021644029726153956944680412240n;
  p = p * x + (4385272521454847904659076985693276n << 96n);
  let q = x - 2855989394907223263936484059900n;
  q = times96(q, x) + 50020603652535783019961831881945n;
  q = times96(q, x) - 533845033583426703283633433725380n;
  q = times96(q, x) + 3604857256930695427073651918091429n;
  q = times96(q, x) - 14423608567350463180887372962807573n;
  q = times96(q, x) + 26449188498355588339934803723976023n;
  return ((p / q) * 3822833074963236453042738258902158003155416615667n) >> (195n - k);
}

/** `ln x`. [WAD] Bit by bit as `FixedPointMathLib.lnWad`. */
export function lnWad(value: bigint): bigint {
  if (value <= 0n) throw new PoolRefused("LnWadUndefined");
  const shift = 256n - BigInt(value.toString(2).length);
  const x = (value << shift) >> 159n;
  let p = times96(3273285459638523848632254066296n + x, x) + 24828157081833163892658089445524n;
  p = times96(p, x) + 43456485725739037958740375743393n;
  p = times96(p, x) - 11111509109440967052023855526967n;
  p = times96(p, x) - 45023709667254063763336534515857n;
  p = times96(p, x) - 14706773417378608786704636184526n;
  p = p * x - (795164235651350426258249787498n << 96n);
  let q = 5573035233440673466300451813936n + x;
  q = 71694874799317883764090561454958n + times96(x, q);
  q = 283447036172924575727196451306956n + times96(x, q);
  q = 401686690394027663651624208769553n + times96(x, q);
  q = 204048457590392012362485061816622n + times96(x, q);
  q = 31853899698501571402653359427138n + times96(x, q);
  q = 909429971244387300277376558375n + times96(x, q);
  let r = 1677202110996718588342820967067443963516166n * (p / q);
  r += 16597577552685614221487285958193947469193820559219878177908093499208371n * (159n - shift);
  r += 600920179829731861736702779321621459595472258049074101567377883020018308n;
  return r >> 174n;
}
