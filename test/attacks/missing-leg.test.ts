import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { answer8, HEARTBEAT } from "../shared/oracle-fixtures.ts";
import { oneFeedPool, type OraclePool } from "../shared/oracle-pool.ts";

/** Somebody buys all that `borrower` has, if he can. [whole loan assets] */
async function buy({ liquidation, liquidator, borrower, collaterals, loan, unit, pool, lender }: OraclePool) {
  const [{ address }] = collaterals;
  const [paid, lenders] = [await loan.balanceOf(liquidator.address), await pool.balanceOf(lender.address)];
  const before = await pool.convertToAssets(lenders);
  const sale = liquidation.connect(liquidator);
  const sold = await outcome(sale.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x"));
  const lost = (before - (await pool.convertToAssets(lenders))) / unit;
  return { sold, paid: (paid - (await loan.balanceOf(liquidator.address))) / unit, lost };
}

/**
 * Moonwell (February 2026): a staked ether was priced at its ratio to ether, 1.12, without the leg from ether to dollars, and sold
 * for that. Here governance lists such a feed, and the attacker waits until the band around the market has given way to it.
 */
async function buyAfterMistake(p: OraclePool) {
  const { sources, ethers, collaterals, networkHelpers, feedSays } = p;
  const [{ address }] = collaterals;
  const ratio = await ethers.deployContract("MockAggregator", [8, "cbETH / ETH", answer8(1.12)]);
  const feeds = [{ source: await ratio.getAddress(), heartbeat: HEARTBEAT }];
  const configured = await outcome(sources.oracle.setMarket(address, sources.market(1, { feeds })));
  for (let quarter = 0; quarter < 8; ++quarter) {
    await networkHelpers.time.increase(900);
    await feedSays(2_000);
    await ratio.setAnswer(answer8(1.12));
    await sources.usdcFeed.setAnswer(answer8(1));
    await sources.oracle.poke(address);
  }
  return { configured, ...(await buy(p)) };
}

describe("Attack: a feed that leaves out a leg", () => {
  it("is configured in the weak copy, and 200,000 sold for a hundred; with ours its sources are too far apart", async () => {
    const { ours, weak } = await onPools(removable("all legs agree"), buyAfterMistake, oneFeedPool);
    expect([weak.configured, weak.sold]).to.deep.equal(["done", "done"]);
    expect(weak.paid).to.be.lessThan(120n);
    expect(weak.lost).to.be.greaterThan(59_000n);
    expect(ours.configured).to.contain("OracleSourcesDisagree");
    expect(ours.sold).to.contain("LiquidationAccountHealthy");
    expect(ours.lost).to.be.at.most(0n);
  });

  it("sells at once in a copy without a band, where a feed turns into the ratio later; ours does not follow it", async () => {
    const attack = async (p: OraclePool) => {
      await p.feedSays(1.12);
      return buy(p);
    };
    const { ours, weak } = await onPools(removable("band around the market"), attack, oneFeedPool);
    expect(weak.sold).to.equal("done");
    expect(weak.paid).to.be.lessThan(120n);
    expect(weak.lost).to.be.greaterThan(59_000n);
    expect(ours.sold).to.contain("LiquidationAccountHealthy");
    expect(ours.lost).to.be.at.most(0n);
  });
});
