import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { fixNextBlock, PENDING } from "../shared/next-block.ts";
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

  it("the smallest sale that is made repays the minimum debt, and is of a unit in the weak copy", async () => {
    const attack = async (p: Sales) => {
      await p.liquidation.kick(p.user.address);
      await fixNextBlock(p.connection, 12);
      const buys = (amount: bigint) =>
        p.liquidation
          .connect(p.liquidator)
          .take.staticCall(p.user.address, p.collateral, amount, MaxUint256, p.liquidator.address, "0x", PENDING)
          .then(
            () => true,
            () => false,
          );
      let [refused, least] = [0n, ETHER / 5n];
      while (least - refused > 1n) {
        const middle = (refused + least) / 2n;
        if (await buys(middle)) least = middle;
        else refused = middle;
      }
      const { hash } = await p.take(p.user, least);
      const [sold] = await p.pool.queryFilter(p.pool.filters.CollateralTaken(), -1);
      expect(sold.transactionHash).to.equal(hash);
      const { minDebt } = await p.pool.poolConfig();
      return { least, amount: sold.args.collateralAmount, repaid: sold.args.repaidAssets, minDebt };
    };
    const { ours, weak } = await onBoth(removable("least sale"), attack);
    expect(weak.least).to.equal(1n);
    expect(weak.repaid).to.equal(1n);
    expect(ours.minDebt).to.equal(100n * USD);
    expect(ours.repaid).to.equal(ours.minDebt); // and a unit less of the collateral is refused
    expect(ours.amount).to.equal(ours.least);
    expect(ours.least).to.be.within(ETHER / 7n, ETHER / 6n);
  });
});
