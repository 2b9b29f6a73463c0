import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { price36, scriptedPool, type PoolOptions } from "../shared/pool-fixtures.ts";
import { answersOf, callOf, scriptOf } from "../shared/scripts.ts";

/**
 * `borrower` owes 60,000 against 100 ETH at 700, which carry 56,000; beside his there are 100 ETH of somebody else. The token
 * calls whoever it is sent to, as ERC-777 does.
 */
async function unhealthyPool(connection: NetworkConnection, options: PoolOptions) {
  const collateralToken = await (await connection.ethers.deployContract("HookERC20", [18n])).getAddress();
  const p = await scriptedPool(connection, { ...options, collateralTokens: [collateralToken] });
  const [{ address, unit }] = p.collaterals;
  const { otherBorrower, account, accountAddress } = p;
  const hooked = await connection.ethers.getContractAt("HookERC20", collateralToken);
  await account.run([await callOf(hooked, "setHook", [accountAddress])]);
  await p.pool.connect(otherBorrower).supplyCollateral(address, 100n * unit, otherBorrower.address, "0x");
  await p.oracle.setPrice(address, price36(700n, 18n, 6n));
  return p;
}
type Unhealthy = Awaited<ReturnType<typeof unhealthyPool>>;

const takeOf = ({ liquidation, accountAddress, borrower, collaterals }: Unhealthy, data: string) =>
  callOf(liquidation, "take", [borrower.address, collaterals[0].address, 10n ** 30n, 10n ** 20n, accountAddress, data]);

/** Of the collateral that the books say is there, what is not. */
async function missingOf({ pool, poolAddress, collaterals: [{ token, address }] }: Unhealthy) {
  const { totalSupplied } = await pool.collateralConfig(address);
  return totalSupplied - (await token.balanceOf(poolAddress));
}

/** A buyer who is called in the middle of his purchase buys the same again. */
async function buyTwice(p: Unhealthy, where: "hook" | "callback") {
  const again = scriptOf([await takeOf(p, "0x")]);
  if (where === "hook") await p.account.setHookScript(again);
  const result = await outcome(p.account.run([await takeOf(p, where === "hook" ? "0x" : again)]));
  return { result, missing: await missingOf(p) };
}

describe("Attack: re-entering from the middle of a liquidation", () => {
  const DEFENCE = removable("sale before callback");

  it("sells the same collateral twice in the weak copy; ours is locked while the token calls the buyer", async () => {
    const { ours, weak } = await onPools(DEFENCE, (p) => buyTwice(p, "hook"), unhealthyPool);
    expect(weak.result).to.equal("done");
    expect(weak.missing).to.be.greaterThan(10n ** 19n);
    expect(ours.result).to.contain("PoolLocked");
    expect(ours.missing).to.equal(0n);
  });

  it("has written the sale by the time that the buyer hears of it", async () => {
    const look = async (p: Unhealthy) => {
      const { pool, account, borrower, collaterals } = p;
      const [{ address }] = collaterals;
      const before = await pool.collateralOf(borrower.address, address);
      const questions = [
        await callOf(pool, "locked"),
        await callOf(pool, "collateralOf", [borrower.address, address]),
        await callOf(pool, "debtSharesOf", [borrower.address]),
      ];
      await account.setHookScript(scriptOf(questions));
      const tx = await account.run([await takeOf(p, "0x")]);
      const calls = await account.queryFilter(account.filters.CalledBack(), tx.blockNumber ?? undefined);
      // What was asked in the hook is answered before the sale in which it was called.
      const [locked, held, debt] = (await answersOf(account, tx)).slice(0, 3).map(BigInt);
      const after = [await pool.collateralOf(borrower.address, address), await pool.debtSharesOf(borrower.address)];
      return {
        before,
        callers: calls.map(({ args }) => args.caller),
        token: address,
        locked,
        seen: [held, debt],
        after,
      };
    };
    const ours = await onOurs(DEFENCE, look, unhealthyPool);
    expect(ours.callers).to.deep.equal([ours.token]);
    expect(ours.locked).to.equal(1n);
    expect(ours.seen).to.deep.equal(ours.after);
    expect(ours.after[0]).to.be.lessThan(ours.before);
  });

  it("from the callback that ours offers there is nothing left to buy", async () => {
    const ours = await onOurs(DEFENCE, (p) => buyTwice(p, "callback"), unhealthyPool);
    expect(ours.result).to.contain("LiquidationAccountHealthy");
    expect(ours.missing).to.equal(0n);
  });
});
