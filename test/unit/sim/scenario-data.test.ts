import { existsSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

import { findScenario } from "../../../sim/scenarios/built-in.ts";
import { readCandles, type Candle } from "../../../sim/scenarios/candles.ts";
import { isKeyframeScenario } from "../../../sim/scenarios/keyframe-scenario.ts";

/** Beside the repository, or beside the folder of its work trees. The files are not ours to ship. */
const DATA = ["..", "../.."].map((above) => path.resolve(above, "shared/data")).find((folder) => existsSync(folder));
const HOUR = 3_600;

/** What a scenario was taken from, and when it begins. */
const SOURCES = [
  ["black-thursday", "black_thursday_2020_03/ETH_USDT_1h.csv", "2020-03-12T00:00:00Z"],
  ["may-19", "may19_2021/ETH_USDT_1h.csv", "2021-05-19T00:00:00Z"],
  ["luna-collapse", "luna_ust_2022_05/LUNA_USDT_1h.csv", "2022-05-09T00:00:00Z"],
  ["usdc-depeg", "usdc_depeg_2023_03/USDC_USD_Kraken_1h.csv", "2023-03-10T20:00:00Z"],
] as const;

describe("histories against the market data that they were taken from", () => {
  for (const [name, file, begins] of SOURCES) {
    const source = path.join(DATA ?? "", file);

    it(`${name}: every keyframe is within its hour's bar, or is the close before it; no low is missed`, async function () {
      if (DATA === undefined || !existsSync(source)) this.skip();
      const scenario = findScenario(name);
      if (!isKeyframeScenario(scenario)) throw new Error(`${name} has no keyframes`);
      const start = Date.parse(begins) / 1_000;
      const bars = new Map((await readCandles(source)).map((bar) => [(bar.seconds - start) / HOUR, bar]));
      for (const { seconds, price } of scenario.keyframes) {
        const [bar, before] = [bars.get(Math.floor(seconds / HOUR)), bars.get(seconds / HOUR - 1)];
        if (bar === undefined && before === undefined) throw new Error(`no bar at ${seconds} s`);
        const isInside = bar !== undefined && price >= bar.low && price <= bar.high;
        expect(isInside || before?.close === price, `${price} at ${seconds} s`).to.equal(true);
      }
      const during = [...bars].filter(([hour]) => hour >= 0 && hour < scenario.durationSeconds / HOUR);
      const lowest = during.reduce((low, [, bar]: [number, Candle]) => Math.min(low, bar.low), Infinity);
      expect(Math.min(...scenario.keyframes.map(({ price }) => price))).to.equal(lowest);
    });
  }
});
