import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "terra-week",
  title: "Collapse of Terra, 11–12 May 2022",
  description: "ETH falls 27 % in 19 hours, in stairs, while UST and LUNA go to nothing: contagion.",
  source:
    "Chosen highs, lows and hourly closes of Binance ETH/USDT, 2022-05-11 09:00 to 2022-05-12 16:00 UTC, USDT as USDC; " +
    "the minute of a high or low within its hour is our choice.",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 60,
  volatilityBefore: { fast: 0.066, slow: 0.037 },
  keyframes: parseKeyframes(`
     0:00 2377.97   1:00 2436.07   1:30 2451.37   2:00 2433.00   3:00 2410.22   3:15 2429.87   3:40 2129.00
     4:00 2174.94   4:40 2395.18   5:00 2341.08   5:20 2385.81   6:00 2349.05   7:00 2264.53   8:00 2209.30
     8:30 2146.40   9:00 2186.05  10:00 2178.31  10:40 2100.00  11:00 2117.42  11:40 2030.00  12:00 2042.84
    12:20 2005.00  12:40 2110.00  13:00 2097.36  14:00 2083.73  15:00 2084.99  15:20 2195.00  16:00 2152.25
    17:00 2104.86  18:00 2049.71  19:00 1971.56  19:40 1850.00  20:00 1902.48  20:40 1800.00  21:00 1835.29
    21:20 1945.00  22:00 1846.18  22:40 1960.00  23:00 1916.30  24:00 1914.68  25:00 1916.09  25:40 1993.64
    26:00 1979.36  27:00 1952.76  28:00 1959.35  28:30 1883.25  29:00 1909.12  30:00 2026.04  31:00 1968.23`),
});
