import { MaxUint256 } from "ethers";

import type { LensPool } from "./risk-lens-fixtures.ts";

const STEPS = Array.from({ length: 11 }, (_, step) => 5n * BigInt(step));

/** An account, of whose risk only the pool has been asked. */
export interface ReferenceAccount {
  readonly address: string;
  readonly debt: bigint;
  readonly value: bigint;
  readonly capacity: bigint;
  readonly values: readonly bigint[]; // of each collateral
}

/** The accounts that owe. */
export async function readAccounts(p: LensPool, accounts: readonly string[]): Promise<ReferenceAccount[]> {
  const read: ReferenceAccount[] = [];
  for (const address of accounts) {
    const { debt, collateralValue: value, liquidationCapacity: capacity } = await p.pool.healthOf(address);
    if (debt === 0n) continue;
    const values: bigint[] = [];
    for (const collateral of p.collaterals) {
      const [, price36] = await p.oracle.priceOf(collateral.address);
      values.push(((await p.pool.collateralOf(address, collateral.address)) * price36) / 10n ** 36n);
    }
    read.push({ address, debt, value, capacity, values });
  }
  return read;
}

const sum = (amounts: readonly bigint[]) => amounts.reduce((a, b) => a + b, 0n);

/** What the sums say, but for falls of prices. */
export function expectedSums(accounts: readonly ReferenceAccount[]) {
  const insolvent = accounts.filter(({ debt, value }) => debt > value);
  const buckets = Array.from({ length: 32 }, (_, i) => accounts.filter((account) => bucketOf(account) === i));
  return {
    debtors: BigInt(accounts.length),
    debt: sum(accounts.map(({ debt }) => debt)),
    pledged: sum(accounts.map(({ value }) => value)),
    capacity: sum(accounts.map(({ capacity }) => capacity)),
    liquidatable: BigInt(accounts.filter(({ capacity, debt }) => capacity < debt).length),
    insolvent: BigInt(insolvent.length),
    shortfall: sum(insolvent.map(({ debt, value }) => debt - value)),
    debtSquares: sum(accounts.map(({ debt }) => debt ** 2n)),
    pledgedSquares: sum(accounts.map(({ value }) => value ** 2n)),
    bucketAccounts: buckets.map(({ length }) => BigInt(length)),
    bucketDebt: buckets.map((members) => sum(members.map(({ debt }) => debt))),
  };
}

/** By its borders: 0.5, 0.55, … 2. */
function bucketOf({ capacity, debt }: ReferenceAccount): number {
  const borders = Array.from({ length: 31 }, (_, i) => 50n + 5n * BigInt(i));
  const above = borders.findIndex((border) => capacity * 100n < debt * border);
  return above < 0 ? 31 : above;
}

/** Σ of squares of shares. */
export function hhi(amounts: readonly bigint[]): number {
  const total = Number(sum(amounts));
  return amounts.reduce((squares, amount) => squares + (Number(amount) / total) ** 2, 0);
}

/** Accounts, debt and value that are liquidatable at a fall. */
export interface AtRisk {
  readonly accounts: number;
  readonly debt: bigint;
  readonly value: bigint;
  readonly released: bigint;
}

/**
 * Lets the prices of some collaterals really fall, step by step, and asks the pool who is liquidatable then and what it would
 * sell of `sold`. Values at the prices of before.
 */
export async function fallsOf(
  p: LensPool,
  accounts: readonly ReferenceAccount[],
  fallen: readonly number[],
  sold?: number,
): Promise<AtRisk[]> {
  const before = await Promise.all(p.collaterals.map(({ address }) => p.oracle.priceOf(address)));
  const result: AtRisk[] = [];
  for (const percent of STEPS) {
    for (const k of fallen) {
      await p.oracle.setPrice(p.collaterals[k].address, (before[k][1] * (100n - percent)) / 100n);
    }
    let [count, debt, value, released] = [0, 0n, 0n, 0n];
    for (const account of accounts) {
      const health = await p.pool.healthOf(account.address);
      if (health.liquidationCapacity >= health.debt) continue;
      if (sold !== undefined && account.values[sold] === 0n) continue;
      ++count;
      debt += account.debt;
      value += sold === undefined ? account.value : account.values[sold];
      if (sold === undefined) continue;
      const { address } = p.collaterals[sold];
      const [amount] = await p.liquidation.quoteTake.staticCall(account.address, address, MaxUint256);
      released += (amount * before[sold][1]) / 10n ** 36n;
    }
    result.push({ accounts: count, debt, value, released });
  }
  for (const k of fallen) await p.oracle.setPrices(p.collaterals[k].address, before[k][0], before[k][1]);
  return result;
}

/** Running sums: what the lens tells by steps, it tells once. */
export function cumulated(steps: readonly bigint[]): bigint[] {
  let total = 0n;
  return steps.map((amount) => (total += amount));
}
