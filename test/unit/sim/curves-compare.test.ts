import { stripVTControlCharacters } from "node:util";

import { expect } from "chai";

import { compareCurves } from "../../../sim/curves/compare.ts";
import { blockSecondsOf, CRASH_SECONDS, curveCrash } from "../../../sim/curves/crash.ts";
import type { CurvesOptions, CurvesResult } from "../../../sim/curves/curves-result.ts";
import { stageOf, type CurveJob } from "../../../sim/curves/job.ts";
import { BAD_DEBT } from "../../../sim/curves/measures.ts";
import { profileAt } from "../../../sim/curves/perform.ts";
import { drawCurves } from "../../../sim/report/curves-chart.ts";
import { formatCurvesTable } from "../../../sim/report/curves-table.ts";
import { HEAT_DARK, HEAT_LIGHT, heatStep } from "../../../sim/report/heat-style.ts";
import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { CURVES_OPTIONS, fakeCurves, type Shown } from "../../shared/fake-curves.ts";
import { descendants, parseXml } from "../../shared/parse-xml.ts";

const TOLD = { basis: "basis", codes: { fixed: "f", dutch: "d" } };

const compared = (change?: (job: CurveJob, usual: Shown) => Shown, options: CurvesOptions = CURVES_OPTIONS) =>
  compareCurves(options, TOLD, fakeCurves([], change));

describe("#compareCurves", () => {
  const done: CurveJob[] = [];
  let result: CurvesResult;
  before(async () => {
    result = await compareCurves(CURVES_OPTIONS, TOLD, fakeCurves(done));
  });

  it("runs every contestant with every seed in every cell, and twins of the two that are held against theirs", () => {
    const cells = 2 * 2 * 2;
    expect(done).to.have.lengthOf(cells * 8 * (3 + 2));
    expect(new Set(done.map((job) => JSON.stringify(job))).size).to.equal(done.length);
    expect(done.filter(({ curve, hasImpact }) => curve === "never" && !hasImpact)).to.deep.equal([]);
    expect(new Set(done.map(({ curve, code }) => `${curve} ${code}`))).to.deep.equal(
      new Set(["fixed f", "dutch d", "never "]),
    );
  });

  it("asks in an order in which what is built serves for long", () => {
    let changes = 0;
    done.forEach((job, i) => (changes += i > 0 && stageOf(job) !== stageOf(done[i - 1]) ? 1 : 0));
    expect(changes).to.equal(2 * 8 - 1);
  });

  it("reckons regret against the best curve of the cell, to which never is none", () => {
    for (const { contestants } of result.cells) {
      const [fixed, dutch, never] = contestants;
      expect(dutch.regret).to.equal(0);
      expectClose(fixed.regret, fixed.measures[BAD_DEBT].mean - dutch.measures[BAD_DEBT].mean, 1e-12);
      expect(never.regret).to.be.greaterThan(0);
    }
    const all = result.groups[0].contestants;
    expectClose(all[0].regret.mean, 0.08, 0.01);
    expect(all[1].worstRegret.regret).to.equal(0);
  });

  it("says of every sentence of the goal whether it is so", () => {
    expect(result.goals.map(({ id, holds }) => [id, holds])).to.deep.equal([
      ["regret", true],
      ["nowhere", true],
      ["excess-badDebt", true],
      ["excess-fall", true],
      ["discount", true],
    ]);
    const [, nowhere, badDebt, fall] = result.goals;
    expectClose(nowhere.value ?? NaN, -0.01, 0.1); // 2 % against 3 % of never
    expectClose(badDebt.limit ?? NaN, 0.045, 0.01);
    expectClose(fall.value ?? NaN, 0.05, 1e-9);
  });

  const broken: [id: string, change: (job: CurveJob, usual: Shown) => Shown][] = [
    ["regret", ({ curve, fall }, usual) => (curve === "dutch" && fall === 50 ? { ...usual, badDebt: 0.16 } : usual)],
    [
      "nowhere",
      ({ curve, depth, fall, path, hasImpact }, usual) => {
        const isPlace = depth === 1 && fall === 20 && path === "flat";
        return curve === "dutch" && isPlace && hasImpact ? { ...usual, badDebt: 0.055 } : usual;
      },
    ],
    [
      "excess-badDebt",
      ({ curve, hasImpact }, usual) => (curve === "dutch" && !hasImpact ? { ...usual, badDebt: -0.03 } : usual),
    ],
    [
      "excess-fall",
      ({ curve, fall, hasImpact }, usual) => {
        return curve === "dutch" && hasImpact ? { ...usual, fall: fall / 100 + 0.11 } : usual;
      },
    ],
    ["discount", ({ curve }, usual) => (curve === "dutch" ? { ...usual, discount: 0.0201 } : usual)],
  ];
  for (const [id, change] of broken) {
    it(`says so where ${id} is not met`, async () => {
      const goals = (await compared(change)).goals.filter(({ holds }) => holds === false);
      expect(goals.map((goal) => goal.id)).to.include(id);
      if (id !== "regret") expect(goals).to.have.lengthOf(1);
    });
  }

  it("names the cells that are lost, worst first", async () => {
    expect(result.lost).to.deep.equal([]);
    const worse = await compared(({ curve, depth, fall, path }, usual) => {
      if (curve !== "dutch" || path !== "flat" || fall !== 50) return usual;
      return { ...usual, badDebt: depth === 1 ? 0.2 : 0.06 };
    });
    expect(worse.lost.map(({ cell, to }) => [cell, to])).to.deep.equal([
      ["depth 1, −50 %, flat", "never"],
      ["depth 0.1, −50 %, flat", "never"],
    ]);
    expect(worse.goals[1].detail).to.equal("2 of 8 cells above; worst: depth 1, −50 %, flat");
  });

  it("leaves a goal open when not all that it speaks of took part", async () => {
    const options: CurvesOptions = { ...CURVES_OPTIONS, subject: "paced" };
    const { goals } = await compared(undefined, options);
    expect(goals.map(({ holds }) => holds)).to.deep.equal([null, null, null, null, null]);
    const without = await compared(undefined, { ...CURVES_OPTIONS, contestants: ["dutch", "never"] });
    expect(without.goals.map(({ holds }) => holds)).to.deep.equal([null, null, null, null, null]);
  });

  it("does not depend on the order in which jobs end", async () => {
    const inner = fakeCurves();
    let turn = 0;
    const shuffled = async (job: CurveJob) => {
      for (let wait = (turn++ * 7) % 5; wait > 0; --wait) await new Promise((resolve) => setImmediate(resolve));
      return inner(job);
    };
    expect(await compareCurves(CURVES_OPTIONS, TOLD, shuffled)).to.deep.equal(result);
  });

  describe("its table", () => {
    for (const line of [
      /^8 seeds; 24 borrowers, 4 loopers; 140 blocks of 1 min$/,
      /^depth 0\.1, 1 × debt; shock −20 %, −50 %$/,
      /^All 8 cells$/,
      /^4 cells without recovery$/,
      /^ {2}met {2}mean regret of dutch: at most a quarter of every other curve's$/,
      /^dutch is nowhere behind by more than 0\.5 % of debt$/,
    ]) {
      it(`has the line ${line.source.slice(0, 60)}`, () => {
        const lines = formatCurvesTable(result).split("\n");
        expect(lines.filter((text) => line.test(text))).to.have.lengthOf(1);
      });
    }

    it("fits 100 columns, and says the same in colour", () => {
      const plain = formatCurvesTable(result);
      for (const line of plain.split("\n")) expect(line.length, line).to.be.at.most(100);
      expect(stripVTControlCharacters(formatCurvesTable(result, true))).to.equal(plain);
    });
  });

  describe("its chart", () => {
    const marks = (svg: string, className: RegExp) =>
      descendants(parseXml(svg)).filter(({ attributes }) => className.test(attributes.class ?? ""));

    it("has a cell for every contestant in every cell and measure, the same for the same result", () => {
      const svg = drawCurves(result);
      expect(drawCurves(structuredClone(result))).to.equal(svg);
      expect(marks(svg, /^cell i\d( best)?$/)).to.have.lengthOf(5 * 8 * 3);
      const best = marks(svg, / best$/).map(({ text }) => text);
      expect(best.filter((text) => text === "2.0")).to.have.lengthOf(8); // bad debt of dutch, in every row
    });

    it("marks where runs were not solvent at the end", () => {
      const texts = marks(drawCurves(result), /^cell i\d/).map(({ text }) => text);
      expect(texts.filter((text) => text === "60+")).to.have.lengthOf(8);
    });
  });
});

describe("heat maps", () => {
  const channel = (hex: string) => {
    const value = parseInt(hex, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => channel(colour.slice(at, at + 2)));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

  for (const [mode, steps] of Object.entries({ light: HEAT_LIGHT, dark: HEAT_DARK })) {
    it(`are read by lightness alone, and letters stand out from every step: ${mode}`, () => {
      const fills = steps.map(({ fill }) => luminance(fill));
      const sorted = [...fills].sort((a, b) => (mode === "light" ? b - a : a - b));
      expect(fills).to.deep.equal(sorted);
      for (const { fill, ink } of steps) expect(contrast(luminance(fill), luminance(ink)), fill).to.be.at.least(4.5);
      for (let i = 1; i < fills.length; ++i) expect(contrast(fills[i], fills[i - 1])).to.be.at.least(1.15);
    });
  }

  it("begin a step at its bound", () => {
    expect([0, 0.9, 1, 1.9, 2, 9].map((value) => heatStep(value, [1, 2]))).to.deep.equal([0, 0, 1, 1, 2, 2]);
  });
});

describe("#curveCrash", () => {
  it("is flat, falls for an hour by what is asked, and stays or comes back by two thirds", () => {
    for (const [path, last] of [
      ["flat", 1_300],
      ["recovery", 1_300 + (700 * 2) / 3],
    ] as const) {
      const prices = curveCrash(35, path, 140).path(createRng("1"));
      expect(prices).to.have.lengthOf(141);
      expect([prices[0], prices[10], prices[70]]).to.deep.equal([2_000, 2_000, 1_300]);
      expectClose(prices[130], last, 1e-9);
      expectClose(prices[140], last, 1e-9);
      expect(Math.min(...prices)).to.equal(1_300);
    }
  });

  it("differs between seeds by a few per cent on the way", () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => curveCrash(35, "flat", 140).path(createRng(`${seed}`))[40]);
    const spread = Math.max(...middle) / Math.min(...middle) - 1;
    expect(spread).to.be.within(0.01, 0.15);
  });

  it("lasts as long in blocks of any length", () => {
    for (const blocks of [14, 70, 100, 140, 700]) {
      const { durationSeconds, blockSeconds } = curveCrash(20, "recovery", blocks);
      expect(blockSeconds).to.equal(blockSecondsOf(blocks));
      expectClose(durationSeconds / CRASH_SECONDS, 1, 0.02);
    }
  });
});

describe("#profileAt", () => {
  it("makes both reserves of a constant-product pool together the depth", () => {
    const { poolDepthShare, exchangeDepthShare } = profileAt(2);
    // Of y = 1 the pool pays 1 − √0.98 until its price has fallen by 2 %.
    expectClose(poolDepthShare, 1 - Math.sqrt(0.98), 1e-12);
    expectClose(exchangeDepthShare / poolDepthShare, 3, 1e-9);
    expect(profileAt(0.1).poolDepthShare).to.equal(poolDepthShare / 20);
  });
});
