import type { Estimate } from "../../jobs/statistics.ts";
import { asTitle, distributionOf } from "./builders.ts";
import type { DistributionChart, DistributionGroup, Level, LinesChart } from "./chart-spec.ts";
import { withInterval, type Head } from "./compare-page.ts";
import type { Cell, ReportPage, Section } from "./page.ts";
import type { Format } from "./value.ts";

/** What many paths of one setting, or of several, show. */
export interface MonteCarloInput extends Head {
  /** Of value at risk and expected shortfall: 0.95. */
  readonly confidence: number;
  readonly measures: readonly MonteCarloMeasure[];
  /** Quantiles of a series through time. */
  readonly fans?: readonly Fan[];
  /** How the estimate settles as runs are added. */
  readonly convergence?: readonly Convergence[];
  readonly more?: readonly Section[];
}

export interface MonteCarloMeasure {
  readonly title: string;
  readonly note?: string;
  readonly format: Format;
  readonly groups: readonly MonteCarloGroup[];
}

export interface MonteCarloGroup {
  readonly name: string;
  /** One a run. */
  readonly values: readonly number[];
  /** With intervals, where the task has reckoned them; the histogram's marks are then these. */
  readonly risk?: { readonly mean: Estimate; readonly valueAtRisk: Estimate; readonly expectedShortfall: Estimate };
}

export interface Fan {
  readonly title: string;
  readonly summary: string;
  readonly label: string;
  readonly format: Format;
  readonly seconds: readonly number[];
  readonly median: readonly number[];
  /** From the widest to the narrowest: "90 % of runs". */
  readonly bands: readonly {
    readonly name: string;
    readonly low: readonly number[];
    readonly high: readonly number[];
  }[];
}

export interface Convergence {
  readonly title: string;
  readonly format: Format;
  readonly runs: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export function monteCarloPage(input: MonteCarloInput): ReportPage {
  const { confidence, measures, fans = [], convergence = [], more = [], ...head } = input;
  const distributions = measures.map((measure) => distribution(measure, confidence));
  return {
    ...head,
    sections: [
      {
        heading: "Distributions",
        text: [
          `VaR: what is exceeded in ${Number((100 * (1 - confidence)).toFixed(2))} % of runs. ES, the expected shortfall: the mean of the runs at or beyond it.`,
        ],
        charts: distributions,
        tables: [riskTable(measures, distributions)],
      },
      ...(fans.length === 0 ? [] : [{ heading: "Through time", charts: fans.map(fanChart) }]),
      ...(convergence.length === 0 ? [] : [{ heading: "Convergence", charts: convergence.map(convergenceChart) }]),
      ...more,
    ],
  };
}

function distribution({ title, note, format, groups }: MonteCarloMeasure, confidence: number): DistributionChart {
  const all = groups.flatMap(({ values }) => values);
  const range: [number, number] = [
    all.reduce((low, value) => Math.min(low, value), Infinity),
    all.reduce((high, value) => Math.max(high, value), -Infinity),
  ];
  const drawn = groups.map((group): DistributionGroup => {
    const made = distributionOf(group.name, group.values, { confidence, range });
    const { risk } = group;
    if (risk === undefined) return made;
    const [mean, valueAtRisk, shortfall] = made.marks;
    const marks: Level[] = [
      { ...mean, value: risk.mean.mean },
      { ...valueAtRisk, value: risk.valueAtRisk.mean },
      { ...shortfall, value: risk.expectedShortfall.mean },
    ];
    return { ...made, marks };
  });
  return {
    ...{ kind: "distribution", title: asTitle(title), groups: drawn, x: { label: title, format } },
    ...(note === undefined ? {} : { note }),
    summary: `Histogram of ${groups.map(({ name, values }) => `${values.length} runs of ${name}`).join(", ")}.`,
    height: 280 + 17 * drawn.reduce((count, { marks }) => count + marks.length, 0),
  };
}

function riskTable(measures: readonly MonteCarloMeasure[], drawn: readonly DistributionChart[]) {
  const rows = measures.flatMap(({ title, format, groups }, i) =>
    groups.map(({ name, values, risk }, k): Cell[] => {
      const marks = drawn[i].groups[k].marks.map(({ value }) => ({ value, format }));
      const known =
        risk === undefined
          ? marks
          : [risk.mean, risk.valueAtRisk, risk.expectedShortfall].map((each) => ({
              value: withInterval(each, format),
            }));
      return [`${title}: ${name}`, values.length, ...known, { value: Math.max(...values), format }];
    }),
  );
  const count: Format = { as: "number" };
  const columns = [
    { title: "measure" },
    ...["runs", "mean", "VaR", "ES", "worst"].map((title) => ({ title, format: count })),
  ];
  return { caption: "Risk", columns, rows };
}

function fanChart({ title, summary, label, format, seconds, median, bands }: Fan): LinesChart {
  return {
    ...{ kind: "lines", title, summary, isWide: true, group: "fan" },
    x: { label: "time", format: { as: "duration" }, values: seconds },
    y: { label, format },
    series: [{ name: "median", values: median, colour: "blue" }],
    bands: bands.map((band) => ({ ...band, colour: "blue" as const })),
  };
}

function convergenceChart({ title, format, runs, mean, low, high }: Convergence): LinesChart {
  return {
    ...{ kind: "lines", title: asTitle(title), note: "Mean and its interval by the runs so far" },
    summary: `After ${runs[runs.length - 1]} runs the interval is as wide as the table says.`,
    x: { label: "runs", format: { as: "number" }, values: runs },
    y: { label: title, format },
    series: [{ name: "mean", values: mean, colour: "blue" }],
    bands: [{ name: "95 % interval", low, high, colour: "blue" }],
  };
}
