import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { expectClose } from "../shared/expect-close.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

/** Three accounts that nobody bought are at their floor. One buyer takes them all, one after the other, in one batch. */
async function buyBacklog(p: Sales) {
  await p.refresh(200_000n); // at most 120 dollars a second
  const accounts = [p.user, p.second, p.third];
  for (const { address } of accounts) await p.liquidation.kick(address);
  await p.time.increase(1_500);
  const first = (await p.quote(p.user, 10n ** 18n)).factor;
  const orders = accounts.map(({ address }) => ({
    ...{ account: address, collateral: p.collateral, maxCollateral: 2n ** 255n },
  }));
  const [amounts, repaid] = await p.liquidation
    .connect(p.liquidator)
    .takeBatch.staticCall(orders, 2n ** 255n, p.liquidator.address, "0x");
  const [now] = await p.oracle.liquidationPriceOrLast.staticCall(p.collateral);
  const value = (amounts.reduce((sum, amount) => sum + amount, 0n) * now) / 10n ** 36n;
  return { first, mean: Number(repaid) / Number(value) };
}

describe("Attack: buying a whole backlog at one stale price", () => {
  it("is done in the weak copy; with us the price rises while it is sold", async () => {
    const { ours, weak } = await onBoth(removable("rising price"), buyBacklog);
    expectClose(weak.mean, weak.first, 5e-4);
    expectClose(ours.first, weak.first, 5e-4);
    expect(ours.mean).to.be.greaterThan(ours.first + 0.01);
  });
});
