import { divUp, exp, ln, maximum, minimum, ONE, toWadUp, WAD } from "./fixed-point.ts";
import type { SaleTerms } from "./sale-terms.ts";

/** A second. */
export const TICKS = 256n;
/** A schedule may be so far ahead of the clock. [ticks] */
export const MAX_LEAD = 120n * TICKS;

const SCALE = ONE / WAD;

/** `decay · lag`, an exponent. Exact: 10^24 is a multiple of 256. */
const fallen = (t: SaleTerms, lag: bigint) => t.decay * lag * (ONE / 10n ** 16n / TICKS);

/** `start · e^(−decay·lag)`. */
const exponential = (t: SaleTerms, lag: bigint) => (t.startWad * exp(-fallen(t, lag))) / WAD;

/**
 * Price ÷ liquidation price at a lag: `max(floor, (1 + premium) · e^(−decay·lag))` and what is like it. Exact.
 * @param floor [WAD]
 * @param lag [ticks]
 */
export function factorAt(t: SaleTerms, floor: bigint, lag: bigint): bigint {
  if (t.kind === "fixed") return floor * SCALE;
  const whole = t.secondsToFloor * TICKS;
  if (lag >= whole) return floor * SCALE;
  if (t.kind === "linear") return t.startWad * SCALE - ((t.startWad - floor) * SCALE * lag) / whole;
  if (t.kind === "stairs") lag -= lag % (t.stepSeconds * TICKS);
  return maximum(exponential(t, lag), floor * SCALE);
}

/**
 * Mean of the factor over a sale: `free` ticks at the lag at which it begins, then `span` more while the lag shrinks by as
 * many, and stays at −2 min. Exact.
 */
export function meanOver(t: SaleTerms, floor: bigint, lag: bigint, free: bigint, span: bigint): bigint {
  const first = factorAt(t, floor, lag);
  if (span === 0n) return first;
  const end = lag - span;
  let sum = free * first;
  if (end < -MAX_LEAD) sum += (-MAX_LEAD - end) * factorAt(t, floor, -MAX_LEAD);
  sum += integral(t, floor, maximum(end, -MAX_LEAD), lag);
  return sum / (free + span);
}

/** `∫ max(floor, start·e^(−decay·x)) dx` between two lags: a piece of the exponential, then one of the floor. */
function integral(t: SaleTerms, floor: bigint, from: bigint, to: bigint): bigint {
  const decay = fallen(t, 1n);
  // Where they meet. [ticks × ONE]
  const meet = minimum((ln((t.startWad * ONE) / floor) * ONE) / decay, t.secondsToFloor * TICKS * ONE);
  const middle = minimum(maximum(meet, from * ONE), to * ONE);
  const difference = exp(-decay * from) - exp((-decay * middle) / ONE);
  return (t.startWad * difference * ONE) / (WAD * decay) + (floor * (to * ONE - middle)) / WAD;
}

/** A price as a contract may charge it: at least `low`, at most `high`, best `exact`. [WAD] */
export interface PriceBounds {
  readonly low: bigint;
  readonly exact: bigint;
  readonly high: bigint;
}

/**
 * What the mean of a sale may be in 18 decimals, all that is rounded being rounded up.
 *
 * Exponentials are right to a unit of the last place, their exponents too, and contracts add four units to each: so a price
 * is too high by 10 units of the last place at most. An integral is a difference of two of them divided by the decay, so
 * that the same units weigh the more the shorter the sale is, until the price at its end, which it cannot exceed, is
 * nearer. And the place where the price meets its floor is found to a tick: half a tick's fall may be lost there.
 */
export function meanBounds(t: SaleTerms, floor: bigint, lag: bigint, free: bigint, span: bigint): PriceBounds {
  const exact = toWadUp(meanOver(t, floor, lag, free, span));
  const point = priceUnits(t);
  if (span === 0n) return { low: exact - point, exact, high: exact + point };
  const ticks = free + span;
  const last = toWadUp(factorAt(t, floor, maximum(lag - span, -MAX_LEAD))) + point;
  const byTheTick = divUp(12n * t.startWad * 256n, t.decay * 100n * ticks);
  // Where the price leaves its floor is known to a tick, for whose fall the contract charges.
  const corner = factorAt(t, floor, lag) === floor * SCALE ? divUp(t.decay * 100n, 256n * ticks) + 1n : 0n;
  return { low: exact - point, exact, high: minimum(exact + point + byTheTick + corner, maximum(last, exact)) };
}

function priceUnits({ kind }: SaleTerms): bigint {
  return kind === "fixed" || kind === "linear" ? 0n : 12n;
}
