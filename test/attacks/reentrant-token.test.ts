import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { scriptedPool, type PoolOptions } from "../shared/pool-fixtures.ts";
import { callOf, scriptOf, type ScriptedCall } from "../shared/scripts.ts";

/** Both tokens call senders and receivers, as ERC-777 does. */
async function hookedPool(connection: NetworkConnection, options: PoolOptions) {
  const { ethers } = connection;
  const loanToken = await (await ethers.deployContract("HookERC20", [6n])).getAddress();
  const collateralToken = await (await ethers.deployContract("HookERC20", [18n])).getAddress();
  const p = await scriptedPool(connection, { ...options, loanToken, collateralTokens: [collateralToken] });
  for (const token of [loanToken, collateralToken]) {
    const hooked = await ethers.getContractAt("HookERC20", token);
    await p.account.run([await callOf(hooked, "setHook", [p.accountAddress])]);
  }
  return p;
}
type Hooked = Awaited<ReturnType<typeof hookedPool>>;

/**
 * Lendf.Me (imBTC, April 2020), Cream (AMP, August 2021), Agave and Hundred (March 2022): a token's hook, called while a loan is
 * being paid out, borrows again on the collateral of the first.
 */
async function borrowTwice({ pool, account, accountAddress, collaterals, unit }: Hooked) {
  const [{ address, unit: whole }] = collaterals;
  await account.run([await callOf(pool, "supplyCollateral", [address, 10n * whole, accountAddress, "0x"])]);
  const most = await callOf(pool, "borrow", [14_000n * unit, 0n, accountAddress, accountAddress]);
  await account.setHookScript(scriptOf([most]));
  const result = await outcome(account.run([most]));
  const { debt, borrowCapacity } = await pool.healthOf(accountAddress);
  return { result, isUncovered: debt > borrowCapacity };
}

describe("Attack: re-entering from the hook of a token", () => {
  const DEFENCE = removable("books before transfers");

  it("borrows twice on one collateral in the weak copy, and is refused", async () => {
    const { ours, weak } = await onPools(DEFENCE, borrowTwice, hookedPool);
    expect(weak).to.deep.equal({ result: "done", isUncovered: true });
    expect(ours.result).to.contain("PoolLocked");
    expect(ours.isUncovered).to.equal(false);
  });

  it("is refused in the middle of every function that moves tokens, whatever it calls", async () => {
    const ours = await onOurs(
      DEFENCE,
      async ({ pool, account, accountAddress, collaterals, unit }: Hooked) => {
        const [{ address, unit: whole }] = collaterals;
        const self = [accountAddress, accountAddress];
        const deposit = await callOf(pool, "deposit", [unit, accountAddress]);
        const outer: ScriptedCall[] = [
          deposit,
          await callOf(pool, "mint", [10n ** 12n, accountAddress]),
          await callOf(pool, "supplyCollateral", [address, whole, accountAddress, "0x"]),
          await callOf(pool, "borrow", [1_000n * unit, 0n, ...self]),
          await callOf(pool, "repay", [unit, 0n, accountAddress, "0x"]),
          await callOf(pool, "withdraw", [unit, ...self]),
          await callOf(pool, "redeem", [10n ** 11n, ...self]),
          await callOf(pool, "withdrawCollateral", [address, whole / 10n, ...self]),
        ];
        const results: string[] = [];
        for (const [index, call] of outer.entries()) {
          // Each is tried with another one inside, then done in peace.
          await account.setHookScript(scriptOf([outer[(index + 3) % outer.length]]));
          results.push(await outcome(account.run([call])));
          await account.setHookScript("0x");
          await account.run([call]);
        }
        return results;
      },
      hookedPool,
    );
    for (const result of ours) expect(result).to.contain("PoolLocked");
  });
});
