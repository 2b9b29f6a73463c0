import type { AuctionResult } from "../../sim/metrics/auction-result.ts";
import type { CongestionResult } from "../../sim/metrics/congestion.ts";
import { HEALTH_EDGES, LEVERAGE_EDGES, type Histogram, type HistogramSeries } from "../../sim/metrics/histograms.ts";
import type { AgentOutcome, RunMetrics, RunResult, ShockResult } from "../../sim/metrics/run-result.ts";
import { createRng } from "../../sim/rng.ts";
import { findScenario } from "../../sim/scenarios/built-in.ts";

/** A result as a run could give it, for tests of what is made of results. Nothing in it was simulated. */
export function sampleResult(name = "black-thursday", seed = "1"): ShockResult {
  const { title, source, asset, loan, durationSeconds, blockSeconds, path } = findScenario(name);
  const exogenous = path(createRng(seed));
  const run = sampleRun(exogenous, blockSeconds, 1);
  const twin = sampleRun(exogenous, blockSeconds, 0);
  const [start, low, twinLow] = [exogenous[0], run.metrics.priceLow, twin.metrics.priceLow];
  return {
    schemaVersion: 2,
    command: `npx hardhat shock --scenario ${name} --seed ${seed} --borrowers 200 --loopers 20 --curve dutch`,
    scenario: { name, title, source, asset, loan, durationSeconds, blockSeconds },
    seed,
    curve: "dutch",
    features: "static",
    congestion: false,
    latencyBlocks: [0, 0],
    population: { borrowers: 200, loopers: 20, lenders: 5, dipBuyers: 0 },
    parameters: { "market.depth": 1500, "oracle.latencyBlocks": 2, "liquidator.policy": "rational" },
    run,
    twin,
    exogenousLow: Math.min(...exogenous),
    amplification: twinLow < start ? (start - low) / (start - twinLow) : null,
  };
}

function sampleRun(exogenous: readonly number[], blockSeconds: number, impact: number): RunResult {
  const start = exogenous[0];
  const debtAtStart = 5_200_000;
  const market: number[] = [];
  const liquidated: number[] = [];
  const badDebt: number[] = [];
  const underWater: number[] = [];
  let low = start;
  let pressure = 0;
  let lost = 0;
  for (const price of exogenous) {
    const fresh = Math.max(0, low - price) / start;
    low = Math.min(low, price);
    pressure = 0.97 * pressure + impact * 1.5 * fresh;
    market.push(price * (1 - pressure));
    const depth = 1 - low / start;
    liquidated.push(debtAtStart * 0.75 * Math.max(0, depth - 0.1) ** 1.5);
    lost += depth > 0.4 ? 90_000 * fresh : 0;
    badDebt.push(lost);
    underWater.push(Math.round(400 * Math.max(0, fresh * 3 + pressure - 0.01)));
  }
  const last = exogenous.length - 1;
  const metrics: RunMetrics = {
    badDebt: lost,
    lenderLoss: lost / 3,
    insolvency: 0,
    liquidatedDebt: liquidated[last],
    liquidatedCollateral: liquidated[last] / (0.75 * start),
    liquidations: 240,
    accountsLiquidated: 131,
    liquidationDiscount: liquidated[last] * 0.04,
    peakDebt: debtAtStart,
    debtAtStart,
    collateralValueAtStart: 2 * debtAtStart,
    priceAtStart: start,
    priceLow: Math.min(...market),
    priceAtEnd: market[last],
    poolPriceLow: Math.min(...market) * 0.998,
    accountSecondsUnderWater: underWater.reduce((sum, count) => sum + count * blockSeconds, 0),
    longestSecondsUnderWater: 31 * blockSeconds,
    secondsToSolvency: 45 * blockSeconds,
    underWaterAtEnd: 0,
    secondsRestricted: 0,
    transactions: 9_312,
    failedTransactions: 41,
    gasUsed: 2_874_551_203,
    blocks: last,
  };
  return {
    hasImpact: impact > 0,
    metrics,
    agents: sampleAgents(),
    series: {
      seconds: exogenous.map((_, block) => block * blockSeconds),
      exogenousPrice: [...exogenous],
      marketPrice: market,
      poolPrice: market.map((price, block) => (price + market[Math.max(0, block - 1)]) / 2),
      oraclePrice: market.map((_, block) => market[Math.max(0, block - (block % 5) - 2)]),
      totalDebt: liquidated.map((amount, block) => debtAtStart - amount - badDebt[block]),
      underWaterAccounts: underWater,
      liquidatedDebt: liquidated,
      badDebt,
      borrowFactor: exogenous.map(() => 0.8),
      liquidationFactor: exogenous.map(() => 0.825),
      breakerLevel: exogenous.map(() => 0),
      poolBreakerLevel: exogenous.map(() => 0),
    },
    auction: sampleAuction(exogenous.length, blockSeconds, debtAtStart),
    congestion: null,
    histograms: sampleHistograms(market, blockSeconds, debtAtStart),
    invariants: [
      { id: "INV-01", holds: true, detail: "assets cover shares" },
      { id: "INV-02", holds: true, detail: "Σ of debt shares" },
    ],
    hash: `0x${"5a".repeat(32)}`,
  };
}

/** A sale every thirtieth block, at a discount that comes and goes. */
function sampleAuction(blocks: number, blockSeconds: number, debt: number): AuctionResult {
  const all = Array.from({ length: blocks }, (_, block) => block);
  const sold = all.filter((block) => block % 30 === 29);
  const market = sold.map((block) => 0.02 + 0.03 * Math.sin(block / 50));
  const oracle = market.map((share) => share + 0.01);
  return {
    discount: { market: { mean: 0.02, byValue: 0.021 }, oracle: { mean: 0.03, byValue: 0.031 } },
    clearing: {
      ...{ count: 3, censoredShare: 1 / 3, medianSeconds: 600, p90Seconds: null, longestSeconds: 1_200 },
      ...{ startSeconds: [60, 120, 180], seconds: [600, 300, 1_200], isCleared: [1, 1, 0] },
    },
    ...{ peakBacklog: 0.4 * debt, peakBacklogShare: 0.2, longestLagSeconds: 1_080 },
    sales: {
      ...{
        seconds: sold.map((block) => block * blockSeconds),
        takes: sold.map(() => 2),
        repaid: sold.map(() => 1_000),
      },
      ...{ market, marketByValue: market, oracle, oracleByValue: oracle },
    },
    queue: {
      ...{ seconds: all.map((block) => block * blockSeconds), accounts: all.map((block) => block % 7) },
      backlog: all.map((block) => debt * 0.4 * Math.sin((Math.PI * block) / blocks) ** 2),
      ...{ venueReserve: all.map(() => 2 * debt), poolReserve: all.map(() => 0) },
      lagSeconds: all.map((block) => (block % 90) * 12),
    },
  };
}

/** Forty columns of accounts around a middle that follows the price. */
function sampleHistograms(price: readonly number[], blockSeconds: number, debt: number): HistogramSeries {
  const columns = Array.from({ length: 40 }, (_, i) => Math.round((i * (price.length - 1)) / 39));
  const around = (edges: readonly number[], middleOf: (share: number) => number): Histogram => {
    const accounts = columns.map((block) => {
      const middle = middleOf(price[block] / price[0]) * edges.length;
      return edges.map((_, bin) => Math.round(30 * Math.exp(-(((bin - middle) / 2) ** 2))));
    });
    return { edges, accounts, debt: accounts.map((column) => column.map((count) => (count * debt) / 220)) };
  };
  return {
    seconds: columns.map((block) => block * blockSeconds),
    leverage: around(LEVERAGE_EDGES, (share) => 0.9 - 0.5 * share),
    health: around(HEALTH_EDGES, (share) => 0.2 + 0.5 * share),
  };
}

/** Fees that rise and fall. */
export function sampleCongestion(blocks: number, blockSeconds: number): CongestionResult {
  const all = Array.from({ length: blocks }, (_, block) => block);
  const inclusion = { mined: 40, expired: 3, replaced: 5, delayed: 12, longestWaitSeconds: 252, longestWaitBlocks: 21 };
  return {
    ...{ meanBaseFeeGwei: 80, highestBaseFeeGwei: 210, expired: 6, replaced: 10, waitingAtEnd: 1 },
    inclusion: ["kick", "publish price"].map((label) => ({ label, ...inclusion, meanWaitSeconds: 15 })),
    series: {
      seconds: all.map((block) => block * blockSeconds),
      baseFeeGwei: all.map((block) => 110 - 100 * Math.cos((2 * Math.PI * block) / blocks)),
      waiting: all.map((block) => block % 5),
    },
  };
}

function sampleAgents(): AgentOutcome[] {
  const agent = (kind: string, name: string, members: number, equityAtStart: number, profit: number): AgentOutcome => ({
    ...{ kind, name, members, equityAtStart, equityAtEnd: equityAtStart + profit, profit },
    ...{ gasCost: 12.5 * members, transactions: 40 * members, failedTransactions: members === 1 ? 7 : 0 },
  });
  return [
    agent("lender", "lender", 5, 8_000_000, -4_102.2),
    agent("borrower", "borrower", 200, 4_900_000, -2_204_331.7),
    agent("looper", "looper", 20, 1_100_000, -871_203.4),
    agent("liquidator", "liquidator-1", 1, 250_000, 61_230.1),
    agent("liquidator", "liquidator-2", 1, 250_000, 38_002.6),
    agent("arbitrageur", "arbitrageur", 1, 500_000, 20_511.9),
  ];
}
