import type { CustomSeriesOption, EChartsOption, SeriesOption } from "echarts";

import type { DistributionChart, SankeyChart, ScatterChart } from "../chart-spec.ts";
import { formatValue } from "../value.ts";
import { baseOption, extentOf, levelSeries, xAxisOf, yAxisOf, type Area } from "./parts.ts";
import { FONT, isHidden, toneOf, type Drawing, type LegendItem, type Scene } from "./scene.ts";
import { tip } from "./tooltip.ts";

/** Names beside points; of more they would lie on each other, and are in tooltips and tables alone. */
const MOST_LABELS = 8;
const SHAPES = ["circle", "rect", "triangle", "diamond", "pin", "arrow"] as const;

export function drawScatter(chart: ScatterChart, scene: Scene, hidden: ReadonlySet<string>): Drawing {
  const { x, y, series, levels = [] } = chart;
  const { tones } = scene;
  const all = series.map((each, i) => ({
    each,
    tone: toneOf(scene, each.colour, i),
    symbol: SHAPES[i % SHAPES.length],
  }));
  const shown = all.filter(({ each }) => !isHidden(hidden, each.name));
  const base = baseOption(scene);
  const [left, right] = extentOf(series.flatMap(({ points }) => points.map((point) => point.x)));
  const margin = 0.06 * (right - left || Math.abs(right) || 1);
  const drawn = shown.flatMap(({ each: { name, points, isJoined = false }, tone, symbol }): SeriesOption[] => [
    ...(isJoined
      ? [
          {
            ...{ type: "line" as const, silent: true, showSymbol: false, lineStyle: { color: tone, width: 2 }, z: 2 },
            ...{
              data: points.map((point) => [point.x, point.y]),
              tooltip: { show: false },
              emphasis: { disabled: true },
            },
          },
        ]
      : []),
    intervals(points, tone),
    {
      ...{ type: "scatter", name, symbol, symbolSize: 11, z: 4 },
      data: points.map((point) => [point.x, point.y]),
      itemStyle: { color: tone, borderColor: tones.surface, borderWidth: 1.5 },
      label: {
        ...{
          show: !scene.isNarrow && series.reduce((sum, { points: all }) => sum + all.length, 0) <= MOST_LABELS,
          position: "right",
          color: tones.ink,
          fontSize: 12,
          distance: 8,
        },
        formatter: ({ dataIndex }: { readonly dataIndex: number }) => points[dataIndex].label ?? "",
      },
      labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
    },
  ]);
  const option: EChartsOption = {
    ...base,
    xAxis: xAxisOf({ from: left - margin, to: right + margin, ...x }, [left, right], scene),
    yAxis: yAxisOf(y, false, scene),
    series: [...drawn, ...levelSeries(levels, scene)],
    tooltip: {
      ...(base.tooltip as object),
      trigger: "item",
      formatter: (params: unknown) => {
        const { seriesName, dataIndex } = params as { readonly seriesName: string; readonly dataIndex: number };
        const found = shown.find(({ each }) => each.name === seriesName);
        if (found === undefined) return "";
        const point = found.each.points[dataIndex];
        const { low, high } = point;
        const range =
          low === undefined || high === undefined
            ? ""
            : ` (${formatValue(low, y.format)} to ${formatValue(high, y.format)})`;
        return tip(point.label === undefined ? seriesName : `${seriesName}: ${point.label}`, [
          { name: x.label, value: formatValue(point.x, x.format) },
          { name: y.label, value: `${formatValue(point.y, y.format)}${range}` },
        ]);
      },
    },
  };
  const legend = all.map(({ each, tone }): LegendItem => {
    return { name: each.name, mark: each.isJoined === true ? "solid" : "dots", colour: tone, isToggle: true };
  });
  return { option, legend: all.length > 1 ? legend : [] };
}

function intervals(points: ScatterChart["series"][number]["points"], tone: string): CustomSeriesOption {
  const known = points.flatMap(({ x, low, high }) =>
    low === undefined || high === undefined ? [] : [{ x, low, high }],
  );
  return {
    ...{ type: "custom", silent: true, z: 3, encode: { x: 0, y: [1, 2] }, tooltip: { show: false } },
    data: known.map(({ x, low, high }) => [x, low, high]),
    renderItem: (params, api) => {
      const { x, low, high } = known[params.dataIndex];
      const [[at, from], [, to]] = [api.coord([x, low]), api.coord([x, high])];
      return {
        type: "line",
        shape: { x1: at, x2: at, y1: from, y2: to },
        style: { stroke: tone, lineWidth: 1.5, opacity: 0.8 },
      };
    },
  };
}

/** Rows of marks above the histogram. [CSS px] */
const MARK = 17;

export function drawDistribution(chart: DistributionChart, scene: Scene, hidden: ReadonlySet<string>): Drawing {
  const { x, groups } = chart;
  const { tones } = scene;
  const all = groups.map((group, i) => ({ group, tone: toneOf(scene, group.colour, i) }));
  const shown = all.filter(({ group }) => !isHidden(hidden, group.name));
  const marks = shown.flatMap(({ group, tone }) => group.marks.map((mark) => ({ ...mark, tone, group: group.name })));
  const base = baseOption(scene);
  const top = 26 + MARK * marks.length;
  const percent = { as: "percent", places: 1 } as const;
  const range = extentOf(groups.flatMap(({ edges, marks: own }) => [...edges, ...own.map(({ value }) => value)]));
  const bars = shown.map(({ group: { edges, shares, name }, tone }): CustomSeriesOption => ({
    ...{ type: "custom", name, clip: true, encode: { x: [0, 1], y: 2 } },
    data: shares.map((share, i) => [edges[i], edges[i + 1], share]),
    renderItem: (params, api) => {
      const i = params.dataIndex;
      const [[left, upper], [right, lower]] = [api.coord([edges[i], shares[i]]), api.coord([edges[i + 1], 0])];
      const shape = { x: left, y: upper, width: Math.max(1, right - left - 1), height: lower - upper };
      return { type: "rect", shape, style: { fill: tone, opacity: shown.length > 1 ? 0.55 : 0.85 } };
    },
  }));
  const markLines: CustomSeriesOption = {
    ...{ type: "custom", silent: true, z: 6, encode: { x: 0 }, tooltip: { show: false } },
    data: marks.map(({ value }) => [value]),
    renderItem: (params, api) => {
      const area = params.coordSys as unknown as Area;
      const { name, value, tone } = marks[params.dataIndex];
      const [at] = api.coord([value, 0]);
      const y = area.y - MARK * (marks.length - params.dataIndex) + 2;
      const isLeft = at > area.x + area.width * 0.6;
      const style = {
        ...{ text: `${name} ${formatValue(value, x.format)}`, x: at + (isLeft ? -5 : 5), y, fill: tones.ink },
        ...{ font: `12px ${FONT}`, align: isLeft ? ("right" as const) : ("left" as const) },
      };
      return {
        type: "group",
        children: [
          {
            ...{ type: "line", shape: { x1: at, x2: at, y1: y, y2: area.y + area.height } },
            style: { stroke: tone, lineWidth: 1.5, lineDash: [4, 3] },
          },
          { type: "text", style },
        ],
      };
    },
  };
  const option: EChartsOption = {
    ...base,
    grid: { ...(base.grid as object), top },
    xAxis: xAxisOf(x, range, scene),
    yAxis: { ...yAxisOf({ label: "", format: percent }, true, scene) },
    series: [...bars, markLines],
    tooltip: {
      ...(base.tooltip as object),
      trigger: "item",
      formatter: (params: unknown) => {
        const { seriesName, dataIndex } = params as { readonly seriesName: string; readonly dataIndex: number };
        const found = shown.find(({ group }) => group.name === seriesName);
        if (found === undefined) return "";
        const { edges, shares, count } = found.group;
        const bin = `${formatValue(edges[dataIndex], x.format)} to ${formatValue(edges[dataIndex + 1], x.format)}`;
        return tip(bin, [
          { colour: found.tone, name: seriesName, value: formatValue(shares[dataIndex], percent) },
          { name: "runs", value: `${Math.round(shares[dataIndex] * count)} of ${count}` },
        ]);
      },
    },
  };
  const legend = all.map(({ group, tone }): LegendItem => {
    return { name: group.name, mark: "block", colour: tone, isToggle: all.length > 1 };
  });
  return { option, legend: all.length > 1 ? legend : [] };
}

export function drawSankey(chart: SankeyChart, scene: Scene): Drawing {
  const { nodes, format } = chart;
  const { tones } = scene;
  const links = chart.links.filter(({ value }) => value > 0);
  const used = nodes.filter(({ name }) => links.some(({ from, to }) => from === name || to === name));
  const amountOf = (name: string) => {
    const sum = (key: "from" | "to") => links.reduce((total, link) => total + (link[key] === name ? link.value : 0), 0);
    return Math.max(sum("from"), sum("to"));
  };
  const base = baseOption(scene);
  const option: EChartsOption = {
    ...base,
    series: [
      {
        ...{
          type: "sankey",
          left: 2,
          right: scene.isNarrow ? 112 : 250,
          top: 8,
          bottom: 8,
          nodeGap: scene.isNarrow ? 38 : 20,
          nodeWidth: 12,
        },
        ...{ draggable: false, emphasis: { focus: "adjacency" }, nodeAlign: "left" },
        data: used.map(({ name, colour }, i) => ({
          name,
          itemStyle: { color: toneOf(scene, colour, i), borderWidth: 0 },
        })),
        links: links.map(({ from, to, value }) => ({ source: from, target: to, value })),
        lineStyle: { color: "source", opacity: 0.3, curveness: 0.5 },
        label: {
          ...{ color: tones.ink, fontSize: 12, lineHeight: 16, width: scene.isNarrow ? 104 : 240, overflow: "break" },
          formatter: ({ name }: { readonly name: string }) =>
            `${name}${scene.isNarrow ? "\n" : "  "}${formatValue(amountOf(name), format)}`,
        },
      },
    ],
    tooltip: {
      ...(base.tooltip as object),
      trigger: "item",
      formatter: (params: unknown) => {
        const { dataType, name, data } = params as {
          readonly dataType: string;
          readonly name: string;
          readonly data: { readonly source: string; readonly target: string; readonly value: number };
        };
        if (dataType !== "edge") return tip(name, [{ name: "in all", value: formatValue(amountOf(name), format) }]);
        return tip(`${data.source} → ${data.target}`, [{ name: "amount", value: formatValue(data.value, format) }]);
      },
    },
  };
  return { option, legend: [] };
}
