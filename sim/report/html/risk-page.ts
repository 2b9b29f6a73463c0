import type { PoolReport, RiskReport, SystemRiskReport } from "../../risk/risk-report.ts";
import { formatCompact, formatNumber } from "../format.ts";
import { bucketNames } from "../risk-table.ts";
import type { BarsChart, ChartSpec, LinesChart } from "./chart-spec.ts";
import type { Column, ReportPage, Section, TableSpec, Tile } from "./page.ts";
import { formatValue, NOTHING, type Format } from "./value.ts";

const COMPACT: Format = { as: "compact" };
const PERCENT: Format = { as: "percent" };
const TIMES: Format = { as: "number", places: 2, unit: "×" };
const INDEX: Format = { as: "number", places: 3 };

/** The report of `risk` as a page. */
export function riskPage(report: RiskReport, command: string): ReportPage {
  const { network, chainId, block, timestamp, isFork, system, pools } = report;
  const hasSystem = system !== null && system.pools + system.leftOut.length > 1;
  return {
    title: `Risk on ${network}${isFork ? " (fork)" : ""}`,
    subtitle: `${pools.length === 1 ? "One pool" : `${pools.length} pools`} as of block ${block} of chain ${chainId}.`,
    command,
    facts: [
      { label: "Block", value: String(block) },
      { label: "Time", value: new Date(timestamp * 1_000).toISOString() },
      { label: "Registry", value: report.registry ?? "none" },
      { label: "Lens", value: report.lens ?? "carried along with the calls" },
    ],
    tiles: hasSystem ? systemTiles(system) : pools.slice(0, 1).flatMap(poolTiles),
    sections: [
      ...(hasSystem ? [systemSection(system, pools)] : []),
      ...pools.flatMap((pool) => poolSections(pool, hasSystem)),
    ],
  };
}

function systemTiles(system: SystemRiskReport): Tile[] {
  return [
    { label: "gross collateral", value: formatCompact(system.grossCollateral) },
    { label: "ultimate collateral", value: formatCompact(system.ultimateCollateral), note: "shares counted once" },
    { label: "debt", value: formatCompact(system.debt) },
    { label: "leverage", value: leverage(system.leverage), note: `gross ${leverage(system.grossLeverage)}` },
  ];
}

function poolTiles(pool: PoolReport): Tile[] {
  const { cascadeGain: gain, accounts, loan } = pool;
  return [
    {
      label: "debt",
      value: `${formatCompact(pool.debt)} ${loan.symbol}`,
      note: formatValue(pool.utilisation, PERCENT),
    },
    { label: "borrowers' leverage", value: leverage(pool.borrowersLeverage) },
    {
      label: "cascade gain at −5 %",
      value: gain === null ? "unknown" : formatNumber(gain, 3),
      ...(gain !== null && gain >= 1 ? { tone: "bad", note: "a fall feeds itself" } : {}),
    },
    {
      label: "liquidatable",
      value: `${accounts.liquidatable} of ${accounts.owing}`,
      ...(accounts.insolvent > 0 ? { tone: "bad", note: `${accounts.insolvent} insolvent` } : {}),
    },
  ];
}

function systemSection(system: SystemRiskReport, pools: readonly PoolReport[]): Section {
  const name = namesOf(pools);
  const ranks: BarsChart = {
    ...{ kind: "bars", title: "DebtRank", isHorizontal: true },
    note: "share of all lenders' assets that is hurt if the pool defaults, its own not counted",
    summary: system.debtRanks.map(({ pool, debtRank }) => `${name(pool)} ${formatNumber(debtRank, 3)}`).join(", "),
    categories: system.debtRanks.map(({ pool }) => name(pool)),
    value: { label: "of lenders' assets", format: PERCENT, from: 0 },
    series: [
      { name: "DebtRank", values: system.debtRanks.map(({ debtRank }) => debtRank) },
      { name: "own share", values: system.debtRanks.map(({ weight }) => weight), colour: "grey" },
    ],
  };
  const exposures: TableSpec = {
    caption: "Shares of one pool that are collateral in another",
    columns: [{ title: "holder" }, { title: "issuer" }, { title: "value", format: COMPACT }],
    rows: system.exposures.map(({ holder, issuer, value }) => [name(holder), name(issuer), value]),
  };
  return {
    heading: "The system",
    text: system.leftOut.map((pool) => `${name(pool)} is left out: there is no price for its loan asset.`),
    charts: system.debtRanks.length === 0 ? [] : [ranks],
    tables: system.exposures.length === 0 ? [] : [exposures],
  };
}

function poolSections(pool: PoolReport, hasSystem: boolean): Section[] {
  const label = `${pool.symbol} ${pool.pool}`;
  return [
    {
      heading: label,
      text: warningsOf(pool),
      ...(hasSystem ? { tiles: poolTiles(pool) } : {}),
      charts: chartsOf(pool),
      tables: [collateralTable(pool), ...(pool.nearest.length === 0 ? [] : [nearestTable(pool)])],
    },
  ];
}

function warningsOf({ accounts, restricted, touched }: PoolReport): string[] {
  return [
    ...(accounts.complete ? [] : ["The accounts found do not owe all that is owed."]),
    ...(accounts.stalePrices > 0 ? [`${accounts.stalePrices} accounts have no fresh price.`] : []),
    ...(restricted ? ["The breaker has restricted the pool: nothing may be borrowed."] : []),
    ...(touched ? ["The books were changed in this block, perhaps to be seen in it."] : []),
  ];
}

function chartsOf(pool: PoolReport): ChartSpec[] {
  const { histogram, collaterals, loan, accounts } = pool;
  const falls = pool.atRisk.map(({ fall }) => fall);
  const x = { label: "fall of the price", format: PERCENT, values: falls };
  const names = distinctNames(collaterals);
  const health: BarsChart = {
    ...{ kind: "bars", title: "Health factors", isWide: true },
    note: "below 1: liquidatable",
    summary: `${accounts.owing} accounts owe; ${accounts.liquidatable} are liquidatable.`,
    categories: bucketNames(histogram.edges),
    value: { label: `debt [${loan.symbol}]`, format: COMPACT, from: 0 },
    series: [{ name: "debt", values: histogram.debt }],
  };
  const atRisk: LinesChart = {
    ...{ kind: "lines", title: "Collateral at risk", x },
    note: "what becomes liquidatable: all prices fall, or one alone",
    summary: `At −50 % ${formatCompact(pool.atRisk[pool.atRisk.length - 1].value)} ${loan.symbol} of collateral.`,
    y: { label: `value [${loan.symbol}]`, format: COMPACT, from: 0 },
    series: [
      { name: "all prices", values: pool.atRisk.map(({ value }) => value), style: "thick", colour: "ink" },
      ...collaterals.map((c, k) => ({ name: names[k], values: c.atRisk.map(({ value }) => value) })),
    ],
  };
  const gain: LinesChart = {
    ...{ kind: "lines", title: "Cascade gain" },
    x: { ...x, values: falls.slice(1) },
    note: "by how much of a fall its own sales make it worse; missing where the market's depth is not known",
    summary: collaterals.map(({ cascadeGain }, k) => `${names[k]} ${formatValue(cascadeGain, INDEX)}`).join(", "),
    y: { label: "g", format: INDEX, from: 0 },
    series: collaterals.map(({ gains }, k) => ({ name: names[k], values: gains.map((step) => step.gain) })),
    levels: [{ name: "a fall feeds itself", value: 1 }],
  };
  return collaterals.length === 0 ? [health] : [health, atRisk, gain];
}

/** Two tokens may be called the same; the series of a chart may not. */
function distinctNames(collaterals: PoolReport["collaterals"]): string[] {
  return collaterals.map(({ symbol, token }) => {
    const isUnique = collaterals.filter((other) => other.symbol === symbol).length === 1;
    return isUnique && symbol !== "all prices" ? symbol : `${symbol} ${token.slice(0, 8)}`;
  });
}

function collateralTable({ collaterals, loan }: PoolReport): TableSpec {
  const columns: Column[] = [
    { title: "collateral" },
    { title: `price [${loan.symbol}]`, format: { as: "price" } },
    { title: "value", format: COMPACT },
    { title: "borrow factor", format: PERCENT },
    { title: "liquidation factor", format: PERCENT },
    { title: "its target", format: PERCENT },
    { title: "breaker" },
    { title: "reserve y", format: COMPACT },
    { title: "depth", format: COMPACT },
    { title: "backlog ÷ depth", format: TIMES },
    { title: "HHI", format: INDEX },
    { title: "share depth", format: { as: "number" } },
    { title: "gain at −5 %", format: INDEX },
  ];
  const rows = collaterals.map((c) => [
    c.symbol,
    c.priceFresh ? c.price : { value: c.price, tone: "bad" as const },
    ...[c.value, c.borrowFactor, c.liquidationFactor, c.liquidationFactorTarget],
    c.breaker.level,
    ...[c.reserve, c.depth, c.backlogToDepth, c.concentration, c.rehypothecationDepth],
    c.cascadeGain !== null && c.cascadeGain >= 1 ? { value: c.cascadeGain, tone: "bad" as const } : c.cascadeGain,
  ]);
  return { caption: "Collaterals", columns, rows };
}

function nearestTable({ nearest, loan }: PoolReport): TableSpec {
  return {
    caption: "Accounts nearest to liquidation",
    columns: [
      { title: "account" },
      { title: "health", format: { as: "number", places: 4 } },
      { title: "leverage", format: TIMES },
      { title: `debt [${loan.symbol}]`, format: COMPACT },
      { title: `collateral [${loan.symbol}]`, format: COMPACT },
      { title: "" },
    ],
    rows: nearest.map((a) => [
      ...[a.account, a.health, a.leverage, a.debt, a.collateral],
      a.forSale ? "for sale" : NOTHING,
    ]),
    isFolded: nearest.length > 20,
  };
}

function namesOf(pools: readonly PoolReport[]) {
  return (address: string) => `${pools.find(({ pool }) => pool === address)?.symbol ?? ""} ${address.slice(0, 8)}`;
}

function leverage(value: number | null): string {
  return value === null ? "∞" : `${formatNumber(value, 2)}×`;
}
