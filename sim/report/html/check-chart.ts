import type { ChartSpec } from "./chart-spec.ts";

/**
 * A chart that cannot be drawn is a bug of whoever made it: better found here than as an empty place in a report.
 * @throws Error naming the chart.
 */
export function checkChart(chart: ChartSpec): void {
  const fail = (what: string): never => {
    throw new Error(`chart "${chart.title}": ${what}`);
  };
  const same = (length: number, wanted: number, name: string) => {
    if (length !== wanted) fail(`${name} has ${length} values, not ${wanted}`);
  };
  requireFinite(chart, fail);
  if (chart.title === "" || chart.summary === "") fail("has no title or no summary");
  switch (chart.kind) {
    case "lines":
      for (const { name, values } of chart.series) same(values.length, chart.x.values.length, name);
      for (const { name, low, high } of chart.bands ?? []) {
        same(low.length, chart.x.values.length, name);
        same(high.length, chart.x.values.length, name);
      }
      break;
    case "states":
      for (const { spells } of chart.rows) {
        for (const { state } of spells) if (chart.states[state] === undefined) fail(`there is no state ${state}`);
      }
      break;
    case "heat":
      same(chart.values.length, chart.y.categories.length, "the grid");
      if (chart.x.at !== undefined) same(chart.x.at.values.length, chart.x.categories.length, "the axis");
      for (const [i, row] of chart.values.entries()) same(row.length, chart.x.categories.length, `row ${i}`);
      break;
    case "bars":
      for (const { name, values, low = values, high = values } of chart.series) {
        for (const list of [values, low, high]) same(list.length, chart.categories.length, name);
      }
      break;
    case "sankey": {
      const names = new Set(chart.nodes.map(({ name }) => name));
      if (names.size !== chart.nodes.length) fail("two nodes have one name");
      for (const { from, to, value } of chart.links) {
        if (!names.has(from) || !names.has(to)) fail(`there is no node for ${from} → ${to}`);
        if (value < 0) fail(`${from} → ${to} is negative`);
      }
      break;
    }
    case "distribution":
      for (const { name, edges, shares } of chart.groups) same(edges.length, shares.length + 1, `edges of ${name}`);
      break;
    case "scatter":
      break;
  }
}

/** JSON would write null, and the reader would wonder. */
function requireFinite(value: unknown, fail: (what: string) => never): void {
  if (typeof value === "number" && !Number.isFinite(value)) fail(`holds ${value}`);
  if (typeof value !== "object" || value === null) return;
  for (const part of Object.values(value)) requireFinite(part, fail);
}
