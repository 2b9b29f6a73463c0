/** Administration. What changes how interest is computed accrues first, at the old terms. Who may call what is not looked at. */
import { FULL_LOADING } from "./basket.ts";
import { less, maximum, minimum, WAD } from "./fixed-point.ts";
import { rampAt, shortestRamp } from "./pool-ramp.ts";
import {
  accrued,
  book,
  listed,
  push,
  requireAddress,
  subtractCash,
  UNCAPPED,
  type Pool,
  type PoolCollateral,
} from "./pool-state.ts";
import type { RateModel } from "./pool-rates.ts";
import type { SaleTerms } from "./sale-terms.ts";
import { MAX_WORD, PoolRefused } from "./word.ts";

const MAX_RAMP_SECONDS = 31_536_000n;
const PAUSE_ALL = 15n;
/** Within which each parameter may be set. */
const RANGES = {
  minDebt: [0n, 2n ** 80n - 1n],
  kickTip: [0n, 2n ** 80n - 1n],
  reserveFactorBps: [0n, 5_000n],
  flashFeeBps: [0n, 100n],
  targetHealthBps: [10_210n, 12_000n],
  maxCollaterals: [1n, 10n],
  pauseFlags: [0n, PAUSE_ALL],
} as const;
/** As errors name them. */
const NAMES: Record<keyof typeof RANGES, string> = {
  kickTip: "kickTip",
  ...{ minDebt: "minDebt", reserveFactorBps: "reserveFactor", flashFeeBps: "flashFee", pauseFlags: "pauseFlags" },
  ...{ targetHealthBps: "targetHealth", maxCollaterals: "maxCollaterals" },
};

function requireRange(name: string, value: bigint, least: bigint, most: bigint): void {
  if (value < least || value > most) throw new PoolRefused("ConfigOutOfRange", [name, value, least, most]);
}

function requireLower(name: string, current: bigint, proposed: bigint): void {
  if (proposed >= current) throw new PoolRefused("ConfigNotTighter", [name, current, proposed]);
}

/** Sets a parameter that has a range. */
export function setParameter(p: Pool, name: keyof typeof RANGES, value: bigint): void {
  const [least, most] = RANGES[name];
  requireRange(NAMES[name], value, least, most);
  if (name === "reserveFactorBps") book(p, accrued(p));
  p.parameters[name] = value;
}

/**
 * The new model starts from state 0.
 *
 * @param model Undefined: there is no contract.
 */
export function setInterestRateModel(p: Pool, address: string, model: RateModel | undefined): void {
  book(p, accrued(p));
  if (model === undefined) throw new PoolRefused("ConfigModuleMismatch", [address]);
  model.accrue(WAD / 2n, 1n, 0n); // one that fails at once is refused
  p.rates = { address, model };
  p.rateState = 0n;
}

export function setPoolCaps(p: Pool, supplyCap: bigint, borrowCap: bigint): void {
  [p.parameters.supplyCap, p.parameters.borrowCap] = [supplyCap, borrowCap];
}

/** Either may stay as it is. */
export function lowerPoolCaps(p: Pool, supplyCap: bigint, borrowCap: bigint): void {
  const now = p.parameters;
  if (supplyCap > now.supplyCap) throw new PoolRefused("ConfigNotTighter", ["supplyCap", now.supplyCap, supplyCap]);
  if (borrowCap > now.borrowCap) throw new PoolRefused("ConfigNotTighter", ["borrowCap", now.borrowCap, borrowCap]);
  setPoolCaps(p, supplyCap, borrowCap);
}

/** Adds flags. */
export function pause(p: Pool, flags: bigint): void {
  const current = p.parameters.pauseFlags;
  if ((current | flags) === current) throw new PoolRefused("ConfigNotTighter", ["pauseFlags", current, flags]);
  setParameter(p, "pauseFlags", current | flags);
}

export function withdrawReserves(p: Pool, assets: bigint, receiver: string): void {
  requireAddress(receiver);
  const b = accrued(p);
  if (assets === 0n) throw new PoolRefused("PoolZeroAmount");
  if (assets > b.reserves) throw new PoolRefused("PoolLiquidityInsufficient", [b.reserves, assets]);
  b.reserves -= assets;
  subtractCash(b, assets);
  book(p, b);
  push(p, p.asset, receiver, assets);
}

// --- collaterals ------------------------------------------------------------------------------------------------------

/** Kept with ten digits, about: what has more loses them, so that a cap becomes no looser. */
function cappedAt(cap: bigint): bigint {
  if (cap === UNCAPPED) return UNCAPPED;
  let [mantissa, unit] = [cap, 1n];
  while (mantissa >> 34n !== 0n) [mantissa, unit] = [mantissa / 10n, unit * 10n];
  return mantissa * unit;
}

/** The borrow factor is strictly lower, else a loan could be liquidated in its own block. */
function requireFactors(borrowFactorBps: bigint, liquidationFactorBps: bigint): void {
  requireRange("liquidationFactor", liquidationFactorBps, 1n, 9_800n);
  requireRange("borrowFactor", borrowFactorBps, 0n, liquidationFactorBps - 1n);
}

export interface Listing {
  readonly token: string;
  readonly borrowFactorBps: bigint;
  readonly liquidationFactorBps: bigint;
  readonly supplyCap: bigint;
  readonly curve: string;
  readonly terms: SaleTerms;
}

/** Before anybody has an account. Nothing diversifies until an engine says so. */
export function listCollateral(p: Pool, listing: Listing): void {
  const { token, borrowFactorBps, liquidationFactorBps, curve, terms } = listing;
  if (p.collaterals.some((c) => c.token === token)) throw new PoolRefused("PoolCollateralAlreadyListed", [token]);
  requireFactors(borrowFactorBps, liquidationFactorBps);
  p.collaterals.push({
    ...{ token, curve, terms, borrowFactorBps, supplyCap: cappedAt(listing.supplyCap), total: 0n, changedAt: 0n },
    ...{ borrowCapBps: borrowFactorBps, liquidationCapBps: liquidationFactorBps, riseFrom: 0n },
    ramp: { from: liquidationFactorBps, to: liquidationFactorBps, start: 0n, end: 0n },
    ...{ loadingFrom: FULL_LOADING, loading: FULL_LOADING, loadingSince: 0n },
    ...{ freshUntil: 0n, maxAge: 0n, reserve: 0n, discountTenBps: 0n, level: 0n, grace: false },
    ...{ clock: 0n, backlog: 0n },
  });
}

export function setCollateralSupplyCap(p: Pool, token: string, cap: bigint): void {
  p.collaterals[listed(p, token)].supplyCap = cappedAt(cap);
}

export function lowerCollateralSupplyCap(p: Pool, token: string, cap: bigint): void {
  requireLower("collateralSupplyCap", p.collaterals[listed(p, token)].supplyCap, cap);
  setCollateralSupplyCap(p, token, cap);
}

/** Where an engine governs these are its bounds, and what is lower than they is left to it. */
export function setCollateralFactors(
  p: Pool,
  token: string,
  borrowFactorBps: bigint,
  liquidationFactorBps: bigint,
  rampSeconds: bigint,
): void {
  const c = p.collaterals[listed(p, token)];
  requireFactors(borrowFactorBps, liquidationFactorBps);
  requireRange("rampSeconds", rampSeconds, 0n, MAX_RAMP_SECONDS);
  const current = rampAt(c.ramp, p.now);
  const shortest = shortestRamp(current, liquidationFactorBps);
  if (rampSeconds < shortest) throw new PoolRefused("ConfigRampTooFast", [rampSeconds, shortest]);
  const isGoverned = c.freshUntil !== 0n;
  [c.borrowCapBps, c.liquidationCapBps] = [borrowFactorBps, liquidationFactorBps];
  c.borrowFactorBps = isGoverned ? minimum(c.borrowFactorBps, borrowFactorBps) : borrowFactorBps;
  // A ramp that leads lower already goes on.
  if (isGoverned && liquidationFactorBps >= c.ramp.to) return;
  c.ramp = { from: current, to: liquidationFactorBps, start: p.now, end: p.now + rampSeconds };
}

/** Lowers the engine's bound too. */
export function lowerBorrowFactor(p: Pool, token: string, bps: bigint): void {
  const c = p.collaterals[listed(p, token)];
  requireLower("borrowFactor", c.borrowCapBps, bps);
  c.borrowCapBps = bps;
  c.borrowFactorBps = minimum(c.borrowFactorBps, bps);
}

/** A ramp that is under way must not become flatter. */
export function rampDownLiquidationFactor(p: Pool, token: string, bps: bigint, rampSeconds: bigint): void {
  const c = p.collaterals[listed(p, token)];
  requireLower("liquidationFactor", c.liquidationCapBps, bps);
  const slowest = slowestRamp(c, bps, p.now);
  if (rampSeconds > slowest) throw new PoolRefused("ConfigNotTighter", ["rampSeconds", slowest, rampSeconds]);
  setCollateralFactors(p, token, minimum(c.borrowCapBps, less(bps, 1n)), bps, rampSeconds);
}

/** As steep as the one under way, but never steeper than may be. */
function slowestRamp({ ramp }: PoolCollateral, to: bigint, now: bigint): bigint {
  const current = rampAt(ramp, now);
  if (current <= ramp.to || current <= to) return MAX_WORD; // none under way, or none to come
  const asSteep = ((current - to) * (ramp.end - now)) / (current - ramp.to);
  return maximum(asSteep, shortestRamp(current, to));
}
