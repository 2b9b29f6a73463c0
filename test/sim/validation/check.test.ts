import { expect } from "chai";

import { bisect, judge, skip } from "../../../sim/validation/check.ts";
import { requireValid } from "../../../sim/validation/validate.ts";
import { UserError } from "../../../sim/user-error.ts";
import { expectClose } from "../../shared/expect-close.ts";

describe("#judge", () => {
  it("allows a share of what is expected, on both sides", () => {
    for (const measured of [98, 100, 102]) expect(judge("g", "w", 100, measured, 0.02).ok).to.equal(true);
    for (const measured of [97.9, 102.1]) expect(judge("g", "w", 100, measured, 0.02).ok).to.equal(false);
  });

  it("takes the tolerance of an expected zero as a distance", () => {
    expect(judge("g", "w", 0, -3, 3).ok).to.equal(true);
    expect(judge("g", "w", 0, 4, 3).ok).to.equal(false);
    expect(judge("g", "w", 0, 1e-18).ok).to.equal(false);
  });

  it("is never content with what is no number, however large the tolerance", () => {
    for (const measured of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(judge("g", "w", 1, measured, Number.POSITIVE_INFINITY).ok).to.equal(false);
  });

  it("wants words to be equal", () => {
    expect(judge("g", "w", "12T07", "12T07").ok).to.equal(true);
    expect(judge("g", "w", "12T07", "12T08", 10).ok).to.equal(false);
    expect(judge("g", "w", 7, "7").ok).to.equal(false);
  });
});

describe("#bisect", () => {
  it("finds where a yes turns into a no", async () => {
    const found = await bisect((x) => Promise.resolve(x < Math.SQRT2), 1, 2, 1e-9);
    expectClose(found, Math.SQRT2, 1e-9);
  });

  it("refuses a range with nothing in it", async () => {
    for (const answer of [true, false]) {
      const error = await bisect(() => Promise.resolve(answer), 0, 1, 0.1).catch((caught: unknown) => caught);
      expect(error)
        .to.be.instanceOf(Error)
        .with.property("message")
        .that.matches(/nothing to find/);
    }
  });
});

describe("#requireValid", () => {
  it("names what failed, and lets what was skipped pass", () => {
    const [good, bad, skipped] = [judge("a", "one", 1, 1), judge("b", "two", 1, 2), skip("c", "three", 1, "no file")];
    requireValid([good, skipped]);
    expect(() => requireValid([good, bad, skipped])).to.throw(UserError, "1 of 3 checks failed: b: two");
  });
});
