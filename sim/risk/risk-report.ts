/**
 * What `npx hardhat risk --json` writes; `docs/risk.schema.json` describes it. Amounts in whole units of the token beside them,
 * shares and ratios as fractions, times in unix seconds. Null: the divisor is zero, or what it takes is not known.
 */
export const RISK_SCHEMA_VERSION = 1;

export type BreakerLevel = "normal" | "caution" | "restricted" | "recovery";

export interface BreakerReport {
  readonly level: BreakerLevel;
  readonly tightness: number; // 0 … 1
  readonly until: number | null; // when Restricted expires
}

export interface AtRiskStep {
  readonly fall: number; // 0.05 is 5 %
  readonly debt: number; // liquidatable after it [loan asset]
  readonly value: number; // of its collateral, at today's price [loan asset]
}

export interface GainStep {
  readonly fall: number;
  readonly gain: number | null;
}

export interface CollateralReport {
  readonly token: string;
  readonly symbol: string;
  readonly supplied: number; // [whole tokens]
  readonly value: number; // [loan asset]
  readonly price: number | null; // liquidation price [loan asset a whole token]
  readonly priceFresh: boolean;
  readonly borrowFactor: number;
  readonly liquidationFactor: number; // in force
  readonly liquidationFactorTarget: number;
  readonly rampEnd: number | null; // null: no ramp is under way
  readonly snapshotFreshUntil: number | null; // null: no engine governs it
  readonly grace: boolean;
  readonly breaker: BreakerReport;
  readonly reserve: number | null; // y that the pool reckons with [loan asset]
  readonly depth: number | null; // last measured [loan asset]
  readonly depthMeasuredAt: number | null;
  readonly backlog: number; // [loan asset]
  readonly backlogToDepth: number | null;
  readonly rehypothecationDepth: number;
  readonly issuer: string | null; // the pool of this report whose share it is
  readonly pledged: number; // held by accounts that owe [loan asset]
  readonly concentration: number | null; // HHI of that
  readonly atRisk: readonly AtRiskStep[]; // after a fall of this price alone
  readonly cascadeGain: number | null; // of a fall by 5 %
  readonly gains: readonly GainStep[];
}

export interface AccountReport {
  readonly account: string;
  readonly debt: number; // [loan asset]
  readonly collateral: number; // [loan asset]
  readonly leverage: number | null; // null: it owes all or more than it has
  readonly health: number;
  readonly forSale: boolean;
}

export interface PoolReport {
  readonly pool: string;
  readonly symbol: string;
  readonly loan: { readonly token: string; readonly symbol: string; readonly decimals: number };
  readonly unitPrice: number | null; // of a loan asset in the system's unit
  readonly debt: number;
  readonly cash: number;
  readonly reserves: number;
  readonly lenderAssets: number;
  readonly provision: number;
  readonly utilisation: number | null;
  readonly collateralValue: number;
  readonly shareValue: number; // of that, shares of vaults and pools
  readonly rehypothecationDepth: number;
  readonly leverage: number | null; // A ÷ (A − D), of all collateral in the books
  readonly borrowersLeverage: number | null; // of accounts that owe
  readonly health: number | null; // Σ capacity ÷ Σ debt
  readonly backlog: number;
  readonly restricted: boolean;
  readonly touched: boolean;
  readonly breaker: BreakerReport;
  readonly accounts: {
    readonly owing: number;
    readonly liquidatable: number;
    readonly insolvent: number;
    readonly forSale: number;
    readonly stalePrices: number;
    readonly complete: boolean; // their debts are all there is
  };
  readonly shortfall: number;
  readonly staleDebt: number;
  readonly concentration: { readonly debt: number | null; readonly collateral: number | null };
  readonly histogram: {
    readonly edges: readonly number[]; // of health: bucket i is from edges[i−1] to below edges[i]
    readonly accounts: readonly number[];
    readonly debt: readonly number[];
  };
  readonly atRisk: readonly AtRiskStep[]; // after a common fall of all prices
  readonly cascadeGain: number | null; // the largest of its collaterals'
  readonly collaterals: readonly CollateralReport[];
  readonly nearest: readonly AccountReport[]; // to liquidation
}

export interface SystemRiskReport {
  readonly unit: string;
  readonly pools: number;
  readonly leftOut: readonly string[]; // without a price in the unit
  readonly grossCollateral: number;
  readonly ultimateCollateral: number;
  readonly debt: number;
  readonly lenderAssets: number;
  readonly backlog: number;
  readonly grossLeverage: number | null;
  readonly leverage: number | null;
  readonly exposures: readonly { readonly holder: string; readonly issuer: string; readonly value: number }[];
  readonly debtRanks: readonly { readonly pool: string; readonly debtRank: number; readonly weight: number }[];
}

export interface RiskReport {
  readonly schemaVersion: typeof RISK_SCHEMA_VERSION;
  readonly network: string;
  readonly chainId: number;
  readonly block: number;
  readonly timestamp: number;
  readonly isFork: boolean;
  readonly lens: string | null; // null: its code came along with the calls
  readonly registry: string | null;
  readonly pools: readonly PoolReport[];
  readonly system: SystemRiskReport | null; // null: the pools lend different assets, and no registry prices them
}
