import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

const HOUR = 3_600; // [s]

export default createKeyframeScenario({
  name: "liquidity-drought",
  title: "The market is not there",
  description:
    "ETH falls 38 % in three hours, and as it does market makers and providers flee: a third of the depth is left for four hours.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  volatility: 1.2,
  keyframes: parseKeyframes(`
    0:00 2000  0:30 1985  1:00 1900  1:30 1760  2:00 1600  2:20 1640  3:00 1430  3:30 1240  4:00 1310  5:00 1290
    6:00 1360  7:00 1400`),
  stress: {
    droughts: [
      { fromSeconds: 1.25 * HOUR, toSeconds: 5.25 * HOUR, exchangeShare: 0.4, venueShare: 0.3, halfLifeFactor: 2 },
    ],
  },
});
