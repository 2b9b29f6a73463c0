import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

const HOUR = 3_600; // [s]

export default createKeyframeScenario({
  name: "oracle-lag",
  title: "The feed is twenty minutes late",
  description:
    "ETH falls 35 % in two hours, with a rebound in it, and for three hours its feed says what was true twenty minutes before.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  volatility: 1,
  keyframes: parseKeyframes(`
    0:00 2000  0:30 1990  1:00 1930  1:20 1700  1:40 1850  2:00 1560  2:30 1400  2:45 1300  3:10 1500  3:30 1400
    4:30 1340  6:00 1390`),
  stress: { feedOutages: [{ fromSeconds: 0.75 * HOUR, toSeconds: 3.75 * HOUR, kind: "late", lagSeconds: 1_200 }] },
});
