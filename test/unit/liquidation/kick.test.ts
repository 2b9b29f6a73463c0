import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { BITCOIN, calmDebtor, ETHER, setPrice, supply, USD, YEAR } from "../../shared/borrower-fixtures.ts";
import {
  CURVE_SECONDS,
  GRACE_SECONDS,
  livePool,
  loadLiquidation,
  mixedPool,
  OWED,
  sinkingPool,
} from "../../shared/liquidation-fixtures.ts";
import { PAUSE } from "../../shared/pool-fixtures.ts";

/** Kicked, and then back at a price of `dollars`. */
async function kickedThenAt(dollars: bigint) {
  const p = await loadLiquidation(sinkingPool);
  await p.kick();
  await setPrice(p, p.eth, dollars);
  return p;
}

/** BTC alone, which a curve without floor time sells. */
async function bitcoinDebtor(connection: NetworkConnection) {
  const p = await calmDebtor(connection);
  await supply(p, p.btc, 3n * BITCOIN);
  await p.pool.connect(p.borrower).withdrawCollateral(p.eth.address, 100n * ETHER, p.borrower, p.borrower);
  await setPrice(p, p.btc, 50_000n);
  return p;
}

describe("LiquidationModule: kicks", () => {
  describe("#kick", () => {
    it("reverts for a healthy account, with its capacity and debt", async () => {
      const { pool, borrower, kick } = await loadLiquidation(calmDebtor);
      await expect(kick())
        .to.be.revertedWithCustomError(pool, "LiquidationAccountHealthy")
        .withArgs(borrower.address, 160_000n * USD, OWED);
    });

    it("reverts at a health factor of exactly 1, and not one unit below", async () => {
      const p = await loadLiquidation(calmDebtor);
      await setPrice(p, p.eth, 1_500n);
      await expect(p.kick())
        .to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy")
        .withArgs(p.borrower.address, OWED, OWED);
      await p.oracle.setPrice(p.eth.address, 1_500n * USD * ETHER - 10n ** 16n); // one unit less for 100 ETH
      await expect(p.kick()).to.emit(p.pool, "AccountKicked").withArgs(p.borrower.address, p.governor.address, OWED);
    });

    it("reverts for accounts without debt, whatever they hold", async () => {
      const p = await loadLiquidation(sinkingPool);
      await supply(p, p.eth, ETHER, p.otherBorrower);
      for (const [account, capacity] of [
        [p.otherBorrower, 1_160n * USD],
        [p.stranger, 0n],
      ] as const) {
        await expect(p.liquidation.kick(account.address))
          .to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy")
          .withArgs(account.address, capacity, 0);
      }
    });

    it("reverts while any of the account's prices is not fresh, and names the first", async () => {
      const p = await loadLiquidation(mixedPool);
      for (const [stale, named] of [
        [[p.stb], p.stb],
        [[p.stb, p.btc], p.btc],
        [[p.eth], p.eth],
      ] as const) {
        for (const { address } of stale) await p.oracle.setFresh(address, false);
        await expect(p.kick()).to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice").withArgs(named.address);
        for (const { address } of stale) await p.oracle.setFresh(address, true);
      }
      await p.kick();
    });

    it("reverts while the price of the only collateral is not fresh", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.oracle.setFresh(p.eth.address, false);
      await expect(p.kick()).to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice").withArgs(p.eth.address);
      await p.oracle.setFresh(p.eth.address, true);
      await p.kick();
    });

    it("does not mind the price of a collateral that the account does not use", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.oracle.setReverting(p.btc.address, true);
      await p.kick();
    });

    it("reverts when the account is for sale already, until half an hour after the floor", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.kick();
      const since = await p.latest();
      for (const lag of [1n, CURVE_SECONDS, CURVE_SECONDS + GRACE_SECONDS]) {
        await p.time.setNextBlockTimestamp(since + lag);
        await expect(p.kick())
          .to.be.revertedWithCustomError(p.pool, "LiquidationAlreadyKicked")
          .withArgs(p.borrower.address, since);
      }
      const again = since + CURVE_SECONDS + GRACE_SECONDS + 1n;
      await p.time.setNextBlockTimestamp(again);
      await expect(p.kick()).to.emit(p.pool, "AccountKicked");
      expect(await p.kickedAt()).to.equal(again);
    });

    it("counts half an hour only, where the curve is at its floor from the start", async () => {
      const p = await loadLiquidation(bitcoinDebtor);
      await p.kick();
      const since = await p.latest();
      await p.time.setNextBlockTimestamp(since + GRACE_SECONDS);
      await expect(p.kick()).to.be.revertedWithCustomError(p.pool, "LiquidationAlreadyKicked");
      await p.time.setNextBlockTimestamp(since + GRACE_SECONDS + 1n);
      await p.kick();
      expect(await p.kickedAt()).to.equal(since + GRACE_SECONDS + 1n);
    });

    it("counts from the longest curve, where there are several", async () => {
      const p = await loadLiquidation(mixedPool);
      await p.kick();
      const since = await p.latest();
      await p.time.setNextBlockTimestamp(since + CURVE_SECONDS + GRACE_SECONDS);
      await expect(p.kick())
        .to.be.revertedWithCustomError(p.pool, "LiquidationAlreadyKicked")
        .withArgs(p.borrower.address, since);
    });

    it("is open to anybody, whatever is paused, and starts the clock", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.admin.pause(PAUSE.all);
      await expect(p.liquidation.connect(p.stranger).kick(p.borrower.address))
        .to.emit(p.pool, "AccountKicked")
        .withArgs(p.borrower.address, p.stranger.address, OWED);
      expect(await p.kickedAt()).to.equal(await p.latest());
    });

    it("counts interest that nobody has booked yet", async () => {
      const p = await loadLiquidation(livePool);
      const debt = await p.pool.debtOf(p.borrower.address);
      await p.oracle.setPrice(p.eth.address, ((debt + 10n * USD) * 10n ** 36n) / (800n * ETHER)); // 10 dollars to spare
      await expect(p.kick()).to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy");
      await p.time.increase(YEAR / 52n);
      await expect(p.kick()).to.emit(p.pool, "AccountKicked");
    });
  });

  describe("#kickFor", () => {
    /** What the kick says and leaves behind. */
    async function outcome(p: Awaited<ReturnType<typeof loadLiquidation>>, kick: () => Promise<unknown>) {
      const snapshot = await p.connection.networkHelpers.takeSnapshot();
      await p.time.setNextBlockTimestamp((await p.latest()) + 12n);
      await kick();
      const events = await p.pool.queryFilter(p.pool.filters.AccountKicked, "latest");
      const sales = await Promise.all([p.eth, p.btc].map(({ address }) => p.liquidation.saleOf(address)));
      const left = JSON.stringify(
        [events.map(({ args }) => args), await p.pool.accountOf(p.borrower.address), sales],
        (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
      );
      await snapshot.restore();
      return left;
    }

    for (const [holding, pool] of [
      ["one collateral", sinkingPool],
      ["several", mixedPool],
    ] as const) {
      it(`does what a kick does, whatever it is told the account holds: ${holding}`, async () => {
        const p = await loadLiquidation(pool);
        // Who took the account to hold it would find it healthy.
        if (pool === sinkingPool) await setPrice(p, p.btc, 10_000_000n);
        const kicked = await outcome(p, () => p.liquidation.kick(p.borrower.address));
        const tokens = [p.eth, p.btc, p.stb].map(({ address }) => address);
        for (const told of [...tokens, ZeroAddress, p.borrower.address, await p.pool.getAddress()]) {
          expect(await outcome(p, () => p.liquidation.kickFor(p.borrower.address, told, 0n)), told).to.equal(kicked);
        }
      });
    }

    it("reverts as a kick does, told or not", async () => {
      const p = await loadLiquidation(calmDebtor);
      for (const told of [p.eth.address, p.btc.address]) {
        await expect(p.liquidation.kickFor(p.borrower.address, told, 0n))
          .to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy")
          .withArgs(p.borrower.address, 160_000n * USD, OWED);
      }
      await setPrice(p, p.eth, 1_400n);
      await p.oracle.setFresh(p.eth.address, false);
      await expect(p.liquidation.kickFor(p.borrower.address, p.eth.address, 0n))
        .to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice")
        .withArgs(p.eth.address);
    });
  });

  describe("#unkick", () => {
    it("reverts when the account is not for sale", async () => {
      const p = await loadLiquidation(calmDebtor);
      await expect(p.unkick())
        .to.be.revertedWithCustomError(p.pool, "LiquidationNotKicked")
        .withArgs(p.borrower.address);
    });

    it("reverts below a health factor of 1", async () => {
      const p = await kickedThenAt(1_500n);
      await p.oracle.setPrice(p.eth.address, 1_500n * USD * ETHER - 10n ** 16n);
      await expect(p.unkick())
        .to.be.revertedWithCustomError(p.pool, "LiquidationStillUnhealthy")
        .withArgs(p.borrower.address, OWED - 1n, 122_400n * USD);
    });

    describe("from a health factor of 1 to 1.02", () => {
      const backlog = async (p: Awaited<ReturnType<typeof kickedThenAt>>) =>
        (await p.liquidation.saleOf(p.eth.address)).backlog;

      it("puts the account to rest: its debt is not counted, its price goes on", async () => {
        const p = await kickedThenAt(1_500n);
        const since = await p.kickedAt();
        expect(await backlog(p)).to.equal(OWED);
        await expect(p.liquidation.connect(p.stranger).unkick(p.borrower.address))
          .to.emit(p.pool, "AccountRested")
          .withArgs(p.borrower.address, p.stranger.address);
        expect([await backlog(p), await p.kickedAt()]).to.deep.equal([0n, since]);
        await expect(p.unkick()).to.be.revertedWithCustomError(p.pool, "LiquidationStillUnhealthy");
      });

      it("and another kick counts it again, and gives the tip to nobody else", async () => {
        const p = await loadLiquidation(sinkingPool);
        for (const keeper of [p.stranger, p.liquidator]) await p.liquidation.connect(keeper).registerKeeper();
        await p.liquidation.kickFor(p.borrower.address, p.eth.address, 1);
        const since = await p.kickedAt();
        await setPrice(p, p.eth, 1_510n);
        await p.unkick();
        await setPrice(p, p.eth, 1_450n);
        await p.liquidation.kickFor(p.borrower.address, p.eth.address, 2);
        expect([await backlog(p), await p.kickedAt()]).to.deep.equal([OWED, since]);
        expect((await p.pool.accountOf(p.borrower.address)).keeperOrLag).to.equal(1);
        await expect(p.kick()).to.be.revertedWithCustomError(p.pool, "LiquidationAlreadyKicked");
      });

      it("and its next sale counts what is left of it", async () => {
        const p = await kickedThenAt(1_510n);
        await p.unkick();
        await setPrice(p, p.eth, 1_450n);
        await p.liquidation
          .connect(p.liquidator)
          .take(p.borrower.address, p.eth.address, ETHER, MaxUint256, p.liquidator.address, "0x");
        expect(await backlog(p)).to.be.within((await p.pool.debtOf(p.borrower.address)) - 10n ** 4n, OWED);
      });

      it("and paying all ends it as ever", async () => {
        const p = await kickedThenAt(1_510n);
        await p.unkick();
        const shares = await p.pool.debtSharesOf(p.borrower.address);
        await p.pool.connect(p.borrower).repay(0, shares, p.borrower.address, "0x");
        expect([await backlog(p), await p.kickedAt()]).to.deep.equal([0n, 0n]);
      });
    });

    it("needs a health factor of 1.02, to the unit, to end a sale", async () => {
      const p = await kickedThenAt(1_530n); // 122,400 = 102 % of 120,000
      await p.oracle.setPrice(p.eth.address, 1_530n * USD * ETHER - 10n ** 16n);
      await p.unkick(); // rests
      await expect(p.unkick())
        .to.be.revertedWithCustomError(p.pool, "LiquidationStillUnhealthy")
        .withArgs(p.borrower.address, 122_400n * USD - 1n, 122_400n * USD);
      await setPrice(p, p.eth, 1_530n);
      await expect(p.liquidation.connect(p.stranger).unkick(p.borrower.address))
        .to.emit(p.pool, "AccountUnkicked")
        .withArgs(p.borrower.address, p.stranger.address);
      expect(await p.kickedAt()).to.equal(0);
    });

    it("reverts while a price is not fresh", async () => {
      const p = await kickedThenAt(2_000n);
      await p.oracle.setFresh(p.eth.address, false);
      await expect(p.unkick()).to.be.revertedWithCustomError(p.pool, "LiquidationNoFreshPrice").withArgs(p.eth.address);
    });

    it("follows repayment or more collateral as well as the price", async () => {
      const p = await kickedThenAt(1_450n);
      await supply(p, p.eth, 10n * ETHER); // 127,600
      await p.unkick();
      await setPrice(p, p.eth, 1_300n); // 114,400
      await p.kick();
      await p.pool.connect(p.borrower).repay(8_000n * USD, 0, p.borrower.address, "0x"); // × 1.02 = 114,240
      await p.unkick();
      expect(await p.kickedAt()).to.equal(0);
    });
  });

  describe("what else ends a sale", () => {
    it("repaying everything does", async () => {
      const p = await kickedThenAt(1_450n);
      await p.pool.connect(p.otherBorrower).repay(0, OWED, p.borrower.address, "0x");
      expect(await p.kickedAt()).to.equal(0);
    });

    it("nothing less does: a unit on or off leaves the clock running", async () => {
      const p = await kickedThenAt(1_450n);
      const since = await p.kickedAt();
      await p.pool.connect(p.borrower).repay(1, 0, p.borrower.address, "0x");
      await supply(p, p.eth, 1n);
      await setPrice(p, p.eth, 2_000n);
      await p.pool.connect(p.borrower).withdrawCollateral(p.eth.address, 1, p.borrower.address, p.borrower.address);
      await p.pool.connect(p.borrower).borrow(1, 0, p.borrower.address, p.borrower.address);
      expect(await p.kickedAt()).to.equal(since);
    });

    it("an account that is healthy again is not sold, though its clock still runs", async () => {
      const p = await kickedThenAt(1_500n);
      await expect(p.take(p.eth.address))
        .to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy")
        .withArgs(p.borrower.address, OWED, OWED);
      await expect(p.kick()).to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy");
    });
  });
});
