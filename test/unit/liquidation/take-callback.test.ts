import { expect } from "chai";
import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ETHER, LENT, USD } from "../../shared/borrower-fixtures.ts";
import { loadLiquidation, mixedPool, OWED, sinkingPool } from "../../shared/liquidation-fixtures.ts";
import { answersOf, callOf, scriptOf, type ScriptedCall } from "../../shared/scripts.ts";

/** A taker that owns nothing, and `liquidator` as a dealer who buys ETH from it at the market price for any amount. */
async function pennilessTaker(connection: NetworkConnection) {
  const p = await sinkingPool(connection);
  const taker = await p.ethers.deployContract("ScriptedAccount");
  const takerAddress = await taker.getAddress();
  await p.loan.connect(p.liquidator).approve(takerAddress, MaxUint256);
  await taker.run([await callOf(p.loan, "approve", [p.poolAddress, MaxUint256])]);
  await p.liquidation.kick(p.borrower.address);
  await p.networkHelpers.time.increase(1_800n); // at the floor: 10 % below the market
  return { ...p, taker, takerAddress };
}

async function loadTaker(fixture: (connection: NetworkConnection) => ReturnType<typeof pennilessTaker>) {
  const p = await loadLiquidation(fixture);
  const takeCall = (maxCollateral: bigint, script: readonly ScriptedCall[], token = p.eth.address) =>
    callOf(p.liquidation, "take", [
      ...[p.borrower.address, token, maxCollateral, MaxUint256, p.takerAddress],
      scriptOf(script),
    ]);
  /** Sells ETH to the dealer. [wei, loan base units] */
  const sale = async (amount: bigint, proceeds: bigint) => [
    await callOf(p.eth.token, "transfer", [p.liquidator.address, amount]),
    await callOf(p.loan, "transferFrom", [p.liquidator.address, p.takerAddress, proceeds]),
  ];
  return { ...p, takeCall, sale };
}

describe("LiquidationModule: callback of a take", () => {
  it("reverts when data is given and the taker is no contract", async () => {
    const p = await loadLiquidation(sinkingPool);
    const call = p.liquidation
      .connect(p.liquidator)
      .take(p.borrower.address, p.eth.address, MaxUint256, MaxUint256, p.liquidator.address, "0x01");
    await expect(call).to.be.revertedWithoutReason(p.ethers);
  });

  it("lets a taker without capital sell first and pay afterwards, and keep the bonus", async () => {
    const p = await loadTaker(pennilessTaker);
    await p.wait(10n);
    const { amount, repay } = await p.quote(p.eth.address);
    const proceeds = (amount * 1_450n * USD) / ETHER;
    const call = await p.takeCall(MaxUint256, await p.sale(amount, proceeds));
    await p.wait(10n);
    const tx = await p.taker.run([call]);
    const script = scriptOf(await p.sale(amount, proceeds));
    const onTake = await callOf(p.taker, "onTake", [p.borrower.address, p.eth.address, amount, repay, script]);
    await expect(tx).to.emit(p.taker, "CalledBack").withArgs(p.poolAddress, onTake.data);
    expect(await p.eth.token.balanceOf(p.takerAddress)).to.equal(0);
    const profit = await p.loan.balanceOf(p.takerAddress);
    expect(profit).to.equal(proceeds - repay);
    expect(profit).to.be.within((repay * 999n) / 10_000n, (repay * 1_001n) / 10_000n); // 10 %
    expect(await p.pool.debtOf(p.borrower.address)).to.equal(OWED - repay);
  });

  it("is not made without data", async () => {
    const p = await loadTaker(pennilessTaker);
    await p.loan.mint(p.takerAddress, OWED);
    const call = await callOf(p.liquidation, "take", [
      ...[p.borrower.address, p.eth.address, MaxUint256, MaxUint256, p.takerAddress, "0x"],
    ]);
    await expect(p.taker.run([call])).not.to.emit(p.taker, "CalledBack");
  });

  it("reverts, callback and all, when the taker does not pay", async () => {
    const p = await loadTaker(pennilessTaker);
    const amount = 10n * ETHER;
    await p.wait(10n);
    const { repay } = await p.quote(p.eth.address, amount);
    const call = await p.takeCall(amount, await p.sale(amount, repay - 1n));
    await p.wait(10n);
    await expect(p.taker.run([call]))
      .to.be.revertedWithCustomError(p.loan, "ERC20InsufficientBalance")
      .withArgs(p.takerAddress, repay - 1n, repay);
    expect(await p.pool.collateralOf(p.borrower.address, p.eth.address)).to.equal(100n * ETHER);
  });

  it("passes on the error of a callback that fails", async () => {
    const p = await loadTaker(pennilessTaker);
    const nested = await p.takeCall(0n, []);
    await expect(p.taker.run([await p.takeCall(MaxUint256, [nested])]))
      .to.be.revertedWithCustomError(p.pool, "PoolZeroAmount")
      .withArgs();
  });

  it("cannot take again what has healed, nor mark the account otherwise", async () => {
    const p = await loadTaker(pennilessTaker);
    for (const again of [
      await p.takeCall(MaxUint256, []),
      await callOf(p.liquidation, "kick", [p.borrower.address]),
      await callOf(p.liquidation, "quoteTake", [p.borrower.address, p.eth.address, 1n]),
    ]) {
      await expect(p.taker.run([await p.takeCall(MaxUint256, [again])])).to.be.revertedWithCustomError(
        p.pool,
        "LiquidationAccountHealthy",
      );
    }
    const unkick = await callOf(p.liquidation, "unkick", [p.borrower.address]);
    await expect(p.taker.run([await p.takeCall(MaxUint256, [unkick])]))
      .to.be.revertedWithCustomError(p.pool, "LiquidationNotKicked")
      .withArgs(p.borrower.address);
  });

  it("pays for every one of nested takes", async () => {
    const p = await loadTaker(pennilessTaker);
    await p.loan.mint(p.takerAddress, OWED);
    await p.wait(10n);
    const { repay } = await p.quote(p.eth.address, 5n * ETHER);
    const inner = await p.takeCall(5n * ETHER, []);
    const outer = await p.takeCall(5n * ETHER, [inner]);
    await p.wait(10n);
    await p.taker.run([outer]);
    expect(await p.loan.balanceOf(p.takerAddress)).to.equal(OWED - 2n * repay);
    expect(await p.eth.token.balanceOf(p.takerAddress)).to.equal(10n * ETHER);
    const { debtAssets, cash } = await p.pool.totals();
    expect([debtAssets, cash]).to.deep.equal([OWED - 2n * repay, LENT - OWED + 2n * repay]);
    expect(await p.loan.balanceOf(p.poolAddress)).to.equal(cash);
  });

  it("cannot let one payment count twice: lending or repaying in between does not pay for the take", async () => {
    const p = await loadTaker(pennilessTaker);
    await p.loan.mint(p.takerAddress, OWED);
    await p.wait(10n);
    const { repay } = await p.quote(p.eth.address);
    const { cash } = await p.pool.totals();
    const deposit = await callOf(p.pool, "deposit", [repay, p.takerAddress]);
    const outer = await p.takeCall(MaxUint256, [deposit]);
    await p.wait(10n);
    await expect(p.taker.run([outer])) // the cash of the take is booked, but not there yet
      .to.be.revertedWithCustomError(p.pool, "PoolTokenRebased")
      .withArgs(p.loanAddress, cash + 2n * repay, cash + repay);
    const rest = await callOf(p.pool, "repay", [1_000n * USD, 0n, p.borrower.address, "0x"]);
    const call = await p.takeCall(MaxUint256, [rest]);
    await p.taker.run([call]);
    const held = await p.loan.balanceOf(p.takerAddress);
    const debt = await p.pool.debtOf(p.borrower.address);
    expect(held).to.equal(debt); // both began at 120,000: each unit paid is a unit less of debt
    expect(await p.loan.balanceOf(p.poolAddress)).to.equal((await p.pool.totals()).cash);
  });

  it("sees the account as it will be: the debt is reduced before the taker is called", async () => {
    const p = await loadTaker(pennilessTaker);
    await p.loan.mint(p.takerAddress, OWED);
    await p.wait(10n);
    const { amount, repay } = await p.quote(p.eth.address);
    const script = [
      await callOf(p.pool, "debtOf", [p.borrower.address]),
      await callOf(p.pool, "collateralOf", [p.borrower.address, p.eth.address]),
      await callOf(p.pool, "locked"),
    ];
    const call = await p.takeCall(MaxUint256, script);
    await p.wait(10n);
    const tx = await p.taker.run([call]);
    const [debt, collateral, locked] = (await answersOf(p.taker, tx)).map(BigInt);
    expect([debt, collateral, locked]).to.deep.equal([OWED - repay, 100n * ETHER - amount, 0n]);
  });

  it("can buy one collateral in the callback of another", async () => {
    const p = await loadLiquidation(mixedPool);
    const taker = await p.ethers.deployContract("ScriptedAccount");
    const takerAddress = await taker.getAddress();
    await taker.run([await callOf(p.loan, "approve", [p.poolAddress, MaxUint256])]);
    await p.loan.mint(takerAddress, OWED);
    const take = (token: string, max: bigint, script: readonly ScriptedCall[]) =>
      callOf(p.liquidation, "take", [
        ...[p.borrower.address, token, max, MaxUint256, takerAddress],
        script.length === 0 ? "0x" : scriptOf(script),
      ]);
    const inner = await take(p.btc.address, MaxUint256, []);
    await taker.run([await take(p.eth.address, ETHER, [inner])]);
    expect(await p.eth.token.balanceOf(takerAddress)).to.equal(ETHER);
    expect(await p.btc.token.balanceOf(takerAddress)).to.be.greaterThan(0);
    const spent = OWED - (await p.loan.balanceOf(takerAddress));
    expect(await p.pool.debtOf(p.borrower.address)).to.equal(OWED - spent);
  });
});
