import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

const HOUR = 3_600; // [s]

export default createKeyframeScenario({
  name: "stacked-pools",
  title: "Money legos: a pool on a pool's shares",
  description:
    "ETH falls 48 % in an hour into a thin market, the pool loses, and a second pool has lent on its shares at up to 90 %.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  volatility: 1.2,
  keyframes: parseKeyframes(`
    0:00 2000  0:30 1985  0:45 1850  1:00 1600  1:15 1320  1:30 1040  1:45 1120  2:15 1060  3:00 1150  4:00 1180`),
  stress: {
    droughts: [{ fromSeconds: 0.75 * HOUR, toSeconds: 2.5 * HOUR, exchangeShare: 0.6, venueShare: 0.5 }],
    stack: { debtShare: 0.15, loopers: 12, borrowFactorBps: 9_000, liquidationFactorBps: 9_200 },
  },
});
