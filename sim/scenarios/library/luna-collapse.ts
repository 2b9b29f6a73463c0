import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "luna-collapse",
  title: "End of LUNA, 9–11 May 2022",
  description: "LUNA falls 99 % in 61 hours, ever faster: a collateral that is never coming back.",
  source:
    "Chosen highs, lows and hourly closes of Binance LUNA/USDT, 2022-05-09 00:00 to 2022-05-12 00:00 UTC, USDT as USDC; " +
    "the minute of a high or low within its hour is our choice.",
  asset: "LUNA",
  loan: "USDC",
  blockSeconds: 120,
  volatilityBefore: { fast: 0.091, slow: 0.063 },
  keyframes: parseKeyframes(`
     0:00 64.27   2:30 60.00   5:00 62.80   7:30 60.00  10:30 59.07  15:30 56.53  16:40 52.31  18:00 51.48
    18:40 43.30  19:00 46.77  20:20 52.26  21:00 48.53  21:40 41.29  22:40 39.85  23:00 41.47  23:50 30.00
    24:20 26.54  24:40 39.28  25:00 38.61  26:40 30.77  27:50 25.04  28:20 23.50  29:30 33.40  30:20 37.00
    31:30 30.44  32:00 30.90  37:00 33.54  38:30 28.56  39:20 33.15  42:40 28.03  43:20 24.00  44:40 22.42
    45:30 15.42  46:10 18.70  46:40 13.57  47:20 18.38  48:10 19.66  49:40 14.04  50:10 13.00  50:40 16.13
    52:00 13.59  52:50 10.35  53:40 8.73   54:50 6.12   55:20 4.12   55:40 7.29   57:00 5.82   57:50 3.45
    58:40 2.47   59:50 1.59   60:40 0.69   61:30 3.2409  62:30 7.78  63:40 2.01   65:00 2.2633  65:40 1.50
    67:00 1.3529  68:40 1.0009  70:30 1.5351  72:00 1.0769`),
});
