import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools } from "../shared/on-pools.ts";
import { price36, type DeployedPool } from "../shared/pool-fixtures.ts";

/**
 * Two lenders of 100,000 each. Collateral falls to 40,000 against 60,000 of debt: a loss that is certain, and booked only when
 * the last of it is sold. One lender leaves before that, as those who were quick left Compound's and Venus' forks.
 *
 * @returns What the loss cost each. [whole loan assets]
 */
async function leaveFirst(p: DeployedPool) {
  const { pool, liquidation, oracle, lender, otherLender, borrower, liquidator, collaterals, unit, loan } = p;
  await pool.connect(otherLender).deposit(100_000n * unit, otherLender.address);
  const worth = async (account: string) => pool.convertToAssets(await pool.balanceOf(account));
  const [first, second] = [await worth(lender.address), await worth(otherLender.address)];
  await oracle.setPrice(collaterals[0].address, price36(400n, 18n, 6n));
  await liquidation.mark(borrower.address);
  const before = await loan.balanceOf(lender.address);
  await pool.connect(lender).redeem(await pool.balanceOf(lender.address), lender.address, lender.address);
  const got = (await loan.balanceOf(lender.address)) - before;
  const { address } = collaterals[0];
  const sales = liquidation.connect(liquidator);
  await sales.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x");
  return { quick: (first - got) / unit, stayed: (second - (await worth(otherLender.address))) / unit };
}

describe("Attack: lenders who leave before a loss is booked", () => {
  it("costs those who stay all of it in the weak copy; with us the quick one pays his half", async () => {
    const { ours, weak } = await onActivePools(removable("provision"), leaveFirst);
    expect(weak.quick).to.be.at.most(0n);
    expect(weak.stayed).to.be.greaterThan(15_000n);
    expect(ours.quick).to.be.greaterThan(9_000n);
    expect(ours.stayed).to.be.at.most(ours.quick);
  });
});
