import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { BPS, deployPool, RATES, WAD, type PoolOptions } from "./pool-fixtures.ts";

export const USD = 10n ** 6n;
export const ETHER = 10n ** 18n;
export const BITCOIN = 10n ** 8n;
export const YEAR = 365n * 86_400n;
export const MIN_DEBT = 100n * USD;
/** Lent to the pool by `lender`. */
export const LENT = 900_000n * USD;

/** Zero below full utilisation. */
const NO_RATES = {
  ...{ ...RATES, basePerYearWad: 0n, slopeToKinkPerYearWad: 0n, slopeAboveKinkPerYearWad: 0n },
  ...{ criticalUtilisationWad: WAD, surchargeFloorPerYearWad: 10n ** 9n, surchargeCapPerYearWad: 10n ** 9n },
};

/** The fixture on the connection that all files share. */
export async function load<T>(fixture: (connection: NetworkConnection) => Promise<T>): Promise<T> {
  const { networkHelpers } = await network.getOrCreate();
  return networkHelpers.loadFixture(fixture);
}

/** ETH, BTC and STB; 900,000 lent; a minimum debt of 100; a tenth of interest to reserves. Nobody owes anything. */
export async function lentPool(connection: NetworkConnection, options: PoolOptions = {}) {
  const p = await deployPool(connection, { ...options, collaterals: 3 });
  const [eth, btc, stb] = p.collaterals;
  await p.admin.setMinDebt(MIN_DEBT);
  await p.admin.setReserveFactor(1_000);
  await p.pool.connect(p.lender).deposit(LENT, p.lender.address);
  return { ...p, eth, btc, stb };
}

export type LentPool = Awaited<ReturnType<typeof lentPool>>;

/** The same at a rate of zero: limits are exact to the unit, however many blocks a test takes. */
export async function calmPool(connection: NetworkConnection, options: PoolOptions = {}) {
  const p = await lentPool(connection, options);
  await stopInterest(p);
  return p;
}

/** From now on the rate is zero. */
export async function stopInterest(p: LentPool) {
  const model = await p.ethers.deployContract("KinkedRateModel", [NO_RATES]);
  await p.admin.setInterestRateModel(await model.getAddress());
}

/** `borrower` owes 120,000 against 100 ETH, of which 80 would do. No interest. */
export async function calmDebtor(connection: NetworkConnection) {
  const p = await calmPool(connection);
  await supply(p, p.eth, 100n * ETHER);
  await p.pool.connect(p.borrower).borrow(120_000n * USD, 0, p.borrower.address, p.borrower.address);
  return p;
}

type Collateral = LentPool["collaterals"][number];

/** `borrower`, or whoever is given, adds collateral of its own. */
export async function supply(p: LentPool, collateral: Collateral, amount: bigint, account = p.borrower) {
  await p.pool.connect(account).supplyCollateral(collateral.address, amount, account.address, "0x");
}

/** Sets both prices of a collateral. [whole dollars a whole token] */
export async function setPrice(p: LentPool, collateral: Collateral, dollars: bigint) {
  await p.oracle.setPrice(collateral.address, (dollars * USD * 10n ** 36n) / collateral.unit);
}

/** Value at a price, rounded down as the pool does. [loan base units] */
export function valueDown(amount: bigint, price36: bigint): bigint {
  return (amount * price36) / 10n ** 36n;
}

export function bpsDown(value: bigint, bps: bigint): bigint {
  return (value * bps) / BPS;
}

export function divUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

/** 300,000 at a rate that is not zero, owed by `otherBorrower` for a year: a debt share is worth more than a unit. */
export async function agedPool(connection: NetworkConnection) {
  const p = await lentPool(connection);
  await supply(p, p.eth, 10_000n * ETHER, p.otherBorrower);
  await p.pool.connect(p.otherBorrower).borrow(300_000n * USD, 0, p.otherBorrower.address, p.otherBorrower.address);
  await supply(p, p.eth, 100n * ETHER);
  await p.networkHelpers.time.increase(YEAR);
  await p.pool.accrue();
  return p;
}

/** Fixes the time of the next block and returns the books, with interest up to then, on which that block will work. */
export async function booksIn(p: LentPool, seconds: bigint) {
  const { time } = p.networkHelpers;
  await time.setNextBlockTimestamp(BigInt(await time.latest()) + seconds);
  const { debtAssets, debtShares, cash, reserves } = await p.pool.totals({ blockTag: "pending" });
  return { debtAssets, debtShares, cash, reserves };
}

type Books = Awaited<ReturnType<typeof booksIn>>;

/** Price of debt shares: one virtual unit of each is added to the totals. */
export const debt = {
  sharesDown: (assets: bigint, b: Books) => (assets * (b.debtShares + 1n)) / (b.debtAssets + 1n),
  sharesUp: (assets: bigint, b: Books) => divUp(assets * (b.debtShares + 1n), b.debtAssets + 1n),
  assetsDown: (shares: bigint, b: Books) => (shares * (b.debtAssets + 1n)) / (b.debtShares + 1n),
  assetsUp: (shares: bigint, b: Books) => divUp(shares * (b.debtAssets + 1n), b.debtShares + 1n),
};
