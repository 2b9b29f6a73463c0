/** 10^decimals: raising to a power takes longer than all else that is done to an amount. */
const POWERS = Array.from({ length: 78 }, (_, decimals) => 10 ** decimals);

/**
 * Base units as a floating-point number of whole tokens, for decisions and reports. Exact to 53 bits; amounts that go
 * back to the chain never come from here without `toUnits`.
 */
export function toFloat(amount: bigint, decimals: number): number {
  return Number(amount) / (POWERS[decimals] ?? 10 ** decimals);
}

/** Whole tokens in base units, rounded down; nine decimals of the number count. */
export function toUnits(value: number, decimals: number): bigint {
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`${value} is no amount`);
  const kept = Math.min(decimals, 9);
  return BigInt(Math.floor(value * 10 ** kept)) * 10n ** BigInt(decimals - kept);
}

/** The oracles' price of whole tokens as a float, from loan base units per collateral base unit × 1e36. */
export function priceFloat(price36: bigint, collateralDecimals: number, loanDecimals: number): number {
  return Number(price36) / 10 ** (36 + loanDecimals - collateralDecimals);
}
