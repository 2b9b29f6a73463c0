import { expect } from "chai";

import { debtRanks, type Exposure, type RankedPool } from "../../../sim/risk/debt-rank.ts";
import { expectClose } from "../../shared/expect-close.ts";

const pool = (capital: number, lenderAssets: number): RankedPool => ({ capital, lenderAssets });
const holds = (holder: number, issuer: number, value: number): Exposure => ({ holder, issuer, value });

describe("DebtRank", () => {
  it("is zero without pools, without exposures, and without anything to lose", () => {
    expect(debtRanks([], [])).to.deep.equal([]);
    expect(debtRanks([pool(1, 2), pool(3, 4)], [])).to.deep.equal([0, 0]);
    expect(debtRanks([pool(1, 0), pool(1, 0)], [holds(0, 1, 5)])).to.deep.equal([0, 0]);
  });

  it("passes losses along a chain, each link by its own impact", () => {
    // 1 holds 20 of 0 with a capital of 50: W = 0.4. 2 holds 30 of 1 with 60: W = 0.5. Weights 0.5, 0.3, 0.2.
    const pools = [pool(10, 50), pool(50, 30), pool(60, 20)];
    const ranks = debtRanks(pools, [holds(1, 0, 20), holds(2, 1, 30)]);
    expectClose(ranks[0], 0.4 * 0.3 + 0.4 * 0.5 * 0.2, 1e-12);
    expectClose(ranks[1], 0.5 * 0.2, 1e-12);
    expect(ranks[2]).to.equal(0);
  });

  it("cannot hurt anybody by more than all: impacts and distress end at one", () => {
    const ranks = debtRanks([pool(1, 50), pool(1, 50)], [holds(1, 0, 400), holds(1, 0, 400)]);
    expect(ranks).to.deep.equal([0.5, 0]);
    // Without capital any exposure is fatal.
    expect(debtRanks([pool(1, 50), pool(0, 50)], [holds(1, 0, 1)])).to.deep.equal([0.5, 0]);
  });

  it("ends in a cycle, and does not count what comes back to who began", () => {
    const pools = [pool(100, 40), pool(100, 40), pool(100, 20)];
    const ranks = debtRanks(pools, [holds(1, 0, 50), holds(2, 1, 50), holds(0, 2, 50)]);
    expectClose(ranks[0], 0.5 * 0.4 + 0.25 * 0.2, 1e-12);
    expectClose(ranks[1], 0.5 * 0.2 + 0.25 * 0.4, 1e-12);
    expectClose(ranks[2], 0.5 * 0.4 + 0.25 * 0.4, 1e-12);
  });

  it("adds what comes by two ways at once, but nothing to who has passed it on already", () => {
    // 0 → 1 → 3 and 0 → 2 → 3; 3 → 1 comes too late: 1 has passed its distress on, and only suffers.
    const pools = [pool(1, 0), pool(10, 1), pool(10, 1), pool(10, 1)];
    const exposures = [holds(1, 0, 5), holds(2, 0, 2), holds(3, 1, 4), holds(3, 2, 5), holds(1, 3, 10)];
    const [rank] = debtRanks(pools, exposures);
    const third = 0.5 * 0.4 + 0.2 * 0.5;
    expectClose(rank, (0.5 + third + 0.2 + third) / 3, 1e-12);
  });

  it("takes several collaterals of one pool for one exposure, and ignores shares of itself", () => {
    const pools = [pool(10, 50), pool(100, 50)];
    const once = debtRanks(pools, [holds(1, 0, 30)]);
    expect(debtRanks(pools, [holds(1, 0, 10), holds(1, 0, 20), holds(0, 0, 99)])).to.deep.equal(once);
  });
});
