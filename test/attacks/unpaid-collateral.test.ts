import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { scriptedPool } from "../shared/pool-fixtures.ts";
import { callOf, scriptOf } from "../shared/scripts.ts";

type Scripted = Awaited<ReturnType<typeof scriptedPool>>;

/**
 * The pool books collateral, calls the supplier back and takes the tokens last. In the callback he borrows against what he
 * has not paid, and sends his tokens away. Phantom collateral, as in
 * Abracadabra's GMX cauldrons (March 2025).
 */
async function borrowUnpaid({ pool, account, accountAddress, collaterals, loan, unit, stranger }: Scripted) {
  const [{ token, address, unit: whole }] = collaterals;
  const held = await token.balanceOf(accountAddress);
  const before = await loan.balanceOf(accountAddress);
  const inside = scriptOf([
    await callOf(pool, "borrow", [30_000n * unit, 0n, accountAddress, accountAddress]),
    await callOf(token, "transfer", [stranger.address, held]),
  ]);
  const values = [address, 100n * whole, accountAddress, inside];
  const result = await outcome(account.run([await callOf(pool, "supplyCollateral", values)]));
  return { result, gained: (await loan.balanceOf(accountAddress)) - before };
}

describe("Attack: borrowing, from a callback, against collateral that is never paid", () => {
  it("brings 30,000 in the weak copy, which takes what there is; with us all of it is taken back", async () => {
    const { ours, weak } = await onPools(removable("full payment"), borrowUnpaid, scriptedPool);
    expect(weak).to.deep.equal({ result: "done", gained: 30_000_000_000n });
    expect(ours.result).to.contain("ERC20InsufficientBalance");
    expect(ours.gained).to.equal(0n);
  });
});
