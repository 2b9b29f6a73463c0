import { reserveOf } from "../../sim/reference/risk-averages.ts";
import { assessmentOf, LEVELS, type BreakerState } from "../../sim/reference/risk-breaker.ts";
import { correlationOf } from "../../sim/reference/risk-correlation.ts";
import { ENGINE, type EngineRules } from "../../sim/reference/risk-engine-state.ts";
import { riskOf } from "../../sim/reference/risk-pool.ts";
import { volatilityOf } from "../../sim/reference/risk-volatility.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { Divergence, expectSame } from "./auction-compare.ts";
import { RiskSurroundings } from "./risk-actions.ts";
import type { Answered, Call } from "./risk-chain.ts";
import { expectFields, type Seen } from "./risk-compare.ts";
import type { Operation, RiskContext } from "./risk-context.ts";
import { Events } from "./risk-events.ts";
import { governing, tracking } from "./risk-governance.ts";
import {
  askingVolatility,
  claiming,
  correlating,
  measuring,
  refreshing,
  refreshingUnknown,
} from "./risk-operations.ts";
import { setUp, START } from "./risk-setup.ts";
import type { RiskWorld } from "./risk-world.ts";

const STEPS = 40;

/** An engine with all its parts, and the reference: pokes by anybody at any time while prices, markets and users do what they do. */
export class RiskSequence {
  readonly #world: RiskWorld;
  readonly #seen: Seen;
  readonly #rules: EngineRules;
  readonly #rng: Rng;

  constructor(world: RiskWorld, seed: string, seen: Seen, rules = ENGINE) {
    [this.#world, this.#seen, this.#rules, this.#rng] = [world, seen, rules, createRng(seed)];
  }

  /** Throws where contracts and reference part for the first time. */
  async run(): Promise<void> {
    const [world, rng] = [this.#world, this.#rng];
    await world.chain.goBack();
    const s = await setUp(world, rng, this.#rules);
    const base = { world, s, seen: this.#seen, rules: this.#rules };
    const context: RiskContext = { ...base, pair: undefined, caller: world.probes[0] };
    const surroundings = new RiskSurroundings(world, rng.fork("surroundings"));
    const history: string[] = [];
    const [recovers, ruined] = [rng.next() < 0.5, rng.next() < 0.2];
    for (let step = 0; step < STEPS; ++step) {
      if (ruined && step === 5) surroundings.ruin();
      if (recovers && step === STEPS / 2) surroundings.calmDown();
      const pause = surroundings.pause(s);
      s.now += pause;
      context.caller = world.probes[rng.integer(world.probes.length)];
      const before = surroundings.markets(pause, s.now, context.caller);
      const { used, operations, after } = this.#draw(context, surroundings);
      if (step === 0 && rng.next() < 0.6) operations.unshift(tracking(context, rng));
      history.push(`${s.now - START} s: ${operations.map(({ text }) => text).join(", ")}`);
      try {
        await this.#step(context, [...before, ...used], operations, after);
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        const told = `step ${step}, ${error.message}; sequence:\n  ${history.join("\n  ")}`;
        throw new Divergence(told, { cause: error });
      }
    }
  }

  /** What is done in a block: by users, by whoever asks the engine, and by users who need what it has found. */
  #draw(context: RiskContext, surroundings: RiskSurroundings) {
    const rng = this.#rng;
    const used: Call[] = rng.next() < surroundings.used ? [surroundings.plainUse(context.caller)] : [];
    const operations: Operation[] = [];
    const roll = rng.next();
    const i = rng.integer(2);
    if (roll < surroundings.risky) {
      // With fresh snapshots the pool does not ask by itself.
      for (const each of [0, 1]) operations.push(refreshing(context, each, false));
      return { used, operations, after: surroundings.riskyUse(context.caller) };
    }
    for (const each of [0, 1]) if (surroundings.patient || rng.next() < 0.35) operations.push(measuring(context, each));
    if (rng.next() < 0.05) operations.push(askingVolatility(context, i));
    if (rng.next() < 0.07) operations.push(correlating(context, i));
    if (rng.next() < 0.18) operations.push(governing(context, rng));
    if (roll < 0.86) operations.push(refreshing(context, i, rng.next() < 0.85));
    if (roll < 0.4) operations.push(refreshing(context, 1 - i, rng.next() < 0.85));
    if (rng.next() < 0.08) operations.push(claiming(context, this.#world.probes[rng.integer(3)]));
    if (rng.next() < 0.01) operations.push(refreshingUnknown(context));
    return { used, operations, after: [] };
  }

  async #step(
    context: RiskContext,
    before: readonly Call[],
    operations: readonly Operation[],
    after: readonly Call[],
  ): Promise<void> {
    const { s, world, caller } = context;
    const views = this.#views(context);
    const own = operations.flatMap(({ calls }) => calls);
    const { answers, told } = await world.chain.run(caller, [...before, ...own, ...after, ...views], s.now);
    const events = new Events(told);
    let at = before.length;
    for (const { calls, follow } of operations) {
      follow(answers.slice(at, at + calls.length), events);
      at += calls.length;
    }
    expectSame("events left over", events.left, 0);
    this.#expectViews(context, answers.slice(at + after.length));
    this.#seen.count("steps");
  }

  // --- what contracts show ----------------------------------------------------------------------------------------------

  #views({ world, pair }: RiskContext): Call[] {
    const { volatility, liquidityOracle, breaker, risk, engine } = world;
    const own = world.assets.flatMap((asset) => [
      volatility.call("volatilityOf", asset),
      liquidityOracle.call("depthAndReserveOf", asset),
      breaker.call("assessmentOf", engine.address, asset),
      risk.call("riskOf", asset),
    ]);
    const [a, b] = world.assets;
    const correlation = pair === undefined ? [] : [volatility.call("correlationOf", a, b)];
    const pooled = breaker.call("assessmentOf", engine.address, world.pool.address);
    return [...own, pooled, ...world.probes.map((probe) => engine.call("rewardOf", probe)), ...correlation];
  }

  #expectViews({ world, s, rules, pair }: RiskContext, answers: readonly Answered[]): void {
    const { volatility, liquidityOracle, breaker, risk, engine } = world;
    let at = 0;
    const next = (contact: typeof engine, name: string) => contact.read(name, answers[at++]);
    const struct = (contact: typeof engine, name: string) => next(contact, name)[0] as Record<string, unknown>;
    const assessed = (what: string, state: BreakerState) => {
      const expected = assessmentOf(state, s.now, rules.breaker);
      const level = BigInt(LEVELS.indexOf(expected.level));
      expectFields(what, struct(breaker, "assessmentOf"), { ...expected, level });
    };
    for (const [i, asset] of s.assets.entries()) {
      const { stressWad, floorWad, sampledAt } = asset.volatility;
      const expected = { ...volatilityOf(asset.volatility, s.now, rules.volatility), stressWad, floorWad, sampledAt };
      expectFields(`volatility of ${i}`, struct(volatility, "volatilityOf"), expected);
      const { average: depth, updatedAt } = asset.depth;
      const measured = next(liquidityOracle, "depthAndReserveOf").toObject();
      expectFields(`depth of ${i}`, measured, { depth, reserve: reserveOf(asset.depth), updatedAt });
      assessed(`breaker of ${i}`, asset.breaker);
      expectFields(`risk of ${i}`, struct(risk, "riskOf"), riskOf(s.limits, asset.pool, s.now, rules.pool));
    }
    assessed("breaker of the pool", s.breaker);
    for (const probe of world.probes) {
      expectSame("reward", next(engine, "rewardOf")[0], s.earned.get(probe) ?? 0n);
    }
    // Asked for only where it had been tracked before this block.
    if (pair === undefined || at === answers.length) return;
    const { sampledAt } = pair;
    expectFields("correlation", struct(volatility, "correlationOf"), { ...correlationOf(pair), sampledAt });
  }
}
