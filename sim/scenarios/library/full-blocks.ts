import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "full-blocks",
  title: "Everybody wants to trade at once",
  description:
    "ETH falls 40 % in two hours, and the chain is as full as the price moves: keepers and liquidators wait and are outbid.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  volatility: 1.2,
  keyframes: parseKeyframes(`
    0:00 2000  0:30 1985  1:00 1880  1:20 1620  1:40 1700  2:10 1400  2:30 1200  2:50 1330  3:30 1290  5:00 1350`),
  stress: { isCongested: true },
});
