import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs, outcome } from "../shared/on-pools.ts";
import { activePool, type DeployedPool } from "../shared/pool-fixtures.ts";

/**
 * Euler (March 2023): an account gave its own collateral to the pool's reserves, was not asked about its health, and its owner
 * bought the rest at the liquidation discount. Here the collateral is sent to the pool itself.
 *
 * @returns What the lenders lost, and what became of the donation.
 */
async function donate(p: DeployedPool) {
  const { pool, poolAddress, liquidation, otherBorrower: attacker, liquidator, collaterals, unit, lender } = p;
  const [{ address: token, unit: whole }] = collaterals;
  await pool.connect(attacker).supplyCollateral(token, 20n * whole, attacker.address, "0x");
  await pool.connect(attacker).borrow(29_000n * unit, 0, attacker.address, attacker.address);
  const before = await pool.convertToAssets(await pool.balanceOf(lender.address));
  const give = pool.connect(attacker).withdrawCollateral(token, 19n * whole, attacker.address, poolAddress);
  const result = await outcome(give);
  const sale = liquidation
    .connect(liquidator)
    .take(attacker.address, token, whole, 2n ** 200n, liquidator.address, "0x");
  const sold = await outcome(sale);
  const lost = before - (await pool.convertToAssets(await pool.balanceOf(lender.address)));
  return { result, sold, lost: lost / unit };
}

describe("Attack: giving one's collateral away, and being liquidated at a discount", () => {
  it("costs the lenders of the weak copy most of the debt; with us it may not leave", async () => {
    const { ours, weak } = await onActivePools(removable("borrow test"), donate);
    expect(weak.result).to.equal("done");
    expect(weak.sold).to.equal("done");
    expect(weak.lost).to.be.greaterThan(26_000n);
    expect(ours.result).to.contain("PoolBorrowTestFailed");
    expect(ours.sold).to.contain("LiquidationAccountHealthy");
    expect(ours.lost).to.be.at.most(0n);
  });

  it("every way out of an account with debt is tested to the unit", async () => {
    const attack = async ({ pool, borrower, collaterals }: DeployedPool) => {
      const [{ address: token }] = collaterals;
      const { debt, borrowCapacity } = await pool.healthOf(borrower.address);
      // 75 % of 2,000 dollars an ether; a second's interest is left room for.
      const free = ((borrowCapacity - debt - 1_000n) * 10n ** 36n * 4n) / (3n * 2_000n * 10n ** 24n);
      const out = (amount: bigint) =>
        outcome(
          pool.connect(borrower).withdrawCollateral.staticCall(token, amount, borrower.address, borrower.address),
        );
      return [await out(free), await out(free + 10n ** 13n)];
    };
    const ours = await onOurs("borrow test", attack, activePool);
    expect(ours[0]).to.equal("done");
    expect(ours[1]).to.contain("PoolBorrowTestFailed");
  });
});
