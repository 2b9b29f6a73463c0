import { ASSETS } from "../assets.ts";
import { createMertonScenario } from "../merton.ts";

export default createMertonScenario({
  name: "jump-diffusion",
  title: "Two nervous days, drawn anew for every seed",
  description:
    "ETH diffuses at 150 % a year and jumps three times in two days on average, by 8 % down give or take 8 %: for many seeds.",
  source: "",
  asset: "WETH",
  blockSeconds: 120,
  durationSeconds: 2 * 86_400,
  volatilityBefore: { fast: 0.06, slow: 0.05 },
  jumpsPerYear: 547.5,
  process: { price: ASSETS.WETH.price, drift: -15, volatility: 1.5, jumpMean: -0.08, jumpDeviation: 0.08 },
});
