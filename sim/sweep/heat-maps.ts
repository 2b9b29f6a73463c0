import type { Axis } from "./grid.ts";
import type { SweepResult } from "./sweep.ts";

/** Two axes against each other, the others standing still. */
export interface HeatPanel {
  /** Where the others stand: empty if there are none. */
  readonly others: Readonly<Record<string, number | string>>;
  readonly x: Axis;
  /** A sweep of one axis has one row. */
  readonly y: Axis;
  /** Index of the cell at each place, a row for each value of y. */
  readonly cells: readonly (readonly number[])[];
}

/** The last two axes, once for every combination of the others. */
export function heatPanels({ options, cells }: Pick<SweepResult, "options" | "cells">): HeatPanel[] {
  const { axes } = options;
  const x = axes[axes.length - 1];
  const y = axes.length > 1 ? axes[axes.length - 2] : { name: "", unit: "", values: [""] };
  const size = x.values.length * y.values.length;
  // The last axis is the fastest: a panel is a stretch of cells.
  return Array.from({ length: cells.length / size }, (_, panel) => ({
    others: Object.fromEntries(
      Object.entries(cells[panel * size].point).filter(([name]) => name !== x.name && name !== y.name),
    ),
    ...{ x, y },
    cells: y.values.map((__, row) => x.values.map((___, column) => panel * size + row * x.values.length + column)),
  }));
}
