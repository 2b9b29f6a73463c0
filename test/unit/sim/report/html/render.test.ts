import { createHash } from "node:crypto";

import { expect } from "chai";

import type { ChartSpec, LinesChart } from "../../../../../sim/report/html/chart-spec.ts";
import type { ReportPage } from "../../../../../sim/report/html/page.ts";
import { renderReport } from "../../../../../sim/report/html/render.ts";
import { shockPage } from "../../../../../sim/report/html/shock-page.ts";
import { HOSTILE, hostilePage, richResult } from "../../../../shared/report-pages.ts";

const LINES: LinesChart = {
  ...{ kind: "lines", title: "Price", summary: "Falls." },
  x: { label: "time", format: { as: "duration" }, values: [0, 60, 120] },
  y: { label: "USDC", format: { as: "price" } },
  series: [{ name: "market", values: [200, 150, 160] }],
};

const pageWith = (...charts: ChartSpec[]): ReportPage => ({
  ...{ title: "A crash", command: "npx hardhat shock --seed 1" },
  sections: [{ heading: "Price", charts }],
});

describe("renderReport", () => {
  const html = renderReport(shockPage(richResult()));

  it("gives equal bytes for equal pages, and others for others", () => {
    expect(renderReport(shockPage(richResult()))).to.equal(html);
    const other = richResult();
    expect(renderReport(shockPage({ ...other, seed: "2" }))).not.to.equal(html);
  });

  it("fits the budget of 2.5 MB", () => {
    expect(Buffer.byteLength(html)).to.be.lessThan(2_500_000);
  });

  it("allows no script but its own, and no request", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "";
    expect(script.length).to.be.greaterThan(100_000);
    const hash = createHash("sha256").update(script).digest("base64");
    expect(policy.split("; ")).to.have.members([
      ...["default-src 'none'", `script-src 'sha256-${hash}'`, "style-src 'unsafe-inline'", "img-src data: blob:"],
      ...["base-uri 'none'", "form-action 'none'"],
    ]);
  });

  it("points nowhere: neither pictures, styles, scripts nor links", () => {
    const markup = html.replaceAll(/<script[\s\S]*?<\/script>|<!--[\s\S]*?-->/g, "");
    const targets = [...markup.matchAll(/(?:src|href|srcset|action)="([^"]*)"/g)].map(([, target]) => target);
    expect(targets.length).to.be.greaterThan(5);
    for (const target of targets) expect(target).to.match(/^(#[\w-]+|data:,)$/);
    expect(markup).not.to.match(/@import|url\(/);
  });

  it("links to sections that there are", () => {
    const links = [...html.matchAll(/href="#([\w-]+)"/g)].map(([, id]) => id);
    for (const id of links) expect(html.split(`id="${id}"`), id).to.have.lengthOf(2);
  });

  it("keeps the notices of what it contains", () => {
    expect(html).to.include("Copyright 2017-2026 The Apache Software Foundation");
    expect(html).to.include("Copyright (c) 2017, Baidu Inc.");
    expect(html).to.include("Copyright 2010-2016 Mike Bostock");
  });

  it("names every chart for those who do not see it, and has its numbers as a table", () => {
    const plots = [...html.matchAll(/<div class="plot"[^>]*role="img" aria-label="([^"]+)"/g)];
    expect(plots.length).to.be.greaterThan(14);
    expect([
      ...html.matchAll(/<details class="numbers"><summary>Numbers<\/summary><div class="scroll"/g),
    ]).to.have.lengthOf(plots.length);
    expect(html.split("<noscript>")).to.have.lengthOf(3);
  });

  it("says how to get it again: command, seed, fingerprint, all parameters", () => {
    const { command, run, parameters } = richResult();
    for (const text of [command, run.hash, "<dt>Seed</dt><dd>1</dd>"]) expect(html).to.include(text);
    for (const [name, value] of Object.entries(parameters)) {
      expect(html).to.include(`<dt>${name}</dt><dd>${value}</dd>`);
    }
  });

  describe("with hostile names", () => {
    const hostile = renderReport(hostilePage());

    it("has no element and no end of a script that it did not write", () => {
      expect(hostile).not.to.include("<img");
      expect(hostile).not.to.include('onerror="');
      expect(hostile.split("</script>")).to.have.lengthOf(3);
      expect(hostile.split("<!--")).to.have.lengthOf(2);
      expect(hostile.split("-->")).to.have.lengthOf(2);
    });

    it("keeps the names all the same", () => {
      const data = /id="charts">(.*?)<\/script>/.exec(hostile)?.[1] ?? "";
      const charts = JSON.parse(data) as ChartSpec[];
      expect(charts[0].title).to.equal(`Chart ${HOSTILE}`);
      expect(hostile).to.include(
        "&lt;/script&gt;&lt;img src=x onerror=&quot;window.hacked=1&quot;&gt;&amp;&quot;'&lt;!--",
      );
    });
  });

  describe("refuses a chart", () => {
    const refused: [what: string, chart: ChartSpec, message: RegExp][] = [
      ["that is not finite", { ...LINES, series: [{ name: "a", values: [1, NaN, 2] }] }, /"Price": holds NaN/],
      ["with too few values", { ...LINES, series: [{ name: "a", values: [1] }] }, /a has 1 values, not 3/],
      ["with a short band", { ...LINES, bands: [{ name: "b", low: [1], high: [1, 2, 3] }] }, /b has 1 values, not 3/],
      ["without a summary", { ...LINES, summary: "" }, /no title or no summary/],
      [
        "whose grid is not one",
        {
          ...{ kind: "heat", title: "H", summary: "s", value: { label: "v", format: { as: "number" } } },
          ...{ x: { label: "x", categories: ["a", "b"] }, y: { label: "y", categories: ["c"] }, values: [[1]] },
        },
        /"H": row 0 has 1 values, not 2/,
      ],
      [
        "with a state that there is not",
        {
          ...{ kind: "states", title: "S", summary: "s", states: [], x: { label: "x", format: { as: "number" } } },
          rows: [{ name: "r", spells: [{ from: 0, to: 1, state: 0 }] }],
        },
        /there is no state 0/,
      ],
      [
        "whose flows have no end",
        {
          ...{ kind: "sankey", title: "F", summary: "s", format: { as: "number" }, nodes: [{ name: "a" }] },
          links: [{ from: "a", to: "b", value: 1 }],
        },
        /there is no node for a → b/,
      ],
      [
        "whose intervals are not all there",
        {
          ...{
            kind: "bars",
            title: "B",
            summary: "s",
            categories: ["a"],
            value: { label: "v", format: { as: "number" } },
          },
          series: [{ name: "s", values: [1], low: [], high: [2] }],
        },
        /s has 0 values, not 1/,
      ],
      [
        "whose bins are not closed",
        {
          ...{ kind: "distribution", title: "D", summary: "s", x: { label: "x", format: { as: "number" } } },
          groups: [{ name: "g", count: 1, edges: [0], shares: [1], marks: [] }],
        },
        /edges of g has 1 values, not 2/,
      ],
    ];
    for (const [what, chart, message] of refused) {
      it(what, () => expect(() => renderReport(pageWith(chart))).to.throw(message));
    }

    it("and takes the same when it is whole", () => {
      expect(renderReport(pageWith(LINES))).to.include('<h3 id="chart-0-t">Price</h3>');
    });
  });

  it("gives headings of one name different places", () => {
    const page = { ...pageWith(LINES), sections: [{ heading: "A" }, { heading: "A" }, { heading: "≥" }] };
    const ids = [...renderReport(page).matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).to.deep.equal(["s-a", "s-a-2", "s-"]);
  });
});
