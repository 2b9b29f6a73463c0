import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { twoFeedPool, type OraclePool } from "../shared/oracle-pool.ts";

/**
 * Aave's CAPO (March 2026): a cap on a price, meant against pumps, stayed behind the market because its ratio and its time were
 * moved by different rules, and healthy accounts were liquidated at it. Here the average that caps is at 650, and two feeds agree on 2,000.
 */
async function buyBelowMarket({ liquidation, liquidator, borrower, trade }: OraclePool) {
  await trade(0.325);
  return outcome(liquidation.connect(liquidator).kick(borrower.address));
}

describe("Attack: buying healthy accounts at a cap that lags behind the market", () => {
  it("works on the weak copy; with us two feeds that confirm each other are believed", async () => {
    const { ours, weak } = await onPools(removable("confirmed rises"), buyBelowMarket, twoFeedPool);
    expect(weak).to.equal("done");
    expect(ours).to.contain("LiquidationAccountHealthy");
  });
});
