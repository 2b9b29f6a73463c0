import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "lender-run",
  title: "Lenders leave before anything is lost",
  description:
    "ETH falls 28 % in three hours, and from the first hour on lenders of 60 % of the deposits want out, where a fifth is at hand.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  volatility: 0.9,
  keyframes: parseKeyframes(`
    0:00 2000  0:45 1980  1:15 1900  2:00 1760  2:45 1620  3:15 1440  4:00 1500  5:30 1520  7:00 1560`),
  stress: { lenderRun: { atSeconds: 3_600, overSeconds: 5_400, share: 0.6 } },
});
