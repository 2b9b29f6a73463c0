import { ZeroAddress } from "ethers";

import type { ParameterReader } from "./parameter-reader.ts";
import type { CollateralRiskParameters, CorrelationParameters, RiskParameters } from "./parameters.ts";

const MAX_UINT96 = (1n << 96n) - 1n;
const HOUR = 3_600n;
const DAY = 86_400n;
/** Of `VolatilityConfig`. [WAD per √day] */
const MIN_SIGMA_WAD = 10n ** 13n;
const MAX_CLAMP_WAD = 3n * 10n ** 18n;
const MAX_DEPTH_POOLS = 4;

/**
 * What all collaterals share.
 * @param collaterals Tokens of the file.
 */
export function readRisk(r: ParameterReader, collaterals: readonly string[]): RiskParameters {
  const flow = r.section("flow");
  const rewards = r.section("rewards");
  return {
    maxAge: r.whole("maxAge", 60n, DAY),
    breaker: r.flag("breaker"),
    flow: {
      exitShareBps: flow.whole("exitShareBps", 500n, 10_000n),
      exitWindow: flow.whole("exitWindow", 600n, 7n * DAY),
      leverageTau: flow.whole("leverageTau", HOUR, 7n * DAY),
      outageGrace: flow.whole("outageGrace", 0n, DAY),
    },
    rewards: {
      perPoke: rewards.whole("perPoke", 0n, MAX_UINT96),
      perDay: rewards.whole("perDay", 0n, MAX_UINT96),
      interval: rewards.whole("interval", 60n, DAY),
    },
    correlations: r.has("correlations") ? readCorrelations(r, collaterals) : [],
  };
}

function readCorrelations(r: ParameterReader, collaterals: readonly string[]): CorrelationParameters[] {
  const seen = new Set<string>();
  return r.list("correlations").map((entry) => {
    const assets = entry.addresses("assets");
    const key = assets.toSorted().join();
    const arePair = assets.length === 2 && assets[0] !== assets[1] && assets.every((a) => collaterals.includes(a));
    if (!arePair || seen.has(key)) {
      throw entry.refused("assets", "two collaterals of the file, each pair once", assets);
    }
    seen.add(key);
    const floorPercent = entry.whole("floorPercent", 0n, 100n);
    const initialPercent = entry.whole("initialPercent", floorPercent, 100n);
    return { assets: [assets[0], assets[1]], floorPercent, initialPercent };
  });
}

/**
 * How a collateral is judged.
 * @param twapPool Pool of its market, where its depth is measured if the file names no others.
 */
export function readCollateralRisk(r: ParameterReader, twapPool: string): CollateralRiskParameters {
  const engine = r.section("engine");
  return {
    volatility: readVolatility(r.section("volatility")),
    depth: readDepth(r.section("depth"), twapPool),
    factors: readFactors(r.section("factors")),
    engine: {
      turnoverPerDayHundredths: engine.whole("turnoverPerDayHundredths", 1n, 10_000_000n),
      sliceBps: engine.whole("sliceBps", 1n, 1_000_000n),
      depthMaxAge: engine.whole("depthMaxAge", 60n, DAY),
    },
  };
}

function readVolatility(r: ParameterReader): CollateralRiskParameters["volatility"] {
  const clampWad = r.whole("clampWad", MIN_SIGMA_WAD, MAX_CLAMP_WAD);
  const stressWad = r.whole("stressWad", MIN_SIGMA_WAD, clampWad);
  return {
    interval: r.whole("interval", 60n, DAY),
    initialWad: r.whole("initialWad", MIN_SIGMA_WAD, clampWad),
    initialSlowWad: r.has("initialSlowWad") ? r.whole("initialSlowWad", MIN_SIGMA_WAD, clampWad) : 0n,
    stressWad,
    floorWad: r.whole("floorWad", MIN_SIGMA_WAD, stressWad),
    clampWad,
    impliedMaxAge: r.whole("impliedMaxAge", 0n, 7n * DAY),
  };
}

function readDepth(r: ParameterReader, twapPool: string): CollateralRiskParameters["depth"] {
  const pools = r.has("pools") ? r.addresses("pools") : twapPool === ZeroAddress ? [] : [twapPool];
  if (pools.length === 0 || pools.length > MAX_DEPTH_POOLS) {
    throw r.refused("pools", `1 to ${MAX_DEPTH_POOLS} Uniswap v3 pools`, pools);
  }
  const riseTau = r.whole("riseTau", HOUR, 30n * DAY);
  const longestFall = riseTau - 1n < 7n * DAY ? riseTau - 1n : 7n * DAY;
  return {
    pools,
    impactBps: r.whole("impactBps", 10n, 2_000n),
    maxTicks: r.whole("maxTicks", 1n, 512n),
    window: r.whole("window", 60n, DAY),
    riseTau,
    fallTau: r.whole("fallTau", 60n, longestFall),
  };
}

function readFactors(r: ParameterReader): CollateralRiskParameters["factors"] {
  const maxLiquidationFactorBps = r.whole("maxLiquidationFactorBps", 1n, 9_800n);
  return {
    zHundredths: r.whole("zHundredths", 100n, 1_000n),
    betaBps: r.whole("betaBps", 0n, 2_000n),
    bufferBps: r.whole("bufferBps", 500n, 9_000n),
    minLiquidationFactorBps: r.whole("minLiquidationFactorBps", 0n, maxLiquidationFactorBps),
    maxLiquidationFactorBps,
    freeLeverageBps: r.whole("freeLeverageBps", 10_000n, 65_535n),
    leverageSlopeBps: r.whole("leverageSlopeBps", 0n, 10_000n),
    freeRiseBps: r.whole("freeRiseBps", 0n, 10_000n),
    riseSlopeBps: r.whole("riseSlopeBps", 0n, 10_000n),
    maxAddOnBps: r.whole("maxAddOnBps", 0n, 5_000n),
  };
}
