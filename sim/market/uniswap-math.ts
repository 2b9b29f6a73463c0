/** Fixed point of Uniswap v3's square-root prices. */
export const Q96 = 1n << 96n;
export const MIN_TICK = -887_272;
export const MAX_TICK = 887_272;
/** Square-root prices at the two extreme ticks; a swap's limit lies strictly between them. */
export const MIN_SQRT_PRICE_X96 = 4_295_128_739n;
export const MAX_SQRT_PRICE_X96 = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342n;

/** Tick spacings that the canonical factory enables, by fee. [hundredths of a bip → ticks] */
const TICK_SPACINGS: Readonly<Record<number, number>> = { 500: 10, 3_000: 60, 10_000: 200 };

/** A positive rational number. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Largest integer whose square does not exceed `value`. */
export function sqrtDown(value: bigint): bigint {
  if (value < 0n) throw new RangeError(`square root of ${value}`);
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1); // above the root: Newton falls monotonically
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * Price in whole units to the ratio of base units that contracts see.
 * @param price Quote tokens for one base token.
 * @returns Quote base units for one base base unit.
 * @example unitPrice({ numerator: 2_000n, denominator: 1n }, 18, 6) // 2000 USDC per ETH → 2000e6 / 1e18
 */
export function unitPrice(price: Rational, baseDecimals: number, quoteDecimals: number): Rational {
  return {
    numerator: price.numerator * 10n ** BigInt(quoteDecimals),
    denominator: price.denominator * 10n ** BigInt(baseDecimals),
  };
}

/** `floor(√(numerator/denominator) · 2^96)` of a price of token0 in token1, both in base units. */
export function sqrtPriceX96Of({ numerator, denominator }: Rational): bigint {
  if (numerator <= 0n || denominator <= 0n) throw new RangeError(`price ${numerator}/${denominator} is not positive`);
  const sqrtPriceX96 = sqrtDown((numerator << 192n) / denominator);
  if (sqrtPriceX96 < MIN_SQRT_PRICE_X96 || sqrtPriceX96 >= MAX_SQRT_PRICE_X96) {
    throw new RangeError(`price ${numerator}/${denominator} is outside Uniswap's range`);
  }
  return sqrtPriceX96;
}

/** Price of token0 in token1, both in base units: exactly `(sqrtPriceX96 / 2^96)²`. */
export function priceOfSqrt(sqrtPriceX96: bigint): Rational {
  return { numerator: sqrtPriceX96 * sqrtPriceX96, denominator: 1n << 192n };
}

export function invert({ numerator, denominator }: Rational): Rational {
  return { numerator: denominator, denominator: numerator };
}

/** `floor(price · 10^decimals)`: WAD by default. */
export function toFixedPoint({ numerator, denominator }: Rational, decimals = 18): bigint {
  return (numerator * 10n ** BigInt(decimals)) / denominator;
}

/**
 * `round(2^128 · 1.0001^(−2^i / 2))` for the 20 bits of a tick, from a 512-bit square root. These are by definition the
 * multipliers of the on-chain tick mathematics.
 */
const TICK_MULTIPLIERS_X128: readonly bigint[] = (() => {
  const multipliers: bigint[] = [];
  let ratioX512 = sqrtDown((10_000n << 1024n) / 10_001n);
  for (let bit = 0; bit < 20; ++bit) {
    multipliers.push((ratioX512 + (1n << 383n)) >> 384n);
    ratioX512 = (ratioX512 * ratioX512) >> 512n;
  }
  return multipliers;
})();

/** Square-root price at a tick, equal to the pool's own to the last bit. */
export function sqrtPriceX96AtTick(tick: number): bigint {
  if (!Number.isInteger(tick) || tick < MIN_TICK || tick > MAX_TICK) throw new RangeError(`tick ${tick} out of range`);
  const steps = Math.abs(tick);
  let ratioX128 = 1n << 128n;
  TICK_MULTIPLIERS_X128.forEach((multiplier, bit) => {
    if ((steps >> bit) & 1) ratioX128 = (ratioX128 * multiplier) >> 128n;
  });
  if (tick > 0) ratioX128 = ((1n << 256n) - 1n) / ratioX128;
  return (ratioX128 + 0xffffffffn) >> 32n; // rounded up, as on chain
}

/** Greatest tick whose square-root price does not exceed the given one. */
export function tickAtSqrtPriceX96(sqrtPriceX96: bigint): number {
  if (sqrtPriceX96 < MIN_SQRT_PRICE_X96 || sqrtPriceX96 >= MAX_SQRT_PRICE_X96) {
    throw new RangeError(`square-root price ${sqrtPriceX96} out of range`);
  }
  // The estimate may be off by one; the exact comparison decides.
  const estimate = Math.floor((2 * Math.log(Number(sqrtPriceX96) / 2 ** 96)) / Math.log(1.0001));
  let tick = Math.min(Math.max(estimate, MIN_TICK), MAX_TICK - 1);
  while (sqrtPriceX96AtTick(tick) > sqrtPriceX96) --tick;
  while (sqrtPriceX96AtTick(tick + 1) <= sqrtPriceX96) ++tick;
  return tick;
}

export function tickSpacingOf(fee: number): number {
  const spacing = TICK_SPACINGS[fee];
  if (spacing === undefined) throw new RangeError(`fee ${fee} is not enabled in the canonical factory`);
  return spacing;
}

/** Nearest tick at or below `tick` that the spacing allows. */
export function usableTickDown(tick: number, spacing: number): number {
  return Math.floor(tick / spacing) * spacing;
}

/** Widest range of ticks that the spacing allows. */
export function fullRange(spacing: number): { tickLower: number; tickUpper: number } {
  const tickUpper = usableTickDown(MAX_TICK, spacing);
  return { tickLower: -tickUpper, tickUpper };
}
