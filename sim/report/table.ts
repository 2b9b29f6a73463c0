import type { AgentOutcome, RunMetrics, ShockResult } from "../metrics/run-result.ts";
import { auctionRows } from "./auction-rows.ts";
import { formatChange, formatMoney, formatNumber, formatPrice, formatTime } from "./format.ts";
import { CAUTION, NORMAL, RECOVERY, RESTRICTED } from "../protocols/protocol.ts";
import { stackRows } from "./stack-rows.ts";
import { createStyle, type Style } from "./style.ts";

/** Widest line, so that it fits a terminal of 100 columns. */
const WIDTH = 100;
const LABEL = 38;
const COLUMN = 22;

/** Writes what a shock did, for people: at most 100 columns wide, with the twin beside the run. */
export function formatShockTable(result: ShockResult, colour = false): string {
  const style = createStyle(colour);
  return [
    ...heading(result, style),
    "",
    ...outcomes(result, style),
    "",
    ...agents(result, style),
    "",
    ...checks(result, style),
  ].join("\n");
}

function heading(result: ShockResult, style: Style): string[] {
  const { scenario, population, seed, curve, features, run } = result;
  const { asset, loan, durationSeconds, blockSeconds } = scenario;
  const { debtAtStart, collateralValueAtStart, blocks } = run.metrics;
  const { borrowers, loopers, lenders, dipBuyers } = population;
  return [
    style.bold(cut(scenario.title)),
    cut(
      `${loan} lent against ${asset}, ${formatTime(durationSeconds)} in ${formatNumber(blocks)} blocks of ${blockSeconds} s, ` +
        `${features === "static" ? "" : `${features}, `}${curve} curve, seed ${seed}`,
    ),
    `${many(borrowers, "borrower")}, ${many(loopers, "looper")}, ${many(lenders, "lender")}${dipBuyers === 0 ? "" : `, ${many(dipBuyers, "dip buyer")}`}; at the start ` +
      `${formatMoney(debtAtStart)} ${loan} owed on ${formatMoney(collateralValueAtStart)}`,
    ...conditions(result),
    ...(features === "static" ? [] : [cut(factors(run)), ...breakerTimeline(run, features)]),
  ];
}

/** What is slow in this run, and what else goes wrong. */
function conditions({ congestion, latencyBlocks: [from, to], scenario: { stresses = [] } }: ShockResult): string[] {
  const slow = [
    ...(congestion ? ["blocks are full"] : []),
    ...(to === 0 ? [] : [`liquidators act after ${from === to ? many(to, "block") : `${from} to ${to} blocks`}`]),
  ];
  return [...(slow.length === 0 ? [] : [slow.join("; ")]), ...stresses.map(cut)];
}

/** Columns of the breaker's timeline. */
const TIMELINE = 60;
const LEVEL_SIGNS = "·cR-";

/** One sign for each sixtieth of the run: the highest level in it, Restricted before Recovery before Caution. */
function breakerTimeline({ series }: ShockResult["run"], features: string): string[] {
  if (features === "dynamic") return [];
  const line = (levels: readonly number[]) =>
    Array.from({ length: TIMELINE }, (_, i) => {
      const part = levels.slice(
        Math.floor((i * levels.length) / TIMELINE),
        Math.max(Math.floor(((i + 1) * levels.length) / TIMELINE), Math.floor((i * levels.length) / TIMELINE) + 1),
      );
      const worst = [RESTRICTED, RECOVERY, CAUTION].find((level) => part.includes(level)) ?? NORMAL;
      return LEVEL_SIGNS[worst];
    }).join("");
  return [
    "breaker through time: c caution, R restricted, - recovery",
    `  of the collateral  ${line(series.breakerLevel)}`,
    `  of the pool        ${line(series.poolBreakerLevel)}`,
  ];
}

/** Where the factors stood at the start and how far down they went. */
function factors({ series: { borrowFactor, liquidationFactor } }: ShockResult["run"]): string {
  const range = (values: readonly number[]) => {
    return `${formatNumber(100 * values[0], 1)} %, lowest ${formatNumber(100 * Math.min(...values), 1)} %`;
  };
  return `borrow factor ${range(borrowFactor)}; liquidation factor ${range(liquidationFactor)}`;
}

function outcomes({ run, twin, scenario, features, exogenousLow, amplification }: ShockResult, style: Style): string[] {
  const { loan, asset } = scenario;
  const row = (
    label: string,
    show: (metrics: RunMetrics) => string,
    alarm: (metrics: RunMetrics) => boolean = () => false,
  ) => {
    const cell = (metrics: RunMetrics) => {
      const text = show(metrics).padStart(COLUMN);
      return alarm(metrics) ? style.bad(text) : text;
    };
    return `  ${label.padEnd(LABEL)}${cell(run.metrics)}${cell(twin.metrics)}`;
  };
  const plainRow = (label: string, ...cells: readonly string[]) => {
    return `  ${label.padEnd(LABEL)}${cells.map((cell) => cell.padStart(COLUMN)).join("")}`;
  };
  const money = (key: keyof RunMetrics) => (metrics: RunMetrics) => formatMoney(metrics[key]);
  const count = (key: keyof RunMetrics) => (metrics: RunMetrics) => formatNumber(metrics[key]);
  const price = (key: keyof RunMetrics) => (metrics: RunMetrics) =>
    `${formatPrice(metrics[key])} (${formatChange(metrics[key] / metrics.priceAtStart - 1)})`;
  const isPositive = (key: keyof RunMetrics) => (metrics: RunMetrics) => metrics[key] > 0;
  const factor =
    amplification === null ? "none: without feedback the price never fell" : `${formatNumber(amplification, 3)} ×`;
  return [
    style.dim(`  ${"".padEnd(LABEL)}${"with feedback".padStart(COLUMN)}${"without".padStart(COLUMN)}`),
    row(`bad debt [${loan}]`, money("badDebt"), isPositive("badDebt")),
    row("  of it borne by lenders", money("lenderLoss"), isPositive("lenderLoss")),
    row("shortfall of accounts still open", money("insolvency"), isPositive("insolvency")),
    row(`debt liquidated [${loan}]`, money("liquidatedDebt")),
    row(`collateral seized [${asset}]`, (metrics) => formatMoney(metrics.liquidatedCollateral)),
    row(`discount paid by borrowers [${loan}]`, money("liquidationDiscount")),
    row("accounts liquidated", ({ accountsLiquidated, liquidations }) => {
      return `${formatNumber(accountsLiquidated)} in ${formatNumber(liquidations)} takes`;
    }),
    ...auctionRows(run).map(([label, show]) => plainRow(label, show(run), show(twin))),
    ...stackRows(run, loan).map(([label, show]) => plainRow(label, show(run), show(twin))),
    row("time under water, all accounts", (metrics) => formatTime(metrics.accountSecondsUnderWater)),
    row("  longest of one account", (metrics) => formatTime(metrics.longestSecondsUnderWater)),
    ...(features === "static"
      ? []
      : [row("breaker at RESTRICTED", ({ secondsRestricted }) => formatTime(secondsRestricted))]),
    row(`price at the start [${loan}]`, (metrics) => formatPrice(metrics.priceAtStart)),
    row("  low, outside market", price("priceLow")),
    row("  low, on-chain pool", price("poolPriceLow")),
    row("  at the end", price("priceAtEnd")),
    row(`peak debt [${loan}]`, money("peakDebt")),
    row("transactions", ({ transactions, failedTransactions }) => {
      return `${formatNumber(transactions)} (${formatNumber(failedTransactions)} failed)`;
    }),
    row("gas", count("gasUsed")),
    "",
    `  ${"exogenous low".padEnd(LABEL)}${formatPrice(exogenousLow).padStart(COLUMN)}`,
    `  ${style.bold("amplification".padEnd(LABEL))}${style.bold(factor.padStart(COLUMN))}`,
  ];
}

function agents({ run, scenario }: ShockResult, style: Style): string[] {
  const rows = [...byKind(run.agents)].map(([kind, all]) => {
    const sum = (
      key: "members" | "equityAtStart" | "equityAtEnd" | "gasCost" | "profit" | "transactions" | "failedTransactions",
    ) => all.reduce((total, agent) => total + agent[key], 0);
    const cells = [
      formatNumber(sum("members")),
      formatNumber(sum("equityAtStart")),
      formatNumber(sum("equityAtEnd")),
      formatNumber(sum("profit")),
      formatNumber(sum("gasCost")),
      formatNumber(sum("transactions")),
      formatNumber(sum("failedTransactions")),
    ];
    return [kind, ...cells];
  });
  const header = [
    `agents [${scenario.loan}]`,
    "number",
    "equity before",
    "after",
    "profit",
    "of it gas",
    "sent",
    "failed",
  ];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ")}`;
  return [style.dim(line(header)), ...rows.map(line)];
}

function checks({ run, twin }: ShockResult, style: Style): string[] {
  const all = [...run.invariants, ...twin.invariants];
  const broken = all.filter(({ holds }) => !holds);
  if (all.length === 0) return [style.dim("  no invariants were checked")];
  if (broken.length === 0) {
    const ids = [...new Set(all.map(({ id }) => id))].sort();
    return [style.good(cut(`  ${ids.length} invariants hold: ${ids.join(", ")}`))];
  }
  return broken.map(({ id, detail }) => style.bad(cut(`  ${id} is BROKEN: ${detail}`)));
}

function byKind(outcomes: readonly AgentOutcome[]): Map<string, AgentOutcome[]> {
  const kinds = new Map<string, AgentOutcome[]>();
  for (const agent of outcomes) kinds.set(agent.kind, [...(kinds.get(agent.kind) ?? []), agent]);
  return kinds;
}

function many(count: number, what: string): string {
  return `${formatNumber(count)} ${what}${count === 1 ? "" : "s"}`;
}

function cut(text: string): string {
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}
