import { slippageChecks } from "../../../sim/validation/slippage.ts";
import { CHECKS, expectAll, makeChecks } from "../../shared/expect-checks.ts";

describe("validation: slippage", () => {
  it("is that of a constant product on the real Uniswap, to the unit", async () => {
    expectAll(await makeChecks(slippageChecks), CHECKS.slippage);
  });
});
