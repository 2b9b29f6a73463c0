import type { CustomSeriesOption, EChartsOption } from "echarts";

import type { HeatChart, StatesChart } from "../chart-spec.ts";
import { colourAt, DIVERGING, inkOn, luminanceOf, VIRIDIS } from "../palette.ts";
import { formatValue } from "../value.ts";
import { baseOption, categoryAxis, extentOf, xAxisOf, type Area } from "./parts.ts";
import { FONT, type Drawing, type LegendItem, type Scene } from "./scene.ts";
import { indexOf, tip } from "./tooltip.ts";

export function drawStates(chart: StatesChart, scene: Scene): Drawing {
  const { x, states, rows } = chart;
  const tones = states.map(({ colour }) => scene.tones.colours[colour]);
  const spells = rows.flatMap(({ name, spells }, row) => spells.map((spell) => ({ ...spell, name, row })));
  const strips: CustomSeriesOption = {
    ...{ type: "custom", clip: true, encode: { x: [0, 1], y: 2 } },
    data: spells.map(({ from, to, row }) => [from, to, row]),
    renderItem: (params, api) => {
      const { from, to, row, state } = spells[params.dataIndex];
      const [[left, middle], [right]] = [api.coord([from, row]), api.coord([to, row])];
      const height = 22;
      // Narrow as it may be, it was there.
      const shape = { x: left, y: middle - height / 2, width: Math.max(1.5, right - left), height };
      return { type: "rect", shape, style: { fill: tones[state] } };
    },
  };
  const base = baseOption(scene);
  const option: EChartsOption = {
    ...base,
    grid: { ...(base.grid as object), top: 6 },
    xAxis: xAxisOf(x, extentOf(spells.flatMap(({ from, to }) => [from, to])), scene),
    yAxis: {
      ...categoryAxis(
        rows.map(({ name }) => name),
        "",
        scene,
        { interval: 0 },
      ),
      inverse: true,
    },
    series: [strips],
    tooltip: {
      ...(base.tooltip as object),
      trigger: "item",
      formatter: (params: unknown) => {
        const { name, from, to, state } = spells[indexOf(params) ?? 0];
        const lasts = `${formatValue(from, x.format)} to ${formatValue(to, x.format)}`;
        return tip(name, [{ colour: tones[state], name: states[state].name, value: lasts }]);
      },
    },
  };
  const legend = states.map(({ name }, i): LegendItem => ({ name, mark: "block", colour: tones[i] }));
  return { option, legend };
}

/** Colours of a scale, from its low end to its high one. */
function scaleOf({ scale = "viridis" }: HeatChart, { tones }: Scene): readonly string[] {
  if (scale === "diverging") return DIVERGING;
  // What is nearly as dark as the page would look like nothing there.
  const shown = luminanceOf(tones.surface) < 0.1 ? VIRIDIS.slice(2) : VIRIDIS;
  return scale === "viridis" ? shown : [...shown].reverse();
}

export function drawHeat(chart: HeatChart, scene: Scene): Drawing {
  const { x, y, values, value, hasNumbers = false, framed = [], framedName, levels = [] } = chart;
  const { tones } = scene;
  const scale = scaleOf(chart, scene);
  const [low, high] = rangeOf(chart);
  const cells = values.flatMap((row, r) => row.map((each, c) => ({ each, r, c })).filter(({ each }) => each !== null));
  const hasFrame = new Set(framed.map(([row, column]) => `${row},${column}`));
  const edges = x.at === undefined ? undefined : edgesOf(x.at.values);
  const grid: CustomSeriesOption = {
    ...{ type: "custom", clip: true, encode: { x: 0, y: 1 } },
    data: cells.map(({ r, c }) => [x.at?.values[c] ?? c, r]),
    renderItem: (params, api) => {
      const { each, r, c } = cells[params.dataIndex];
      const fill = colourAt(scale, high === low ? 0.5 : ((each ?? 0) - low) / (high - low));
      const [centre, middle] = api.coord([x.at?.values[c] ?? c, r]);
      const [, height] = (api.size ?? (() => [0, 0]))([0, 1]) as number[];
      const [bandWidth] = (api.size ?? (() => [0, 0]))([1, 0]) as number[];
      const left = edges === undefined ? centre - bandWidth / 2 : api.coord([edges[c], r])[0];
      const right = edges === undefined ? centre + bandWidth / 2 : api.coord([edges[c + 1], r])[0];
      const gap = edges === undefined ? 1 : 0;
      const frame = hasFrame.has(`${r},${c}`);
      // Half a pixel over, where there are no gaps: no seams.
      const shape = {
        ...{ x: left + gap, y: middle - height / 2 + (gap === 0 ? 0.5 : gap) },
        ...{ width: right - left - 2 * gap + (gap === 0 ? 0.5 : 0), height: height - (gap === 0 ? 1 : 2 * gap) },
      };
      const inset = { x: shape.x + 1.5, y: shape.y + 1.5, width: shape.width - 3, height: shape.height - 3 };
      const text = hasNumbers ? shortOf(formatValue(each, value.format)) : "";
      return {
        type: "group",
        children: [
          { type: "rect", shape: { ...shape, r: gap === 0 ? 0 : 3 }, style: { fill } },
          ...(frame
            ? [
                { type: "rect" as const, shape: inset, style: { fill: "none", stroke: tones.surface, lineWidth: 4 } },
                { type: "rect" as const, shape: inset, style: { fill: "none", stroke: tones.ink, lineWidth: 2 } },
              ]
            : []),
          // What has no room is in the tooltip and in the table.
          ...(text !== "" && shape.width > 6.4 * text.length && shape.height > 13
            ? [
                {
                  type: "text" as const,
                  style: {
                    ...{ text, x: shape.x + shape.width / 2, y: shape.y + shape.height / 2, fill: inkOn(fill) },
                    ...{ font: `12px ${FONT}`, align: "center" as const, verticalAlign: "middle" as const },
                  },
                },
              ]
            : []),
        ],
      };
    },
  };
  const base = baseOption(scene);
  const option: EChartsOption = {
    ...base,
    grid: { ...(base.grid as object), top: 24 },
    xAxis:
      x.at === undefined || edges === undefined
        ? {
            ...categoryAxis(x.categories, x.label, scene, { interval: scene.isNarrow ? "auto" : 0 }),
            nameLocation: "middle",
            nameGap: 28,
          }
        : xAxisOf({ label: x.label, format: x.at.format }, [edges[0], edges[edges.length - 1]], scene),
    yAxis: {
      ...categoryAxis(y.categories, y.label, scene, { interval: y.categories.length > 24 ? "auto" : 0 }),
      ...{ nameLocation: "end", nameGap: 8, nameTextStyle: { color: tones.muted, fontSize: 12, align: "left" } },
    },
    series: [grid, ...levels.map((level) => rowLevel(level, scene))],
    tooltip: {
      ...(base.tooltip as object),
      trigger: "item",
      formatter: (params: unknown) => {
        const { each, r, c } = cells[indexOf(params) ?? 0];
        const rows = [
          { name: x.label, value: x.categories[c] },
          { name: y.label, value: y.categories[r] },
        ];
        return tip(`${formatValue(each, value.format)}`, rows);
      },
    },
  };
  const legend: LegendItem[] = [
    { name: value.label, scale, low: formatValue(low, value.format), high: formatValue(high, value.format) },
    ...(framedName === undefined || framed.length === 0
      ? []
      : [{ name: framedName, mark: "frame" as const, colour: tones.ink }]),
  ];
  return { option, legend };
}

/** A unit in each cell is one too many. */
function shortOf(text: string): string {
  return text.replace(/ [%×]$/, "");
}

function rangeOf({ values, low, high, scale }: HeatChart): [number, number] {
  const [least, most] = extentOf(values.flat());
  if (scale !== "diverging") return [low ?? least, high ?? most];
  const reach = Math.max(Math.abs(low ?? least), Math.abs(high ?? most));
  return [-reach, reach];
}

/** Where columns meet: half way between their places. */
function edgesOf(at: readonly number[]): number[] {
  if (at.length === 1) return [at[0] - 0.5, at[0] + 0.5];
  const inner = at.slice(1).map((value, i) => (at[i] + value) / 2);
  return [2 * at[0] - inner[0], ...inner, 2 * at[at.length - 1] - inner[inner.length - 1]];
}

function rowLevel(
  { name, row }: { readonly name: string; readonly row: number },
  { tones }: Scene,
): CustomSeriesOption {
  return {
    ...{ type: "custom", silent: true, z: 6, encode: { y: 0 }, data: [[row]] },
    renderItem: (params, api) => {
      const area = params.coordSys as unknown as Area;
      const [, middle] = api.coord([0, row]);
      const [, height] = (api.size ?? (() => [0, 0]))([0, 1]) as number[];
      const at = middle - height / 2;
      const style = { stroke: tones.ink, lineWidth: 1.5, lineDash: [5, 4] };
      const text = { text: name, x: area.x + area.width - 4, y: at + 3, align: "right" as const, fill: tones.ink };
      return {
        type: "group",
        children: [
          { type: "line", shape: { x1: area.x, x2: area.x + area.width, y1: at, y2: at }, style },
          { type: "text", style: { ...text, font: `600 12px ${FONT}`, stroke: tones.surface, lineWidth: 3 } },
        ],
      };
    },
  };
}
