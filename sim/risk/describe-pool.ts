import {
  BUCKETS,
  FALLS_PERCENT,
  UNBOUNDED,
  type AccountRisk,
  type BreakerState,
  type CollateralState,
  type Figures,
  type PoolState,
  type Sums,
} from "./lens-types.ts";
import type {
  AccountReport,
  AtRiskStep,
  BreakerLevel,
  BreakerReport,
  CollateralReport,
  PoolReport,
} from "./risk-report.ts";

const LEVELS: readonly BreakerLevel[] = ["normal", "caution", "restricted", "recovery"];

export interface TokenName {
  readonly token: string;
  readonly symbol: string;
  readonly decimals: number;
}

/** All that was read of one pool, as of one block. */
export interface PoolReading {
  readonly pool: string;
  readonly symbol: string;
  readonly loan: TokenName;
  /** Worth of a whole loan asset in the system's unit; null: not known. */
  readonly unitPrice: number | null;
  readonly state: PoolState;
  readonly sums: Sums;
  readonly figures: Figures;
  readonly tokens: readonly TokenName[]; // of the collaterals, in their order
  readonly nearest: readonly { readonly account: string; readonly risk: AccountRisk }[];
}

/** Health factors between the histogram's buckets. */
export const EDGES: readonly number[] = Array.from({ length: BUCKETS - 1 }, (_, i) => (50 + 5 * i) / 100);

/**
 * A pool in numbers for people and machines.
 * @param isPool Whether an address is one of the pools that are reported together.
 */
export function describePool(reading: PoolReading, isPool: (address: string) => boolean): PoolReport {
  const { state, sums, figures, loan } = reading;
  const money = (amount: bigint) => toNumber(amount, loan.decimals);
  const collaterals = state.collaterals.map((_, k) => describeCollateral(reading, k, isPool));
  return {
    ...{ pool: reading.pool, symbol: reading.symbol, loan, unitPrice: reading.unitPrice },
    ...{ debt: money(state.debt), cash: money(state.cash), reserves: money(state.reserves) },
    ...{ lenderAssets: money(state.lenderAssets), provision: money(state.provision) },
    utilisation: ratio(state.utilisationWad),
    ...{ collateralValue: money(state.collateralValue), shareValue: money(state.shareValue) },
    rehypothecationDepth: Number(state.shareDepth),
    ...{ leverage: ratio(state.leverageWad), borrowersLeverage: ratio(figures.leverageWad) },
    health: sums.debt === 0n ? null : ratio(figures.healthWad),
    ...{ backlog: money(state.backlog), restricted: state.restricted, touched: state.touched },
    breaker: describeBreaker(state.breaker),
    accounts: {
      owing: Number(sums.debtors),
      liquidatable: Number(sums.liquidatable),
      insolvent: Number(sums.insolvent),
      forSale: Number(sums.forSale),
      stalePrices: Number(sums.stale),
      complete: sums.debtShares === state.debtShares,
    },
    ...{ shortfall: money(sums.shortfall), staleDebt: money(sums.staleDebt) },
    concentration: {
      debt: sums.debt === 0n ? null : ratio(figures.debtHhiWad),
      collateral: sums.pledged === 0n ? null : ratio(figures.pledgedHhiWad),
    },
    histogram: { edges: EDGES, accounts: sums.bucketAccounts.map(Number), debt: sums.bucketDebt.map(money) },
    atRisk: stepsOf(figures.atRiskDebt, figures.atRiskValue, money),
    cascadeGain: worstGain(collaterals),
    collaterals,
    nearest: reading.nearest.map(({ account, risk }) => describeAccount(account, risk, money)),
  };
}

function describeCollateral(
  { state, sums, figures, loan, tokens }: PoolReading,
  k: number,
  isPool: (address: string) => boolean,
): CollateralReport {
  const [c, own, drawn] = [state.collaterals[k], sums.collaterals[k], figures.collaterals[k]];
  const money = (amount: bigint) => toNumber(amount, loan.decimals);
  const { token, symbol, decimals } = tokens[k];
  const gains = FALLS_PERCENT.slice(1).map((percent, i) => ({
    fall: percent / 100,
    gain: ratio(drawn.gainWad[i + 1]),
  }));
  return {
    ...{ token, symbol, supplied: toNumber(c.supplied, decimals), value: money(c.value) },
    price: c.price36 === 0n ? null : toNumber(c.price36, 36 + loan.decimals - decimals),
    priceFresh: c.priceFresh,
    borrowFactor: bps(c.borrowFactorBps),
    ...{ liquidationFactor: bps(c.liquidationFactorBps), liquidationFactorTarget: bps(c.liquidationTargetBps) },
    rampEnd: isRamping(c) ? Number(c.rampEnd) : null,
    snapshotFreshUntil: c.freshUntil === 0n ? null : Number(c.freshUntil),
    ...{ grace: c.grace, breaker: describeBreaker(c.breaker) },
    reserve: c.reserve === 0n ? null : money(c.reserve),
    ...(c.depthAt === 0n
      ? { depth: null, depthMeasuredAt: null }
      : { depth: money(c.depth), depthMeasuredAt: Number(c.depthAt) }),
    ...{ backlog: money(c.backlog), backlogToDepth: ratio(drawn.backlogToDepthWad) },
    rehypothecationDepth: Number(c.shareDepth),
    issuer: isPool(token) ? token : null,
    ...{ pledged: money(own.pledged), concentration: own.pledged === 0n ? null : ratio(drawn.hhiWad) },
    atRisk: stepsOf(drawn.atRiskDebt, drawn.atRiskValue, money),
    ...{ cascadeGain: gains[0].gain, gains },
  };
}

function isRamping({ liquidationFactorBps, liquidationTargetBps }: CollateralState): boolean {
  return liquidationFactorBps !== liquidationTargetBps;
}

function describeBreaker({ level, tightnessWad, until }: BreakerState): BreakerReport {
  return {
    level: LEVELS[Number(level)],
    tightness: ratio(tightnessWad) ?? 0,
    until: until === 0n ? null : Number(until),
  };
}

function describeAccount(account: string, risk: AccountRisk, money: (amount: bigint) => number): AccountReport {
  return {
    ...{ account, debt: money(risk.debt), collateral: money(risk.value) },
    ...{ leverage: ratio(risk.leverageWad), health: ratio(risk.healthWad) ?? 0, forSale: risk.kickedAt !== 0n },
  };
}

function stepsOf(
  debt: readonly bigint[],
  value: readonly bigint[],
  money: (amount: bigint) => number,
): readonly AtRiskStep[] {
  return FALLS_PERCENT.map((percent, i) => ({ fall: percent / 100, debt: money(debt[i]), value: money(value[i]) }));
}

/** Null if that of one of them is not known: it might be the largest. */
function worstGain(collaterals: readonly CollateralReport[]): number | null {
  const gains = collaterals.map(({ cascadeGain }) => cascadeGain);
  return gains.some((gain) => gain === null) ? null : gains.reduce<number>((most, g) => Math.max(most, g ?? 0), 0);
}

/** A WAD as a fraction. */
export function ratio(wad: bigint): number | null {
  return wad === UNBOUNDED ? null : toNumber(wad, 18);
}

function bps(value: bigint): number {
  return Number(value) / 10_000;
}

/** Nearest double: the amount's digits, with the point where it belongs. */
export function toNumber(amount: bigint, decimals: number): number {
  return Number(`${amount}e-${decimals}`);
}
