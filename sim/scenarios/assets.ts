import { UserError } from "../user-error.ts";
import type { AssetSymbol, Scenario, Volatility } from "./scenario.ts";

interface AssetDefaults {
  readonly loan: Scenario["loan"];
  readonly price: number; // before a synthetic shock [loan asset per whole unit]
  readonly volatility: number; // of a calm market, of the logarithm of the price, in a year
  /** What the volatility oracle shows on a usual day. */
  readonly usual: Volatility;
}

/**
 * What a scenario takes that is given an asset and no more. Usual volatilities are medians over every hour of what
 * `metrics/volatility.ts` makes of hourly closes of Binance ETH/USDT and BTC/USDT, 2018 to 2025, and USDC/USDT, 2021;
 * of LUNA, of which few are at hand, they are our choice.
 */
export const ASSETS: Readonly<Record<AssetSymbol, AssetDefaults>> = {
  WETH: { loan: "USDC", price: 2000, volatility: 0.8, usual: { fast: 0.035, slow: 0.0405 } },
  WBTC: { loan: "USDC", price: 60_000, volatility: 0.6, usual: { fast: 0.025, slow: 0.028 } },
  LUNA: { loan: "USDC", price: 80, volatility: 1.2, usual: { fast: 0.055, slow: 0.06 } },
  USDC: { loan: "DAI", price: 1, volatility: 0.01, usual: { fast: 0.0006, slow: 0.0011 } },
};

/** @throws UserError naming the assets that there are. */
export function parseAsset(text: string): AssetSymbol {
  const symbol = Object.keys(ASSETS).find((name) => name.toLowerCase() === text.toLowerCase());
  if (symbol === undefined) {
    throw new UserError(`unknown --asset "${text}": there are ${Object.keys(ASSETS).join(", ")}`);
  }
  return symbol as AssetSymbol;
}
