import { expect } from "chai";

import { LAB, PROFILES } from "../../../sim/config.ts";
import { addressOf, exposureOf, LOOP_ROUNDS, ltvFor, planPopulation } from "../../../sim/population.ts";
import { createRng } from "../../../sim/rng.ts";
import { UserError } from "../../../sim/user-error.ts";
import { expectClose } from "../../shared/expect-close.ts";

const PRICE = 2_000;
const LEAST_DEBT = 3 * LAB.minDebt;

function plan(seed: string, borrowers: number, loopers: number, profile = PROFILES.WETH) {
  const population = planPopulation(createRng(seed), { borrowers, loopers }, profile, PRICE);
  const looperDebts = population.loopers.map(({ equity, leverage }) => equity * (leverage - 1) * PRICE);
  return { ...population, looperDebts };
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe("population", () => {
  describe("#exposureOf", () => {
    it("is the sum of the series: 0.8 in five rounds is 3.68928", () => {
      expectClose(exposureOf(0.8, 5), 3.68928, 1e-12);
      expectClose(exposureOf(0.8, 5), 1 + 0.8 + 0.64 + 0.512 + 0.4096 + 0.32768, 1e-12);
      expect(exposureOf(0.8, 0)).to.be.closeTo(1, 0);
      expect(exposureOf(0, 6)).to.equal(1);
      expectClose(exposureOf(0.5, 1_000), 2, 1e-12);
    });
  });

  describe("#ltvFor", () => {
    it("is the inverse", () => {
      expectClose(ltvFor(3.68928, 5), 0.8, 1e-12);
      for (const rounds of [1, 5, 6, 30]) {
        for (const ltv of [0.01, 0.5, 0.8, 0.99]) expectClose(ltvFor(exposureOf(ltv, rounds), rounds), ltv, 1e-9);
      }
    });
  });

  describe("#addressOf", () => {
    it("gives every name an address of its own, always the same", () => {
      expect(addressOf("borrower-0")).to.equal(addressOf("borrower-0"));
      const names = Array.from({ length: 50 }, (_, i) => [`borrower-${i}`, `looper-${i}`, `lender-${i}`]).flat();
      expect(new Set(names.map(addressOf)).size).to.equal(150);
      for (const name of names) expect(addressOf(name)).to.match(/^0x[0-9a-f]{40}$/);
    });
  });

  describe("#planPopulation", () => {
    for (const [borrowers, loopers, looperShare] of [
      [200, 20, LAB.looperDebtShare],
      [1, 1, LAB.looperDebtShare],
      [40, 0, 0],
      [0, 7, 1],
      [5_000, 5_000, undefined],
    ] as const) {
      it(`splits the configured debt among ${borrowers} borrowers and ${loopers} loopers`, () => {
        const { borrowers: plans, loopers: loops, looperDebts, ...rest } = plan("1", borrowers, loopers);
        expect([plans.length, loops.length, rest.lenders.length]).to.deep.equal([borrowers, loopers, LAB.lenders]);
        const debts = plans.map(({ debt }) => debt);
        for (const debt of [...debts, ...looperDebts]) expect(debt).to.be.at.least(LEAST_DEBT * (1 - 1e-9));
        expect(rest.totalDebt).to.equal(LAB.totalDebt);
        const total = sum([...debts, ...looperDebts]);
        if (looperShare !== undefined) {
          expectClose(total / LAB.totalDebt, 1, 1e-9);
          expectClose(sum(looperDebts) / LAB.totalDebt, looperShare, 1e-9);
        }
        const deposits = sum(rest.lenders.map(({ deposit }) => deposit));
        expectClose(deposits, LAB.totalDebt / LAB.utilisation, 1);
        // However many there are, lenders must be able to lend it.
        expect(total).to.be.lessThan(deposits);
      });
    }

    it("refuses more borrowers than can owe the least that each must, and names what would help", () => {
      const most = Math.floor(LAB.totalDebt / LAB.utilisation / LEAST_DEBT);
      expect(() => plan("crowd", most, 0)).not.to.throw();
      expect(() => plan("crowd", most + 1, 0)).to.throw(UserError, /owe 6000 each at least.*a lower lab\.minDebt/);
      const lab = { ...LAB, minDebt: LAB.minDebt / 10 };
      const crowd = { borrowers: most + 1, loopers: 0 };
      expect(() => planPopulation(createRng("crowd"), crowd, PROFILES.WETH, PRICE, lab)).not.to.throw();
    });

    it("has lenders even if nobody borrows", () => {
      const { borrowers, loopers, lenders } = plan("1", 0, 0);
      expect([borrowers, loopers]).to.deep.equal([[], []]);
      expect(lenders).to.have.lengthOf(LAB.lenders);
    });

    for (const [symbol, profile] of Object.entries(PROFILES)) {
      it(`plans nothing that the pool would not lend on ${symbol}`, () => {
        const most = profile.borrowFactorBps / 1e4;
        for (const seed of ["1", "2", "3"]) {
          const { borrowers, loopers } = plan(seed, 300, 100, profile);
          for (const { debt, collateral, cash } of borrowers) {
            expect(debt / (collateral * PRICE)).to.be.lessThan(most);
            expect(debt / (collateral * PRICE)).to.be.greaterThan(0);
            expect(cash).to.be.within(0, debt / 2);
          }
          for (const { leverage, isFlash, equity } of loopers) {
            expect(equity).to.be.greaterThan(0);
            expect(leverage).to.be.greaterThan(1);
            expect(1 - 1 / leverage).to.be.lessThan(most);
            if (!isFlash) expect(ltvFor(leverage, LOOP_ROUNDS)).to.be.lessThan(most);
          }
        }
      });
    }

    it("sets alarms that go off before liquidation, for some", () => {
      const { borrowers, loopers, lenders } = plan("1", 2_000, 2_000);
      for (const [plans, from, to, share] of [
        [borrowers, 1.04, 1.15, LAB.attentiveBorrowerShare],
        [loopers, 1.01, 1.06, LAB.attentiveLooperShare],
      ] as const) {
        const watching = plans.filter(({ alarmHealth }) => alarmHealth !== 0);
        expectClose(watching.length / plans.length, share, 0.04);
        for (const { alarmHealth, reactionSeconds } of watching) {
          expect(alarmHealth).to.be.within(from, to);
          expect(reactionSeconds).to.be.greaterThan(0);
        }
      }
      expect(loopers.filter(({ isFlash }) => isFlash)).to.have.lengthOf(1_000);
      for (const { panicSeconds } of lenders) {
        if (panicSeconds !== undefined) expect(panicSeconds).to.be.within(600, 7_200);
      }
    });

    it("is the same for the same seed and another for another", () => {
      expect(plan("7", 50, 10)).to.deep.equal(plan("7", 50, 10));
      const [one, other] = [plan("7", 50, 10), plan("8", 50, 10)];
      for (const group of ["borrowers", "loopers", "lenders"] as const) {
        expect(one[group]).not.to.deep.equal(other[group]);
      }
    });

    it("does not move one group when another changes", () => {
      const before = plan("7", 50, 10);
      const more = plan("7", 51, 10);
      expect(more.loopers).to.deep.equal(before.loopers);
      expect(more.lenders).to.deep.equal(before.lenders);
      const loopers = plan("7", 50, 33);
      expect(loopers.borrowers).to.deep.equal(before.borrowers);
      expect(loopers.lenders).to.deep.equal(before.lenders);
      // Without loopers the borrowers owe their part too, and are the same people.
      const none = plan("7", 50, 0);
      const people = ({ borrowers }: typeof none) =>
        borrowers.map(({ address, alarmHealth }) => [address, alarmHealth]);
      expect(people(none)).to.deep.equal(people(before));
    });

    it("gives everybody an address of their own", () => {
      const { borrowers, loopers, lenders } = plan("1", 300, 100);
      const addresses = [...borrowers, ...loopers, ...lenders].map(({ address }) => address);
      expect(new Set(addresses).size).to.equal(addresses.length);
    });
  });
});
