import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { oneFeedPool, type OraclePool } from "../shared/oracle-pool.ts";

/**
 * Compound (DAI at 1.30 on Coinbase, November 2020), USDe on Binance (October 2025): one venue prints a price that is nowhere
 * else, for minutes, and accounts are sold at it. Here the feed says 700 while the market stands at 2,000.
 */
async function wick({ liquidation, liquidator, borrower, collaterals, feedSays, networkHelpers, sources }: OraclePool) {
  const [{ address }] = collaterals;
  await feedSays(700);
  const results: string[] = [];
  for (let minute = 0; minute < 5; ++minute) {
    results.push(await outcome(liquidation.connect(liquidator).kick.staticCall(borrower.address)));
    await sources.oracle.poke(address);
    await networkHelpers.time.increase(60);
  }
  return results;
}

describe("Attack: a price that one venue prints for five minutes", () => {
  it("puts a healthy account up for sale in the weak copy; ours stays in a band around the market", async () => {
    const { ours, weak } = await onPools(removable("band around the market"), wick, oneFeedPool);
    expect(weak).to.deep.equal(Array(5).fill("done"));
    for (const result of ours) expect(result).to.contain("LiquidationAccountHealthy");
  });
});
