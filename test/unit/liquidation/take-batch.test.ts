import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { ETHER, USD } from "../../shared/borrower-fixtures.ts";
import { loadPaced, pacedPair, SECOND, type Paced } from "../../shared/paced-fixtures.ts";

const ordersOf = (p: Paced, amounts: readonly bigint[]) =>
  amounts.map((maxCollateral, i) => ({
    ...{ account: (i === 0 ? p.borrower : p.otherBorrower).address, collateral: p.eth.address },
    maxCollateral,
  }));

describe("LiquidationModule: takeBatch", () => {
  it("reverts when the receiver is zero", async () => {
    const p = await loadPaced(pacedPair);
    await expect(p.liquidation.takeBatch(ordersOf(p, [ETHER]), MaxUint256, ZeroAddress, "0x"))
      .to.be.revertedWithCustomError(p.pool, "PoolZeroAddress")
      .withArgs();
  });

  it("reverts as a whole when one of its sales does", async () => {
    const p = await loadPaced(pacedPair);
    const orders = [
      ...ordersOf(p, [ETHER]),
      { account: p.stranger.address, collateral: p.eth.address, maxCollateral: 1n },
    ];
    await expect(p.batch(orders))
      .to.be.revertedWithCustomError(p.pool, "PoolCollateralInsufficient")
      .withArgs(p.stranger.address, p.eth.address, 0, 1);
    expect(await p.pool.collateralOf(p.borrower.address, p.eth.address)).to.equal(100n * ETHER);
    expect((await p.sale()).clockTicks).to.equal(0);
  });

  it("reverts when an account is healthy after the first of two orders", async () => {
    const p = await loadPaced(pacedPair);
    const [order] = ordersOf(p, [MaxUint256]);
    await expect(p.batch([order, order])).to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy");
  });

  it("reverts when all together costs a unit more than the taker allows", async () => {
    const p = await loadPaced(pacedPair);
    const orders = ordersOf(p, [ETHER, ETHER]);
    const taker = p.liquidation.connect(p.liquidator);
    await p.kick();
    const since = await p.kick(p.otherBorrower);
    await p.at(since + 60n);
    const pending = { blockTag: "pending" } as const;
    const [, repay] = await taker.takeBatch.staticCall(orders, MaxUint256, p.liquidator.address, "0x", pending);
    await expect(taker.takeBatch(orders, repay - 1n, p.liquidator.address, "0x"))
      .to.be.revertedWithCustomError(p.pool, "LiquidationRepayTooHigh")
      .withArgs(repay - 1n, repay);
  });

  it("makes all sales and takes one payment, and one schedule counts them", async () => {
    const p = await loadPaced(pacedPair);
    await p.kick();
    const since = await p.kick(p.otherBorrower);
    await p.at(since + 1_300n);
    const call = p.batch(ordersOf(p, [SECOND * 10n, SECOND * 12n]));
    await expect(call).to.changeTokenBalance(p.ethers, p.eth.token, p.liquidator, SECOND * 22n);
    const receipt = await (await call).wait();
    const topic = (name: "Transfer") => p.loan.interface.getEvent(name).topicHash;
    const payments = receipt!.logs.filter(
      ({ address, topics }) => address === p.loanAddress && topics[0] === topic("Transfer"),
    );
    expect(payments.length).to.equal(1);
    const sales = receipt!.logs
      .filter(({ topics }) => topics[0] === p.pool.interface.getEvent("CollateralTaken").topicHash)
      .map((log) => p.pool.interface.parseLog(log)!.args);
    expect(sales.map(({ account }) => account as string)).to.deep.equal([p.borrower.address, p.otherBorrower.address]);
    const paid = sales.reduce((sum, { repaidAssets }) => sum + (repaidAssets as bigint), 0n);
    expect(BigInt(payments[0].data)).to.equal(paid);
    expect((await p.sale()).clockTicks).to.equal((since + 122n) * 256n);
    expect((await p.pool.totals()).debtAssets).to.equal(240_000n * USD - paid);
  });

  it("calls back once, with everything sent and nothing paid", async () => {
    const p = await loadPaced(pacedPair);
    const taker = await p.ethers.deployContract("BatchTaker");
    const takerAddress = await taker.getAddress();
    await p.loan.mint(takerAddress, 100_000n * USD);
    const orders = ordersOf(p, [ETHER, 2n * ETHER]);
    await taker.take(p.poolAddress, orders, "0x1234");
    const [event] = await taker.queryFilter(taker.filters.CalledBack);
    const { amounts, received, repayAssets, loanHeld, data } = event.args;
    expect(amounts).to.deep.equal([ETHER, 2n * ETHER]);
    expect(received).to.deep.equal([3n * ETHER, 3n * ETHER]);
    expect([loanHeld, data]).to.deep.equal([100_000n * USD, "0x1234"]);
    expect(await p.loan.balanceOf(takerAddress)).to.equal(100_000n * USD - repayAssets);
  });

  it("does nothing for no orders", async () => {
    const p = await loadPaced(pacedPair);
    await expect(p.batch([])).to.changeTokenBalance(p.ethers, p.loan, p.liquidator, 0);
  });
});
