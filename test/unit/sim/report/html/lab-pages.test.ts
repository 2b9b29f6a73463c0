import { expect } from "chai";

import { gridPage } from "../../../../../sim/report/html/grid-page.ts";
import { pathsPage } from "../../../../../sim/report/html/paths-page.ts";
import type { ReportPage } from "../../../../../sim/report/html/page.ts";
import { renderReport } from "../../../../../sim/report/html/render.ts";
import { madeUpGrid, madeUpPaths } from "../../../../shared/report-pages.ts";

const chartsOf = ({ sections }: ReportPage) => sections.flatMap(({ charts }) => charts ?? []);

describe("the page of a Monte Carlo", () => {
  it("marks histograms by the tails that the task reckoned, and has every measure in its table", async () => {
    const result = await madeUpPaths();
    const page = pathsPage(result, "npx hardhat montecarlo --paths 40");
    const loss = chartsOf(page).find(({ title }) => title === "Loss");
    const measure = result.measures.find(({ id }) => id === "loss");
    const tail = measure?.tails.find(({ confidence }) => confidence === 0.95);
    if (loss?.kind !== "distribution" || measure === undefined) throw new Error("no histogram of losses");
    expect(loss.groups[0].marks.map(({ value }) => value)).to.deep.equal([
      ...[measure.mean.mean, tail?.valueAtRisk.mean, tail?.expectedShortfall.mean],
    ]);
    const all = page.sections.find(({ heading }) => heading === "Every measure");
    expect(all?.tables?.[0].rows).to.have.lengthOf(result.measures.length);
    // Of forty paths two are beyond 95 %: that is said.
    expect(loss.note).to.include("too few paths");
    for (const { note } of page.tiles ?? []) expect(note).to.match(/^95 %: VaR .*, ES .*; too few paths for it$/);
    expect(renderReport(page)).to.equal(
      renderReport(pathsPage(await madeUpPaths(), "npx hardhat montecarlo --paths 40")),
    );
  });

  it("shows quantiles through time, the median within half of the paths within nine tenths", async () => {
    const fans = chartsOf(pathsPage(await madeUpPaths(), "x")).filter(({ kind }) => kind === "lines");
    expect(fans).to.have.lengthOf(4);
    for (const fan of fans) {
      if (fan.kind !== "lines") continue;
      const [wide, narrow] = fan.bands ?? [];
      fan.series[0].values.forEach((median, i) => {
        const ascending = [wide.low[i], narrow.low[i], median ?? NaN, narrow.high[i], wide.high[i]];
        expect(ascending).to.deep.equal([...ascending].sort((a, b) => a - b));
      });
    }
  });
});

describe("the page of a sweep", () => {
  it("has a map of each measure for each point of the axes that span none", async () => {
    const result = await madeUpGrid("depth=0.5,1,2;z=3,4;features=static,dynamic");
    const page = gridPage(result, "npx hardhat sweep");
    const maps = page.sections.filter(({ heading }) => heading.startsWith("Maps"));
    expect(maps.map(({ heading }) => heading)).to.deep.equal(["Maps: features static", "Maps: features dynamic"]);
    const [loss] = maps[0].charts ?? [];
    if (loss.kind !== "heat") throw new Error("no map");
    expect([loss.x.categories, loss.y.categories]).to.deep.equal([
      ["0.5", "1", "2"],
      ["3", "4"],
    ]);
    for (const cell of result.cells.filter(({ point }) => point.features === "static")) {
      const values = Object.values(cell.point).map(String);
      const [row, column] = [loss.y.categories, loss.x.categories].map((all) =>
        all.findIndex((each) => values.includes(each)),
      );
      expect(loss.values[row][column]).to.equal(cell.measures.loss.mean);
      expect((loss.framed ?? []).some(([r, c]) => r === row && c === column)).to.equal(cell.isSafe);
    }
  });

  it("maps a single axis as one row, and says where nothing is safe", async () => {
    const made = await madeUpGrid("depth=0.5,1,2");
    const unsafe = { ...made, cells: made.cells.map((cell) => ({ ...cell, isSafe: false })) };
    const page = gridPage({ ...unsafe, frontier: unsafe.frontier.map((each) => ({ ...each, cell: null })) }, "x");
    const html = renderReport(page);
    expect(html).to.include("none is safe");
    const map = chartsOf(page).find(({ kind }) => kind === "heat");
    expect(map?.kind === "heat" ? map.values.map((row) => row.length) : []).to.deep.equal([3]);
  });

  it("joins the Pareto set of each world, and lists every cell", async () => {
    const result = await madeUpGrid("depth=0.5,1;z=3,4,5");
    const page = gridPage(result, "x");
    const scatter = chartsOf(page).find(({ kind }) => kind === "scatter");
    if (scatter?.kind !== "scatter") throw new Error("no frontier");
    const joined = scatter.series.filter(({ isJoined }) => isJoined);
    expect(joined).to.have.lengthOf(result.frontier.length);
    const points = scatter.series.reduce((sum, series) => sum + series.points.length, 0);
    expect(points).to.equal(result.cells.length);
    const numbers = page.sections.find(({ heading }) => heading === "Numbers");
    expect(numbers?.tables?.[0].rows).to.have.lengthOf(result.cells.length);
  });
});
