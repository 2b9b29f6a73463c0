import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { ETHER, USD } from "../../shared/borrower-fixtures.ts";
import { loadPaced, OWED, pacedPair, PRICE36, repayAll } from "../../shared/paced-fixtures.ts";
import { UNCAPPED } from "../../shared/pool-fixtures.ts";

const TIP = 10n * USD;

/** A keeper, number 1, and a tip of 10. */
async function loadKeeper() {
  const p = await loadPaced(pacedPair);
  await p.admin.setKickTip(TIP);
  const keeper = p.stranger;
  await p.liquidation.connect(keeper).registerKeeper();
  const owed = async () => (await p.liquidation.keeperOf(1)).owed;
  const kickFor = (number = 1n) => p.liquidation.connect(keeper).kickFor(p.borrower.address, p.eth.address, number);
  return { ...p, keeper, owed, kickFor };
}

describe("Keepers' tips", () => {
  it("registers keepers by number", async () => {
    const p = await loadKeeper();
    await expect(p.liquidation.connect(p.liquidator).registerKeeper())
      .to.emit(p.pool, "KeeperRegistered")
      .withArgs(2, p.liquidator.address);
    const { owner, owed, tip } = await p.liquidation.keeperOf(2);
    expect([owner, owed, tip]).to.deep.equal([p.liquidator.address, 0n, TIP]);
  });

  it("reverts for a keeper that nobody has registered", async () => {
    const p = await loadKeeper();
    await expect(p.kickFor(2n)).to.be.revertedWithCustomError(p.pool, "LiquidationKeeperUnknown").withArgs(2);
  });

  it("charges the account with its first sale, and no other", async () => {
    const p = await loadKeeper();
    await p.kickFor();
    expect(await p.owed()).to.equal(0);
    expect(await p.pool.debtOf(p.borrower.address)).to.equal(OWED);
    await p.time.increase(600);
    const { repay } = await p.quote(ETHER);
    const take = p.take(ETHER);
    await expect(take).to.emit(p.pool, "TipCredited").withArgs(1, p.borrower.address, TIP);
    const first = (await take).hash;
    const paid = -(await paidIn(first));
    expect(await p.pool.debtOf(p.borrower.address)).to.equal(OWED + TIP - paid);
    expect(paid).to.be.within(repay - 10_000n, repay);
    const second = p.take(ETHER);
    await expect(second).not.to.emit(p.pool, "TipCredited");
    expect(await p.owed()).to.equal(TIP);

    async function paidIn(hash: string): Promise<bigint> {
      const receipt = await p.ethers.provider.getTransactionReceipt(hash);
      const topic = p.pool.interface.getEvent("CollateralTaken").topicHash;
      const log = receipt!.logs.find(({ topics }) => topics[0] === topic)!;
      return -(p.pool.interface.parseLog(log)!.args.repaidAssets as bigint);
    }
  });

  it("does not make an account saleable that is healthy without it", async () => {
    const p = await loadKeeper();
    await p.admin.setKickTip(600n * USD);
    await p.kickFor();
    // Capacity 120,160 against 120,000, and 120,600 with the tip.
    await p.oracle.setPrice(p.eth.address, 1_502n * USD * ETHER);
    await expect(p.take()).to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy");
  });

  it("is no more than what the sale brings in", async () => {
    const p = await loadKeeper();
    await p.kickFor();
    const few = (2n * USD * 10n ** 36n) / PRICE36;
    const { repay } = await p.quote(few);
    await p.take(few);
    expect(repay).to.be.lessThan(TIP);
    expect(await p.owed()).to.be.within(repay - USD / 100n, repay + USD / 100n);
  });

  it("is at most 0.5 % of the debt", async () => {
    const p = await loadKeeper();
    await p.admin.setKickTip(1_000_000n * USD);
    await p.kickFor();
    await p.take(ETHER);
    expect(await p.owed()).to.equal(OWED / 200n);
  });

  it("is credited down to a single unit, and not at all where none is paid", async () => {
    for (const tip of [1n, 0n]) {
      const p = await loadKeeper();
      await p.admin.setKickTip(tip);
      await p.kickFor();
      const take = p.take(ETHER);
      if (tip === 0n) await expect(take).not.to.emit(p.pool, "TipCredited");
      else await expect(take).to.emit(p.pool, "TipCredited").withArgs(1, p.borrower.address, tip);
      expect(await p.owed()).to.equal(tip);
    }
  });

  for (const [what, room, paid] of [
    ["may fill the books to the last unit", TIP, TIP],
    ["is none where the books could not hold it", TIP - 1n, 0n],
  ] as const) {
    it(what, async () => {
      const p = await loadKeeper();
      await p.admin.setPoolCaps(UNCAPPED, UNCAPPED);
      for (const { address } of [p.lender, p.liquidator]) await p.loan.mint(address, UNCAPPED);
      const { cash, debtAssets } = await p.pool.totals();
      await p.pool.connect(p.lender).deposit(UNCAPPED - cash - debtAssets, p.lender.address);
      await p.tell(2n ** 120n);
      const { borrower, eth } = p;
      const whole = 2n * UNCAPPED * 10n ** 16n; // a debt of all that the books hold is 2/3 of the account's capacity
      await p.oracle.setPrice(eth.address, whole);
      const debt = UNCAPPED - debtAssets - room;
      await p.pool.connect(borrower).borrow(debt, 0, borrower.address, borrower.address);
      await p.oracle.setPrice(eth.address, whole / 2n);
      await p.kickFor();
      await p.take(ETHER);
      expect(await p.owed()).to.equal(paid);
    });
  }

  it("leaves the pool's cash as what the taker paid less the tip", async () => {
    const p = await loadKeeper();
    await p.kickFor();
    const before = await p.pool.totals();
    const debt = await p.pool.debtOf(p.borrower.address);
    await p.take(ETHER);
    const after = await p.pool.totals();
    const repaid = debt + TIP - (await p.pool.debtOf(p.borrower.address));
    expect(after.cash - before.cash).to.equal(repaid - TIP);
    expect(after.cash + after.debtAssets).to.equal(before.cash + before.debtAssets);
  });

  it("earns nothing for a kick that leads to no sale", async () => {
    const p = await loadKeeper();
    await p.kickFor();
    await p.oracle.setPrice(p.eth.address, (PRICE36 * 12n) / 10n);
    await p.liquidation.unkick(p.borrower.address);
    await p.oracle.setPrice(p.eth.address, PRICE36);
    await p.kick();
    await p.take(ETHER);
    expect(await p.owed()).to.equal(0);

    const q = await loadKeeper();
    await q.kickFor();
    await repayAll(q);
    expect(await q.owed()).to.equal(0);
    await expect(q.liquidation.connect(q.keeper).claimTips(1, q.keeper.address))
      .to.be.revertedWithCustomError(q.pool, "LiquidationNothingToClaim")
      .withArgs(1);
  });

  it("goes to whoever kicked an expired sale anew, not to whoever kicked it first", async () => {
    const p = await loadKeeper();
    await p.liquidation.connect(p.liquidator).registerKeeper();
    await p.kickFor();
    await p.time.increase(3_001);
    await p.kickFor(2n);
    await p.take(ETHER);
    expect(await p.owed()).to.equal(0);
    expect((await p.liquidation.keeperOf(2)).owed).to.equal(TIP);
  });

  it("is sent to whom its owner says, once", async () => {
    const p = await loadKeeper();
    await p.kickFor();
    await p.take(ETHER);
    await expect(p.liquidation.claimTips(1, p.governor.address))
      .to.be.revertedWithCustomError(p.pool, "PoolUnauthorized")
      .withArgs(p.governor.address, p.keeper.address);
    const desk = p.liquidation.connect(p.keeper);
    await expect(desk.claimTips(1, ZeroAddress)).to.be.revertedWithCustomError(p.pool, "PoolZeroAddress");
    const claim = desk.claimTips(1, p.governor.address);
    await expect(claim).to.emit(p.pool, "TipsClaimed").withArgs(1, p.governor.address, TIP);
    await expect(claim).to.changeTokenBalances(p.ethers, p.loan, [p.governor, p.poolAddress], [TIP, -TIP]);
    expect(await p.owed()).to.equal(0);
    await expect(desk.claimTips(1, p.governor.address))
      .to.be.revertedWithCustomError(p.pool, "LiquidationNothingToClaim")
      .withArgs(1);
  });
});
