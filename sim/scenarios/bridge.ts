import type { Rng } from "../rng.ts";
import type { PricePath, PricePoint } from "./scenario.ts";

/** A price that the path must pass through, and the range it keeps to from there to the next one. */
export interface Keyframe extends PricePoint {
  /** Default: the lowest and the highest of all keyframes. */
  readonly range?: { readonly low: number; readonly high: number };
}

export interface BridgeOptions {
  readonly blockSeconds: number;
  /** Deviation of the logarithm of the price in a year; default: measured around each keyframe. */
  readonly volatility?: number;
}

const SECONDS_PER_YEAR = 365 * 24 * 3600;

/**
 * Share of the variance between keyframes that the path adds within them. Keyframes are chosen for their extremes, so
 * that what they measure is more than diffusion: a half leaves a fall recognisable as a fall.
 */
const ROUGHNESS = 0.5;

/**
 * Fills the blocks between keyframes with a Brownian bridge of the price's logarithm. What would leave the range is
 * reflected at its edge, so that the lowest keyframe is exactly the lowest price of the path, without a flat bottom.
 * @param keyframes At least two, the first at 0 s, each on a block of its own: the path has one price a block.
 * @returns One price a block, the keyframes' own to the bit.
 * @throws Error if the keyframes do not fit the blocks: a bug of whoever made them, inputs of users are checked before.
 */
export function bridge(keyframes: readonly Keyframe[], options: BridgeOptions, rng: Rng): PricePath {
  const { blockSeconds } = options;
  checkKeyframes(keyframes, blockSeconds);
  const prices = keyframes.map(({ price }) => price);
  const whole = { low: Math.min(...prices), high: Math.max(...prices) };

  const path = [keyframes[0].price];
  for (let index = 1; index < keyframes.length; ++index) {
    const [from, to] = [keyframes[index - 1], keyframes[index]];
    const { low, high } = from.range ?? whole;
    const perSecond = options.volatility === undefined ? measured(keyframes, index) : annual(options.volatility);
    const deviation = perSecond * Math.sqrt(blockSeconds);
    const steps = (to.seconds - from.seconds) / blockSeconds;
    const end = Math.log(to.price);
    let logarithm = Math.log(from.price);
    for (let left = steps; left > 1; --left) {
      logarithm += (end - logarithm) / left + deviation * Math.sqrt((left - 1) / left) * rng.normal();
      path.push(Math.min(high, Math.max(low, Math.exp(reflected(logarithm, Math.log(low), Math.log(high))))));
    }
    path.push(to.price);
  }
  return path;
}

function annual(volatility: number): number {
  return volatility / Math.sqrt(SECONDS_PER_YEAR);
}

/** Deviation per √second around the step that ends at keyframe `index`: of it and its two neighbours on each side. */
function measured(keyframes: readonly Keyframe[], index: number): number {
  let squares = 0;
  let seconds = 0;
  for (let end = Math.max(1, index - 2); end <= Math.min(keyframes.length - 1, index + 2); ++end) {
    squares += Math.log(keyframes[end].price / keyframes[end - 1].price) ** 2;
    seconds += keyframes[end].seconds - keyframes[end - 1].seconds;
  }
  return Math.sqrt((ROUGHNESS * squares) / seconds);
}

/** Folds `x` into [low, high] as if both were mirrors. */
function reflected(x: number, low: number, high: number): number {
  const width = high - low;
  if (width <= 0) return low;
  const phase = (((x - low) % (2 * width)) + 2 * width) % (2 * width);
  return low + (phase <= width ? phase : 2 * width - phase);
}

function checkKeyframes(keyframes: readonly Keyframe[], blockSeconds: number): void {
  if (keyframes.length < 2 || keyframes[0].seconds !== 0) throw new Error("two keyframes needed, the first at 0 s");
  for (const [index, { seconds, price, range }] of keyframes.entries()) {
    if (seconds % blockSeconds !== 0) throw new Error(`no block of ${blockSeconds} s at ${seconds} s`);
    if (index > 0 && seconds <= keyframes[index - 1].seconds) throw new Error(`two keyframes at ${seconds} s`);
    if (!(price > 0 && price < Infinity)) throw new Error(`price ${price} at ${seconds} s`);
    const next = keyframes[index + 1]?.price ?? price;
    if (range !== undefined && (Math.min(price, next) < range.low || Math.max(price, next) > range.high)) {
      throw new Error(`keyframes outside their range at ${seconds} s`);
    }
  }
}
