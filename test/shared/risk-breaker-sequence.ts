import { getAddress } from "ethers";

import { WAD } from "../../sim/reference/fixed-point.ts";
import {
  assess,
  assessmentOf,
  BREAKER,
  LEVELS,
  normalState,
  QUIET,
  raise,
  type BreakerInputs,
  type BreakerRules,
  type Level,
} from "../../sim/reference/risk-breaker.ts";
import {
  checkThresholds,
  INPUTS,
  THRESHOLDS,
  type InputName,
  type Thresholds,
} from "../../sim/reference/risk-thresholds.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { logarithmic, partOf, whole } from "./auction-actions.ts";
import { Divergence, expectSame } from "./auction-compare.ts";
import type { Answered, Call, Contact, RiskChain, Told } from "./risk-chain.ts";
import { expectAlike, expectFields, textOf, type Seen } from "./risk-compare.ts";

export interface BreakerWorld {
  readonly chain: RiskChain;
  readonly breaker: Contact;
  /** Two engines; both may also do what governor and guardian may. */
  readonly engines: readonly [string, string];
}

const START = 2_000_000_000n;
const DEFAULTS = "0x0000000000000000000000000000000000000000";
/** The first two end alike: a threshold of the one is looked for at the other as well. */
const SUBJECTS = ["0xa5", "0xb5", "0xa6"].map((tail) => getAddress(`0x${tail.slice(2).padStart(40, "0")}`));

type Action =
  | { readonly kind: "assess"; readonly subject: number; readonly inputs: BreakerInputs }
  | { readonly kind: "raise"; readonly subject: number; readonly level: Level; readonly seconds: bigint }
  | { readonly kind: "setThresholds"; readonly subject: string; readonly thresholds: Thresholds };

/** The breaker and its reference: several samples a block, of several subjects, by two engines. */
export class BreakerSequence {
  readonly #world: BreakerWorld;
  readonly #seen: Seen;
  readonly #rules: BreakerRules;
  readonly #rng: Rng;
  readonly #states = [0, 1].map(() => SUBJECTS.map(normalState));
  readonly #thresholds = new Map<string, Thresholds>([[DEFAULTS, THRESHOLDS]]);
  #now = START;

  constructor(world: BreakerWorld, seed: string, seen: Seen, rules = BREAKER) {
    [this.#world, this.#seen, this.#rules, this.#rng] = [world, seen, rules, createRng(seed)];
  }

  /** Throws where contract and reference part for the first time. */
  async run(): Promise<void> {
    const { chain, breaker, engines } = this.#world;
    await chain.goBack();
    const rng = this.#rng;
    // Most of it happens to one subject: levels take their time.
    for (let step = 0; step < 60; ++step) {
      this.#now += this.#pause();
      const engine = rng.next() < 0.85 ? 0 : 1;
      const actions = Array.from({ length: rng.next() < 0.2 ? 2 + rng.integer(2) : 1 }, () => this.#randomAction());
      const views = engines.flatMap((each) => SUBJECTS.map((subject) => breaker.call("assessmentOf", each, subject)));
      const bands = SUBJECTS.map((subject) => breaker.call("thresholdsOf", subject));
      const calls = [...actions.map((action) => this.#encode(action, engine)), ...views, ...bands];
      const { answers, told } = await chain.run(engines[engine], calls, this.#now);
      try {
        const expected: string[] = [];
        actions.forEach((action, i) => expected.push(...this.#follow(action, engine, answers[i])));
        expectSame("told", told.map(eventText).join("; "), expected.join("; "));
        this.#expectViews(answers.slice(actions.length));
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        throw new Divergence(`step ${step}, ${error.message}; after ${textOf(actions)}`, { cause: error });
      }
    }
  }

  #follow(action: Action, engine: number, answer: Answered): string[] {
    const rules = this.#rules;
    if (action.kind === "setThresholds") {
      const { subject, thresholds } = action;
      if (expectAlike(action.kind, answer, () => (checkThresholds(thresholds), true), this.#seen) !== true) return [];
      this.#thresholds.set(subject, thresholds);
      return ["BreakerThresholdsSet"];
    }
    const state = this.#states[engine][action.subject];
    const subject = SUBJECTS[action.subject];
    const from = this.#world.engines[engine];
    if (action.kind === "raise") {
      const { level, seconds } = action;
      const end = expectAlike("raise", answer, () => raise(state, level, seconds, this.#now, rules), this.#seen);
      if (end === undefined) return [];
      this.#seen.count(`raised: ${level}`);
      return [textOf(["BreakerRaised", from, subject, numberOf(level), end])];
    }
    const before = { ...state };
    const judge = () => assess(state, action.inputs, this.#thresholdsOf(subject), this.#now, rules);
    const assessed = expectAlike("assess", answer, judge, this.#seen);
    if (assessed === undefined) return [];
    const { current } = assessed;
    const actual = this.#world.breaker.read("assess", answer)[0] as Record<string, unknown>;
    expectFields("assessment", actual, { ...current, level: numberOf(current.level) });
    this.#seen.count(`level: ${current.level}`);
    if (before.level !== state.level) this.#seen.count(`${before.level} → ${state.level}`);
    if (state.triggers === 5n) this.#seen.count("restricted for four hours");
    if (before.raised && !state.raised && current.until > before.until) this.#seen.count("a raised one made longer");
    if (assessed.from === undefined) return [];
    this.#seen.count("announced");
    const { tightnessWad, until } = current;
    const levels = [numberOf(assessed.from), numberOf(current.level)];
    return [textOf(["BreakerAssessed", from, subject, ...levels, tightnessWad, until])];
  }

  #expectViews(answers: readonly Answered[]): void {
    const { breaker } = this.#world;
    for (const [engine, states] of this.#states.entries()) {
      for (const [subject, state] of states.entries()) {
        const answer = answers[engine * SUBJECTS.length + subject];
        const actual = breaker.read("assessmentOf", answer)[0] as Record<string, unknown>;
        const expected = assessmentOf(state, this.#now, this.#rules);
        const fields = { ...expected, level: numberOf(expected.level) };
        expectFields(`engine ${engine}, subject ${subject}`, actual, fields);
        if (expected.level === "Recovery" && state.level === "Restricted") this.#seen.count("expired, not looked at");
      }
    }
    for (const [i, subject] of SUBJECTS.entries()) {
      const answer = answers[2 * SUBJECTS.length + i];
      const actual = breaker.read("thresholdsOf", answer)[0] as Record<string, Record<string, unknown>>;
      const expected = this.#thresholdsOf(subject);
      for (const name of INPUTS) expectFields(`thresholds of ${i}: ${name}`, actual[name], { ...expected[name] });
    }
  }

  #thresholdsOf(subject: string): Thresholds {
    return this.#thresholds.get(subject) ?? this.#thresholds.get(DEFAULTS)!;
  }

  // --- what happens -----------------------------------------------------------------------------------------------------

  /** Between blocks, samples, good samples, and restrictions. [s] */
  #pause(): bigint {
    const rng = this.#rng;
    const roll = rng.next();
    if (roll < 0.3) return whole(rng, 1, 60);
    if (roll < 0.55) return whole(rng, 298, 302);
    if (roll < 0.75) return whole(rng, 898, 902);
    return logarithmic(rng, 60, 20_000);
  }

  #randomAction(): Action {
    const rng = this.#rng;
    const roll = rng.next();
    const subject = rng.next() < 0.8 ? 0 : rng.integer(SUBJECTS.length);
    if (roll < 0.9) return { kind: "assess", subject, inputs: this.#randomInputs(SUBJECTS[subject]) };
    if (roll < 0.97) {
      const level = LEVELS[rng.next() < 0.9 ? 1 + rng.integer(2) : rng.integer(4)];
      const seconds = rng.next() < 0.1 ? whole(rng, 0, 20_000) : logarithmic(rng, 60, 14_400);
      return { kind: "raise", subject, level, seconds };
    }
    const whose = rng.next() < 0.3 ? DEFAULTS : SUBJECTS[subject];
    return { kind: "setThresholds", subject: whose, thresholds: this.#randomThresholds() };
  }

  /** Most of the time all is well, or all but one. */
  #randomInputs(subject: string): BreakerInputs {
    const rng = this.#rng;
    const quiet = rng.next();
    if (quiet < 0.4) return QUIET;
    if (quiet < 0.46) return { ...QUIET, sourcesMissing: true };
    const inputs: Record<string, bigint | boolean> = { ...QUIET };
    const names: readonly InputName[] = quiet < 0.9 ? [INPUTS[rng.integer(INPUTS.length)]] : INPUTS;
    for (const name of names) inputs[`${name}Wad`] = this.#randomInput(this.#thresholdsOf(subject)[name]);
    return inputs as unknown as BreakerInputs;
  }

  /** At a threshold, at half of one, a unit beside, between, or anything. */
  #randomInput({ cautionWad, restrictedWad }: Thresholds[InputName]): bigint {
    const rng = this.#rng;
    const roll = rng.next();
    if (roll < 0.35) {
      const corner = [cautionWad / 2n, cautionWad, restrictedWad][rng.integer(3)];
      return corner + BigInt(rng.integer(3)) - 1n;
    }
    if (roll < 0.55) return cautionWad + partOf(rng, restrictedWad - cautionWad, 1);
    if (roll < 0.85) return partOf(rng, restrictedWad, 1.3);
    return rng.next() < 0.9 ? logarithmic(rng, 1e10, 1e20) : 2n ** 256n - 1n;
  }

  #randomThresholds(): Thresholds {
    const rng = this.#rng;
    const bands = INPUTS.map((name) => {
      const { cautionWad } = THRESHOLDS[name];
      const caution = (cautionWad * whole(rng, 5, 15)) / 10n;
      const width = partOf(rng, cautionWad, 1);
      const roll = rng.next();
      // In whole basis points, except when not; within the bounds, except when not.
      const whole14 = (value: bigint) => value - (roll < 0.02 ? 0n : value % 10n ** 14n);
      const first = roll > 0.99 ? 0n : whole14(caution) + 10n ** 14n;
      const last = roll > 0.98 && roll < 0.99 ? 16n * WAD + 10n ** 14n : first + whole14(width) + 10n ** 14n;
      return [name, { cautionWad: first, restrictedWad: last }] as const;
    });
    return Object.fromEntries(bands) as unknown as Thresholds;
  }

  #encode(action: Action, engine: number): Call {
    const { breaker, engines } = this.#world;
    switch (action.kind) {
      case "assess":
        return breaker.call("assess", SUBJECTS[action.subject], action.inputs);
      case "raise":
        return breaker.call("raise", engines[engine], SUBJECTS[action.subject], numberOf(action.level), action.seconds);
      case "setThresholds":
        return breaker.call("setThresholds", action.subject, action.thresholds);
    }
  }
}

const numberOf = (level: Level) => BigInt(LEVELS.indexOf(level));

function eventText({ event }: Told): string {
  const { name, args } = event;
  return name === "BreakerThresholdsSet" ? name : textOf([name, ...(args.toArray() as unknown[])]);
}
