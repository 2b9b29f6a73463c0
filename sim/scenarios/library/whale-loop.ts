import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "whale-loop",
  title: "One account holds 30 % of the collateral",
  description:
    "ETH falls 35 % in three hours, and the largest looper, with 30 % of all collateral at a leverage of 3, does not watch.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  volatility: 0.9,
  keyframes: parseKeyframes(`
    0:00 2000  0:30 1985  1:00 1930  1:45 1800  2:30 1620  3:15 1450  3:45 1300  4:30 1390  6:00 1420`),
  stress: { whale: { collateralShare: 0.3, leverage: 3 } },
});
