import type { Candle } from "../scenarios/candles.ts";
import { DAY, VolatilityEstimator, type VolatilityEstimate, type VolatilityParameters } from "./volatility.ts";

/** A price and when it was seen. */
export interface PricePoint {
  readonly seconds: number; // unix time
  readonly price: number;
}

export interface HighestEstimate {
  readonly value: number; // [per √day]
  readonly seconds: number; // unix time
}

/** What a price history does to the estimates. Volatilities as fractions per √day. */
export interface PriceVolatility {
  readonly samples: number;
  readonly first: PricePoint;
  readonly last: PricePoint;
  readonly start: number;
  readonly end: VolatilityEstimate;
  readonly highestFast: HighestEstimate;
  readonly highestSigma: HighestEstimate;
}

/** The first open, then every close, at the end of its candle. Candles last as long as the shortest distance of two. */
export function toPricePoints(candles: readonly Candle[]): PricePoint[] {
  const gaps = candles.slice(1).map(({ seconds }, index) => seconds - candles[index].seconds);
  const bar = gaps.reduce((shortest, gap) => Math.min(shortest, gap), DAY);
  const [{ seconds, open }] = candles;
  return [{ seconds, price: open }, ...candles.map((each) => ({ seconds: each.seconds + bar, price: each.close }))];
}

/** Volatility per √day of the points of the first day, to begin with; of the first two if the first lasts longer. */
export function firstDayVolatility(points: readonly PricePoint[]): number {
  const end = points[0].seconds + DAY;
  const day = points.filter(({ seconds }, index) => seconds <= end || index < 2);
  const squares = day.slice(1).map(({ price }, index) => Math.log(price / day[index].price) ** 2);
  const days = (day[day.length - 1].seconds - day[0].seconds) / DAY;
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / days);
}

/**
 * Runs a price history through the estimator, as the contract does for an asset whose prices come from a feed: a return
 * from one price to the next that is at least an interval later.
 * @param interval What is shorter becomes part of the next sample. [s]
 */
export function estimateFromPrices(
  points: readonly PricePoint[],
  parameters: VolatilityParameters,
  interval: number,
): PriceVolatility {
  const estimator = new VolatilityEstimator(parameters);
  let before = points[0];
  let samples = 0;
  let highestFast: HighestEstimate = { value: estimator.estimate().fast, seconds: before.seconds };
  let highestSigma: HighestEstimate = { value: estimator.estimate().sigma, seconds: before.seconds };
  for (const point of points.slice(1)) {
    const { seconds, price } = point;
    const elapsed = seconds - before.seconds;
    if (elapsed < interval) continue;
    estimator.addReturn(Math.log(price / before.price), elapsed / DAY, elapsed);
    ++samples;
    before = point;
    const { fast, sigma } = estimator.estimate();
    if (fast > highestFast.value) highestFast = { value: fast, seconds };
    if (sigma > highestSigma.value) highestSigma = { value: sigma, seconds };
  }
  const [first, last] = [points[0], points[points.length - 1]];
  const { initial: start } = parameters;
  return { samples, first, last, start, end: estimator.estimate(), highestFast, highestSigma };
}
