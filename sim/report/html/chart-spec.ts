import type { Format } from "./value.ts";

/**
 * What can be drawn, as plain data: no chart knows of ECharts, of colours or of the page's mode. See `page.ts` for how to use it.
 * Missing values are null; NaN and infinities are refused.
 */
export type ChartSpec =
  LinesChart | StatesChart | HeatChart | BarsChart | SankeyChart | DistributionChart | ScatterChart;

/** Of the palette, which has a tone of each for light and for dark. Default: in the order of the series. */
export type Colour = "blue" | "orange" | "green" | "purple" | "sky" | "amber" | "red" | "grey" | "ink";

interface ChartBase {
  readonly title: string;
  /** A line under the title: how to read it. */
  readonly note?: string;
  /** What a reader who does not see the picture should know; the table of its numbers is there anyway. */
  readonly summary: string;
  /** On a wide screen; default: half of the width. */
  readonly isWide?: boolean;
  /** [CSS px] Default: by kind. */
  readonly height?: number;
}

export interface Axis {
  /** With its unit: "price of WETH [USDC]". */
  readonly label: string;
  readonly format: Format;
  /** Default: from the data. */
  readonly from?: number;
  readonly to?: number;
  readonly isLog?: boolean;
}

/** A line across at a value: a limit, a threshold. */
export interface Level {
  readonly name: string;
  readonly value: number;
}

/** Values over time, or over any number. Charts of one `group` share their pointer and their zoom. */
export interface LinesChart extends ChartBase {
  readonly kind: "lines";
  readonly x: Axis & { readonly values: readonly number[] };
  readonly y: Axis;
  readonly series: readonly LineSeries[];
  readonly bands?: readonly Band[];
  readonly levels?: readonly Level[];
  /** Values are put on top of each other, and filled. */
  readonly isStacked?: boolean;
  readonly group?: string;
}

export interface LineSeries {
  readonly name: string;
  /** One for each value of x. */
  readonly values: readonly (number | null)[];
  /** Default: solid. */
  readonly style?: "solid" | "dashed" | "dotted" | "thick" | "dots";
  readonly isFilled?: boolean;
  /** Holds until it changes. */
  readonly isStep?: boolean;
  readonly colour?: Colour;
}

/** The room between two lines: an interval, or a range of quantiles. */
export interface Band {
  readonly name: string;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly colour?: Colour;
}

/** Which state something was in, and when: a strip for each row. */
export interface StatesChart extends ChartBase {
  readonly kind: "states";
  readonly x: Axis;
  readonly states: readonly { readonly name: string; readonly colour: Colour }[];
  readonly rows: readonly {
    readonly name: string;
    readonly spells: readonly { readonly from: number; readonly to: number; readonly state: number }[];
  }[];
  readonly group?: string;
}

/** A grid of colours: of parameters, or a histogram through time (`histogramThroughTime` makes one). */
export interface HeatChart extends ChartBase {
  readonly kind: "heat";
  readonly x: {
    readonly label: string;
    readonly categories: readonly string[];
    /** Where the categories are on an axis of numbers, ascending: times. [s for a duration] */
    readonly at?: { readonly values: readonly number[]; readonly format: Format };
  };
  readonly y: { readonly label: string; readonly categories: readonly string[] };
  /** A row for each category of y, in their order, which goes upwards. Null: no colour. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What the colour says. */
  readonly value: { readonly label: string; readonly format: Format };
  /** Viridis is bright where values are high, its reverse where they are low; `diverging` is centred at zero. Default: viridis. */
  readonly scale?: "viridis" | "viridis-reversed" | "diverging";
  /** Values whose colours are the ends of the scale; default: of the data. */
  readonly low?: number;
  readonly high?: number;
  /** Writes the number into each cell. */
  readonly hasNumbers?: boolean;
  /** Cells with a frame, as [row, column]: a safe frontier, the best of a row. */
  readonly framed?: readonly (readonly [row: number, column: number])[];
  readonly framedName?: string;
  /** A line between two rows, at the upper edge of this one: health 1. */
  readonly levels?: readonly { readonly name: string; readonly row: number }[];
}

/** Bars, grouped by category, perhaps with intervals. */
export interface BarsChart extends ChartBase {
  readonly kind: "bars";
  readonly categories: readonly string[];
  readonly value: Axis;
  readonly series: readonly BarSeries[];
  /** Bars lie: for long names. */
  readonly isHorizontal?: boolean;
  readonly isStacked?: boolean;
  /** One series: gains and losses in colours of their own. */
  readonly isSigned?: boolean;
  readonly levels?: readonly Level[];
}

export interface BarSeries {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Ends of the interval of each value. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  readonly colour?: Colour;
}

/** Where amounts came from and went. Links of nothing are left out. */
export interface SankeyChart extends ChartBase {
  readonly kind: "sankey";
  readonly nodes: readonly { readonly name: string; readonly colour?: Colour }[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly value: number }[];
  readonly format: Format;
}

/** Histograms of many runs, with marks such as VaR and expected shortfall; `distributionOf` makes a group. */
export interface DistributionChart extends ChartBase {
  readonly kind: "distribution";
  readonly x: Axis;
  readonly groups: readonly DistributionGroup[];
}

export interface DistributionGroup {
  readonly name: string;
  readonly count: number;
  /** One more than there are shares, ascending. */
  readonly edges: readonly number[];
  /** Of all runs, in each bin. */
  readonly shares: readonly number[];
  readonly marks: readonly Level[];
  readonly colour?: Colour;
}

/** Points of two measures, perhaps with intervals and joined to a frontier. */
export interface ScatterChart extends ChartBase {
  readonly kind: "scatter";
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly ScatterPoint[];
    readonly isJoined?: boolean;
    readonly colour?: Colour;
  }[];
  readonly levels?: readonly Level[];
}

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly label?: string;
  readonly low?: number; // of y
  readonly high?: number;
}
