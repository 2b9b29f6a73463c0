import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, outcome } from "../shared/on-pools.ts";
import type { DeployedPool } from "../shared/pool-fixtures.ts";

const DAY = 86_400;

/**
 * Two parameters that belong together, each limited for itself (as the ratio and the time of Aave's CAPO, March 2026): the
 * liquidation factor falls slowly, as it must, and passes the borrow factor, which nobody touched. Whoever borrows then is for
 * sale in the next block.
 */
async function borrowIntoSale(p: DeployedPool) {
  const { pool, admin, guardian, liquidation, networkHelpers, otherBorrower, collaterals, unit } = p;
  const [{ address, unit: whole }] = collaterals;
  await admin.connect(guardian).rampDownLiquidationFactor(address, 7_000n, 5 * DAY);
  await networkHelpers.time.increase(4 * DAY); // 72 % by now
  await pool.connect(otherBorrower).supplyCollateral(address, 10n * whole, otherBorrower.address, "0x");
  const borrow = pool.connect(otherBorrower).borrow(14_800n * unit, 0, otherBorrower.address, otherBorrower.address);
  const lent = await outcome(borrow); // 74 % of 20,000
  return { lent, kicked: await outcome(liquidation.kick(otherBorrower.address)) };
}

describe("Attack: limiting one of two parameters that depend on each other", () => {
  it("lends what it liquidates a second later in the weak copy; ours lowers the borrow factor first", async () => {
    const { ours, weak } = await onActivePools(removable("coupled factors"), borrowIntoSale);
    expect(weak).to.deep.equal({ lent: "done", kicked: "done" });
    expect(ours.lent).to.contain("PoolBorrowTestFailed");
    expect(ours.kicked).to.contain("LiquidationAccountHealthy");
  });
});
