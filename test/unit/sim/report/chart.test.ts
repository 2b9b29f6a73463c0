import { expect } from "chai";

import type { RunSeries, ShockResult } from "../../../../sim/metrics/run-result.ts";
import { drawChart } from "../../../../sim/report/chart.ts";
import { BUILT_IN_SCENARIOS } from "../../../../sim/scenarios/built-in.ts";
import { descendants, parseXml, type XmlElement } from "../../../shared/parse-xml.ts";
import { sampleCongestion, sampleResult } from "../../../shared/sample-result.ts";

/** Of a static pool that sold something: 864, and 308 for the panels of sales. */
const HEIGHT = 1_172;

/** Sizes of letters by class, as in the style sheet; an average letter is 0.56 of them wide, a monospaced one 0.6. */
const SIZES = {
  w: { title: 22, value: 24, small: 12, other: 13 },
  n: { title: 30, value: 31, small: 19, other: 22 },
};

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function elements(svg: string): XmlElement[] {
  return descendants(parseXml(svg));
}

/** What the letters cover at a width: `w` wide, `n` narrow. */
function textBoxes(svg: string, width: "w" | "n"): Box[] {
  const other = width === "w" ? "n" : "w";
  return elements(svg)
    .filter(({ name, attributes }) => name === "text" && !attributes.class.split(" ").includes(other))
    .map(({ text, attributes }) => {
      const classes = attributes.class.split(" ");
      const kind = (["title", "value", "small"] as const).find((name) => classes.includes(name)) ?? "other";
      const size = SIZES[width][kind];
      const wide = text.length * size * (classes.includes("mono") ? 0.6 : 0.56);
      const shift = { start: 0, middle: wide / 2, end: wide }[attributes["text-anchor"] ?? "start"] ?? NaN;
      const [x, y] = [Number(attributes.x) - shift, Number(attributes.y)];
      return { text, left: x, right: x + wide, top: y - 0.75 * size, bottom: y + 0.2 * size };
    });
}

function overlapping(boxes: readonly Box[]): string[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `"${a.text}" and "${b.text}"`),
  );
}

function withSeries(result: ShockResult, change: (series: RunSeries) => Partial<RunSeries>): ShockResult {
  return { ...result, run: { ...result.run, series: { ...result.run.series, ...change(result.run.series) } } };
}

describe("#drawChart", () => {
  for (const { name } of BUILT_IN_SCENARIOS) {
    describe(name, () => {
      const svg = drawChart(sampleResult(name));

      it("is well-formed and stands alone", () => {
        const root = parseXml(svg);
        expect(root.name).to.equal("svg");
        expect(root.attributes).to.include({ xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 800 ${HEIGHT}` });
        const names = new Set(elements(svg).map((element) => element.name));
        expect([...names].sort()).to.deep.equal(["circle", "desc", "path", "rect", "style", "svg", "text", "title"]);
        expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).to.not.match(/https?:|url\(|@import|href/);
        expect(svg.length).to.be.lessThan(120_000);
      });

      it("is the same to the byte for the same result", () => {
        expect(drawChart(sampleResult(name))).to.equal(svg);
        expect(drawChart(sampleResult(name, "2"))).to.not.equal(svg);
      });

      for (const width of ["w", "n"] as const) {
        it(`keeps its letters apart and inside, ${width === "w" ? "wide" : "on a phone"}`, () => {
          const boxes = textBoxes(svg, width);
          expect(boxes.length).to.be.greaterThan(25);
          expect(overlapping(boxes)).to.deep.equal([]);
          const outside = boxes.filter(({ left, right, top, bottom }) => {
            return left < 0 || right > 800 || top < 0 || bottom > HEIGHT;
          });
          expect(outside).to.deep.equal([]);
        });
      }
    });
  }

  it("names its lines, units, low and command", () => {
    const result = sampleResult();
    const texts = textBoxes(drawChart(result), "w").map(({ text }) => text);
    expect(texts).to.include.members(["exogenous", "market", "oracle", "hours", "Accounts under water"]);
    expect(texts).to.include.members(["Black Thursday, 12–13 March 2020", "Price of WETH, USDC", result.command]);
    expect(texts).to.include("market low 80.80 (−58.5 %)");
    expect(texts).to.include("amplification");
    expect(texts.some((text) => /^bad debt \d/.test(text))).to.equal(true);
  });

  it("draws each line through its lowest and highest point", () => {
    const result = sampleResult();
    const svg = drawChart(result);
    const [market] = elements(svg).filter(({ attributes }) => attributes.class === "line l-market");
    const heights = [...market.attributes.d.matchAll(/[ML]\S+ ([\d.]+)/g)].map(([, y]) => Number(y));
    const [circle] = elements(svg).filter(({ name }) => name === "circle");
    expect(Math.max(...heights)).to.equal(Number(circle.attributes.cy)); // y grows downwards
    const starts = elements(svg)
      .filter(({ attributes }) => /^line l-/.test(attributes.class ?? ""))
      .map(({ attributes }) => /^M(\S+) .*L(\S+) \S+$/.exec(attributes.d)?.slice(1));
    expect(starts).to.deep.equal(Array.from({ length: 9 }, () => ["72", "660"]));
  });

  it("has the panels of sales and of full blocks only where there were any", () => {
    const result = sampleResult();
    const { run } = result;
    const panels = (changed: ShockResult) =>
      elements(drawChart(changed)).flatMap(({ text, attributes }) => (attributes.class === "panel" ? [text] : []));
    const usual = ["Price of WETH, USDC", "Debt; liquidated and lost so far, USDC", "Accounts under water"];
    const sales = [
      "Discount of sales, %: ● to the market, + to the oracle",
      "Debt for sale, and depth of the market, USDC",
    ];
    expect(panels(result)).to.deep.equal([...usual, ...sales]);
    const clearing = { ...run.auction.clearing, count: 0 };
    expect(panels({ ...result, run: { ...run, auction: { ...run.auction, clearing } } })).to.deep.equal(usual);
    const full = { ...result, run: { ...run, congestion: sampleCongestion(300, 60) } };
    expect(panels(full)).to.deep.equal([...usual, ...sales, "Base fee, gwei; highest 210"]);
    for (const width of ["w", "n"] as const) expect(overlapping(textBoxes(drawChart(full), width))).to.deep.equal([]);
  });

  it("follows the reader's colours and width", () => {
    const style = elements(drawChart(sampleResult())).find(({ name }) => name === "style")?.text ?? "";
    expect(style).to.include("@media(prefers-color-scheme:dark)").and.to.include("@media(max-width:600px)");
    expect(style.split("{").length).to.equal(style.split("}").length);
  });

  it("gives every class it uses a rule", () => {
    const svg = drawChart(sampleResult());
    const style = elements(svg).find(({ name }) => name === "style")?.text ?? "";
    const used = new Set(elements(svg).flatMap(({ attributes }) => attributes.class?.split(" ") ?? []));
    for (const name of used) expect(style).to.match(new RegExp(`\\.${name}[,{.]`), name);
  });

  it("escapes what the user named", () => {
    const result = sampleResult();
    const title = `<script>"&'\u0007 ${"long ".repeat(40)}`;
    const command = `npx hardhat shock --prices a&b<c>.csv ${"x".repeat(300)}`;
    const svg = drawChart({ ...result, scenario: { ...result.scenario, title }, command });
    expect(elements(svg).some(({ name }) => name === "script")).to.equal(false);
    for (const width of ["w", "n"] as const) {
      expect(Math.max(...textBoxes(svg, width).map(({ right }) => right))).to.be.at.most(800);
    }
  });

  const unusual: [what: string, result: ShockResult][] = [
    ["without any fall", { ...sampleResult("flash-wick"), amplification: null }],
    ["of a single sample", withSeries(sampleResult(), first)],
    ["without a sample", withSeries(sampleResult(), none)],
    ["where nothing moves", withSeries(sampleResult(), flat)],
    ["of dear assets", withSeries(sampleResult(), (series) => scaled(series, 400))],
    ["of cheap assets", withSeries(sampleResult(), (series) => scaled(series, 1e-6))],
  ];
  for (const [what, result] of unusual) {
    it(`draws a run ${what}`, () => {
      const svg = drawChart(result);
      expect(parseXml(svg).name).to.equal("svg");
      for (const width of ["w", "n"] as const) expect(overlapping(textBoxes(svg, width))).to.deep.equal([]);
    });
  }
});

function mapped(series: RunSeries, change: (values: readonly number[]) => number[]): RunSeries {
  return Object.fromEntries(
    Object.entries(series).map(([name, values]) => [name, change(values as number[])]),
  ) as never;
}

function first(series: RunSeries): RunSeries {
  return mapped(series, (values) => values.slice(0, 1));
}

function none(series: RunSeries): RunSeries {
  return mapped(series, () => []);
}

function flat(series: RunSeries): RunSeries {
  return { ...mapped(series, (values) => values.map(() => 0)), seconds: series.seconds };
}

function scaled(series: RunSeries, factor: number): Partial<RunSeries> {
  const by = (values: readonly number[]) => values.map((value) => value * factor);
  return {
    exogenousPrice: by(series.exogenousPrice),
    marketPrice: by(series.marketPrice),
    oraclePrice: by(series.oraclePrice),
  };
}
