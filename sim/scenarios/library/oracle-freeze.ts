import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

const HOUR = 3_600; // [s]

export default createKeyframeScenario({
  name: "oracle-freeze",
  title: "The feed is silent in the fall",
  description:
    "ETH falls 35 % in two hours while its feed publishes nothing for three: what the pool knows then, it knows from Uniswap.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  volatility: 1,
  keyframes: parseKeyframes(`
    0:00 2000  0:30 1990  1:00 1930  1:30 1750  2:00 1560  2:30 1400  2:45 1300  3:30 1370  4:30 1340  6:00 1390`),
  stress: { feedOutages: [{ fromSeconds: 0.75 * HOUR, toSeconds: 3.75 * HOUR, kind: "frozen" }] },
});
