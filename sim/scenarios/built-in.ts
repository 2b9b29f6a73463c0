import { UserError } from "../user-error.ts";
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
  keyframes: parseKeyframes(`
     0:00 3375.08   0:30 3441.73   1:00 3354.13   2:00 3188.24   3:00 3109.44   4:00 3097.23   4:40 2858.79
     5:00 2931.56   6:00 2927.68   7:00 2944.96   8:00 2985.00   9:00 2978.31  10:00 2973.82  11:00 2856.56
    11:40 2442.82  12:00 2721.08  12:50 1960.00  13:00 2365.18  13:10 1888.00  13:30 2599.00  14:00 2493.69
    14:30 2285.00  15:00 2612.74  16:00 2742.61  16:50 2895.00  17:00 2852.60  18:00 2768.89  18:40 2555.00
    19:00 2604.36  20:00 2601.13  21:00 2523.30  21:40 2427.50  22:00 2586.24  22:30 2714.28  23:00 2657.00
    24:00 2438.92`),
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
  volatility: 0.5,
  keyframes: parseKeyframes(`
     0d 2000   2d 1960   4d 1870   6d 1905   8d 1780  10d 1690  12d 1735  14d 1590
    16d 1500  18d 1545  20d 1400  22d 1310  24d 1345  26d 1210  28d 1100`),
});

/** What `npx hardhat shock` replays when not told otherwise. */
export const DEFAULT_SCENARIO = blackThursday.name;

/** In the order of `npx hardhat scenarios`. */
export const BUILT_IN_SCENARIOS: readonly KeyframeScenario[] = [blackThursday, may19, usdcDepeg, flashWick, slowBleed];

/** @throws UserError naming the scenarios that there are. */
export function findScenario(name: string): KeyframeScenario {
  const found = BUILT_IN_SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = BUILT_IN_SCENARIOS.map((scenario) => scenario.name);
  throw new UserError(`unknown scenario "${name}": there are ${names.join(", ")}`);
}
