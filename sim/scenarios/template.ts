/**
 * A scenario to copy. Put it into `sim/scenarios/library` under its name, `my-scenario.ts`, and it is in `npx hardhat scenarios`
 * and can be run by name; or leave it anywhere and run `npx hardhat shock --scenario path/to/my-scenario.ts`. Nothing else
 * has to know of it. What is wrong with a file is said in one line that names it.
 */
import { createKeyframeScenario, parseKeyframes } from "./keyframe-scenario.ts";

export default createKeyframeScenario({
  /** As typed: small letters, digits, dashes. In the library that of the file. */
  name: "template",
  title: "What it is, in a few words",
  description: "ETH falls 30 % in an hour, and one sentence says why that is worth a look.",
  /** Where the prices come from, and what was chosen by hand; empty if they are made up. */
  source: "",
  /** WETH, WBTC or LUNA, lent against in USDC; or USDC in DAI. Sizes, depths and listing of each: `sim/config.ts`. */
  asset: "WETH",
  loan: "USDC",
  /** At most 20,000 of them; the chain's clock has whole seconds, but blocks may be shorter. [s] */
  blockSeconds: 12,
  /** What a volatility oracle would have shown on the day, over 2 days and over 30. [per √day] */
  volatilityBefore: { fast: 0.045, slow: 0.042 },
  /** Of the noise between keyframes, a year. Left out: half of what the keyframes around show. */
  volatility: 0.9,
  /** Hours and minutes, or days (`14d`), and the price then, two spaces or a new line between them. Each is met to the bit. */
  keyframes: parseKeyframes(`
    0:00 2000  0:30 1990  1:00 1700  1:30 1400  2:30 1500`),
  /** All of this may be left out. Every field: `sim/scenarios/stress.ts`. */
  stress: {
    droughts: [{ fromSeconds: 2_400, toSeconds: 7_200, exchangeShare: 0.5, venueShare: 0.25 }],
    feedOutages: [{ fromSeconds: 3_000, toSeconds: 4_200, kind: "late", lagSeconds: 600 }],
    isCongested: true,
    lenderRun: { atSeconds: 3_600, overSeconds: 3_600, share: 0.3 },
    whale: { collateralShare: 0.2, leverage: 3 },
  },
});

// Prices need not be keyframes: `createMertonScenario` draws jump diffusions, `createShockScenario` a straight fall,
// `readCsvScenario` (await it) reads a price file, and any object with a `path(rng)` that gives one price a block is a scenario.
