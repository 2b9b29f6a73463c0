import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { oneFeedPool, type OraclePool } from "../shared/oracle-pool.ts";

/**
 * Venus and Blizz (LUNA, May 2022): the feed had a least answer, below which it said nothing. Here the market is at 100 and the
 * feed stands at 1,000: 100 ether, bought for 10,000, are brought, and 30,000 taken.
 */
async function sellToPool({ pool, otherBorrower, collaterals, unit, trade, feedSays }: OraclePool) {
  await trade(0.05);
  await feedSays(1_000);
  const [{ address, unit: whole }] = collaterals;
  const self = otherBorrower.address;
  await pool.connect(otherBorrower).supplyCollateral(address, 100n * whole, self, "0x");
  const lent = await outcome(pool.connect(otherBorrower).borrow(30_000n * unit, 0, self, self));
  const honest = await outcome(pool.connect(otherBorrower).borrow(7_000n * unit, 0, self, self));
  return { lent, honest };
}

describe("Attack: borrowing on a price that cannot fall any further, in a collapse", () => {
  it("sells 10,000 for 30,000 to the weak copy; ours lends on the lower of feed and market", async () => {
    const { ours, weak } = await onPools(removable("second source"), sellToPool, oneFeedPool);
    expect(weak.lent).to.equal("done");
    expect(ours.lent).to.contain("PoolBorrowTestFailed");
    expect(ours.honest).to.equal("done");
  });
});
