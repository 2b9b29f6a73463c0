import type { AssetSymbol } from "./scenarios/scenario.ts";

/** Which price-curve strategy sells liquidated collateral. */
export type CurveName = "fixed" | "dutch";

/**
 * Which of its defences our pool has: collateral factors as governance set them, factors of the risk engine, or these and
 * the circuit breaker.
 */
export const FEATURES = ["static", "dynamic", "dynamic+breaker"] as const;
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
 * WBTC 73 and 78 %, USDC 75 and 78 % (governance.aave.com, "Risk Parameter Updates: LTV and LT Alignment", 2024).
 */
export const AAVE_V3: Readonly<Record<AssetSymbol, Pick<AssetProfile, "borrowFactorBps" | "liquidationFactorBps">>> = {
  WETH: { borrowFactorBps: 8_050, liquidationFactorBps: 8_300 },
  WBTC: { borrowFactorBps: 7_300, liquidationFactorBps: 7_800 },
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
