import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { activePool, price36, type PoolOptions } from "../shared/pool-fixtures.ts";

/** Loan asset and collateral have block lists, on which the borrower is; his collateral has fallen to 70,000. */
async function blockedPool(connection: NetworkConnection, options: PoolOptions) {
  const { ethers } = connection;
  const tokens = [
    await ethers.deployContract("BlocklistERC20", [6n]),
    await ethers.deployContract("BlocklistERC20", [18n]),
  ];
  const [loanToken, collateral] = await Promise.all(tokens.map((token) => token.getAddress()));
  const p = await activePool(connection, { ...options, loanToken, collateralTokens: [collateral] });
  for (const token of tokens) await token.setBlocked(p.borrower.address, true);
  await p.oracle.setPrice(collateral, price36(700n, 18n, 6n));
  return p;
}

/** A borrower has himself put on a token's block list: whatever is to be sent to him makes his liquidation fail. */
async function liquidate({ liquidation, liquidator, borrower, collaterals }: Awaited<ReturnType<typeof blockedPool>>) {
  const [{ address }] = collaterals;
  const sales = liquidation.connect(liquidator);
  await sales.kick(borrower.address);
  return outcome(sales.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x"));
}

describe("Attack: a borrower whom a token does not let receive anything", () => {
  it("cannot be liquidated in the weak copy, which sends him a refund; ours sends him nothing", async () => {
    const { ours, weak } = await onPools(removable("nothing sent to the owner"), liquidate, blockedPool);
    expect(weak).to.contain("Blocked");
    expect(ours).to.equal("done");
  });
});
