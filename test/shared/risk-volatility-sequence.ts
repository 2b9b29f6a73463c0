import { ZeroAddress } from "ethers";

import { correlationOf, pokePair, trackPair, type Leg, type Pair } from "../../sim/reference/risk-correlation.ts";
import { VOLATILITY, type Answer, type VolatilityRules } from "../../sim/reference/risk-samples.ts";
import {
  configure,
  pokeVolatility,
  postImplied,
  raiseFloor,
  unknownAsset,
  volatilityOf,
  type VolatilityAsset,
} from "../../sim/reference/risk-volatility.ts";
import { createRng } from "../../sim/rng.ts";
import { Divergence, expectSame } from "./auction-compare.ts";
import type { Answered, Call, Told } from "./risk-chain.ts";
import { expectAlike, expectFields, textOf, type Seen } from "./risk-compare.ts";
import { PAIRS, VolatilityActions, type Action } from "./risk-volatility-actions.ts";
import type { VolatilityWorld } from "./risk-volatility-world.ts";

/** The same in every run. [unix s] */
const START = 2_000_000_000n;
const STEPS = 30;
const UNKNOWN = "0x000000000000000000000000000000000000dEaD";

/** The volatility oracle and its reference, over paths of ticks and prices from calm to violent. */
export class VolatilitySequence {
  readonly #world: VolatilityWorld;
  readonly #seen: Seen;
  readonly #rules: VolatilityRules;
  readonly #actions: VolatilityActions;
  readonly #assets: readonly VolatilityAsset[] = [unknownAsset(), unknownAsset(), unknownAsset()];
  readonly #pairs = new Map<number, Pair>();
  #now = START;

  constructor(world: VolatilityWorld, seed: string, seen: Seen, rules = VOLATILITY) {
    [this.#world, this.#seen, this.#rules] = [world, seen, rules];
    this.#actions = new VolatilityActions(world, createRng(seed));
  }

  /** Throws where contract and reference part for the first time. */
  async run(): Promise<void> {
    const { chain } = this.#world;
    await chain.goBack();
    const actions = this.#actions;
    for (const asset of [0, 1, 2]) {
      await this.#step([], { kind: "setAsset", asset, config: actions.config(asset, false) }, 1n);
    }
    for (let step = 0; step < STEPS; ++step) {
      const pause = actions.pause();
      await this.#step(actions.market(this.#now, pause), actions.action(this.#assets), pause);
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
