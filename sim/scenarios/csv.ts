import path from "node:path";

import { UserError } from "../user-error.ts";
import { ASSETS } from "./assets.ts";
import type { Keyframe } from "./bridge.ts";
import { readCandles, type Candle } from "./candles.ts";
import { createKeyframeScenario, type KeyframeScenario } from "./keyframe-scenario.ts";
import type { AssetSymbol } from "./scenario.ts";

/** A candle's open, two extremes and close need a block each. */
const BLOCKS_PER_CANDLE = 4;

const MAINNET_BLOCK = 12; // [s]
const WANTED_BLOCKS = 2600;

/** More than this would run for an hour. */
const MOST_BLOCKS = 20_000;

/**
 * Makes a scenario of a price file: each candle gives its open, its extremes, then its close. The lowest price of the
 * path is exactly the lowest low of the file.
 * @throws UserError that names file and line.
 */
export async function readCsvScenario(file: string, asset: AssetSymbol): Promise<KeyframeScenario> {
  const candles = await readCandles(file);
  const { blockSeconds, barSeconds } = chooseBlocks(candles, file);
  const from = new Date(candles[0].seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
  const name = path.basename(file);
  return createKeyframeScenario({
    name: "prices",
    title: name,
    description: `${candles.length} candles of ${barSeconds} s, the first at ${from} UTC.`,
    source: `${name}, taken as ${asset} in ${ASSETS[asset].loan}.`,
    asset,
    loan: ASSETS[asset].loan,
    blockSeconds,
    volatilityBefore: ASSETS[asset].usual,
    keyframes: toKeyframes(candles, barSeconds, blockSeconds),
  });
}

/** Bars last as long as the shortest distance of two; the longest block is taken that gives each enough blocks. */
function chooseBlocks(candles: readonly Candle[], file: string): { blockSeconds: number; barSeconds: number } {
  let barSeconds = Infinity;
  for (const [index, { line, seconds }] of candles.entries()) {
    const gap = index === 0 ? Infinity : seconds - candles[index - 1].seconds;
    if (gap < BLOCKS_PER_CANDLE) {
      throw new UserError(`${file}:${line}: only ${gap} s after the line before, ${BLOCKS_PER_CANDLE} s are the least`);
    }
    barSeconds = Math.min(barSeconds, gap);
  }
  const duration = candles[candles.length - 1].seconds - candles[0].seconds + barSeconds;
  const wanted = Math.max(MAINNET_BLOCK, duration / WANTED_BLOCKS);
  let perBar = Math.max(BLOCKS_PER_CANDLE, Math.floor(barSeconds / wanted));
  while (perBar > BLOCKS_PER_CANDLE && barSeconds % perBar !== 0) --perBar;
  const blockSeconds = Math.floor(barSeconds / perBar);
  const blocks = Math.ceil(duration / blockSeconds);
  if (blocks > MOST_BLOCKS) {
    throw new UserError(
      `${file}: ${duration} s with a candle every ${barSeconds} s need ${blocks} blocks, ${MOST_BLOCKS} are the most: ` +
        "take a shorter part or longer candles",
    );
  }
  return { blockSeconds, barSeconds };
}

function toKeyframes(candles: readonly Candle[], barSeconds: number, blockSeconds: number): Keyframe[] {
  const perBar = Math.floor(barSeconds / blockSeconds);
  return candles.flatMap(({ seconds, open, high, low, close }, index) => {
    const start = Math.round((seconds - candles[0].seconds) / blockSeconds);
    const next = candles[index + 1];
    // The shorter way is the likelier one: a candle that closes higher went down first.
    const extremes = close >= open ? [low, high] : [high, low];
    const inside = { low, high };
    const across = next && { low: Math.min(low, next.low), high: Math.max(high, next.high) };
    const at = (block: number, price: number, range = inside): Keyframe => ({
      seconds: (start + block) * blockSeconds,
      price,
      range,
    });
    return [
      at(0, open),
      at(Math.floor(perBar / 3), extremes[0]),
      at(Math.floor((2 * perBar) / 3), extremes[1]),
      at(next === undefined ? perBar : perBar - 1, close, across),
    ];
  });
}
