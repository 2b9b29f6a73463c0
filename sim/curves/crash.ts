import { ASSETS } from "../scenarios/assets.ts";
import { createKeyframeScenario, type KeyframeScenario } from "../scenarios/keyframe-scenario.ts";
import type { PathName } from "./job.ts";

/** Calm, the fall, what follows, and some more of it. [min] */
const MINUTES = { before: 10, fall: 60, after: 60, end: 10 };
export const CRASH_SECONDS = 60 * (MINUTES.before + MINUTES.fall + MINUTES.after + MINUTES.end);
/** Share of the fall that a recovery takes back. */
const RECOVERED = 2 / 3;
/** Deviation of the logarithm of the price in a year, of the noise around the straight lines: 1.6 % in the middle of an hour. */
const VOLATILITY = 3;

/** A block is a whole number of seconds: `blocks` of them last as long as the crash, or nearly. */
export function blockSecondsOf(blocks: number): number {
  return Math.max(1, Math.round(CRASH_SECONDS / blocks));
}

/**
 * The crash of the comparison: a straight fall with seeded noise around it. Its exogenous low is the fall's end, whatever the
 * seed.
 * @param fall In per cent: 35.
 */
export function curveCrash(fall: number, path: PathName, blocks: number): KeyframeScenario {
  const { loan, price, usual: volatilityBefore } = ASSETS.WETH;
  const blockSeconds = blockSecondsOf(blocks);
  const at = (minutes: number) => Math.round((60 * minutes) / blockSeconds) * blockSeconds;
  const low = price * (1 - fall / 100);
  const { before, fall: falling, after, end } = MINUTES;
  const last = path === "flat" ? low : low + (price - low) * RECOVERED;
  return createKeyframeScenario({
    ...{ name: `fall-${fall}-${path}`, title: `WETH −${fall} % in an hour, ${path}`, source: "" },
    ...{ description: "A straight fall in an hour.", asset: "WETH", loan, blockSeconds, volatilityBefore },
    volatility: VOLATILITY,
    keyframes: [
      { seconds: 0, price },
      { seconds: at(before), price },
      { seconds: at(before + falling), price: low },
      { seconds: at(before + falling + after), price: last },
      { seconds: at(before + falling + after + end), price: last },
    ],
  });
}
