import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

/**
 * Maker (12 March 2020): keepers were stuck for want of gas, and 8 million dollars of collateral were bid for with nothing, and
 * sold. Here nobody bids until the price has been at its lowest for a while; then one buyer takes what he can get.
 */
async function bidNothing(p: Sales) {
  await p.liquidation.kick(p.user.address);
  await p.time.increase(1_400);
  const { amount, repay } = await p.quote(p.user);
  await p.take(p.user);
  const [now] = await p.oracle.liquidationPriceOrLast.staticCall(p.collateral);
  const value = (amount * now) / 10n ** 36n;
  return { sold: amount > 0n, share: Number(repay) / Number(value) };
}

describe("Attack: being the only bidder, and bidding nothing", () => {
  it("buys everything for next to nothing in the weak copy, and never below the floor", async () => {
    const { ours, weak } = await onBoth(removable("price floor"), bidNothing);
    expect(weak.sold).to.equal(true);
    expect(weak.share).to.be.lessThan(1e-5);
    expect(ours.sold).to.equal(true);
    expect(ours.share).to.be.at.least(1 / 1.05 - 1e-9); // the largest bonus is 5 %
  });
});
