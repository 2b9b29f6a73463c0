import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

/** So little of a market that two debts for sale are sold at a twentieth of the pace of one. [dollars] */
const THIN = 100_000n;

/** What the market's schedule sells a second. [loan base units] */
const pace = async (p: Sales) => (await p.liquidation.saleOf(p.collateral)).ratePerSecond;

/**
 * Two accounts are put up for sale and made healthy again by a top-up, without the margin from which a sale may be ended: nobody
 * can buy of them. Then a third comes up for sale, and whoever likes does what he can about the two.
 */
async function park(p: Sales) {
  await p.refresh(THIN);
  await p.liquidation.kick(p.third.address);
  const alone = await pace(p);
  for (const account of [p.user, p.second]) {
    await p.liquidation.kick(account.address);
    // 48,800 and then 50,508 of 50,000: a health factor of 1.01.
    await p.pool.connect(account).supplyCollateral(p.collateral, (7n * ETHER) / 2n, account.address, "0x");
    const sale = await p.take(account).then(() => "sold", String);
    expect(sale).to.include("LiquidationAccountHealthy");
  }
  const parked = await pace(p);
  for (const { address } of [p.user, p.second]) await p.liquidation.unkick(address).catch(() => undefined);
  return { alone, parked, cleared: await pace(p) };
}

describe("Attack: debts for sale that nobody can buy, to slow everybody else's sale down", () => {
  it("cannot be cleared in the weak copy; with us anybody takes them out of the count", async () => {
    const { ours, weak } = await onBoth(removable("healthy accounts rest"), park);
    expect(weak.parked).to.be.lessThan(weak.alone / 5n);
    expect(weak.cleared).to.equal(weak.parked);
    expect(ours.parked).to.be.lessThan(ours.alone / 5n);
    expect(ours.cleared).to.equal(ours.alone);
  });
});
