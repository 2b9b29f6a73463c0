import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs, outcome } from "../shared/on-pools.ts";
import { activePool, type DeployedPool } from "../shared/pool-fixtures.ts";

/** Everything that takes something out of `borrower`'s account, done by somebody else for himself. */
async function rob({ pool, liquidation, borrower, liquidator: thief, collaterals, unit }: DeployedPool, data = "0x") {
  const [{ address, unit: whole }] = collaterals;
  const robber = pool.connect(thief);
  const [from, to] = [borrower.address, thief.address];
  return [
    await outcome(robber.borrow(1_000n * unit, 0, from, to)),
    await outcome(robber.withdrawCollateral(address, whole, from, to)),
    await outcome(liquidation.connect(thief).unwind(unit, 0, address, whole, from, to, data)),
  ];
}

/** SocketDotTech and Li.Fi (2024), Dolomite (2024): rights that were given to one are used by all. */
describe("Attack: using an account without the right, or with a right that is over", () => {
  const DEFENCE = removable("authorization");

  it("anybody borrows and withdraws for anybody in the weak copy; nobody does with us", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, rob);
    expect(weak.slice(0, 2)).to.deep.equal(["done", "done"]);
    for (const result of ours) expect(result).to.contain("PoolUnauthorized");
  });

  it("an operator's right ends when it is taken back, is for one account, and cannot be passed on", async () => {
    const attack = async (p: DeployedPool) => {
      const { pool, borrower, otherBorrower, liquidator, stranger, collaterals } = p;
      const [{ address, unit }] = collaterals;
      const robber = pool.connect(liquidator);
      const take = (owner: string) => outcome(robber.withdrawCollateral(address, unit, owner, liquidator.address));
      await pool.connect(otherBorrower).supplyCollateral(address, unit, otherBorrower.address, "0x");
      await pool.connect(borrower).setOperator(liquidator.address, true);
      const during = await take(borrower.address);
      await robber.setOperator(stranger.address, true); // for himself only
      const passed = await pool.isOperator(borrower.address, stranger.address);
      const other = await take(otherBorrower.address);
      await pool.connect(borrower).setOperator(liquidator.address, false);
      return { during, passed, other, after: await rob(p) };
    };
    const ours = await onOurs(DEFENCE, attack, activePool);
    expect([ours.during, ours.passed]).to.deep.equal(["done", false]);
    for (const result of [ours.other, ...ours.after]) expect(result).to.contain("PoolUnauthorized");
  });

  it("an operator of an account has no right to its owner's shares, nor to collateral of strangers' choice", async () => {
    const attack = async ({ pool, lender, liquidator, stranger, collaterals, unit }: DeployedPool) => {
      await pool.connect(lender).setOperator(liquidator.address, true);
      const [{ address }] = collaterals;
      return [
        await outcome(pool.connect(liquidator).withdraw(unit, liquidator.address, lender.address)),
        // A slot of somebody's account is not filled by others.
        await outcome(pool.connect(stranger).supplyCollateral(address, 1n, lender.address, "0x")),
      ];
    };
    const ours = await onOurs(DEFENCE, attack, activePool);
    expect(ours[0]).to.contain("ERC20InsufficientAllowance");
    expect(ours[1]).to.contain("PoolUnauthorized");
  });
});
