import { expect } from "chai";
import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { activePool18, openDebt, SHARE_OFFSET, type DeployedPool } from "../shared/pool-fixtures.ts";
import { ownChain } from "../shared/own-chain.ts";
import { deployReceiver } from "./reference.ts";

/** Everything that is lent out and everything that was not is borrowed, and nothing of it comes back. */
async function loseEverything(p: DeployedPool) {
  const { pool, oracle, liquidation, liquidator, borrower, collaterals } = p;
  const { address, price36 } = collaterals[0];
  await openDebt(p, 100n, (await pool.totals()).cash / p.unit);
  await oracle.setPrice(address, 0);
  const taken = [borrower.address, address, MaxUint256, MaxUint256, liquidator.address] as const;
  await liquidation.connect(liquidator).take(...taken, "0x");
  await oracle.setPrice(address, price36);
  expect(await pool.totalAssets()).to.equal(0);
}

/** A pool in which one unit more cannot be booked. */
async function fullPool(connection: NetworkConnection) {
  const p = await activePool18(connection);
  const room = await p.pool.maxDeposit(p.lender);
  await p.loan.mint(p.lender.address, room);
  await p.pool.connect(p.lender).deposit(room, p.lender.address);
  return { ...p, ...(await deployReceiver(connection, p.loan, p.poolAddress, p.unit)) };
}

async function lostPool(connection: NetworkConnection) {
  const p = await activePool18(connection);
  await loseEverything(p);
  return p;
}

/** Where the pool knowingly does not follow a standard to the letter: `docs/protocol.md`, "Standards". */
describe("departures from the standards", () => {
  const chain = ownChain();
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    chain().networkHelpers.loadFixture(fixture);

  it("ERC-3156: books that are full have no room for a fee, and the maximum does not say so", async () => {
    const { pool, admin, loanAddress, receiverAddress, ethers } = await load(fullPool);
    const lend = async (amount: bigint) => pool.flashLoan(receiverAddress, loanAddress, amount, "0x");
    const max = await pool.maxFlashLoan(loanAddress);
    expect(max).to.equal(2n ** 112n - 1n);
    await lend(1_000n);
    await admin.setFlashFee(9);
    await expect(lend(1_000n)).to.revert(ethers);
  });

  it("ERC-4626: after one loss of everything all views answer still", async () => {
    const { pool, lender } = await load(lostPool);
    expect(await pool.maxMint(lender)).to.be.greaterThan(await pool.totalSupply());
    expect(await pool.previewDeposit(1)).to.equal((await pool.totalSupply()) + SHARE_OFFSET);
  });

  it("ERC-4626: after a second one #maxMint overflows, because a unit is worth more shares than there are numbers for", async () => {
    const p = await load(lostPool);
    await p.pool.connect(p.lender).deposit(100_000n * p.unit, p.lender.address);
    expect(await p.pool.maxMint(p.lender)).to.be.greaterThan(0);
    await loseEverything(p);
    await expect(p.pool.maxMint(p.lender)).to.revert(p.ethers);
    expect(await p.pool.maxWithdraw(p.lender)).to.equal(0);
    expect(await p.pool.maxRedeem(p.lender)).to.equal(0);
  });
});
