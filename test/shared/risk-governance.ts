import { ZeroAddress } from "ethers";

import { LEVELS, raise, type Level } from "../../sim/reference/risk-breaker.ts";
import { trackPair, type Leg } from "../../sim/reference/risk-correlation.ts";
import { changeBreaker, setAsset, setFlow, setRewards } from "../../sim/reference/risk-engine-state.ts";
import { checkParameters } from "../../sim/reference/risk-factors.ts";
import { valueOf } from "../../sim/reference/risk-findings.ts";
import { postImplied, raiseFloor } from "../../sim/reference/risk-volatility.ts";
import type { Rng } from "../../sim/rng.ts";
import { logarithmic, whole } from "./auction-actions.ts";
import { expectSame } from "./auction-compare.ts";
import { expectAlike, textOf } from "./risk-compare.ts";
import { Sources, type Operation, type RiskContext } from "./risk-context.ts";
import { randomFactors, randomFlow, randomRewards, randomTerms } from "./risk-setup.ts";

/** What governor, guardian and poster of implied volatilities may do to a running engine. */
export function governing(context: RiskContext, rng: Rng): Operation {
  const { world, s, rules, seen } = context;
  const i = rng.integer(2);
  const [asset, token] = [s.assets[i], world.assets[i]];
  const one = (name: string, call: Operation["calls"][number], act: () => void): Operation => ({
    text: name,
    calls: [call],
    follow: ([answer]) => {
      expectAlike(name, answer, act, seen);
    },
  });
  switch (rng.integer(9)) {
    case 0: {
      const wild = rng.next() < 0.2;
      const flow = { ...randomFlow(rng), ...(wild ? { exitShareBps: 499n } : {}) };
      return one("setFlow", world.engine.call("setFlow", flow), () => setFlow(s, flow));
    }
    case 1: {
      const wild = rng.next() < 0.2;
      const rewards = { ...randomRewards(rng), ...(wild ? { interval: 59n } : {}) };
      return one("setRewards", world.engine.call("setRewards", rewards), () => setRewards(s, rewards));
    }
    case 2:
      return setting(context, rng, i);
    case 3: {
      const wild = rng.next() < 0.2;
      const factors = { ...randomFactors(rng), ...(wild ? { bufferBps: 499n } : {}) };
      return one("setParameters", world.model.call("setParameters", token, factors), () => {
        checkParameters(factors);
        asset.factors = factors;
      });
    }
    case 4: {
      const sigma = logarithmic(rng, 1e15, 1e18);
      return one("postImplied", world.volatility.call("postImplied", token, sigma), () =>
        postImplied(asset.volatility, sigma, s.now, rules.volatility),
      );
    }
    case 5: {
      const sigma = logarithmic(rng, Number(asset.volatility.floorWad) * 0.8, Number(asset.volatility.floorWad) * 2);
      return one("raiseFloor", world.volatility.call("raiseFloor", token, sigma), () =>
        raiseFloor(asset.volatility, sigma),
      );
    }
    case 6:
      return raising(context, rng, i);
    case 7: {
      if (rng.next() < 0.5) return raising(context, rng, i);
      const has = !s.hasBreaker;
      const modules = { ...world.modules, breaker: has ? world.breaker.address : ZeroAddress };
      return one("setModules", world.engine.call("setModules", modules), () => changeBreaker(s, has));
    }
    default:
      return tracking(context, rng);
  }
}

/** How a collateral is judged: its value is counted anew. */
function setting({ world, s, seen }: RiskContext, rng: Rng, i: number): Operation {
  const token = world.assets[i];
  const terms = { ...randomTerms(rng), ...(rng.next() < 0.2 ? { depthMaxAge: 59n } : {}) };
  return {
    text: `setAsset ${textOf([i, terms])}`,
    calls: [
      world.oracle.call("conditionsOf", token),
      world.risk.call("riskInputs", token, false),
      world.engine.call("setAsset", token, terms),
    ],
    follow: ([conditions, inputs, answer]) => {
      const { liquidationPrice36 } = world.oracle.read("conditionsOf", conditions)[0] as Record<string, bigint>;
      const { totalSupplied } = world.risk.read("riskInputs", inputs)[0] as Record<string, bigint>;
      const value = valueOf(totalSupplied, liquidationPrice36);
      expectAlike("setAsset", answer, () => setAsset(s, s.assets[i], terms, value), seen);
    },
  };
}

/** The guardian raises the level of a collateral, or of the pool. */
function raising({ world, s, rules, seen }: RiskContext, rng: Rng, i: number): Operation {
  const pool = rng.next() < 0.4;
  const level: Level = LEVELS[1 + rng.integer(2)];
  const seconds = rng.next() < 0.1 ? 14_401n : logarithmic(rng, 60, 14_400);
  const subject = pool ? world.pool.address : world.assets[i];
  const state = pool ? s.breaker : s.assets[i].breaker;
  const number = BigInt(LEVELS.indexOf(level));
  return {
    text: `raise ${pool ? "pool" : i} to ${level} for ${seconds} s`,
    calls: [world.breaker.call("raise", world.engine.address, subject, number, seconds)],
    follow: ([answer], events) => {
      const end = expectAlike("raise", answer, () => raise(state, level, seconds, s.now, rules.breaker), seen);
      if (end === undefined) return;
      const expected = textOf(["BreakerRaised", world.engine.address, subject, number, end]);
      expectSame("told", events.take(1).join(), expected);
    },
  };
}

/** Tracks the correlation of the two collaterals, anew. */
export function tracking(context: RiskContext, rng: Rng): Operation {
  const { world, s, rules, seen } = context;
  const sources = new Sources(context, []);
  const [floor, initial] = [whole(rng, 0, 80), whole(rng, 80, 101)];
  const [a, b] = world.assets;
  return {
    text: `setPair ${floor} ${initial}`,
    calls: [...sources.calls, world.volatility.call("setPair", a, b, floor, initial)],
    follow: (answers) => {
      const legs = s.assets.map((each, k): Leg => ({ asset: each.volatility, answer: sources.answerOf(k, answers) }));
      const act = () => trackPair(legs[0], legs[1], floor, initial, s.now, rules.volatility);
      const pair = expectAlike("setPair", answers[sources.calls.length], act, seen);
      if (pair !== undefined) context.pair = pair;
    },
  };
}
