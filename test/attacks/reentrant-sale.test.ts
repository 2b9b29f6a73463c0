import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { price36, scriptedPool, type PoolOptions } from "../shared/pool-fixtures.ts";
import { callOf, scriptOf } from "../shared/scripts.ts";

/** `borrower` owes 60,000 against 100 ETH at 700, which carry 56,000; beside his there are 100 ETH of somebody else. */
async function unhealthyPool(connection: NetworkConnection, options: PoolOptions) {
  const p = await scriptedPool(connection, options);
  const [{ address, unit }] = p.collaterals;
  const { otherBorrower } = p;
  await p.pool.connect(otherBorrower).supplyCollateral(address, 100n * unit, otherBorrower.address, "0x");
  await p.oracle.setPrice(address, price36(700n, 18n, 6n));
  return p;
}

/** A buyer who is called in the middle of his purchase buys the same again. */
async function buyTwice(p: Awaited<ReturnType<typeof unhealthyPool>>, where: "hook" | "callback") {
  const { pool, poolAddress, liquidation, account, accountAddress, borrower, collaterals } = p;
  const [{ token, address }] = collaterals;
  const take = (data: string) =>
    callOf(liquidation, "take", [borrower.address, address, 10n ** 30n, 10n ** 20n, accountAddress, data]);
  const again = scriptOf([await take("0x")]);
  if (where === "hook") await account.setHookScript(again);
  const result = await outcome(account.run([await take(where === "hook" ? "0x" : again)]));
  const { totalSupplied } = await pool.collateralConfig(address);
  return { result, missing: totalSupplied - (await token.balanceOf(poolAddress)) };
}

describe("Attack: re-entering from the middle of a liquidation", () => {
  const DEFENCE = removable("sale before callback");

  it("sells the same collateral twice in the weak copy; ours has written the sale before it calls anybody", async () => {
    const { ours, weak } = await onPools(DEFENCE, (p) => buyTwice(p, "hook"), unhealthyPool);
    expect(weak.result).to.equal("done");
    expect(weak.missing).to.be.greaterThan(10n ** 19n);
    expect(ours).to.deep.equal({ result: "done", missing: 0n });
  });

  it("from the callback that ours offers there is nothing left to buy", async () => {
    const ours = await onOurs(DEFENCE, (p) => buyTwice(p, "callback"), unhealthyPool);
    expect(ours.result).to.contain("LiquidationAccountHealthy");
    expect(ours.missing).to.equal(0n);
  });
});
