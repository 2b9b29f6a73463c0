/** The rate models, written from their formulas, with every rounding: interest is compared to the unit. */
import { divUp, less, maximum, minimum, WAD } from "./fixed-point.ts";
import { expWad, lnWad } from "./risk-math.ts";
import { absolute, clamp, fullMulDiv, MAX_WORD, mulWad } from "./word.ts";

const YEAR = 31_536_000n;
const LN2_WAD = 693147180559945309n;

/** A function of use, time and what it said to remember last time. */
export interface RateModel {
  /** Over the interval that has passed. [WAD, s] */
  accrue(utilisationWad: bigint, elapsed: bigint, state: bigint): { readonly rateWad: bigint; readonly state: bigint };
  /** Now. [WAD per second] */
  rateWad(utilisationWad: bigint, state: bigint): bigint;
}

/** `x0·(e^x − 1) ÷ x` for `x = ±magnitude`; below 1e-6 its series. */
function meanWhileMoving(start: bigint, magnitude: bigint, isGrowing: boolean): bigint {
  const x = isGrowing ? magnitude : -magnitude;
  if (magnitude < 10n ** 12n) return mulWad(start, WAD + x / 2n + (x * x) / (6n * WAD));
  return fullMulDiv(start, absolute(expWad(x) - WAD), magnitude);
}

/** `x0·e^(speed·t)` until it meets `bound`, `rest` from then on: its end and its mean. Units of x are the caller's. */
export function exponentialPath(
  start: bigint,
  speed: bigint,
  elapsed: bigint,
  bound: bigint,
  rest: bigint,
): { readonly end: bigint; readonly mean: bigint } {
  if (speed === 0n || elapsed === 0n) return { end: start, mean: start };
  const room = lnWad((maximum(start, bound) * WAD) / minimum(start, bound));
  const moved = minimum(elapsed * absolute(speed), MAX_WORD);
  const isGrowing = speed > 0n;
  if (moved >= room) {
    const share = (room * WAD) / moved; // of the interval, spent moving
    const mean = mulWad(meanWhileMoving(start, room, isGrowing), share) + mulWad(rest, WAD - share);
    return { end: rest, mean: clamp(mean, minimum(start, rest), maximum(start, rest)) };
  }
  const grown = mulWad(start, expWad(isGrowing ? moved : -moved));
  const end = clamp(grown, minimum(start, bound), maximum(start, bound));
  const mean = meanWhileMoving(start, moved, isGrowing);
  return { end, mean: clamp(mean, minimum(start, end), maximum(start, end)) };
}

/** As `KinkedRateModel.Params`. */
export interface KinkedRates {
  readonly basePerYearWad: bigint;
  readonly slopeToKinkPerYearWad: bigint;
  readonly slopeAboveKinkPerYearWad: bigint;
  readonly kinkWad: bigint;
  readonly criticalUtilisationWad: bigint;
  readonly surchargeFloorPerYearWad: bigint;
  readonly surchargeCapPerYearWad: bigint;
  readonly doublingSeconds: bigint;
}

/** Two lines that meet at the kink, and a surcharge while liquidity is short. State: the surcharge, in 1e-21 a second. */
export function kinkedRates(p: KinkedRates): RateModel {
  const scale = 1_000n;
  const [base, toKink, above] = [p.basePerYearWad, p.slopeToKinkPerYearWad, p.slopeAboveKinkPerYearWad].map(
    (perYear) => perYear / YEAR,
  );
  const floor = (p.surchargeFloorPerYearWad * scale) / YEAR;
  const cap = (p.surchargeCapPerYearWad * scale) / YEAR;
  const speed = LN2_WAD / p.doublingSeconds;
  const lines = (u: bigint) =>
    u <= p.kinkWad ? base + (toKink * u) / p.kinkWad : base + toKink + (above * (u - p.kinkWad)) / (WAD - p.kinkWad);
  const surchargeOf = (isCritical: boolean, state: bigint) =>
    state < floor ? (isCritical ? floor : 0n) : minimum(state, cap);
  return {
    accrue(utilisationWad, elapsed, state) {
      const u = minimum(utilisationWad, WAD);
      const isCritical = u >= p.criticalUtilisationWad;
      const surcharge = surchargeOf(isCritical, state);
      if (surcharge === 0n) return { rateWad: lines(u), state: 0n };
      const path = isCritical
        ? exponentialPath(surcharge, speed, elapsed, cap, cap)
        : exponentialPath(surcharge, -speed, elapsed, floor, 0n);
      return { rateWad: lines(u) + path.mean / scale, state: path.end };
    },
    rateWad(utilisationWad, state) {
      const u = minimum(utilisationWad, WAD);
      return lines(u) + surchargeOf(u >= p.criticalUtilisationWad, state) / scale;
    },
  };
}

/** As `AdaptiveRateModel.Params`. */
export interface AdaptiveRates {
  readonly targetUtilisationWad: bigint;
  readonly steepnessWad: bigint;
  readonly initialPerYearWad: bigint;
  readonly minPerYearWad: bigint;
  readonly maxPerYearWad: bigint;
  readonly speedPerYearWad: bigint;
}

/** A controller that steers use to a target. State: the rate at target, in 1e-23 a second. */
export function adaptiveRates(p: AdaptiveRates): RateModel {
  const scale = 100_000n;
  const [initial, low, high] = [p.initialPerYearWad, p.minPerYearWad, p.maxPerYearWad].map(
    (perYear) => (perYear * scale) / YEAR,
  );
  const speed = p.speedPerYearWad / YEAR;
  const target = p.targetUtilisationWad;
  const errorOf = (utilisationWad: bigint) => {
    const u = minimum(utilisationWad, WAD);
    return ((u - target) * WAD) / (u > target ? WAD - target : target);
  };
  const atTarget = (state: bigint) => (state === 0n ? initial : clamp(state, low, high));
  // To the nearest.
  const curve = (rateAtTarget: bigint, error: bigint) => {
    const slope = error < 0n ? WAD - (WAD * WAD) / p.steepnessWad : p.steepnessWad - WAD;
    const factor = WAD + (slope * error) / WAD;
    return (rateAtTarget * factor + WAD * (scale / 2n)) / (WAD * scale);
  };
  return {
    accrue(utilisationWad, elapsed, state) {
      const error = errorOf(utilisationWad);
      const bound = error > 0n ? high : low;
      const path = exponentialPath(atTarget(state), (speed * error) / WAD, elapsed, bound, bound);
      return { rateWad: curve(path.mean, error), state: path.end };
    },
    rateWad: (utilisationWad, state) => curve(atTarget(state), errorOf(utilisationWad)),
  };
}

/** Debt ÷ what is lenders'. [WAD, rounded down] */
export function utilisationWad(debtAssets: bigint, lenderAssets: bigint): bigint {
  if (debtAssets === 0n) return 0n;
  return debtAssets >= lenderAssets ? WAD : (debtAssets * WAD) / lenderAssets;
}

/** e^2 at most in one interval that nobody touched. [WAD] */
const MAX_EXPONENT = 2n * WAD;

/** `debt · (e^(rate·t) − 1)`, rounded up; never so much that debts no longer fit the books. */
export function interestUp(debtAssets: bigint, rateWad: bigint, elapsed: bigint, largest: bigint): bigint {
  const growth = expWad(minimum(rateWad * elapsed, MAX_EXPONENT)) - WAD;
  return minimum(divUp(debtAssets * growth, WAD), less(largest, debtAssets));
}
