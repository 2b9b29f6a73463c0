import { expect } from "chai";

import { harmThreshold, thresholdChecks } from "../../../sim/validation/threshold.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { checkNamed, CHECKS, expectAll, makeChecks } from "../../shared/expect-checks.ts";

describe("validation: where liquidation harms", () => {
  it("is where McFarlane (2025) says, in a lab world; our guard caps the bonus there and hands over at its end", async () => {
    const checks = await makeChecks(thresholdChecks);
    expectAll(checks, CHECKS.threshold);
    const measured = (what: RegExp) => Number(checkNamed(checks, what).measured);
    expectClose(measured(/infinitely deep/), 0.95238, 2e-4);
    expectClose(measured(/^5 % bonus, c\/y 0\.05/), 0.8658, 2e-4);
    expect(measured(/debt left/)).to.equal(0);
  });
});

describe("#harmThreshold", () => {
  it("is 0.95238 at a bonus of 5 % and infinite depth, and 0.86580 at c/y = 0.05", () => {
    expect(harmThreshold(0.05, 0).toFixed(5)).to.equal("0.95238");
    expect(harmThreshold(0.05, 0.05).toFixed(5)).to.equal("0.86580");
  });
});
