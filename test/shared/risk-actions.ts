import { MaxUint256 } from "ethers";

import {
  encodeDecreaseLiquidity,
  encodeIncreaseLiquidity,
  encodeSwapExactInput,
  poolAmounts,
  poolSqrtPriceX96,
} from "../../sim/market/uniswap-calls.ts";
import type { RiskSystem } from "../../sim/reference/risk-engine-state.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import type { Rng } from "../../sim/rng.ts";
import { logarithmic, whole } from "./auction-actions.ts";
import type { Call } from "./risk-chain.ts";
import { ETHER, USD } from "./risk-fixtures.ts";
import { DOLLARS, type RiskWorld } from "./risk-world.ts";

/** What fronts of markets can be told to break. */
const READS = ["0x3850c7bd", "0x883bdbfd", "0x252c09d7"] as const; // slot0, observe, observations

/** Prices, markets and users, from calm to violent. What is done is drawn from the stream; nothing of it is in the reference. */
export class RiskSurroundings {
  readonly #world: RiskWorld;
  readonly #rng: Rng;
  /** Of a day; and how often what is rare happens, between a calm market and a violent one. */
  #sigma: number;
  #rare: number;
  /** Nothing happens, and is looked at every few hours: what has fallen may rise. */
  patient = false;
  /** How often somebody borrows, withdraws, is put up for sale or sold. */
  risky = 0.16;
  /** How often the pool is used before it is looked at. */
  used = 0.18;
  readonly #dollars: [number, number] = [...DOLLARS];
  readonly #broken = [false, false];
  readonly #silent = [false, false];
  readonly #provided = [true, true];
  #sequencerDown = false;

  constructor(world: RiskWorld, rng: Rng) {
    [this.#world, this.#rng] = [world, rng];
    const temper = rng.integer(4);
    this.#sigma = [0.005, 0.03, 0.12, 0.5][temper];
    this.#rare = [0.1, 0.3, 1, 1][temper];
  }

  /** From now on nobody is solvent, and what was pledged is sold. */
  ruin(): void {
    for (const i of [0, 1]) this.#dollars[i] *= 0.25;
    [this.risky, this.used] = [0.5, 0.4];
  }

  /** From now on all is well. */
  calmDown(): void {
    [this.#sigma, this.#rare, this.patient, this.risky] = [0.005, 0, true, 0.16];
  }

  /** Time to the next block: often to where something becomes due, or just before. [s] */
  pause({ now, assets, rewards }: RiskSystem): bigint {
    const rng = this.#rng;
    if (this.patient) return logarithmic(rng, 1_800, 21_600);
    const roll = rng.next();
    if (roll < 0.4) {
      const { engine, depth } = assets[rng.integer(2)];
      const looks = [60n, 300n, 600n].flatMap((age) => [engine.askedAt + age, engine.lookedAt + age]);
      const due = [...looks, engine.refreshedAt + 12n, engine.anchorAt + 300n, engine.rewardedAt + rewards.interval];
      // Here the last second in which something still counts is the one named.
      const over = [depth.updatedAt + engine.depthMaxAge + 1n, engine.correlatedAt + 86_401n];
      const moments = rng.next() < 0.8 ? due : over;
      const pause = moments[rng.integer(moments.length)] - now - BigInt(rng.integer(2));
      if (pause > 0n) return pause;
    }
    if (roll < 0.44) return whole(rng, 1, 13);
    if (roll < 0.62) return whole(rng, 50, 130);
    if (roll < 0.72) return whole(rng, 290, 620);
    if (roll < 0.89) return whole(rng, 800, 2_200);
    return logarithmic(rng, 3_600, roll < 0.97 ? 90_000 : 400_000);
  }

  /** What prices and markets do until the next block. */
  markets(pause: bigint, now: bigint, caller: string): Call[] {
    const rng = this.#rng;
    const calls: Call[] = [];
    // The loan asset sways: steady for minutes, and another price after hours.
    calls.push(this.#world.loanFeed.call("setAnswer", answer8(1 + 0.004 * Math.sin(Number(now) / 900))));
    for (const i of [0, 1]) {
      const jump = rng.next() < 0.05 * this.#rare ? rng.between(-0.8, 0.3) : 0;
      const move = this.#sigma * Math.sqrt(Math.min(Number(pause), 86_400) / 86_400) * rng.normal() + jump;
      this.#dollars[i] = Math.min(Math.max(this.#dollars[i] * Math.exp(move), DOLLARS[i] / 50), DOLLARS[i] * 5);
      if (rng.next() < (this.#silent[i] ? this.#end(0.2) : 0.05 * this.#rare)) this.#silent[i] = !this.#silent[i];
      if (!this.#silent[i]) calls.push(this.#world.feeds[i].call("setAnswer", answer8(this.#dollars[i])));
      // The market follows at once, or later, or is elsewhere for a while.
      const roll = rng.next();
      if (roll < 0.7) calls.push(...this.#trade(i, this.#dollars[i]));
      else if (roll < 0.7 + 0.08 * this.#rare) calls.push(...this.#trade(i, this.#dollars[i] * rng.between(0.8, 1.25)));
      if (caller === this.#world.probes[0] && rng.next() < 0.12 * this.#rare) calls.push(...this.#provide(i));
      if (rng.next() < (this.#broken[i] ? this.#end(0.4) : 0.04 * this.#rare)) calls.push(...this.#break(i));
    }
    if (rng.next() < (this.#sequencerDown ? this.#end(0.5) : 0.02 * this.#rare)) {
      this.#sequencerDown = !this.#sequencerDown;
      calls.push(this.#world.sequencer.call("setRound", this.#sequencerDown ? 1 : 0, now, now));
    }
    return calls;
  }

  /** How likely it is that what is out of order gets back to it. */
  #end(usually: number): number {
    return this.patient ? 1 : usually;
  }

  /** Until the market stands at a price. */
  #trade(i: number, dollars: number): Call[] {
    const { markets, uniswap, probes, assets } = this.#world;
    const market = markets[i];
    const price = unitPrice({ numerator: answer8(dollars), denominator: 10n ** 8n }, 18, 6);
    const sqrtPriceLimitX96 = poolSqrtPriceX96(market, price);
    // One of the two fails: the price is on its other side.
    return [assets[i], market.quote].map((tokenIn) =>
      encodeSwapExactInput(uniswap, market, {
        ...{ tokenIn, amountIn: 10n ** 30n, recipient: probes[0], sqrtPriceLimitX96 },
      }),
    );
  }

  /** Half of all liquidity leaves, or comes back. */
  #provide(i: number): Call[] {
    const { uniswap, positions, liquidity, markets } = this.#world;
    this.#provided[i] = !this.#provided[i];
    if (!this.#provided[i]) return [encodeDecreaseLiquidity(uniswap, positions[i], liquidity[i])];
    const dollars = BigInt(Math.max(Math.round(this.#dollars[i]), 1));
    const amounts = poolAmounts(markets[i], (30_000_000n * ETHER) / dollars, 30_000_000n * USD);
    return [encodeIncreaseLiquidity(uniswap, positions[i], amounts)];
  }

  #break(i: number): Call[] {
    this.#broken[i] = !this.#broken[i];
    return READS.map((selector) => this.#world.fronts[i].call("breakFunction", selector, this.#broken[i] ? 1 : 0));
  }

  /** Of somebody who uses the pool: what asks the engine for nothing. */
  plainUse(caller: string): Call {
    const { pool, vault, probes, assets } = this.#world;
    const rng = this.#rng;
    const who = probes[1 + rng.integer(2)];
    const roll = rng.next();
    if (roll < 0.35) return vault.call("deposit", logarithmic(rng, 1e9, 3e12), probes[rng.integer(3)]);
    if (roll < 0.65) return vault.call("withdraw", logarithmic(rng, 1e10, 3e12), caller, caller);
    if (roll < 0.83) return pool.call("repay", logarithmic(rng, 1e8, 2e12), 0, who, "0x");
    return pool.call("supplyCollateral", assets[rng.integer(2)], logarithmic(rng, 1e18, 3e20), who, "0x");
  }

  /** Of somebody whom the pool serves only by a fresh snapshot. @param who The caller. */
  riskyUse(who: string): Call[] {
    const { pool, sales, probes, assets } = this.#world;
    const rng = this.#rng;
    const roll = rng.next();
    const account = probes[1 + rng.integer(2)];
    const kicks = [sales.call("kick", account), sales.call("mark", account)];
    const take = (asset: string) => sales.call("take", account, asset, MaxUint256, MaxUint256, probes[0], "0x");
    const takes = () => [...kicks, ...assets.map(take)];
    if (this.risky === 0.5 && roll < 0.55) return takes();
    if (roll < 0.4) return [pool.call("borrow", logarithmic(rng, 1e9, 1e12), 0, who, who)];
    if (roll < 0.55) {
      return [pool.call("withdrawCollateral", assets[rng.integer(2)], logarithmic(rng, 1e18, 1e21), who, who)];
    }
    return roll < 0.75 ? kicks : takes();
  }
}

function answer8(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e8));
}
