import type { HistogramSeries } from "../../metrics/histograms.ts";
import type { ShockResult } from "../../metrics/run-result.ts";
import { NORMAL } from "../../protocols/protocol.ts";
import { formatChange, formatCompact, formatNumber, formatPrice } from "../format.ts";
import { histogramThroughTime, spellsOf } from "./builders.ts";
import type { ChartSpec, Colour, LineSeries, SankeyChart, StatesChart } from "./chart-spec.ts";
import type { Section } from "./page.ts";
import type { Format } from "./value.ts";

const PERCENT: Format = { as: "percent", places: 1 };
const MONEY: Format = { as: "compact" };
/** Charts of one crash share pointer and time. */
export const GROUP = "time";

export function timeOf({ scenario }: ShockResult, values: readonly number[]) {
  const format: Format = { as: "duration" };
  return { label: "time", format, values, from: 0, to: scenario.durationSeconds };
}

export function priceSection(result: ShockResult): Section {
  const { run, twin, scenario, exogenousLow, amplification } = result;
  const { asset, loan } = scenario;
  const { seconds, exogenousPrice, marketPrice, oraclePrice, poolPrice } = run.series;
  const outside = twin.series.marketPrice;
  const isSame = outside.every((price, i) => price === exogenousPrice[i]);
  const prices: LineSeries[] = [
    {
      name: isSame ? "without feedback: the exogenous price" : "exogenous",
      values: exogenousPrice,
      style: "thick",
      colour: "grey",
    },
    ...(isSame ? [] : [{ name: "without feedback", values: outside, style: "dashed", colour: "green" } as const]),
    { name: "oracle", values: oraclePrice, style: "dotted", colour: "orange", isStep: true },
    { name: "with feedback", values: marketPrice, colour: "blue" },
  ];
  const gap = marketPrice.map((price, i) => price / outside[i] - 1);
  const lag = oraclePrice.map((price, i) => price / marketPrice[i] - 1);
  const spread = poolPrice.map((price, i) => price / marketPrice[i] - 1);
  const { priceLow, priceAtStart } = run.metrics;
  const x = timeOf(result, seconds);
  return {
    heading: "Price",
    text: [
      `With its feedback the market falls to ${formatPrice(priceLow)} ${loan} (${formatChange(priceLow / priceAtStart - 1)}), ` +
        `without to ${formatPrice(twin.metrics.priceLow)} (${formatChange(twin.metrics.priceLow / priceAtStart - 1)})` +
        `${amplification === null ? "" : `: the fall is ${formatNumber(amplification, 2)} times as deep`}.`,
    ],
    charts: [
      {
        ...{ kind: "lines", title: `Price of ${asset}`, isWide: true, height: 380, group: GROUP, x, series: prices },
        summary: `Lowest with feedback ${formatPrice(priceLow)}, without ${formatPrice(exogenousLow)}.`,
        y: { label: `${loan} for one ${asset}`, format: { as: "price" } },
      },
      {
        ...{ kind: "lines", title: "What the cascade added", group: GROUP, x },
        note: "Market price with feedback against without",
        summary: `At most ${formatChange(Math.min(...gap))}.`,
        y: { label: "difference", format: { ...PERCENT, isSigned: true } },
        series: [{ name: "with feedback against without", values: gap, isFilled: true, colour: "blue" }],
      },
      {
        ...{ kind: "lines", title: "Who is late", group: GROUP, x },
        note: "Oracle and on-chain pool against the market price",
        summary: `The oracle is up to ${formatChange(Math.max(...lag))} above the market, the pool up to ${formatChange(Math.max(...spread))}.`,
        y: { label: "difference", format: { ...PERCENT, isSigned: true } },
        series: [
          { name: "oracle", values: lag, colour: "orange", isStep: true },
          { name: "on-chain pool", values: spread, colour: "purple", style: "dotted" },
        ],
      },
    ],
  };
}

export function debtSection(result: ShockResult): Section {
  const { run, twin, scenario } = result;
  const { seconds, totalDebt, liquidatedDebt, badDebt, underWaterAccounts } = run.series;
  const x = timeOf(result, seconds);
  const { liquidatedDebt: liquidated, badDebt: lost } = run.metrics;
  return {
    heading: "Debt and losses",
    charts: [
      {
        ...{ kind: "lines", title: "Debt, liquidated and lost so far", group: GROUP, x },
        summary: `${formatCompact(liquidated)} ${scenario.loan} were liquidated, ${formatCompact(lost)} written off.`,
        y: { label: scenario.loan, format: MONEY, from: 0 },
        series: [
          { name: "debt", values: totalDebt, colour: "ink" },
          { name: "liquidated", values: liquidatedDebt, colour: "green", isStep: true },
          { name: "liquidated without feedback", values: twin.series.liquidatedDebt, colour: "green", style: "dotted" },
          { name: "bad debt", values: badDebt, colour: "red", isStep: true },
          { name: "bad debt without feedback", values: twin.series.badDebt, colour: "red", style: "dotted" },
        ],
      },
      {
        ...{ kind: "lines", title: "Accounts under water", group: GROUP, x },
        note: "By the market's price, whatever the oracle has heard",
        summary: `At most ${formatNumber(Math.max(...underWaterAccounts))} at once in what is sampled.`,
        y: { label: "accounts", format: { as: "number" }, from: 0 },
        series: [
          { name: "with feedback", values: underWaterAccounts, colour: "purple", isFilled: true, isStep: true },
          { name: "without", values: twin.series.underWaterAccounts, colour: "grey", isStep: true },
        ],
      },
      debtFlow(result),
    ],
  };
}

/** Exact by construction: what is left over was repaid by its owners, or was borrowed or accrued since. */
function debtFlow({ run, scenario }: ShockResult): SankeyChart {
  const { debtAtStart, liquidatedDebt, badDebt, lenderLoss } = run.metrics;
  const open = run.series.totalDebt[run.series.totalDebt.length - 1] ?? 0;
  const rest = debtAtStart - liquidatedDebt - badDebt - open;
  const start = { name: "owed at the start", colour: "grey" } as const;
  const since = { name: "borrowed and accrued since, net", colour: "amber" } as const;
  const all = { name: "all debt", colour: "ink" } as const;
  const ends: [name: string, colour: Colour, value: number][] = [
    ["repaid by liquidations", "green", liquidatedDebt],
    ["repaid by owners, net", "blue", Math.max(0, rest)],
    ["still owed", "sky", open],
    ["lost by reserves", "orange", Math.max(0, badDebt - lenderLoss)],
    ["lost by lenders", "red", lenderLoss],
  ];
  // What has one source needs no place to meet.
  const source = rest < 0 ? all : start;
  return {
    ...{ kind: "sankey", title: "What became of the debt", isWide: true },
    format: { as: "compact", unit: scenario.loan },
    summary:
      `Of ${formatCompact(debtAtStart)} ${scenario.loan}, ${formatCompact(liquidatedDebt)} were repaid by liquidations, ` +
      `${formatCompact(badDebt)} lost, ${formatCompact(open)} are still owed.`,
    nodes: [start, ...(rest < 0 ? [since, all] : []), ...ends.map(([name, colour]) => ({ name, colour }))],
    links: [
      ...(rest < 0
        ? [
            { from: start.name, to: all.name, value: debtAtStart },
            { from: since.name, to: all.name, value: -rest },
          ]
        : []),
      ...ends.map(([to, , value]) => ({ from: source.name, to, value })),
    ].filter(({ value }) => value > 0),
  };
}

export function leverageSection({ run, scenario }: ShockResult): Section {
  const { seconds, leverage, health } = run.histograms;
  const value = { label: `debt [${scenario.loan}]`, format: MONEY };
  const under = (column: number) => shareBelowOne(health, column);
  const worst = Math.max(0, ...seconds.map((_, column) => under(column)));
  return {
    heading: "Leverage and health",
    text: [
      "Each column is a histogram of that moment, with feedback: how much debt stood at which leverage, and at which health factor, by the market's price.",
    ],
    charts: [
      histogramThroughTime({
        ...{ title: "Leverage through time", seconds, edges: leverage.edges, amounts: leverage.debt, value, unit: "×" },
        note: "Collateral ÷ (collateral − debt); without equity: the last bin",
        summary: `Debt by leverage at ${seconds.length} moments.`,
        bins: "leverage",
      }),
      histogramThroughTime({
        ...{ title: "Health factor through time", seconds, edges: health.edges, amounts: health.debt, value },
        note: "Debt that the collateral carries ÷ debt; below 1 an account may be liquidated",
        summary: `At worst ${formatNumber(100 * worst, 1)} % of the debt is below a health factor of 1.`,
        ...{ bins: "health factor", level: { name: "health factor 1", edge: 1 } },
      }),
    ],
  };
}

function shareBelowOne({ edges, debt }: HistogramSeries["health"], column: number): number {
  const one = edges.indexOf(1);
  const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
  const all = sum(debt[column]);
  return all === 0 ? 0 : sum(debt[column].slice(0, one)) / all;
}

/** In the order of their numbers. */
const LEVELS: StatesChart["states"] = [
  { name: "normal", colour: "grey" },
  { name: "caution", colour: "amber" },
  { name: "restricted", colour: "red" },
  { name: "recovery", colour: "sky" },
];

export function defencesSection(result: ShockResult): Section {
  const { run, twin, features, scenario } = result;
  const { seconds, borrowFactor, liquidationFactor, breakerLevel, poolBreakerLevel } = run.series;
  const isStill = [borrowFactor, liquidationFactor].every((values) => values.every((value) => value === values[0]));
  const hasBreaker = [breakerLevel, poolBreakerLevel].some((levels) => levels.some((level) => level !== NORMAL));
  const still = `The factors stood still: borrow factor ${formatNumber(100 * borrowFactor[0], 1)} %, liquidation factor ${formatNumber(100 * liquidationFactor[0], 1)} %.`;
  const charts: ChartSpec[] = [];
  if (!isStill) {
    charts.push({
      ...{ kind: "lines", title: "Collateral factors", group: GROUP, x: timeOf(result, seconds) },
      summary: `The borrow factor falls to ${formatNumber(100 * Math.min(...borrowFactor), 1)} %, the liquidation factor to ${formatNumber(100 * Math.min(...liquidationFactor), 1)} %.`,
      y: { label: "of the collateral's value", format: PERCENT },
      series: [
        { name: "liquidation factor", values: liquidationFactor, colour: "orange", isStep: true },
        { name: "borrow factor", values: borrowFactor, colour: "blue", isStep: true },
        { name: "borrow factor without feedback", values: twin.series.borrowFactor, colour: "blue", style: "dotted" },
      ],
    });
  }
  if (hasBreaker) {
    const end = scenario.durationSeconds;
    const row = (name: string, { series }: ShockResult["run"], key: "breakerLevel" | "poolBreakerLevel") => {
      return { name, spells: spellsOf(series.seconds, series[key], end) };
    };
    charts.push({
      ...{ kind: "states", title: "Circuit breaker", states: LEVELS, height: 240, group: GROUP },
      note: "Level at each sample",
      summary: `At restricted for ${formatNumber(run.metrics.secondsRestricted / 60, 0)} minutes of the run.`,
      x: { label: "time", format: { as: "duration" }, from: 0, to: end },
      rows: [
        row("collateral", run, "breakerLevel"),
        row("pool", run, "poolBreakerLevel"),
        row("collateral, without feedback", twin, "breakerLevel"),
        row("pool, without feedback", twin, "poolBreakerLevel"),
      ],
    });
  }
  return {
    heading: "Breaker and factors",
    text: [
      ...(isStill ? [still] : []),
      ...(hasBreaker
        ? []
        : [
            features === "dynamic+breaker"
              ? "The circuit breaker never left normal."
              : "This pool has no circuit breaker at work.",
          ]),
    ],
    charts,
  };
}
