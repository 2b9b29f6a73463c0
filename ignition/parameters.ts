/** A price feed and the oldest answer of it that is accepted. */
export interface FeedParameters {
  readonly source: string;
  readonly heartbeat: bigint; // [s]
}

/** As `IPriceOracleAdmin.MarketInput`. */
export interface MarketParameters {
  readonly feeds: readonly FeedParameters[];
  readonly feedsInQuote: boolean;
  readonly twapPool: string;
  readonly twapWindow: bigint; // [s]
  readonly snapshotMaxAge: bigint; // [s]
  readonly emaTimeConstant: bigint; // [s]
  readonly bandBps: bigint;
  readonly bandWidenBpsPerMinute: bigint;
  readonly requiredSources: bigint;
}

export interface CollateralParameters {
  readonly token: string;
  readonly borrowFactorBps: bigint;
  readonly liquidationFactorBps: bigint;
  readonly supplyCap: bigint; // [collateral base units]
  readonly curve: "paced" | "fixed" | "dutch" | "linear" | "stairs";
  readonly market: MarketParameters;
  /** Given for every collateral if the pool has a risk engine. */
  readonly risk?: CollateralRiskParameters;
}

/** As the risk modules take them: `IVolatilityOracleAdmin.AssetInput`, `ILiquidityOracle.MarketInput`… */
export interface CollateralRiskParameters {
  /** Without the pool, which is the market's `twapPool`. [WAD per √day] */
  readonly volatility: {
    readonly interval: bigint; // [s]
    readonly initialWad: bigint;
    readonly initialSlowWad: bigint; // 0: as `initialWad`
    readonly stressWad: bigint;
    readonly floorWad: bigint;
    readonly clampWad: bigint;
    readonly impliedMaxAge: bigint; // [s] 0: none is believed
  };
  readonly depth: {
    readonly pools: readonly string[];
    readonly impactBps: bigint;
    readonly maxTicks: bigint;
    readonly window: bigint; // [s]
    readonly riseTau: bigint; // [s]
    readonly fallTau: bigint; // [s]
  };
  /** `ICollateralFactorModel.Parameters`. */
  readonly factors: Readonly<Record<FactorField, bigint>>;
  /** `IRiskEngine.AssetConfig`. */
  readonly engine: {
    readonly turnoverPerDayHundredths: bigint;
    readonly sliceBps: bigint;
    readonly depthMaxAge: bigint; // [s]
  };
}

export type FactorField =
  | "zHundredths"
  | "betaBps"
  | "bufferBps"
  | "minLiquidationFactorBps"
  | "maxLiquidationFactorBps"
  | "freeLeverageBps"
  | "leverageSlopeBps"
  | "freeRiseBps"
  | "riseSlopeBps"
  | "maxAddOnBps";

/** A pair of collaterals whose correlation is tracked; of any other it counts as one. */
export interface CorrelationParameters {
  readonly assets: readonly [string, string];
  readonly floorPercent: bigint;
  readonly initialPercent: bigint;
}

/** The risk engine of a pool and what all its collaterals share. */
export interface RiskParameters {
  readonly maxAge: bigint; // of a snapshot on which is lent. [s]
  readonly breaker: boolean;
  /** `IRiskEngine.FlowConfig`. */
  readonly flow: {
    readonly exitShareBps: bigint;
    readonly exitWindow: bigint; // [s]
    readonly leverageTau: bigint; // [s]
    readonly outageGrace: bigint; // [s]
  };
  /** `IRiskEngine.RewardConfig`. */
  readonly rewards: {
    readonly perPoke: bigint; // [loan base units]
    readonly perDay: bigint; // [loan base units]
    readonly interval: bigint; // [s]
  };
  readonly correlations: readonly CorrelationParameters[];
}

/** Constructor arguments of `AdaptiveRateModel` or `KinkedRateModel`. */
export interface RateModelParameters {
  readonly contract: "AdaptiveRateModel" | "KinkedRateModel";
  readonly params: Readonly<Record<string, bigint>>;
}

/** See `CurveParameters` in `contracts/libraries/CurveTerms.sol`. */
export interface PacedParameters {
  readonly premiumBps: bigint;
  readonly minBonusBps: bigint;
  readonly maxBonusBps: bigint;
  readonly secondsToFloor: bigint;
  readonly creditSeconds: bigint;
  readonly fastPpm: bigint; // of y a second
  readonly slowTenthPpm: bigint; // of y a second, ÷ 10
  readonly kneeBps: bigint;
}

/** Constructor arguments of `LinearCurve`. */
export interface LinearParameters {
  readonly premiumBps: bigint;
  readonly maxBonusBps: bigint;
  readonly secondsToFloor: bigint;
}

/** Constructor arguments of `StairstepCurve`. */
export interface StairsParameters {
  readonly premiumBps: bigint;
  readonly maxBonusBps: bigint;
  readonly stepSeconds: bigint;
  readonly cutBps: bigint; // what a step leaves of the price
}

export interface CoreParameters {
  readonly loanAsset: string;
  readonly name: string;
  readonly symbol: string;
  readonly rateModel: RateModelParameters;
  /** Constructor arguments of `PacedCurve`. */
  readonly paced: PacedParameters;
  readonly fixedBonusBps: bigint;
  readonly dutchPremiumBps: bigint;
  readonly dutchMaxBonusBps: bigint;
  readonly dutchSeconds: bigint;
  /** Deployed where they are given: a collateral can choose them then. */
  readonly linear?: LinearParameters;
  readonly stairs?: StairsParameters;
  /** Feeds of the loan asset in the unit of the collaterals' feeds; none if those are in the loan asset. */
  readonly quoteFeeds: readonly FeedParameters[];
  readonly sequencer?: { readonly feed: string; readonly graceSeconds: bigint };
  readonly supplyCap: bigint; // [loan base units]
  readonly borrowCap: bigint; // [loan base units]
  readonly minDebt: bigint; // [loan base units]
  readonly kickTip: bigint; // [loan base units]
  readonly reserveFactorBps: bigint;
  readonly flashFeeBps: bigint;
}

/** Accounts left out: the deployer. */
export interface AccessParameters {
  readonly admin?: string;
  readonly governor?: string;
  readonly guardian?: string;
  /** Posts implied volatilities. Left out: the governor. */
  readonly impliedPoster?: string;
  readonly executionDelaySeconds: bigint;
}

export interface SystemParameters {
  readonly access: AccessParameters;
  readonly core: CoreParameters;
  readonly collaterals: readonly CollateralParameters[];
  /** Left out: factors stay where governance sets them. */
  readonly risk?: RiskParameters;
}

/** A mock token, its mock feed in USD, and, for a collateral, its Uniswap v3 pool against the loan asset. */
export interface DemoToken {
  readonly symbol: string;
  readonly name: string;
  readonly decimals: bigint;
  readonly priceUsd: bigint; // whole dollars
}

export interface DemoCollateral extends DemoToken {
  readonly uniswapFee: bigint; // [hundredths of a bip]
  readonly liquidityUsd: bigint; // on each side of the pool, over all prices; whole dollars
}

export interface DemoParameters {
  readonly loan: DemoToken;
  readonly collaterals: readonly DemoCollateral[];
  readonly observations: bigint; // that the Uniswap pools remember
  readonly seedDepositUsd: bigint; // lent by the deployer; whole dollars
}
