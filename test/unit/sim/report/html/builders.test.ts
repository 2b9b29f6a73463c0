import { expect } from "chai";

import { distributionOf, histogramThroughTime, spellsOf } from "../../../../../sim/report/html/builders.ts";
import { formatValue, type Format } from "../../../../../sim/report/html/value.ts";
import { expectClose } from "../../../../shared/expect-close.ts";

describe("distributionOf", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

  it("marks the mean, the quantile, and the mean of what is at or beyond it", () => {
    const { marks, count } = distributionOf("loss", hundred, { confidence: 0.95 });
    expect(count).to.equal(100);
    expect(marks).to.deep.equal([
      { name: "mean", value: 50.5 },
      { name: "VaR 95 %", value: 95 },
      { name: "ES 95 %", value: (95 + 96 + 97 + 98 + 99 + 100) / 6 },
    ]);
    expect(distributionOf("loss", hundred, { confidence: 0.995 }).marks[1]).to.deep.equal({
      name: "VaR 99.5 %",
      value: 100,
    });
  });

  it("does not care for the order of the runs", () => {
    expect(distributionOf("loss", [...hundred].reverse())).to.deep.equal(distributionOf("loss", hundred));
  });

  it("puts every run into one bin, the largest too", () => {
    const { shares, edges } = distributionOf("loss", hundred, { bins: 7 });
    expect(edges).to.have.lengthOf(8);
    expectClose(
      shares.reduce((sum, share) => sum + share, 0),
      1,
      1e-12,
    );
    expect(shares[6]).to.be.greaterThan(0);
  });

  it("has a bin where all runs are alike, even at zero", () => {
    for (const value of [0, 3]) {
      const { shares, edges, marks } = distributionOf("loss", [value, value], { bins: 2 });
      expect(edges[2]).to.be.greaterThan(edges[0]);
      expect(shares).to.deep.equal([1, 0]);
      expect(marks.map((mark) => mark.value)).to.deep.equal([value, value, value]);
    }
  });

  it("refuses none", () => {
    expect(() => distributionOf("loss", [])).to.throw("loss has no values");
  });
});

describe("spellsOf", () => {
  it("joins samples of one state, from the start to the end", () => {
    expect(spellsOf([60, 120, 180, 240], [0, 0, 2, 0], 300)).to.deep.equal([
      { from: 0, to: 180, state: 0 },
      { from: 180, to: 240, state: 2 },
      { from: 240, to: 300, state: 0 },
    ]);
    expect(spellsOf([], [], 300)).to.deep.equal([]);
  });
});

describe("histogramThroughTime", () => {
  const chart = histogramThroughTime({
    ...{ title: "Health", summary: "s", bins: "health factor", seconds: [0, 3_600], edges: [0, 1, 2] },
    amounts: [
      [0, 5, 1],
      [2, 0, 1],
    ],
    ...{ value: { label: "debt", format: { as: "compact" } }, unit: "×", level: { name: "1", edge: 1 } },
  });

  it("has a row a bin and a column a moment; empty bins have no colour", () => {
    expect(chart.values).to.deep.equal([
      [null, 2],
      [5, null],
      [1, 1],
    ]);
    expect(chart.y.categories).to.deep.equal(["0–1×", "1–2×", "2× +"]);
    expect(chart.x.categories).to.deep.equal(["0.0 h", "1.0 h"]);
  });

  it("marks the edge by the row below it", () => {
    expect(chart.levels).to.deep.equal([{ name: "1", row: 0 }]);
  });
});

describe("formatValue", () => {
  const cases: [value: number | null, format: Format, text: string][] = [
    [0.1234, { as: "percent" }, "12.3 %"],
    [0.1234, { as: "percent", places: 0, isSigned: true }, "+12 %"],
    [-0.1234, { as: "percent", isSigned: true }, "−12.3 %"],
    [1_234_567, { as: "compact", unit: "USDC" }, "1.23M USDC"],
    [1_234_567, { as: "compact", isSigned: true }, "+1.23M"],
    [0, { as: "money", isSigned: true }, "0"],
    [1.5, { as: "number", places: 2, unit: "×" }, "1.50 ×"],
    [195.5, { as: "price" }, "195.50"],
    [5_400, { as: "duration" }, "1 h 30 min"],
    [5_400, { as: "hours" }, "1.5"],
    [null, { as: "money", unit: "USDC" }, "–"],
  ];
  for (const [value, format, text] of cases) {
    it(`writes ${value} as ${text}`, () => expect(formatValue(value, format)).to.equal(text));
  }
});
