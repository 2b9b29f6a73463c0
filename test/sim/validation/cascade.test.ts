import { expect } from "chai";

import { cascadeChecks } from "../../../sim/validation/cascade.ts";
import { checkNamed, CHECKS, expectAll, makeChecks } from "../../shared/expect-checks.ts";

describe("validation: amplification", () => {
  it("is 1/(1 − g) for small shocks in a linear market, grows without bound, and runs away beyond g = 1", async () => {
    const checks = await makeChecks(cascadeChecks);
    expectAll(checks, CHECKS.cascade);
    expect(checkNamed(checks, "fall ÷ exogenous fall at g = 0.9").measured).to.be.within(9, 11);
    expect(checkNamed(checks, "fall ÷ exogenous fall at g = 0.95").measured).to.be.within(18, 22);
  });
});
