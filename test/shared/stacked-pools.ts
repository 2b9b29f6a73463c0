import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { deployAccessManager } from "./oracle-fixtures.ts";
import { deployPool, openDebt, price36, UNCAPPED } from "./pool-fixtures.ts";

const USD = 10n ** 6n;
/** What a share of the first pool is worth as collateral: a dollar. Shares have six decimals more. */
const SHARE_PRICE36 = 10n ** 30n;

/**
 * Two pools of the same loan asset. In `base`, `borrower` owes 60,000 against 100 ETH at 2,000; `top` also takes shares of
 * `base`, against 50,000 dollars of which `borrower` owes 30,000. A registry with a feed that says a dollar, and a reporter.
 */
export async function stackedPools(connection: NetworkConnection) {
  const { ethers } = connection;
  const base = await deployPool(connection);
  await base.pool.connect(base.lender).deposit(100_000n * USD, base.lender.address);
  await openDebt(base, 100n, 60_000n);
  const top = await deployPool(connection, { loanToken: base.loanAddress });
  const share = await ethers.getContractAt("LendingPool", base.poolAddress);
  await top.oracle.setPrice(base.poolAddress, SHARE_PRICE36);
  const curve = await top.fixedCurve.getAddress();
  await top.admin.listCollateral({
    ...{ token: base.poolAddress, borrowFactorBps: 7_000n, liquidationFactorBps: 8_000n, supplyCap: UNCAPPED, curve },
  });
  await top.pool.connect(top.lender).deposit(200_000n * USD, top.lender.address);
  const { borrower } = top;
  await base.loan.connect(borrower).approve(base.poolAddress, MaxUint256);
  await share.connect(borrower).deposit(50_000n * USD, borrower.address);
  const shares = await share.balanceOf(borrower.address);
  await share.connect(borrower).approve(top.poolAddress, MaxUint256);
  await top.pool.connect(borrower).supplyCollateral(base.poolAddress, shares, borrower.address, "0x");
  await top.pool.connect(borrower).borrow(30_000n * USD, 0, borrower.address, borrower.address);

  const manager = await deployAccessManager(base.governor);
  const lens = await ethers.deployContract("RiskLens");
  const registry = await ethers.deployContract("PoolRegistry", [manager]);
  const reporter = await ethers.deployContract("SystemReporter", [
    await registry.getAddress(),
    await lens.getAddress(),
  ]);
  const feed = await ethers.deployContract("MockAggregator", [8, "USD / USD", 10n ** 8n]);
  const entry = (pool: string, source: string, heartbeat: bigint) => ({ pool, feed: source, heartbeat });
  await registry.add(entry(base.poolAddress, await feed.getAddress(), 86_400n));
  await registry.add(entry(top.poolAddress, ethers.ZeroAddress, 0n));
  return { ...{ connection, ethers, base, top, lens, registry, reporter, feed, entry, price36 } };
}

export type StackedPools = Awaited<ReturnType<typeof stackedPools>>;
