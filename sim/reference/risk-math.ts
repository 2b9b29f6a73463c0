/** Whole numbers as contracts have them: what is rounded here is rounded there, to the unit. */
import { Refused } from "./auction-state.ts";
import { divUp, maximum, minimum, WAD } from "./fixed-point.ts";
import { rootDown } from "./sale-terms.ts";

export const DAY = 86_400n;
export const HOUR = 3_600n;
export const BPS = 10_000n;
export const MAX_128 = (1n << 128n) - 1n;

export const distance = (a: bigint, b: bigint) => (a > b ? a - b : b - a);
export const clamp = (value: bigint, low: bigint, high: bigint) => minimum(maximum(value, low), high);
export const mulWadUp = (a: bigint, b: bigint) => divUp(a * b, WAD);
export const mulWadDown = (a: bigint, b: bigint) => (a * b) / WAD;
/** Of a WAD. [rounded down] */
export const rootWad = (x: bigint) => rootDown(x * WAD);

/** Nearest number with so many significant bits, ties upwards: what `PackedFloat` keeps. */
export function toBits(value: bigint, bits: number): bigint {
  const dropped = BigInt(value.toString(2).length - bits);
  return dropped <= 0n ? value : ((value + (1n << (dropped - 1n))) >> dropped) << dropped;
}

/** The low 48 bits, with their sign: accumulators are kept so. */
export function wrap48(value: bigint): bigint {
  return BigInt.asIntN(48, value);
}

export function inRange(reason: string, parameter: string, value: bigint, low: bigint, high: bigint): void {
  if (value < low || value > high) throw new Refused(reason, [named(parameter), value, low, high]);
}

/** A short name as `bytes32`. */
export function named(parameter: string): bigint {
  return BigInt(`0x${Buffer.from(parameter, "utf8").toString("hex").padEnd(64, "0")}`);
}

/**
 * `e^x`, as solady's `expWad`: a rational function of (6, 7) terms, which may be a unit of the last place off. The exact value
 * is in `fixed-point.ts`; here all digits must be those of the contracts.
 */
export function expWad(x: bigint): bigint {
  if (x <= -41446531673892822313n) return 0n;
  x = (x << 78n) / 5n ** 18n;
  const k = ((x << 96n) / 54916777467707473351141471128n + (1n << 95n)) >> 96n;
  x -= k * 54916777467707473351141471128n;

  let y = x + 1346386616545796478920950773328n;
  y = ((y * x) >> 96n) + 57155421227552351082224309758442n;
  let p = y + x - 94201549194550492254356042504812n;
  p = ((p * y) >> 96n) + 28719021644029726153956944680412240n;
  p = p * x + (4385272521454847904659076985693276n << 96n);

  const terms = [
    50020603652535783019961831881945n,
    -533845033583426703283633433725380n,
    3604857256930695427073651918091429n,
    -14423608567350463180887372962807573n,
    26449188498355588339934803723976023n,
  ];
  let q = x - 2855989394907223263936484059900n;
  for (const term of terms) q = ((q * x) >> 96n) + term;
  return ((p / q) * 3822833074963236453042738258902158003155416615667n) >> (195n - k);
}

/** `ln x`, as solady's `lnWad`: a rational function of (8, 8) terms. [WAD] */
export function lnWad(x: bigint): bigint {
  const k = BigInt(x.toString(2).length - 1);
  x = (x << (255n - k)) >> 159n;

  let p = ((x + 3273285459638523848632254066296n) * x) >> 96n;
  p = ((24828157081833163892658089445524n + p) * x) >> 96n;
  p = (((43456485725739037958740375743393n + p) * x) >> 96n) - 11111509109440967052023855526967n;
  p = ((p * x) >> 96n) - 45023709667254063763336534515857n;
  p = ((p * x) >> 96n) - 14706773417378608786704636184526n;
  p = p * x - (795164235651350426258249787498n << 96n);

  const terms = [
    71694874799317883764090561454958n,
    283447036172924575727196451306956n,
    401686690394027663651624208769553n,
    204048457590392012362485061816622n,
    31853899698501571402653359427138n,
    909429971244387300277376558375n,
  ];
  let q = 5573035233440673466300451813936n + x;
  for (const term of terms) q = term + ((x * q) >> 96n);

  let r = 1677202110996718588342820967067443963516166n * (p / q);
  r += 16597577552685614221487285958193947469193820559219878177908093499208371n * (k - 96n);
  r += 600920179829731861736702779321621459595472258049074101567377883020018308n;
  return r >> 174n;
}

/** ln(1.0001) × 1e36. */
const LN_TICK_36 = 99995000333308335333166680951131n;
/** ln(1e18). [WAD] */
const LN_WAD = 41446531673892822312n;
const MAX_TICK = 887_272n;
const MAX_INT_256 = (1n << 255n) - 1n;

/** The whole tick at or below a price. */
export function tickOf(price36: bigint): bigint {
  const exact = ((lnWad(minimum(price36, MAX_INT_256)) - LN_WAD) * 10n ** 24n) / LN_TICK_36;
  const millionths = clamp(exact, -MAX_TICK * 10n ** 6n, MAX_TICK * 10n ** 6n);
  const below = millionths < 0n && millionths % 10n ** 6n !== 0n ? 1n : 0n;
  return millionths / 10n ** 6n - below;
}

/** Logarithm of so many ticks. [36 decimals] */
export function lnOfTicks36(ticks: bigint): bigint {
  return ticks * LN_TICK_36;
}

/** `1 − e^(−Δt/τ)`, the exponent no more than 40. */
export function weightWad(elapsed: bigint, tau: bigint): bigint {
  return WAD - keptWad(elapsed, tau);
}

/** `e^(−Δt/τ)`. */
export function keptWad(elapsed: bigint, tau: bigint): bigint {
  return elapsed === 0n ? WAD : expWad(-minimum((elapsed * WAD) / tau, 40n * WAD));
}
