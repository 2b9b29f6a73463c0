import { formatUnits, parseUnits } from "ethers";

import { UserError } from "../../sim/user-error.ts";

/**
 * Reads a positive decimal number exactly.
 * @param decimals Places that the number may have after the point, and scale of the result.
 * @throws UserError naming the option.
 * @example parseDecimal("0.7", 18, "--ltv") // 700000000000000000n
 */
export function parseDecimal(text: string, decimals: number, option: string): bigint {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UserError(`${option} must be a positive number, got "${text}"`);
  if ((text.split(".")[1] ?? "").length > decimals) {
    throw new UserError(`${option} has more than ${decimals} decimals: ${text}`);
  }
  const value = parseUnits(text, decimals);
  if (value === 0n) throw new UserError(`${option} must be above zero`);
  return value;
}

/** The same for a fraction above 0 and below 1. [WAD] */
export function parseFraction(text: string, option: string): bigint {
  const value = parseDecimal(text, 18, option);
  if (value >= 10n ** 18n) throw new UserError(`${option} must be below 1, got ${text}`);
  return value;
}

/** Reads a whole number within a range. */
export function parseCount(text: string, min: number, max: number, option: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UserError(`${option} must be a whole number from ${min} to ${max}, got "${text}"`);
}

/** For people: rounded down to `places`, with thousands separators. */
export function formatFixed(value: bigint, decimals: number, places: number): string {
  const cut = places < decimals ? value / 10n ** BigInt(decimals - places) : value * 10n ** BigInt(places - decimals);
  const [whole, fraction = ""] = formatUnits(cut, places).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return places === 0 ? grouped : `${grouped}.${fraction.padEnd(places, "0")}`;
}
