/** What a risk engine remembers, and what governance sets of it. To the unit. */
import { Refused } from "./auction-state.ts";
import { divUp, less, minimum } from "./fixed-point.ts";
import { BREAKER, normalState, type BreakerRules, type BreakerState } from "./risk-breaker.ts";
import { DEPTH, type Depth, type DepthRules } from "./risk-averages.ts";
import { FACTORS, type FactorParameters, type FactorRules } from "./risk-factors.ts";
import { DAY, HOUR, inRange, toBits } from "./risk-math.ts";
import { POOL, type PoolCollateral, type PoolLimits, type PoolRules } from "./risk-pool.ts";
import { VOLATILITY, type VolatilityRules } from "./risk-samples.ts";
import { THRESHOLDS, type Thresholds } from "./risk-thresholds.ts";
import type { VolatilityAsset } from "./risk-volatility.ts";

/** What a wrong reference may do otherwise. */
export interface EngineRules {
  readonly volatility: VolatilityRules;
  readonly depth: DepthRules;
  readonly factors: FactorRules;
  readonly breaker: BreakerRules;
  readonly pool: PoolRules;
  /** Between two refreshes of a collateral. [s] */
  readonly refreshInterval: bigint;
  /** Least time over which a move is judged. [s] */
  readonly moveWindow: bigint;
  /** Volatility and pool are looked at no more often, and what is older whatever else there is to do. [s] */
  readonly lookInterval: bigint;
  readonly lookMaxAge: bigint;
  /** What the price oracle has left puts off both looks. */
  readonly heedsErrands: boolean;
  /** A change of a value that is counted. */
  readonly isNews: (value: bigint, counted: bigint) => boolean;
  /** Of the breaker's last word on the pool 63rds are kept, rounded up. */
  readonly keptTightness: (tightnessWad: bigint) => bigint;
  /** Whether a reward is still within the day's cap. */
  readonly withinCap: (rewarded: bigint, perPoke: bigint, perDay: bigint) => boolean;
}

export const ENGINE: EngineRules = {
  ...{ volatility: VOLATILITY, depth: DEPTH, factors: FACTORS, breaker: BREAKER, pool: POOL },
  ...{ refreshInterval: 12n, moveWindow: 300n, lookInterval: 60n, lookMaxAge: 300n, heedsErrands: true },
  isNews: (value, counted) => (value > counted ? value - counted : counted - value) > counted / 256n,
  keptTightness: (tightnessWad) => divUp(minimum(tightnessWad, 10n ** 18n) * 63n, 10n ** 18n),
  withinCap: (rewarded, perPoke, perDay) => rewarded * perPoke <= perDay,
};

export interface EngineAsset {
  // Terms.
  turnoverPerDayHundredths: bigint;
  sliceBps: bigint;
  /** 0: not known. [s] */
  depthMaxAge: bigint;
  correlatedAt: bigint;
  loadingPercent: bigint;
  /** Of all that is supplied, as it is counted. [loan base units] */
  value: bigint;
  // As of the last refresh.
  anchorTick: bigint;
  /** 0: none. */
  anchorAt: bigint;
  refreshedAt: bigint;
  rewardedAt: bigint;
  /** When there was last no price at all. */
  darkAt: bigint;
  /** σ* and the excess of the fast one, as the volatility oracle last said. */
  sigmaWad: bigint;
  excessWad: bigint;
  /** The next refresh is the turn of what the price oracle has left. */
  errandDue: boolean;
  askedAt: bigint;
  /** When a refresh of this collateral last looked at the whole pool, not used before in the block. */
  lookedAt: bigint;
}

export interface EngineFlow {
  readonly exitShareBps: bigint;
  readonly exitWindow: bigint;
  readonly leverageTau: bigint;
  readonly outageGrace: bigint;
}

export interface EngineRewards {
  readonly perPoke: bigint;
  readonly perDay: bigint;
  readonly interval: bigint;
}

/** Everything about one collateral. */
export interface RiskAsset {
  readonly volatility: VolatilityAsset;
  readonly depth: Depth;
  factors: FactorParameters;
  readonly breaker: BreakerState;
  readonly engine: EngineAsset;
  readonly pool: PoolCollateral;
}

export interface RiskSystem {
  now: bigint;
  readonly assets: readonly RiskAsset[];
  readonly limits: PoolLimits;
  /** False: the engine was given none. */
  hasBreaker: boolean;
  thresholds: Thresholds;
  /** The pool's. */
  readonly breaker: BreakerState;
  flow: EngineFlow;
  rewards: EngineRewards;
  /** By keeper. [loan base units] */
  readonly earned: Map<string, bigint>;
  /** Who was rewarded last. */
  rewarded: string | undefined;
  rewardDay: bigint;
  rewardedToday: bigint;
  /** Σ of the collaterals' values, to 41 bits. [loan base units] */
  value: bigint;
  leverageWad: bigint;
  sampleWad: bigint;
  sampledAt: bigint;
  /** [63rds] */
  tightness: bigint;
  level: bigint;
  /** As the latest look, or refresh, found them in a block in which the pool had not been used: to 43 and 34 bits. */
  lenderShares: bigint;
  debtAssets: bigint;
  /** What the pool had lost when it was last seen to lose something, and what counts of it still. */
  lossSeen: bigint;
  lossRecent: bigint;
  lossAt: bigint;
}

const NO_LIMIT: EngineFlow = {
  ...{ exitShareBps: 10_000n, exitWindow: HOUR, leverageTau: 6n * HOUR },
  outageGrace: 1_800n,
};

/** An engine that knows no asset yet. */
export function newSystem(assets: readonly RiskAsset[], maxAge: bigint, now: bigint): RiskSystem {
  const limits = { maxAge, restricted: false, limited: false, floorShares: 0n, refill: 0n, floorAt: 0n };
  return {
    ...{ now, assets, limits, hasBreaker: true, thresholds: THRESHOLDS, breaker: normalState(), flow: NO_LIMIT },
    ...{
      rewards: { perPoke: 0n, perDay: 0n, interval: 300n },
      earned: new Map(),
      rewarded: undefined,
      rewardDay: 0n,
      rewardedToday: 0n,
    },
    ...{ value: 0n, leverageWad: 0n, sampleWad: 0n, sampledAt: 0n, tightness: 0n, level: 0n },
    ...{ lenderShares: 0n, debtAssets: 0n, lossSeen: 0n, lossRecent: 0n, lossAt: 0n },
  };
}

export function newEngineAsset(): EngineAsset {
  const terms = { turnoverPerDayHundredths: 0n, sliceBps: 0n, depthMaxAge: 0n, correlatedAt: 0n, loadingPercent: 0n };
  const moment = { anchorTick: 0n, anchorAt: 0n, refreshedAt: 0n, rewardedAt: 0n, darkAt: 0n };
  return { ...terms, ...moment, value: 0n, sigmaWad: 0n, excessWad: 0n, errandDue: false, askedAt: 0n, lookedAt: 0n };
}

/** A copy that shares nothing that changes. */
export function copyOf(s: RiskSystem): RiskSystem {
  return structuredClone(s);
}

// --- governance ---------------------------------------------------------------------------------------------------------

const within = (parameter: string, value: bigint, low: bigint, high: bigint) =>
  inRange("EngineConfigOutOfRange", parameter, value, low, high);

/** @param value Of all that is supplied of it, now. */
export function setAsset(
  s: RiskSystem,
  { engine }: RiskAsset,
  terms: Pick<EngineAsset, "turnoverPerDayHundredths" | "sliceBps" | "depthMaxAge">,
  value: bigint,
): void {
  within("turnoverPerDay", terms.turnoverPerDayHundredths, 1n, 10_000_000n);
  within("slice", terms.sliceBps, 1n, 1_000_000n);
  within("depthMaxAge", terms.depthMaxAge, 60n, DAY);
  Object.assign(engine, terms);
  countValue(s, engine, value);
}

const MAX_VALUE = (1n << 112n) - 1n;

/** Puts the value of a collateral into the sum. */
export function countValue(s: RiskSystem, engine: EngineAsset, value: bigint): void {
  const counted = minimum(value, MAX_VALUE);
  s.value = toBits(minimum(less(s.value, engine.value) + counted, MAX_VALUE), 41);
  engine.value = counted;
}

export function setFlow(s: RiskSystem, flow: EngineFlow): void {
  within("exitShare", flow.exitShareBps, 500n, 10_000n);
  within("exitWindow", flow.exitWindow, 600n, 7n * DAY);
  within("leverageTau", flow.leverageTau, HOUR, 7n * DAY);
  within("outageGrace", flow.outageGrace, 0n, DAY);
  s.flow = flow;
}

/** What the day has brought counts as pokes at the new reward. */
export function setRewards(s: RiskSystem, rewards: EngineRewards): void {
  within("rewardInterval", rewards.interval, 60n, DAY);
  within("rewardPerDay", rewards.perDay, 0n, (1n << 80n) - 1n);
  if (rewards.perPoke !== 0n) s.rewardedToday = divUp(s.rewardedToday * s.rewards.perPoke, rewards.perPoke);
  s.rewards = rewards;
}

/** What another breaker said of the pool is forgotten. */
export function changeBreaker(s: RiskSystem, has: boolean): void {
  [s.hasBreaker, s.tightness, s.level] = [has, 0n, 0n];
}

/** @returns What a keeper is paid of what he has earned: as much as the pool can spare. */
export function claim(s: RiskSystem, keeper: string, spare: bigint): bigint {
  const earned = s.earned.get(keeper) ?? 0n;
  const paid = minimum(earned, spare);
  s.earned.set(keeper, earned - paid);
  return paid;
}

export function requireAsset({ engine }: RiskAsset): void {
  if (engine.depthMaxAge === 0n) throw new Refused("EngineAssetUnknown");
}
