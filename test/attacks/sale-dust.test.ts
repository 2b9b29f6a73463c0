import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { onBoth, USD, type Sales } from "../shared/sale-fixtures.ts";

/** Sells all but so much of what restores the target, so that what is left to sell is not worth a liquidator's gas. */
async function leaveRest(p: Sales, rest: bigint) {
  await p.liquidation.kick(p.user.address);
  await p.time.increase(1_200);
  await p.setPrice(400n); // it owes more than all is worth: everything is for sale
  const { amount } = await p.quote(p.user);
  await p.take(p.user, amount - rest);
  return p.pool.collateralOf(p.user.address, p.collateral);
}

describe("Attack: sales that leave dust, or are dust", () => {
  it("a rest that nobody would come for is left by the weak copy, and refused", async () => {
    const attack = async (p: Sales) => leaveRest(p, ETHER / 1_000n).catch((error: unknown) => String(error));
    const { ours, weak } = await onBoth(removable("least sale"), attack);
    expect(weak).to.equal(ETHER / 1_000n);
    expect(ours).to.contain("LiquidationDust");
  });

  it("a sale of one unit, before the take of somebody who wants more, is made by the weak copy, and refused", async () => {
    const attack = async (p: Sales) => {
      await p.liquidation.kick(p.user.address);
      return p.take(p.user, 1n).then(
        () => "sold",
        (error: unknown) => String(error),
      );
    };
    const { ours, weak } = await onBoth(removable("least sale"), attack);
    expect(weak).to.equal("sold");
    expect(ours).to.contain("LiquidationDust");
  });

  it("the smallest sale that is made is worth the minimum debt", async () => {
    const { ours } = await onBoth(removable("least sale"), async (p) => {
      await p.liquidation.kick(p.user.address);
      await p.take(p.user, ETHER / 5n);
      return (await p.pool.poolConfig()).minDebt;
    });
    expect(ours).to.equal(100n * USD);
  });
});
