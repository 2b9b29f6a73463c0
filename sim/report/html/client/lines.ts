import type { CustomSeriesOption, EChartsOption, LineSeriesOption, ScatterSeriesOption } from "echarts";

import type { Band, LineSeries, LinesChart } from "../chart-spec.ts";
import { formatValue } from "../value.ts";
import { baseOption, extentOf, levelSeries, xAxisOf, yAxisOf } from "./parts.ts";
import { isHidden, toneOf, type Drawing, type LegendItem, type Scene } from "./scene.ts";
import { indexOf, tip, type TipRow } from "./tooltip.ts";

const WIDTHS = { solid: 2, dashed: 2, dotted: 2, thick: 6, dots: 0 } as const;

export function drawLines(chart: LinesChart, scene: Scene, hidden: ReadonlySet<string>): Drawing {
  const { x, y, series, bands = [], levels = [], isStacked = false } = chart;
  const lines = series.map((line, i) => ({ line, tone: toneOf(scene, line.colour, i) }));
  const areas = bands.map((band, i) => ({ band, tone: toneOf(scene, band.colour, i) }));
  const shownLines = lines.filter(({ line }) => !isHidden(hidden, line.name));
  const shownAreas = areas.filter(({ band }) => !isHidden(hidden, band.name));
  const legend: LegendItem[] = [
    ...lines.map(({ line, tone }) => ({
      ...{ name: line.name, colour: tone, isToggle: true },
      mark: isStacked ? ("block" as const) : (line.style ?? "solid"),
    })),
    ...areas.map(({ band, tone }) => ({ name: band.name, colour: tone, isToggle: true, mark: "band" as const })),
  ];
  const isFromZero = isStacked || series.some(({ isFilled }) => isFilled);
  const option: EChartsOption = {
    ...baseOption(scene),
    xAxis: { ...xAxisOf(x, extentOf(x.values), scene) },
    yAxis: yAxisOf(y, isFromZero, scene),
    series: [
      ...shownAreas.map(({ band, tone }) => bandSeries(band, x.values, tone)),
      ...shownLines.map(({ line, tone }) => lineSeries(line, x.values, tone, isStacked)),
      ...levelSeries(levels, scene),
    ],
  };
  const tooltip = {
    ...(option.tooltip as object),
    trigger: "axis" as const,
    axisPointer: {
      type: "line" as const,
      lineStyle: { color: scene.tones.muted, type: "dashed" as const },
      animation: false,
    },
    formatter: (params: unknown) => {
      const index = indexOf(params);
      if (index === undefined) return "";
      const rows: TipRow[] = [
        ...shownLines.map(({ line: { name, values }, tone }) => {
          return { colour: tone, name, value: formatValue(values[index], y.format) };
        }),
        ...shownAreas.map(({ band: { name, low, high }, tone }) => {
          const value = `${formatValue(low[index], y.format)} to ${formatValue(high[index], y.format)}`;
          return { colour: tone, name, value };
        }),
      ];
      return tip(formatValue(x.values[index], x.format), rows);
    },
  };
  return { option: { ...option, tooltip }, legend };
}

function lineSeries(
  { name, values, style = "solid", isFilled = false, isStep = false }: LineSeries,
  at: readonly number[],
  tone: string,
  isStacked: boolean,
): LineSeriesOption | ScatterSeriesOption {
  const data = values.map((value, i) => [at[i], value ?? "-"]);
  if (style === "dots")
    return { type: "scatter", name, data, symbolSize: 5, itemStyle: { color: tone, opacity: 0.75 } };
  return {
    ...{ type: "line", name, data, showSymbol: false, symbol: "circle", symbolSize: 6 },
    ...(isStep ? { step: "end" as const } : {}),
    ...(isStacked ? { stack: "all" } : {}),
    ...(isStacked ? { areaStyle: { opacity: 0.65 } } : isFilled ? { areaStyle: { opacity: 0.2 } } : {}),
    lineStyle: {
      ...{ color: tone, width: isStacked ? 1 : WIDTHS[style], opacity: style === "thick" ? 0.45 : 1, cap: "round" },
      type: style === "dashed" || style === "dotted" ? style : "solid",
    },
    itemStyle: { color: tone },
    emphasis: { disabled: true },
  };
}

/** One shape, drawn with its first point: a band is no line with a filling. */
function bandSeries({ name, low, high }: Band, at: readonly number[], tone: string): CustomSeriesOption {
  return {
    ...{ type: "custom", name, silent: true, z: 1, clip: true },
    // All points, so that the axis has room for them.
    data: at.flatMap((value, i) => [
      [value, low[i]],
      [value, high[i]],
    ]),
    renderItem: (params, api) => {
      if (params.dataIndex !== 0) return { type: "group", children: [] };
      const upper = at.map((value, i) => api.coord([value, high[i]]));
      const lower = at.map((value, i) => api.coord([value, low[i]])).reverse();
      return { type: "polygon", shape: { points: [...upper, ...lower] }, style: { fill: tone, opacity: 0.22 } };
    },
  };
}
