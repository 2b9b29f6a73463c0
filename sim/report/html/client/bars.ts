import type { CustomSeriesOption, EChartsOption } from "echarts";

import type { BarsChart, BarSeries } from "../chart-spec.ts";
import { formatValue } from "../value.ts";
import { baseOption, categoryAxis, levelSeries, yAxisOf } from "./parts.ts";
import { isHidden, toneOf, type Drawing, type LegendItem, type Scene } from "./scene.ts";
import { indexOf, tip, type TipRow } from "./tooltip.ts";

/** Share of a category's room that its bars take. */
const FILLED = 72;

export function drawBars(chart: BarsChart, scene: Scene, hidden: ReadonlySet<string>): Drawing {
  const { categories, series, value, isHorizontal = false, isStacked = false, isSigned = false, levels = [] } = chart;
  const { tones } = scene;
  const all = series.map((bars, i) => ({ bars, tone: toneOf(scene, bars.colour, i) }));
  const shown = all.filter(({ bars }) => !isHidden(hidden, bars.name));
  const width = isStacked ? FILLED : FILLED / Math.max(1, shown.length);
  const base = baseOption(scene);
  const names = {
    ...categoryAxis(categories, "", scene, {
      ...{ interval: 0, hideOverlap: false },
      ...(isHorizontal
        ? { width: scene.isNarrow ? 104 : 190, overflow: "break" }
        : { width: Math.max(40, (scene.width - 70) / categories.length - 8), overflow: "break" }),
    }),
    ...(isHorizontal ? { inverse: true } : {}),
  };
  const amounts = yAxisOf(value, true, scene);
  const across = { ...amounts, nameLocation: "middle" as const, nameGap: 28, nameTextStyle: { color: tones.muted } };
  const option: EChartsOption = {
    ...base,
    ...(isHorizontal ? { grid: { ...(base.grid as object), top: 6 } } : {}),
    xAxis: isHorizontal ? (across as EChartsOption["xAxis"]) : names,
    yAxis: isHorizontal ? names : amounts,
    series: [
      ...shown.map(({ bars, tone }) => ({
        ...{ type: "bar" as const, name: bars.name, barWidth: `${width}%`, barGap: "0%", emphasis: { disabled: true } },
        ...(isStacked ? { stack: "all" } : {}),
        data: bars.values.map((each) => ({
          value: each ?? "-",
          itemStyle: { color: isSigned ? ((each ?? 0) < 0 ? tones.colours.orange : tones.colours.blue) : tone },
        })),
        itemStyle: { color: tone, borderRadius: 2 },
      })),
      ...shown.flatMap(({ bars }, i) =>
        whiskers(bars, (i - (shown.length - 1) / 2) * (width / 100), isHorizontal, scene),
      ),
      ...levelSeries(levels, scene, isHorizontal),
    ],
    tooltip: {
      ...(base.tooltip as object),
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: tones.muted, opacity: 0.12 }, animation: false },
      formatter: (params: unknown) => {
        const index = indexOf(params);
        if (index === undefined) return "";
        const rows = shown.map(({ bars, tone }): TipRow => ({
          colour: tone,
          name: bars.name,
          value: withInterval(bars, index),
        }));
        return tip(categories[index], rows);
      },
    },
  };
  const withInterval = ({ values, low, high }: BarSeries, i: number) => {
    const text = formatValue(values[i], value.format);
    if (low === undefined || high === undefined || values[i] === null) return text;
    return `${text} (${formatValue(low[i], value.format)} to ${formatValue(high[i], value.format)})`;
  };
  const signs: LegendItem[] = [
    { name: "gain", mark: "block", colour: tones.colours.blue },
    { name: "loss", mark: "block", colour: tones.colours.orange },
  ];
  const legend = all.map(({ bars, tone }): LegendItem => {
    return { name: bars.name, mark: "block", colour: tone, isToggle: all.length > 1 };
  });
  return { option, legend: isSigned ? signs : all.length > 1 ? legend : [] };
}

/** @param offset Of the bar from the middle of its category, as a share of the category's room. */
function whiskers(
  { name, values, low, high }: BarSeries,
  offset: number,
  isHorizontal: boolean,
  scene: Scene,
): CustomSeriesOption[] {
  if (low === undefined || high === undefined) return [];
  const known = values.flatMap((value, i) => {
    const [from, to] = [low[i], high[i]];
    return value === null || from === null || to === null ? [] : [{ i, from, to }];
  });
  return [
    {
      ...{ type: "custom", name, silent: true, z: 5, tooltip: { show: false } },
      data: known.map(({ i, from, to }) => (isHorizontal ? [from, i, to] : [i, from, to])),
      encode: isHorizontal ? { x: [0, 2], y: 1 } : { x: 0, y: [1, 2] },
      renderItem: (params, api) => {
        const { i, from, to } = known[params.dataIndex];
        const place = (value: number) => api.coord(isHorizontal ? [value, i] : [i, value]);
        const size = (api.size ?? (() => [0, 0]))(isHorizontal ? [0, 1] : [1, 0]) as number[];
        const room = isHorizontal ? size[1] : size[0];
        const shift = offset * room;
        const [[x1, y1], [x2, y2]] = [place(from), place(to)];
        const cap = 4;
        const line = (shape: Readonly<Record<"x1" | "y1" | "x2" | "y2", number>>) => {
          return { type: "line" as const, shape, style: { stroke: scene.tones.ink, lineWidth: 1.5 } };
        };
        return {
          type: "group",
          children: isHorizontal
            ? [
                line({ x1, x2, y1: y1 + shift, y2: y1 + shift }),
                ...[x1, x2].map((x) => line({ x1: x, x2: x, y1: y1 + shift - cap, y2: y1 + shift + cap })),
              ]
            : [
                line({ x1: x1 + shift, x2: x1 + shift, y1, y2 }),
                ...[y1, y2].map((y) => line({ x1: x1 + shift - cap, x2: x1 + shift + cap, y1: y, y2: y })),
              ],
        };
      },
    },
  ];
}
