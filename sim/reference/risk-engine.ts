/**
 * Executable specification of a risk engine's refresh: from prices, depth and the pool's books to what the pool is told. To the
 * unit.
 */
import { divUp, less, maximum, minimum, WAD } from "./fixed-point.ts";
import { ratioWad } from "./risk-averages.ts";
import { assess, LEVELS, QUIET, type Assessed, type BreakerInputs, type Level } from "./risk-breaker.ts";
import { loadingPercentUp } from "./risk-correlation.ts";
import {
  countValue,
  ENGINE,
  requireAsset,
  type EngineRules,
  type RiskAsset,
  type RiskSystem,
} from "./risk-engine-state.ts";
import { targetsOf } from "./risk-factors.ts";
import {
  believed,
  isLarge,
  depthOf,
  divergenceOf,
  exposureUp,
  graceOf,
  limitExits,
  moveOf,
  recentLoss,
  riseOf,
  takeLeverage,
  valueOf,
  type Books,
  type Conditions,
} from "./risk-findings.ts";
import { BPS, DAY, MAX_128, mulWadDown } from "./risk-math.ts";
import { applyRisk, factorAt, type PoolUpdate, type RiskUpdate } from "./risk-pool.ts";
import type { Answer } from "./risk-samples.ts";
import { pokeVolatility, volatilityOf, type Sampled } from "./risk-volatility.ts";

/** What is older counts as one. [s] */
const CORRELATION_MAX_AGE = DAY;
/** Ages are kept up to 18 hours. [s] */
const MAX_AGE = 65_535n;

/** What a poke of the price oracle may leave for another time where nothing speaks for it: to be added up. */
export const MAY_WAIT = { mean: 1n, quote: 2n, decimals: 4n, either: 8n } as const;

/** What is asked in the course of a refresh. */
export interface Outside {
  readonly answer: Answer;
  readonly books: Books;
  /** @param mayWait What the price oracle may leave for another time: see `MAY_WAIT`. */
  readonly conditions: (mayWait: bigint) => Conditions;
}

/** What a refresh did. */
export interface Refreshed {
  readonly sigmaWad: bigint;
  readonly leverageWad: bigint;
  readonly moveWad: bigint;
  readonly asked: boolean;
  readonly sampled: Sampled | undefined;
  readonly whole: boolean;
  /** Neither, since the price oracle had something to ask. */
  readonly errand: boolean;
  /** Of the collateral, then of the pool. */
  readonly judged: readonly Assessed[];
  readonly update: RiskUpdate;
  readonly pool: PoolUpdate | undefined;
  /** The pool's own limits began or ended. */
  readonly turned: boolean;
  readonly reward: Reward;
  /** To another keeper than the one before. */
  readonly anew: boolean;
}

/** What the caller got, or why nothing. */
export type Reward = "paid" | "too soon" | "capped" | "none";

/**
 * Refreshes everything about a collateral.
 * @param keeper Who is rewarded; left out: nobody.
 * @returns Undefined: it is too soon.
 */
export function refresh(
  s: RiskSystem,
  asset: RiskAsset,
  outside: Outside,
  keeper?: string,
  rules: EngineRules = ENGINE,
): Refreshed | undefined {
  requireAsset(asset);
  const { engine, pool } = asset;
  const { now } = s;
  if (now - engine.refreshedAt < rules.refreshInterval) return undefined;
  const { books } = outside;
  const { errandDue } = engine;
  const { sigmaWad, excessWad, asked, sampled, whole } = askVolatility(s, asset, outside.answer, rules);
  const errand = errandDue && !asked && !whole;
  // What may have been staged is no turn taken: the next refresh looks again.
  if (whole && !books.touched) engine.lookedAt = now;
  const price = outside.conditions(patienceOf(sampled !== undefined, errand, whole));
  engine.errandDue = price.errandDue;
  const { depth, reserve } = depthOf(s, asset);
  const moveWad = moveOf(s, asset, price, sigmaWad, rules);
  const dark = price.liquidationPrice36 === 0n;
  const worth = dark ? engine.value : valueOf(books.totalSupplied, price.liquidationPrice36);
  // What was taken out in this block may be back in a moment.
  const value = books.touched ? maximum(worth, engine.value) : worth;
  const grace = graceOf(s, asset, price);
  const { shares, debt, lenderAssets } = believed(s, books, whole, errand);

  const judged: Assessed[] = [];
  const judge = (state: typeof s.breaker, inputs: BreakerInputs) => {
    judged.push(assess(state, inputs, s.thresholds, now, rules.breaker));
    return judged[judged.length - 1].current;
  };
  const own = s.hasBreaker
    ? judge(asset.breaker, {
        ...{ ...QUIET, divergenceWad: divergenceOf(price), volatilityExcessWad: excessWad, moveWad },
        ...{ backlogWad: ratioWad(books.backlog, depth), sourcesMissing: !price.lendable },
      })
    : undefined;
  // A change that is not large is left to a refresh that has less to do.
  const counts = whole || !(sampled !== undefined || errand) || isLarge(value, engine.value);
  if (counts && !books.touched && !dark && rules.isNews(value, engine.value)) countValue(s, engine, value);

  let found = s.leverageWad;
  let told: PoolUpdate | undefined;
  if (whole) {
    if (!books.touched) found = takeLeverage(s, books.debtAssets);
    const { outflowWad, ...exits } = limitExits(s, shares);
    if (s.hasBreaker) {
      const lossWad = ratioWad(books.provision + recentLoss(s, books.badDebt), lenderAssets);
      const pooled = judge(s.breaker, { ...QUIET, outflowWad, lossWad });
      [s.level, s.tightness] = [numberOf(pooled.level), rules.keptTightness(pooled.tightnessWad)];
    }
    told = { restricted: s.level === numberOf("Restricted"), ...exits };
  }
  const leverageWad = maximum(found, WAD);
  const before = s.rewarded;
  const reward = keeper === undefined ? "none" : rewardFor(s, asset, keeper, rules);
  const anew = s.rewarded !== before;
  engine.refreshedAt = now;
  engine.askedAt = maximum(engine.askedAt, now - MAX_AGE);
  engine.lookedAt = maximum(engine.lookedAt, now - MAX_AGE);

  const inForce = factorAt(pool, now);
  const target = targetsOf(
    asset.factors,
    {
      ...{ sigmaWad, reserve, leverageWad, liquidationFactorBps: inForce, riseWad: riseOf(price) },
      exposure: exposureUp(value, debt, inForce),
      salePerDay: minimum((depth * engine.turnoverPerDayHundredths) / 100n, MAX_128),
      slice: minimum((depth * engine.sliceBps) / BPS, MAX_128),
    },
    rules.factors,
  );
  const level = numberOf(own?.level ?? "Normal");
  const tightness = maximum(own?.tightnessWad ?? 0n, (s.tightness * WAD) / 63n);
  const closed = grace || !price.lendable;
  const update: RiskUpdate = {
    liquidationFactorBps: target.liquidationFactorBps,
    // Continuously down to nothing at the threshold: a cliff that everybody sees is run for.
    borrowFactorBps: closed ? 0n : mulWadDown(target.borrowFactorBps, WAD - minimum(tightness, WAD)),
    ...{ calm: level === 0n && s.level === 0n && !closed, level, grace, reserve },
    loadingPercent: now > engine.correlatedAt + CORRELATION_MAX_AGE ? 100n : engine.loadingPercent,
    discountTenBps: divUp(target.discountBps, 10n),
  };
  const turned = applyRisk(s.limits, pool, update, told, now, rules.pool);
  return {
    ...{ sigmaWad, leverageWad, moveWad, asked, sampled, whole, errand, judged, update, pool: told, turned },
    ...{ reward, anew },
  };
}

const numberOf = (level: Level) => BigInt(LEVELS.indexOf(level));

/**
 * Volatility and pool are looked at in turns, unless one is overdue; a sample puts off the pool, but not for long. Between two
 * looks σ* is kept to 12 decimals and its excess to a basis point, both rounded up. When it is the turn of what the price
 * oracle has left, neither is looked at unless it is overdue.
 */
function askVolatility(s: RiskSystem, { engine, volatility }: RiskAsset, answer: Answer, rules: EngineRules) {
  const [age, wholeAge] = [s.now - engine.askedAt, s.now - engine.lookedAt];
  const interval = engine.errandDue && rules.heedsErrands ? rules.lookMaxAge : rules.lookInterval;
  const turn = wholeAge >= interval;
  if (age < rules.lookMaxAge && (age < interval || (turn && age < wholeAge))) {
    const { sigmaWad, excessWad } = engine;
    return { sigmaWad, excessWad, asked: false, sampled: undefined, whole: turn };
  }
  const sampled = pokeVolatility(volatility, answer, s.now, rules.volatility);
  const { sigmaWad, fastWad, slowWad } = volatilityOf(volatility, s.now, rules.volatility);
  const excessWad = ratioWad(less(fastWad, slowWad), slowWad);
  engine.sigmaWad = minimum(divUp(sigmaWad, 10n ** 6n), (1n << 48n) - 1n) * 10n ** 6n;
  engine.excessWad = minimum(divUp(excessWad * BPS, WAD), (1n << 23n) - 1n) * (WAD / BPS);
  engine.askedAt = s.now;
  const patience = sampled === undefined ? rules.lookMaxAge : 2n * rules.lookMaxAge;
  return { sigmaWad, excessWad, asked: true, sampled, whole: wholeAge >= patience };
}

/** A sample goes by the mean price of the last poke; all but an errand by what the loan asset's feeds last said; with a look at the
 * pool asking for decimals may wait. */
function patienceOf(sampled: boolean, errand: boolean, whole: boolean): bigint {
  if (sampled) return MAY_WAIT.mean | MAY_WAIT.quote | MAY_WAIT.decimals;
  if (errand) return MAY_WAIT.either;
  return whole ? MAY_WAIT.quote | MAY_WAIT.decimals : MAY_WAIT.quote;
}

/** At most once an interval of each collateral, and within the day's cap. */
function rewardFor(s: RiskSystem, { engine }: RiskAsset, keeper: string, rules: EngineRules): Reward {
  const { perPoke, perDay, interval } = s.rewards;
  if (perPoke === 0n) return "none";
  if (s.now < engine.rewardedAt + interval) return "too soon";
  const day = s.now / DAY;
  const today = (s.rewardDay === day ? s.rewardedToday : 0n) + 1n;
  if (!rules.withinCap(today, perPoke, perDay)) return "capped";
  [engine.rewardedAt, s.rewardDay, s.rewardedToday, s.rewarded] = [s.now, day, today, keeper];
  s.earned.set(keeper, (s.earned.get(keeper) ?? 0n) + perPoke);
  return "paid";
}

/** @param highestWad Of its correlations with all other collaterals; of what is not tracked: one. */
export function correlate(s: RiskSystem, asset: RiskAsset, highestWad: bigint): void {
  requireAsset(asset);
  asset.engine.loadingPercent = loadingPercentUp(highestWad);
  asset.engine.correlatedAt = s.now;
}
