import { expect } from "chai";
import { ZeroHash } from "ethers";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { scriptedPool } from "../shared/pool-fixtures.ts";
import { callOf } from "../shared/scripts.ts";

type Scripted = Awaited<ReturnType<typeof scriptedPool>>;

/**
 * Anybody may start a flash loan for anybody. A contract that has approved the pool, for its own deposits, and knows nothing of
 * flash loans is sent one after the other, until their fees have eaten what it holds.
 */
async function sendLoans({ pool, admin, account, accountAddress, loan, loanAddress, stranger, unit }: Scripted) {
  await admin.setFlashFee(100);
  await account.setFlashAnswer(ZeroHash);
  const before = await loan.balanceOf(accountAddress);
  const amount = await pool.maxFlashLoan(loanAddress);
  const results: string[] = [];
  for (let i = 0; i < 5; ++i) {
    results.push(await outcome(pool.connect(stranger).flashLoan(accountAddress, loanAddress, amount, "0x")));
  }
  return { results, lost: (before - (await loan.balanceOf(accountAddress))) / unit };
}

describe("Attack: receivers that did not ask, or do harm", () => {
  const DEFENCE = removable("receiver agrees");

  it("flash loans that nobody asked for cost the receiver 2,000 in the weak copy, and are refused", async () => {
    const { ours, weak } = await onPools(DEFENCE, sendLoans, scriptedPool);
    expect(weak.results).to.deep.equal(Array(5).fill("done"));
    expect(weak.lost).to.equal(2_000n);
    for (const result of ours.results) expect(result).to.contain("PoolFlashLoanRefused");
    expect(ours.lost).to.equal(0n);
  });

  it("what a receiver refuses harms the caller only, and leaves no lock behind", async () => {
    const ours = await onOurs(
      DEFENCE,
      async ({ pool, account, accountAddress, lender, poolAddress, unit, loanAddress }: Scripted) => {
        // Its script calls what it has no right to.
        const bad = [await callOf(pool, "withdraw", [unit, lender.address, lender.address])];
        const results = [
          await outcome(account.run([await callOf(pool, "flashLoan", [poolAddress, loanAddress, unit, "0x"])])),
          await outcome(account.run(bad)),
        ];
        const own = pool.connect(lender).withdraw(unit, accountAddress, lender.address);
        return [...results, await outcome(own), String(await pool.locked())];
      },
      scriptedPool,
    );
    expect(ours[0]).to.contain("AccessManagedUnauthorized"); // the pool as a receiver has no such function
    expect(ours[1]).to.contain("ERC20InsufficientAllowance");
    expect(ours.slice(2)).to.deep.equal(["done", "false"]);
  });
});
