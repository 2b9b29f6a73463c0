import { expect } from "chai";

import {
  drawResamples,
  estimateDifference,
  estimateMean,
  estimateRatio,
  meanOf,
  studentQuantile,
  tailShare,
} from "../../../sim/jobs/statistics.ts";
import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";

describe("statistics of the frontier", () => {
  const resamples = drawResamples(20, createRng("test"));

  // Of any table of Student's t, two-sided 95 %.
  for (const [degrees, expected] of [
    [1, 12.706],
    [2, 4.303],
    [4, 2.776],
    [9, 2.262],
    [19, 2.093],
    [30, 2.042],
  ]) {
    it(`knows Student's t with ${degrees} degrees of freedom`, () => {
      expectClose(studentQuantile(degrees), expected, 5e-4);
    });
  }

  it("widens the tails for few observations and leaves them for many", () => {
    expectClose(tailShare(20), 0.0159, 0.01);
    expect(tailShare(5)).to.be.lessThan(tailShare(20));
    expectClose(tailShare(10_000), 0.025, 0.001);
    expect(tailShare(1)).to.equal(0);
  });

  it("draws the same resamples from the same stream", () => {
    expect(drawResamples(20, createRng("test"))).to.deep.equal(resamples);
    expect(drawResamples(20, createRng("other"))).to.not.deep.equal(resamples);
  });

  it("gives equal values an interval of no width", () => {
    const { mean, low, high } = estimateMean(
      Array.from({ length: 20 }, () => 0.25),
      resamples,
    );
    expect([mean, low, high]).to.deep.equal([0.25, 0.25, 0.25]);
  });

  it("holds the true mean of a skewed quantity about as often as it says", () => {
    const rng = createRng("coverage");
    const truth = Math.exp(0.5 * 0.8 ** 2);
    const few = drawResamples(20, createRng("few"), 500);
    let held = 0;
    for (let i = 0; i < 400; ++i) {
      const values = Array.from({ length: 20 }, () => rng.lognormal(1, 0.8));
      const { low, high } = estimateMean(values, few);
      if (low <= truth && truth <= high) ++held;
    }
    expect(held / 400).to.be.within(0.88, 0.98); // plain percentiles: 0.86
  });

  it("never leaves the range of the data", () => {
    const values = Array.from({ length: 20 }, (_, i) => (i === 0 ? 1 : 0));
    const { low, high } = estimateMean(values, resamples);
    expect(low).to.equal(0);
    expect(high).to.be.within(0.05, 0.25);
  });

  it("sees a small difference that pairs share, which means alone would hide", () => {
    const rng = createRng("pairs");
    const others = Array.from({ length: 20 }, () => 10 * rng.normal());
    const values = others.map((value) => value + 0.1 + 0.02 * rng.normal());
    const { low, high } = estimateDifference(values, others, resamples);
    expect(low).to.be.greaterThan(0);
    expect(high).to.be.lessThan(0.2);
    expect(estimateMean(values, resamples).low).to.be.lessThan(meanOf(others));
  });

  describe("#estimateRatio", () => {
    it("is exact where one side is a multiple of the other", () => {
      const others = Array.from({ length: 20 }, (_, i) => 1 + i);
      const { ratio, low, high } = estimateRatio(
        others.map((value) => value / 2),
        others,
        resamples,
      );
      for (const value of [ratio, low, high]) expectClose(value ?? NaN, 0.5, 1e-12);
    });

    it("has no value where there is nothing to divide by", () => {
      const zeros = Array.from({ length: 20 }, () => 0);
      expect(estimateRatio(zeros, zeros, resamples)).to.deep.equal({ ratio: null, low: null, high: null });
    });

    it("has no upper end where a resample may have nothing to divide by", () => {
      const one = Array.from({ length: 20 }, (_, i) => (i === 0 ? 1 : 0));
      const other = Array.from({ length: 20 }, (_, i) => (i === 1 ? 1 : 0));
      const { ratio, low, high } = estimateRatio(one, other, resamples);
      expect([ratio, low, high]).to.deep.equal([1, 0, null]);
    });
  });
});
