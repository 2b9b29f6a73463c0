import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { oneFeedPool, type OraclePool } from "../shared/oracle-pool.ts";

import { FeedMode, PoolMode } from "../shared/oracle-fixtures.ts";

/** The feed fails in one of its ways, the market falls to 700: 60,000 owed, 56,000 carried. Whoever is short hopes for that. */
async function liquidate(p: OraclePool) {
  const { liquidation, liquidator, borrower, collaterals, trade, sources, networkHelpers } = p;
  const [{ address }] = collaterals;
  await trade(0.35);
  const results: string[] = [];
  for (const mode of [FeedMode.Reverting, FeedMode.ShortAnswer]) {
    await sources.feed.setMode(mode);
    const sale = liquidation.connect(liquidator);
    const state = await networkHelpers.takeSnapshot();
    results.push(await outcome(sale.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x")));
    await state.restore();
  }
  // Everything fails, once the sale has begun. (What burns all its gas: `test/unit/oracle/source-states.test.ts`.)
  const sales = liquidation.connect(liquidator);
  results.push(await outcome(sales.kick(borrower.address)));
  await sources.oracle.poke(address);
  await sources.pool.setMode(PoolMode.Reverting);
  results.push(await outcome(sales.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x")));
  return results;
}

describe("Attack: keeping accounts from being liquidated by a feed that fails", () => {
  it("works on the weak copy; ours goes on with what is left, and with the last valid price", async () => {
    const { ours, weak } = await onPools(removable("broken feeds survived"), liquidate, oneFeedPool);
    for (const result of weak) expect(result).not.to.equal("done");
    expect(ours).to.deep.equal(Array(4).fill("done"));
  });
});
