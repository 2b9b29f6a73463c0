/** Float reference of the collateral factors, written from DESIGN §7 and not from the contracts. Amounts are plain. */

const DAY = 86_400;

export interface FactorInputs {
  readonly z: number;
  readonly beta: number;
  /** Of a day. */
  readonly sigma: number;
  readonly seconds: number;
  /** q ÷ y. */
  readonly sliceShare: number;
}

/** T in seconds, and whether it is more than a day. */
export function timeToLiquidate(exposure: number, salePerDay: number): { seconds: number; beyond: boolean } {
  const days = salePerDay === 0 ? Infinity : exposure / salePerDay;
  return { seconds: Math.min(Math.max(days, 1 / 24), 1) * DAY, beyond: days > 1 };
}

export function survival(z: number, sigma: number, seconds: number): number {
  return Math.exp(-z * sigma * Math.sqrt(seconds / DAY));
}

/** LT = e^(−z·σ·√T) / ((1+β)(1+2q/y)) */
export function liquidationFactor({ z, beta, sigma, seconds, sliceShare }: FactorInputs): number {
  return survival(z, sigma, seconds) / ((1 + beta) * (1 + 2 * sliceShare));
}

/** SmartLTV's published formula: e^(−c·σ/√(l/d)) − β. */
export function smartLtv(p: { liquidity: number; debt: number; sigma: number; beta: number; confidence: number }) {
  return Math.exp((-p.confidence * p.sigma) / Math.sqrt(p.liquidity / p.debt)) - p.beta;
}

export function addOn(p: {
  readonly leverage: number;
  readonly freeLeverage: number;
  readonly leverageSlope: number;
  readonly rise: number;
  readonly freeRise: number;
  readonly riseSlope: number;
  readonly cap: number;
}): number {
  const byLeverage = p.leverageSlope * Math.max(0, p.leverage - p.freeLeverage);
  const byRise = p.riseSlope * Math.max(0, p.rise - p.freeRise);
  return Math.min(byLeverage + byRise, p.cap);
}

/** BF = LT − buffer·(1−LT) − add-on, not below zero. */
export function borrowFactor(liquidation: number, buffer: number, addition: number): number {
  return Math.max(0, liquidation - buffer * (1 - liquidation) - addition);
}

/** Debt at which LTV·(1+b)·(1+2c/y) = 1. */
export function toxicDebt(collateral: number, reserve: number, discount: number): number {
  return collateral / ((1 + discount) * (1 + (2 * collateral) / reserve));
}

export interface Portfolio {
  readonly values: readonly number[];
  readonly haircuts: readonly number[];
  /** Upper triangle without its diagonal, row by row. */
  readonly correlations: readonly number[];
}

function correlationAt({ values, correlations }: Portfolio, i: number, j: number): number {
  if (i === j) return 1;
  const [row, column] = i < j ? [i, j] : [j, i];
  const skipped = row * values.length - (row * (row + 1)) / 2;
  return correlations[skipped + column - row - 1];
}

/** H = ½Σhᵢvᵢ + ½√(ΣΣ ρᵢⱼ·hᵢvᵢ·hⱼvⱼ) */
export function portfolioHaircut(portfolio: Portfolio): number {
  const weights = portfolio.values.map((value, i) => value * portfolio.haircuts[i]);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let square = 0;
  weights.forEach((a, i) => weights.forEach((b, j) => (square += correlationAt(portfolio, i, j) * a * b)));
  return sum / 2 + Math.sqrt(square) / 2;
}

/** 1 − ∂H/∂v_k by central finite difference. */
export function marginalFactor(portfolio: Portfolio, k: number): number {
  const step = Math.max(...portfolio.values) * 1e-5;
  const moved = (change: number) =>
    portfolioHaircut({ ...portfolio, values: portfolio.values.map((value, i) => (i === k ? value + change : value)) });
  return 1 - (moved(step) - moved(-step)) / (2 * step);
}
