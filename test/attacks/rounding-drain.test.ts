import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools } from "../shared/on-pools.ts";
import { scriptedPool, type PoolOptions } from "../shared/pool-fixtures.ts";
import { callOf } from "../shared/scripts.ts";

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

describe("Attack: draining by roundings, a unit at a time", () => {
  it("borrows for nothing in the weak copy, and pays for every unit", async () => {
    const { ours, weak } = await onPools(removable("debt rounding"), borrowByUnits, agedPool);
    expect(weak).to.equal(BigInt(STEPS));
    expect(ours).to.be.at.most(0n);
  });

  it("round trips of 1 to 40 units, in every order and in one block, gain nothing", async () => {
    const ours = await onOurs(
      "debt rounding",
      async ({ pool, account, accountAddress, loan, collaterals }: Aged) => {
        const [{ address, unit }] = collaterals;
        const self = [accountAddress, accountAddress];
        await account.run([
          await callOf(pool, "supplyCollateral", [address, unit, accountAddress, "0x"]),
          await callOf(pool, "borrow", [1_000n, 0n, ...self]),
        ]);
        const steps = [
          (n: bigint) => callOf(pool, "deposit", [n, accountAddress]),
          (n: bigint) => callOf(pool, "withdraw", [n, ...self]),
          (n: bigint) => callOf(pool, "borrow", [n, 0n, ...self]),
          (n: bigint) => callOf(pool, "repay", [n + 1n, 0n, accountAddress, "0x"]),
        ];
        const wealth = async () =>
          (await loan.balanceOf(accountAddress)) +
          (await pool.convertToAssets(await pool.balanceOf(accountAddress))) -
          (await pool.debtOf(accountAddress));
        await account.run([await callOf(pool, "deposit", [1_000n, accountAddress])]);
        const gains: bigint[] = [];
        for (const order of [
          [0, 1, 2, 3],
          [2, 3, 0, 1],
          [2, 0, 3, 1],
          [0, 2, 1, 3],
        ]) {
          const calls = [];
          for (let n = 1n; n <= 40n; n += 3n) for (const index of order) calls.push(await steps[index](n));
          const before = await wealth();
          await account.run(calls, { gasLimit: 16_000_000 });
          gains.push((await wealth()) - before);
        }
        return gains;
      },
      agedPool,
    );
    for (const gain of ours) expect(gain).to.be.at.most(0n);
  });
});
