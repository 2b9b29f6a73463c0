import type { ChartSpec } from "./chart-spec.ts";
import type { Format } from "./value.ts";

/**
 * # The page of a report
 *
 * A `ReportPage` is plain data: what a result says, without a word of HTML. `renderReport` (`render.ts`) makes of it one
 * self-contained file: charts (ECharts, inlined), the numbers of every chart as a table, light and dark, phone and desktop, no
 * request to anywhere. Equal pages give equal bytes. Every text is escaped: names may come from files of strangers.
 *
 * A task with a result of its own writes a function `xPage(result): ReportPage` and hands it on:
 *
 * ```ts
 * import type { ReportPage } from "../sim/report/html/page.ts";
 * import { renderReport } from "../sim/report/html/render.ts";
 *
 * const page: ReportPage = {
 *   title: "Aave v3 and Breakwater in one crash",
 *   command: "npx hardhat compare --seeds 20",
 *   seed: "1 to 20",
 *   tiles: [{ label: "bad debt, Aave v3", value: "4.2 %", tone: "bad" }],
 *   sections: [
 *     {
 *       heading: "Losses",
 *       charts: [
 *         {
 *           kind: "bars",
 *           title: "Bad debt",
 *           summary: "Aave v3 loses 4.2 % of the debt, Breakwater 0.3 %.",
 *           categories: ["Black Thursday", "19 May 2021"],
 *           value: { label: "of the debt", format: { as: "percent" } },
 *           series: [{ name: "Aave v3", values: [0.042, 0.031], low: [0.03, 0.02], high: [0.05, 0.04] }],
 *         },
 *       ],
 *     },
 *   ],
 *   parameters: { "market.depth": 1500 },
 * };
 * await report.write(renderReport(page)); // `prepareFiles({ out, chart, report })` gives the file
 * ```
 *
 * Charts are in `chart-spec.ts`: `lines` (with bands, levels, stacks), `states`, `heat`, `bars`, `sankey`, `distribution`,
 * `scatter`. `builders.ts` has what takes arithmetic: `histogramThroughTime`, `distributionOf`, `spellsOf`. Whole pages
 * from plain inputs are in `compare-page.ts`, `sweep-page.ts` and `montecarlo-page.ts`: a new task need only fill those in.
 * Numbers are written by `formatValue` (`value.ts`): pass numbers with a `Format`, not texts, wherever a type allows it.
 */
export interface ReportPage {
  readonly title: string;
  /** A sentence: what was done to whom. */
  readonly subtitle?: string;
  /** Command that makes this page again. */
  readonly command: string;
  /** A seed, or which seeds: "1 to 20". */
  readonly seed?: string;
  /** Fingerprint of what was run. */
  readonly hash?: string;
  /** What the reader must know to judge it: source of the prices, population, features. */
  readonly facts?: readonly Fact[];
  /** Key figures; four to six read best. */
  readonly tiles?: readonly Tile[];
  readonly sections: readonly Section[];
  /** Every other number that it depends on. */
  readonly parameters?: Readonly<Record<string, number | string>>;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A key figure. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  /** A line below: against what. */
  readonly note?: string;
  readonly tone?: Tone;
}

/** Good and bad also get a sign: colour alone says nothing. */
export type Tone = "good" | "bad" | "muted";

export interface Section {
  readonly heading: string;
  /** Paragraphs. */
  readonly text?: readonly string[];
  readonly tiles?: readonly Tile[];
  readonly charts?: readonly ChartSpec[];
  readonly tables?: readonly TableSpec[];
}

export interface TableSpec {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Closed until it is asked for: for long tables. */
  readonly isFolded?: boolean;
}

export interface Column {
  readonly title: string;
  /** Of the numbers in it; texts stay as they are. A column without is of texts, at the left. */
  readonly format?: Format;
}

/** A cell with a tone or a mark says what is written too. */
export type Cell = string | number | null | RichCell;

export interface RichCell {
  readonly value: string | number | null;
  /** Written in place of the column's format. */
  readonly format?: Format;
  readonly tone?: Tone;
  /** Best of its row or column: bold. */
  readonly isBest?: boolean;
}
