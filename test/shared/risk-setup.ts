import { ZeroAddress } from "ethers";

import { normalState } from "../../sim/reference/risk-breaker.ts";
import {
  newEngineAsset,
  newSystem,
  setAsset,
  setFlow,
  setRewards,
  type EngineFlow,
  type EngineRewards,
  type RiskAsset,
  type RiskSystem,
} from "../../sim/reference/risk-engine-state.ts";
import type { FactorParameters } from "../../sim/reference/risk-factors.ts";
import { valueOf } from "../../sim/reference/risk-findings.ts";
import { DAY, HOUR } from "../../sim/reference/risk-math.ts";
import type { PoolCollateral } from "../../sim/reference/risk-pool.ts";
import { configure, unknownAsset, type VolatilityConfig } from "../../sim/reference/risk-volatility.ts";
import type { Rng } from "../../sim/rng.ts";
import { logarithmic, whole } from "./auction-actions.ts";
import type { Call } from "./risk-chain.ts";
import type { EngineRules } from "../../sim/reference/risk-engine-state.ts";
import { DOLLARS, LISTED, type RiskWorld } from "./risk-world.ts";

/** The same in every run. [unix s] */
export const START = 2_000_000_000n;

export interface Terms {
  readonly turnoverPerDayHundredths: bigint;
  readonly sliceBps: bigint;
  readonly depthMaxAge: bigint;
}

export function randomTerms(rng: Rng): Terms {
  return {
    turnoverPerDayHundredths: logarithmic(rng, 500, 60_000),
    sliceBps: logarithmic(rng, 100, 20_000),
    depthMaxAge: logarithmic(rng, 1_200, 86_400),
  };
}

export function randomFlow(rng: Rng): EngineFlow {
  return {
    exitShareBps: rng.next() < 0.3 ? 10_000n : whole(rng, 500, rng.next() < 0.5 ? 3_000 : 9_999),
    exitWindow: logarithmic(rng, 600, 86_400),
    leverageTau: logarithmic(rng, 3_600, 86_400),
    outageGrace: whole(rng, 0, 3_600),
  };
}

export function randomRewards(rng: Rng): EngineRewards {
  const perPoke = rng.next() < 0.15 ? 0n : logarithmic(rng, 1e4, 1e10);
  return { perPoke, perDay: perPoke * whole(rng, 0, 30) + whole(rng, 0, 1), interval: logarithmic(rng, 60, 1_000) };
}

export function randomFactors(rng: Rng): FactorParameters {
  return {
    ...{ zHundredths: whole(rng, 200, 500), betaBps: whole(rng, 0, 800), bufferBps: logarithmic(rng, 500, 3_000) },
    ...{ minLiquidationFactorBps: whole(rng, 0, 5_000), maxLiquidationFactorBps: whole(rng, 8_000, 9_500) },
    ...{ freeLeverageBps: whole(rng, 10_000, 30_000), leverageSlopeBps: whole(rng, 0, 1_500) },
    ...{ freeRiseBps: whole(rng, 0, 1_500), riseSlopeBps: whole(rng, 0, 4_000), maxAddOnBps: whole(rng, 500, 2_500) },
  };
}

function randomVolatility(rng: Rng, hasPool: boolean, isToken0: boolean): VolatilityConfig {
  const stressWad = logarithmic(rng, 3e16, 1e17);
  return {
    ...{ hasPool, isToken0, interval: logarithmic(rng, 300, 3_600), impliedMaxAge: whole(rng, 0, 172_800) },
    ...{ initialWad: logarithmic(rng, 1e16, 6e16), initialSlowWad: logarithmic(rng, 1e16, 6e16) },
    ...{ stressWad, floorWad: logarithmic(rng, 1e15, 2e16), clampWad: logarithmic(rng, 2e17, 2e18) },
  };
}

interface Choice {
  readonly volatility: VolatilityConfig;
  readonly terms: Terms;
  readonly factors: FactorParameters;
  readonly impactBps: bigint;
  readonly riseTau: bigint;
  readonly fallTau: bigint;
  readonly window: bigint;
}

/** A collateral as it is listed, before any engine has spoken. */
export function ungoverned(i: number): PoolCollateral {
  const { borrowCapBps, liquidationCapBps } = LISTED[i];
  return {
    ...{ borrowCapBps, liquidationCapBps, borrowFactorBps: borrowCapBps },
    ...{ fromBps: liquidationCapBps, toBps: liquidationCapBps, start: 0n, end: 0n, riseFrom: 0n },
    ...{ freshUntil: 0n, updatedAt: 0n, reserve: 0n, loadingFrom: 100n, loading: 100n, loadingStart: 0n },
    ...{ discountBps: 0n, level: 0n, grace: false },
  };
}

/** Parameters as the stream has them, written to the contracts; and the same for the reference. */
export async function setUp(world: RiskWorld, rng: Rng, rules: EngineRules): Promise<RiskSystem> {
  const { chain, probes, engine, risk, oracle, liquidityOracle } = world;
  const maxAge = rng.next() < 0.4 ? whole(rng, 40_000, 86_400) : logarithmic(rng, 60, 86_400);
  const choices = world.assets.map((_, i): Choice => ({
    volatility: randomVolatility(rng, i === 0 || rng.next() < 0.5, world.markets[i].baseIsToken0),
    ...{ terms: randomTerms(rng), factors: randomFactors(rng), impactBps: BigInt([100, 300, 500][rng.integer(3)]) },
    ...{ riseTau: logarithmic(rng, 7_200, 86_400), fallTau: logarithmic(rng, 60, 3_600), window: 1_800n },
  }));
  const [flow, rewards] = [randomFlow(rng), randomRewards(rng)];
  const now = START + whole(rng, 0, 86_400);
  const market = choices.flatMap((choice, i) => marketCalls(world, i, choice, now));
  const reads = choices.flatMap(({ volatility }, i) => [
    world.sums[i].call("observe", [0n]),
    world.sums[i].call("observe", [volatility.interval]),
    oracle.call("conditionsOf", world.assets[i]),
    risk.call("riskInputs", world.assets[i], true),
    liquidityOracle.call("depthOf", world.assets[i]),
    engine.call("setAsset", world.assets[i], choices[i].terms),
  ]);
  const rest = [
    engine.call("setFlow", flow),
    engine.call("setRewards", rewards),
    risk.call("setRiskEngine", engine.address, maxAge),
  ];
  const { answers } = await chain.run(probes[0], [...market, ...reads, ...rest], now);
  answers.forEach((answer, i) => {
    if (!answer.ok) throw new Error(`set-up call ${i}: ${answer.error}`);
  });
  const at = (asset: number, k: number) => answers[market.length + 6 * asset + k];
  const assets = choices.map((choice, i): RiskAsset => {
    const volatility = unknownAsset();
    const price36 = (oracle.read("conditionsOf", at(i, 2))[0] as Record<string, bigint>).liquidationPrice36;
    const sum = (k: number) => (world.sums[i].read("observe", at(i, k))[0] as bigint[])[0];
    const answer = (ago: bigint) => (choice.volatility.hasPool ? sum(ago === 0n ? 0 : 1) : price36);
    configure(volatility, choice.volatility, answer, now, rules.volatility);
    const average = liquidityOracle.read("depthOf", at(i, 4))[0] as bigint;
    const { impactBps, riseTau, fallTau, window } = choice;
    return {
      ...{ volatility, factors: choice.factors, breaker: normalState(), engine: newEngineAsset() },
      depth: { impactBps, riseTau, fallTau, window, average, sample: average, updatedAt: now },
      pool: ungoverned(i),
    };
  });
  const s = newSystem(assets, maxAge, now);
  for (const [i, asset] of assets.entries()) {
    const { liquidationPrice36 } = oracle.read("conditionsOf", at(i, 2))[0] as Record<string, bigint>;
    const { totalSupplied } = risk.read("riskInputs", at(i, 3))[0] as Record<string, bigint>;
    setAsset(s, asset, choices[i].terms, valueOf(totalSupplied, liquidationPrice36));
  }
  setFlow(s, flow);
  setRewards(s, rewards);
  return s;
}

/** Sources and what is judged by them. */
function marketCalls(world: RiskWorld, i: number, choice: Choice, now: bigint): Call[] {
  const asset = world.assets[i];
  const { hasPool, isToken0: _, ...volatility } = choice.volatility;
  const front = world.fronts[i].address;
  const { impactBps, riseTau, fallTau, window } = choice;
  return [
    world.sequencer.call("setRound", 0, now - DAY, now),
    world.feeds[i].call("setAnswer", BigInt(DOLLARS[i]) * 10n ** 8n),
    world.loanFeed.call("setAnswer", 10n ** 8n),
    world.oracle.call("setSequencer", world.sequencer.address, 1_800),
    world.oracle.call("setQuoteFeeds", [{ source: world.loanFeed.address, heartbeat: 2n * HOUR }]),
    world.oracle.call("setMarket", asset, {
      feeds: [{ source: world.feeds[i].address, heartbeat: 2n * HOUR }],
      // One of the two by way of the loan asset's feed.
      ...{ feedsInQuote: i === 0, twapPool: front, twapWindow: 900n, snapshotMaxAge: 300n, emaTimeConstant: 3_600n },
      ...{ bandBps: 500n, bandWidenBpsPerMinute: 100n, requiredSources: 1n + BigInt(i) },
    }),
    world.oracle.call("poke", asset),
    world.volatility.call("setAsset", asset, { ...volatility, pool: hasPool ? front : ZeroAddress }),
    world.liquidityOracle.call("setMarket", asset, {
      ...{ pools: [front], impactBps, maxTicks: 64n, window, riseTau, fallTau },
    }),
    world.model.call("setParameters", asset, choice.factors),
  ];
}
