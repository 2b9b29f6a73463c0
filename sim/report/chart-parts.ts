import { spreadLabels, visiblePoints, type Scale } from "./scale.ts";
import { element, linePath, text } from "./svg.ts";

export const LEFT = 72;
export const RIGHT = 660; // of the plots; labels of lines follow

/** Where a plot is; its title stands above. */
export interface Frame {
  readonly top: number;
  readonly bottom: number;
}

/** Lines keep up to four points in each of them. */
export const COLUMNS = 300;

export interface Line {
  readonly name: string;
  readonly style: string;
  readonly values: readonly number[];
  /** Shown after the name where there is room. */
  readonly value?: string;
}

export function drawLines(
  lines: readonly Line[],
  seconds: readonly number[],
  x: Scale,
  y: Scale,
  frame: Frame,
): string[] {
  const drawn = lines.map(({ style, values }) => {
    const kept = visiblePoints(seconds, values, COLUMNS);
    const points = kept.map((index): [number, number] => [x(seconds[index]), y(values[index])]);
    return element("path", { d: linePath(points), class: `line l-${style}` });
  });
  const ends = lines.map(({ values }) => y(values[values.length - 1] ?? 0));
  return [...drawn, ...endLabels(lines, ends, frame)];
}

/** Names at the right of a plot, each beside the height that it is about, as far as they leave each other room. */
export function endLabels(lines: readonly Omit<Line, "values">[], ends: readonly number[], frame: Frame): string[] {
  const labels = (spacing: number, width: "w" | "n") => {
    const places = spreadLabels(ends, spacing, frame.top + 4, frame.bottom - 4);
    return lines.flatMap(({ name, style, value }, index) => {
      const content = value === undefined || width === "n" ? name : `${name} ${value}`;
      const leader = `M${RIGHT + 2} ${ends[index].toFixed(1)}L${RIGHT + 9} ${places[index].toFixed(1)}`;
      return [
        element("path", { d: leader, class: `leader l-${style} ${width}` }),
        text(RIGHT + 12, places[index] + spacing * 0.29, content, `t-${style} ${width}`),
      ];
    });
  };
  return [...labels(17, "w"), ...labels(27, "n")];
}

export function panelTitle({ top }: Frame, title: string): string[] {
  return [text(24, top - 14, title, "panel")];
}

export function grid(ticks: readonly { readonly y: number; readonly label: string }[]): string[] {
  return ticks.flatMap(({ y, label }) => [
    element("path", { d: `M${LEFT} ${y.toFixed(1)}H${RIGHT}`, class: "grid" }),
    text(LEFT - 8, y + 4.5, label, "small muted w", "end"),
    text(LEFT - 8, y + 7, label, "small muted n", "end"),
  ]);
}

export function axis({ bottom }: Frame): string[] {
  return [element("path", { d: `M${LEFT} ${bottom}H${RIGHT}`, class: "axis" })];
}

/** A centre for a label of that width, so that it stays over the plot. */
export function within(x: number, width: number): number {
  return Math.min(RIGHT - width / 2, Math.max(LEFT + width / 2, x));
}

export function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [0, 1] : [low, high];
}
