import { ASSETS } from "./assets.ts";
import { createKeyframeScenario, type KeyframeScenario } from "./keyframe-scenario.ts";

const MINUTE = 60; // [s]

/**
 * The same twenty minutes at another pace of blocks: how much of a crash is the time that an answer takes. The feed is as many
 * seconds late as ever, auctions fall by the clock, and whoever answers does so in the next block.
 */
export function createFastFall(name: string, blockSeconds: number): KeyframeScenario {
  const { loan, price, usual: volatilityBefore } = ASSETS.WETH;
  return createKeyframeScenario({
    ...{ name, title: `−35 % in three minutes, blocks of ${blockSeconds} s`, source: "" },
    description: `ETH falls 35 % in three minutes and stays down for a quarter of an hour, in blocks of ${blockSeconds} s.`,
    ...{ asset: "WETH", loan, blockSeconds, keepsBlocks: true, volatilityBefore, volatility: 1.5 },
    keyframes: [
      { seconds: 0, price },
      { seconds: 2 * MINUTE, price: 0.995 * price },
      { seconds: 5 * MINUTE, price: 0.65 * price },
      { seconds: 9 * MINUTE, price: 0.68 * price },
      { seconds: 20 * MINUTE, price: 0.66 * price },
    ],
  });
}
