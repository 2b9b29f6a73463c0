import { asTitle } from "./builders.ts";
import type { HeatChart, ScatterChart } from "./chart-spec.ts";
import type { Head } from "./compare-page.ts";
import type { ReportPage, Section } from "./page.ts";
import type { Format } from "./value.ts";

/** Measures over a grid of two parameters; more parameters are more panels. */
export interface SweepInput extends Head {
  readonly panels: readonly SweepPanel[];
  /** Measure against measure, over all that was tried. */
  readonly frontiers?: readonly ScatterChart[];
  readonly more?: readonly Section[];
}

export interface SweepPanel {
  readonly heading: string;
  readonly text?: readonly string[];
  readonly x: GridAxis;
  readonly y: GridAxis;
  readonly maps: readonly SweepMap[];
}

export interface GridAxis {
  readonly label: string;
  readonly values: readonly string[];
}

export interface SweepMap {
  readonly title: string;
  readonly note?: string;
  readonly format: Format;
  /** `centred`: neither; below and above zero differ in hue. */
  readonly better: "less" | "more" | "centred";
  /** A row for each value of y. Null: not run. */
  readonly values: readonly (readonly (number | null)[])[];
  /** The ends of the colours, so that maps can be compared. */
  readonly low?: number;
  readonly high?: number;
  /** Cells with a frame, as [row, column], and what it means: "safe: bad debt below 0.1 %". */
  readonly framed?: readonly (readonly [row: number, column: number])[];
  readonly framedName?: string;
}

/** Heat maps, dark where it is worse, and the frontier. */
export function sweepPage({ panels, frontiers = [], more = [], ...head }: SweepInput): ReportPage {
  return {
    ...head,
    sections: [
      ...(frontiers.length === 0 ? [] : [{ heading: "Frontier", charts: frontiers }]),
      ...panels.map((panel): Section => ({
        heading: panel.heading,
        ...(panel.text === undefined ? {} : { text: panel.text }),
        charts: panel.maps.map((map) => sweepMap(map, panel)),
      })),
      ...more,
    ],
  };
}

/** One map of a panel. */
export function sweepMap(map: SweepMap, { x, y }: Pick<SweepPanel, "x" | "y">): HeatChart {
  const { title, note, format, better, values, low, high, framed, framedName } = map;
  const rows = values.flatMap((row, r) => row.map((value, c) => ({ value, r, c })));
  const known = rows.flatMap(({ value, r, c }) => (value === null ? [] : [{ value, r, c }]));
  const best = known.reduce<(typeof known)[number] | undefined>((found, each) => {
    if (found === undefined) return each;
    return (better === "more" ? each.value > found.value : each.value < found.value) ? each : found;
  }, undefined);
  return {
    ...{ kind: "heat", title: asTitle(title), values, hasNumbers: true, height: 90 + 30 * y.values.length },
    ...(note === undefined ? {} : { note }),
    summary:
      best === undefined
        ? "Nothing was run."
        : `${better === "centred" ? "Lowest" : "Best"} at ${y.label} ${y.values[best.r]}, ${x.label} ${x.values[best.c]}.`,
    x: { label: x.label, categories: x.values },
    y: { label: y.label, categories: y.values },
    value: { label: title, format },
    // Bright is good: dark cells are where to look.
    scale: better === "centred" ? "diverging" : better === "less" ? "viridis-reversed" : "viridis",
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(framed === undefined ? {} : { framed }),
    ...(framedName === undefined ? {} : { framedName }),
  };
}
