import type { Estimate } from "../../jobs/statistics.ts";
import { asTitle } from "./builders.ts";
import type { BarsChart } from "./chart-spec.ts";
import type { Cell, ReportPage, Section, TableSpec } from "./page.ts";
import { formatValue, NOTHING, type Format } from "./value.ts";

/** What is above the sections of every page. */
export type Head = Omit<ReportPage, "sections">;

/** Contestants in groups (scenarios, cells, or all together) by measures, each a mean with an interval. */
export interface CompareInput extends Head {
  readonly contestants: readonly string[];
  readonly measures: readonly CompareMeasure[];
  readonly groups: readonly CompareGroup[];
  readonly goals?: readonly CompareGoal[];
  /** Paragraphs above the charts. */
  readonly notes?: readonly string[];
  /** Sections of the task's own, behind the charts. */
  readonly more?: readonly Section[];
}

export interface CompareMeasure {
  readonly id: string;
  readonly title: string;
  readonly format: Format;
  readonly better: "less" | "more";
  readonly note?: string;
  /** Only in the tables. */
  readonly isMinor?: boolean;
}

export interface CompareGroup {
  readonly name: string;
  /** By contestant, then by measure; what was not run is left out. */
  readonly values: Readonly<Record<string, Readonly<Record<string, Estimate>>>>;
}

export interface CompareGoal {
  readonly text: string;
  /** Null: it cannot be told. */
  readonly holds: boolean | null;
  readonly detail: string;
}

/** Grouped bars with intervals for each measure, a table for each group, and the goals held against the numbers. */
export function comparePage(input: CompareInput): ReportPage {
  const { contestants, measures, groups, goals = [], notes, more = [], ...head } = input;
  const shown = measures.filter(({ isMinor }) => isMinor !== true);
  return {
    ...head,
    sections: [
      ...(goals.length === 0 ? [] : [{ heading: "Goals", tables: [goalTable(goals)] }]),
      {
        heading: "Compared",
        text: notes ?? ["Means; whiskers are 95 % intervals."],
        charts: shown.map((measure) => compareBars(measure, contestants, groups)),
      },
      ...more,
      { heading: "Numbers", tables: groups.map((group) => compareTable(group, contestants, measures)) },
    ],
  };
}

/** Bars of one measure: a group of bars for each group, a bar for each contestant. */
export function compareBars(
  { id, title, format, better, note }: CompareMeasure,
  contestants: readonly string[],
  groups: readonly CompareGroup[],
): BarsChart {
  const of = (group: CompareGroup, contestant: string) => group.values[contestant]?.[id];
  const series = contestants.map((name) => ({
    name,
    values: groups.map((group) => of(group, name)?.mean ?? null),
    low: groups.map((group) => of(group, name)?.low ?? null),
    high: groups.map((group) => of(group, name)?.high ?? null),
  }));
  const last = groups[groups.length - 1];
  const means = contestants.map((name) => `${name} ${formatValue(of(last, name)?.mean ?? null, format)}`);
  return {
    ...{ kind: "bars", title: asTitle(title), isHorizontal: true, categories: groups.map(({ name }) => name), series },
    note: note ?? `${better === "less" ? "Less" : "More"} is better`,
    summary: `${last.name}: ${means.join(", ")}.`,
    value: { label: title, format },
  };
}

function compareTable(
  { name, values }: CompareGroup,
  contestants: readonly string[],
  measures: readonly CompareMeasure[],
): TableSpec {
  const rows = measures.map(({ id, title, format, better }): Cell[] => {
    const found = contestants.map((contestant) => values[contestant]?.[id]);
    const means = found.flatMap((each) => (each === undefined ? [] : [each.mean]));
    const best = better === "less" ? Math.min(...means) : Math.max(...means);
    return [
      title,
      ...found.map((each) => {
        if (each === undefined) return NOTHING;
        return { value: withInterval(each, format), isBest: means.length > 1 && each.mean === best };
      }),
    ];
  });
  const columns = [{ title: "measure" }, ...contestants.map((title) => ({ title, format: { as: "number" } as const }))];
  return { caption: asTitle(name), columns, rows };
}

/** A mean, and behind it the interval. */
export function withInterval({ mean, low, high }: Estimate, format: Format): string {
  return `${formatValue(mean, format)} (${formatValue(low, format)} to ${formatValue(high, format)})`;
}

export function goalTable(goals: readonly CompareGoal[]): TableSpec {
  return {
    caption: "Held against the means, by code",
    columns: [{ title: "goal" }, { title: "is it so" }, { title: "what was found" }],
    rows: goals.map(({ text, holds, detail }): Cell[] => [
      text,
      holds === null
        ? { value: "cannot be told", tone: "muted" }
        : { value: holds ? "holds" : "does not hold", tone: holds ? "good" : "bad" },
      detail,
    ]),
  };
}
