import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "may-19",
  title: "19 May 2021",
  description: "ETH falls 45 % in 13 hours and has more than a third of that back in one: leverage unwinds.",
  source:
    "Chosen highs, lows and hourly closes of Binance ETH/USDT, 2021-05-19 00:00 to 24:00 UTC, USDT as USDC; " +
    "the minute of a high or low within its hour is our choice.",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 60,
  volatilityBefore: { fast: 0.089, slow: 0.065 },
  keyframes: parseKeyframes(`
     0:00 3375.08   0:30 3441.73   1:00 3354.13   2:00 3188.24   3:00 3109.44   4:00 3097.23   4:40 2858.79
     5:00 2931.56   6:00 2927.68   7:00 2944.96   8:00 2985.00   9:00 2978.31  10:00 2973.82  11:00 2856.56
    11:40 2442.82  12:00 2721.08  12:50 1960.00  13:00 2365.18  13:10 1888.00  13:30 2599.00  14:00 2493.69
    14:30 2285.00  15:00 2612.74  16:00 2742.61  16:50 2895.00  17:00 2852.60  18:00 2768.89  18:40 2555.00
    19:00 2604.36  20:00 2601.13  21:00 2523.30  21:40 2427.50  22:00 2586.24  22:30 2714.28  23:00 2657.00
    24:00 2438.92`),
});
