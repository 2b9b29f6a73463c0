import { expect } from "chai";

import { stairsChecks } from "../../../sim/validation/stairs.ts";
import { checkNamed, CHECKS, expectAll, makeChecks } from "../../shared/expect-checks.ts";

describe("validation: Maker's clock", () => {
  it("is at par after 27 steps, 40.5 minutes, on StairstepCurve and in a sale of the real pool by it", async () => {
    const checks = await makeChecks(stairsChecks);
    expectAll(checks, CHECKS.stairs);
    expect(checkNamed(checks, "steps until StairstepCurve is at par").measured).to.equal(27);
    expect(checkNamed(checks, "the same in minutes").measured).to.equal(40.5);
    expect(checkNamed(checks, /^real sale after 26/).measured).to.be.greaterThan(1);
    expect(checkNamed(checks, /^real sale after 27/).measured).to.be.lessThan(1);
  });
});
