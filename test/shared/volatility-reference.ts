import type { Rng } from "../../sim/rng.ts";
import {
  clampTo,
  DAY,
  LN_TICK,
  meanReturn,
  sumOfTicks,
  type TickPiece,
  weightOf,
} from "../../sim/metrics/volatility.ts";

/** A path of ticks in time, which can be asked for the sum of ticks between any two moments. */
export class TickPath {
  readonly #pieces: { readonly from: number; readonly tick: number }[];

  /** @param from When it begins. [unix s] */
  constructor(from: number, tick: number) {
    this.#pieces = [{ from, tick }];
  }

  /** From `from` on the tick is this. */
  add(from: number, tick: number): void {
    if (from < this.#pieces[this.#pieces.length - 1].from) throw new Error(`${from} is before the path's end`);
    this.#pieces.push({ from, tick });
  }

  /** Sum of ticks over the seconds between two moments. */
  sum(from: number, to: number): bigint {
    const pieces: TickPiece[] = [];
    // From the end: what is asked for is the latest part.
    for (let index = this.#pieces.length - 1, end = to; index >= 0 && end > from; --index) {
      const { from: begin, tick } = this.#pieces[index];
      const seconds = end - Math.max(begin, from);
      if (seconds <= 0) continue;
      pieces.push({ tick, seconds });
      end -= seconds;
    }
    return sumOfTicks(pieces);
  }
}

/** Which moments the contract samples: the last multiple of `interval`, if that is at least `interval` after the last. */
export class Grid {
  last: number;
  readonly #interval: number;

  constructor(start: number, interval: number) {
    this.last = start;
    this.#interval = interval;
  }

  /** @returns Length of the interval that a poke ends, and where it ends; undefined if it ends none. */
  poke(now: number): { readonly from: number; readonly to: number } | undefined {
    const to = Math.floor(now / this.#interval) * this.#interval;
    if (to - this.last < this.#interval) return undefined;
    const from = this.last;
    this.last = to;
    return { from, to };
  }
}

export interface PairInterval {
  /** Sums of ticks over the interval: of assets with a pool; logarithmic returns of the others. */
  readonly a: bigint | number;
  readonly b: bigint | number;
  readonly seconds: number;
}

/** What the contract's pairs estimate, in floating point. Variances and covariance per day, over one time constant. */
export class CorrelationEstimator {
  readonly #timeConstant: number;
  readonly #clamps: readonly [number, number];
  #moments: { readonly a: number; readonly b: number; readonly ab: number };
  #previous: PairInterval | undefined;

  /** @param sigmas Volatilities per √day to begin with, and the correlation. */
  constructor(timeConstant: number, clamps: readonly [number, number], sigmas: readonly [number, number], rho: number) {
    this.#timeConstant = timeConstant;
    this.#clamps = clamps;
    this.#moments = { a: sigmas[0] ** 2, b: sigmas[1] ** 2, ab: sigmas[0] * sigmas[1] * rho };
  }

  add(interval: PairInterval): void {
    const previous = this.#previous;
    this.#previous = interval;
    // Of two prices the first return needs no interval before.
    if (previous === undefined && !(typeof interval.a === "number" && typeof interval.b === "number")) return;
    const [a, daysA] = this.#sample("a", interval, previous);
    const [b, daysB] = this.#sample("b", interval, previous);
    const days = typeof interval.a === typeof interval.b ? daysA : interval.seconds / 2 / DAY;
    const most = this.#clamps[0] * this.#clamps[1];
    const { a: va, b: vb, ab } = this.#moments;
    const weight = weightOf(interval.seconds, this.#timeConstant);
    this.#moments = {
      a: va + weight * (a ** 2 / daysA - va),
      b: vb + weight * (b ** 2 / daysB - vb),
      ab: ab + weight * (clampTo((a * b) / days, most) - ab),
    };
  }

  get rho(): number {
    const { a, b, ab } = this.#moments;
    return clampTo(ab / Math.sqrt(a * b), 1);
  }

  #sample(side: "a" | "b", interval: PairInterval, previous: PairInterval | undefined): [number, number] {
    const clamp = this.#clamps[side === "a" ? 0 : 1];
    const value = interval[side];
    const means = typeof value === "bigint";
    const seconds = means ? (interval.seconds + previous!.seconds) / 3 : interval.seconds;
    const days = seconds / DAY;
    const change = means ? meanReturn(value, interval.seconds, previous![side] as bigint, previous!.seconds) : value;
    return [clampTo(change, clamp * Math.sqrt(days)), days];
  }
}

/** A random stretch of path, from after a moment on: one to four ticks for irregular times, some after a jump. */
export function randomPieces(rng: Rng, tick: number, longest: number, sigma: number): TickPiece[] {
  let at = tick;
  return Array.from({ length: 1 + rng.integer(4) }, () => {
    const seconds = 1 + rng.integer(longest);
    const jump = rng.next() < 0.05 ? 3 : 1;
    at = Math.round(at + (jump * sigma * Math.sqrt(seconds / DAY) * rng.normal()) / LN_TICK);
    return { tick: at, seconds };
  });
}
