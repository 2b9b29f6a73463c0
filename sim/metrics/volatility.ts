/** Natural logarithm of the ratio between two ticks of Uniswap v3. */
export const LN_TICK = Math.log1p(1e-4);

export const DAY = 86_400; // [s]

/** Time constants of the two averages. [s] */
export const FAST_TIME_CONSTANT = 2 * DAY;
export const SLOW_TIME_CONSTANT = 30 * DAY;

/** All as fractions per √day: 0.04 is 4 % a day. */
export interface VolatilityParameters {
  readonly initial: number;
  readonly stress: number;
  readonly floor: number;
  readonly clamp: number;
}

export interface VolatilityEstimate {
  readonly fast: number;
  readonly slow: number;
  /** σ* = max(fast, ¾ slow + ¼ stress, implied, floor). */
  readonly sigma: number;
}

/** How long a price was at a tick. */
export interface TickPiece {
  readonly tick: number;
  readonly seconds: number;
}

/** Logarithmic return between the means over two adjoining intervals, of which the sums of ticks over time are given. */
export function meanReturn(change: bigint, seconds: number, previousChange: bigint, previousSeconds: number): number {
  // In whole numbers until the last division: the means are large, their difference is small.
  const numerator = change * BigInt(previousSeconds) - previousChange * BigInt(seconds);
  return (Number(numerator) / (seconds * previousSeconds)) * LN_TICK;
}

/** Weight of a sample in an exponential average. */
export function weightOf(seconds: number, timeConstant: number): number {
  return -Math.expm1(-seconds / timeConstant);
}

export function clampTo(value: number, bound: number): number {
  return Math.min(Math.max(value, -bound), bound);
}

/**
 * What the contract `VolatilityOracle` estimates, in floating point, from the same samples: exponential averages over 2
 * and 30 days of squared returns between the means of adjoining intervals, each divided by the time it stands for, a third
 * of both intervals (Working 1960).
 */
export class VolatilityEstimator {
  readonly #parameters: VolatilityParameters;
  #fast: number; // variance per day
  #slow: number;
  #previous: { readonly change: bigint; readonly seconds: number } | undefined;

  constructor(parameters: VolatilityParameters) {
    this.#parameters = parameters;
    this.#fast = this.#slow = parameters.initial ** 2;
  }

  /** Takes in an interval: the sum of ticks over its seconds. */
  addInterval(change: bigint, seconds: number): void {
    const previous = this.#previous;
    this.#previous = { change, seconds };
    if (previous === undefined) return;
    const days = (seconds + previous.seconds) / 3 / DAY;
    this.addReturn(meanReturn(change, seconds, previous.change, previous.seconds), days, seconds);
  }

  /** Takes in a return whose variance is that of so many days, and which stands for so many seconds. */
  addReturn(value: number, days: number, seconds: number): void {
    const clamped = clampTo(value, this.#parameters.clamp * Math.sqrt(days));
    const sample = clamped ** 2 / days;
    this.#fast += weightOf(seconds, FAST_TIME_CONSTANT) * (sample - this.#fast);
    this.#slow += weightOf(seconds, SLOW_TIME_CONSTANT) * (sample - this.#slow);
  }

  /** @param implied Posted implied volatility, counted within half and twice the slow one; 0: none. */
  estimate(implied = 0): VolatilityEstimate {
    const { stress, floor } = this.#parameters;
    const [fast, slow] = [Math.sqrt(this.#fast), Math.sqrt(this.#slow)];
    const bounded = implied === 0 ? 0 : Math.min(Math.max(implied, slow / 2), slow * 2);
    return { fast, slow, sigma: Math.max(fast, 0.75 * slow + 0.25 * stress, bounded, floor) };
  }
}

/** Sum of ticks over time. */
export function sumOfTicks(pieces: readonly TickPiece[]): bigint {
  return pieces.reduce((sum, { tick, seconds }) => sum + BigInt(tick) * BigInt(seconds), 0n);
}
