import { bridge, type Keyframe } from "./bridge.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario made of keyframes with a seeded bridge between them. */
export interface KeyframeScenario extends Scenario {
  readonly keyframes: readonly Keyframe[];
  readonly volatility?: number;
}

/** Everything of a scenario but what follows from its keyframes. */
export interface KeyframeOptions extends Omit<Scenario, "durationSeconds" | "path"> {
  readonly keyframes: readonly Keyframe[];
  /** Deviation of the logarithm of the price in a year; default: measured from the keyframes. */
  readonly volatility?: number;
}

/** @example createKeyframeScenario({ name: "dip", …, keyframes: hourly("0:00 2000  1:00 1500  2:00 1900") }) */
export function createKeyframeScenario(options: KeyframeOptions): KeyframeScenario {
  const { keyframes, blockSeconds, volatility } = options;
  const bridgeOptions = { blockSeconds, ...(volatility === undefined ? {} : { volatility }) };
  return {
    ...options,
    durationSeconds: keyframes[keyframes.length - 1].seconds,
    path: (rng) => bridge(keyframes, bridgeOptions, rng),
  };
}

/**
 * The same history in longer blocks: at most so many, or as few as keep the keyframes apart. Each keyframe moves to the
 * nearest block. Whatever needs a block takes that much longer: results of different block times do not compare.
 * @param longestSeconds No block is made longer than this; one that is already stays.
 */
export function withFewerBlocks(
  scenario: KeyframeScenario,
  most: number,
  longestSeconds = Number.POSITIVE_INFINITY,
): KeyframeScenario {
  const { keyframes } = scenario;
  const gaps = keyframes.slice(1).map(({ seconds }, index) => seconds - keyframes[index].seconds);
  const longest = Math.min(longestSeconds, ...gaps); // keyframes that are a block apart stay apart
  let shorter = scenario;
  for (let length = scenario.blockSeconds; length <= longest; length += scenario.blockSeconds) {
    shorter = inBlocksOf(scenario, length);
    if (shorter.durationSeconds / length <= most) break;
  }
  return shorter;
}

function inBlocksOf(scenario: KeyframeScenario, blockSeconds: number): KeyframeScenario {
  const keyframes = scenario.keyframes.map((keyframe) => ({
    ...keyframe,
    seconds: Math.round(keyframe.seconds / blockSeconds) * blockSeconds,
  }));
  return createKeyframeScenario({ ...scenario, blockSeconds, keyframes });
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
