import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { UNBOUNDED } from "../../../sim/risk/lens-types.ts";
import { ETHER, load, setPrice, USD } from "../../shared/borrower-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  fallenBook,
  figuresOf,
  lensPool,
  openBook,
  RESERVES,
  stateOf,
  sumsOf,
} from "../../shared/risk-lens-fixtures.ts";
import { fallsOf, readAccounts } from "../../shared/risk-reference.ts";

const ratio = (wad: bigint) => Number(wad) / 1e18;

/** One account: 10 ETH, worth 20,000, against 15,000. Liquidatable below 1,875 a piece. */
async function oneDebtor(connection: NetworkConnection) {
  const p = await lensPool(connection);
  const accounts = await openBook(p, [{ tokens: [p.eth.address], amounts: [10n * ETHER], debt: 15_000n * USD }]);
  return { ...p, accounts };
}

describe("RiskLens: what falls would set off", () => {
  it("tells who is liquidatable after a common fall as the pool does once all prices have fallen", async () => {
    const p = await load(fallenBook);
    const { atRiskDebt, atRiskValue } = await figuresOf(p, await stateOf(p), await sumsOf(p, p.accounts));
    const expected = await fallsOf(p, await readAccounts(p, p.accounts), [0, 1, 2]);
    expect(atRiskDebt).to.deep.equal(expected.map(({ debt }) => debt));
    expect(atRiskValue).to.deep.equal(expected.map(({ value }) => value));
    expect(expected[10].accounts).to.be.greaterThan(expected[0].accounts + 5);
    // What falls deeper takes more with it.
    expect(atRiskDebt[1]).to.be.greaterThan(0n);
  });

  for (const [k, symbol] of ["ETH", "BTC", "STB"].entries()) {
    it(`does the same for a fall of ${symbol} alone, and for what the pool would sell of it`, async () => {
      const p = await load(fallenBook);
      const sums = await sumsOf(p, p.accounts);
      const { collaterals } = await figuresOf(p, await stateOf(p), sums);
      const expected = await fallsOf(p, await readAccounts(p, p.accounts), [k], k);
      expect(collaterals[k].atRiskDebt).to.deep.equal(expected.map(({ debt }) => debt));
      expect(collaterals[k].atRiskValue).to.deep.equal(expected.map(({ value }) => value));
      for (const [step, { released }] of expected.entries()) {
        // Exact but for units: quotes round at the fallen price, here values are rounded before and after.
        expectClose(Number(sums.collaterals[k].released[step]), Number(released), 1e-8 * Number(released) + 200);
      }
    });
  }

  it("is Λ·L', by the definition, with what the pool really sells after the fall", async () => {
    const p = await load(fallenBook);
    const figures = await figuresOf(p, await stateOf(p), await sumsOf(p, p.accounts));
    const expected = await fallsOf(p, await readAccounts(p, p.accounts), [0], 0);
    const price = 1_250;
    const lambda = (2 * price ** 2) / (Number(RESERVES[0]) / 1e6); // [dollars a unit sold, each unit]
    for (const step of [1, 2, 5, 10]) {
      const units = Number(expected[step].released - expected[0].released) / 1e6 / price;
      const slope = units / (price * 0.05 * step); // L' [units a dollar]
      expectClose(ratio(figures.collaterals[0].gainWad[step]), lambda * slope, 1e-6);
      expect(units).to.be.greaterThan(0);
    }
    expect(figures.collaterals[0].gainWad[0]).to.equal(figures.collaterals[0].gainWad[1]);
  });

  it("by hand: nothing before the threshold, then what restores the target", async () => {
    const p = await load(oneDebtor);
    const sums = await sumsOf(p, p.accounts);
    const [eth] = (await figuresOf(p, await stateOf(p), sums)).collaterals;
    // 5 % lower the health factor is 1.0133, 10 % lower 0.96.
    expect(eth.atRiskDebt.slice(0, 3)).to.deep.equal([0n, 0n, 15_000n * USD]);
    expect(eth.atRiskValue.slice(0, 3)).to.deep.equal([0n, 0n, 20_000n * USD]);
    const target = Number((await p.pool.poolConfig()).targetHealthBps) / 1e4;
    const repaid = (target * 15_000 - 0.8 * 18_000) / (target - 1.05 * 0.8);
    const released = (repaid * 1.05) / 0.9; // at today's price
    expectClose(Number(sums.collaterals[0].released[2]) / 1e6, released, 1e-3);
    expectClose(ratio(eth.gainWad[2]), (2 * released) / (40e6 * 0.1), 1e-9);
    expect(eth.gainWad[1]).to.equal(0n);
  });

  it("is not known where the market's depth is not, unless nothing would be sold", async () => {
    const p = await load(fallenBook);
    await p.risk.setRiskEngine("0x0000000000000000000000000000000000000000", 0);
    const state = await stateOf(p);
    expect(state.collaterals.map(({ reserve }) => reserve)).to.deep.equal([0n, 0n, 0n]);
    const { collaterals } = await figuresOf(p, state, await sumsOf(p, p.accounts));
    expect(collaterals[0].gainWad[10]).to.equal(UNBOUNDED);
    const nobody = await figuresOf(p, state, await sumsOf(p, []));
    expect(nobody.collaterals[0].gainWad[10]).to.equal(0n);
  });

  it("does not count what must be sold already as set off by a fall", async () => {
    const p = await load(oneDebtor);
    await setPrice(p, p.eth, 1_000n);
    const sums = await sumsOf(p, p.accounts);
    // It owes more than it has: all is to be sold, now as after any fall.
    expect([...new Set(sums.collaterals[0].released)]).to.deep.equal([10_000n * USD]);
    const { collaterals } = await figuresOf(p, await stateOf(p), sums);
    expect([...new Set(collaterals[0].gainWad)]).to.deep.equal([0n]);
    expect([sums.insolvent, sums.shortfall, sums.bucketAccounts[1]]).to.deep.equal([1n, 5_000n * USD, 1n]);
  });
});
