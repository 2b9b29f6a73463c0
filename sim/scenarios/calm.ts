import { ASSETS } from "./assets.ts";
import type { AssetSymbol, Scenario } from "./scenario.ts";

/** A usual day: the price stands still, and volatility is what it mostly is. For what a pool lends before any trouble. */
export function calmScenario(asset: AssetSymbol): Scenario {
  const { loan, price, usual } = ASSETS[asset];
  const blockSeconds = 12;
  return {
    ...{ name: "calm", title: "A usual day", description: "Nothing happens.", source: "" },
    ...{ asset, loan, blockSeconds, durationSeconds: blockSeconds, volatilityBefore: usual },
    path: () => [price, price],
  };
}
