import { expect } from "chai";

import { drawResamples, quantileOf } from "../../../sim/jobs/statistics.ts";
import { distributionOf, LEAST_TAIL, type Tail } from "../../../sim/montecarlo/montecarlo.ts";
import { estimateSorted, expectedShortfall, valueAtRisk } from "../../../sim/montecarlo/tail.ts";
import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";

const sorted = (values: readonly number[]) => Float64Array.from(values).sort();
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe("tail risk", () => {
  it("is, of 1 to 100 at 95 %, a VaR of 95 and the mean of 96 to 100 as expected shortfall", () => {
    expect(valueAtRisk(sorted(upTo(100)), 0.95)).to.equal(95);
    expectClose(expectedShortfall(sorted(upTo(100)), 0.95), 98, 1e-12);
  });

  it("counts the observation at the edge in part: of 1 to 10 at 95 % half of the largest", () => {
    expect(valueAtRisk(sorted(upTo(10)), 0.95)).to.equal(10);
    expectClose(expectedShortfall(sorted(upTo(10)), 0.95), 10, 1e-12);
    // At 85 % the worst 1.5 of ten: (10 + 9 ÷ 2) ÷ 1.5.
    expect(valueAtRisk(sorted(upTo(10)), 0.85)).to.equal(9);
    expectClose(expectedShortfall(sorted(upTo(10)), 0.85), 14.5 / 1.5, 1e-12);
  });

  it("is not misled by binary fractions: 0.95 of 20 are 19, not 20", () => {
    expect(valueAtRisk(sorted(upTo(20)), 0.95)).to.equal(19);
    expectClose(expectedShortfall(sorted(upTo(20)), 0.95), 20, 1e-12);
  });

  it("is the minimum that Rockafellar and Uryasev show: over t of t + mean((x − t)⁺) ÷ (1 − α), attained at VaR", () => {
    const rng = createRng("tails");
    for (const count of [7, 40, 333]) {
      const values = Array.from({ length: count }, () => rng.lognormal(1, 1));
      for (const confidence of [0.5, 0.9, 0.95, 0.99]) {
        const at = (t: number) => t + values.reduce((sum, x) => sum + Math.max(0, x - t), 0) / count / (1 - confidence);
        const shortfall = expectedShortfall(sorted(values), confidence);
        expectClose(at(valueAtRisk(sorted(values), confidence)), shortfall, 1e-9);
        for (const t of values) expect(at(t)).to.be.at.least(shortfall * (1 - 1e-12));
      }
    }
  });

  it("never counts for less than the value at risk", () => {
    const rng = createRng("order");
    for (let i = 0; i < 200; ++i) {
      const values = sorted(Array.from({ length: 1 + rng.integer(50) }, () => rng.normal()));
      const confidence = rng.between(0.5, 0.999);
      expect(expectedShortfall(values, confidence)).to.be.at.least(valueAtRisk(values, confidence) - 1e-9);
    }
  });

  it("is of a normal sample near the closed forms: 1.645 and 2.063 at 95 %, which the intervals hold", () => {
    const rng = createRng("normal");
    const values = Array.from({ length: 4_000 }, () => rng.normal());
    const [risk, shortfall] = estimateSorted(values, drawResamples(values.length, createRng("draws"), 300), [
      (all) => valueAtRisk(all, 0.95),
      (all) => expectedShortfall(all, 0.95),
    ]);
    for (const [found, exact] of [
      [risk, 1.6449],
      [shortfall, 2.0627],
    ] as const) {
      expectClose(found.mean, exact, 0.05);
      expect(exact).to.be.within(found.low, found.high);
      expect(found.high - found.low).to.be.lessThan(0.25);
    }
  });

  it("resamples by counting as by sorting", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const resamples = drawResamples(values.length, createRng("few"), 50);
    const rising = [...values].sort((a, b) => a - b);
    const seen: number[][] = [];
    estimateSorted(values, resamples, [(all) => seen.push([...all])]);
    resamples.forEach((draws, r) => {
      expect(seen[r]).to.deep.equal([...draws].map((rank) => rising[rank]).sort((a, b) => a - b));
    });
  });

  it("calls supported only what intervals of 95 % hold in about nine samples of ten: see bench/tail-coverage.ts", () => {
    const confidence = 0.95;
    /** Shares of samples whose intervals hold VaR and ES of an exponential law, which are ln 20 and 1 + ln 20. */
    const covered = (beyond: number, samples = 300) => {
      const rng = createRng(`coverage ${beyond}`);
      const resamples = drawResamples(Math.round(beyond / (1 - confidence)), rng.fork("draws"), 300);
      const held = [0, 0];
      for (let i = 0; i < samples; ++i) {
        const values = Array.from(resamples[0], () => -Math.log(1 - rng.next()));
        const found = estimateSorted(values, resamples, [
          (all) => valueAtRisk(all, confidence),
          (all) => expectedShortfall(all, confidence),
        ]);
        found.forEach(({ low, high }, k) => (held[k] += low <= Math.log(20) + k && Math.log(20) + k <= high ? 1 : 0));
      }
      return held.map((count) => count / samples);
    };
    for (const share of covered(LEAST_TAIL)) expect(share).to.be.at.least(0.88);
    expect(covered(5)[1]).to.be.lessThan(0.84);
  });

  it("is of the low end where more is better, and the same as that of the losses in the mirror", () => {
    const draws = drawResamples(100, createRng("m"), 200);
    const tailsOf = (better: "less" | "more", values: readonly number[]) =>
      distributionOf({ id: "lent", title: "lent", unit: "%", better }, values, draws).tails;
    const [at95] = tailsOf("more", upTo(100));
    expect(at95.valueAtRisk.mean).to.equal(6); // 95 of a hundred are at least as much
    expectClose(at95.expectedShortfall.mean, 3, 1e-12);
    const rng = createRng("skewed");
    const values = Array.from({ length: 100 }, () => rng.lognormal(1, 1));
    const of = (tails: readonly Tail[]) => tails.flatMap((tail) => [tail.valueAtRisk, tail.expectedShortfall]);
    const losses = of(
      tailsOf(
        "less",
        values.map((value) => -value),
      ),
    );
    for (const [i, { mean, low, high }] of of(tailsOf("more", values)).entries()) {
      expectClose(mean, -losses[i].mean, 1e-12);
      expect(low).to.be.at.most(mean);
      expect(mean).to.be.at.most(high);
    }
  });

  it("tells how far a number of paths goes", () => {
    const of = (count: number) =>
      distributionOf(
        { id: "loss", title: "loss", unit: "%", better: "less" },
        upTo(count),
        drawResamples(count, createRng("d"), 20),
      );
    expect(of(600).tails.map(({ isSupported }) => isSupported)).to.deep.equal([true, false]);
    expect(of(3_000).tails.map(({ isSupported }) => isSupported)).to.deep.equal([true, true]);
    expect(of(599).tails.map(({ isSupported }) => isSupported)).to.deep.equal([false, false]);
    const { mean, least, most, zeroShare, deviation } = of(5);
    expect({ mean: mean.mean, least, most, zeroShare }).to.deep.equal({ mean: 3, least: 1, most: 5, zeroShare: 0 });
    expectClose(deviation, Math.sqrt(2.5), 1e-12);
    expect(quantileOf([1, 2, 4], 0.75)).to.equal(3);
  });
});
