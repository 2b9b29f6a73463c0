import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { deployPool, UNCAPPED, type PoolOptions } from "../shared/pool-fixtures.ts";
import { callOf, scriptOf } from "../shared/scripts.ts";

const DEFENCE = removable("locked shares");

/** Lends 400,000 against shares of a vault that sends before it books; the attacker holds all but few of them. */
async function vaultPool(connection: NetworkConnection, options: PoolOptions) {
  const { ethers } = connection;
  const token = await ethers.deployContract("HookERC20", [6n]);
  const tokenAddress = await token.getAddress();
  const p = await deployPool(connection, { collaterals: 0, loanToken: tokenAddress });
  const vault = await ethers.deployContract("SendFirstVault", [tokenAddress]);
  const share = await vault.getAddress();
  await p.pool.connect(p.lender).deposit(400_000n * p.unit, p.lender.address);
  const account = await ethers.deployContract("ScriptedAccount");
  const attacker = await account.getAddress();
  await token.mint(attacker, 100_000n * p.unit);
  await token.connect(p.otherLender).approve(share, p.unit);
  await vault.connect(p.otherLender).deposit(p.unit, p.otherLender.address);
  await account.run([
    await callOf(token, "setHook", [attacker]),
    await callOf(token, "approve", [share, UNCAPPED]),
    await callOf(vault, "approve", [p.poolAddress, UNCAPPED]),
    await callOf(vault, "deposit", [100_000n * p.unit, attacker]),
  ]);
  const real = await ethers.deployContract("PriceOracle", [tokenAddress, p.params.authority]);
  await real.setShare(share, 1_000);
  const oracle =
    options.without === undefined ? real : await ethers.deployContract("OpenShareOracle", [await real.getAddress()]);
  await p.admin.setOracle(await oracle.getAddress());
  const curve = await p.fixedCurve.getAddress();
  await p.admin.listCollateral({
    ...{ token: share, borrowFactorBps: 7_000n, liquidationFactorBps: 8_000n, supplyCap: UNCAPPED, curve },
  });
  return { ...p, vault, share, account, attacker };
}

/** Market.xyz (2022), dForce and Sturdy (2023): pools that were asked for a price while they were in the middle of a withdrawal. */
async function borrowInside({ pool, vault, share, account, attacker, unit }: Awaited<ReturnType<typeof vaultPool>>) {
  await account.run([await callOf(pool, "supplyCollateral", [share, 10_000n * unit, attacker, "0x"])]);
  const borrow = await callOf(pool, "borrow", [60_000n * unit, 0n, attacker, attacker]);
  await account.setHookScript(scriptOf([borrow]));
  const result = await outcome(account.run([await callOf(vault, "redeem", [90_000n * unit, attacker, attacker])]));
  return { result, debt: (await pool.debtOf(attacker)) / unit };
}

describe("Attack: having shares priced while their vault is in the middle of a change", () => {
  it("borrows 60,000 against 10,000 from the weak copy; our oracle does not look at a locked vault", async () => {
    const { ours, weak } = await onPools(DEFENCE, borrowInside, vaultPool);
    expect(weak).to.deep.equal({ result: "done", debt: 60_000n });
    expect(ours.result).to.contain("OracleShareUnavailable");
    expect(ours.debt).to.equal(0n);
  });
});
