import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { activePool, type PoolOptions } from "../shared/pool-fixtures.ts";

/** Both tokens can answer false instead of reverting. */
async function falsePool(connection: NetworkConnection, options: PoolOptions) {
  const { ethers } = connection;
  const loanFalse = await ethers.deployContract("ReturnsFalseERC20", [6n]);
  const collateralFalse = await ethers.deployContract("ReturnsFalseERC20", [18n]);
  const [loanToken, collateral] = [await loanFalse.getAddress(), await collateralFalse.getAddress()];
  const p = await activePool(connection, { ...options, loanToken, collateralTokens: [collateral] });
  const setFailing = async (failing: boolean) => {
    for (const token of [loanFalse, collateralFalse]) await token.setFailing(failing);
  };
  return { ...p, setFailing };
}

/** BAT, HT, ZRX and others of their time: a transfer that does not happen is only answered by false, to whoever asks. */
async function payNothing(p: Awaited<ReturnType<typeof falsePool>>) {
  const { pool, otherLender: attacker, otherBorrower, borrower, collaterals, unit, loan, setFailing } = p;
  const [{ address, unit: whole }] = collaterals;
  const before = await loan.balanceOf(attacker.address);
  await setFailing(true);
  const results = [
    await outcome(pool.connect(attacker).deposit(30_000n * unit, attacker.address)),
    await outcome(pool.connect(otherBorrower).supplyCollateral(address, whole, otherBorrower.address, "0x")),
    await outcome(pool.connect(borrower).repay(1_000n * unit, 0, borrower.address, "0x")),
  ];
  await setFailing(false);
  const shares = await pool.balanceOf(attacker.address);
  if (shares !== 0n) await pool.connect(attacker).redeem(shares, attacker.address, attacker.address);
  return { results, stolen: ((await loan.balanceOf(attacker.address)) - before + unit / 2n) / unit };
}

describe("Attack: paying with a token that answers false", () => {
  it("is taken for payment by the weak copy, which loses 30,000, and refused", async () => {
    const { ours, weak } = await onPools(removable("answer checked"), payNothing, falsePool);
    expect(weak).to.deep.equal({ results: ["done", "done", "done"], stolen: 30_000n });
    for (const result of ours.results) expect(result).to.contain("SafeERC20FailedOperation");
    expect(ours.stolen).to.equal(0n);
  });
});
