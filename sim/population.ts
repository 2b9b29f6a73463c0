import { id } from "ethers";

import { LAB, type AssetProfile, type LabParameters } from "./config.ts";
import type { Rng } from "./rng.ts";
import { UserError } from "./user-error.ts";

/** Amounts in whole tokens. */
export interface BorrowerPlan {
  readonly address: string;
  readonly collateral: number;
  readonly debt: number;
  /** Loan assets kept at hand to repay with. */
  readonly cash: number;
  /** Health factor below which it repays; 0: it does not watch. */
  readonly alarmHealth: number;
  readonly reactionSeconds: number;
}

export interface LooperPlan {
  readonly address: string;
  readonly equity: number; // [collateral units]
  readonly leverage: number; // collateral value ÷ equity
  /** True: opened by flash swap; false: round by round. */
  readonly isFlash: boolean;
  readonly alarmHealth: number;
  readonly reactionSeconds: number;
}

/** One who loops into a fall, for the most that the pool lends then. */
export interface DipBuyerPlan {
  readonly address: string;
  readonly equity: number; // [collateral units]
  /** Fall from the start price at which it buys. */
  readonly fall: number;
}

export interface LenderPlan {
  readonly address: string;
  readonly deposit: number;
  /** Time from a loss to the wish to leave; undefined: it stays. */
  readonly panicSeconds: number | undefined;
  /** When it wants to leave whatever happens. [s since the start] */
  readonly leavesAtSeconds?: number;
}

export interface Population {
  readonly borrowers: readonly BorrowerPlan[];
  readonly loopers: readonly LooperPlan[];
  readonly lenders: readonly LenderPlan[];
  readonly dipBuyers: readonly DipBuyerPlan[];
  readonly totalDebt: number;
}

/** Rounds of the recursive loopers. */
export const LOOP_ROUNDS = 6;
/** Nobody goes to the edge of what is lent: shares of the borrow factor that are used at most. */
export const BORROWER_MARGIN = 0.97;
export const LOOPER_MARGIN = 0.98;

/** Address of an agent: the same name has the same address in every run. */
export function addressOf(name: string): string {
  return `0x${id(`breakwater lab: ${name}`).slice(26)}`;
}

/**
 * Draws who is there. Sizes are lognormal, as the distribution of DeFi positions is heavy-tailed; borrowers' health
 * factors are 1 + lognormal, cut where the pool would not lend; loopers sit near the most that it lends.
 * Debts are scaled to the configured total, so that depth ÷ debt does not depend on the head count.
 * @throws UserError if so many cannot owe the least that each must, because lenders have not so much.
 */
export function planPopulation(
  rng: Rng,
  counts: { readonly borrowers: number; readonly loopers: number; readonly dipBuyers?: number },
  profile: AssetProfile,
  startPrice: number,
  lab: LabParameters = LAB,
): Population {
  const borrowFactor = profile.borrowFactorBps / 1e4;
  const liquidationFactor = profile.liquidationFactorBps / 1e4;
  const looperDebt = counts.loopers === 0 ? 0 : lab.totalDebt * (counts.borrowers === 0 ? 1 : lab.looperDebtShare);
  const borrowerDebt = lab.totalDebt - looperDebt;

  const borrowerRng = rng.fork("borrowers");
  const borrowers = scaleTo(
    lab.minDebt,
    borrowerDebt,
    Array.from({ length: counts.borrowers }, () => borrowerRng.lognormal(1, 1.1)),
  ).map((debt, i): BorrowerPlan => {
    const health = 1 + borrowerRng.lognormal(0.55, 0.75);
    const ltv = Math.min(liquidationFactor / health, borrowFactor * BORROWER_MARGIN);
    const isAttentive = borrowerRng.next() < lab.attentiveBorrowerShare;
    return {
      address: addressOf(`borrower-${i}`),
      collateral: debt / ltv / startPrice,
      debt,
      cash: debt * borrowerRng.between(0, 0.5),
      alarmHealth: isAttentive ? borrowerRng.between(1.04, 1.15) : 0,
      reactionSeconds: borrowerRng.between(300, 5_400),
    };
  });

  const looperRng = rng.fork("loopers");
  const loopers = scaleTo(
    lab.minDebt,
    looperDebt,
    Array.from({ length: counts.loopers }, () => looperRng.lognormal(1, 0.8)),
  ).map((debt, i): LooperPlan => {
    const isFlash = i % 2 === 1;
    const leverage = 1 + (mostLeverage(borrowFactor, isFlash) - 1) * looperRng.between(0.55, 0.95);
    const isAttentive = looperRng.next() < lab.attentiveLooperShare;
    return {
      address: addressOf(`looper-${i}`),
      equity: debt / (leverage - 1) / startPrice,
      leverage,
      isFlash,
      alarmHealth: isAttentive ? looperRng.between(1.01, 1.06) : 0,
      reactionSeconds: looperRng.between(60, 1_800),
    };
  });

  const debts = [
    ...borrowers.map(({ debt }) => debt),
    ...loopers.map(({ equity, leverage }) => equity * (leverage - 1) * startPrice),
  ];
  const owed = debts.reduce((sum, debt) => sum + debt, 0);
  if (owed > lab.totalDebt / lab.utilisation) {
    throw new UserError(
      `${counts.borrowers} borrowers and ${counts.loopers} loopers owe ${3 * lab.minDebt} each at least, more than the ` +
        `${lab.totalDebt / lab.utilisation} that lenders have: take fewer, or a lower lab.minDebt`,
    );
  }

  const lenderRng = rng.fork("lenders");
  const lenders = scaleTo(
    lab.minDebt,
    lab.totalDebt / lab.utilisation,
    Array.from({ length: lab.lenders }, () => lenderRng.lognormal(1, 0.8)),
  ).map((deposit, i): LenderPlan => {
    const panics = lenderRng.next() < lab.panickyLenderShare;
    const delay = lenderRng.between(600, 7_200);
    return { address: addressOf(`lender-${i}`), deposit, panicSeconds: panics ? delay : undefined };
  });

  const dipRng = rng.fork("dip-buyers");
  const weights = Array.from({ length: counts.dipBuyers ?? 0 }, () => dipRng.lognormal(1, 0.8));
  const scale = (lab.totalDebt * lab.dipBuyerEquityShare) / startPrice / weights.reduce((sum, each) => sum + each, 0);
  const dipBuyers = weights.map((weight, i): DipBuyerPlan => {
    const fall = dipRng.between(lab.dipBuyerFall[0], lab.dipBuyerFall[1]);
    return { address: addressOf(`dip-buyer-${i}`), equity: weight * scale, fall };
  });
  return { borrowers, loopers, lenders, dipBuyers, totalDebt: lab.totalDebt };
}

/** The most that a loop reaches: 1/(1 − LTV) in one transaction, less in a few rounds. */
export function mostLeverage(borrowFactor: number, isFlash: boolean): number {
  const ltv = borrowFactor * LOOPER_MARGIN;
  return isFlash ? 1 / (1 - ltv) : exposureOf(ltv, LOOP_ROUNDS);
}

/** Exposure of a loop of n rounds at loan-to-value l: (1 − l^(n+1))/(1 − l). */
export function exposureOf(ltv: number, rounds: number): number {
  return (1 - ltv ** (rounds + 1)) / (1 - ltv);
}

/** Loan-to-value at which n rounds reach an exposure, by bisection. */
export function ltvFor(exposure: number, rounds: number): number {
  let [low, high] = [0, 1 - 1e-9];
  for (let i = 0; i < 60; ++i) {
    const middle = (low + high) / 2;
    if (exposureOf(middle, rounds) < exposure) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * At least a few times the pool's minimum debt each, and the total where it is enough for that: what raises the small
 * ones is taken from the others in proportion.
 */
function scaleTo(minDebt: number, total: number, weights: readonly number[]): number[] {
  const least = 3 * minDebt;
  const raised = new Set<number>();
  for (;;) {
    const shared = weights.reduce((sum, weight, i) => (raised.has(i) ? sum : sum + weight), 0);
    const scale = (total - least * raised.size) / shared;
    const before = raised.size;
    weights.forEach((weight, i) => {
      if (weight * scale < least) raised.add(i);
    });
    if (raised.size === before) return weights.map((weight, i) => (raised.has(i) ? least : weight * scale));
  }
}
