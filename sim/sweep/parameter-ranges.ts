import type { AssetProfile, LAB, RISK } from "../config.ts";
import { MOST_LATENCY } from "../agents/late.ts";
import type { CurveParameter } from "../liquidation-curves.ts";

/** What a parameter may be. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** Empty: a pure number. */
  readonly unit: string;
  readonly doc: string;
  /** Whole numbers only; default: any. */
  readonly isWhole?: boolean;
}

type Scalars<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];
/** Curves take these from `CURVES`. */
type OfCurves = "fixedBonusBps" | "dutchPremiumBps" | "dutchMaxBonusBps" | "dutchSeconds";

const share = (doc: string, high = 1): Range => ({ low: 0, high, unit: "share", doc });
const seconds = (low: number, high: number, doc: string): Range => ({ low, high, unit: "s", doc, isWhole: true });
const bps = (low: number, high: number, doc: string): Range => ({ low, high, unit: "bps", doc, isWhole: true });
const count = (low: number, high: number, doc: string): Range => ({ low, high, unit: "", doc, isWhole: true });
const money = (low: number, high: number, doc: string): Range => ({ low, high, unit: "loan asset", doc });
const volatility = (low: number, high: number, doc: string): Range => ({ low, high, unit: "per √day", doc });

/**
 * A range for each number of `LAB`: a new one without does not compile. Where a contract has a range, this is it or lies within
 * (`docs/parameters.md`).
 */
export const LAB_RANGES: Readonly<Record<Exclude<Scalars<typeof LAB>, OfCurves>, Range>> = {
  totalDebt: money(1e5, 1e12, "debt that the population wishes for"),
  looperDebtShare: share("of the debt, wished for by loopers"),
  lenders: count(1, 500, "lenders"),
  utilisation: { low: 0.05, high: 0.99, unit: "share", doc: "debt ÷ deposits at the start" },
  permanentImpactShare: share("of a trade's impact outside, that stays"),
  impactHalfLifeSeconds: seconds(1, 604_800, "in which the rest of the impact halves"),
  feedDeviation: { low: 0.0005, high: 0.5, unit: "share", doc: "move that the price feed answers to" },
  feedHeartbeatSeconds: seconds(60, 302_400, "after which the feed answers anyway"),
  feedLatencySeconds: seconds(0, 86_400, "from the market's price to the feed's"),
  pokeIntervalSeconds: seconds(1, 86_400, "between two samples of the average by its keeper"),
  uniswapFee: { low: 500, high: 10_000, unit: "1e-6", doc: "of the on-chain pool: 500, 3000 or 10000", isWhole: true },
  twapWindowSeconds: seconds(60, 86_400, "of the on-chain average"),
  bandBps: bps(10, 5_000, "by which the liquidation price may leave the average"),
  bandWidenBpsPerMinute: bps(1, 5_000, "by which that band widens a minute"),
  minDebt: money(0, 1e6, "least debt of an account"),
  reserveFactorBps: bps(0, 5_000, "of the interest, to reserves"),
  baseFeeGwei: { low: 0, high: 10_000, unit: "gwei", doc: "of every block with room for all" },
  etherPrice: money(0, 1e6, "of ether for gas, where it is not the collateral"),
  flashLiquidators: count(0, 100, "liquidators without capital"),
  capitalLiquidators: count(0, 100, "liquidators with capital"),
  liquidatorCapitalShare: share("of the debt: capital of all liquidators", 10),
  liquidatorMinProfit: money(0, 1e6, "after gas, that a liquidator moves for"),
  exchangeTransferSeconds: seconds(0, 86_400, "from the chain to the exchange"),
  arbitrageurCapitalShare: share("of the debt: capital of the arbitrageur", 10),
  arbitrageMinProfit: money(0, 1e6, "after gas, that it moves for"),
  attentiveBorrowerShare: share("of borrowers, who repay in time"),
  attentiveLooperShare: share("of loopers, who unwind in time"),
  looperTargetHealth: { low: 1.01, high: 3, unit: "", doc: "health that such a looper restores" },
  panickyLenderShare: share("of lenders, who leave after a loss"),
  dipBuyerEquityShare: share("of the debt: equity of all dip buyers", 10),
  riskPokeSeconds: seconds(1, 86_400, "between two refreshes by the risk keeper"),
  riskKeeperLatencySeconds: seconds(0, 86_400, "that it needs"),
  riskKeeperFailureShare: share("of its refreshes, lost"),
  riskKeeperSilenceShare: share("of its refreshes, after which it goes silent"),
  riskKeeperSilenceSeconds: seconds(0, 604_800, "that it is silent for"),
};

/** The pairs of `LAB`: both ends of what is drawn. */
export const LAB_PAIR_RANGES = {
  liquidatorBid: share("of the expected profit, bid for the place in the block"),
  dipBuyerFall: share("of the start price, at whose fall a dip buyer buys", 0.99),
} as const satisfies Readonly<Record<Exclude<keyof typeof LAB, Scalars<typeof LAB>>, Range>>;

export const RISK_RANGES: Readonly<Record<Scalars<typeof RISK>, Range>> = {
  z: { low: 1, high: 10, unit: "standard deviations", doc: "that the model of collateral factors survives" },
  volatilityIntervalSeconds: seconds(60, 86_400, "between samples of the volatility"),
  volatilityClamp: volatility(0.1, 3, "largest volatility that is believed"),
  impactBps: bps(10, 2_000, "price impact within which depth counts"),
  depthRiseSeconds: seconds(3_600, 2_592_000, "time constant of a rise of the depth"),
  depthFallSeconds: seconds(60, 604_800, "time constant of its fall"),
  depthMaxAge: seconds(60, 86_400, "after which the depth is stale"),
  turnoverPerDayHundredths: count(1, 10_000_000, "hundredths of a depth that are sold a day"),
  sliceBps: bps(1, 1_000_000, "of the depth, sold in one piece"),
  maxAge: seconds(60, 86_400, "after which factors are stale"),
  exitShareBps: bps(500, 10_000, "of their shares, that lenders may take a window"),
  exitWindow: seconds(600, 604_800, "window of lenders' exits"),
  leverageTau: seconds(3_600, 604_800, "time constant of the pool's leverage"),
  outageGrace: seconds(0, 86_400, "after an outage"),
};

export const FACTOR_RANGES: Readonly<Record<keyof (typeof RISK)["factors"], Range>> = {
  betaBps: bps(0, 2_000, "largest discount that factors reckon with"),
  bufferBps: bps(500, 9_000, "of 1 − liquidation factor, between it and the borrow factor"),
  minLiquidationFactorBps: bps(0, 9_800, "that the engine sets at least"),
  maxLiquidationFactorBps: bps(1, 9_800, "that it sets at most"),
  freeLeverageBps: bps(10_000, 65_535, "leverage of the pool that costs nothing"),
  leverageSlopeBps: bps(0, 10_000, "off the borrow factor for 1× more"),
  freeRiseBps: bps(0, 10_000, "rise over the slow average that costs nothing"),
  riseSlopeBps: bps(0, 10_000, "off the borrow factor for a further 100 %"),
  maxAddOnBps: bps(0, 5_000, "of both together"),
};

/** Of the scenario's asset. */
export const ASSET_RANGES: Readonly<Record<"stress" | "floor", Range>> = {
  stress: volatility(1e-5, 3, "volatility in stress"),
  floor: volatility(1e-5, 3, "least volatility that is reckoned with"),
};

export const PROFILE_RANGES: Readonly<Record<Exclude<keyof AssetProfile, "decimals">, Range>> = {
  borrowFactorBps: bps(1, 9_799, "of collateral value, lent; of pools with an engine a bound"),
  liquidationFactorBps: bps(2, 9_800, "of collateral value, at which an account is liquidated"),
  exchangeDepthShare: { low: 1e-4, high: 100, unit: "of the debt", doc: "value that moves the outside price by 2 %" },
  poolDepthShare: { low: 1e-4, high: 100, unit: "of the debt", doc: "value that moves the on-chain price by 2 %" },
};

/** Curves have some of them. */
export const CURVE_RANGES: Readonly<Record<CurveParameter, Range>> = {
  premiumBps: bps(0, 10_000, "above the liquidation price, at which a sale opens"),
  minBonusBps: bps(0, 5_000, "that the guard of health leaves at least"),
  maxBonusBps: bps(0, 5_000, "at the floor, or of a fixed bonus"),
  secondsToFloor: seconds(60, 86_400, "from the opening to the floor"),
  creditSeconds: seconds(60, 65_535, "that the schedule saves up at most"),
  fastPpm: { low: 1, high: 65_535, unit: "ppm of y a second", doc: "pace that the market can take", isWhole: true },
  slowTenthPpm: { low: 1, high: 65_535, unit: "ppm ÷ 10", doc: "pace at least", isWhole: true },
  kneeBps: bps(1, 65_535, "of y: backlog up to which the pace is fast"),
  stepSeconds: seconds(1, 3_600, "of a stair"),
  cutBps: bps(5_000, 9_999, "price of a stair ÷ that of the one before"),
};

export const OTHER_RANGES = {
  "market.depth": { low: 1e-3, high: 1_000, unit: "×", doc: "both depths of the market, times this" },
  "pool.lendingScale": { low: 0.25, high: 4, unit: "×", doc: "makes the pool lend more: scales factors, or divides z" },
  "wishes.borrowFactorBps": bps(1, 9_799, "under which everybody drew what they wish for; default: the pool's own"),
  "wishes.liquidationFactorBps": bps(2, 9_800, "the same of the liquidation factor"),
  "scenario.severity": { low: 0, high: 5, unit: "×", doc: "the logarithm of every price ÷ the first, times this" },
  "scenario.volatilityBefore": { low: 0.01, high: 20, unit: "×", doc: "volatility before the scenario, times this" },
  "blocks.latency": count(0, MOST_LATENCY, "until liquidators and the kicker act on what they see, in blocks"),
  "blocks.full": count(0, 1, "1: as `shock --congestion` has them; 0: where the scenario has them so"),
  "crowd.borrowers": count(0, 10_000, "borrowers"),
  "crowd.loopers": count(0, 10_000, "loopers"),
  "crowd.dipBuyers": count(0, 10_000, "dip buyers"),
} as const satisfies Readonly<Record<string, Range>>;
