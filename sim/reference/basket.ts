/**
 * What several collaterals carry together: `W = ΣV − ½Σw − ½√(Σ(1−λᵢ²)wᵢ² + (Σλᵢwᵢ)²)` with `wᵢ = Vᵢ − fᵢVᵢ`, correlations being
 * `ρᵢⱼ = λᵢλⱼ` (DESIGN §7).
 */
import { less } from "./fixed-point.ts";
import { rootDown } from "./sale-terms.ts";

export const FULL_LOADING = 100n;
/** Weights from here on are of amounts that no books hold: nothing is credited for diversification. */
const MAX_WEIGHT = 2n ** 112n;

export interface Diversification {
  /** Σλw. [loan base units × 100] */
  readonly loaded: bigint;
  /** The root, × 100, rounded up; 0: nothing diversifies. */
  readonly rootUp: bigint;
  /** What is carried beyond Σ fᵢVᵢ. [loan base units, rounded down] */
  readonly credit: bigint;
}

/**
 * @param weights wᵢ. [loan base units]
 * @param loadings λᵢ. [%]
 */
export function diversify(weights: readonly bigint[], loadings: readonly bigint[]): Diversification {
  const sum = (terms: readonly bigint[]) => terms.reduce((total, term) => total + term, 0n);
  const own = sum(weights.map((w, i) => (FULL_LOADING ** 2n - loadings[i] ** 2n) * w * w));
  const loaded = sum(weights.map((w, i) => loadings[i] * w));
  if (own === 0n || weights.some((w) => w >= MAX_WEIGHT)) return { loaded, rootUp: 0n, credit: 0n };
  const square = own + loaded * loaded; // × 100²
  const root = rootDown(square);
  const rootUp = root * root < square ? root + 1n : root;
  return { loaded, rootUp, credit: less(sum(weights) * FULL_LOADING, rootUp) / (2n * FULL_LOADING) };
}
