import type { CongestionProfile } from "../congestion/profile.ts";
import type { Rng } from "../rng.ts";
import type { Stress } from "./stress.ts";

/** Tokens the lab can build a market for. */
export type AssetSymbol = "WETH" | "WBTC" | "USDC" | "LUNA";

/** A price at a time after the scenario's start. */
export interface PricePoint {
  readonly seconds: number;
  readonly price: number; // [loan asset per whole unit of the asset]
}

/** One price a block; index 0 is the state before the first block, index i is after i · blockSeconds. */
export type PricePath = readonly number[];

/** Volatility of the logarithm of a price, as the volatility oracle averages it: over 2 days and over 30. [per √day] */
export interface Volatility {
  readonly fast: number;
  readonly slow: number;
}

/**
 * What happens to the outside market, and what else goes wrong. The path is exogenous: it is what the price would do if
 * nobody in the lab traded. Everything else of a run (population, depth, protocol) is configuration.
 */
export interface Scenario {
  /** As typed on the command line: `black-thursday`. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what happened, when, and why it is worth replaying. */
  readonly description: string;
  /** Where the prices come from; empty for synthetic ones. */
  readonly source: string;
  readonly asset: AssetSymbol;
  /** Symbol of what is lent and what prices are quoted in. */
  readonly loan: "USDC" | "DAI";
  readonly durationSeconds: number;
  readonly blockSeconds: number;
  /** The pace of its blocks is what it is about: no task makes them longer. */
  readonly keepsBlocks?: boolean;
  /** What a volatility oracle would have shown when the scenario begins. */
  readonly volatilityBefore: Volatility;
  /** What else was to be written to the chain, where that is known; default: it follows the path's moves. */
  readonly congestion?: CongestionProfile;
  /** What happens beside the price; default: nothing. */
  readonly stress?: Stress;
  /**
   * The path, with randomness from `rng` only: same stream, same path. It passes through every point the scenario is
   * given, and never below its lowest or above its highest.
   */
  path(rng: Rng): PricePath;
  /**
   * Prices of other assets in the same history, in the loan asset, drawn from the same stream: as long as the path. A run has
   * one collateral; of these it uses what gas costs, which is paid in WETH.
   */
  others?(rng: Rng): Readonly<Partial<Record<AssetSymbol, PricePath>>>;
}
