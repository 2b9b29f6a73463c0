import { createKeyframeScenario, parseKeyframes } from "../keyframe-scenario.ts";

export default createKeyframeScenario({
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
