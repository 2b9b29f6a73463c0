import { expect } from "chai";

import { addSums } from "../../../sim/risk/add-sums.ts";
import type { Sums } from "../../../sim/risk/lens-types.ts";
import { load, setPrice, USD } from "../../shared/borrower-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  BOOK_SIZE as ACCOUNTS,
  fallenBook,
  figuresOf,
  lensPool,
  openBook,
  stateOf,
  sumsOf,
} from "../../shared/risk-lens-fixtures.ts";
import { cumulated, expectedSums, hhi, readAccounts } from "../../shared/risk-reference.ts";

const WAD = 10n ** 18n;
const UNBOUNDED = 2n ** 256n - 1n;
const ratio = (wad: bigint) => Number(wad) / 1e18;

describe("RiskLens: accounts", () => {
  describe("#accountsOf", () => {
    it("reverts when the address is no pool", async () => {
      const { lens, loanAddress, ethers, accounts } = await load(fallenBook);
      await expect(lens.accountsOf(loanAddress, accounts)).to.revert(ethers);
    });

    it("agrees with the pool on every account, to the unit", async () => {
      const p = await load(fallenBook);
      const risks = await p.lens.accountsOf(p.poolAddress, p.accounts);
      for (const [i, address] of p.accounts.entries()) {
        const health = await p.pool.healthOf(address);
        const { debt, value, capacity, pricesFresh } = risks[i];
        expect([debt, value, capacity, pricesFresh]).to.deep.equal([
          health.debt,
          health.collateralValue,
          health.liquidationCapacity,
          health.pricesFresh,
        ]);
        if (debt === 0n) {
          expect([risks[i].leverageWad, risks[i].healthWad]).to.deep.equal([WAD, UNBOUNDED]);
          continue;
        }
        expect(risks[i].healthWad).to.equal((capacity * WAD) / debt);
        expect(risks[i].leverageWad).to.equal(debt < value ? (value * WAD) / (value - debt) : UNBOUNDED);
      }
      // The book has what it is for.
      const unhealthy = risks.filter(({ debt, capacity }) => capacity < debt);
      expect(unhealthy.length).to.be.within(3, ACCOUNTS - 3);
      expect(risks.some(({ debt }) => debt === 0n)).to.equal(true);
    });

    it("counts what several collaterals diversify, and who is for sale", async () => {
      const p = await load(fallenBook);
      const risks = await p.lens.accountsOf(p.poolAddress, p.accounts);
      const worst = risks.findIndex(({ debt, capacity }) => capacity < debt);
      await p.liquidation.kick(p.accounts[worst]);
      const [kicked] = await p.lens.accountsOf(p.poolAddress, [p.accounts[worst]]);
      expect(kicked.kickedAt)
        .to.equal((await p.pool.accountOf(p.accounts[worst])).kickedAt)
        .and.not.equal(0n);
      let diversified = 0;
      for (const [i, address] of p.accounts.entries()) {
        let alone = 0n;
        for (const { address: token } of p.collaterals) {
          const [, price36] = await p.oracle.priceOf(token);
          const value = ((await p.pool.collateralOf(address, token)) * price36) / 10n ** 36n;
          alone += (value * (await p.pool.liquidationFactorBps(token))) / 10_000n;
        }
        expect(risks[i].capacity).to.be.at.least(alone);
        if (risks[i].capacity > alone) ++diversified;
      }
      expect(diversified).to.be.greaterThan(10);
    });
  });

  describe("#sumsOf", () => {
    it("adds up what the pool says of each account", async () => {
      const p = await load(fallenBook);
      const sums = await sumsOf(p, p.accounts);
      const accounts = await readAccounts(p, p.accounts);
      expect(sums).to.deep.include(expectedSums(accounts));
      expect(sums.accounts).to.equal(BigInt(ACCOUNTS));
      expect(sums.debtShares).to.equal((await p.pool.totals()).debtShares);
      for (const [k, collateral] of sums.collaterals.entries()) {
        const values = accounts.map((account) => account.values[k]);
        expect(collateral.pledged).to.equal(values.reduce((a, b) => a + b, 0n));
        expect(collateral.squares).to.equal(values.reduce((a, b) => a + b * b, 0n));
      }
      expect(sums.bucketAccounts.reduce((a, b) => a + b, 0n)).to.equal(sums.debtors);
      expect(sums.bucketDebt.reduce((a, b) => a + b, 0n)).to.equal(sums.debt);
      // One is a border of the histogram.
      expect(cumulated(sums.bucketAccounts)[10]).to.equal(sums.liquidatable);
      expect(sums.insolvent).to.not.equal(0n);
    });

    it("counts nobody where nobody is asked for, nor who owes nothing", async () => {
      const p = await load(fallenBook);
      const nobody = await sumsOf(p, []);
      expect([nobody.accounts, nobody.debtors, nobody.collaterals.length]).to.deep.equal([0n, 0n, 3]);
      const one = await sumsOf(p, [p.stranger.address]);
      expect({ ...one, accounts: 0n }).to.deep.equal(nobody);
      const figures = await figuresOf(p, await stateOf(p), nobody);
      expect([figures.leverageWad, figures.healthWad, figures.debtHhiWad]).to.deep.equal([WAD, 0n, 0n]);
      expect(figures.collaterals.map(({ gainWad }) => gainWad[1])).to.deep.equal([0n, 0n, 0n]);
    });

    it("pages add up to the whole, whatever their sizes", async () => {
      const p = await load(fallenBook);
      const whole = await sumsOf(p, p.accounts);
      for (const size of [1, 7, 47]) {
        const pages: Sums[] = [];
        for (let from = 0; from < p.accounts.length; from += size) {
          pages.push(await sumsOf(p, p.accounts.slice(from, from + size)));
        }
        expect(pages.length).to.equal(Math.ceil(ACCOUNTS / size));
        expect(pages.reduce(addSums)).to.deep.equal(whole);
      }
    });

    it("says whose prices are remembered or missing, and goes on", async () => {
      const p = await load(fallenBook);
      const accounts = await readAccounts(p, p.accounts);
      const holders = accounts.filter(({ values }) => values[1] > 0n);
      await p.oracle.setFresh(p.btc.address, false);
      const remembered = await sumsOf(p, p.accounts);
      expect(remembered.stale).to.equal(BigInt(holders.length));
      expect(remembered.staleDebt).to.equal(holders.reduce((total, { debt }) => total + debt, 0n));
      expect(remembered.pledged).to.equal(expectedSums(accounts).pledged);
      // The pool cannot judge them at all then; the lens values at nothing what nobody prices.
      await p.oracle.setReverting(p.btc.address, true);
      const missing = await sumsOf(p, p.accounts);
      expect(missing.stale).to.equal(BigInt(holders.length));
      expect(missing.collaterals[1].pledged).to.equal(0n);
      expect(missing.pledged).to.equal(
        remembered.pledged - holders.reduce((total, { values }) => total + values[1], 0n),
      );
      const { collaterals } = await stateOf(p);
      expect(collaterals.map(({ priceFresh, price36 }) => [priceFresh, price36 > 0n])).to.deep.equal([
        [true, true],
        [false, false],
        [true, true],
      ]);
    });
  });

  it("tells the health of each account besides", async () => {
    const p = await load(fallenBook);
    const [, healthWad] = await p.lens.sumsOf(p.poolAddress, p.accounts);
    const risks = await p.lens.accountsOf(p.poolAddress, p.accounts);
    expect([...healthWad]).to.deep.equal(risks.map((risk) => risk.healthWad));
  });

  describe("#figuresOf", () => {
    it("draws leverage, health and concentration from the sums", async () => {
      const p = await load(fallenBook);
      const sums = await sumsOf(p, p.accounts);
      const figures = await figuresOf(p, await stateOf(p), sums);
      const accounts = await readAccounts(p, p.accounts);
      const { debt, pledged, capacity } = expectedSums(accounts);
      expect(figures.leverageWad).to.equal((pledged * WAD) / (pledged - debt));
      expect(figures.healthWad).to.equal((capacity * WAD) / debt);
      expectClose(ratio(figures.debtHhiWad), hhi(accounts.map((account) => account.debt)), 1e-12);
      expectClose(ratio(figures.pledgedHhiWad), hhi(accounts.map(({ value }) => value)), 1e-12);
      for (const [k, { hhiWad }] of figures.collaterals.entries()) {
        expectClose(ratio(hhiWad), hhi(accounts.map(({ values }) => values[k])), 1e-12);
      }
    });

    it("knows no leverage where all is owed away, and one debtor as full concentration", async () => {
      const p = await load(lensPool);
      await openBook(p, [{ tokens: [p.eth.address], amounts: [10n ** 18n], debt: 1_400n * USD }]);
      const [{ args }] = await p.pool.queryFilter(p.pool.filters.CollateralSupplied());
      await setPrice(p, p.eth, 1_000n);
      const figures = await figuresOf(p, await stateOf(p), await sumsOf(p, [args.account]));
      expect([figures.leverageWad, figures.debtHhiWad]).to.deep.equal([UNBOUNDED, WAD]);
      expect((await stateOf(p)).leverageWad).to.equal(UNBOUNDED);
    });
  });
});
