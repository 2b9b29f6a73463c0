/** What `RiskLens` answers, field by field as `contracts/interfaces/IRiskLens.sol` declares and explains them. */

export interface BreakerState {
  readonly level: bigint;
  readonly tightnessWad: bigint;
  readonly until: bigint;
}

export interface CollateralState {
  readonly token: string;
  readonly supplied: bigint;
  readonly value: bigint;
  readonly price36: bigint;
  readonly priceFresh: boolean;
  readonly borrowFactorBps: bigint;
  readonly liquidationFactorBps: bigint;
  readonly liquidationTargetBps: bigint;
  readonly rampEnd: bigint;
  readonly loadingPercent: bigint;
  readonly grace: boolean;
  readonly freshUntil: bigint;
  readonly breaker: BreakerState;
  readonly maxBonusBps: bigint;
  readonly reserve: bigint;
  readonly depth: bigint;
  readonly depthAt: bigint;
  readonly backlog: bigint;
  readonly shareDepth: bigint;
}

export interface PoolState {
  readonly timestamp: bigint;
  readonly loanAsset: string;
  readonly debt: bigint;
  readonly debtShares: bigint;
  readonly cash: bigint;
  readonly reserves: bigint;
  readonly lenderAssets: bigint;
  readonly provision: bigint;
  readonly utilisationWad: bigint;
  readonly collateralValue: bigint;
  readonly shareValue: bigint;
  readonly shareDepth: bigint;
  readonly leverageWad: bigint;
  readonly backlog: bigint;
  readonly restricted: boolean;
  readonly touched: boolean;
  readonly minDebt: bigint;
  readonly targetHealthBps: bigint;
  readonly breaker: BreakerState;
  readonly collaterals: readonly CollateralState[];
}

export interface AccountRisk {
  readonly debt: bigint;
  readonly value: bigint;
  readonly capacity: bigint;
  readonly leverageWad: bigint;
  readonly healthWad: bigint;
  readonly kickedAt: bigint;
  readonly pricesFresh: boolean;
}

export interface CollateralSums {
  readonly pledged: bigint;
  readonly squares: bigint;
  readonly debt: readonly bigint[];
  readonly value: readonly bigint[];
  readonly released: readonly bigint[];
}

export interface Sums {
  readonly accounts: bigint;
  readonly debtors: bigint;
  readonly debtShares: bigint;
  readonly debt: bigint;
  readonly pledged: bigint;
  readonly capacity: bigint;
  readonly liquidatable: bigint;
  readonly insolvent: bigint;
  readonly shortfall: bigint;
  readonly forSale: bigint;
  readonly stale: bigint;
  readonly staleDebt: bigint;
  readonly debtSquares: bigint;
  readonly pledgedSquares: bigint;
  readonly bucketAccounts: readonly bigint[];
  readonly bucketDebt: readonly bigint[];
  readonly stepAccounts: readonly bigint[];
  readonly stepDebt: readonly bigint[];
  readonly stepValue: readonly bigint[];
  readonly collaterals: readonly CollateralSums[];
}

export interface CollateralFigures {
  readonly hhiWad: bigint;
  readonly backlogToDepthWad: bigint;
  readonly atRiskDebt: readonly bigint[];
  readonly atRiskValue: readonly bigint[];
  readonly gainWad: readonly bigint[];
}

export interface Figures {
  readonly leverageWad: bigint;
  readonly healthWad: bigint;
  readonly debtHhiWad: bigint;
  readonly pledgedHhiWad: bigint;
  readonly atRiskDebt: readonly bigint[];
  readonly atRiskValue: readonly bigint[];
  readonly collaterals: readonly CollateralFigures[];
}

/** Stands for a ratio whose divisor is not there, as in `CascadeMath`. */
export const UNBOUNDED = 2n ** 256n - 1n;
/** Falls of prices that are looked at. [%] */
export const FALLS_PERCENT = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50] as const;
export const BUCKETS = 32;
