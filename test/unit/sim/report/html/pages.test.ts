import { expect } from "chai";

import { CAUTION, NORMAL, RECOVERY, RESTRICTED } from "../../../../../sim/protocols/protocol.ts";
import type { ChartSpec } from "../../../../../sim/report/html/chart-spec.ts";
import { tableOf } from "../../../../../sim/report/html/chart-table.ts";
import { curvesPage } from "../../../../../sim/report/html/curves-page.ts";
import { frontierPage } from "../../../../../sim/report/html/frontier-page.ts";
import type { ReportPage } from "../../../../../sim/report/html/page.ts";
import { renderReport } from "../../../../../sim/report/html/render.ts";
import { shockPage } from "../../../../../sim/report/html/shock-page.ts";
import {
  hostilePage,
  madeUpCurves,
  madeUpFrontier,
  madeUpMonteCarlo,
  richResult,
} from "../../../../shared/report-pages.ts";
import { sampleResult } from "../../../../shared/sample-result.ts";
import { expectClose } from "../../../../shared/expect-close.ts";

function chartsOf({ sections }: ReportPage): ChartSpec[] {
  return sections.flatMap(({ charts }) => charts ?? []);
}

function chartOf<K extends ChartSpec["kind"]>(page: ReportPage, kind: K, title: string) {
  const found = chartsOf(page).find((chart): chart is Extract<ChartSpec, { kind: K }> => {
    return chart.kind === kind && chart.title === title;
  });
  if (found === undefined) throw new Error(`no chart ${title}`);
  return found;
}

const headings = ({ sections }: ReportPage) => sections.map(({ heading }) => heading);

describe("the page of a shock", () => {
  const result = richResult();
  const page = shockPage(result);

  it("has all that a rich run has, and leaves out what a plain one has not", () => {
    expect(headings(page)).to.deep.equal([
      ...["Price", "Debt and losses", "Leverage and health", "Breaker and factors", "Liquidations", "Full blocks"],
      ...["Who won and who lost", "Every measure", "Invariants"],
    ]);
    const plain = shockPage(sampleResult());
    expect(headings(plain)).not.to.include("Full blocks");
    expect(chartsOf(plain).map(({ title }) => title)).not.to.include.members(["Circuit breaker", "Collateral factors"]);
    const unsold = sampleResult();
    const none = { ...unsold.run.auction.sales, seconds: [], takes: [], repaid: [], market: [], marketByValue: [] };
    const auction = {
      ...{ ...unsold.run.auction, sales: { ...none, oracle: [], oracleByValue: [] } },
      clearing: { ...unsold.run.auction.clearing, count: 0, startSeconds: [], seconds: [], isCleared: [] },
    };
    expect(headings(shockPage({ ...unsold, run: { ...unsold.run, auction } }))).not.to.include("Liquidations");
  });

  it("shows the price as it was, without feedback, and as the oracle had it", () => {
    const title = `Price of ${result.scenario.asset}`;
    const { marketPrice, exogenousPrice, oraclePrice } = result.run.series;
    // Nothing moves the twin's price but the scenario: one line for both.
    expect(chartOf(page, "lines", title).series.map(({ name }) => name)).to.deep.equal([
      ...["without feedback: the exogenous price", "oracle", "with feedback"],
    ]);
    const moved = exogenousPrice.map((price) => 0.99 * price);
    const twin = { ...result.twin, series: { ...result.twin.series, marketPrice: moved } };
    expect(chartOf(shockPage({ ...result, twin }), "lines", title).series.map(({ values }) => values)).to.deep.equal([
      ...[exogenousPrice, moved, oraclePrice, marketPrice],
    ]);
  });

  it("books the debt to the last unit, whether it grew or shrank", () => {
    for (const factor of [1, 3]) {
      const totalDebt = result.run.series.totalDebt.map((debt) => debt * factor);
      const grown = { ...result, run: { ...result.run, series: { ...result.run.series, totalDebt } } };
      const { links } = chartOf(shockPage(grown), "sankey", "What became of the debt");
      const [sources, ends] = [new Set(links.map(({ from }) => from)), new Set(links.map(({ to }) => to))];
      const sum = (list: typeof links) => list.reduce((total, { value }) => total + value, 0);
      const paidIn = sum(links.filter(({ from }) => !ends.has(from)));
      const paidOut = sum(links.filter(({ to }) => !sources.has(to)));
      // Where there is a place to meet, what goes in is what comes out; where there is none, these are the same links.
      expectClose(paidIn, paidOut, 1e-6 * paidIn);
      expect(links.some(({ from }) => from === "borrowed and accrued since, net")).to.equal(factor === 3);
      expect(links.find(({ to }) => to === "still owed")?.value).to.equal(totalDebt[totalDebt.length - 1]);
      if (factor === 1) expectClose(paidOut, result.run.metrics.debtAtStart, 1e-6 * paidOut);
    }
  });

  it("names the breaker's levels by their numbers", () => {
    const { states, rows } = chartOf(page, "states", "Circuit breaker");
    const names = [NORMAL, CAUTION, RESTRICTED, RECOVERY].map((level) => states[level].name);
    expect(names).to.deep.equal(["normal", "caution", "restricted", "recovery"]);
    expect(rows[0].spells.map(({ state }) => state)).to.deep.equal([0, 1, 2, 3]);
  });

  it("counts all that was sold in the slices of time", () => {
    const { series } = chartOf(page, "lines", "Sold, against the market's depth");
    const sold = series[0].values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    expectClose(
      sold,
      result.run.auction.sales.repaid.reduce((sum, each) => sum + each, 0),
      1e-6,
    );
  });

  it("adds up agents by kind, worst first", () => {
    const { categories, series } = chartOf(page, "bars", "Profit and loss");
    expect(categories).to.deep.equal(["borrower", "looper", "lender", "arbitrageur", "liquidator"]);
    expectClose(series[0].values[4] ?? Number.NaN, 61_230.1 + 38_002.6, 1e-6);
  });

  it("says so where an invariant is broken", () => {
    const invariants = [{ id: "INV-01", holds: false, detail: "one wei is missing" }];
    const broken = shockPage({ ...result, run: { ...result.run, invariants } });
    const html = renderReport(broken);
    expect(html).to.include("this run has found a bug").and.to.include("✗ broken").and.to.include("one wei is missing");
  });
});

describe("pages of sweeps", () => {
  it("show every goal, measure and cell of curves", async () => {
    const result = await madeUpCurves();
    const page = curvesPage(result, "npx hardhat curves --seeds 8");
    const html = renderReport(page);
    for (const { text } of result.goals) expect(html).to.include(text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
    const bars = chartOf(page, "bars", "Bad debt");
    const all = result.groups.find(({ group }) => group === "all");
    expect(bars.series.map(({ values }) => values[bars.categories.indexOf("all")])).to.deep.equal(
      all?.contestants.map(({ measures }) => measures.badDebt.mean),
    );
    const map = chartOf(page, "heat", "Bad debt");
    expect(map.values).to.have.lengthOf(result.options.depths.length * result.options.falls.length);
    // The best of a row is its lowest.
    for (const [row, column] of map.framed ?? []) {
      expect(map.values[row][column]).to.equal(Math.min(...map.values[row].map((value) => value ?? Infinity)));
    }
    expect(map.framed?.length).to.be.at.least(map.values.length);
  });

  it("show every pool of a frontier, and where a defence does harm", async () => {
    const result = await madeUpFrontier();
    const page = frontierPage(result, "npx hardhat frontier");
    const scatter = chartOf(page, "scatter", "All scenarios");
    expect(scatter.series.map(({ points }) => points.length)).to.deep.equal([2, 2, 2]);
    expect(result.harms.length).to.be.greaterThan(0);
    const harms = page.sections.find(({ heading }) => heading === "Where a defence does harm");
    expect(harms?.tables?.[0].rows).to.have.lengthOf(result.harms.length);
    expect(renderReport(page)).to.equal(renderReport(frontierPage(result, "npx hardhat frontier")));
  });

  it("show VaR and expected shortfall of every group", () => {
    const page = madeUpMonteCarlo();
    const { groups } = chartOf(page, "distribution", "Bad debt");
    expect(groups.map(({ marks }) => marks.map(({ name }) => name))).to.deep.equal([
      ["mean", "VaR 95 %", "ES 95 %"],
      ["mean", "VaR 95 %", "ES 95 %"],
    ]);
    const [ours, theirs] = groups.map(({ marks }) => marks.map(({ value }) => value));
    ours.forEach((value, i) => expect(value).to.be.lessThan(theirs[i]));
    expect(renderReport(page)).to.include("ES, the expected shortfall");
  });
});

describe("tableOf", () => {
  it("has a table for each kind of chart, as wide as its head", () => {
    const charts = chartsOf(hostilePage());
    expect(new Set(charts.map(({ kind }) => kind)).size).to.equal(7);
    for (const chart of charts) {
      const { columns, rows } = tableOf(chart);
      expect(rows.length, chart.kind).to.be.greaterThan(0);
      for (const row of rows) expect(row, chart.kind).to.have.lengthOf(columns.length);
    }
  });

  it("thins long lines, with their ends", () => {
    const page = shockPage(richResult());
    const chart = chartOf(page, "lines", "Price of WETH");
    const { rows } = tableOf(chart);
    expect(rows).to.have.lengthOf(60);
    expect(rows[0][0]).to.equal(chart.x.values[0]);
    expect(rows[59][0]).to.equal(chart.x.values[chart.x.values.length - 1]);
  });
});
