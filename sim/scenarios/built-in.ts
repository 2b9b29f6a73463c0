import { parseDemand } from "../congestion/profile.ts";
import { UserError } from "../user-error.ts";
import { ASSETS } from "./assets.ts";
import { createKeyframeScenario, parseKeyframes, type KeyframeScenario } from "./keyframe-scenario.ts";

const blackThursday = createKeyframeScenario({
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

const may19 = createKeyframeScenario({
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

const terraWeek = createKeyframeScenario({
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

const ftxFall = createKeyframeScenario({
  name: "ftx-fall",
  title: "Fall of FTX, 8–10 November 2022",
  description: "ETH falls 32 % in 31 hours after calm weeks: no volatility had warned anybody.",
  source:
    "Chosen highs, lows and hourly closes of Binance ETH/USDT, 2022-11-08 00:00 to 2022-11-10 06:00 UTC, USDT as USDC; " +
    "the minute of a high or low within its hour is our choice.",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 120,
  volatilityBefore: { fast: 0.034, slow: 0.035 },
  keyframes: parseKeyframes(`
     0:00 1568.09   1:20 1576.79   2:00 1571.35   3:00 1538.85   4:00 1507.07   5:00 1465.00   5:20 1431.82
     6:00 1470.39   7:00 1485.16   8:00 1492.00  10:00 1489.70  12:00 1476.87  14:00 1462.03  14:30 1422.94
    15:00 1444.13  16:00 1462.48  16:20 1579.98  17:00 1545.82  18:00 1447.42  18:50 1341.08  19:30 1233.00
    20:00 1315.39  20:40 1280.00  21:00 1310.57  22:00 1336.70  24:00 1334.77  26:00 1317.22  27:00 1295.01
    28:00 1312.39  30:00 1302.81  32:00 1274.35  33:00 1263.59  33:40 1199.00  34:00 1216.24  34:30 1136.13
    35:00 1195.02  36:00 1220.04  37:00 1227.03  38:30 1189.51  39:00 1225.89  39:30 1150.00  40:00 1163.02
    41:00 1174.29  42:30 1143.43  43:00 1163.86  43:20 1206.00  44:00 1195.47  45:00 1164.99  45:40 1100.78
    46:20 1132.38  47:00 1117.65  47:30 1073.53  48:00 1102.73  49:00 1146.14  52:00 1174.16  54:00 1187.25`),
});

const usdcDepeg = createKeyframeScenario({
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

const flashWick = createKeyframeScenario({
  name: "flash-wick",
  title: "A wick of minutes",
  description: "ETH loses 40 % in three minutes and has it back in ten: whoever is liquidated need not have been.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 12,
  volatilityBefore: ASSETS.WETH.usual,
  volatility: 0.8,
  keyframes: parseKeyframes(`
    0:00 2000  0:20 2010  0:30 1995  0:33 1200  0:34 1310  0:36 1720  0:40 1930  0:45 1965  1:00 1975  2:00 1985`),
});

const slowBleed = createKeyframeScenario({
  name: "slow-bleed",
  title: "Four weeks downhill",
  description: "ETH loses 45 % in four weeks without a single sharp fall: everybody has the time to act.",
  source: "",
  asset: "WETH",
  loan: "USDC",
  blockSeconds: 1200,
  volatilityBefore: ASSETS.WETH.usual,
  volatility: 0.5,
  keyframes: parseKeyframes(`
     0d 2000   2d 1960   4d 1870   6d 1905   8d 1780  10d 1690  12d 1735  14d 1590
    16d 1500  18d 1545  20d 1400  22d 1310  24d 1345  26d 1210  28d 1100`),
});

/** What `npx hardhat shock` replays when not told otherwise. */
export const DEFAULT_SCENARIO = blackThursday.name;

/** In the order of `npx hardhat scenarios`. */
export const BUILT_IN_SCENARIOS: readonly KeyframeScenario[] = [
  blackThursday,
  may19,
  terraWeek,
  ftxFall,
  usdcDepeg,
  flashWick,
  slowBleed,
];

/** @throws UserError naming the scenarios that there are. */
export function findScenario(name: string): KeyframeScenario {
  const found = BUILT_IN_SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = BUILT_IN_SCENARIOS.map((scenario) => scenario.name);
  throw new UserError(`unknown scenario "${name}": there are ${names.join(", ")}`);
}
