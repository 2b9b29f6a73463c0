import { ASSETS } from "../assets.ts";
import { oneFactor } from "../correlation.ts";
import { createMertonScenario } from "../merton.ts";

export default createMertonScenario({
  name: "correlated-crash",
  title: "BTC and ETH fall together, drawn anew for every seed",
  description:
    "BTC, the collateral, and ETH, which pays for gas, diffuse with a correlation of 0.81 and jump together: gas gets cheap in the crash.",
  source: "",
  asset: "WBTC",
  blockSeconds: 120,
  durationSeconds: 2 * 86_400,
  volatilityBefore: { fast: 0.05, slow: 0.04 },
  jumpsPerYear: 365,
  process: { price: ASSETS.WBTC.price, drift: -45, volatility: 1, jumpMean: -0.05, jumpDeviation: 0.05 },
  others: {
    processes: {
      WETH: { price: ASSETS.WETH.price, drift: -55, volatility: 1.2, jumpMean: -0.065, jumpDeviation: 0.06 },
    },
    correlation: oneFactor([0.9, 0.9]),
  },
});
