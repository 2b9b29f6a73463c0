import { Refused } from "../../sim/reference/auction-state.ts";
import { less, minimum, WAD } from "../../sim/reference/fixed-point.ts";
import { sampleDepth } from "../../sim/reference/risk-averages.ts";
import { correlationOf, pokePair, type Leg } from "../../sim/reference/risk-correlation.ts";
import { correlate, refresh } from "../../sim/reference/risk-engine.ts";
import { claim } from "../../sim/reference/risk-engine-state.ts";
import type { Books } from "../../sim/reference/risk-findings.ts";
import { factorAt, floorAt } from "../../sim/reference/risk-pool.ts";
import { pokeVolatility, volatilityOf } from "../../sim/reference/risk-volatility.ts";
import { Divergence, expectSame } from "./auction-compare.ts";
import { expectAlike, expectFields, textOf } from "./risk-compare.ts";
import { Sources, type Operation, type RiskContext } from "./risk-context.ts";
import { eventsOfRefresh } from "./risk-events.ts";
import { countRefresh } from "./risk-tally.ts";

const UNKNOWN = "0x000000000000000000000000000000000000dEaD";

/** A refresh of a collateral, by a keeper or by nobody who is rewarded. */
export function refreshing(context: RiskContext, i: number, rewarded: boolean): Operation {
  const { world, s, rules, seen, caller } = context;
  const { engine, risk } = world;
  const [asset, token] = [s.assets[i], world.assets[i]];
  const sources = new Sources(context, [asset.volatility.interval]);
  const name = rewarded ? "poke" : "refresh";
  const own = [risk.call("riskInputs", token, true), engine.call(name, token)];
  return {
    text: `${name} ${i}`,
    calls: [...sources.calls, ...own],
    follow: (answers, events) => {
      const [told, done] = answers.slice(sources.calls.length);
      const inputs = risk.read("riskInputs", told)[0] as unknown as Books & Record<string, unknown>;
      expectSame("factor in force", inputs.liquidationFactorBps, factorAt(asset.pool, s.now));
      expectSame("exit floor in force", inputs.exitFloorShares, floorAt(s.limits, s.now));
      const books = booksOf(inputs);
      const before = structuredClone(s);
      const conditions = (mayWait: bigint) => {
        const answer = events.takeConditions(token);
        if (answer === undefined) throw new Divergence(`${name}: contract does not ask for prices, reference does`);
        expectSame("may wait", answer.mayWait, mayWait);
        return answer.conditions;
      };
      const outside = { answer: sources.answerOf(i, answers), books, conditions };
      const act = () => refresh(s, asset, outside, rewarded ? caller : undefined, rules);
      const refreshed = expectAlike(name, done, act, seen);
      if (refreshed === undefined) return seen.count("refresh: too soon");
      const expected = eventsOfRefresh(world, s, asset, token, refreshed, caller, rules);
      expectSame("told", events.take(expected.length).join("; "), expected.join("; "));
      countRefresh(seen, before, s, i, books, refreshed);
    },
  };
}

function booksOf(inputs: Books): Books {
  const { totalSupplied, debtAssets, backlog, lenderAssets, lenderShares, provision, badDebt, touched } = inputs;
  return { totalSupplied, debtAssets, backlog, lenderAssets, lenderShares, provision, badDebt, touched };
}

/** Of a collateral that no engine knows. */
export function refreshingUnknown({ world, seen }: RiskContext): Operation {
  return {
    text: "poke of an unknown collateral",
    calls: [world.engine.call("poke", UNKNOWN)],
    follow: ([answer]) => {
      const refuse = (): undefined => {
        throw new Refused("EngineAssetUnknown");
      };
      expectAlike("poke", answer, refuse, seen);
    },
  };
}

/** A measurement of depth: what the market pays out is an input. */
export function measuring({ world, s, seen, rules }: RiskContext, i: number): Operation {
  const { liquidityOracle } = world;
  const [asset, token] = [s.assets[i], world.assets[i]];
  return {
    text: `pokeDepth ${i}`,
    calls: [liquidityOracle.call("poolsOf", token), liquidityOracle.call("pokeDepth", token)],
    follow: ([measured, done], events) => {
      const pools = liquidityOracle.read("poolsOf", measured)[0] as readonly {
        readonly status: bigint;
        readonly walked: bigint;
        readonly mean: bigint;
      }[];
      const paid = pools.map(({ status, walked, mean }) => (status === 0n ? minimum(walked, mean) : 0n));
      const before = asset.depth.average;
      const taken = expectAlike("pokeDepth", done, () => sampleDepth(asset.depth, paid, s.now, rules.depth), seen);
      if (taken !== true) return seen.count("depth: too soon");
      const { average, sample } = asset.depth;
      const answering = pools.reduce((bits, { status }, k) => (status === 0n ? bits | (1n << BigInt(k)) : bits), 0n);
      expectSame("told", events.take(1).join(), textOf(["DepthPoked", token, average, sample, answering]));
      if (sample === 0n) seen.count("depth: gone");
      if (average > before) seen.count("depth: rises");
      if (average < before) seen.count("depth: falls");
      if (average === before && sample !== before) seen.count("depth: not confirmed");
    },
  };
}

/** Correlations of a collateral with the other one. */
export function correlating(context: RiskContext, i: number): Operation {
  const { world, s, rules, seen } = context;
  const token = world.assets[i];
  const intervals = s.assets.map(({ volatility }) => volatility.interval);
  const sources = new Sources(context, intervals);
  return {
    text: `pokeCorrelations ${i}`,
    calls: [...sources.calls, world.engine.call("pokeCorrelations", token)],
    follow: (answers, events) => {
      const legs = s.assets.map((each, k): Leg => ({ asset: each.volatility, answer: sources.answerOf(k, answers) }));
      const { pair } = context;
      const expected: unknown[][] = [];
      const act = () => {
        const averaged = pair !== undefined && pokePair(pair, legs[0], legs[1], s.now, rules.volatility);
        const rho = pair === undefined ? undefined : correlationOf(pair);
        if (averaged) expected.push(["CorrelationSampled", ...sorted(world.assets), rho!.fastWad, rho!.slowWad]);
        correlate(s, s.assets[i], rho?.usedWad ?? WAD);
        expected.push(["CorrelationsRefreshed", token, rho?.usedWad ?? WAD]);
        if (rho !== undefined) seen.count("correlation: tracked");
      };
      expectAlike("pokeCorrelations", answers[sources.calls.length], act, seen);
      expectSame("told", events.take(expected.length).join("; "), expected.map(textOf).join("; "));
    },
  };
}

const sorted = (tokens: readonly string[]) => [...tokens].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));

/** The volatility oracle, asked by somebody else. */
export function askingVolatility(context: RiskContext, i: number): Operation {
  const { world, s, rules, seen } = context;
  const { volatility } = s.assets[i];
  const sources = new Sources(context, [volatility.interval]);
  return {
    text: `volatility.poke ${i}`,
    calls: [...sources.calls, world.volatility.call("poke", world.assets[i])],
    follow: (answers, events) => {
      const act = () => pokeVolatility(volatility, sources.answerOf(i, answers), s.now, rules.volatility);
      const sampled = expectAlike("volatility.poke", answers[sources.calls.length], act, seen);
      if (sampled?.returnWad === undefined) return;
      const { fastWad, slowWad } = volatilityOf(volatility, s.now, rules.volatility);
      const { returnWad, elapsed } = sampled;
      const expected = ["VolatilitySampled", world.assets[i], returnWad, elapsed, fastWad, slowWad];
      expectSame("told", events.take(1).join(), textOf(expected));
    },
  };
}

/** Pays out what a keeper has earned: as much as reserves can spare. */
export function claiming({ world, s, seen }: RiskContext, keeper: string): Operation {
  const { pool, risk, engine } = world;
  return {
    text: `claim ${world.probes.indexOf(keeper)}`,
    calls: [
      pool.call("accrue"),
      pool.call("totals"),
      risk.call("riskInputs", world.assets[0], true),
      engine.call("claim", keeper),
    ],
    follow: ([, totals, inputs, done], events) => {
      const { reserves, cash } = pool.read("totals", totals)[0] as Record<string, bigint>;
      const { provision } = risk.read("riskInputs", inputs)[0] as Record<string, bigint>;
      const earned = s.earned.get(keeper) ?? 0n;
      const spare = minimum(less(reserves, provision), cash);
      const paid = expectAlike("claim", done, () => claim(s, keeper, spare), seen);
      expectFields("claim", { paid: engine.read("claim", done)[0] as bigint }, { paid });
      if (earned === 0n) return;
      expectSame("told", events.take(1).join(), textOf(["RewardClaimed", keeper, paid]));
      seen.count(paid === earned ? "claim: all" : "claim: not all");
    },
  };
}
