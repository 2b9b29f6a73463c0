import { expect } from "chai";

import { runMonteCarlo, type MonteCarloOptions } from "../../../sim/montecarlo/montecarlo.ts";
import { formatMonteCarloTable } from "../../../sim/report/montecarlo-table.ts";
import { formatSweepTable } from "../../../sim/report/sweep-table.ts";
import { createRng } from "../../../sim/rng.ts";
import { parseGrid } from "../../../sim/sweep/grid.ts";
import { heatPanels } from "../../../sim/sweep/heat-maps.ts";
import type { LabJob, LabOutcome } from "../../../sim/sweep/lab-job.ts";
import type { Common } from "../../../sim/sweep/plan.ts";
import { sweepGrid, type SweepOptions } from "../../../sim/sweep/sweep.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { fakeLabOutcome } from "../../shared/fake-lab.ts";

const COMMON: Common = {
  ...{ scenario: "flash-wick", blocks: 120, curve: "paced", features: "dynamic", ordering: "fee", set: {} },
  ...{ borrowers: 6, loopers: 2, dipBuyers: 0 },
};

/** Lends less the larger z is, and loses in thin markets what a small z lends too much. */
function outcomeOf(job: LabJob): LabOutcome {
  const z = job.overrides["risk.z"] ?? 4;
  const depth = job.overrides["market.depth"] ?? 1;
  const debtAtStart = 60e6 * (1 - (z - 2) / 10);
  const badDebt = Math.max(0, 4 - z * depth) * 1e6 + (z * depth < 4 ? Number(job.seed) : 0);
  const outcome = fakeLabOutcome(job);
  return { ...outcome, metrics: { ...outcome.metrics, debtAtStart, badDebt, insolvency: 0 } };
}

/** Answers in an order that a seed decides. */
function inAnyOrder(seed: string) {
  const rng = createRng(seed);
  return async (job: LabJob) => {
    const turns = rng.integer(40);
    for (let i = 0; i < turns; ++i) await Promise.resolve();
    return outcomeOf(job);
  };
}

describe("sweep", () => {
  const options = (grid: string, changes: Partial<SweepOptions> = {}): SweepOptions => ({
    ...{ ...COMMON, axes: parseGrid(grid, "--grid"), seeds: 3, firstSeed: 1, bound: 0.001, aim: "lent" },
    ...changes,
  });

  it("runs every cell with every seed, and tells the same whatever is done first", async () => {
    const one = await sweepGrid(options("depth=0.5,1,2;z=2,4,8"), "basis", inAnyOrder("a"));
    const other = await sweepGrid(options("depth=0.5,1,2;z=2,4,8"), "basis", inAnyOrder("b"));
    expect(JSON.stringify(other)).to.equal(JSON.stringify(one));
    expect(one.runs).to.have.lengthOf(27);
    expect(one.runs.slice(0, 4).map(({ cell, seed }) => [cell, seed])).to.deep.equal([
      [0, "1"],
      [0, "2"],
      [0, "3"],
      [1, "1"],
    ]);
  });

  it("finds in each world the safe pool that lends most, and what is not dominated", async () => {
    const { cells, frontier } = await sweepGrid(options("depth=0.5,1,2;z=2,4,8"), "basis", inAnyOrder("a"));
    expect(
      frontier.map(({ world, cell }) => [world["market.depth"], cell === null ? null : cells[cell].point["risk.z"]]),
    ).to.deep.equal([
      [0.5, 8],
      [1, 4],
      [2, 2],
    ]);
    const pareto = cells.filter(({ isPareto }) => isPareto).map(({ point }) => Object.values(point));
    // In a deep market the most generous pool loses nothing: it dominates the others.
    expect(pareto).to.deep.equal([
      [0.5, 2],
      [0.5, 4],
      [0.5, 8],
      [1, 2],
      [1, 4],
      [2, 2],
    ]);
    const safe = cells.filter(({ isSafe }) => isSafe).map(({ point }) => Object.values(point));
    expect(safe).to.deep.equal([
      [0.5, 8],
      [1, 4],
      [1, 8],
      [2, 2],
      [2, 4],
      [2, 8],
    ]);
    expectClose(cells[1].measures.lent.mean, 0.8, 1e-12);
    expectClose(cells[1].measures.loss.mean, (2e6 + 2) / 48e6, 1e-12);
    expect(cells.map(({ unharmedShare }) => unharmedShare)).to.deep.equal([0, 0, 1, 0, 1, 1, 1, 1, 1]);
  });

  it("judges by the upper end of the interval, and says where nothing is safe", async () => {
    const spread = (job: LabJob): Promise<LabOutcome> => {
      const outcome = fakeLabOutcome(job);
      const badDebt = job.seed === "1" ? 100 : 0; // of 1,000 the mean is 3.3 %
      return Promise.resolve({ ...outcome, metrics: { ...outcome.metrics, badDebt, debtAtStart: 1_000 } });
    };
    const above = await sweepGrid(options("z=4", { bound: 0.034 }), "basis", spread);
    expectClose(above.cells[0].measures.loss.mean, 0.1 / 3, 1e-12);
    expect(above.cells[0].isSafe).to.equal(false);
    expect(above.frontier).to.deep.equal([{ world: {}, cell: null }]);
    expect((await sweepGrid(options("z=4", { bound: 0.11 }), "basis", spread)).cells[0].isSafe).to.equal(true);
    expect(formatSweepTable(above)).to.include("none is safe");
  });

  it("takes how blocks are, and their order, for the world and not for the pool's design", async () => {
    const grid = "ordering=fee,random;blocks.full=0,1;z=2,8";
    const { frontier } = await sweepGrid(options(grid), "basis", inAnyOrder("a"));
    expect(frontier.map(({ world }) => world)).to.deep.equal([
      ...["fee", "random"].flatMap((ordering) => [0, 1].map((full) => ({ ordering, "blocks.full": full }))),
    ]);
    expect(
      formatSweepTable(await sweepGrid(options("z=2", { ordering: "arrival" }), "basis", inAnyOrder("a"))),
    ).to.include("paced curve, blocks in the order of arrival, where the grid");
  });

  it("lays cells out as panels of the last two axes", async () => {
    const result = await sweepGrid(options("features=static,dynamic;depth=0.5,1,2;z=2,4"), "basis", inAnyOrder("a"));
    const panels = heatPanels(result);
    expect(panels.map(({ others }) => others)).to.deep.equal([{ features: "static" }, { features: "dynamic" }]);
    for (const { others, x, y, cells } of panels) {
      cells.forEach((row, r) =>
        row.forEach((index, c) => {
          const point = { ...others, [y.name]: y.values[r], [x.name]: x.values[c] };
          expect(result.cells[index].point).to.deep.equal(point);
        }),
      );
    }
    const single = heatPanels(await sweepGrid(options("z=2,4"), "basis", inAnyOrder("a")));
    expect(single.map(({ cells }) => cells)).to.deep.equal([[[0, 1]]]);
  });

  it("is told to people", async () => {
    const text = formatSweepTable(await sweepGrid(options("depth=0.5,1;z=2,4,8"), "basis", inAnyOrder("a")));
    expect(text)
      .to.match(/Sweep: 6 cells, 3 seeds each/)
      .and.match(/market.depth 0.5: risk.z 8: lent before 40.00 \[40.00, 40.00\] %, loss 0.00/);
    expect(Math.max(...text.split("\n").map(({ length }) => length))).to.be.at.most(130);
  });
});

describe("Monte Carlo", () => {
  const options = (paths: number, changes: Partial<MonteCarloOptions> = {}): MonteCarloOptions => ({
    ...{ ...COMMON, paths, firstSeed: 1 },
    ...changes,
  });

  it("tells the same whatever is done first, and keeps the order of seeds", async () => {
    const one = await runMonteCarlo(options(30), "basis", inAnyOrder("a"));
    const other = await runMonteCarlo(options(30), "basis", inAnyOrder("b"));
    expect(JSON.stringify(other)).to.equal(JSON.stringify(one));
    expect(one.runs.map(({ seed }) => seed)).to.deep.equal(Array.from({ length: 30 }, (_, i) => String(i + 1)));
    const more = await runMonteCarlo(options(40), "basis", inAnyOrder("a"));
    expect(more.runs.slice(0, 30)).to.deep.equal(one.runs);
    expect((await runMonteCarlo(options(10, { firstSeed: 31 }), "basis", inAnyOrder("a"))).runs).to.deep.equal(
      more.runs.slice(30),
    );
  });

  it("tells each measure's tails, quantiles and fan from its values", async () => {
    const { measures, fans, runs, seconds } = await runMonteCarlo(
      options(100, { set: { "risk.z": 2 } }),
      "basis",
      inAnyOrder("a"),
    );
    const loss = measures.find(({ id }) => id === "loss");
    if (loss === undefined) throw new Error("no loss");
    const exact = Array.from({ length: 100 }, (_, i) => (2e6 + i + 1) / 60e6);
    expect(loss.values).to.deep.equal(exact);
    const [at95, at99] = loss.tails;
    expect([at95.valueAtRisk.mean, at99.valueAtRisk.mean]).to.deep.equal([exact[94], exact[98]]);
    expectClose(at95.expectedShortfall.mean, exact[97], 1e-12);
    expect([at95, at99].map(({ runs, isSupported }) => [Math.round(runs), isSupported])).to.deep.equal([
      [5, false],
      [1, false],
    ]);
    for (const { valueAtRisk, expectedShortfall } of loss.tails) {
      for (const { mean, low, high } of [valueAtRisk, expectedShortfall]) expect(mean).to.be.within(low, high);
    }
    const liquidated = measures.find(({ id }) => id === "liquidated");
    expect(liquidated?.quantiles.map(({ share }) => share)).to.deep.equal([0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]);
    const amplification = measures.find(({ id }) => id === "amplification");
    expect(amplification?.values).to.deep.equal(runs.map((run) => run.amplification ?? 1));
    const [price] = fans;
    expect([price.series, price.quantiles.length, price.quantiles[0].length]).to.deep.equal([
      "marketPrice",
      5,
      seconds.length,
    ]);
    price.quantiles
      .slice(1)
      .forEach((row, i) => row.forEach((value, at) => expect(value).to.be.at.least(price.quantiles[i][at])));
  });

  it("is told to people, with what so few paths cannot tell", async () => {
    const text = formatMonteCarloTable(await runMonteCarlo(options(100), "basis", inAnyOrder("a")));
    const few = (runs: string, at: string) =>
      `only ${runs} of the paths lie beyond ${at} %: with fewer than 30 intervals hold less than their 95 %`;
    expect(text).to.include(few("5.0", "95")).and.include(few("1.0", "99"));
    const more = formatMonteCarloTable(await runMonteCarlo(options(600), "basis", inAnyOrder("a")));
    expect(more).to.include(few("6.0", "99")).and.not.include("beyond 95 %: with");
    expect(Math.max(...text.split("\n").map(({ length }) => length))).to.be.at.most(110);
  });
});
