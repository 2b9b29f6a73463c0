import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { activePool, type PoolOptions } from "../shared/pool-fixtures.ts";

/** All balances of both tokens are halved after lenders and borrowers came. */
async function rebasedPool(connection: NetworkConnection, options: PoolOptions) {
  const { ethers } = connection;
  const rebasing = [
    await ethers.deployContract("RebasingERC20", [6n]),
    await ethers.deployContract("RebasingERC20", [18n]),
  ];
  const [loanToken, collateral] = await Promise.all(rebasing.map((token) => token.getAddress()));
  const p = await activePool(connection, { ...options, loanToken, collateralTokens: [collateral] });
  for (const token of rebasing) await token.rebase(5n * 10n ** 17n);
  return p;
}

/** As with Ampleforth: who was there leaves with the money of who comes after, because the books do not know of the loss. */
async function leaveTheLoss({
  pool,
  lender,
  otherLender,
  loan,
  unit,
  borrower,
}: Awaited<ReturnType<typeof rebasedPool>>) {
  const enters = await outcome(pool.connect(otherLender).deposit(20_000n * unit, otherLender.address));
  const before = await loan.balanceOf(lender.address);
  const leaves = await outcome(pool.connect(lender).withdraw(40_000n * unit, lender.address, lender.address));
  const taken = ((await loan.balanceOf(lender.address)) - before) / unit;
  const repays = await outcome(pool.connect(borrower).repay(10_000n * unit, 0, borrower.address, "0x"));
  return { enters, leaves, taken, repays };
}

describe("Attack: tokens whose balances change by themselves", () => {
  it("lets old lenders out of the weak copy with a newcomer's money; ours takes in nothing but repayments", async () => {
    const { ours, weak } = await onPools(removable("arrival checked"), leaveTheLoss, rebasedPool);
    expect(weak).to.deep.equal({ enters: "done", leaves: "done", taken: 40_000n, repays: "done" });
    expect(ours.enters).to.contain("PoolTokenRebased");
    expect(ours.leaves).to.contain("ERC20InsufficientBalance");
    expect(ours.repays).to.equal("done");
  });
});
