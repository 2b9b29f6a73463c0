import type { CurveParameters } from "./liquidation-curves.ts";
import type { AssetSymbol } from "./scenarios/scenario.ts";

/**
 * Which of its defences our pool has: collateral factors as governance set them, factors of the risk engine, or these and
 * the circuit breaker. `measured`: the engine is at work, so that the pool knows how deep its market is, but only once
 * everybody has borrowed, and its factors are pinned to those that governance set.
 */
export const FEATURES = ["static", "dynamic", "dynamic+breaker", "measured"] as const;
export type Features = (typeof FEATURES)[number];

/** What the lab knows of a collateral: its token, how the pool lists it, and how the world trades it. */
export interface AssetProfile {
  readonly decimals: number;
  readonly borrowFactorBps: number;
  readonly liquidationFactorBps: number;
  /** Collateral value that moves the outside market by 2 %, as a share of all debt at the start. */
  readonly exchangeDepthShare: number;
  /** The same of the on-chain Uniswap v3 pool. */
  readonly poolDepthShare: number;
}

/**
 * Depths are shares of the debt, because the ratio of the two, not either alone, decides how far a cascade goes: here
 * sales worth 6 % of all debt move the outside price of ether by 2 %.
 */
export const PROFILES: Readonly<Record<AssetSymbol, AssetProfile>> = {
  WETH: {
    decimals: 18,
    borrowFactorBps: 8_000,
    liquidationFactorBps: 8_250,
    exchangeDepthShare: 0.06,
    poolDepthShare: 0.02,
  },
  WBTC: {
    decimals: 8,
    borrowFactorBps: 7_300,
    liquidationFactorBps: 7_800,
    exchangeDepthShare: 0.1,
    poolDepthShare: 0.02,
  },
  /** Terra's asset of early 2022, with the factors of a careful pool of the day and a market like ether's: our choice. */
  LUNA: {
    decimals: 6,
    borrowFactorBps: 5_000,
    liquidationFactorBps: 5_500,
    exchangeDepthShare: 0.06,
    poolDepthShare: 0.02,
  },
  USDC: {
    decimals: 6,
    borrowFactorBps: 8_800,
    liquidationFactorBps: 9_000,
    exchangeDepthShare: 0.25,
    poolDepthShare: 0.1,
  },
};

/**
 * What Aave v3 publishes for its market on Ethereum: the static pool that ours is measured against. WETH 80.5 and 83 %,
 * WBTC 73 and 78 %, USDC 75 and 78 % (governance.aave.com, "Risk Parameter Updates: LTV and LT Alignment", 2024). It never
 * listed LUNA: that row is our own listing again.
 */
export const AAVE_V3: Readonly<Record<AssetSymbol, Pick<AssetProfile, "borrowFactorBps" | "liquidationFactorBps">>> = {
  WETH: { borrowFactorBps: 8_050, liquidationFactorBps: 8_300 },
  WBTC: { borrowFactorBps: 7_300, liquidationFactorBps: 7_800 },
  LUNA: { borrowFactorBps: 5_000, liquidationFactorBps: 5_500 },
  USDC: { borrowFactorBps: 7_500, liquidationFactorBps: 7_800 },
};

/** The pool accepts 98 %, but debts at that need every block; nobody would list a collateral above this. */
const HIGHEST_LIQUIDATION_FACTOR_BPS = 9_500;

/** The profile with both factors scaled, their ratio kept, as far as a pool can list them. */
export function scaledProfile(profile: AssetProfile, lendingScale: number): AssetProfile {
  if (!(lendingScale > 0 && lendingScale < Infinity)) throw new RangeError(`${lendingScale} is no lending scale`);
  const { borrowFactorBps, liquidationFactorBps } = profile;
  const scale = Math.min(lendingScale, Math.max(1, HIGHEST_LIQUIDATION_FACTOR_BPS / liquidationFactorBps));
  return {
    ...profile,
    borrowFactorBps: Math.round(borrowFactorBps * scale),
    liquidationFactorBps: Math.round(liquidationFactorBps * scale),
  };
}

export const LOAN_DECIMALS = { USDC: 6, DAI: 18 } as const;

/** Everything else a run depends on. Repeated in `result.json`, so that a result says what it rests on. */
export const LAB = {
  /** Debt of the whole population at the start. [loan asset] */
  totalDebt: 60_000_000,
  /** Of it, owed by loopers. */
  looperDebtShare: 0.4,
  lenders: 12,
  /** Debt ÷ deposits at the start. */
  utilisation: 0.8,

  /** Share of a trade's impact on the outside market that stays; the rest decays. */
  permanentImpactShare: 0.5,
  impactHalfLifeSeconds: 1_800,

  /** Chainlink's ETH/USD feed on mainnet: 0.5 % or an hour. */
  feedDeviation: 0.005,
  feedHeartbeatSeconds: 3_600,
  /** From the market's price to the feed's transaction. */
  feedLatencySeconds: 60,
  pokeIntervalSeconds: 300,

  uniswapFee: 500, // [hundredths of a bip]
  twapWindowSeconds: 1_800,
  bandBps: 500,
  bandWidenBpsPerMinute: 100,

  fixedBonusBps: 500,
  dutchPremiumBps: 500,
  dutchMaxBonusBps: 1_000,
  dutchSeconds: 1_200,
  minDebt: 2_000,
  reserveFactorBps: 1_000,

  baseFeeGwei: 60,
  /** Price of ether where it is not the collateral, for gas. [loan asset] */
  etherPrice: 1_600,

  flashLiquidators: 3,
  capitalLiquidators: 3,
  /** Loan assets of all capital liquidators, as a share of the debt. */
  liquidatorCapitalShare: 0.06,
  /** Share of the expected profit that liquidators bid for their place in the block: from, to. */
  liquidatorBid: [0.1, 0.6],
  /** Least profit after gas that a liquidator moves for. [loan asset] */
  liquidatorMinProfit: 20,
  /** Transfer from the chain to the exchange. */
  exchangeTransferSeconds: 600,

  arbitrageurCapitalShare: 0.5,
  /** Least profit of one trade after gas. [loan asset] */
  arbitrageMinProfit: 5,
  attentiveBorrowerShare: 0.35,
  attentiveLooperShare: 0.6,
  /** Health factor that an attentive looper restores. */
  looperTargetHealth: 1.12,
  panickyLenderShare: 0.5,
  /** Equity of all dip buyers, as a share of the debt at the start. */
  dipBuyerEquityShare: 0.05,
  /** Fall from the start price at which one of them buys: from, to. */
  dipBuyerFall: [0.05, 0.25],

  /** How often the risk keeper refreshes factors, breaker and depth. */
  riskPokeSeconds: 300,
  riskKeeperLatencySeconds: 30,
  /** Share of its refreshes that never reach the chain. */
  riskKeeperFailureShare: 0.02,
  /** Chance at each refresh that it goes silent, and for how long. */
  riskKeeperSilenceShare: 0.002,
  riskKeeperSilenceSeconds: 7_200,
} as const;

/**
 * Parameters of the risk engine and what it asks, where the pool has one. `docs/parameters.md` has their ranges; what the
 * frontier says of them is in `docs/risk-model.md`.
 */
export const RISK = {
  /** Standard deviations that the model survives; `lendingScale` divides it. */
  z: 4,
  factors: {
    betaBps: 500,
    bufferBps: 2_500,
    minLiquidationFactorBps: 4_000,
    maxLiquidationFactorBps: 9_000,
    freeLeverageBps: 40_000,
    leverageSlopeBps: 500,
    freeRiseBps: 1_000,
    riseSlopeBps: 2_500,
    maxAddOnBps: 1_500,
  },
  /** Volatility in stress, and the least that is reckoned with. [per √day] */
  assets: {
    WETH: { stress: 0.08, floor: 0.01 },
    WBTC: { stress: 0.06, floor: 0.01 },
    LUNA: { stress: 0.12, floor: 0.02 },
    USDC: { stress: 0.02, floor: 0.001 },
  } satisfies Record<AssetSymbol, { stress: number; floor: number }>,
  volatilityIntervalSeconds: 1_800,
  volatilityClamp: 1.5,

  impactBps: 200,
  depthRiseSeconds: 21_600,
  depthFallSeconds: 600,
  depthMaxAge: 3_600,
  /** The auction sells a depth in ten minutes: that is how soon arbitrage and the book's resilience refill it. */
  turnoverPerDayHundredths: 14_400,
  sliceBps: 10_000,

  maxAge: 3_600,
  exitShareBps: 2_000,
  exitWindow: 3_600,
  leverageTau: 21_600,
  outageGrace: 1_800,
} as const;

type Widened<T> = T extends number ? number : { readonly [K in keyof T]: Widened<T[K]> };
/** `LAB` with other numbers: what a sweep varies. */
export type LabParameters = Widened<typeof LAB>;
/** The same of `RISK`. */
export type RiskParameters = Widened<typeof RISK>;

/** Every number of a run that is configuration and not of its asset, its crowd or its scenario. */
export interface Parameters {
  readonly lab: LabParameters;
  readonly risk: RiskParameters;
  /** Of the curve that sells, what differs from its usual ones. */
  readonly curve: CurveParameters;
}

export const DEFAULTS: Parameters = { lab: LAB, risk: RISK, curve: {} };
