import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { InterestReference } from "../../shared/interest-reference.ts";
import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { activePool, openDebt, type DeployedPool } from "../../shared/pool-fixtures.ts";

const DAY = 86_400;
const YEAR = 365 * DAY;
const RESERVE_FACTOR_BPS = 1_000n;

/** Debt of `borrower`, beside 60,000 lent out of 100,000. [whole loan assets] */
const MORE_DEBT: Record<string, bigint> = {
  "60 %": 0n,
  "90 %": 30_000n,
  "93 %": 33_000n,
  "99 %": 39_000n,
  "100 %": 40_000n,
};
const INTERVALS = [1, 12, 3_600, DAY, 30 * DAY, YEAR];

describe("LendingPool: interest", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(activePool);

  /** The pool's books now, and the reference set to them. The rate model must not remember anything yet. */
  const reference = async ({ pool }: DeployedPool) => {
    const { debtAssets: debt, cash, reserves } = await pool.totals();
    return new InterestReference({ debt, cash, reserves }, RESERVE_FACTOR_BPS);
  };

  describe("#accrue", () => {
    for (const [name, more] of Object.entries(MORE_DEBT)) {
      it(`agrees with the reference at a utilisation of ${name}, from a second to a year`, async () => {
        for (const seconds of INTERVALS) {
          const p = await load();
          if (more !== 0n) await openDebt(p, 100n, more);
          const expected = await reference(p);
          const before = await p.pool.totals();
          expect(expected.utilisation).to.be.within(
            Number.parseInt(name) / 100 - 1e-5,
            Number.parseInt(name) / 100 + 1e-5,
          );
          await fixNextBlock(connection, seconds);
          const tx = await p.pool.accrue();
          const interest = expected.touch(seconds);
          const tolerance = expected.tolerance(seconds);
          const after = await p.pool.totals();
          expect(after.debtAssets - before.debtAssets).to.be.closeTo(interest, tolerance);
          expect(after.cash).to.equal(before.cash);
          expect(after.debtShares).to.equal(before.debtShares);
          const charged = after.debtAssets - before.debtAssets;
          const reserved = (charged * RESERVE_FACTOR_BPS) / 10_000n;
          expect(after.reserves - before.reserves).to.equal(reserved);
          await expect(tx)
            .to.emit(p.pool, "InterestAccrued")
            .withArgs(charged, reserved, (rate: bigint) => rate > 0n);
        }
      });
    }

    it("agrees with the reference through a winter of deposits, debts and exits", async () => {
      const p = await load();
      const { pool, lender, otherLender, borrower, unit } = p;
      const expected = await reference(p);
      const asBorrower = pool.connect(borrower);
      const steps: [seconds: number, cash: bigint, debt: bigint, send: () => Promise<unknown>][] = [
        [DAY, 0n, 0n, () => pool.accrue()],
        [9 * DAY, -39_000n, 39_000n, () => openDebt(p, 100n, 39_000n)],
        [30 * DAY, 0n, 0n, () => pool.accrue()], // dearer and dearer: the surcharge doubles twice a day
        [DAY, 20_000n, -20_000n, () => asBorrower.repay(20_000n * unit, 0, borrower.address, "0x")],
        [40 * DAY, 50_000n, 0n, () => pool.connect(otherLender).deposit(50_000n * unit, otherLender.address)],
        [3, -10_000n, 0n, () => pool.connect(lender).withdraw(10_000n * unit, lender.address, lender.address)],
        [20 * DAY, 0n, 0n, () => pool.accrue()],
      ];
      let tolerance = 0n;
      for (const [seconds, cash, debt, send] of steps) {
        await fixNextBlock(connection, debt > 0n ? seconds - 1 : seconds);
        await send(); // new debt takes two blocks, the first of which does not touch the pool
        expected.touch(seconds);
        // What was off stays so, and grows with the debt: fourfold here.
        tolerance += 4n * expected.tolerance(seconds);
        expected.cash += cash * unit;
        expected.debt += debt * unit;
        const { debtAssets, cash: cashNow, reserves } = await pool.totals();
        expect(debtAssets).to.be.closeTo(expected.debt, tolerance);
        expect(reserves).to.be.closeTo(expected.reserves, tolerance);
        expect(cashNow).to.equal(expected.cash);
      }
      expect(expected.debt).to.be.greaterThan(100_000n * unit);
    });

    it("charges nothing twice in a block", async () => {
      const { ethers, pool, lender } = await load();
      await fixNextBlock(connection, DAY);
      const [accrue, deposit] = [
        pool.interface.encodeFunctionData("accrue"),
        pool.interface.encodeFunctionData("deposit", [1_000n, lender.address]),
      ];
      await expect(pool.connect(lender).multicall([accrue, deposit, accrue])).to.emit(pool, "InterestAccrued");
      const [latest, filter] = [await ethers.provider.getBlockNumber(), pool.filters.InterestAccrued];
      expect(await pool.queryFilter(filter, latest, latest)).to.have.lengthOf(1);
    });

    it("charges nothing while nothing is owed", async () => {
      const p = await load();
      const { pool, borrower } = p;
      await pool.connect(borrower).repay(0, await pool.debtSharesOf(borrower), borrower.address, "0x");
      const before = await pool.totals();
      await p.networkHelpers.time.increase(YEAR);
      await expect(pool.accrue())
        .to.emit(pool, "InterestAccrued")
        .withArgs(0, 0, (rate: bigint) => rate > 0n);
      expect(await pool.totals()).to.deep.equal(before);
    });

    it("charges nothing, and locks nobody in, while the rate model is broken", async () => {
      const p = await load();
      const { pool, rateModel, borrower, lender, networkHelpers } = p;
      await networkHelpers.setCode(await rateModel.getAddress(), "0x5f5ffd"); // reverts whatever is asked
      const { debtAssets } = await pool.totals();
      await networkHelpers.time.increase(YEAR);
      await expect(pool.accrue()).to.emit(pool, "InterestAccrued").withArgs(0, 0, 0);
      await pool.connect(borrower).repay(0, await pool.debtSharesOf(borrower), borrower.address, "0x");
      await pool.connect(lender).redeem(await pool.maxRedeem(lender), lender.address, lender.address);
      expect(debtAssets).to.be.greaterThan(0);
      expect((await pool.totals()).debtAssets).to.equal(0);
    });

    it("one touch or 240: the same to 1e-8 where utilisation stays", async () => {
      const once = await load();
      await once.admin.setReserveFactor(0);
      await openDebt(once, 100n, 40_000n);
      const { debtAssets: start } = await once.pool.totals();
      const snapshot = await once.networkHelpers.takeSnapshot();
      await fixNextBlock(connection, 10 * DAY);
      await once.pool.accrue();
      const oneTouch = (await once.pool.totals()).debtAssets - start;
      await snapshot.restore();
      for (let hour = 0; hour < 240; hour++) {
        await fixNextBlock(connection, 3_600);
        await once.pool.accrue();
      }
      const manyTouches = (await once.pool.totals()).debtAssets - start;
      expect(oneTouch).to.be.greaterThan(start / 10n); // the surcharge has done its work
      expect(manyTouches).to.be.closeTo(oneTouch, oneTouch / 10n ** 8n + 240n);
    });

    it("one touch or 30: a month apart by no more than utilisation moved, and never in the borrower's favour", async () => {
      const p = await load();
      const { debtAssets: start } = await p.pool.totals();
      const snapshot = await p.networkHelpers.takeSnapshot();
      await fixNextBlock(connection, 30 * DAY);
      await p.pool.accrue();
      const oneTouch = (await p.pool.totals()).debtAssets - start;
      await snapshot.restore();
      for (let day = 0; day < 30; day++) {
        await fixNextBlock(connection, DAY);
        await p.pool.accrue();
      }
      const manyTouches = (await p.pool.totals()).debtAssets - start;
      expect(manyTouches - oneTouch).to.be.within(0n, oneTouch / 1_000n);
    });
  });

  describe("views", () => {
    it("#totals, #debtOf, #totalAssets and #borrowRatePerSecondWad are up to date without a touch", async () => {
      const p = await load();
      const { pool, borrower, unit } = p;
      const expected = await reference(p);
      await fixNextBlock(connection, 100 * DAY);
      const debt = await pool.debtOf(borrower, PENDING);
      const totals = await pool.totals(PENDING);
      const assets = await pool.totalAssets(PENDING);
      const rate = await pool.borrowRatePerSecondWad(PENDING);
      await pool.accrue();
      const interest = expected.touch(100 * DAY);
      expect(debt).to.be.closeTo(60_000n * unit + interest, expected.tolerance(100 * DAY));
      expect(await pool.debtOf(borrower)).to.equal(debt);
      expect(await pool.totals()).to.deep.equal(totals);
      expect(await pool.totalAssets()).to.equal(assets);
      expect(rate).to.be.closeTo(BigInt(Math.round(expected.rate * 1e18)), 4n);
    });
  });
});
