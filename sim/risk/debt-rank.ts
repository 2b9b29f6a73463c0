/** A pool as a member of a network. Amounts in one unit. */
export interface RankedPool {
  /** What bears a loss before lenders do: equity of its borrowers, and reserves. */
  readonly capital: number;
  /** Economic value: what its lenders own. */
  readonly lenderAssets: number;
}

/** Shares of one pool that are collateral in another. Pools by their place in the list. */
export interface Exposure {
  readonly holder: number;
  readonly issuer: number;
  readonly value: number;
}

/**
 * DebtRank (Battiston, Puliga, Kaushik, Tasca and Caldarelli, "DebtRank: Too Central to Fail? Financial Networks, the FED and
 * Systemic Risk", Scientific Reports 2:541, 2012): which share of all economic value is hurt if one member defaults, its own
 * not counted. The impact of an issuer on a holder is `W = min(1, exposure ÷ holder's capital)`; distress passes along
 * `h_i(t) = min(1, h_i(t−1) + Σ_j W_ji·h_j(t−1))` over the members j that became distressed in the step before, and each
 * member passes it on only once, so that cycles end.
 * @returns For each pool its DebtRank, 0 … 1: Σ_i h_i(T)·v_i less what was put in, with v_i its share of all lenders' assets.
 */
export function debtRanks(pools: readonly RankedPool[], exposures: readonly Exposure[]): number[] {
  const total = pools.reduce((sum, { lenderAssets }) => sum + lenderAssets, 0);
  if (total === 0) return pools.map(() => 0);
  const impacts = pools.map(() => new Map<number, number>());
  for (const { holder, issuer, value } of mergedExposures(exposures)) {
    if (value <= 0 || holder === issuer) continue;
    const { capital } = pools[holder];
    impacts[issuer].set(holder, capital > 0 ? Math.min(1, value / capital) : 1);
  }
  return pools.map((_, first) => {
    const distress = spread(impacts, first);
    distress[first] = 0; // only what it does to others
    return distress.reduce((sum, h, i) => sum + (h * pools[i].lenderAssets) / total, 0);
  });
}

/** Distress of all members in the end, if `first` defaults. */
function spread(impacts: readonly ReadonlyMap<number, number>[], first: number): number[] {
  const distress: number[] = impacts.map((_, i) => (i === first ? 1 : 0));
  const isDone = impacts.map(() => false);
  let distressed = [first];
  while (distressed.length > 0) {
    const before = [...distress];
    const reached = new Set<number>();
    for (const j of distressed) {
      for (const [i, impact] of impacts[j]) {
        distress[i] = Math.min(1, distress[i] + impact * before[j]);
        reached.add(i);
      }
    }
    for (const j of distressed) isDone[j] = true;
    distressed = [...reached].filter((i) => !isDone[i] && distress[i] > 0);
  }
  return distress;
}

/** One entry a pair. */
function mergedExposures(exposures: readonly Exposure[]): Exposure[] {
  const merged = new Map<string, Exposure>();
  for (const { holder, issuer, value } of exposures) {
    const key = `${holder}/${issuer}`;
    merged.set(key, { holder, issuer, value: value + (merged.get(key)?.value ?? 0) });
  }
  return [...merged.values()];
}
