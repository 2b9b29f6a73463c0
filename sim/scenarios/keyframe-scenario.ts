import type { Rng } from "../rng.ts";
import { bridge, type Keyframe } from "./bridge.ts";
import type { PricePath, Scenario } from "./scenario.ts";

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

export function isKeyframeScenario(scenario: Scenario): scenario is KeyframeScenario {
  return "keyframes" in scenario;
}

/**
 * The same history in longer blocks: at most so many, or as few as keep the keyframes apart. Each keyframe moves to the
 * nearest block; of a path without keyframes each block takes the price at its end. Whatever needs a block takes that
 * much longer: results of different block times do not compare.
 * @param longestSeconds No block is made longer than this; one that is already stays.
 */
export function withFewerBlocks(scenario: Scenario, most: number, longestSeconds = Number.POSITIVE_INFINITY): Scenario {
  if (!isKeyframeScenario(scenario)) return thinned(scenario, most, longestSeconds);
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

/** Every so many blocks become one. What does not fill one at the end goes. */
function thinned(scenario: Scenario, most: number, longestSeconds: number): Scenario {
  const { blockSeconds } = scenario;
  const blocks = Math.round(scenario.durationSeconds / blockSeconds);
  const allowed = Math.max(1, Math.floor(longestSeconds / blockSeconds));
  const every = Math.min(Math.ceil(blocks / most), allowed, blocks);
  if (every <= 1) return scenario;
  const thin = (path: PricePath) => path.filter((_, block) => block % every === 0);
  const others = scenario.others?.bind(scenario);
  return {
    ...scenario,
    blockSeconds: blockSeconds * every,
    durationSeconds: Math.floor(blocks / every) * every * blockSeconds,
    path: (rng) => thin(scenario.path(rng)),
    ...(others === undefined
      ? {}
      : {
          others: (rng: Rng) =>
            Object.fromEntries(Object.entries(others(rng)).map(([name, path]) => [name, thin(path)])),
        }),
  };
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
