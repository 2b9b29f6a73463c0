import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { answer8, Status } from "../shared/oracle-fixtures.ts";
import { feedAlonePool, type OraclePool } from "../shared/oracle-pool.ts";

/**
 * Blizz and Venus again, and every halted feed since: its last answer is a day old, the market has halved meanwhile. There is no
 * second source here, and the slow average is the feed's own: nothing but the age speaks against the answer.
 */
async function borrowOnOldPrice({ pool, otherBorrower, collaterals, unit, trade, ...p }: OraclePool) {
  const { sources, networkHelpers } = p;
  const [{ address, unit: whole }] = collaterals;
  const self = otherBorrower.address;
  await pool.connect(otherBorrower).supplyCollateral(address, 20n * whole, self, "0x");
  const capacity = (await pool.borrowCapacityOf(self)) / unit;
  await networkHelpers.time.increase(86_400);
  await trade(0.5);
  await sources.usdcFeed.setAnswer(answer8(1)); // what the loan asset is worth is known
  const [{ status }] = await sources.oracle.sourcesOf(address);
  const lent = await outcome(pool.connect(otherBorrower).borrow(25_000n * unit, 0, self, self)); // on 20,000
  const less = await outcome(pool.connect(otherBorrower).borrow(1_000n * unit, 0, self, self));
  return { capacity, status, lent, less };
}

describe("Attack: borrowing on an answer that is too old", () => {
  it("sells 20,000 for 25,000 to the weak copy; ours lends nothing on what a feed said yesterday", async () => {
    const { ours, weak } = await onPools(removable("age of answers"), borrowOnOldPrice, feedAlonePool);
    expect(weak).to.include({ status: Status.Ok, lent: "done" });
    expect(ours.status).to.equal(Status.Stale);
    expect(ours.lent).to.contain("OracleInsufficientSources");
    expect(ours.less).to.contain("OracleInsufficientSources");
    // While the answer was young both lent alike on it.
    expect(ours.capacity).to.equal(weak.capacity);
    expect(ours.capacity).to.be.within(29_990n, 30_000n);
  });
});
