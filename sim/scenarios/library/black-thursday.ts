import { parseDemand } from "../../congestion/profile.ts";
import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
  name: "black-thursday",
  title: "Black Thursday, 12–13 March 2020",
  description: "ETH falls 56 % in 26 hours, in two waves; keepers failed, and Maker auctions went for nothing.",
  source:
    "Chosen highs, lows and hourly closes of Binance ETH/USDT, 2020-03-12 00:00 to 2020-03-13 07:00 UTC, USDT as USDC; " +
    "the minute of a high or low within its hour is our choice.",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 60,
  volatilityBefore: { fast: 0.063, slow: 0.046 },
  // Glassnode: the mean gas price of the day was six times the usual, some 80 gwei; DeFi Pulse: more than 200 at times. How
  // that spreads over the hours is our choice: after the two waves of the price.
  congestion: parseDemand(`
     0:00 1.5   6:00 1.7   7:00 3   9:00 4  10:30 10  11:00 14  13:00 10  16:00 5  20:00 5  21:00 6
    23:30 12  24:00 14  26:00 20  27:00 14  29:00 8  31:00 6`),
  keyframes: parseKeyframes(`
     0:00 194.61   0:20 195.55   1:00 193.31   2:00 185.03   3:00 184.10   4:00 183.08   5:00 181.71   6:00 181.75
     7:00 173.80   8:00 171.61   9:00 169.54  10:00 167.97  10:50 125.00  11:00 132.91  11:15 123.00  11:35 150.00
    12:00 136.59  13:00 136.99  13:30 126.75  14:00 135.03  15:00 139.66  16:00 141.10  17:00 139.35  17:30 145.22
    18:00 141.96  19:00 137.23  20:00 138.37  20:40 125.00  21:00 128.84  22:00 130.99  23:00 127.26  23:45 101.20
    24:00 107.82  24:20 116.36  24:40 104.20  25:00 106.89  25:45 96.00  26:00 96.62  26:12 86.00  26:40 120.20
    27:00 111.12  27:30 138.00  28:00 124.24  28:30 106.00  29:00 109.70  30:00 116.63  31:00 126.13`),
});
