import { Stepper } from "../engine/stepper.ts";
import { Exchange } from "../market/exchange.ts";
import { addressOf } from "../population.ts";
import { createRng } from "../rng.ts";
import { poolDepthShareOf, withBench, type Bench, type Lab } from "./bench.ts";
import { FeedFollower, InstantSeller } from "./cascade-agents.ts";
import { judge, type Check } from "./check.ts";
import { closedForm } from "./liquidation.ts";

const GROUP = "cascade";
const PRICE = 2_000;
const LIQUIDATION_FACTOR = 0.825;
const ACCOUNTS = 400;
/** Distance of two accounts' liquidation prices, in the logarithm. */
const SPACING = 3e-5;
/** Of the first account from the start: the pool lends no closer to its liquidation factor. */
const MARGIN = 0.0015;
/** The exogenous fall beyond that: small, but many accounts wide. */
const SHOCK = 5e-4;
const HELD = 20; // [collateral units]
const GAINS = [0, 0.25, 0.5, 0.75, 0.9, 0.95] as const;
const MOST_BLOCKS = 600;

interface Outcome {
  /** Fall of the market's price ÷ exogenous fall, from the first account's liquidation price, in logarithms. */
  readonly amplification: number;
  /** Share of the accounts that were liquidated. */
  readonly reached: number;
}

/**
 * Falls into a continuum of positions on the real pool, before a market whose impact is calibrated to a cascade gain g. Each
 * account holds as much, and their liquidation prices are a step of the logarithm apart, so that every unit of fall releases
 * as much collateral: L′ = x ÷ step, with x what the pool sells of an account at its threshold, in closed form. A market in
 * which selling one unit moves the logarithm by Λ has g = Λ·L′, and a fall S must become S ÷ (1 − g).
 */
export async function cascadeChecks(lab: Lab): Promise<Check[]> {
  const profile = {
    ...{ borrowFactorBps: LIQUIDATION_FACTOR * 1e4 - 10, liquidationFactorBps: LIQUIDATION_FACTOR * 1e4 },
    // Sales go outside: the on-chain pool is there for the oracle alone, and too small to matter.
    poolDepthShare: poolDepthShareOf(1_000, PRICE, PRICE),
  };
  return withBench(lab, { curve: "fixed", startPrice: PRICE, profile, blockSeconds: 1 }, async (bench) => {
    const accounts = await openContinuum(bench);
    await bench.mark();
    const fallOf = async (gain: number) => {
      await bench.reset();
      return fall(bench, accounts, gain);
    };
    const checks: Check[] = [];
    const measured: number[] = [];
    for (const gain of GAINS) {
      const { amplification } = await fallOf(gain);
      measured.push(amplification);
      const tolerance = gain === 0 ? 1e-9 : 0.1;
      checks.push(judge(GROUP, `fall ÷ exogenous fall at g = ${gain}`, 1 / (1 - gain), amplification, tolerance));
    }
    const rises = measured.every((value, i) => i === 0 || value > measured[i - 1]);
    const { reached } = await fallOf(1.1);
    return [
      ...checks,
      judge(GROUP, "it grows with g", "yes", rises ? "yes" : "no"),
      judge(GROUP, "at g = 1.1 it runs away: share of all accounts liquidated", 1, reached),
    ];
  });
}

/** Logarithm of the fall at which account i may be liquidated. */
function thresholdOf(index: number): number {
  return MARGIN + (index + 0.5) * SPACING;
}

async function openContinuum(bench: Bench): Promise<string[]> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => addressOf(`validation continuum ${i}`));
  const page = 100;
  for (let from = 0; from < ACCOUNTS; from += page) {
    const calls = accounts.slice(from, from + page).flatMap((account, i) => {
      const price = PRICE * Math.exp(-thresholdOf(from + i));
      return bench.open(account, HELD, LIQUIDATION_FACTOR * HELD * price);
    });
    await bench.block(calls);
  }
  return accounts;
}

async function fall(bench: Bench, accounts: readonly string[], gain: number): Promise<Outcome> {
  // Of an account in the middle of the continuum; they differ by as little as the price within it.
  const price = PRICE * Math.exp(-thresholdOf(ACCOUNTS / 2));
  const { sold } = closedForm(LIQUIDATION_FACTOR * HELD * price, HELD, price, LIQUIDATION_FACTOR);
  const unitsPerLogMove = gain === 0 ? 1 : sold / (gain * SPACING);
  const exchange = new Exchange({
    ...{ depth: unitsPerLogMove * PRICE * -Math.log(1 - 0.02), startPrice: PRICE, hasImpact: gain > 0 },
    ...{ permanentShare: 1, halfLifeSeconds: 1 },
  });
  const follower = new FeedFollower(addressOf("validation follower"), PRICE);
  const seller = new InstantSeller();
  await bench.world.chain.unlock([...follower.members, ...seller.members]);
  const stepper = await Stepper.start(bench.world, {
    ...{ exchange, agents: [follower, seller], rng: createRng("validation"), accounts },
  });
  const exogenous = PRICE * Math.exp(-MARGIN - SHOCK);
  await stepper.step(PRICE * Math.exp(-MARGIN)); // to the edge: nobody is in danger yet
  await stepper.step(PRICE * Math.exp(-MARGIN));
  if (seller.accounts.size > 0) throw new Error("somebody was liquidated before the shock");
  for (let quiet = 0, block = 0; quiet < 2; ++block) {
    if (block === MOST_BLOCKS) throw new Error(`the cascade has not ended in ${MOST_BLOCKS} blocks`);
    const { outcomes } = await stepper.step(exogenous);
    quiet = outcomes.length === 0 ? quiet + 1 : 0;
  }
  const total = Math.log(PRICE / exchange.price) - MARGIN;
  return { amplification: total / SHOCK, reached: seller.accounts.size / ACCOUNTS };
}
