import type { BarsChart, ChartSpec, DistributionChart, HeatChart, LinesChart, ScatterChart } from "./chart-spec.ts";
import type { Cell, Column, TableSpec } from "./page.ts";
import type { Format } from "./value.ts";

/** Rows of a table of a line: more would be a file, which is `result.json`. */
const MOST_ROWS = 60;

const PERCENT: Format = { as: "percent", places: 1 };

/** The numbers of a chart, for whoever cannot or will not see it. Long series are thinned, never averaged. */
export function tableOf(chart: ChartSpec): TableSpec {
  const { title: caption } = chart;
  switch (chart.kind) {
    case "lines":
      return { caption, ...ofLines(chart) };
    case "states": {
      const columns: Column[] = [
        { title: "of" },
        { title: "state" },
        { title: "from", format: chart.x.format },
        { title: "to", format: chart.x.format },
      ];
      const rows = chart.rows.flatMap(({ name, spells }) =>
        spells.map(({ from, to, state }): Cell[] => [name, chart.states[state].name, from, to]),
      );
      return { caption, columns, rows: thinned(rows) };
    }
    case "heat":
      return { caption, ...ofHeat(chart) };
    case "bars":
      return { caption, ...ofBars(chart) };
    case "sankey": {
      const columns = [{ title: "from" }, { title: "to" }, { title: "amount", format: chart.format }];
      return { caption, columns, rows: chart.links.map(({ from, to, value }) => [from, to, value]) };
    }
    case "distribution":
      return { caption, ...ofDistribution(chart) };
    case "scatter":
      return { caption, ...ofScatter(chart) };
  }
}

type Content = Pick<TableSpec, "columns" | "rows">;

function ofLines({ x, y, series, bands = [] }: LinesChart): Content {
  const columns: Column[] = [
    { title: x.label, format: x.format },
    ...series.map(({ name }) => ({ title: name, format: y.format })),
    ...bands.flatMap(({ name }) => [
      { title: `${name}, low`, format: y.format },
      { title: `${name}, high`, format: y.format },
    ]),
  ];
  const rows = thinned([...x.values.keys()]).map((i): Cell[] => [
    x.values[i],
    ...series.map(({ values }) => values[i] ?? null),
    ...bands.flatMap(({ low, high }) => [low[i], high[i]]),
  ]);
  return { columns, rows };
}

function ofHeat({ x, y, values, value }: HeatChart): Content {
  const shown = thinned([...x.categories.keys()]);
  const columns: Column[] = [
    { title: y.label },
    ...shown.map((i) => ({ title: x.categories[i], format: value.format })),
  ];
  const rows = y.categories.map((name, row): Cell[] => [name, ...shown.map((i) => values[row][i])]).reverse();
  return { columns, rows };
}

function ofBars({ categories, series, value }: BarsChart): Content {
  const columns: Column[] = [
    { title: "" },
    ...series.flatMap(({ name, low, high }) => [
      { title: name, format: value.format },
      ...(low === undefined ? [] : [{ title: "from", format: value.format }]),
      ...(high === undefined ? [] : [{ title: "to", format: value.format }]),
    ]),
  ];
  const rows = categories.map((category, i): Cell[] => [
    category,
    ...series.flatMap(({ values, low, high }) => [
      values[i],
      ...(low === undefined ? [] : [low[i]]),
      ...(high === undefined ? [] : [high[i]]),
    ]),
  ]);
  return { columns, rows };
}

function ofDistribution({ x, groups }: DistributionChart): Content {
  const columns: Column[] = [
    { title: "of" },
    { title: "from", format: x.format },
    { title: "to", format: x.format },
    { title: "share of runs", format: PERCENT },
  ];
  const rows = groups.flatMap(({ name, edges, shares, marks }) => [
    ...marks.map((mark): Cell[] => [`${name}: ${mark.name}`, mark.value, null, null]),
    ...shares.map((share, i): Cell[] => [name, edges[i], edges[i + 1], share]),
  ]);
  return { columns, rows };
}

function ofScatter({ x, y, series }: ScatterChart): Content {
  const hasIntervals = series.some(({ points }) =>
    points.some(({ low, high }) => low !== undefined && high !== undefined),
  );
  const columns: Column[] = [
    { title: "of" },
    { title: x.label, format: x.format },
    { title: y.label, format: y.format },
    ...(hasIntervals
      ? [
          { title: "from", format: y.format },
          { title: "to", format: y.format },
        ]
      : []),
  ];
  const rows = series.flatMap(({ name, points }) =>
    points.map((point): Cell[] => [
      point.label === undefined ? name : `${name}: ${point.label}`,
      ...[point.x, point.y],
      ...(hasIntervals ? [point.low ?? null, point.high ?? null] : []),
    ]),
  );
  return { columns, rows };
}

/** Every so many of them, with the first and the last. */
function thinned<T>(all: readonly T[]): T[] {
  if (all.length <= MOST_ROWS) return [...all];
  return Array.from({ length: MOST_ROWS }, (_, i) => all[Math.round((i * (all.length - 1)) / (MOST_ROWS - 1))]);
}
