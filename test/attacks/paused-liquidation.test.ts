import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs, outcome } from "../shared/on-pools.ts";
import { activePool, PAUSE, price36, type DeployedPool } from "../shared/pool-fixtures.ts";

/** Everything that the guardian can pause is paused, and then the price falls to 700: 60,000 owed, 56,000 carried. */
async function crash({ admin, guardian, liquidation, liquidator, oracle, borrower, collaterals }: DeployedPool) {
  await admin.connect(guardian).pause(PAUSE.all);
  const [{ address }] = collaterals;
  await oracle.setPrice(address, price36(700n, 18n, 6n));
  const sales = liquidation.connect(liquidator);
  return [
    await outcome(sales.kick(borrower.address)),
    await outcome(sales.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x")),
  ];
}

/** Pauses that stopped liquidations and repayments while prices fell: Venus (2022), Aave v2 (November 2023). */
describe("Attack: a pause while prices fall", () => {
  const DEFENCE = removable("sales never pause");

  it("keeps the account from being sold in the weak copy, and stops no liquidation with us", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, crash);
    for (const result of weak) expect(result).to.contain("PoolPaused");
    expect(ours).to.deep.equal(["done", "done"]);
  });

  it("stops no repayment, no top-up, no way out for lenders and for those without debt either", async () => {
    const attack = async (p: DeployedPool) => {
      const { pool, lender, borrower, otherBorrower, collaterals, unit } = p;
      const [{ address, unit: whole }] = collaterals;
      await pool.connect(otherBorrower).supplyCollateral(address, whole, otherBorrower.address, "0x");
      const sold = await crash(p);
      const self = otherBorrower.address;
      return [
        ...sold,
        await outcome(pool.connect(borrower).repay(unit, 0, borrower.address, "0x")),
        await outcome(pool.connect(borrower).supplyCollateral(address, whole, borrower.address, "0x")),
        await outcome(pool.connect(lender).withdraw(unit, lender.address, lender.address)),
        await outcome(pool.connect(otherBorrower).withdrawCollateral(address, whole, self, self)),
      ];
    };
    expect(await onOurs(DEFENCE, attack, activePool)).to.deep.equal(Array(6).fill("done"));
  });
});
