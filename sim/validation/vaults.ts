import { existsSync } from "node:fs";
import path from "node:path";

import { Arbitrageur, ARBITRAGEUR } from "../agents/arbitrageur.ts";
import { Stepper } from "../engine/stepper.ts";
import { Exchange } from "../market/exchange.ts";
import { addressOf } from "../population.ts";
import { createRng } from "../rng.ts";
import { findScenario } from "../scenarios/built-in.ts";
import { isKeyframeScenario } from "../scenarios/keyframe-scenario.ts";
import { readCandles } from "../scenarios/candles.ts";
import { toUnits } from "../units.ts";
import { withBench, type Bench, type Lab, type Sent } from "./bench.ts";
import { FeedFollower } from "./cascade-agents.ts";
import { judge, skip, type Check } from "./check.ts";

const GROUP = "vaults";
/** Hourly bars of Binance ETH/USDT in a directory of market data, which is not part of the repository. */
const BARS = "black_thursday_2020_03/ETH_USDT_1h.csv";
const DAY = Date.UTC(2020, 2, 12) / 1_000;
/** ETH when 12 March 2020 began, and what Maker asked of a vault at least. */
const START = 194.61;
const LEAST_RATIO = 1.5;
/** Collateral ratio of a vault when the day began → bar in which it first fell below the least. */
const VAULTS = [
  { ratio: 1.7, bar: "12T07" },
  { ratio: 2, bar: "12T10" },
  { ratio: 2.5, bar: "12T23" },
  { ratio: 3, bar: "13T01" },
] as const;
const HELD = 1_000; // [collateral units]

interface PriceAt {
  readonly seconds: number; // since the day began
  readonly price: number;
}

/**
 * When vaults set at the beginning of 12 March 2020 first breach: in the hourly bars, in our scenario, and on our pool.
 * @param data Directory of market data. Without the bars in it, their checks are skipped.
 */
export async function vaultChecks(lab: Lab, data: string): Promise<Check[]> {
  const minutes = straightLines();
  const judged = await poolBreaches(lab, minutes);
  return [
    ...(await barChecks(data)),
    ...VAULTS.map(({ ratio, bar }) =>
      judge(GROUP, `vault at ${100 * ratio} %: first breach in black-thursday`, bar, firstBreach(minutes, ratio)),
    ),
    ...VAULTS.map(({ ratio, bar }, i) =>
      judge(GROUP, `vault at ${100 * ratio} %: first unhealthy by the pool's own oracle`, bar, judged[i]),
    ),
  ];
}

/** The part of it that needs no chain. */
export async function barChecks(data: string): Promise<Check[]> {
  const file = path.join(data, BARS);
  const what = (ratio: number) => `vault at ${100 * ratio} %: first breach in the hourly bars`;
  if (!existsSync(file)) {
    return VAULTS.map(({ ratio, bar }) =>
      skip(GROUP, what(ratio), bar, `there is no ${file}: name a directory that has it with --data`),
    );
  }
  const bars = (await readCandles(file)).filter(({ seconds }) => seconds >= DAY);
  const lows = bars.map(({ seconds, low }) => ({ seconds: seconds - DAY, price: low }));
  return VAULTS.map(({ ratio, bar }) => judge(GROUP, what(ratio), bar, firstBreach(lows, ratio)));
}

function firstBreach(prices: readonly PriceAt[], ratio: number): string {
  const worst = (START * LEAST_RATIO) / ratio;
  return barOf(prices.find(({ price }) => price < worst)?.seconds);
}

/** "12T07" for 7:48 on 12 March. */
function barOf(seconds: number | undefined): string {
  if (seconds === undefined) return "never";
  return new Date((DAY + seconds) * 1_000).toISOString().slice(8, 13);
}

/** The scenario's keyframes and straight lines between them, minute by minute: what no seed has a part in. */
function straightLines(): PriceAt[] {
  const scenario = findScenario("black-thursday");
  if (!isKeyframeScenario(scenario)) throw new Error("black-thursday has no keyframes");
  const { keyframes } = scenario;
  const minutes: PriceAt[] = [];
  for (const [i, { seconds, price }] of keyframes.slice(0, -1).entries()) {
    const next = keyframes[i + 1];
    for (let at = seconds; at < next.seconds; at += 60) {
      minutes.push({ seconds: at, price: price + ((next.price - price) * (at - seconds)) / (next.seconds - seconds) });
    }
  }
  return minutes;
}

/** The same vaults as accounts of the real pool: when its oracle, fed without delay, first calls each unhealthy. */
async function poolBreaches(lab: Lab, minutes: readonly PriceAt[]): Promise<string[]> {
  const profile = { borrowFactorBps: 6_600, liquidationFactorBps: Math.round(1e4 / LEAST_RATIO) };
  const options = { curve: "fixed", startPrice: START, blockSeconds: 60, profile } as const;
  return withBench(lab, options, async (bench) => {
    const accounts = VAULTS.map(({ ratio }) => addressOf(`validation vault ${ratio}`));
    await bench.block(VAULTS.flatMap(({ ratio }, i) => bench.open(accounts[i], HELD, (HELD * START) / ratio)));
    const arbitrageur = new Arbitrageur(bench.world.uniswap);
    await bench.block(capital(bench));
    const follower = new FeedFollower(addressOf("validation follower"), START);
    await bench.world.chain.unlock(follower.members);
    const exchange = new Exchange({
      ...{
        depth: bench.world.exchangeDepth,
        startPrice: START,
        permanentShare: 0,
        halfLifeSeconds: 1,
        hasImpact: false,
      },
    });
    exchange.credit(ARBITRAGEUR, 1e9 / START, 1e9);
    const stepper = await Stepper.start(bench.world, {
      ...{ exchange, agents: [follower, arbitrageur], rng: createRng("validation"), accounts },
    });
    const breaches = accounts.map((): number | undefined => undefined);
    for (const { seconds, price } of minutes.slice(1)) {
      const { view, state, positions } = await stepper.step(price);
      for (const [i, account] of accounts.entries()) {
        const position = positions.get(account);
        if (position === undefined || breaches[i] !== undefined) continue;
        const capacity = view.protocol.liquidationCapacityOf(position, state);
        if (capacity < view.protocol.debtOf(position, state)) breaches[i] = seconds;
      }
      if (breaches.every((breach) => breach !== undefined)) break;
    }
    return breaches.map(barOf);
  });
}

function capital(bench: Bench): Sent[] {
  const { protocol, world } = bench;
  const value = 1e8;
  return [
    { token: protocol.collateral, amount: value / START },
    { token: protocol.loan, amount: value },
  ].flatMap(({ token, amount }): Sent[] => [
    [ARBITRAGEUR, bench.mint(token, ARBITRAGEUR, toUnits(amount, token.decimals))],
    [ARBITRAGEUR, bench.approve(token, world.uniswap.swapRouter)],
  ]);
}
