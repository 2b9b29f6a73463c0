import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { activePool, type PoolOptions } from "../shared/pool-fixtures.ts";

/** A fee of 1 % on both tokens is switched on after lenders and borrowers came, as USDT could. */
async function feePool(connection: NetworkConnection, options: PoolOptions) {
  const { ethers } = connection;
  const fees = [
    await ethers.deployContract("FeeOnTransferERC20", [6n, 0n]),
    await ethers.deployContract("FeeOnTransferERC20", [18n, 0n]),
  ];
  const [loanToken, collateral] = await Promise.all(fees.map((token) => token.getAddress()));
  const p = await activePool(connection, { ...options, loanToken, collateralTokens: [collateral] });
  for (const token of fees) await token.setFee(100);
  return p;
}

/** Balancer (STA, June 2020): each round trip leaves less in the pool than its books say, until they are empty promises. */
async function roundTrips({ pool, poolAddress, otherLender, loan, unit }: Awaited<ReturnType<typeof feePool>>) {
  const self = otherLender.address;
  const results: string[] = [];
  for (let i = 0; i < 5; ++i) {
    results.push(await outcome(pool.connect(otherLender).deposit(40_000n * unit, self)));
    if ((await pool.balanceOf(self)) !== 0n) {
      await pool.connect(otherLender).redeem(await pool.balanceOf(self), self, self);
    }
  }
  const { cash } = await pool.totals();
  return { results, missing: (cash - (await loan.balanceOf(poolAddress))) / unit };
}

describe("Attack: tokens that keep a part of every transfer", () => {
  it("leave 2,000 less in the weak copy than its books say, and are refused", async () => {
    const { ours, weak } = await onPools(removable("arrival checked"), roundTrips, feePool);
    expect(weak.results).to.deep.equal(Array(5).fill("done"));
    expect(weak.missing).to.be.within(1_999n, 2_000n);
    for (const result of ours.results) expect(result).to.contain("PoolTransferMismatch");
    expect(ours.missing).to.equal(0n);
  });
});
