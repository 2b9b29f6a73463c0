import { ASSETS } from "../assets.ts";
import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "slow-bleed",
  title: "Four weeks downhill",
  description: "ETH loses 45 % in four weeks without a single sharp fall: everybody has the time to act.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 1200,
  volatilityBefore: ASSETS.WETH.usual,
  volatility: 0.5,
  keyframes: parseKeyframes(`
     0d 2000   2d 1960   4d 1870   6d 1905   8d 1780  10d 1690  12d 1735  14d 1590
    16d 1500  18d 1545  20d 1400  22d 1310  24d 1345  26d 1210  28d 1100`),
});
