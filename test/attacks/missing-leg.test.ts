import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { oneFeedPool, type OraclePool } from "../shared/oracle-pool.ts";

import { answer8, HEARTBEAT } from "../shared/oracle-fixtures.ts";

/**
 * Moonwell (February 2026): a staked ether was priced at its ratio to ether, 1.12, without the leg from ether to dollars, and sold
 * for that. Here the feed itself turns into the ratio.
 */
async function buyForRatio(p: OraclePool) {
  const { liquidation, liquidator, borrower, collaterals, feedSays, loan, unit, pool, lender } = p;
  await feedSays(1.12);
  const [{ address }] = collaterals;
  const [paid, lenders] = [await loan.balanceOf(liquidator.address), await pool.balanceOf(lender.address)];
  const before = await pool.convertToAssets(lenders);
  const sale = liquidation.connect(liquidator);
  const sold = await outcome(sale.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x"));
  const lost = (before - (await pool.convertToAssets(lenders))) / unit;
  return { sold, paid: (paid - (await loan.balanceOf(liquidator.address))) / unit, lost };
}

describe("Attack: a feed that leaves out a leg", () => {
  const DEFENCE = removable("all legs agree");

  it("has 200,000 sold for a hundred in the weak copy; ours does not follow it out of the band around the market", async () => {
    const { ours, weak } = await onPools(DEFENCE, buyForRatio, oneFeedPool);
    expect(weak.sold).to.equal("done");
    expect(weak.paid).to.be.lessThan(120n);
    expect(weak.lost).to.be.greaterThan(59_000n);
    expect(ours.sold).to.contain("LiquidationAccountHealthy");
    expect(ours.lost).to.be.at.most(0n);
  });

  it("cannot be configured: its sources are too far apart", async () => {
    const attack = async ({ sources, ethers, collaterals }: OraclePool) => {
      const ratio = await ethers.deployContract("MockAggregator", [8, "cbETH / ETH", answer8(1.12)]);
      const feeds = [{ source: await ratio.getAddress(), heartbeat: HEARTBEAT }];
      return outcome(sources.oracle.setMarket(collaterals[0].address, sources.market(1, { feeds })));
    };
    expect(await onOurs(DEFENCE, attack, oneFeedPool)).to.contain("OracleSourcesDisagree");
  });
});
