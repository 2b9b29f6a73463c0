import path from "node:path";

import { estimateFromPrices, firstDayVolatility, toPricePoints } from "../sim/metrics/price-volatility.ts";
import { formatNumber, formatPrice, formatTime } from "../sim/report/format.ts";
import { readCandles } from "../sim/scenarios/candles.ts";
import { parseDuration } from "../sim/scenarios/shock.ts";
import { parseDecimal } from "./shared/numbers.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface VolatilityArguments {
  readonly prices: string;
  readonly interval: string;
  readonly start: string;
  readonly stress: string;
  readonly floor: string;
  readonly json: boolean;
}

/** What `--json` prints. Volatilities per √year, as fractions: 0.8 is 80 %; times in unix seconds. */
export interface VolatilityReport {
  readonly file: string;
  readonly samples: number;
  readonly from: number;
  readonly to: number;
  readonly firstPrice: number;
  readonly lastPrice: number;
  readonly start: number;
  readonly fast: number;
  readonly slow: number;
  readonly sigma: number;
  readonly highestFast: { readonly value: number; readonly at: number };
  readonly highestSigma: { readonly value: number; readonly at: number };
}

/** √365: a year of days. */
const YEAR_ROOT = Math.sqrt(365);

/** What a single sample counts as at most. [per √day] */
export const CLAMP = 1.5;

/** `npx hardhat volatility`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<VolatilityArguments, VolatilityReport>(async (args) => {
  const { prices, json } = args;
  if (prices === "") throw new UserError("--prices is missing: a CSV file, timestamp,open,high,low,close");
  const interval = parseDuration(args.interval, "--interval");
  const stress = perRootDay(args.stress, "--stress");
  const floor = perRootDay(args.floor, "--floor");
  if (floor > stress) throw new UserError(`--floor ${args.floor} is above --stress ${args.stress}`);
  const points = toPricePoints(await readCandles(prices));
  const initial = args.start === "" ? Math.min(firstDayVolatility(points), CLAMP) : perRootDay(args.start, "--start");
  const result = estimateFromPrices(points, { initial, stress, floor, clamp: CLAMP }, interval);
  const { samples, first, last, end, highestFast, highestSigma } = result;
  const report: VolatilityReport = {
    ...{ file: path.basename(prices), samples, from: first.seconds, to: last.seconds },
    ...{ firstPrice: first.price, lastPrice: last.price, start: initial * YEAR_ROOT },
    ...{ fast: end.fast * YEAR_ROOT, slow: end.slow * YEAR_ROOT, sigma: end.sigma * YEAR_ROOT },
    highestFast: { value: highestFast.value * YEAR_ROOT, at: highestFast.seconds },
    highestSigma: { value: highestSigma.value * YEAR_ROOT, at: highestSigma.seconds },
  };
  console.log(json ? JSON.stringify(report, null, 2) : describe(report));
  return report;
});

/** Of a volatility per √year as typed: the same per √day. */
function perRootDay(text: string, option: string): number {
  const value = Number(parseDecimal(text, 18, option)) / 1e18 / YEAR_ROOT;
  if (value <= CLAMP) return value;
  throw new UserError(`${option} must be at most ${formatNumber(CLAMP * YEAR_ROOT, 1)}, got ${text}`);
}

function describe(report: VolatilityReport): string {
  const { file, samples, from, to, firstPrice, lastPrice, start, fast, slow, sigma, highestFast, highestSigma } =
    report;
  const row = (name: string, atEnd: number, highest?: { readonly value: number; readonly at: number }) =>
    `${name.padEnd(34)}${percent(atEnd).padStart(12)}` +
    (highest === undefined ? "" : `${percent(highest.value).padStart(14)}  ${date(highest.at)}`);
  return [
    `${file}: ${samples} samples in ${formatTime(to - from)} from ${date(from)}, ` +
      `${formatPrice(firstPrice)} to ${formatPrice(lastPrice)}`,
    "",
    `${"volatility per year".padEnd(34)}${"at the end".padStart(12)}${"highest".padStart(14)}  at (UTC)`,
    row("fast, over 2 days", fast, highestFast),
    row("slow, over 30 days", slow),
    row("σ*, what the factors reckon with", sigma, highestSigma),
    "",
    `Both averages begin at ${percent(start)}.`,
  ].join("\n");
}

function percent(share: number): string {
  return `${formatNumber(100 * share, 1)} %`;
}

function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}
