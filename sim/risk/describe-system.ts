import { debtRanks, type Exposure } from "./debt-rank.ts";
import type { PoolReport, SystemRiskReport } from "./risk-report.ts";

/**
 * Pools as one system, in a common unit. _Gross_ collateral counts a share of a pool and what is behind it; _ultimate_ does not
 * count the share. Equity is the same for both: gross collateral less all debt.
 */
export function describeSystem(pools: readonly PoolReport[], unit: string): SystemRiskReport {
  const priced = pools.filter(({ unitPrice }) => unitPrice !== null);
  const members = priced.map((pool) => ({ pool, price: pool.unitPrice ?? 0 }));
  const sum = (amount: (pool: PoolReport) => number) =>
    members.reduce((total, { pool, price }) => total + price * amount(pool), 0);
  const exposures = members.flatMap(({ pool, price }, holder) =>
    pool.collaterals.flatMap(({ issuer, value }): Exposure[] => {
      const at = members.findIndex((member) => issuer !== null && sameAddress(member.pool.pool, issuer));
      return at < 0 || value === 0 ? [] : [{ holder, issuer: at, value: value * price }];
    }),
  );
  const gross = sum(({ collateralValue }) => collateralValue);
  const debt = sum((pool) => pool.debt);
  const ultimate = gross - exposures.reduce((total, { value }) => total + value, 0);
  const lenderAssets = sum((pool) => pool.lenderAssets);
  const ranks = debtRanks(
    members.map(({ pool, price }) => ({
      capital: price * (Math.max(0, pool.collateralValue - pool.debt) + pool.reserves),
      lenderAssets: price * pool.lenderAssets,
    })),
    exposures,
  );
  return {
    unit,
    pools: members.length,
    leftOut: pools.filter(({ unitPrice }) => unitPrice === null).map(({ pool }) => pool),
    ...{ grossCollateral: gross, ultimateCollateral: ultimate, debt, lenderAssets },
    backlog: sum(({ backlog }) => backlog),
    grossLeverage: leverageOf(gross, gross, debt),
    leverage: leverageOf(ultimate, gross, debt),
    exposures: exposures.map(({ holder, issuer, value }) => ({
      ...{ holder: members[holder].pool.pool, issuer: members[issuer].pool.pool, value },
    })),
    debtRanks: members.map(({ pool, price }, i) => ({
      ...{ pool: pool.pool, debtRank: ranks[i] },
      weight: lenderAssets === 0 ? 0 : (price * pool.lenderAssets) / lenderAssets,
    })),
  };
}

/** Null: no equity. One where nothing is owed and nothing is there, as for a single account. */
function leverageOf(assets: number, gross: number, debt: number): number | null {
  if (gross === 0 && debt === 0) return 1;
  return gross > debt ? assets / (gross - debt) : null;
}

export function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
