import { divUp, ln, maximum, minimum, ONE, WAD } from "./fixed-point.ts";

export type CurveKind = "fixed" | "linear" | "stairs" | "dutch" | "paced";

/** As `CurveParameters`. */
export interface CurveParameters {
  readonly kind: CurveKind;
  readonly premiumBps: bigint;
  readonly minBonusBps: bigint;
  readonly maxBonusBps: bigint;
  readonly secondsToFloor: bigint;
  readonly stepSeconds: bigint;
  readonly cutBps: bigint;
  readonly creditSeconds: bigint;
  readonly fastPpm: bigint;
  readonly slowTenthPpm: bigint;
  readonly kneeBps: bigint;
}

/** What follows from them. */
export interface SaleTerms extends CurveParameters {
  /** Price ÷ liquidation price at the start. [WAD] */
  readonly startWad: bigint;
  /** And the lowest. [WAD, rounded up] */
  readonly floorWad: bigint;
  /** The lowest while the guard is in force. [WAD, rounded up] */
  readonly guardWad: bigint;
  /** Fall of the price's logarithm in a second. [1e-16, rounded down: as fine as pools keep it] */
  readonly decay: bigint;
}

const BPS = 10_000n;
/** Digits of ONE beyond those of a decay. */
const DECAY_UNIT = ONE / 10n ** 16n;

const discountedUp = (bonusBps: bigint) => divUp(WAD * BPS, BPS + bonusBps);

/** `decay = ln((1 + premium)(1 + b_max)) ÷ secondsToFloor`, of stairs `−ln(cut) ÷ step`. */
export function saleTerms(p: CurveParameters): SaleTerms {
  const ratio = ((BPS + p.premiumBps) * (BPS + p.maxBonusBps) * ONE) / BPS ** 2n;
  const common = {
    startWad: WAD + p.premiumBps * 10n ** 14n,
    floorWad: discountedUp(p.maxBonusBps),
    guardWad: discountedUp(p.kind === "paced" ? p.minBonusBps : p.maxBonusBps),
  };
  if (p.kind === "fixed") return { ...p, ...common, secondsToFloor: 0n, decay: 0n };
  if (p.kind === "linear") return { ...p, ...common, decay: 0n };
  if (p.kind === "stairs") {
    const fall = -ln((p.cutBps * ONE) / BPS);
    const secondsToFloor = divUp(ln(ratio), fall) * p.stepSeconds;
    return { ...p, ...common, secondsToFloor, decay: fall / p.stepSeconds / DECAY_UNIT };
  }
  return { ...p, ...common, decay: ln(ratio) / p.secondsToFloor / DECAY_UNIT };
}

/** Integer root, rounded down. */
export function rootDown(x: bigint): bigint {
  if (x < 2n) return x;
  let root = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * `R = y · max(slow, fast · min(1, knee·y ÷ backlog)³)`. The knee is kept in whole units, the ratio to 18 decimals, all
 * rounded down.
 * @returns Value sold a second, at least a unit; zero if the depth is not known. [loan base units]
 */
export function ratePerSecond(t: SaleTerms, reserve: bigint, backlog: bigint): bigint {
  if (t.kind !== "paced" || reserve === 0n) return 0n;
  const fast = t.fastPpm * 10n;
  const knee = (reserve * t.kneeBps) / BPS;
  let pace = fast * WAD; // [1e-25 a second]
  if (backlog > knee) {
    const x = (knee * WAD) / backlog;
    pace = maximum((fast * x ** 3n) / WAD ** 2n, t.slowTenthPpm * WAD);
  }
  return maximum((reserve * pace) / (WAD * 10n ** 7n), 1n);
}

export interface Guarded {
  readonly debt: bigint;
  /** W. */
  readonly capacity: bigint;
  /** V, of all collaterals. */
  readonly value: bigint;
  /** f_k of the one sold: of its first unit, and of all of it. [WAD] */
  readonly factorWad: bigint;
  readonly meanFactorWad: bigint;
  /** c, its value. */
  readonly own: bigint;
  /** y; 0: not known, and as if infinite. */
  readonly reserve: bigint;
}

/**
 * Lowest price of a paced sale: `1/(1+b) ≥ max(D·f_k·ψ ÷ W, D ÷ V)` with `ψ = (y + 2c) ÷ y` while a bonus between the least and
 * the largest heals, and `1/(1 + b_max)` where the least does not: the insolvency path. `f_k` is that of all of the collateral; where the
 * least bonus heals by the factor of its first unit alone, it is that bonus. [WAD, rounded up]
 */
export function floorOf(t: SaleTerms, g: Guarded): bigint {
  if (t.kind !== "paced" || g.capacity === 0n) return t.floorWad;
  const heals = healing(g, g.meanFactorWad);
  if (heals <= t.guardWad) return maximum(heals, t.floorWad);
  return healing(g, g.factorWad) <= t.guardWad ? maximum(t.guardWad, t.floorWad) : t.floorWad;
}

function healing(g: Guarded, factorWad: bigint): bigint {
  const health =
    g.reserve === 0n
      ? divUp(g.debt * factorWad, g.capacity)
      : divUp(g.debt * factorWad * (g.reserve + 2n * g.own), g.capacity * g.reserve);
  return maximum(health, divUp(g.debt * WAD, g.value));
}

/** Value sold, in ticks of the schedule: rounded up, at least one. */
export function ticksOf(value: bigint, rate: bigint): bigint {
  return minimum(maximum(divUp(value * 256n, rate), 1n), (1n << 64n) - 1n);
}
