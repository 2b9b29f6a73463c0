import { calmLendingOf, type FrontierResult } from "../../frontier/frontier-result.ts";
import { LOSS, MEASURES, type Measure } from "../../frontier/measures.ts";
import { assetsOf } from "../../frontier/perform.ts";
import { POOLED, type GroupSummary } from "../../frontier/summary.ts";
import { commonValues } from "../../sweep/setting.ts";
import { formatCompact, formatNumber } from "../format.ts";
import { asTitle } from "./builders.ts";
import type { Colour, ScatterChart } from "./chart-spec.ts";
import { withInterval } from "./compare-page.ts";
import type { Cell, ReportPage, Section, TableSpec } from "./page.ts";
import { sweepPage } from "./sweep-page.ts";
import { formatValue, type Format } from "./value.ts";

const PERCENT: Format = { as: "percent", places: 2 };
const COLOURS: Readonly<Record<string, Colour>> = {
  ...{ static: "ink", dynamic: "orange", "dynamic+breaker": "blue", measured: "green" },
};

/** The report of `npx hardhat frontier`: what is lost in a crash against what is lent before it. @param command That reproduces it. */
export function frontierPage(result: FrontierResult, command: string): ReportPage {
  const { options, groups, variants, reference, basis } = result;
  const { seeds, borrowers, loopers, dipBuyers, curve, features, targets } = options;
  const ordered = [...groups].sort((a, b) => Number(b.group === POOLED) - Number(a.group === POOLED));
  const first = ordered[0];
  return sweepPage({
    title: "What is lost in a crash, against what is lent before it",
    subtitle:
      "Each point is a pool: its defences, and how much it lends on a usual day, as a share of what Aave v3's parameters lend. Down and to the right is better.",
    ...{ command, seed: `1 to ${seeds}`, hash: basis },
    facts: [
      {
        label: "People",
        value: `${formatNumber(borrowers)} borrowers, ${formatNumber(loopers)} loopers, ${formatNumber(dipBuyers)} dip buyers`,
      },
      { label: "Curve", value: curve },
      { label: "Runs", value: formatNumber(result.runs.length) },
      {
        label: "100 % of lending",
        value: Object.entries(reference)
          .map(([asset, amount]) => `${formatCompact(amount)} on ${asset}`)
          .join(", "),
      },
    ],
    tiles: first.variants
      .filter(({ target }) => target === targets[0])
      .map(({ variant, measures }) => ({
        ...{ label: `loss, ${variant}`, value: formatValue(measures[LOSS].mean, PERCENT) },
        note: `${formatValue(measures[LOSS].low, PERCENT)} to ${formatValue(measures[LOSS].high, PERCENT)} of the debt`,
      })),
    frontiers: ordered.map((group, i) => frontier(result, group, i === 0)),
    panels: targets.map((target) => {
      const shown = variants.filter((variant) => variant.target === target);
      const rows = [...ordered].reverse();
      return {
        heading: `Lending ${formatNumber(100 * target)} % of the reference`,
        x: { label: "defences", values: features },
        y: { label: "scenario", values: rows.map(({ group }) => titleOf(group)) },
        maps: MEASURES.filter(({ id }) => [LOSS, "amplification"].includes(id)).map((measure) => ({
          ...{ title: measure.title, format: formatOf(measure), better: measure.better },
          values: rows.map(({ variants: found }) =>
            shown.map(({ name }) => found.find(({ variant }) => variant === name)?.measures[measure.id]?.mean ?? null),
          ),
        })),
      };
    }),
    more: [harmSection(result), { heading: "Numbers", tables: ordered.map(groupTable) }],
    parameters: {
      ...Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)])),
      ...commonValues(assetsOf(options.scenarios), options.curve),
    },
  });
}

function frontier(result: FrontierResult, group: GroupSummary, isWide: boolean): ScatterChart {
  const series = result.options.features.map((features) => ({
    name: features,
    ...(COLOURS[features] === undefined ? {} : { colour: COLOURS[features] }),
    isJoined: true,
    points: group.variants
      .filter((variant) => variant.features === features)
      .map(({ target, measures }) => ({
        x: calmLendingOf(result, group.group, { features, target }),
        ...{ y: measures[LOSS].mean, low: measures[LOSS].low, high: measures[LOSS].high },
      }))
      .sort((a, b) => a.x - b.x),
  }));
  const best = series
    .flatMap(({ name, points }) => points.map(({ x, y }) => ({ name, x, y })))
    .sort((a, b) => a.y - b.y)[0];
  return {
    ...{ kind: "scatter", title: asTitle(titleOf(group.group)), isWide, height: isWide ? 400 : 300, series },
    note: "Whiskers are 95 % intervals",
    summary:
      best === undefined
        ? "No points."
        : `Least is lost by ${best.name}: ${formatValue(best.y, PERCENT)} at ${formatValue(best.x, PERCENT)} of the lending.`,
    x: { label: "lent on a usual day, of the reference", format: { as: "percent" } },
    y: { label: "lost, of the debt at the start", format: PERCENT, from: 0 },
  };
}

function titleOf(group: string): string {
  return group === POOLED ? "all scenarios" : group;
}

function harmSection({ harms }: FrontierResult): Section {
  const rows = harms.map(({ group, variant, measure, difference }): Cell[] => {
    const found = MEASURES.find(({ id }) => id === measure);
    const format = found === undefined ? PERCENT : formatOf(found);
    return [titleOf(group), variant, found?.title ?? measure, withInterval(difference, { ...format, isSigned: true })];
  });
  const columns = [{ title: "scenario" }, { title: "pool" }, { title: "measure" }, { title: "worse by" }];
  return {
    heading: "Where a defence does harm",
    text: [
      harms.length === 0
        ? "Nowhere: nothing is significantly worse than with a static pool that lends as much."
        : "Significantly worse than with a static pool that lends as much: the interval of the paired difference is without zero.",
    ],
    tables: harms.length === 0 ? [] : [{ caption: "Harms", columns, rows }],
  };
}

function groupTable({ group, variants }: GroupSummary): TableSpec {
  const columns = [
    { title: "measure" },
    ...variants.map(({ variant }) => ({ title: variant, format: { as: "number" } as const })),
  ];
  const rows = MEASURES.map((measure): Cell[] => [
    measure.title,
    ...variants.map(({ measures, againstStatic }) => {
      const verdict = againstStatic?.measures[measure.id]?.verdict;
      const text = withInterval(measures[measure.id], formatOf(measure));
      return {
        value: text,
        ...(verdict === "worse" ? { tone: "bad" as const } : verdict === "better" ? { tone: "good" as const } : {}),
      };
    }),
  ]);
  return { caption: asTitle(titleOf(group)), columns, rows };
}

function formatOf({ unit }: Measure): Format {
  if (unit === "%") return PERCENT;
  return { as: "number", places: unit === "×" ? 3 : 1, unit };
}
