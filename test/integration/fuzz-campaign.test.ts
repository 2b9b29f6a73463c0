import path from "node:path";

import { expect } from "chai";

import { runCampaigns, startSlice, vacuous } from "../../scripts/fuzz.ts";
import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

describe("the invariant campaigns", () => {
  const root = path.resolve(import.meta.dirname, "..", "..");

  it("do something by every one of their actions", async function () {
    skipUnderCoverage(this);
    const calls = await runCampaigns(root, [{ INVARIANT_RUNS: "12", INVARIANT_DEPTH: "128" }]);
    expect(calls).to.have.lengthOf(46);
    expect(vacuous(calls)).to.deep.equal([]);
  });

  it("fail, by the invariants that it breaks, where the pool loses a unit in every action", async function () {
    skipUnderCoverage(this);
    const environment = { INVARIANT_RUNS: "2", INVARIANT_DEPTH: "16", FUZZ_SABOTAGE: "1" };
    const { code, said } = await startSlice(root, environment, "pipe");
    expect(code).to.equal(1);
    // What was lost is missing in the books, and in the price of a share; nothing else is broken by it.
    expect(said).to.include("INV-01: cash is not what flowed in less what flowed out");
    expect(said).to.include("INV-05: the share price fell");
    expect(said).to.match(/✔ invariant_INV06_CollateralConserved/);
  });
});
