import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs } from "../shared/on-pools.ts";
import { activePool, type DeployedPool } from "../shared/pool-fixtures.ts";

/**
 * Hundred (April 2023), Sonne (May 2024): tokens sent to a market without depositing raise the price of its shares at once, and
 * whoever lends on these shares lends on a price that the attacker made. Lenders are those of the books; a balance says nothing.
 */
describe("Attack: donating tokens to move the price of shares, or somebody's health", () => {
  const DEFENCE = removable("internal books");

  it("multiplies the share price in the weak copy, and does not move it by a unit", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, async ({ pool, poolAddress, loan, otherLender, unit }) => {
      await pool.accrue();
      const price = async () => Number(await pool.convertToAssets(10n ** 18n));
      const before = await price();
      await loan.connect(otherLender).transfer(poolAddress, 900_000n * unit);
      await pool.accrue();
      return (await price()) / before;
    });
    expect(weak).to.be.greaterThan(9.9);
    expect(ours).to.be.within(1, 1 + 1e-6); // some seconds' interest
  });

  it("changes utilisation, and with it the rate that others pay, in the weak copy only", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, async ({ pool, poolAddress, loan, otherLender, unit }) => {
      const before = Number(await pool.borrowRatePerSecondWad());
      await loan.connect(otherLender).transfer(poolAddress, 900_000n * unit);
      await pool.accrue();
      const { debtAssets, cash, reserves } = await pool.totals();
      const utilisation = Number(debtAssets) / Number(await pool.totalAssets());
      const booked = Number(debtAssets) / Number(cash + debtAssets - reserves);
      return { utilisation: utilisation / booked, before };
    });
    expect(weak.utilisation).to.be.lessThan(0.2);
    expect(ours.utilisation).to.equal(1);
  });

  it("of collateral makes nobody healthier, and cannot be taken out", async () => {
    const attack = async ({ pool, poolAddress, borrower, otherBorrower, collaterals }: DeployedPool) => {
      const [{ token, address, unit }] = collaterals;
      const before = (await pool.healthOf(borrower.address)).liquidationCapacity;
      await token.connect(otherBorrower).transfer(poolAddress, 50n * unit);
      const { liquidationCapacity } = await pool.healthOf(borrower.address);
      const { totalSupplied } = await pool.collateralConfig(address);
      return { moved: liquidationCapacity - before, totalSupplied: totalSupplied / unit };
    };
    expect(await onOurs(DEFENCE, attack, activePool)).to.deep.equal({ moved: 0n, totalSupplied: 100n });
  });
});
