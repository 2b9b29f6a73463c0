import type { VolatilityAsset, VolatilityConfig } from "../../sim/reference/risk-volatility.ts";
import { DAY } from "../../sim/reference/risk-math.ts";
import { WAD } from "../../sim/reference/fixed-point.ts";
import type { Rng } from "../../sim/rng.ts";
import { logarithmic, whole } from "./auction-actions.ts";
import type { Call } from "./risk-chain.ts";
import type { VolatilityWorld } from "./risk-volatility-world.ts";

/** Of the three assets. */
export const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

export type Action =
  | { readonly kind: "poke" | "pokeVolatility"; readonly asset: number }
  | { readonly kind: "pokePair"; readonly pair: number }
  | { readonly kind: "setPair"; readonly pair: number; readonly floor: bigint; readonly initial: bigint }
  | { readonly kind: "setAsset"; readonly asset: number; readonly config: VolatilityConfig }
  | { readonly kind: "raiseFloor" | "postImplied"; readonly asset: number; readonly sigma: bigint };

/** Paths of ticks, prices, sources that fail, and what is done to the oracle: all drawn from the stream. */
export class VolatilityActions {
  readonly #world: VolatilityWorld;
  readonly #rng: Rng;
  readonly #sigma: number;
  readonly #ticks = [-200_312, -200_312];
  #price36 = 10n ** 36n;

  constructor(world: VolatilityWorld, rng: Rng) {
    [this.#world, this.#rng] = [world, rng];
    this.#sigma = rng.next() < 0.5 ? 0.03 : 1.5;
  }

  /** Time to the next block. [s] */
  pause(): bigint {
    const rng = this.#rng;
    if (rng.next() < 0.02) return 20_000_000n;
    return logarithmic(rng, 1, rng.next() < 0.2 ? 5 * 86_400 : 4_000);
  }

  /** Paths of ticks up to the next block, a price, and whether sources answer. */
  market(from: bigint, pause: bigint): Call[] {
    const rng = this.#rng;
    const sigma = this.#sigma;
    const { pools, prices, tokens } = this.#world;
    const calls: Call[] = [];
    const pieces = 1 + rng.integer(3);
    const moments = Array.from({ length: pieces }, () => whole(rng, 1, Number(pause))).sort((a, b) => Number(a - b));
    const common = moments.map(() => rng.normal());
    for (const [i, pool] of pools.entries()) {
      const ticks = moments.map((_, k) => {
        const draw = i === 0 ? common[k] : (rng.next() < 0.5 ? 1 : -1) * common[k] + 0.3 * rng.normal();
        const jump = rng.next() < 0.03 ? 20_000 : 0;
        const move = (draw * sigma * Math.sqrt(Number(pause) / 86_400)) / 1e-4 + jump;
        this.#ticks[i] = Math.min(Math.max(Math.round(this.#ticks[i] + move), -887_272), 887_272);
        return this.#ticks[i];
      });
      calls.push(
        pool.call(
          "tell",
          moments.map((moment) => from + moment),
          ticks,
        ),
      );
      if (rng.next() < 0.08) calls.push(pool.call("setSilent", rng.next() < 0.4));
      // What it remembers begins within the interval, or just now.
      if (rng.next() < 0.1) calls.push(pool.call("forgetBefore", from + whole(rng, 0, Number(pause))));
    }
    const moved = rng.lognormal(1, sigma * Math.sqrt(Number(pause) / 86_400) * (rng.next() < 0.1 ? 10 : 1));
    const next = (this.#price36 * BigInt(Math.round(Math.min(Math.max(moved, 1e-3), 1e3) * 1e9))) / 10n ** 9n;
    this.#price36 = next < 10n ** 20n || next > 10n ** 60n ? 10n ** 36n : next;
    for (const token of tokens) calls.push(prices.call("setPrice", token, this.#price36));
    if (rng.next() < 0.1) calls.push(prices.call("setFresh", tokens[2], rng.next() < 0.6));
    return calls;
  }

  action(assets: readonly VolatilityAsset[]): Action {
    const rng = this.#rng;
    const roll = rng.next();
    const asset = rng.integer(3);
    if (roll < 0.5) return { kind: roll < 0.25 ? "poke" : "pokeVolatility", asset };
    if (roll < 0.52) return { kind: "poke", asset: 3 };
    const pair = rng.integer(PAIRS.length);
    if (roll < 0.72) return { kind: "pokePair", pair };
    if (roll < 0.8) return { kind: "setPair", pair, floor: whole(rng, 0, 105), initial: whole(rng, 60, 101) };
    if (roll < 0.84) return { kind: "setAsset", asset, config: this.config(asset, true) };
    const { slow36, floorWad } = assets[asset];
    if (roll < 0.9) return { kind: "raiseFloor", asset, sigma: logarithmic(rng, Number(floorWad) * 0.8, 2e18) };
    const slow = Math.sqrt(Number(slow36));
    return { kind: "postImplied", asset, sigma: rng.next() < 0.03 ? 0n : logarithmic(rng, slow / 10, slow * 10) };
  }

  /** @param wild One that is out of bounds, or without a pool, too. */
  config(asset: number, wild: boolean): VolatilityConfig {
    const rng = this.#rng;
    const odd = (usual: bigint, other: bigint) => (wild && rng.next() < 0.06 ? other : usual);
    const clampWad = logarithmic(rng, 2e17, 3e18);
    const stressWad = logarithmic(rng, 2e16, 2e17);
    const floorWad = logarithmic(rng, 1e14, Number(stressWad));
    return {
      ...{ hasPool: asset < 2 && (!wild || rng.next() < 0.7), isToken0: asset === 0 },
      interval: odd(logarithmic(rng, 60, 7_200), rng.next() < 0.5 ? 59n : DAY + 1n),
      initialWad: odd(logarithmic(rng, 1e15, 2e17), rng.next() < 0.7 ? 0n : clampWad + 1n),
      initialSlowWad: rng.next() < 0.5 ? 0n : odd(logarithmic(rng, 1e15, 2e17), 1n),
      clampWad: odd(clampWad, 3n * WAD + 1n),
      stressWad: odd(stressWad, clampWad + 1n),
      floorWad: odd(floorWad, stressWad + 1n),
      impliedMaxAge: odd(whole(rng, 0, 172_800), 7n * DAY + 1n),
    };
  }
}
