import { expect } from "chai";

import { BITCOIN, ETHER, setPrice, supply, USD } from "../../shared/borrower-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { livePool, loadLiquidation, mixedPool } from "../../shared/liquidation-fixtures.ts";
import {
  loadPaced,
  OWED,
  pacedPair,
  PRICE36,
  repayAll,
  RESERVE,
  SECOND,
  type Paced,
} from "../../shared/paced-fixtures.ts";

const DECAY = Math.log(1.02 * 1.05) / 1_200;
const curve = (lag: number) => Math.max(1 / 1.05, 1.02 * Math.exp(-DECAY * lag));
/** What a tick more or less of the schedule changes. */
const TICK = 3e-7;

const toCents = (debt: bigint) => debt - (debt % 10_000n);

async function heal(p: Paced) {
  await p.oracle.setPrice(p.eth.address, (PRICE36 * 12n) / 10n);
}

async function sink(p: Paced) {
  await p.oracle.setPrice(p.eth.address, PRICE36);
}

describe("PacedCurve: backlog, memory and expiry", () => {
  describe("backlog", () => {
    it("grows by a kicked account's debt, to a hundredth of a loan token, and by the next one's", async () => {
      const p = await loadPaced(pacedPair);
      await p.pool.connect(p.liquidator).repay(12_345n, 0, p.borrower.address, "0x");
      await p.kick();
      expect((await p.sale()).backlog).to.equal(toCents(OWED - 12_345n));
      await p.kick(p.otherBorrower);
      expect((await p.sale()).backlog).to.equal(toCents(OWED - 12_345n) + OWED);
      expect((await p.record()).saleDebtOrEasedAt).to.equal((OWED - 12_345n) / 10_000n);
    });

    it("follows takes, of a kicked account and of one that nobody kicked", async () => {
      const p = await loadPaced(pacedPair);
      await p.kick();
      await p.take(5n * ETHER);
      expect((await p.sale()).backlog).to.equal(toCents(await p.pool.debtOf(p.borrower.address)));
      await p.take(ETHER, p.otherBorrower);
      const debts = [p.borrower, p.otherBorrower].map(({ address }) => p.pool.debtOf(address));
      const [first, second] = await Promise.all(debts);
      expect((await p.sale()).backlog).to.equal(toCents(first) + toCents(second));
    });

    it("loses an account that a take has healed", async () => {
      const p = await loadPaced(pacedPair);
      await p.kick();
      await p.kick(p.otherBorrower);
      await p.take();
      expect((await p.sale()).backlog).to.equal(OWED);
      expect((await p.record()).kickedAt).to.equal(0);
    });

    it("loses an account that was unkicked, that repaid, or that unwound", async () => {
      for (const leave of [
        async (p: Paced) => {
          await heal(p);
          await p.liquidation.unkick(p.borrower.address);
        },
        (p: Paced) => repayAll(p),
        async (p: Paced) => {
          const shares = await p.pool.debtSharesOf(p.borrower.address);
          const { address } = p.borrower;
          await p.liquidation
            .connect(p.borrower)
            .unwind(0, shares, p.eth.address, 100n * ETHER, address, address, "0x");
        },
      ]) {
        const p = await loadPaced(pacedPair);
        await p.kick();
        await p.kick(p.otherBorrower);
        await leave(p);
        expect((await p.sale()).backlog).to.equal(OWED);
        expect((await p.record()).kickedAt).to.equal(0);
      }
    });

    it("counts an expired sale that is kicked anew once, with the debt of now", async () => {
      const p = await loadPaced(pacedPair);
      await p.kick();
      await p.pool.connect(p.liquidator).repay(1_000n * USD, 0, p.borrower.address, "0x");
      expect((await p.sale()).backlog).to.equal(OWED - 1_000n * USD);
      await p.time.increase(3_001n);
      await p.kick();
      expect((await p.sale()).backlog).to.equal(OWED - 1_000n * USD);
    });

    it("counts no debt that was repaid: nobody slows down the others' sales by what he no longer owes", async () => {
      const p = await loadPaced(pacedPair);
      await p.kick();
      const { pool, liquidation, liquidator, borrower, eth } = p;
      const half = (await pool.debtSharesOf(borrower.address)) / 2n;
      await pool.connect(liquidator).repay(0, half, borrower.address, "0x");
      expect((await p.sale()).backlog).to.equal(OWED / 2n);
      await liquidation
        .connect(borrower)
        .unwind(0, half / 2n, eth.address, ETHER, borrower.address, borrower.address, "0x");
      expect((await p.sale()).backlog).to.equal(OWED / 4n);
      expect(toCents(await pool.debtOf(borrower.address))).to.equal(OWED / 4n);
    });

    it("counts an account that was never kicked in the pace of its own sale", async () => {
      const p = await loadPaced(pacedPair);
      await p.tell(RESERVE / 32n);
      const quoted = await p.quote(8n * ETHER);
      await p.kick();
      expectClose((await p.quote(8n * ETHER)).factor, quoted.factor, 1e-4); // a second later
    });

    it("is counted with the collateral of the highest value, and with another once that is sold", async () => {
      const p = await loadLiquidation(mixedPool);
      const backlogs = async () => {
        const states = await Promise.all(p.collaterals.map(({ address }) => p.liquidation.saleOf(address)));
        return states.map(({ backlog }) => backlog);
      };
      await p.kick();
      expect(await backlogs()).to.deep.equal([0n, 120_000n * USD, 0n]); // 45,000, 60,000 and 40,000
      for (const [token, part] of [
        [p.btc.address, BITCOIN / 100n],
        [p.eth.address, ETHER],
      ] as const) {
        await p.take(token, part);
        expect(await backlogs()).to.deep.equal([0n, toCents(await p.pool.debtOf(p.borrower.address)), 0n]);
      }
      await setPrice(p, p.btc, 30_000n);
      await p.take(p.btc.address);
      const left = await p.pool.debtOf(p.borrower.address);
      expect(await backlogs()).to.deep.equal([toCents(left), 0n, 0n]);
    });
  });

  describe("memory and expiry", () => {
    for (const [what, pause, lag] of [
      ["goes on where it was when an account comes back within an hour", 3_600n, 610],
      ["starts anew later", 3_601n, 10],
    ] as const) {
      it(what, async () => {
        const p = await loadPaced(pacedPair);
        const since = await p.kick();
        await heal(p);
        await p.at(since + 600n);
        await p.liquidation.unkick(p.borrower.address);
        const record = await p.record();
        expect([record.kickedAt, record.saleDebtOrEasedAt, record.keeperOrLag]).to.deep.equal([0n, since + 600n, 600n]);
        await sink(p);
        await p.at(since + 600n + pause);
        await p.kick();
        await p.at(since + 610n + pause);
        expectClose((await p.quote(1n)).factor, curve(lag), TICK);
      });
    }

    it("goes on where it was without a kick too", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      await heal(p);
      await p.at(since + 600n);
      await p.liquidation.unkick(p.borrower.address);
      await sink(p);
      await p.at(since + 1_000n);
      expectClose((await p.quote(1n)).factor, curve(600), TICK);
      await p.take(1_000_000n);
      expect((await p.record()).kickedAt).to.equal(since + 400n);
    });

    it("forgets nothing of a sale before half an hour at the floor, and all of it then", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      await p.at(since + 3_000n);
      await expect(p.liquidation.kick(p.borrower.address))
        .to.be.revertedWithCustomError(p.pool, "LiquidationAlreadyKicked")
        .withArgs(p.borrower.address, since);
      await p.at(since + 3_001n);
      expectClose((await p.quote(1n)).factor, curve(0), TICK);
      await p.kick();
      expect((await p.record()).kickedAt).to.equal(since + 3_001n);
    });

    it("does not expire while others of the collateral are sold: half an hour after the schedule stood at its floor", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      await p.at(since + 2_000n);
      await p.take(SECOND * 10n, p.otherBorrower);
      const { clockTicks } = await p.sale();
      expect(clockTicks / 256n).to.equal(since + 810n);
      const expired = clockTicks / 256n + 3_001n;
      await p.at(expired - 1n);
      expectClose((await p.quote(1n)).factor, 1 / 1.05, TICK);
      await p.at(expired);
      expectClose((await p.quote(1n)).factor, curve(0), TICK);
    });

    it("remembers nothing of an expired sale that is unkicked", async () => {
      const p = await loadPaced(pacedPair);
      await p.kick();
      await heal(p);
      await p.time.increase(4_000n);
      await p.liquidation.unkick(p.borrower.address);
      expect((await p.record()).keeperOrLag).to.equal(0);
    });
  });

  describe("kick", () => {
    it("is judged by the debt as booked, and books nothing", async () => {
      const p = await loadLiquidation(livePool);
      const booked = await p.pool.debtOf(p.borrower.address);
      await p.time.increase(86_400n);
      await setPrice(p, p.eth, 149n);
      expect(await p.pool.debtOf(p.borrower.address)).to.be.greaterThan(booked);
      await expect(p.liquidation.kick(p.borrower.address))
        .to.emit(p.pool, "AccountKicked")
        .withArgs(p.borrower.address, p.governor.address, booked);
      expect((await p.liquidation.saleOf(p.eth.address)).backlog).to.equal(toCents(booked));
    });

    it("is judged by all interest where that is not enough", async () => {
      const p = await loadLiquidation(livePool);
      await p.time.increase(30n * 86_400n);
      await p.oracle.setPrice(p.eth.address, 150_100_000n * ETHER); // 80 more than the debt as booked
      await p.wait(5n);
      const debt = await p.pool.debtOf(p.borrower.address, { blockTag: "pending" });
      await p.wait(5n);
      await expect(p.liquidation.kick(p.borrower.address))
        .to.emit(p.pool, "AccountKicked")
        .withArgs(p.borrower.address, p.governor.address, debt);
    });

    it("reverts where even that does not, and tells the debt with interest", async () => {
      const p = await loadLiquidation(livePool);
      await p.time.increase(86_400n);
      await setPrice(p, p.eth, 160n);
      await p.wait(5n);
      const debt = await p.pool.debtOf(p.borrower.address, { blockTag: "pending" });
      await p.wait(5n);
      await expect(p.liquidation.kick(p.borrower.address))
        .to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy")
        .withArgs(p.borrower.address, 128_000n * USD, debt);
    });
  });

  it("a unit more of collateral moves neither the price nor the backlog", async () => {
    const p = await loadPaced(pacedPair);
    const since = await p.kick();
    await supply(p, p.eth, 1n);
    expect((await p.sale()).backlog).to.equal(OWED);
    await p.at(since + 500n);
    expectClose((await p.quote(1n)).factor, curve(500), TICK);
  });
});
