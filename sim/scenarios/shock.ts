import { UserError } from "../user-error.ts";
import { ASSETS } from "./assets.ts";
import { createKeyframeScenario, type KeyframeScenario } from "./keyframe-scenario.ts";
import type { AssetSymbol } from "./scenario.ts";

const MAINNET_BLOCK = 12; // [s]
const WANTED_BLOCKS = 2500;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }; // [s]
const LONGEST = 365 * UNITS.d;

/** Deeper falls leave nothing to lend against, and prices that a feed cannot state. */
const DEEPEST = -0.999;

/**
 * A straight fall after some calm, and calm after it at the new price.
 * @param fall As a share of the price: −0.4 for −40 %.
 * @param overSeconds How long the fall takes.
 */
export function createShockScenario(fall: number, overSeconds: number, asset: AssetSymbol): KeyframeScenario {
  const { loan, price, volatility, usual: volatilityBefore } = ASSETS[asset];
  const before = Math.max(10 * UNITS.m, overSeconds / 4);
  const after = Math.max(UNITS.h, overSeconds);
  const blockSeconds =
    MAINNET_BLOCK * Math.max(1, Math.ceil((before + overSeconds + after) / WANTED_BLOCKS / MAINNET_BLOCK));
  const whole = (seconds: number) => Math.max(1, Math.round(seconds / blockSeconds)) * blockSeconds;
  const [start, end] = [whole(before), whole(before) + whole(overSeconds)];
  const low = price * (1 + fall);
  const percent = Number((-100 * fall).toFixed(3));
  const duration = formatDuration(overSeconds);
  return createKeyframeScenario({
    name: "shock",
    title: `${asset} −${percent} % in ${duration}`,
    description: `${asset} falls ${percent} % in ${duration}, after ${formatDuration(start)} of calm, and stays down.`,
    source: "",
    asset,
    loan,
    blockSeconds,
    volatility,
    volatilityBefore,
    keyframes: [
      { seconds: 0, price },
      { seconds: start, price },
      { seconds: end, price: low },
      { seconds: end + whole(after), price: low },
    ],
  });
}

/** @throws UserError for anything but a fall of less than the whole price. */
export function parseFall(text: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (value < 0 && value >= DEEPEST) return value;
  throw new UserError(`--shock must be a fall from ${DEEPEST} to below 0, such as -0.4 for −40 %, got "${text}"`);
}

/**
 * Reads a duration with its unit.
 * @throws UserError naming the option.
 * @example parseDuration("30m", "--over") // 1800
 */
export function parseDuration(text: string, option: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const seconds = unit === undefined ? NaN : Number(number) * UNITS[unit];
  if (seconds >= MAINNET_BLOCK && seconds <= LONGEST) return seconds;
  throw new UserError(`${option} must be a time from 12s to 365d, such as 90s, 30m, 26h or 3d, got "${text}"`);
}

/** In the largest unit that it is a handy multiple of, else in the largest it holds twice, to a tenth. */
export function formatDuration(seconds: number): string {
  const units = Object.entries(UNITS).reverse();
  const [unit, length] =
    units.find(([, length]) => seconds >= length && seconds < 1000 * length && seconds % length === 0) ??
    units.find(([, length]) => seconds >= 2 * length) ??
    units[units.length - 1];
  return `${Number((seconds / length).toFixed(1))} ${unit}`;
}
