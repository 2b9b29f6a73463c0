import { diversify, FULL_LOADING } from "./basket.ts";
import { minimum } from "./fixed-point.ts";
import type { SaleTerms } from "./sale-terms.ts";

export const BPS = 10_000n;
export const PRICE_SCALE = 10n ** 36n;
/** λ of the liquidation test rises by a point in this time. [s] */
const SECONDS_PER_POINT = 1_800n;

/** A collateral of the pool: how it is judged, how it is sold and how far its sales have come. */
export interface Collateral {
  terms: SaleTerms;
  price36: bigint;
  fresh: boolean;
  factorBps: bigint;
  /** λ: from what, to what and since when. [%, s] */
  loadingFrom: bigint;
  loading: bigint;
  loadingSince: bigint;
  /** y; 0: no engine tells. [loan base units] */
  reserve: bigint;
  /** s. [ticks] */
  clock: bigint;
  /** [backlog units] */
  backlog: bigint;
}

export interface Account {
  shares: bigint;
  /** By collateral. [base units] */
  held: bigint[];
  /** k; 0: not for sale. [s] */
  kickedAt: bigint;
  /** Part of the backlog, and of which collateral. */
  part: bigint;
  index: number;
  /** Who gets the tip; 0: nobody. */
  keeper: bigint;
  /** When it was taken off sale, and how long it had been for sale. [s] */
  easedAt: bigint;
  lag: bigint;
}

export interface Auction {
  now: bigint;
  debtAssets: bigint;
  debtShares: bigint;
  /** When interest was last booked. [s] */
  bookedAt: bigint;
  readonly ratePerSecondWad: bigint;
  /** A hundredth of a loan token. [loan base units] */
  readonly unit: bigint;
  minDebt: bigint;
  targetHealthBps: bigint;
  kickTip: bigint;
  /** Owed to keepers, by number. [loan base units] */
  owed: bigint[];
  readonly collaterals: Collateral[];
  readonly accounts: Account[];
}

/** A call that is refused, as the contract names it. */
export class Refused extends Error {
  constructor(
    readonly reason: string,
    readonly values: readonly bigint[] = [],
  ) {
    super(`${reason}(${values.join(", ")})`);
  }
}

export function unitsOf({ unit }: Auction, debt: bigint): bigint {
  return debt < unit ? 1n : debt / unit;
}

export type Loading = Pick<Collateral, "loadingFrom" | "loading" | "loadingSince">;

export function loadingAt(c: Readonly<Loading>, now: bigint): bigint {
  if (c.loadingFrom >= c.loading) return c.loading;
  return minimum(c.loading, c.loadingFrom + (now - c.loadingSince) / SECONDS_PER_POINT);
}

/** The engine says how much of the market there is, and how the collateral moves with others. */
export function tell(c: Loading & Pick<Collateral, "reserve">, reserve: bigint, loading: bigint, now: bigint): void {
  turnLoading(c, loading, now);
  c.reserve = to25Bits(reserve);
}

/** Upwards λ takes its time. */
export function turnLoading(c: Loading, loading: bigint, now: bigint): void {
  const inForce = loadingAt(c, now);
  if (loading <= inForce) [c.loadingFrom, c.loadingSince] = [loading, now];
  else if (inForce >= c.loading) [c.loadingFrom, c.loadingSince] = [inForce, now];
  c.loading = loading;
}

/** Pools keep 25 bits of a reserve, the nearest. */
function to25Bits(value: bigint): bigint {
  const dropped = BigInt(Math.max(value.toString(2).length - 25, 0));
  return dropped === 0n ? value : ((value + (1n << (dropped - 1n))) >> dropped) << dropped;
}

export interface Appraisal {
  /** V. */
  readonly value: bigint;
  /** W. */
  readonly capacity: bigint;
  /** V_i. */
  readonly values: readonly bigint[];
  /** Of what is held, the collateral of the highest value. */
  readonly largest: number;
  /** First whose price is remembered rather than fresh. */
  readonly stale: number | undefined;
  /** f_k: what one more unit of value of each adds to W. [WAD, rounded up] */
  readonly marginal: readonly bigint[];
}

/**
 * An account at liquidation prices, W as `basket.ts` has it. `f_k = 1 − (1−f)(1 + ((1−λ²)w + λΣλw) ÷ root) ÷ 2`.
 */
export function appraise(a: Auction, held: readonly bigint[]): Appraisal {
  const values = a.collaterals.map((c, i) => (held[i] * c.price36) / PRICE_SCALE);
  return appraiseValues(a, values, held);
}

export function appraiseValues(a: Auction, values: readonly bigint[], held: readonly bigint[] = values): Appraisal {
  const plain = a.collaterals.map((c, i) => (values[i] * c.factorBps) / BPS);
  const weights = values.map((value, i) => value - plain[i]);
  const loadings = a.collaterals.map((c) => loadingAt(c, a.now));
  const sum = (terms: readonly bigint[]) => terms.reduce((total, term) => total + term, 0n);
  const { loaded, rootUp, credit } = diversify(weights, loadings);
  const marginal = a.collaterals.map((c, i) => {
    const factor = c.factorBps * 10n ** 14n;
    if (rootUp === 0n || weights[i] === 0n) return factor;
    const row = (FULL_LOADING ** 2n - loadings[i] ** 2n) * weights[i] + loadings[i] * loaded;
    const slope = minimum((row * 10n ** 18n) / (rootUp * FULL_LOADING), 10n ** 18n);
    return 10n ** 18n - ((10n ** 18n - factor) * (10n ** 18n + slope)) / (2n * 10n ** 18n);
  });
  const ofHeld = values.map((value, i) => (held[i] === 0n ? -1n : value));
  const highest = ofHeld.reduce((best, value) => (value > best ? value : best), -1n);
  const stale = a.collaterals.findIndex((c, i) => held[i] !== 0n && !c.fresh);
  return {
    ...{ values, marginal, value: sum(values), capacity: sum(plain) + credit },
    ...{ largest: ofHeld.lastIndexOf(highest), stale: stale < 0 ? undefined : stale },
  };
}
