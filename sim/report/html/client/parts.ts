import type {
  CustomSeriesOption,
  EChartsOption,
  TooltipComponentOption,
  XAXisComponentOption,
  YAXisComponentOption,
} from "echarts";

import { formatCompact, formatNumber, formatTime } from "../../format.ts";
import { niceTicks, timeTicks } from "../../scale.ts";
import type { Axis, Level } from "../chart-spec.ts";
import type { Format } from "../value.ts";
import { FONT, type Scene } from "./scene.ts";

/** What all charts have in common. */
export function baseOption(scene: Scene): EChartsOption {
  const { ink, surface, border } = scene.tones;
  const tooltip: TooltipComponentOption = {
    ...{ backgroundColor: surface, borderColor: border, borderWidth: 1, padding: [8, 12], confine: true },
    ...{ transitionDuration: 0, textStyle: { color: ink, fontSize: 13, fontFamily: FONT } },
    extraCssText:
      "box-shadow:0 4px 18px rgba(0,0,0,.18);border-radius:8px;max-width:min(24rem,90vw);white-space:normal",
  };
  return {
    ...{ animation: false, backgroundColor: "transparent", tooltip },
    textStyle: { fontFamily: FONT, fontSize: 12, color: ink },
    grid: { left: 6, right: 18, top: 26, bottom: 30, containLabel: true },
  };
}

type AxisOption = Exclude<XAXisComponentOption & YAXisComponentOption, unknown[]>;

const label = (scene: Scene) => ({ color: scene.tones.muted, fontSize: 12, hideOverlap: true });

/** Across, at the bottom. @param range Lowest and highest value of the data. */
export function xAxisOf(axis: Axis, range: readonly [number, number], scene: Scene): XAXisComponentOption {
  const { tones } = scene;
  const [min, max] = [axis.from ?? range[0], axis.to ?? range[1]];
  const common = {
    ...{ min, max, nameLocation: "middle" as const, nameGap: 28 },
    nameTextStyle: { color: tones.muted, fontSize: 12 },
    axisLine: { show: true, onZero: false, lineStyle: { color: tones.muted } },
    axisTick: { show: true, lineStyle: { color: tones.muted } },
    splitLine: { show: false },
  };
  if (axis.format.as !== "duration") {
    // Where the data end is no round number: no tick.
    const round = axis.isLog === true ? {} : { customValues: niceTicks(min, max, scene.isNarrow ? 5 : 8) };
    return {
      ...common,
      ...{ type: axis.isLog === true ? "log" : "value", name: axis.label },
      axisTick: { ...common.axisTick, ...round },
      axisLabel: { ...label(scene), ...round, formatter: (value: number) => tickText(value, axis.format) },
    } as XAXisComponentOption;
  }
  const { unit, ticks } = timeTicks(max);
  const shown = ticks.filter((_, i) => !scene.isNarrow || ticks.length <= 6 || i % 2 === 0);
  const names = new Map(shown.map(({ at, text }) => [at, text]));
  const customValues = shown.map(({ at }) => at);
  return {
    ...common,
    ...{ type: "value", name: `${axis.label} [${unit}]` },
    axisTick: { ...common.axisTick, customValues },
    axisLabel: { ...label(scene), customValues, formatter: (value: number) => names.get(value) ?? "" },
  } as XAXisComponentOption;
}

/** Upwards, at the left. @param isFromZero Bars and areas are nothing without their foot. */
export function yAxisOf(axis: Axis, isFromZero: boolean, scene: Scene): YAXisComponentOption {
  const { tones } = scene;
  return {
    ...{ type: axis.isLog === true ? "log" : "value", name: axis.label, nameLocation: "end", nameGap: 10 },
    ...{ scale: !isFromZero, splitNumber: 4 },
    ...(axis.from === undefined ? {} : { min: axis.from }),
    // All of nothing would be shown on an axis to 1, which is 100 %.
    max:
      axis.to ??
      (({ max, min }: { readonly max: number; readonly min: number }) =>
        max === 0 && min >= 0 && (isFromZero || axis.from === 0) ? smallest(axis.format) : null),
    nameTextStyle: { color: tones.muted, fontSize: 12, align: "left", padding: [0, 0, 0, -6] },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: tones.grid } },
    axisLabel: { ...label(scene), formatter: (value: number) => tickText(value, axis.format) },
  } as YAXisComponentOption;
}

function smallest({ as }: Format): number {
  return as === "percent" ? 0.01 : 1;
}

export function categoryAxis(
  categories: readonly string[],
  name: string,
  scene: Scene,
  more: Readonly<Record<string, unknown>> = {},
): AxisOption {
  const { tones } = scene;
  return {
    ...{ type: "category", data: [...categories], name, axisTick: { show: false }, splitLine: { show: false } },
    nameTextStyle: { color: tones.muted, fontSize: 12 },
    axisLine: { lineStyle: { color: tones.muted } },
    axisLabel: { ...label(scene), ...more },
  } as unknown as AxisOption;
}

/** As few places as the value needs: ticks are round. */
export function tickText(value: number, { as, unit }: Format): string {
  const behind = unit === undefined || as === "duration" ? "" : ` ${unit}`;
  if (as === "percent") return `${trimmed(100 * value)} %`;
  if (as === "duration") return formatTime(value);
  if (as === "hours") return `${trimmed(value / 3_600)}${behind}`;
  if (as === "compact" || Math.abs(value) >= 10_000) return `${formatCompact(value)}${behind}`;
  return `${trimmed(value)}${behind}`;
}

function trimmed(value: number): string {
  const text = formatNumber(value, 6);
  return text.replace(/\.?0+$/, "");
}

/** Lines across at values, with their names. They widen the axis so that they are seen. */
export function levelSeries(levels: readonly Level[], { tones }: Scene, isUpright = false): CustomSeriesOption[] {
  if (levels.length === 0) return [];
  return [
    {
      ...{ type: "custom", silent: true, z: 6, tooltip: { show: false } },
      data: levels.map(({ value }) => (isUpright ? [value, 0] : [null as unknown as number, value])),
      renderItem: (params, api) => {
        const area = params.coordSys as unknown as Area;
        const { name, value } = levels[params.dataIndex];
        const at = api.coord(isUpright ? [value, 0] : [0, value])[isUpright ? 0 : 1];
        const right = area.x + area.width;
        const shape = isUpright
          ? { x1: at, x2: at, y1: area.y, y2: area.y + area.height }
          : { x1: area.x, x2: right, y1: at, y2: at };
        const place = isUpright ? { x: at + 4, y: area.y + 2 } : { x: right - 2, y: at - 15 };
        return {
          type: "group",
          children: [
            { type: "line", shape, style: { stroke: tones.muted, lineWidth: 1.5, lineDash: [5, 4] } },
            {
              type: "text",
              style: {
                ...{ text: name, ...place, fill: tones.ink, font: `12px ${FONT}`, align: isUpright ? "left" : "right" },
                ...{ stroke: tones.surface, lineWidth: 3 },
              },
            },
          ],
        };
      },
    },
  ];
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function extentOf(values: Iterable<number | null>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [0, 1] : [low, high];
}
