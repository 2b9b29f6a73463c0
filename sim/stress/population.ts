import { LAB, type AssetProfile, type LabParameters } from "../config.ts";
import { addressOf, mostLeverage, type LenderPlan, type LooperPlan, type Population } from "../population.ts";
import type { LenderRun, Stress, Whale } from "../scenarios/stress.ts";

/** As an ordinary looper, that is: three times what it brings. */
const WHALE_LEVERAGE = 3;
const RUN_SECONDS = 3_600;

/** Address of the account that holds much of the collateral. */
export const WHALE = addressOf("whale");

/** The population that a scenario's stress calls for; without any, as it was drawn. */
export function stressPopulation(
  population: Population,
  stress: Stress | undefined,
  profile: AssetProfile,
  startPrice: number,
  lab: LabParameters = LAB,
): Population {
  const { whale, lenderRun } = stress ?? {};
  const withLenders =
    lenderRun === undefined ? population : { ...population, lenders: runOf(population.lenders, lenderRun) };
  return whale === undefined
    ? withLenders
    : withWhale(withLenders, whale, { profile, startPrice, minDebt: lab.minDebt });
}

/**
 * Adds a looper that holds the share of all collateral, its own included. The others get smaller, their loan-to-values kept,
 * until all together owe what they always do; nobody gets so small that the pool would not have it.
 */
function withWhale(
  population: Population,
  whale: Whale,
  {
    profile,
    startPrice,
    minDebt,
  }: { readonly profile: AssetProfile; readonly startPrice: number; readonly minDebt: number },
): Population {
  const { collateralShare, alarmHealth = 0 } = whale;
  const most = mostLeverage(profile.borrowFactorBps / 1e4, true);
  const leverage = Math.min(whale.leverage ?? WHALE_LEVERAGE, most);
  const ltv = 1 - 1 / leverage;
  // Of the others, s times as large: C = value ÷ debt. The whale's value is share/(1 − share)·s·C, its debt that times its LTV.
  const value =
    sum(population.borrowers, ({ collateral }) => collateral * startPrice) + loopedValue(population, startPrice);
  const debt = sum(population.borrowers, (plan) => plan.debt) + loopedDebt(population, startPrice);
  const odds = collateralShare / (1 - collateralShare);
  const scale = debt === 0 ? 0 : population.totalDebt / (debt + odds * value * ltv);
  const owned = debt === 0 ? population.totalDebt / ltv : odds * value * scale;
  const plan: LooperPlan = {
    ...{ address: WHALE, equity: owned / leverage / startPrice, leverage, isFlash: true },
    ...{ alarmHealth, reactionSeconds: 60 },
  };
  const borrowers = population.borrowers.map((each) => {
    const factor = Math.max(scale, minDebt / each.debt);
    return { ...each, debt: each.debt * factor, collateral: each.collateral * factor, cash: each.cash * factor };
  });
  const loopers = population.loopers.map((each) => {
    const owed = each.equity * (each.leverage - 1) * startPrice;
    return { ...each, equity: each.equity * Math.max(scale, (1.05 * minDebt) / owed) };
  });
  return { ...population, borrowers, loopers: [plan, ...loopers] };
}

function loopedValue({ loopers }: Population, price: number): number {
  return sum(loopers, ({ equity, leverage }) => equity * leverage * price);
}

function loopedDebt({ loopers }: Population, price: number): number {
  return sum(loopers, ({ equity, leverage }) => equity * (leverage - 1) * price);
}

/** The largest lenders, until they are the share of the deposits, each at its time. */
function runOf(lenders: readonly LenderPlan[], { share, atSeconds, overSeconds = RUN_SECONDS }: LenderRun) {
  const total = sum(lenders, ({ deposit }) => deposit);
  const runners: string[] = [];
  let running = 0;
  for (const { address, deposit } of [...lenders].sort((a, b) => b.deposit - a.deposit)) {
    if (running >= share * total) break;
    running += deposit;
    runners.push(address);
  }
  return lenders.map((plan): LenderPlan => {
    const place = runners.indexOf(plan.address);
    if (place < 0) return plan;
    return { ...plan, leavesAtSeconds: atSeconds + (overSeconds * place) / Math.max(1, runners.length - 1) };
  });
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
