import {
  BPS,
  PRICE_SCALE,
  Refused,
  appraise,
  appraiseValues,
  unitsOf,
  type Account,
  type Appraisal,
  type Auction,
} from "./auction-state.ts";
import { debtOf } from "./debt.ts";
import { divUp, less, maximum, minimum, WAD } from "./fixed-point.ts";
import { isExpired, startAt } from "./sale-time.ts";
import { meanBounds, TICKS, type PriceBounds } from "./sale-price.ts";
import { floorOf, ratePerSecond, ticksOf } from "./sale-terms.ts";

/** What a wrong reference may do otherwise, to see that it is found out. */
export interface Rules {
  readonly meanBounds: typeof meanBounds;
  readonly floorOf: typeof floorOf;
  /** The clock after so many ticks were sold. */
  readonly clockAfter: (before: bigint, ticks: bigint, now: bigint) => bigint;
}

/** `s ← min(s + x, now + 2 min)`, where s is at least now − credit already. */
export const SPEC: Rules = {
  ...{ meanBounds, floorOf },
  clockAfter: (before, ticks, now) => minimum(before + ticks, (now + 120n) * TICKS),
};

/** A sale before its size is chosen. */
export interface Sale {
  readonly rules: Rules;
  readonly k: number;
  /** As it will be written. */
  readonly record: Account;
  readonly debt: bigint;
  readonly appraisal: Appraisal;
  readonly price36: bigint;
  readonly held: bigint;
  readonly floorWad: bigint;
  /** [1e-16 a second] */
  readonly decay: bigint;
  /** 0: by time alone. */
  readonly rate: bigint;
  /** s, no further behind than the credit. [ticks] */
  readonly clock: bigint;
  readonly lag: bigint;
  /** max(0, k − s). [ticks] */
  readonly free: bigint;
}

export interface Sold {
  readonly amount: bigint;
  readonly repay: bigint;
}

/** Sizes at the lowest, the exact and the highest mean price that roundings may give; or why there is no sale. */
export type Outcome = (Sold & { readonly price36: bigint }) | Refused;
export type Side = keyof PriceBounds;

/**
 * Looks at a sale of collateral `k`.
 *
 * @param a With interest up to now, and the tip charged.
 * @param owed Debt before a tip was charged: what the account is judged by. [loan base units]
 * @param record The account, of which this changes when its price began to fall.
 * @throws Refused
 */
export function prepare(rules: Rules, a: Auction, record: Account, owed: bigint, k: number, most: bigint): Sale {
  if (most === 0n) throw new Refused("PoolZeroAmount");
  const held = record.held[k];
  if (held === 0n) throw new Refused("PoolCollateralInsufficient", [0n, most]);
  const debt = debtOf(a, record.shares);
  const appraisal = appraise(a, record.held);
  const { capacity, value } = appraisal;
  if (capacity >= owed) throw new Refused("LiquidationAccountHealthy", [capacity, owed]);
  if (record.kickedAt === 0n) {
    if (appraisal.stale !== undefined) throw new Refused("LiquidationNoFreshPrice");
    record.kickedAt = startAt(record, a.now);
    [record.part, record.easedAt, record.lag, record.keeper] = [0n, 0n, 0n, 0n];
  } else if (isExpired(a, record)) record.kickedAt = a.now;

  const { terms, price36, reserve, clock, backlog } = a.collaterals[k];
  const own = appraisal.values[k];
  // Of all of it: what the last unit takes of the others' diversification too.
  const others = appraiseValues(
    a,
    appraisal.values.map((each, i) => (i === k ? 0n : each)),
  );
  const mean = own === 0n ? 0n : divUp(less(capacity, others.capacity) * WAD, own);
  const factorWad = appraisal.marginal[k];
  const meanFactorWad = maximum(factorWad, mean);
  const floorWad = rules.floorOf(terms, { debt, capacity, value, factorWad, meanFactorWad, own, reserve });
  // Who was never kicked is counted all the same.
  const waiting = record.part === 0n ? unitsOf(a, debt) : 0n;
  const rate = ratePerSecond(terms, reserve, (backlog + waiting) * a.unit);
  const common = { rules, k, record, debt, appraisal, price36, held, floorWad, rate, decay: terms.decay };
  const [now, start] = [a.now * TICKS, record.kickedAt * TICKS];
  if (rate === 0n) return { ...common, clock, lag: now - start, free: 0n };
  // A schedule saves up no more than the credit: so no lag is longer. It is no shorter than the way to the floor.
  const saved = maximum(clock, now - terms.creditSeconds * TICKS);
  return { ...common, clock: saved, lag: now - maximum(start, saved), free: less(start, saved) };
}

/** Ticks of the schedule that an amount takes. */
export function ticksFor(s: Sale, amount: bigint): bigint {
  return ticksOf(divUp(amount * s.price36, PRICE_SCALE), s.rate);
}

/** Mean price of an amount; of none, the price at which the sale begins. [loan base units per collateral base unit × 1e36, rounded up] */
function priceOf(a: Auction, s: Sale, amount: bigint, side: Side): { mean: bigint; price36: bigint } {
  const ticks = s.rate === 0n || amount === 0n ? 0n : ticksFor(s, amount);
  const free = minimum(s.free, ticks);
  const mean = s.rules.meanBounds(a.collaterals[s.k].terms, s.floorWad, s.lag, free, ticks - free)[side];
  return { mean, price36: divUp(s.price36 * mean, WAD) };
}

/** `Δ = (HF*·D − W) ÷ (HF* − (1+b)·f_k)`, rounded up; all where that leaves dust or never heals. */
function repayToTarget(a: Auction, s: Sale, mean: bigint): bigint {
  const wanted = divUp(s.debt * a.targetHealthBps, BPS);
  const lost = divUp(s.appraisal.marginal[s.k] * BPS * WAD, mean);
  const healed = a.targetHealthBps * WAD;
  if (lost >= healed) return s.debt;
  const repay = minimum(divUp(less(wanted, s.appraisal.capacity) * BPS * WAD, healed - lost), s.debt);
  return s.debt - repay < a.minDebt ? s.debt : repay;
}

const costUp = (amount: bigint, price36: bigint) => divUp(amount * price36, PRICE_SCALE);
const amountFor = (repay: bigint, price36: bigint) => maximum((repay * PRICE_SCALE) / price36, 1n);

/**
 * The most that may be sold, or what the taker wants of it. The size is found at the price at which the sale begins; the mean
 * price of that is charged.
 */
export function size(a: Auction, s: Sale, most: bigint, side: Side): Outcome {
  let { mean, price36 } = priceOf(a, s, 0n, side);
  let repay = repayToTarget(a, s, mean);
  let amount = amountFor(repay, price36);
  if (s.rate !== 0n) {
    ({ mean, price36 } = priceOf(a, s, minimum(amount, s.held), side));
    repay = repayToTarget(a, s, mean);
    amount = amountFor(repay, price36);
  }
  let whole = amount > s.held;
  // What would be left of the collateral is not worth anybody's gas.
  if (!whole && repay < s.debt && costUp(s.held - amount, price36) < a.minDebt) whole = true;
  if (whole) {
    amount = s.held;
    ({ price36 } = priceOf(a, s, amount, side));
  }
  if (most >= amount) {
    const cost = costUp(amount, price36);
    return { amount, price36, repay: minimum(whole ? cost : maximum(cost, repay), s.debt) };
  }
  ({ price36 } = priceOf(a, s, most, side));
  const cost = costUp(most, price36);
  const rests = [cost, less(s.debt, cost), costUp(s.held - most, price36)];
  if (rests.some((rest) => rest < a.minDebt)) return new Refused("LiquidationDust", [most, amount]);
  return { amount: most, price36, repay: minimum(cost, s.debt) };
}
