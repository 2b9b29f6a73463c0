/** The rate models in floating point, written from the formulas: rates per second as fractions, times in seconds. */

const YEAR = 365 * 86_400;

export interface RatePath {
  readonly end: number;
  readonly mean: number;
}

/** `x0·e^(speed·t)` until it meets the bound, `rest` from then on. */
function exponentialPath(x0: number, speed: number, elapsed: number, bound: number, rest: number): RatePath {
  if (speed === 0 || elapsed === 0) return { end: x0, mean: x0 };
  const meetsAfter = Math.log(bound / x0) / speed;
  const moving = Math.min(elapsed, meetsAfter);
  const x = speed * moving;
  const meanWhileMoving = x === 0 ? x0 : (x0 * Math.expm1(x)) / x;
  if (elapsed < meetsAfter) return { end: x0 * Math.exp(x), mean: meanWhileMoving };
  return { end: rest, mean: (meanWhileMoving * moving + rest * (elapsed - moving)) / elapsed };
}

export interface AdaptiveReference {
  readonly target: number;
  readonly steepness: number;
  readonly initialPerYear: number;
  readonly minPerYear: number;
  readonly maxPerYear: number;
  readonly speedPerYear: number;
}

/** @param rateAtTarget Per second; undefined at the first call. */
export function adaptiveReference(
  p: AdaptiveReference,
  utilisation: number,
  elapsed: number,
  rateAtTarget: number | undefined,
): RatePath {
  const error = (utilisation - p.target) / (utilisation > p.target ? 1 - p.target : p.target);
  const bound = (error > 0 ? p.maxPerYear : p.minPerYear) / YEAR;
  const start = rateAtTarget ?? p.initialPerYear / YEAR;
  const path = exponentialPath(start, (p.speedPerYear * error) / YEAR, elapsed, bound, bound);
  const factor = 1 + (error < 0 ? 1 - 1 / p.steepness : p.steepness - 1) * error;
  return { end: path.end, mean: path.mean * factor };
}

export interface KinkedReference {
  readonly basePerYear: number;
  readonly slopeToKinkPerYear: number;
  readonly slopeAboveKinkPerYear: number;
  readonly kink: number;
  readonly critical: number;
  readonly surchargeFloorPerYear: number;
  readonly surchargeCapPerYear: number;
  readonly doublingSeconds: number;
}

/** @param surcharge Per second; 0 for none. */
export function kinkedReference(p: KinkedReference, utilisation: number, elapsed: number, surcharge: number): RatePath {
  const below = Math.min(utilisation / p.kink, 1);
  const above = Math.max((utilisation - p.kink) / (1 - p.kink), 0);
  const lines = (p.basePerYear + p.slopeToKinkPerYear * below + p.slopeAboveKinkPerYear * above) / YEAR;
  const critical = utilisation >= p.critical;
  const [floor, cap] = [p.surchargeFloorPerYear / YEAR, p.surchargeCapPerYear / YEAR];
  if (!critical && surcharge < floor) return { end: 0, mean: lines };
  const speed = (critical ? 1 : -1) * (Math.LN2 / p.doublingSeconds);
  const path = exponentialPath(Math.max(surcharge, floor), speed, elapsed, critical ? cap : floor, critical ? cap : 0);
  return { end: path.end, mean: lines + path.mean };
}
