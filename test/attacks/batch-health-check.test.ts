import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs, outcome } from "../shared/on-pools.ts";
import { activePool, type DeployedPool } from "../shared/pool-fixtures.ts";

/**
 * Abracadabra (October 2025): a batch remembers that somebody must be tested when it ends, and
 * a later step makes it forget whom. Here the attacker is the operator of two accounts and ends with a harmless loan of the other.
 */
async function forget(p: DeployedPool) {
  const { pool, otherBorrower: attacker, liquidator: second, collaterals, unit } = p;
  const [{ address: token, unit: whole }] = collaterals;
  for (const account of [attacker, second]) {
    await pool.connect(account).supplyCollateral(token, whole, account.address, "0x");
  }
  await pool.connect(second).setOperator(attacker.address, true);
  const steps = [
    pool.interface.encodeFunctionData("borrow", [20_000n * unit, 0, attacker.address, attacker.address]),
    pool.interface.encodeFunctionData("borrow", [unit, 0, second.address, second.address]),
  ];
  const result = await outcome(pool.connect(attacker).multicall(steps));
  const { debt, borrowCapacity } = await pool.healthOf(attacker.address);
  return { result, isUncovered: debt > borrowCapacity, debt: debt / unit };
}

describe("Attack: slipping past the borrow test in a batch", () => {
  const DEFENCE = removable("test in every step");

  it("borrows 20,000 against 2,000 in the weak copy; with us every step is tested where it is made", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, forget);
    expect(weak.result).to.equal("done");
    expect(weak.isUncovered).to.equal(true);
    expect(weak.debt).to.be.at.least(20_000n);
    expect(ours.result).to.contain("PoolBorrowTestFailed");
    expect(ours.debt).to.equal(0n);
  });

  it("nor does it help that a later step would have covered the debt, or that batches are nested", async () => {
    const attack = async (p: DeployedPool) => {
      const { pool, otherBorrower: attacker, collaterals, unit } = p;
      const self = [attacker.address, attacker.address] as const;
      const borrow = pool.interface.encodeFunctionData("borrow", [1_000n * unit, 0, ...self]);
      const values = [collaterals[0].address, collaterals[0].unit, attacker.address, "0x"];
      const supply = pool.interface.encodeFunctionData("supplyCollateral", values as [string, bigint, string, string]);
      const nested = pool.interface.encodeFunctionData("multicall", [[borrow]]);
      const batches = [
        [borrow, supply],
        [nested, supply],
      ];
      return Promise.all(batches.map((batch) => outcome(pool.connect(attacker).multicall.staticCall(batch))));
    };
    const ours = await onOurs(DEFENCE, attack, activePool);
    for (const result of ours) expect(result).to.contain("PoolBorrowTestFailed");
  });
});
