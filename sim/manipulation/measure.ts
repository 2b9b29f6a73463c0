import type { NetworkConnection } from "hardhat/types/network";

import { BLOCK_SECONDS, deployBench, ORACLE, type Bench } from "./bench.ts";

export const MINUTES: readonly number[] = [1, 2, 5, 10, 30, 60];
export const TARGETS: readonly number[] = [0.05, 0.1, 0.2];

export type PriceName = "borrow" | "liquidation";

/** What it takes to have moved a price that far when the market has been held for that long. Money in the loan asset. */
export interface Cell {
  readonly minutes: number;
  /** To which multiple of the true price the market has to be traded. */
  readonly tradeTo: number;
  /** What must be paid in for that, at the true price; most of it comes back while nobody trades against it. */
  readonly capital: number;
  /** Fees of both ways, while nobody trades against it. */
  readonly alone: number;
  /** With an arbitrageur who trades back in every block: the push is paid for anew each time. */
  readonly arbitraged: number;
}

export interface Row {
  readonly price: PriceName;
  readonly target: number; // −0.05: down by 5 %
  /** Whether the feed is the attacker's too. */
  readonly feedHonest: boolean;
  /** Empty: out of reach, whatever is paid. */
  readonly cells: readonly Cell[];
}

/** The market is honest, the feed is not. Minutes until the price has moved that far; null: never. */
export interface FeedRow {
  readonly price: PriceName;
  readonly target: number;
  readonly minutes: number | null;
}

export interface ManipulationReport {
  readonly depth: number; // what can be sold for 2 %
  readonly liquidity: number; // value of both sides of the pool
  readonly windowSeconds: number;
  readonly rows: readonly Row[];
  readonly feed: readonly FeedRow[];
}

const MINUTE = 60;
/** How exactly the target is met. [of the price] */
const TOLERANCE = 3e-4;
const EXACT = 1e-9;
const MOST_TRIES = 6;
/** What a lying feed says: further off than any target. */
const LIE = 3;
/** Beyond this nobody waits. [min] */
const PATIENCE = 90;

/** Measures everything, on a chain of its own. @param progress Called before each row. */
export async function measureManipulation(
  connection: NetworkConnection,
  depth: number,
  windowSeconds: number,
  progress: (row: string) => void = () => undefined,
): Promise<ManipulationReport> {
  const bench = await deployBench(connection, depth, windowSeconds);
  const rows: Row[] = [];
  const plans = [
    { price: "liquidation", sign: -1, feedHonest: true },
    { price: "liquidation", sign: 1, feedHonest: true },
    { price: "borrow", sign: 1, feedHonest: true },
    { price: "borrow", sign: 1, feedHonest: false },
  ] as const;
  for (const { price, sign, feedHonest } of plans) {
    for (const size of TARGETS) {
      const target = sign * size;
      progress(`${price} ${target}`);
      const cells: Cell[] = [];
      for (const minutes of MINUTES) {
        const cell = await measureCell(bench, { price, target, feedHonest, minutes });
        if (cell === undefined) break;
        cells.push(cell);
      }
      rows.push({ price, target, feedHonest, cells });
    }
  }
  const feed: FeedRow[] = [];
  for (const [price, sign] of [
    ["liquidation", -1],
    ["liquidation", 1],
    ["borrow", 1],
  ] as const) {
    progress(`feed, ${price}`);
    for (const size of TARGETS) {
      const target = sign * size;
      feed.push({ price, target, minutes: await measureFeed(bench, price, target) });
    }
  }
  return { depth, liquidity: bench.liquidity, windowSeconds, rows, feed };
}

interface Aim {
  readonly price: PriceName;
  readonly target: number;
  readonly feedHonest: boolean;
  readonly minutes: number;
}

/** Undefined: the price does not move, whatever the market does. */
export async function measureCell(bench: Bench, aim: Aim): Promise<Cell | undefined> {
  const { minutes, target } = aim;
  const share = shareOf(bench.windowSeconds, aim);
  let logMultiple = firstGuess(bench.windowSeconds, aim);
  for (let tries = 0; tries < MOST_TRIES; ++tries) {
    const held = await holdAlone(bench, aim, Math.exp(logMultiple));
    // The averages would allow it, the feed does not.
    if (aim.feedHonest && aim.price === "borrow" && held.reached <= 1 + EXACT) return undefined;
    const missing = Math.log((1 + target) / held.reached);
    if (Math.abs(missing) <= TOLERANCE) {
      const tradeTo = Math.exp(logMultiple);
      const perBlock = await measurePush(bench, tradeTo);
      const blocks = (minutes * MINUTE) / BLOCK_SECONDS;
      return { minutes, tradeTo, capital: held.capital, alone: held.cost, arbitraged: blocks * perBlock };
    }
    logMultiple += missing / share;
  }
  throw new Error(`no way found to move the ${aim.price} price by ${target} in ${minutes} minutes`);
}

/** How much of the market's move, in logarithms, arrives in the averages that decide. */
function shareOf(windowSeconds: number, { price, minutes }: Aim): number {
  const seconds = minutes * MINUTE;
  const twap = Math.min(1, seconds / windowSeconds);
  return price === "liquidation" ? twap : Math.min(twap, 1 - Math.exp(-seconds / ORACLE.emaSeconds));
}

/** As if the band had begun to give way with the first block. [ln of the multiple] */
function firstGuess(windowSeconds: number, aim: Aim): number {
  const { price, target, minutes } = aim;
  const band = (ORACLE.bandBps + ORACLE.bandWidenBpsPerMinute * minutes) / 10_000;
  const slack = price === "borrow" ? 1 : target < 0 ? 1 + band : 1 - band;
  return Math.log((1 + target) / slack) / shareOf(windowSeconds, aim);
}

/** Trades there, has the oracle poked in the next block and every minute, and trades back when the time is over. */
async function holdAlone(bench: Bench, { price, feedHonest, minutes, target }: Aim, multiple: number) {
  const { attacker, tradeTo, balances, gainSince, spentSince, at, now, poke, prices, setFeed, imagine } = bench;
  return imagine(async () => {
    const start = (await now()) + BLOCK_SECONDS;
    const before = await balances(attacker);
    if (!feedHonest) {
      await at(start - 1);
      await setFeed(target < 0 ? 1 / LIE : LIE);
    }
    await at(start);
    await tradeTo(attacker, multiple);
    const capital = await spentSince(attacker, before);
    await at(start + BLOCK_SECONDS);
    await poke();
    for (let minute = 1; minute <= minutes; ++minute) {
      await at(start + minute * MINUTE);
      await poke();
    }
    const reached = (await prices())[price];
    await tradeTo(attacker, 1);
    return { reached, capital, cost: -(await gainSince(attacker, before)) };
  });
}

/** What one push costs when somebody trades back in the next block. */
export async function measurePush(bench: Bench, multiple: number): Promise<number> {
  const { attacker, arbitrageur, tradeTo, balances, gainSince, imagine } = bench;
  return imagine(async () => {
    const before = await balances(attacker);
    await tradeTo(attacker, multiple);
    await tradeTo(arbitrageur, 1);
    return -(await gainSince(attacker, before));
  });
}

async function measureFeed(bench: Bench, price: PriceName, target: number): Promise<number | null> {
  const { at, now, poke, prices, setFeed, imagine } = bench;
  return imagine(async () => {
    const start = (await now()) + BLOCK_SECONDS;
    await at(start);
    await setFeed(target < 0 ? 1 / LIE : LIE);
    await at(start + BLOCK_SECONDS);
    await poke();
    for (let minute = 0; ; ++minute) {
      const reached = (await prices())[price];
      if (Math.sign(target) * (reached - 1) >= Math.abs(target) - TOLERANCE) return minute;
      if (minute === PATIENCE) return null;
      await at(start + BLOCK_SECONDS + (minute + 1) * MINUTE);
      await poke();
    }
  });
}
