/** What a risk engine finds on its way: in a market, in prices, and in the pool's books. To the unit. */
import { divUp, less, maximum, minimum, WAD } from "./fixed-point.ts";
import { leverageOf, observeLeverage, ratioWad, reserveOf } from "./risk-averages.ts";
import type { EngineRules, RiskAsset, RiskSystem } from "./risk-engine-state.ts";
import { BPS, DAY, distance, MAX_128, mulWadDown, rootWad, tickOf, toBits } from "./risk-math.ts";
import { floorAt } from "./risk-pool.ts";

const PRICE_SCALE = 10n ** 36n;
const LN_TICK_WAD = 99995000333308n;
/** What was lost fades over this time. [s] */
const LOSS_MEMORY = DAY;
const MAX_LOSS = (1n << 112n) - 1n;
const MAX_FLOOR = (1n << 136n) - 2n;
const MAX_REFILL = (1n << 88n) - 1n;

/** As the price oracle answers. Zero: not to be had. */
export interface Conditions {
  readonly liquidationPrice36: bigint;
  readonly feedPrice36: bigint;
  readonly twap36: bigint;
  readonly ema36: bigint;
  readonly lendable: boolean;
  readonly inGrace: boolean;
  /** Feeds of the loan asset were left, or their decimals, and will have to be asked soon. */
  readonly errandDue: boolean;
}

/** The pool's books. */
export interface Books {
  readonly totalSupplied: bigint;
  readonly debtAssets: bigint;
  readonly backlog: bigint;
  readonly lenderAssets: bigint;
  readonly lenderShares: bigint;
  readonly provision: bigint;
  readonly badDebt: bigint;
  /** They have changed in this block. */
  readonly touched: boolean;
}

// --- markets ------------------------------------------------------------------------------------------------------------

/** What is too old does not count. */
export function depthOf({ now }: RiskSystem, { depth, engine }: RiskAsset): { depth: bigint; reserve: bigint } {
  if (now - depth.updatedAt > engine.depthMaxAge) return { depth: 0n, reserve: 0n };
  return { depth: depth.average, reserve: minimum(reserveOf(depth), MAX_128) };
}

/** |ln(p₁/p₀)| ÷ (σ·√Δt) since an anchor that moves on when it is five minutes old. [WAD] */
export function moveOf(
  { now }: RiskSystem,
  { engine }: RiskAsset,
  { feedPrice36, twap36 }: Conditions,
  sigmaWad: bigint,
  rules: EngineRules,
): bigint {
  const price36 = feedPrice36 === 0n ? twap36 : feedPrice36;
  if (price36 === 0n) return 0n;
  const [from, to] = [engine.anchorTick, tickOf(price36)];
  const elapsed = now - engine.anchorAt;
  const first = engine.anchorAt === 0n;
  if (first || elapsed >= rules.moveWindow) [engine.anchorTick, engine.anchorAt] = [to, now];
  if (first || from === to) return 0n;
  const seconds = maximum(elapsed, rules.moveWindow);
  const deviation = mulWadDown(minimum(sigmaWad, MAX_128), rootWad((seconds * WAD) / DAY));
  return deviation === 0n ? MAX_128 : (distance(from, to) * LN_TICK_WAD * WAD) / deviation;
}

/** |feed ÷ mean − 1|; zero if either is missing. [WAD] */
export function divergenceOf({ feedPrice36: feed, twap36: mean }: Conditions): bigint {
  return feed === 0n || mean === 0n ? 0n : ratioWad(distance(feed, mean), mean);
}

/** How far the price stands above its slow average. [WAD] */
export function riseOf({ feedPrice36, twap36, ema36 }: Conditions): bigint {
  const price = twap36 === 0n ? feedPrice36 : twap36;
  return ema36 === 0n || price <= ema36 ? 0n : minimum(ratioWad(price - ema36, ema36), MAX_128);
}

/** After prices were gone, or the sequencer was down, borrowers get time to act. */
export function graceOf({ now, flow }: RiskSystem, { engine }: RiskAsset, price: Conditions): boolean {
  if (price.liquidationPrice36 === 0n) {
    engine.darkAt = now;
    return false;
  }
  return price.inGrace || (engine.darkAt !== 0n && now < engine.darkAt + flow.outageGrace);
}

// --- books --------------------------------------------------------------------------------------------------------------

/** [loan base units, rounded down] */
export function valueOf(amount: bigint, price36: bigint): bigint {
  return minimum((amount * price36) / PRICE_SCALE, MAX_128);
}

/** The lower of all that there is and of what would carry all of the pool's debt. [rounded up] */
export function exposureUp(value: bigint, debt: bigint, liquidationFactorBps: bigint): bigint {
  return liquidationFactorBps === 0n ? value : minimum(value, divUp(debt * BPS, liquidationFactorBps));
}

/**
 * What was there before this block: shares that come for a moment would let others leave faster and thin out losses, debt that is
 * repaid for a moment would let its owner borrow more.
 */
export function believed(
  s: RiskSystem,
  { lenderShares, debtAssets, lenderAssets, touched }: Books,
  whole: boolean,
  errand: boolean,
): { readonly shares: bigint; readonly debt: bigint; readonly lenderAssets: bigint } {
  const [before, owed] = [s.lenderShares, s.debtAssets];
  const shares = whole ? lenderShares : before;
  if (!touched) {
    if (distance(shares, before) > before >> 43n) s.lenderShares = toBits(shares, 43);
    // Interest alone is not worth a write.
    if ((!errand || isLarge(debtAssets, owed)) && distance(debtAssets, owed) > owed >> 12n)
      s.debtAssets = toBits(debtAssets, 34);
    return { shares, debt: debtAssets, lenderAssets };
  }
  const debt = maximum(debtAssets, owed);
  if (shares <= before) return { shares, debt, lenderAssets };
  return { shares: before, debt, lenderAssets: before === 0n ? lenderAssets : (lenderAssets * before) / shares };
}

/** A rise that is remembered whatever else there is to do. */
export const isLarge = (amount: bigint, before: bigint) => amount > before + (before >> 4n);

/** Takes in a sample of the pool's leverage. @returns The average, of which nine decimals are kept. [WAD] */
export function takeLeverage(s: RiskSystem, debt: bigint): bigint {
  const leverage = { averageWad: s.leverageWad, sampleWad: s.sampleWad, sampledAt: s.sampledAt };
  observeLeverage(leverage, leverageOf(s.value, debt), s.flow.leverageTau, s.now);
  const { averageWad, sampleWad } = leverage;
  s.leverageWad = averageWad - (averageWad % 10n ** 9n);
  s.sampleWad = sampleWad - (sampleWad % 10n ** 10n);
  s.sampledAt = s.now;
  return averageWad;
}

/** What must stay: all but a share of what is there, or what had to stay already, less what was let go in the meantime. */
export function limitExits(s: RiskSystem, shares: bigint) {
  const { exitShareBps, exitWindow } = s.flow;
  if (exitShareBps === BPS) return { floorShares: 0n, refill: 0n, outflowWad: 0n };
  const allowance = (shares * exitShareBps) / BPS;
  const floor = maximum(floorAt(s.limits, s.now), shares - allowance);
  const left = less(shares, floor);
  return {
    floorShares: minimum(floor, MAX_FLOOR),
    refill: minimum(allowance / exitWindow, MAX_REFILL),
    outflowWad: left >= allowance ? 0n : ratioWad(allowance - left, allowance),
  };
}

/** Losses fade over a day. */
export function recentLoss(s: RiskSystem, badDebt: bigint): bigint {
  if (badDebt === 0n) return 0n;
  const recent = (s.lossRecent * less(LOSS_MEMORY, s.now - s.lossAt)) / LOSS_MEMORY;
  if (badDebt === s.lossSeen) return recent;
  s.lossRecent = minimum(recent + less(badDebt, s.lossSeen), MAX_LOSS);
  [s.lossSeen, s.lossAt] = [minimum(badDebt, MAX_LOSS), s.now];
  return s.lossRecent;
}
