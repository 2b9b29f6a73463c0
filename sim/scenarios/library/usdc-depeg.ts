import { ASSETS } from "../assets.ts";
import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "usdc-depeg",
  title: "USDC de-peg, 10–13 March 2023",
  description: "USDC falls to 0.874 when its issuer's bank fails, and is back in three days: a peg as collateral.",
  source:
    "Chosen highs, lows and hourly closes of Kraken USDC/USD, 2023-03-10 20:00 to 2023-03-13 14:00 UTC, DAI taken as " +
    "one dollar (DAI fell too that day: the worse case is shown); the minute within the hour is our choice.",
  asset: "USDC",
  loan: "DAI",
  blockSeconds: 120,
  volatilityBefore: ASSETS.USDC.usual,
  keyframes: parseKeyframes(`
     0:00 0.9999   0:30 1.0000   2:00 0.9977   3:00 0.9933   4:00 0.9982   5:00 0.9944   6:00 0.9921   7:00 0.9945
     7:40 0.8948   8:00 0.9150   8:30 0.9590   9:00 0.9470  10:00 0.9433  10:40 0.8774  11:00 0.9143  11:20 0.8740
    12:00 0.9059  12:20 0.8840  13:00 0.9216  14:00 0.9125  16:00 0.9128  17:00 0.9010  18:00 0.9120  20:00 0.9207
    22:00 0.9499  24:00 0.9545  24:30 0.9862  25:00 0.9814  26:00 0.9600  28:00 0.9670  30:00 0.9808  32:00 0.9851
    34:00 0.9751  35:00 0.9557  36:00 0.9475  40:00 0.9575  44:00 0.9595  46:00 0.9681  48:00 0.9661  50:00 0.9699
    51:00 0.9903  52:00 0.9914  54:00 0.9949  58:00 0.9910  62:00 0.9905  62:30 0.9825  64:00 0.9896  66:00 0.9989`),
});
