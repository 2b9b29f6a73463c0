import { loopChecks } from "../../../sim/validation/loop.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { checkNamed, CHECKS, expectAll, makeChecks } from "../../shared/expect-checks.ts";

describe("validation: loops", () => {
  it("reach the exposure of the geometric series by the real router, and miss it by the fees alone", async () => {
    const checks = await makeChecks(loopChecks);
    expectAll(checks, CHECKS.loop);
    // 1 + 0.7 + 0.7² + 0.7³
    expectClose(Number(checkNamed(checks, "exposure ÷ equity of 3 rounds at LTV 0.7").expected), 2.533, 1e-12);
  });
});
