import { ZeroAddress } from "ethers";

import { WAD } from "../../sim/reference/fixed-point.ts";
import { correlationOf, pokePair, trackPair, type Leg, type Pair } from "../../sim/reference/risk-correlation.ts";
import { DAY } from "../../sim/reference/risk-math.ts";
import { VOLATILITY, type Answer, type VolatilityRules } from "../../sim/reference/risk-samples.ts";
import {
  configure,
  pokeVolatility,
  postImplied,
  raiseFloor,
  unknownAsset,
  volatilityOf,
  type VolatilityAsset,
  type VolatilityConfig,
} from "../../sim/reference/risk-volatility.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { logarithmic, whole } from "./auction-actions.ts";
import { Divergence, expectSame } from "./auction-compare.ts";
import type { Answered, Call, Told } from "./risk-chain.ts";
import { expectAlike, expectFields, textOf, type Seen } from "./risk-compare.ts";
import type { VolatilityWorld } from "./risk-volatility-world.ts";

/** The same in every run. [unix s] */
const START = 2_000_000_000n;
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
const UNKNOWN = "0x000000000000000000000000000000000000dEaD";

type Action =
  | { readonly kind: "poke" | "pokeVolatility"; readonly asset: number }
  | { readonly kind: "pokePair"; readonly pair: number }
  | { readonly kind: "setPair"; readonly pair: number; readonly floor: bigint; readonly initial: bigint }
  | { readonly kind: "setAsset"; readonly asset: number; readonly config: VolatilityConfig }
  | { readonly kind: "raiseFloor" | "postImplied"; readonly asset: number; readonly sigma: bigint };

/** The volatility oracle and its reference, over paths of ticks and prices from calm to violent. */
export class VolatilitySequence {
  readonly #world: VolatilityWorld;
  readonly #seen: Seen;
  readonly #rules: VolatilityRules;
  readonly #rng: Rng;
  readonly #assets: readonly VolatilityAsset[] = [unknownAsset(), unknownAsset(), unknownAsset()];
  readonly #pairs = new Map<number, Pair>();
  readonly #ticks = [-200_312, -200_312];
  #now = START;
  #price36 = 10n ** 36n;

  constructor(world: VolatilityWorld, seed: string, seen: Seen, rules = VOLATILITY) {
    [this.#world, this.#seen, this.#rules, this.#rng] = [world, seen, rules, createRng(seed)];
  }

  /** Throws where contract and reference part for the first time. */
  async run(): Promise<void> {
    const { chain } = this.#world;
    await chain.goBack();
    const rng = this.#rng;
    for (const asset of [0, 1, 2]) {
      await this.#step([], { kind: "setAsset", asset, config: this.#randomConfig(asset, false) }, 1n);
    }
    const calm = rng.next() < 0.5;
    for (let step = 0; step < 30; ++step) {
      const pause = rng.next() < 0.02 ? 20_000_000n : logarithmic(rng, 1, rng.next() < 0.2 ? 5 * 86_400 : 4_000);
      await this.#step(this.#market(pause, calm ? 0.03 : 1.5), this.#randomAction(), pause);
    }
  }

  async #step(market: readonly Call[], action: Action, pause: bigint): Promise<void> {
    this.#now += pause;
    const { chain, probe, oracle, prices, pools, tokens } = this.#world;
    const agos = this.#agos(action);
    const reads = [
      ...pools.flatMap((pool) => agos.map((ago) => pool.call("observe", [ago]))),
      ...tokens.map((token) => prices.call("liquidationPriceOrLast", token)),
    ];
    const views = [
      ...tokens.map((token) => oracle.call("volatilityOf", token)),
      ...PAIRS.map(([a, b]) => oracle.call("correlationOf", tokens[b], tokens[a])),
    ];
    const calls = [...market, ...reads, this.#encode(action), ...views];
    const { answers, told } = await chain.run(probe, calls, this.#now);
    const at = market.length + reads.length;
    const failed = answers.slice(0, market.length).find(({ ok }) => !ok);
    if (failed !== undefined) throw new Error(`the market fails: ${textOf(failed)}`);
    try {
      this.#follow(action, answers[at], this.#answersOf(agos, answers.slice(market.length, at)), told);
      this.#expectViews(answers.slice(at + 1));
    } catch (error) {
      if (!(error instanceof Divergence)) throw error;
      throw new Divergence(`at ${this.#now - START} s, ${error.message}; after ${textOf(action)}`, { cause: error });
    }
  }

  /** Of each asset its pool's sums, or its price. */
  #answersOf(agos: readonly bigint[], answers: readonly Answered[]) {
    const { pools, prices } = this.#world;
    const sums = pools.map((pool, i) => {
      const known = new Map<bigint, bigint | undefined>();
      agos.forEach((ago, k) => {
        const answer = answers[i * agos.length + k];
        known.set(ago, answer.ok ? (pool.read("observe", answer)[0] as bigint[])[0] : undefined);
      });
      return known;
    });
    const told = answers.slice(pools.length * agos.length).map((answer) => {
      const [price, fresh] = prices.read("liquidationPriceOrLast", answer).toArray() as [bigint, boolean];
      return fresh ? price : undefined;
    });
    return (asset: number, hasPool: boolean): Answer =>
      (ago) => {
        if (!hasPool) return told[asset];
        if (!sums[asset].has(ago)) throw new Error(`nobody asked for ${ago} s ago`);
        return sums[asset].get(ago);
      };
  }

  /** Moments that the reference may ask for. */
  #agos(action: Action): bigint[] {
    const intervals = this.#assets.map(({ interval }) => interval).filter((interval) => interval !== 0n);
    const agos = [0n, ...intervals.map((interval) => this.#now % interval)];
    if (action.kind === "setAsset" && action.config.interval < 2n ** 24n) agos.push(action.config.interval);
    return [...new Set(agos)];
  }

  #follow(
    action: Action,
    answer: Answered,
    answers: (asset: number, hasPool: boolean) => Answer,
    told: readonly Told[],
  ): void {
    const events = told.filter(({ event }) => /Sampled$/.test(event.name)).map(({ event }) => event);
    const leg = (i: number): Leg => ({ asset: this.#assets[i], answer: answers(i, this.#assets[i].hasPool) });
    const now = this.#now;
    const expected: string[] = [];
    switch (action.kind) {
      case "poke":
      case "pokeVolatility": {
        const asset = this.#assets[action.asset] ?? unknownAsset();
        const poke = () => pokeVolatility(asset, answers(action.asset, asset.hasPool), now, this.#rules);
        const before = asset.length;
        const sampled = expectAlike(action.kind, answer, poke, this.#seen);
        if (asset.interval === 0n) break;
        const { fastWad, slowWad, sigmaWad } = volatilityOf(asset, now, this.#rules);
        const values = this.#world.oracle.read(action.kind, answer).toArray();
        if (action.kind === "poke") expectSame("poke", values[0], sigmaWad);
        else expectSame("pokeVolatility", textOf(values), textOf([sigmaWad, fastWad, slowWad, sampled !== undefined]));
        if (sampled === undefined) break;
        this.#seen.count(asset.hasPool ? "sampled: mean" : "sampled: price");
        if (sampled.elapsed >= 2n * asset.interval) this.#seen.count("sampled: merged");
        if (sampled.late) this.#seen.count("sampled: late, for want of memory");
        if (sampled.elapsed >= 2n ** 24n) this.#seen.count("sampled: begun anew after a long silence");
        if (before === 0n) this.#seen.count("sampled: the first interval");
        if (sampled.returnWad === undefined) break;
        if (sampled.clamped) this.#seen.count("sampled: clamped");
        expected.push(textOf([this.#token(action.asset), sampled.returnWad, sampled.elapsed, fastWad, slowWad]));
        break;
      }
      case "pokePair": {
        const [a, b] = PAIRS[action.pair];
        const pair = this.#pairs.get(action.pair);
        const averaged = this.#alikePair(answer, pair, () => pokePair(pair!, leg(a), leg(b), now, this.#rules));
        if (pair === undefined || averaged !== true) break;
        const { fastWad, slowWad } = correlationOf(pair);
        this.#seen.count(this.#assets[a].hasPool === this.#assets[b].hasPool ? "pair: alike" : "pair: mixed");
        expected.push(textOf([...this.#sorted(a, b), fastWad, slowWad]));
        break;
      }
      case "setPair": {
        const [a, b] = PAIRS[action.pair];
        const track = () => trackPair(leg(a), leg(b), action.floor, action.initial, now, this.#rules);
        const pair = expectAlike(action.kind, answer, track, this.#seen);
        if (pair !== undefined) this.#pairs.set(action.pair, pair);
        break;
      }
      case "setAsset": {
        const answerOf = answers(action.asset, action.config.hasPool);
        const set = () => configure(this.#assets[action.asset], action.config, answerOf, now, this.#rules);
        expectAlike(action.kind, answer, set, this.#seen);
        break;
      }
      case "raiseFloor":
        expectAlike(action.kind, answer, () => raiseFloor(this.#assets[action.asset], action.sigma), this.#seen);
        break;
      case "postImplied": {
        const post = () => postImplied(this.#assets[action.asset], action.sigma, now, this.#rules);
        expectAlike(action.kind, answer, post, this.#seen);
      }
    }
    const actual = events.map(({ args }) => textOf(args.toArray()));
    expectSame("samples told", actual.join(), expected.join());
  }

  #alikePair(answer: Answered, pair: Pair | undefined, poke: () => boolean): boolean | undefined {
    if (pair !== undefined) return expectAlike("pokePair", answer, poke, this.#seen);
    expectSame("pokePair of one that is not tracked", answer.ok ? "is done" : answer.error, "VolatilityPairUnknown()");
    this.#seen.count("VolatilityPairUnknown");
    return undefined;
  }

  #expectViews(answers: readonly Answered[]): void {
    const { oracle, tokens } = this.#world;
    for (const [i, asset] of this.#assets.entries()) {
      if (asset.interval === 0n) continue;
      const actual = oracle.read("volatilityOf", answers[i])[0] as Record<string, unknown>;
      const volatility = volatilityOf(asset, this.#now, this.#rules);
      const { stressWad, floorWad, sampledAt } = asset;
      expectFields(`volatility of ${i}`, actual, { ...volatility, stressWad, floorWad, sampledAt });
      const { fastWad, slowWad, impliedWad, sigmaWad } = volatility;
      if (sigmaWad === fastWad) this.#seen.count("σ*: fast");
      else if (sigmaWad === impliedWad) this.#seen.count("σ*: implied");
      else if (sigmaWad === floorWad) this.#seen.count("σ*: floor");
      else this.#seen.count("σ*: slow and stress");
      if (impliedWad === 2n * slowWad) this.#seen.count("implied: bounded from above");
    }
    for (const [i, answer] of answers.slice(tokens.length).entries()) {
      const pair = this.#pairs.get(i);
      if (pair === undefined) continue;
      const actual = oracle.read("correlationOf", answer)[0] as Record<string, unknown>;
      const expected = correlationOf(pair);
      expectFields(`correlation ${i}`, actual, { ...expected, sampledAt: pair.sampledAt });
      if (expected.fastWad < 0n) this.#seen.count("correlation: below zero");
    }
  }

  // --- what happens -----------------------------------------------------------------------------------------------------

  /** Paths of ticks up to the next block, a price, and whether sources answer. */
  #market(pause: bigint, sigma: number): Call[] {
    const rng = this.#rng;
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
      calls.push(pool.call("tell", moments.map((moment) => this.#now + moment), ticks));
      if (rng.next() < 0.08) calls.push(pool.call("setSilent", rng.next() < 0.4));
      // What it remembers begins within the interval, or just now.
      if (rng.next() < 0.1) calls.push(pool.call("forgetBefore", this.#now + whole(rng, 0, Number(pause))));
    }
    const moved = rng.lognormal(1, sigma * Math.sqrt(Number(pause) / 86_400) * (rng.next() < 0.1 ? 10 : 1));
    const next = (this.#price36 * BigInt(Math.round(Math.min(Math.max(moved, 1e-3), 1e3) * 1e9))) / 10n ** 9n;
    this.#price36 = next < 10n ** 20n || next > 10n ** 60n ? 10n ** 36n : next;
    for (const token of tokens) calls.push(prices.call("setPrice", token, this.#price36));
    if (rng.next() < 0.1) calls.push(prices.call("setFresh", tokens[2], rng.next() < 0.6));
    return calls;
  }

  #randomAction(): Action {
    const rng = this.#rng;
    const roll = rng.next();
    const asset = rng.integer(3);
    if (roll < 0.5) return { kind: roll < 0.25 ? "poke" : "pokeVolatility", asset };
    if (roll < 0.52) return { kind: "poke", asset: 3 };
    const pair = rng.integer(PAIRS.length);
    if (roll < 0.72) return { kind: "pokePair", pair };
    if (roll < 0.8) return { kind: "setPair", pair, floor: whole(rng, 0, 105), initial: whole(rng, 60, 101) };
    if (roll < 0.84) return { kind: "setAsset", asset, config: this.#randomConfig(asset, true) };
    const { slow36, floorWad } = this.#assets[asset];
    if (roll < 0.9) return { kind: "raiseFloor", asset, sigma: logarithmic(rng, Number(floorWad) * 0.8, 2e18) };
    const slow = Math.sqrt(Number(slow36));
    return { kind: "postImplied", asset, sigma: rng.next() < 0.03 ? 0n : logarithmic(rng, slow / 10, slow * 10) };
  }

  /** @param wild One that is out of bounds, or without a pool, too. */
  #randomConfig(asset: number, wild: boolean): VolatilityConfig {
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

  #encode(action: Action): Call {
    const { oracle, pools, tokens } = this.#world;
    switch (action.kind) {
      case "setAsset": {
        const { hasPool, ...config } = action.config;
        const pool = hasPool ? pools[action.asset].address : ZeroAddress;
        return oracle.call("setAsset", tokens[action.asset], { ...config, pool });
      }
      case "setPair":
      case "pokePair": {
        const [a, b] = PAIRS[action.pair].map((asset) => tokens[asset]);
        if (action.kind === "pokePair") return oracle.call("pokePair", b, a);
        return oracle.call("setPair", a, b, action.floor, action.initial);
      }
      case "raiseFloor":
      case "postImplied":
        return oracle.call(action.kind, tokens[action.asset], action.sigma);
      default:
        return oracle.call(action.kind, this.#token(action.asset));
    }
  }

  #token(asset: number): string {
    return asset < 3 ? this.#world.tokens[asset] : UNKNOWN;
  }

  #sorted(a: number, b: number): string[] {
    return [this.#token(a), this.#token(b)].sort((x, y) => (BigInt(x) < BigInt(y) ? -1 : 1));
  }
}
