import { assessmentOf, type Level } from "../../sim/reference/risk-breaker.ts";
import type { Refreshed } from "../../sim/reference/risk-engine.ts";
import type { RiskSystem } from "../../sim/reference/risk-engine-state.ts";
import type { Books } from "../../sim/reference/risk-findings.ts";
import { factorAt } from "../../sim/reference/risk-pool.ts";
import type { Seen } from "./risk-compare.ts";

/** What kind of refresh it was: to see that none is missing. */
export function countRefresh(
  seen: Seen,
  before: RiskSystem,
  after: RiskSystem,
  i: number,
  books: Books,
  r: Refreshed,
): void {
  const [was, is] = [before.assets[i], after.assets[i]];
  const { now } = after;
  const [factorWas, factorIs] = [factorAt(was.pool, now), factorAt(is.pool, now)];
  const level = (state: typeof is.breaker): Level => assessmentOf(state, now).level;
  const poolLevel = level(after.breaker);
  const restAt = (p: typeof is.pool) => now >= p.end || p.fromBps <= p.toBps;
  const kinds: Record<string, boolean> = {
    "volatility: asked": r.asked,
    "volatility: not asked": !r.asked,
    "sample: taken": r.sampled !== undefined,
    "sample: merged": r.sampled !== undefined && r.sampled.elapsed >= 2n * was.volatility.interval,
    "sample: clamped": r.sampled?.clamped === true,
    "sample: source silent":
      r.asked && r.sampled === undefined && now - was.volatility.sampledAt >= 2n * was.volatility.interval,
    "pool: looked at": r.whole,
    "price oracle: in its turn": r.errand,
    "pool: put off by a sample": r.sampled !== undefined && !r.whole && now - was.engine.lookedAt >= 300n,
    "pool: both at once": r.whole && r.asked,
    "pool: in its turn": r.whole && !r.asked,
    "volatility: in its turn": r.asked && !r.whole && r.sampled === undefined,
    "touched, with a look at the pool": books.touched && r.whole,
    "touched, debt repaid for a moment": books.touched && books.debtAssets < before.debtAssets,
    "touched, shares that would thin out a loss":
      books.touched && r.whole && books.lenderShares > before.lenderShares && books.provision + books.badDebt !== 0n,
    "touched, shares for a moment": books.touched && r.whole && books.lenderShares > before.lenderShares,
    "value: counted anew": was.engine.value !== is.engine.value,
    "value: not worth a write": was.engine.value === is.engine.value && !books.touched,
    "price: none": is.engine.darkAt === now,
    "grace: began": r.update.grace && !was.pool.grace,
    "depth: too old": now - is.depth.updatedAt > is.engine.depthMaxAge,
    "move: judged": r.moveWad > 0n,
    "move: anchor kept": was.engine.anchorAt !== 0n && was.engine.anchorAt === is.engine.anchorAt,
    "leverage: above one": r.leverageWad > 10n ** 18n,
    "leverage: another average": after.leverageWad !== before.leverageWad,
    "exits: limited": r.pool !== undefined && r.pool.floorShares !== 0n,
    "exits: floor written": after.limits.floorAt === now && after.limits.limited,
    "exits: floor kept": r.pool !== undefined && after.limits.limited && after.limits.floorAt !== now,
    "exits: limit ends": before.limits.limited && !after.limits.limited,
    backlog: books.backlog !== 0n,
    provision: books.provision !== 0n,
    "loss: new": after.lossAt === now && after.lossRecent !== 0n,
    "loss: fading": r.whole && books.badDebt !== 0n && after.lossAt !== now,
    "pool: restricted": after.limits.restricted,
    "pool: no longer restricted": before.limits.restricted && !after.limits.restricted,
    "ramp: fall begins": !restAt(is.pool) && is.pool.start === now && restAt(was.pool),
    "ramp: fall goes on": !restAt(is.pool) && is.pool.start === was.pool.start,
    "ramp: fall ends": !restAt(was.pool) && restAt(is.pool),
    "ramp: rises": factorIs > factorWas,
    "ramp: not calm": !r.update.calm,
    "borrow: something": is.pool.borrowFactorBps > 0n,
    "borrow: nothing": is.pool.borrowFactorBps === 0n,
    "borrow: held below the ramp": is.pool.borrowFactorBps < r.update.borrowFactorBps,
    "λ: below one": is.pool.loading < 100n,
    "λ: rises": is.pool.loading > is.pool.loadingFrom,
    [`collateral: ${level(is.breaker)}`]: r.judged.length > 0,
    [`pool: ${poolLevel}`]: r.judged.length > 1,
    "no breaker": r.judged.length === 0,
    expired: was.breaker.level === "Restricted" && is.breaker.level === "Recovery",
    [`reward: ${r.reward}`]: true,
  };
  for (const [kind, counts] of Object.entries(kinds)) if (counts) seen.count(kind);
}
