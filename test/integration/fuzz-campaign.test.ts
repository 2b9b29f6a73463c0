import path from "node:path";

import { expect } from "chai";

import { runCampaigns, vacuous } from "../../scripts/fuzz.ts";
import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

describe("the invariant campaigns", function () {
  this.timeout(600_000);

  it("do something by every one of their actions", async function () {
    skipUnderCoverage(this);
    const root = path.resolve(import.meta.dirname, "..", "..");
    const calls = await runCampaigns(root, [{ INVARIANT_RUNS: "12", INVARIANT_DEPTH: "128" }]);
    expect(calls).to.have.lengthOf(46);
    expect(vacuous(calls)).to.deep.equal([]);
  });
});
