import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { quietOraclePool, type OraclePool } from "../shared/oracle-pool.ts";

import { answer8 } from "../shared/oracle-fixtures.ts";

/** The market at a dollar: 2,000 times lower than in the fixture. */
const DOLLAR = 1 / 2_000;

/**
 * Stream's xUSD, Elixir's deUSD (November 2025): a stable coin that markets counted at a dollar by a constant, in loops of loans on
 * itself, while it traded at 30 cents. 50,000 of it, bought for 15,000, are brought, and 35,000 taken. The issuer's own feed says a dollar.
 */
async function sellAtPar({ pool, otherBorrower, collaterals, unit, trade, sources }: OraclePool) {
  const [{ address, unit: whole }] = collaterals;
  await trade(DOLLAR);
  await sources.feed.setAnswer(answer8(1));
  await sources.oracle.setMarket(address, sources.market(1)); // listed while it was worth a dollar
  const self = otherBorrower.address;
  await pool.connect(otherBorrower).supplyCollateral(address, 50_000n * whole, self, "0x");
  await trade(0.3 * DOLLAR);
  const lent = await outcome(pool.connect(otherBorrower).borrow(35_000n * unit, 0, self, self));
  const { borrowCapacity } = await pool.healthOf(self);
  return { lent, capacity: borrowCapacity / unit };
}

describe("Attack: borrowing on a price that somebody wrote into the code", () => {
  it("sells 15,000 for 35,000 to the weak copy; ours lends on what the market pays", async () => {
    const { ours, weak } = await onPools(removable("market price"), sellAtPar, quietOraclePool);
    expect(weak.lent).to.equal("done");
    expect(ours.lent).to.contain("PoolBorrowTestFailed");
    expect(ours.capacity).to.be.within(11_200n, 11_260n);
  });
});
