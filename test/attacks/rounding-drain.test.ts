import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onPools } from "../shared/on-pools.ts";
import { scriptedPool, type PoolOptions } from "../shared/pool-fixtures.ts";
import { callOf, type ScriptedCall } from "../shared/scripts.ts";

/** Of one unit each. */
const STEPS = 60;

async function agedPool(connection: NetworkConnection, options: PoolOptions) {
  const p = await scriptedPool(connection, options);
  await p.networkHelpers.time.increase(10 * 365 * 86_400);
  await p.pool.accrue();
  return p;
}
type Aged = Awaited<ReturnType<typeof agedPool>>;

/**
 * zkLend (February 2025), Balancer v2 (November 2025): a rounding that favours the user, repeated in a batch. After years of
 * interest a debt share is worth more than a unit; who borrows one unit at a time owes nothing for it where shares are rounded
 * down.
 *
 * @returns What the attacker has, net of his debt, more than before; in the same block. [base units]
 */
async function borrowByUnits({ pool, account, accountAddress, loan, collaterals }: Aged) {
  const [{ address, unit }] = collaterals;
  await account.run([await callOf(pool, "supplyCollateral", [address, unit, accountAddress, "0x"])]);
  const before = await loan.balanceOf(accountAddress);
  const one = await callOf(pool, "borrow", [1n, 0n, accountAddress, accountAddress]);
  await account.run(Array.from({ length: STEPS }, () => one));
  return (await loan.balanceOf(accountAddress)) - before - (await pool.debtOf(accountAddress));
}

/** All orders of the same things. */
function ordersOf<T>(things: readonly T[]): T[][] {
  if (things.length === 0) return [[]];
  return things.flatMap((first, i) => ordersOf(things.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/**
 * Lends, takes back, borrows and repays so many units, in every order. Of the debt as many shares are repaid as the units are worth,
 * rounded down: what was borrowed for fewer shares than it is worth is cleared for less than it was.
 *
 * @returns What was gained by each transaction. [base units]
 */
async function goInCircles({ pool, account, accountAddress, loan, collaterals }: Aged) {
  const [{ address, unit }] = collaterals;
  const self = [accountAddress, accountAddress];
  await account.run([
    await callOf(pool, "supplyCollateral", [address, unit, accountAddress, "0x"]),
    await callOf(pool, "borrow", [10_000n, 0n, ...self]),
    await callOf(pool, "deposit", [10_000n, accountAddress]),
  ]);
  const { debtAssets, debtShares } = await pool.totals();
  const sharesOf = (n: bigint) => (n === 1n ? 1n : (n * debtShares) / debtAssets);
  const steps = [
    (n: bigint) => callOf(pool, "deposit", [n, accountAddress]),
    (n: bigint) => callOf(pool, "withdraw", [n, ...self]),
    (n: bigint) => callOf(pool, "borrow", [n, 0n, ...self]),
    (n: bigint) => callOf(pool, "repay", [0n, sharesOf(n), accountAddress, "0x"]),
  ];
  const wealth = async () =>
    (await loan.balanceOf(accountAddress)) +
    (await pool.convertToAssets(await pool.balanceOf(accountAddress))) -
    (await pool.debtOf(accountAddress));
  const trips: { order: string; first: bigint; gain: bigint }[] = [];
  for (const order of ordersOf([0, 1, 2, 3])) {
    for (let first = 1n; first <= 100n; first += 25n) {
      const calls: ScriptedCall[] = [];
      for (let n = first; n < first + 25n; ++n) for (const index of order) calls.push(await steps[index](n));
      const before = await wealth();
      await account.run(calls, { gasLimit: 16_000_000 });
      trips.push({ order: order.join(""), first, gain: (await wealth()) - before });
    }
  }
  return trips;
}

describe("Attack: draining by roundings, a unit at a time", () => {
  const DEFENCE = removable("debt rounding");

  it("borrows for nothing in the weak copy, and pays for every unit", async () => {
    const { ours, weak } = await onPools(DEFENCE, borrowByUnits, agedPool);
    expect(weak).to.equal(BigInt(STEPS));
    expect(ours).to.be.at.most(0n);
  });

  it("round trips of 1 to 100 units each, in all 24 orders, a hundred steps to a transaction, gain nothing", async () => {
    const { ours, weak } = await onPools(DEFENCE, goInCircles, agedPool);
    for (const trips of [ours, weak]) expect(new Set(trips.map(({ order }) => order)).size).to.equal(24);
    expect(weak.filter(({ gain }) => gain > 0n)).to.have.lengthOf.above(48); // of 96
    expect(ours.filter(({ gain }) => gain > 0n)).to.deep.equal([]);
  });
});
