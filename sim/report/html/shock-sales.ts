import type { ShockResult } from "../../metrics/run-result.ts";
import { formatCompact, formatNumber, formatTime } from "../format.ts";
import type { ChartSpec, DistributionChart, LineSeries } from "./chart-spec.ts";
import { distributionOf } from "./builders.ts";
import type { Section } from "./page.ts";
import { GROUP, timeOf } from "./shock-market.ts";
import type { Format } from "./value.ts";

const PERCENT: Format = { as: "percent", places: 1, isSigned: true };
const MONEY: Format = { as: "compact" };
/** Bars of what was sold, over the run. */
const SLICES = 120;
/** Of y, what is paid until the price has fallen by 2 %: 1 − √0.98. */
const DEPTH_2 = 1 - Math.sqrt(0.98);

/** How collateral was sold, against what the market could take; none if nothing was. */
export function salesSection(result: ShockResult): Section[] {
  const { run, scenario } = result;
  const { queue, sales, discount, peakBacklog, peakBacklogShare, clearing } = run.auction;
  if (sales.seconds.length === 0 && clearing.count === 0) return [];
  const { loan, durationSeconds } = scenario;
  const x = timeOf(result, queue.seconds);
  const pool: LineSeries[] = queue.poolReserve.some((reserve) => reserve > 0)
    ? [
        {
          name: "the same as the pool reckons it",
          values: queue.poolReserve.map((reserve) => (reserve > 0 ? reserve : null)),
          colour: "sky",
          style: "dashed",
        },
      ]
    : [];
  const slice = durationSeconds / SLICES;
  const depth = sliced(queue.seconds, queue.venueReserve, slice, "last").map((reserve) => DEPTH_2 * reserve);
  const times = Array.from({ length: SLICES }, (_, i) => (i + 1) * slice);
  const charts: ChartSpec[] = [
    {
      ...{ kind: "lines", title: "For sale, against the market's depth", group: GROUP, x },
      note: "Debt of the accounts for sale; y: loan asset in a constant-product market as deep as the on-chain one",
      summary: `At most ${formatCompact(peakBacklog)} ${loan} were for sale, ${formatNumber(100 * peakBacklogShare, 1)} % of y.`,
      y: { label: loan, format: MONEY, from: 0 },
      series: [
        { name: "for sale", values: queue.backlog, colour: "red", isFilled: true, isStep: true },
        { name: "reserve y of the market", values: queue.venueReserve, colour: "blue" },
        ...pool,
      ],
    },
    {
      ...{ kind: "lines", title: "Sold, against the market's depth", group: GROUP, x: timeOf(result, times) },
      note: `Debt repaid by sales in each ${formatTime(slice)}; depth: what sales bring until the on-chain price has fallen by 2 %`,
      summary: `${formatCompact(run.metrics.liquidatedDebt)} ${loan} in ${formatNumber(run.metrics.liquidations)} sales.`,
      y: { label: loan, format: MONEY, from: 0 },
      series: [
        {
          name: "repaid by sales",
          values: sliced(sales.seconds, sales.repaid, slice, "sum"),
          colour: "green",
          isFilled: true,
          isStep: true,
        },
        { name: "depth within 2 %", values: depth, colour: "blue", isStep: true },
      ],
    },
  ];
  if (sales.seconds.length > 0) {
    const mean =
      discount.market === null ? "" : `By value ${formatNumber(100 * discount.market.byValue, 2)} % below the market.`;
    charts.push({
      ...{ kind: "lines", title: "Auction discount", group: GROUP, x: timeOf(result, sales.seconds) },
      note: "Of each block's sales, by value; below zero buyers paid a premium",
      summary: mean === "" ? "Discount of sales through time." : mean,
      y: { label: "below the price", format: PERCENT },
      series: [
        { name: "to the oracle's price", values: sales.oracleByValue, style: "dots", colour: "orange" },
        { name: "to the market's price", values: sales.marketByValue, style: "dots", colour: "blue" },
      ],
      levels: [{ name: "", value: 0 }],
    });
  }
  if (clearing.seconds.length > 1) charts.push(timesToClear(result));
  return [{ heading: "Liquidations", charts }];
}

function timesToClear({ run }: ShockResult): DistributionChart {
  const { seconds, medianSeconds, p90Seconds, censoredShare, count } = run.auction.clearing;
  const minutes: Format = { as: "duration" };
  const group = distributionOf("accounts for sale", seconds, { range: [0, Math.max(...seconds)] });
  return {
    ...{ kind: "distribution", title: "Time to clear" },
    note: `From sale to healthy or closed, ${formatNumber(count)} times; ${formatNumber(100 * (censoredShare ?? 0), 0)} % still for sale at the end`,
    summary: `Half are cleared within ${medianSeconds === null ? "more than the run" : formatTime(medianSeconds)}.`,
    x: { label: "time to clear", format: minutes, from: 0 },
    groups: [
      {
        ...group,
        colour: "purple",
        marks: [
          ...(medianSeconds === null ? [] : [{ name: "median", value: medianSeconds }]),
          ...(p90Seconds === null ? [] : [{ name: "nine tenths", value: p90Seconds }]),
        ],
      },
    ],
  };
}

/** Adds up, or takes the last of, what falls into each slice of time; where nothing does, nothing, or what was before. */
function sliced(seconds: readonly number[], values: readonly number[], slice: number, how: "sum" | "last"): number[] {
  const sliced: number[] = Array.from({ length: SLICES }, () => (how === "sum" ? 0 : Number.NaN));
  seconds.forEach((at, i) => {
    const index = Math.min(SLICES - 1, Math.max(0, Math.ceil(at / slice) - 1));
    sliced[index] = how === "sum" ? sliced[index] + values[i] : values[i];
  });
  if (how === "sum") return sliced;
  let known = values[0] ?? 0;
  return sliced.map((value) => (known = Number.isNaN(value) ? known : value));
}

/** What a place in a block cost, and who waited for one; none where there was room for all. */
export function congestionSection(result: ShockResult): Section[] {
  const { congestion } = result.run;
  if (congestion === null) return [];
  const { series, inclusion, meanBaseFeeGwei, highestBaseFeeGwei, expired, waitingAtEnd } = congestion;
  const x = timeOf(result, series.seconds);
  const time: Format = { as: "duration" };
  const count: Format = { as: "number" };
  return [
    {
      heading: "Full blocks",
      text: [
        `The base fee is ${formatNumber(meanBaseFeeGwei)} gwei on average and ${formatNumber(highestBaseFeeGwei)} at most; ` +
          `${formatNumber(expired + waitingAtEnd)} transactions were never mined.`,
      ],
      charts: [
        {
          ...{
            kind: "lines",
            title: "Base fee",
            group: GROUP,
            x,
            y: { label: "gwei", format: { as: "number", places: 1 }, from: 0 },
          },
          summary: `At most ${formatNumber(highestBaseFeeGwei)} gwei.`,
          series: [{ name: "base fee", values: series.baseFeeGwei, colour: "purple", isFilled: true }],
        },
        {
          ...{
            kind: "lines",
            title: "Transactions that wait",
            group: GROUP,
            x,
            y: { label: "of the lab's own", format: count, from: 0 },
          },
          summary: `At most ${formatNumber(Math.max(0, ...series.waiting))} at a sample.`,
          series: [{ name: "waiting", values: series.waiting, colour: "orange", isFilled: true, isStep: true }],
        },
      ],
      tables: [
        {
          caption: "What became of transactions",
          columns: [
            { title: "for" },
            { title: "mined", format: count },
            { title: "of them late", format: count },
            { title: "mean wait", format: time },
            { title: "longest wait", format: time },
            { title: "given up", format: count },
            { title: "replaced", format: count },
          ],
          rows: inclusion.map((each) => [
            ...[each.label, each.mined, each.delayed, each.meanWaitSeconds, each.longestWaitSeconds],
            ...[each.expired, each.replaced],
          ]),
        },
      ],
    },
  ];
}
