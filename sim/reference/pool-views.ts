/** What a pool tells of itself: structures with the fields of the contract's, in their order. */
import { loadingAt } from "./auction-state.ts";
import { less } from "./fixed-point.ts";
import { exitFloor } from "./pool-lender.ts";
import { utilisationWad } from "./pool-rates.ts";
import { rampAt } from "./pool-ramp.ts";
import { ratePerSecond as paceOf } from "./sale-terms.ts";
import { accountOf, accrued, lenderAssets, listed, type Pool } from "./pool-state.ts";

/** `ILendingPool.accountOf`. */
export function accountRecord(p: Pool, account: string) {
  const record = accountOf(p, account);
  const { kickedAt, part, index, keeper, easedAt, lag } = record;
  const isForSale = kickedAt !== 0n;
  return {
    debtShares: record.shares,
    collateralMask: record.held.reduce((mask, amount, i) => (amount === 0n ? mask : mask | (1n << BigInt(i))), 0n),
    kickedAt,
    provisioned: record.provision !== 0n,
    saleDebtOrEasedAt: isForSale ? part : easedAt,
    /** Means nothing unless it is for sale. */
    saleIndex: isForSale ? BigInt(index) : undefined,
    keeperOrLag: isForSale ? keeper : lag,
  };
}

export function totals(p: Pool) {
  const { debtAssets, debtShares, cash, reserves } = accrued(p);
  return { debtAssets, debtShares, cash, reserves };
}

export function borrowRatePerSecondWad(p: Pool): bigint {
  const b = accrued(p);
  return p.rates.model.rateWad(utilisationWad(b.debtAssets, lenderAssets(b)), b.rateState);
}

export function collateralConfig(p: Pool, token: string) {
  const index = listed(p, token);
  const c = p.collaterals[index];
  return {
    ...{ totalSupplied: c.total, supplyCap: c.supplyCap, index: BigInt(index), listed: true, curve: c.curve },
    ...{ borrowFactorBps: c.borrowFactorBps, liquidationFactorBps: c.ramp.to, rampFromBps: c.ramp.from },
    ...{ rampStart: c.ramp.start, rampEnd: c.ramp.end },
    ...{ borrowCapBps: c.borrowCapBps, liquidationCapBps: c.liquidationCapBps },
  };
}

export function poolConfig({ oracle, rates, parameters: q }: Pool) {
  return {
    ...{ oracle: oracle.address, interestRateModel: rates.address, supplyCap: q.supplyCap, borrowCap: q.borrowCap },
    ...{ minDebt: q.minDebt, reserveFactorBps: q.reserveFactorBps, flashFeeBps: q.flashFeeBps },
    ...{ pauseFlags: q.pauseFlags, targetHealthBps: q.targetHealthBps, maxCollateralsPerAccount: q.maxCollaterals },
  };
}

export function riskOf(p: Pool, token: string) {
  const c = p.collaterals[listed(p, token)];
  return {
    borrowFactorBps: c.borrowFactorBps,
    liquidationFactorBps: rampAt(c.ramp, p.now),
    liquidationTargetBps: c.ramp.to,
    level: c.level,
    freshUntil: c.freshUntil,
    updatedAt: less(c.freshUntil, c.maxAge),
    loadingPercent: c.loading,
    liquidationLoadingPercent: loadingAt(c, p.now),
    discountBps: c.discountTenBps * 10n,
    grace: c.grace && p.now <= c.freshUntil,
    reserve: c.reserve,
    poolRestricted: p.restricted,
    exitFloorShares: exitFloor(p),
  };
}

/** Debt and what is lenders' as they were last booked. The backlog in loan base units. */
export function riskInputs(p: Pool, token: string) {
  const c = p.collaterals[listed(p, token)];
  return {
    oracleTag: BigInt(p.oracle.address) & (2n ** 64n - 1n),
    ...{ totalSupplied: c.total, liquidationFactorBps: rampAt(c.ramp, p.now), debtAssets: p.debtAssets },
    ...{ backlog: c.backlog * p.unit, lenderAssets: lenderAssets(p), lenderShares: p.shares.supply },
    ...{ exitFloorShares: exitFloor(p), provision: p.totalProvision, badDebt: p.badDebt },
    // Of the time of the last change 16 bits are kept.
    touched: (c.changedAt - p.now) % 65_536n === 0n || p.bookedAt === p.now,
  };
}

export function saleOf(p: Pool, token: string) {
  const c = p.collaterals[listed(p, token)];
  const [backlog, reserve] = [c.backlog * p.unit, c.freshUntil === 0n ? 0n : c.reserve];
  const ratePerSecond = paceOf(c.terms, reserve, backlog);
  return { curve: c.curve, clockTicks: c.clock, backlog, reserve, ratePerSecond };
}
