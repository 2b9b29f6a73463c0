import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import {
  BITCOIN,
  calmDebtor,
  calmPool,
  divUp,
  ETHER,
  lentPool,
  load,
  supply,
  USD,
  type LentPool,
} from "./borrower-fixtures.ts";
import { WAD } from "./pool-fixtures.ts";

/** What `borrower` owes in the fixtures below. */
export const OWED = 120_000n * USD;
/** Of the Dutch curve that sells ETH: from 5 % above the liquidation price to 1/1.1 of it. [s] */
export const CURVE_SECONDS = 1_800n;
/** After the floor an unsold account starts anew. [s] */
export const GRACE_SECONDS = 1_800n;
export const TARGET_BPS = 10_400n;
/** As `LiquidationModule.UNKICK_HEALTH_BPS`. */
export const UNKICK_BPS = 10_200n;

/** ETH at 1,450: 120,000 owed against 100 ETH, whose liquidation capacity is 116,000. No interest. */
export async function sinkingPool(connection: NetworkConnection) {
  const p = await calmDebtor(connection);
  await p.oracle.setPrice(p.eth.address, 1_450n * USD * ETHER);
  return p;
}

/**
 * 120,000 owed against 30 ETH (Dutch curve), 1 BTC and 40,000 STB (at a fixed bonus of 5 %): with ETH at 1,500 their
 * liquidation capacity is 36,000 + 45,000 + 36,000. No interest.
 */
export async function mixedPool(connection: NetworkConnection) {
  const p = await calmPool(connection);
  await supply(p, p.eth, 30n * ETHER);
  await supply(p, p.btc, BITCOIN);
  await supply(p, p.stb, 40_000n * USD);
  await p.pool.connect(p.borrower).borrow(OWED, 0, p.borrower.address, p.borrower.address);
  await p.oracle.setPrice(p.eth.address, 1_500n * USD * ETHER);
  return p;
}

/** The same with interest, at prices at which nobody is in danger; `otherBorrower` owes 200,000 beside. */
export async function livePool(connection: NetworkConnection) {
  const p = await lentPool(connection);
  for (const [account, debt] of [
    [p.borrower, OWED],
    [p.otherBorrower, 200_000n * USD],
  ] as const) {
    await supply(p, p.eth, 1_000n * ETHER, account);
    await p.pool.connect(account).borrow(debt, 0, account.address, account.address);
  }
  return p;
}

/** A fixture with short names for what every liquidation test does. */
export async function loadLiquidation<T extends LentPool>(fixture: (connection: NetworkConnection) => Promise<T>) {
  const p = await load(fixture);
  const { time } = p.networkHelpers;
  const latest = async () => BigInt(await time.latest());
  /** The next block comes this much after the last one. */
  const wait = async (seconds: bigint) => time.setNextBlockTimestamp((await latest()) + seconds);
  const kick = () => p.liquidation.kick(p.borrower.address);
  const unkick = () => p.liquidation.unkick(p.borrower.address);
  const take = (token: string, maxCollateral = MaxUint256, maxRepay = MaxUint256, taker = p.liquidator) =>
    p.liquidation.connect(taker).take(p.borrower.address, token, maxCollateral, maxRepay, taker.address, "0x");
  /** What a take in the next block would sell and cost. */
  const quote = async (token: string, maxCollateral = MaxUint256) => {
    const [amount, repay, price36] = await p.liquidation.quoteTake.staticCall(
      p.borrower.address,
      token,
      maxCollateral,
      { blockTag: "pending" },
    );
    return { amount, repay, price36 };
  };
  const kickedAt = async () => (await p.pool.accountOf(p.borrower.address)).kickedAt;
  return { ...p, time, latest, wait, kick, unkick, take, quote, kickedAt };
}

/** Sale price: liquidation price × factor, rounded up. */
export function salePrice36(price36: bigint, factorWad: bigint): bigint {
  return divUp(price36 * factorWad, WAD);
}

/** Price of an amount, rounded up: against the taker. [loan base units] */
export function costUp(amount: bigint, price36: bigint): bigint {
  return divUp(amount * price36, 10n ** 36n);
}

export interface Holding {
  readonly amount: bigint;
  readonly price36: bigint;
  readonly factorBps: bigint;
}

/** Whether Σ LT·V ≥ health × debt, without any rounding. */
export function isAsHealthy(holdings: readonly Holding[], debt: bigint, healthBps: bigint): boolean {
  const capacity = holdings.reduce((sum, h) => sum + h.amount * h.price36 * h.factorBps, 0n);
  return capacity >= debt * healthBps * 10n ** 36n;
}

/**
 * Least repayment, in whole units, after which the account is as healthy as wanted, when `sold` is sold at `price36`:
 * found by bisection over exact fractions, not by the formula of `LiquidationMath`. All of the debt if none suffices.
 */
export function leastRepayment(
  holdings: readonly Holding[],
  sold: number,
  price36: bigint,
  debt: bigint,
  healthBps: bigint,
): bigint {
  // Everything is multiplied by the sale price, so that the amount sold, repay ÷ price, stays whole.
  const enough = (repay: bigint) => {
    const capacity = holdings.reduce((sum, h, index) => {
      const left = h.amount * price36 - (index === sold ? repay * 10n ** 36n : 0n);
      return sum + left * h.price36 * h.factorBps;
    }, 0n);
    return capacity >= (debt - repay) * healthBps * 10n ** 36n * price36;
  };
  let [low, high] = [0n, debt];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (enough(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}
