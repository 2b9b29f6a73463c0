import { expect } from "chai";

import { closedForm, liquidationChecks } from "../../../sim/validation/liquidation.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { CHECKS, expectAll, makeChecks } from "../../shared/expect-checks.ts";

describe("validation: liquidation without feedback", () => {
  it("is the closed form on the real pool: in part, as a whole, and with a loss", async () => {
    expectAll(await makeChecks(liquidationChecks), CHECKS.liquidation);
  });
});

describe("#closedForm", () => {
  it("brings the health factor to 1.04", () => {
    const { repaid, sold, badDebt } = closedForm(150_000, 100, 1_800, 0.825);
    expectClose((0.825 * (100 - sold) * 1_800) / (150_000 - repaid), 1.04, 1e-12);
    expectClose((sold * 1_800) / repaid, 1.05, 1e-12);
    expect(badDebt).to.equal(0);
  });

  it("sells everything and loses the rest where the collateral does not pay", () => {
    const { repaid, sold, badDebt } = closedForm(150_000, 100, 1_300, 0.825);
    expectClose(sold, 100, 1e-12);
    expectClose(repaid, 130_000 / 1.05, 1e-12);
    expectClose(badDebt, 150_000 - 130_000 / 1.05, 1e-12);
  });
});
