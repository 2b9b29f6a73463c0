import type { EChartsOption } from "echarts";

import type { Colour } from "../chart-spec.ts";
import { SERIES, type Tones } from "../palette.ts";

/** What a chart is drawn for: a mode and a width. */
export interface Scene {
  readonly tones: Tones;
  readonly width: number; // [CSS px]
  /** A phone: fewer labels. */
  readonly isNarrow: boolean;
}

/** What ECharts is told, and the legend, which is ours: it wraps, and keys reach it. */
export interface Drawing {
  readonly option: EChartsOption;
  readonly legend: readonly LegendItem[];
}

export type LegendItem = SeriesItem | ScaleItem;

export interface SeriesItem {
  readonly name: string;
  readonly mark: "solid" | "dashed" | "dotted" | "thick" | "dots" | "block" | "band" | "frame";
  readonly colour: string;
  /** Whether it can be hidden. */
  readonly isToggle?: boolean;
}

export interface ScaleItem {
  readonly name: string;
  readonly scale: readonly string[];
  readonly low: string;
  readonly high: string;
}

export const FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';

export function toneOf({ tones }: Scene, colour: Colour | undefined, index: number): string {
  return tones.colours[colour ?? SERIES[index % SERIES.length]];
}

export function isHidden(hidden: ReadonlySet<string>, name: string): boolean {
  return hidden.has(name);
}
