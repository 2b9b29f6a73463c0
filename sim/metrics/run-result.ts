import type { Features } from "../config.ts";
import type { AuctionResult } from "./auction-result.ts";
import type { StackResult } from "../stress/stack-result.ts";
import type { CongestionResult } from "./congestion.ts";
import type { HistogramSeries } from "./histograms.ts";

/** Shape of `result.json`. Raised whenever a field changes its meaning or goes away. */
export const SCHEMA_VERSION = 2;

/** What one run of a scenario did. Money in whole units of the loan asset, prices in loan asset per unit of collateral. */
export interface RunMetrics {
  readonly badDebt: number; // written off against reserves and lenders, in all
  readonly lenderLoss: number; // the part of it that lenders bore
  readonly insolvency: number; // Σ max(0, debt − collateral value) of the accounts still open at the end
  readonly liquidatedDebt: number; // debt repaid by takes
  readonly liquidatedCollateral: number; // [collateral units] seized
  readonly liquidations: number; // takes that succeeded
  readonly accountsLiquidated: number;
  readonly liquidationDiscount: number; // value seized at the market price less debt repaid: what borrowers paid
  readonly peakDebt: number;
  readonly debtAtStart: number;
  readonly collateralValueAtStart: number;
  readonly priceAtStart: number;
  readonly priceLow: number; // of the outside market, with the impact of everybody's trades
  readonly priceAtEnd: number;
  readonly poolPriceLow: number; // of the on-chain Uniswap pool, at the end of a block
  /** Σ over accounts of the time from unhealthy until healthy or closed, in account-seconds. */
  readonly accountSecondsUnderWater: number;
  /** Longest such time of one account. */
  readonly longestSecondsUnderWater: number;
  /** From the first moment that any account is under water until none is any more; as long as it lasts if some still are. */
  readonly secondsToSolvency: number;
  readonly underWaterAtEnd: number; // accounts
  readonly transactions: number;
  /** Time for which the circuit breaker, of the collateral or of the pool, stood at RESTRICTED. */
  readonly secondsRestricted: number;
  readonly failedTransactions: number; // lost races: known errors such as "already healthy"
  readonly gasUsed: number;
  readonly blocks: number;
}

/** What an agent, or all agents of a kind, made or lost; money in the loan asset, gas included. */
export interface AgentOutcome {
  readonly kind: string; // "looper", "liquidator", …
  readonly name: string; // "liquidator-2", or the kind for a group
  readonly members: number;
  readonly equityAtStart: number;
  readonly equityAtEnd: number; // at the outside price of the time
  readonly gasCost: number;
  readonly profit: number; // equityAtEnd − equityAtStart, gas included
  readonly transactions: number;
  readonly failedTransactions: number;
}

/** Sampled states of the run; all arrays have one length. */
export interface RunSeries {
  readonly seconds: readonly number[];
  readonly exogenousPrice: readonly number[];
  readonly marketPrice: readonly number[];
  readonly poolPrice: readonly number[];
  readonly oraclePrice: readonly number[];
  readonly totalDebt: readonly number[];
  readonly underWaterAccounts: readonly number[];
  readonly liquidatedDebt: readonly number[]; // cumulative
  readonly badDebt: readonly number[]; // cumulative
  readonly borrowFactor: readonly number[];
  readonly liquidationFactor: readonly number[];
  readonly breakerLevel: readonly number[]; // 0 NORMAL, 1 CAUTION, 2 RESTRICTED, 3 RECOVERY
  readonly poolBreakerLevel: readonly number[];
}

/** One run: with the market's feedback, or its twin without. */
export interface RunResult {
  readonly hasImpact: boolean;
  readonly metrics: RunMetrics;
  readonly agents: readonly AgentOutcome[];
  readonly series: RunSeries;
  readonly auction: AuctionResult;
  /** Null: every block had room for all. */
  readonly congestion: CongestionResult | null;
  readonly histograms: HistogramSeries;
  /** Where a second pool lent on the first one's shares. */
  readonly stack?: StackResult;
  /** Invariants checked at the end, by ID (`INV-01`), and what was found. */
  readonly invariants: readonly { readonly id: string; readonly holds: boolean; readonly detail: string }[];
  /** Keccak-256 over every block's transactions, prices and states: equal for equal seeds. What is sampled of them is not in it. */
  readonly hash: string;
}

/** What `npx hardhat shock` writes to `result.json`. Holds no wall-clock time, so that equal seeds give equal files. */
export interface ShockResult {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Command that reproduces this file. */
  readonly command: string;
  readonly scenario: {
    readonly name: string;
    readonly title: string;
    readonly source: string;
    readonly asset: string;
    readonly loan: string;
    readonly durationSeconds: number;
    readonly blockSeconds: number;
    /** What went wrong beside the price, in words; left out: nothing. */
    readonly stresses?: readonly string[];
  };
  readonly seed: string;
  readonly curve: string;
  readonly features: Features;
  /** Whether blocks were full. */
  readonly congestion: boolean;
  /** Blocks from what liquidators and the kicker see to what they send: from, to. */
  readonly latencyBlocks: readonly [number, number];
  readonly population: {
    readonly borrowers: number;
    readonly loopers: number;
    readonly lenders: number;
    readonly dipBuyers: number;
  };
  /** Every other number the run depends on (`sim/config.ts`). */
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly run: RunResult;
  readonly twin: RunResult;
  readonly exogenousLow: number;
  /** Fall of the market price with feedback ÷ fall without: (P₀ − low) / (P₀ − low of the twin); null if the twin never fell. */
  readonly amplification: number | null;
}

/** What a run reports while it lasts. */
export interface RunProgress {
  readonly phase: "deploy" | "populate" | "run" | "twin";
  readonly block: number;
  readonly blocks: number;
  readonly marketPrice: number;
  readonly underWaterAccounts: number;
  readonly liquidatedDebt: number;
  readonly badDebt: number;
}
