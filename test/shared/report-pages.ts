import type { CompareResult } from "../../sim/compare/compare-result.ts";
import { compare } from "../../sim/compare/compare.ts";
import { compareCurves, type CurveCodes } from "../../sim/curves/compare.ts";
import type { CurvesResult } from "../../sim/curves/curves-result.ts";
import type { FrontierResult } from "../../sim/frontier/frontier-result.ts";
import { sweep } from "../../sim/frontier/sweep.ts";
import { CURVE_NAMES } from "../../sim/liquidation-curves.ts";
import type { ShockResult } from "../../sim/metrics/run-result.ts";
import { runMonteCarlo, type MonteCarloResult } from "../../sim/montecarlo/montecarlo.ts";
import type { ChartSpec } from "../../sim/report/html/chart-spec.ts";
import { monteCarloPage } from "../../sim/report/html/montecarlo-page.ts";
import type { ReportPage } from "../../sim/report/html/page.ts";
import { shockPage } from "../../sim/report/html/shock-page.ts";
import { createRng } from "../../sim/rng.ts";
import { parseGrid } from "../../sim/sweep/grid.ts";
import type { Common } from "../../sim/sweep/plan.ts";
import { sweepGrid, type SweepResult } from "../../sim/sweep/sweep.ts";
import { COMPARE_OPTIONS, fakeCompare } from "./fake-compare.ts";
import { CURVES_OPTIONS, fakeCurves } from "./fake-curves.ts";
import { FRONTIER_OPTIONS, fakePerform } from "./fake-frontier.ts";
import { fakeLabOutcome } from "./fake-lab.ts";
import { sampleCongestion, sampleResult } from "./sample-result.ts";

/** A sample with all that a shock can have: moving factors, a breaker at every level, full blocks. */
export function richResult(): ShockResult {
  const sample = sampleResult();
  const { run, twin } = sample;
  const blocks = run.series.seconds.length;
  const series = {
    ...run.series,
    borrowFactor: run.series.seconds.map((_, i) => (i < blocks / 3 ? 0.78 : 0.4)),
    liquidationFactor: run.series.seconds.map((_, i) => 0.825 - (0.05 * i) / blocks),
    breakerLevel: run.series.seconds.map((_, i) => Math.floor((4 * i) / blocks)),
  };
  const queue = { ...run.auction.queue, poolReserve: run.auction.queue.venueReserve.map((y) => 0.9 * y) };
  const auction = { ...run.auction, queue };
  const congestion = sampleCongestion(blocks, sample.scenario.blockSeconds);
  return {
    ...{ ...sample, features: "dynamic+breaker", congestion: true, latencyBlocks: [1, 3] },
    run: { ...run, series, auction, congestion },
    twin,
  };
}

export function madeUpCurves(): Promise<CurvesResult> {
  const codes: CurveCodes = Object.fromEntries(CURVE_NAMES.map((name) => [name, name]));
  return compareCurves(CURVES_OPTIONS, { basis: "basis", codes }, fakeCurves());
}

/** Breakwater has more bad debt than the others in one crash, so that the page has all its parts. */
export function madeUpComparison(): Promise<CompareResult> {
  const worse = fakeCompare([], ({ contestant, scenario }, usual) => {
    return contestant === "breakwater" && scenario === "usdc-depeg" ? { ...usual, loss: 0.05 } : usual;
  });
  return compare(COMPARE_OPTIONS, "basis", worse);
}

export function madeUpFrontier(): Promise<FrontierResult> {
  return sweep(FRONTIER_OPTIONS, "basis", fakePerform());
}

const LAB: Common = {
  ...{ scenario: "black-thursday", blocks: 120, curve: "dutch", features: "static", ordering: "fee", set: {} },
  ...{ borrowers: 10, loopers: 2, dipBuyers: 0 },
};

export function madeUpPaths(): Promise<MonteCarloResult> {
  return runMonteCarlo({ ...LAB, paths: 40, firstSeed: 1 }, "basis", (job) => Promise.resolve(fakeLabOutcome(job)));
}

/** @param grid As on the command line. */
export function madeUpGrid(grid: string): Promise<SweepResult> {
  const options = { ...LAB, axes: parseGrid(grid, "--grid"), seeds: 4, firstSeed: 1, bound: 0.2, aim: "lent" };
  return sweepGrid(options, "basis", (job) => Promise.resolve(fakeLabOutcome(job)));
}

/** Lognormal losses of two pools. */
export function madeUpMonteCarlo(): ReportPage {
  const rng = createRng("monte carlo");
  const losses = (scale: number) => Array.from({ length: 300 }, () => scale * Math.exp(0.8 * rng.normal()));
  const seconds = Array.from({ length: 60 }, (_, i) => 600 * i);
  const below = (share: number) => seconds.map((at) => 2_000 * (1 - share * (at / 36_000)));
  return monteCarloPage({
    ...{ title: "Monte Carlo", command: "npx hardhat montecarlo --paths 300", seed: "1 to 300", confidence: 0.95 },
    measures: [
      {
        ...{ title: "bad debt", format: { as: "percent", places: 2 } },
        groups: [
          { name: "Breakwater", values: losses(0.004) },
          { name: "Aave v3", values: losses(0.011) },
        ],
      },
    ],
    fans: [
      {
        ...{ title: "Price", summary: "Down.", label: "USDC", format: { as: "price" }, seconds, median: below(0.3) },
        bands: [{ name: "90 % of runs", low: below(0.5), high: below(0.1) }],
      },
    ],
    convergence: [
      {
        ...{ title: "bad debt", format: { as: "percent", places: 2 }, runs: [10, 50, 100, 300] },
        ...{ mean: [0.01, 0.011, 0.0105, 0.0106], low: [0.004, 0.008, 0.009, 0.01], high: [0.02, 0.014, 0.012, 0.011] },
      },
    ],
  });
}

/** Charts that show what can go wrong in drawing: of each kind one, and two of lines. */
const SHOWN = [
  ...["Price of WETH", "For sale, against the market's depth", "What became of the debt", "Health factor through time"],
  ...["Circuit breaker", "Auction discount", "Profit and loss"],
];

/** The head of a shock, and a chart of every kind. */
export function galleryPage(): ReportPage {
  const shock = shockPage(richResult());
  const shown = shock.sections.flatMap(({ charts }) => charts ?? []).filter(({ title }) => SHOWN.includes(title));
  const others = [madeUpMonteCarlo(), hostilePage()].flatMap(({ sections }) =>
    sections.flatMap(({ charts }) => charts ?? []),
  );
  const kinds = others.filter(({ kind, title }) => kind === "distribution" || kind === "scatter" || title === "Price");
  return { ...shock, sections: [{ heading: "Gallery", charts: [...shown, ...kinds] }] };
}

/** What a file of a stranger may try. */
export const HOSTILE = `</script><img src=x onerror="window.hacked=1">&"'<!--`;

/** A chart of every kind, each with a hostile name in every place. */
export function hostilePage(): ReportPage {
  const name = HOSTILE;
  const common = { title: `Chart ${name}`, note: name, summary: name };
  const number = { as: "number" } as const;
  const axis = { label: name, format: number };
  const charts: ChartSpec[] = [
    {
      ...{ kind: "lines", ...common, x: { ...axis, values: [0, 1, 2] }, y: axis, levels: [{ name, value: 1 }] },
      series: [{ name, values: [1, null, 3] }],
      bands: [{ name: `band ${name}`, low: [0, 1, 1], high: [2, 3, 4] }],
    },
    {
      ...{ kind: "states", ...common, x: axis, states: [{ name, colour: "red" }] },
      rows: [{ name, spells: [{ from: 0, to: 1, state: 0 }] }],
    },
    {
      ...{
        kind: "heat",
        ...common,
        x: { label: name, categories: [name, "b"] },
        y: { label: name, categories: [name] },
      },
      ...{ values: [[-1, 2]], value: axis, scale: "diverging", hasNumbers: true, framed: [[0, 1]], framedName: name },
    },
    {
      ...{ kind: "bars", ...common, categories: [name, "b"], value: axis },
      series: [
        { name, values: [1, -2], low: [0, -3], high: [2, -1] },
        { name: "b", values: [2, null] },
      ],
    },
    {
      ...{ kind: "sankey", ...common, format: number, nodes: [{ name }, { name: "b" }] },
      links: [{ from: name, to: "b", value: 3 }],
    },
    {
      ...{ kind: "distribution", ...common, x: axis },
      groups: [{ name, count: 4, edges: [0, 1, 2], shares: [0.25, 0.75], marks: [{ name, value: 1 }] }],
    },
    {
      ...{ kind: "scatter", ...common, x: axis, y: axis },
      series: [
        {
          name,
          isJoined: true,
          points: [
            { x: 1, y: 2, label: name, low: 1, high: 3 },
            { x: 2, y: 3 },
          ],
        },
      ],
    },
  ];
  return {
    ...{ title: name, subtitle: name, command: `npx hardhat shock --prices '${name}'`, seed: name, hash: name },
    facts: [{ label: name, value: name }],
    tiles: [{ label: name, value: name, note: name, tone: "bad" }],
    sections: [
      {
        ...{ heading: name, text: [name], tiles: [{ label: name, value: "1" }], charts },
        tables: [{ caption: name, columns: [{ title: name }], rows: [[name], [{ value: name, tone: "good" }]] }],
      },
    ],
    parameters: { [name]: name, two: 2 },
  };
}
