import { formatCompact, formatNumber, formatPrice } from "./format.ts";
import { createStyle, type Style } from "./style.ts";
import type { CollateralReport, PoolReport, RiskReport, SystemRiskReport } from "../risk/risk-report.ts";

const BAR = 40;
const SHOWN_FALLS = [0.05, 0.1, 0.2, 0.3, 0.5];
/** From here on a fall feeds itself. */
const RUNAWAY = 1;

/** For people. */
export function formatRiskTable(report: RiskReport, colour: boolean): string {
  const style = createStyle(colour);
  const { network, chainId, block, timestamp, isFork } = report;
  const when = new Date(timestamp * 1000).toISOString().slice(0, 16).replace("T", " ");
  return [
    style.bold(`Risk on ${network}${isFork ? " (fork)" : ""}, chain ${chainId}, block ${block}, ${when} UTC`),
    ...(report.system !== null && report.system.pools + report.system.leftOut.length > 1
      ? ["", ...systemLines(report.system, report.pools, style)]
      : []),
    ...report.pools.flatMap((pool) => ["", ...poolLines(pool, style)]),
  ].join("\n");
}

function systemLines(system: SystemRiskReport, pools: readonly PoolReport[], style: Style): string[] {
  const nameOf = (address: string) => pools.find(({ pool }) => pool === address)?.symbol ?? address;
  const money = (amount: number) => formatCompact(amount);
  return [
    style.bold(`System of ${system.pools} pools`),
    `  collateral   gross ${money(system.grossCollateral)}, ultimate ${money(system.ultimateCollateral)}`,
    `  debt         ${money(system.debt)}, backlog ${money(system.backlog)}`,
    `  leverage     gross ${times(system.grossLeverage)}, ultimate ${times(system.leverage)}`,
    ...system.debtRanks.map(
      ({ pool, debtRank, weight }) =>
        `  DebtRank     ${nameOf(pool)} ${formatNumber(debtRank, 3)} (${percent(weight)} of lenders' assets)`,
    ),
    ...system.exposures.map(
      ({ holder, issuer, value }) => `  exposure     ${nameOf(holder)} holds ${money(value)} of ${nameOf(issuer)}`,
    ),
    ...system.leftOut.map((pool) => style.bad(`  left out     ${nameOf(pool)}: no price for its loan asset`)),
  ];
}

function poolLines(pool: PoolReport, style: Style): string[] {
  const { accounts, loan } = pool;
  const money = (amount: number) => `${formatCompact(amount)} ${loan.symbol}`;
  const warnings = [
    ...(accounts.complete ? [] : ["the accounts found do not owe all that is owed: give an earlier --from-block"]),
    ...(accounts.stalePrices > 0 ? [`${accounts.stalePrices} accounts have no fresh price`] : []),
    ...(pool.restricted ? ["the breaker has restricted the pool: nothing may be borrowed"] : []),
  ];
  return [
    style.bold(`${pool.symbol} ${pool.pool}`),
    `  debt         ${money(pool.debt)} of ${money(pool.lenderAssets)} (${percent(pool.utilisation)}), ` +
      `reserves ${money(pool.reserves)}, provision ${money(pool.provision)}`,
    `  collateral   ${money(pool.collateralValue)}, shares ${money(pool.shareValue)}, depth ${pool.rehypothecationDepth}`,
    `  leverage     pool ${times(pool.leverage)}, borrowers ${times(pool.borrowersLeverage)}, ` +
      `health ${pool.health === null ? "–" : formatNumber(pool.health, 3)}`,
    `  accounts     ${accounts.owing} owe, ${accounts.liquidatable} liquidatable, ${accounts.insolvent} insolvent ` +
      `(short of ${money(pool.shortfall)}), ${accounts.forSale} for sale`,
    `  HHI          debt ${hhi(pool.concentration.debt)}, collateral ${hhi(pool.concentration.collateral)}`,
    `  breaker      ${pool.breaker.level}, tightness ${percent(pool.breaker.tightness)}`,
    `  cascade gain ${gainOf(pool.cascadeGain, style)} at −5 %`,
    ...warnings.map((text) => style.bad(`  warning      ${text}`)),
    "",
    ...collateralLines(pool, style),
    "",
    ...riskLines(pool),
    "",
    ...histogramLines(pool),
    ...nearestLines(pool),
  ];
}

function collateralLines({ collaterals }: PoolReport, style: Style): string[] {
  const header = [
    "collateral",
    "price",
    "value",
    "borrow",
    "liquid.",
    "target",
    "breaker",
    "y",
    "backlog",
    "HHI",
    "gain",
  ];
  const cells = collaterals.map((c) => [
    c.symbol,
    c.price === null ? "–" : `${formatPrice(c.price)}${c.priceFresh ? "" : "*"}`,
    formatCompact(c.value),
    ...[c.borrowFactor, c.liquidationFactor, c.liquidationFactorTarget].map((share) => percent(share)),
    c.breaker.level,
    c.reserve === null ? "–" : formatCompact(c.reserve),
    c.depth === null || c.backlogToDepth === null
      ? formatCompact(c.backlog)
      : `${formatNumber(c.backlogToDepth, 2)} depths`,
    hhi(c.concentration),
    plainGain(c.cascadeGain),
  ]);
  const lines = grid([header, ...cells]);
  const stale = collaterals.some(({ priceFresh }) => !priceFresh) ? [style.bad("  * remembered, or none")] : [];
  return [...lines, ...stale];
}

/** What falls would make liquidatable, and how much a fall would be amplified by it. */
function riskLines({ atRisk, collaterals }: PoolReport): string[] {
  const shown = atRisk.filter(({ fall }) => SHOWN_FALLS.includes(fall));
  const rows = [
    ["after a fall of", ...shown.map(({ fall }) => `−${formatNumber(100 * fall)} %`)],
    ["all: debt at risk", ...shown.map(({ debt }) => formatCompact(debt))],
    ...collaterals.flatMap((c: CollateralReport) => [
      [`${c.symbol}: at risk`, ...shown.map(({ fall }) => formatCompact(at(c.atRisk, fall).value))],
      [`${c.symbol}: gain`, ...shown.map(({ fall }) => plainGain(at(c.gains, fall).gain))],
    ]),
  ];
  return grid(rows);
}

function at<T extends { readonly fall: number }>(steps: readonly T[], fall: number): T {
  const step = steps.find((each) => each.fall === fall);
  if (step === undefined) throw new Error(`nothing is known of a fall by ${fall}`);
  return step;
}

/** One more than there are edges. */
export function bucketNames(edges: readonly number[]): string[] {
  const [first, last] = [edges[0].toFixed(2), edges[edges.length - 1].toFixed(2)];
  const between = edges.slice(1).map((edge, i) => `${edges[i].toFixed(2)}–${edge.toFixed(2)}`);
  return [`below ${first}`, ...between, `${last} and more`];
}

/** Buckets that somebody is in; debt as bars. */
function histogramLines({ histogram: { edges, accounts, debt } }: PoolReport): string[] {
  const most = Math.max(...debt);
  if (most === 0) return ["  nobody owes anything"];
  const names = bucketNames(edges);
  const rows = debt.flatMap((amount, i) =>
    accounts[i] === 0
      ? []
      : [
          `  ${names[i].padStart(13)} ${String(accounts[i]).padStart(6)} ${formatCompact(amount).padStart(8)} ` +
            "█".repeat(Math.round((BAR * amount) / most)),
        ],
  );
  return [`  ${"health factor".padStart(13)} ${"owe".padStart(6)} ${"debt".padStart(8)}`, ...rows];
}

function nearestLines({ nearest, loan }: PoolReport): string[] {
  if (nearest.length === 0) return [];
  const header = ["nearest to liquidation", "health", "leverage", `debt ${loan.symbol}`, ""];
  const cells = nearest.map(({ account, health, leverage, debt, forSale }) => [
    ...[account, formatNumber(health, 4), times(leverage), formatCompact(debt), forSale ? "for sale" : ""],
  ]);
  return ["", ...grid([header, ...cells])];
}

/** The first column to the left, the others to the right. */
function grid(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (text: string, column: number) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd());
}

function gainOf(gain: number | null, style: Style): string {
  const text = plainGain(gain);
  return gain === null || gain < RUNAWAY ? text : style.bad(`${text}: a fall feeds itself`);
}

function plainGain(gain: number | null): string {
  return gain === null ? "unknown" : formatNumber(gain, 3);
}

function times(leverage: number | null): string {
  return leverage === null ? "∞" : `${formatNumber(leverage, 2)}×`;
}

function percent(share: number | null): string {
  return share === null ? "–" : `${formatNumber(100 * share, 1)} %`;
}

function hhi(index: number | null): string {
  return index === null ? "–" : formatNumber(index, 3);
}
