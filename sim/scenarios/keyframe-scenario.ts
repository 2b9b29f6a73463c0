import { bridge, type Keyframe } from "./bridge.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario made of keyframes with a seeded bridge between them. */
export interface KeyframeScenario extends Scenario {
  readonly keyframes: readonly Keyframe[];
}

/** Everything of a scenario but what follows from its keyframes. */
export interface KeyframeOptions extends Omit<Scenario, "durationSeconds" | "path"> {
  readonly keyframes: readonly Keyframe[];
  /** Deviation of the logarithm of the price in a year; default: measured from the keyframes. */
  readonly volatility?: number;
}

/** @example createKeyframeScenario({ name: "dip", …, keyframes: hourly("0:00 2000  1:00 1500  2:00 1900") }) */
export function createKeyframeScenario({ volatility, ...options }: KeyframeOptions): KeyframeScenario {
  const { keyframes, blockSeconds } = options;
  const bridgeOptions = { blockSeconds, ...(volatility === undefined ? {} : { volatility }) };
  return {
    ...options,
    durationSeconds: keyframes[keyframes.length - 1].seconds,
    path: (rng) => bridge(keyframes, bridgeOptions, rng),
  };
}

/** Reads pairs of time and price: hours and minutes (`26:12`) or whole days (`14d`) since the start, then the price. */
export function parseKeyframes(text: string): Keyframe[] {
  return text
    .trim()
    .split(/\s{2,}|\n\s*/)
    .map((pair) => {
      const match = /^(?:(\d+):(\d\d)|(\d+)d) (\d+(?:\.\d+)?)$/.exec(pair);
      if (match === null) throw new Error(`not a keyframe: "${pair}"`);
      const [, hours = "0", minutes = "0", days = "0", price] = match;
      return { seconds: Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60, price: Number(price) };
    });
}

/** Deepest fall from the highest price before it, as a share of that price: 0.56 for −56 %. */
export function deepestFall(prices: readonly number[]): number {
  let peak = 0;
  let fall = 0;
  for (const price of prices) {
    peak = Math.max(peak, price);
    fall = Math.max(fall, 1 - price / peak);
  }
  return fall;
}
