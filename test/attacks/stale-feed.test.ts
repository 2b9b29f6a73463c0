import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { oneFeedPool, type OraclePool } from "../shared/oracle-pool.ts";

/** Blizz and Venus again, and every halted feed since: its last answer is a day old, the market has halved meanwhile. */
async function borrowOnOldPrice({ pool, otherBorrower, collaterals, unit, trade, networkHelpers }: OraclePool) {
  await networkHelpers.time.increase(86_400);
  await trade(0.5);
  const [{ address, unit: whole }] = collaterals;
  const self = otherBorrower.address;
  await pool.connect(otherBorrower).supplyCollateral(address, 20n * whole, self, "0x");
  return {
    lent: await outcome(pool.connect(otherBorrower).borrow(25_000n * unit, 0, self, self)), // on 20,000
    less: await outcome(pool.connect(otherBorrower).borrow(1_000n * unit, 0, self, self)),
  };
}

describe("Attack: borrowing on an answer that is too old", () => {
  it("sells 20,000 for 25,000 to the weak copy; ours lends nothing on one source of two", async () => {
    const { ours, weak } = await onPools(removable("age of answers"), borrowOnOldPrice, oneFeedPool);
    expect(weak.lent).to.equal("done");
    expect(ours.lent).to.contain("OracleInsufficientSources");
    expect(ours.less).to.contain("OracleInsufficientSources");
  });
});
