import { UserError } from "../user-error.ts";
import type { AssetSymbol, Scenario } from "./scenario.ts";

interface AssetDefaults {
  readonly loan: Scenario["loan"];
  readonly price: number; // before a synthetic shock [loan asset per whole unit]
  readonly volatility: number; // of a calm market, of the logarithm of the price, in a year
}

/** What a scenario takes that is given an asset and no more. */
export const ASSETS: Readonly<Record<AssetSymbol, AssetDefaults>> = {
  WETH: { loan: "USDC", price: 2000, volatility: 0.8 },
  WBTC: { loan: "USDC", price: 60_000, volatility: 0.6 },
  USDC: { loan: "DAI", price: 1, volatility: 0.01 },
};

/** @throws UserError naming the assets that there are. */
export function parseAsset(text: string): AssetSymbol {
  const symbol = Object.keys(ASSETS).find((name) => name.toLowerCase() === text.toLowerCase());
  if (symbol === undefined) {
    throw new UserError(`unknown --asset "${text}": there are ${Object.keys(ASSETS).join(", ")}`);
  }
  return symbol as AssetSymbol;
}
