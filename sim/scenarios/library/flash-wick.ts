import { ASSETS } from "../assets.ts";
import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "flash-wick",
  title: "A wick of minutes",
  description: "ETH loses 40 % in three minutes and has it back in ten: whoever is liquidated need not have been.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: ASSETS.WETH.usual,
  volatility: 0.8,
  keyframes: parseKeyframes(`
    0:00 2000  0:20 2010  0:30 1995  0:33 1200  0:34 1310  0:36 1720  0:40 1930  0:45 1965  1:00 1975  2:00 1985`),
});
