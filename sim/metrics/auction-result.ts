import type { ClearingResult } from "./clearing.ts";

/** Share of the value that a buyer did not pay; below zero he paid a premium. */
export interface Discount {
  /** Every take counts alike. */
  readonly mean: number;
  /** By what was sold. */
  readonly byValue: number;
}

/** How collateral was sold. Money in the loan asset, times in seconds since the start of the scenario. */
export interface AuctionResult {
  /** Of all takes, against the outside market's price of the block, and against the price that the pool sold by. Null: no takes. */
  readonly discount: { readonly market: Discount | null; readonly oracle: Discount | null };
  /** From kick, or, where a curve needs none, from unhealthy, until healthy or closed. */
  readonly clearing: ClearingResult;
  /** Most debt that was for sale at once, and the most of it as a share of the venue's reserve of the time. */
  readonly peakBacklog: number;
  readonly peakBacklogShare: number;
  readonly longestLagSeconds: number; // of the samples
  /** Blocks with takes; all arrays have one length. */
  readonly sales: {
    readonly seconds: readonly number[];
    readonly takes: readonly number[];
    readonly repaid: readonly number[];
    readonly market: readonly number[]; // mean discount
    readonly marketByValue: readonly number[];
    readonly oracle: readonly number[];
    readonly oracleByValue: readonly number[];
  };
  /** Samples of what waits for a buyer, at the same times as those of the run; all arrays have one length. */
  readonly queue: {
    readonly seconds: readonly number[];
    readonly accounts: readonly number[];
    readonly backlog: readonly number[]; // their debt
    /** y: what a constant-product market as deep as the on-chain one holds of the loan asset. */
    readonly venueReserve: readonly number[];
    /** The same as the pool reckons it; 0: it does not. */
    readonly poolReserve: readonly number[];
    /** How far the price of the account for sale longest has come: since it came, or since the selling schedule's clock. */
    readonly lagSeconds: readonly number[];
  };
}
