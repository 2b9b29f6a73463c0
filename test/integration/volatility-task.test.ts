import { expect } from "chai";
import { parseUnits } from "ethers";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { estimateFromPrices, firstDayVolatility, toPricePoints } from "../../sim/metrics/price-volatility.ts";
import { LN_TICK, sumOfTicks, VolatilityEstimator, type TickPiece } from "../../sim/metrics/volatility.ts";
import { createRng } from "../../sim/rng.ts";
import { readCandles, type Candle } from "../../sim/scenarios/candles.ts";
import { CLAMP, type VolatilityReport } from "../../tasks/volatility.ts";
import { runHardhat } from "../shared/node-process.ts";
import { fromWad, relativeError, tellAndCall, volatilityOracle, wad } from "../shared/volatility-fixtures.ts";

const HEADER = "timestamp,open,high,low,close";
const DAY = 86_400;
const TOLERANCE = 1e-9;

/** Beside the repository, or beside the folder of its work trees. The files are not ours to ship. */
const DATA = ["..", "../.."].map((above) => path.resolve(above, "shared/data")).find((folder) => existsSync(folder));
const FILES = [
  "black_thursday_2020_03/ETH_USDT_1h.csv",
  "black_thursday_2020_03/BTC_USDT_4h.csv",
  "may19_2021/BTC_USDT_1h.csv",
  "may19_2021/USDC_USDT_1h.csv",
  "luna_ust_2022_05/LUNA_USDT_1h.csv",
  "luna_ust_2022_05/UST_USDT_15m.csv",
  "luna_ust_2022_05/LUNA_daily_CMC_with_supply.csv",
  "usdc_depeg_2023_03/USDC_USD_Kraken_1h.csv",
];

/** Sixty hourly candles of a walk that crashes on the way, on half hours. */
function syntheticFile(): string {
  const rng = createRng("candles");
  let price = 100;
  const rows = Array.from({ length: 60 }, (_, index) => {
    const open = price;
    price *= Math.exp(0.01 * rng.normal() - (index === 40 ? 0.35 : 0));
    const [high, low] = [Math.max(open, price) * 1.004, Math.min(open, price) * 0.995];
    return [1_600_000_200 + 3_600 * index, open, high, low, price].join(",");
  });
  return [HEADER, ...rows].join("\n");
}

describe("task volatility", () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "volatility-"));
    file = path.join(folder, "walk.csv");
    await writeFile(file, syntheticFile());
  });
  after(() => rm(folder, { recursive: true }));

  const run = async (options: Record<string, string | boolean>) => {
    const defaults = { prices: file, interval: "30m", start: "", stress: "1.5", floor: "0.2", json: true };
    return hre.tasks.getTask("volatility").run({ ...defaults, ...options }) as Promise<{
      readonly success: boolean;
      readonly error?: Error;
      readonly value?: VolatilityReport;
    }>;
  };

  const refused: [what: string, options: Record<string, string>, message: RegExp][] = [
    ["no file is named", { prices: "" }, /^--prices is missing/],
    ["the file does not exist", { prices: "none.csv" }, /^cannot read none.csv: no such file$/],
    ["the interval is no time", { interval: "soon" }, /^--interval must be a time/],
    ["the stress is no number", { stress: "high" }, /^--stress must be a positive number, got "high"$/],
    ["the stress is above the clamp", { stress: "30" }, /^--stress must be at most 28.7, got 30$/],
    ["the floor is above the stress", { floor: "2" }, /^--floor 2 is above --stress 1.5$/],
    ["the start is zero", { start: "0" }, /^--start must be above zero$/],
  ];
  for (const [what, options, message] of refused) {
    it(`fails when ${what}`, async () => {
      const { success, error } = await quietly(() => run(options));
      expect(success).to.equal(false);
      expect(error?.message).to.match(message);
    });
  }

  it("prints annualised figures within 100 columns, or JSON and nothing else", async () => {
    const table = await runHardhat(["volatility", "--prices", file, "--start", "0.8"]);
    expect(table.code).to.equal(0);
    expect(table.stdout).to.match(/^walk\.csv: 60 samples in 2 d 12 h from 2020-09-13 12:30, 100\.00 to /m);
    expect(table.stdout).to.match(/^fast, over 2 days +\d+\.\d % +\d+\.\d % {2}2020-09-15 05:30$/m);
    expect(table.stdout).to.include("Both averages begin at 80.0 %.");
    expect(Math.max(...table.stdout.split("\n").map((line) => line.length))).to.be.at.most(100);
    const json = await runHardhat(["volatility", "--prices", file, "--start", "0.8", "--json"]);
    const report = JSON.parse(json.stdout) as VolatilityReport;
    const { value } = await quietly(() => run({ start: "0.8" }));
    expect(report).to.deep.equal(value);
    expect(report.sigma).to.equal(Math.max(report.fast, 0.75 * report.slow + 0.25 * 1.5, 0.2));
  });

  describe("against the contract", () => {
    let connection: NetworkConnection;
    before(async () => {
      connection = await network.create();
    });
    after(() => connection.close());

    const histories: [name: string, file: () => string][] = [["a synthetic walk", () => file]];
    if (DATA !== undefined)
      histories.push(...FILES.map((name): [string, () => string] => [name, () => path.join(DATA, name)]));
    for (const [name, locate] of histories) {
      it(`says of ${name} what the contract does, to 1e-9: from prices, and from a pool's means`, async () => {
        const candles = await readCandles(locate());
        const { value: report } = await quietly(() => run({ prices: locate(), interval: "30m" }));
        if (report === undefined) throw new Error("the task failed");
        const root = Math.sqrt(365);
        const setting = await connection.networkHelpers.loadFixture(volatilityOracle);
        const { oracle, prices, first, priced, firstPool, input, now, at } = setting;
        const points = toPricePoints(candles);
        const interval = 1_800;
        const config = {
          ...{
            interval: BigInt(interval),
            initialWad: wad(report.start / root),
            initialSlowWad: 0n,
            clampWad: wad(CLAMP),
          },
          ...{ stressWad: wad(1.5 / root), floorWad: wad(0.2 / root) },
        };
        const parameters = {
          ...{ initial: fromWad(config.initialWad), stress: fromWad(config.stressWad) },
          ...{ floor: fromWad(config.floorWad), clamp: CLAMP },
        };
        // Years later, but at the same distances and time of the day.
        const shift = (Math.ceil(((await now()) - points[0].seconds) / DAY) + 2) * DAY;
        const start = points[0].seconds + shift;
        const estimator = new VolatilityEstimator(parameters);
        const priceOf = (price: number) => parseUnits(price.toFixed(20), 36);
        await at(start - 1);
        await prices.setPrice(priced, priceOf(points[0].price));
        await at(start);
        await oracle.setAsset(priced, await input(undefined, config));
        await at(start + 1);
        await oracle.setAsset(first, await input(firstPool, config));

        const calls = [first, priced].map((asset) => oracle.interface.encodeFunctionData("poke", [asset]));
        let [sampledAt, sum] = [start + 1, 0n];
        // The second after the beginning is not part of the pool's first interval.
        let skipped = 1;
        for (const [index, candle] of candles.entries()) {
          const begin = candle.seconds + shift;
          const until = points[index + 1].seconds + shift;
          const next = index + 1 < candles.length ? candles[index + 1].seconds + shift : until;
          const pieces = piecesOf(candle, until - begin, next - until);
          const target = await prices.getAddress();
          const data = prices.interface.encodeFunctionData("setPrice", [priced, priceOf(candle.close)]);
          await at(until);
          const quarter = Math.floor((until - begin) / 4);
          const times = [begin + skipped, begin + quarter, begin + 2 * quarter, begin + 3 * quarter];
          const ticks = pieces.slice(0, 4).map(({ tick }) => tick);
          await tellAndCall(setting, [[firstPool, times, ticks]], calls, [{ target, data }]);
          sum += sumOfTicks(pieces.slice(0, 4)) - BigInt(skipped * pieces[0].tick);
          skipped = 0;
          if (until % interval === 0 && until - sampledAt >= interval) {
            estimator.addInterval(sum, until - sampledAt);
            [sampledAt, sum] = [until, 0n];
          }
          sum += sumOfTicks(pieces.slice(4)); // a candle is missing: its last price stays
        }

        const ofPrices = await oracle.volatilityOf(priced);
        const fromPrices = estimateFromPrices(points, parameters, interval).end;
        for (const [wadPerDay, perDay, perYear] of [
          [ofPrices.fastWad, fromPrices.fast, report.fast],
          [ofPrices.slowWad, fromPrices.slow, report.slow],
          [ofPrices.sigmaWad, fromPrices.sigma, report.sigma],
        ] as const) {
          expect(relativeError(fromWad(wadPerDay), perDay)).to.be.lessThan(TOLERANCE);
          expect(relativeError(fromWad(wadPerDay) * root, perYear)).to.be.lessThan(TOLERANCE);
        }
        const ofMeans = await oracle.volatilityOf(first);
        const { fast, slow } = estimator.estimate();
        expect(relativeError(fromWad(ofMeans.fastWad), fast)).to.be.lessThan(TOLERANCE);
        expect(relativeError(fromWad(ofMeans.slowWad), slow)).to.be.lessThan(TOLERANCE);
        expect(relativeError(fast, parameters.initial)).to.be.greaterThan(1e-3);
      });
    }
  });

  it("begins at the volatility of the first day, or of the first two prices", () => {
    const hours = Array.from({ length: 49 }, (_, hour) => ({ seconds: 3_600 * hour, price: 1.01 ** (hour % 2) }));
    const jumped = hours.map((point) => (point.seconds > DAY ? { ...point, price: 5 } : point));
    expect(relativeError(firstDayVolatility(jumped), Math.log(1.01) * Math.sqrt(24))).to.be.lessThan(1e-12);
    const days = [0, 4, 8].map((day) => ({ seconds: day * DAY, price: Math.exp(day) }));
    expect(relativeError(firstDayVolatility(days), 2)).to.be.lessThan(1e-12);
  });
});

/** A pool's ticks over a candle: a quarter of it each for the open, both extremes and the close, which then stays. */
function piecesOf({ open, high, low, close }: Candle, seconds: number, pause: number): TickPiece[] {
  const extremes = close >= open ? [low, high] : [high, low];
  const ticks = [open, ...extremes, close].map((price) => Math.round(Math.log(price) / LN_TICK));
  const quarter = Math.floor(seconds / 4);
  const lengths = [quarter, quarter, quarter, seconds - 3 * quarter];
  return [...ticks.map((tick, index) => ({ tick, seconds: lengths[index] })), { tick: ticks[3], seconds: pause }];
}

/** Without what the task prints. */
async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const { log, error } = console;
  console.log = console.error = () => undefined;
  try {
    return await action();
  } finally {
    Object.assign(console, { log, error });
  }
}
