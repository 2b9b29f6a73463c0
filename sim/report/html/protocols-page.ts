import type { CompareResult, ContestantSummary } from "../../compare/compare-result.ts";
import { nameOfCell } from "../../compare/job.ts";
import { COMPARE_MEASURES, FALL, LOSS } from "../../compare/measures.ts";
import type { Estimate } from "../../jobs/statistics.ts";
import { formatNumber } from "../format.ts";
import { comparePage, withInterval, type CompareMeasure } from "./compare-page.ts";
import type { Cell, ReportPage, Section, TableSpec } from "./page.ts";
import { formatValue, type Format } from "./value.ts";

const PERCENT: Format = { as: "percent", places: 2 };
const [LOSS_BEYOND, FALL_BEYOND] = ["lossBeyondTwin", "fallBeyondTwin"];
const NAMES = { all: "all", flat: "no recovery", recorded: "as recorded" };

/** The report of `npx hardhat compare`. @param command That reproduces it. */
export function protocolsPage(result: CompareResult, command: string): ReportPage {
  const { options, goals, groups, cells, titles, calibrations, basis } = result;
  const { seeds, borrowers, loopers, contestants, scenarios } = options;
  const measures: CompareMeasure[] = [
    ...COMPARE_MEASURES.map(({ id, title, unit }) => ({
      ...{ id, title: title.trim(), format: unit === "%" ? PERCENT : ({ as: "number", places: 1 } as const) },
      ...{ better: "less" as const, isMinor: ![LOSS, FALL, "discount"].includes(id) },
    })),
    {
      ...{ id: LOSS_BEYOND, title: "bad debt beyond the twin's", format: PERCENT, better: "less" },
      note: "Above the same run without the market's feedback; less is better",
    },
    {
      ...{ id: FALL_BEYOND, title: "fall of the price beyond the twin's", format: PERCENT, better: "less" },
      note: "Above the same run without the market's feedback; less is better",
    },
  ];
  const valuesOf = ({ measures: found, excess }: ContestantSummary): Record<string, Estimate> => ({
    ...found,
    ...{ [LOSS_BEYOND]: excess.loss, [FALL_BEYOND]: excess.fall },
  });
  const all = groups[0].contestants;
  return comparePage({
    title: "The same crash for every protocol",
    subtitle:
      "The same people, wishes, market and draws for all, on the real contracts. Shares are of the debt at the start.",
    ...{ command, seed: `1 to ${seeds}`, hash: basis },
    facts: [
      ...contestants.map((name) => ({ label: name, value: titles[name] })),
      { label: "People", value: `${formatNumber(borrowers)} borrowers, ${formatNumber(loopers)} loopers` },
      { label: "Crashes", value: scenarios.join(", ") },
      { label: "Runs", value: formatNumber(result.runs.length) },
      ...calibrations.map(({ asset, calibration: { scale, lending } }) => ({
        label: `Lending on ${asset}`,
        value: `Breakwater's model is scaled by ${formatNumber(scale, 3)} to lend ${formatValue(lending, { as: "percent", places: 1 })} of what Aave's factors lend on a usual day`,
      })),
    ],
    tiles: all.map(({ contestant, measures: found }) => ({
      ...{ label: `bad debt, ${contestant}`, value: formatValue(found[LOSS].mean, PERCENT) },
      note: `${formatValue(found[LOSS].low, PERCENT)} to ${formatValue(found[LOSS].high, PERCENT)}`,
    })),
    ...{ contestants, measures, goals, parameters: result.parameters },
    notes: [
      "Means; whiskers are 95 % intervals. Bad debt is what was written off and what open accounts owe beyond their collateral at the market's last price: Aave v3 of this version never writes off.",
    ],
    groups: groups.map(({ group, contestants: each }) => ({
      name: NAMES[group],
      values: Object.fromEntries(each.map((summary) => [summary.contestant, valuesOf(summary)])),
    })),
    more: [byCrash(result), ...(result.lost.length === 0 ? [] : [lostCells(result)])],
  });

  function byCrash({ cells: found }: CompareResult): Section {
    return {
      heading: "Crash by crash",
      charts: [
        {
          ...{ kind: "bars", title: "Bad debt of each crash", isHorizontal: true },
          categories: found.map(nameOfCell),
          value: { label: "of the debt", format: PERCENT },
          summary: `Bad debt of ${contestants.join(", ")} in each of ${cells.length} cells.`,
          series: contestants.map((name) => {
            const own = found.map((cell) => cell.contestants.find(({ contestant }) => contestant === name));
            return {
              name,
              values: own.map((each) => each?.measures[LOSS].mean ?? null),
              low: own.map((each) => each?.measures[LOSS].low ?? null),
              high: own.map((each) => each?.measures[LOSS].high ?? null),
            };
          }),
        },
      ],
      tables: [lentTable(found)],
    };
  }

  function lentTable(found: CompareResult["cells"]): TableSpec {
    return {
      caption: "Lent before the crash, of what Aave v3 had lent",
      columns: [{ title: "crash" }, ...contestants.map((title) => ({ title, format: PERCENT }))],
      rows: found.map((cell): Cell[] => [nameOfCell(cell), ...cell.contestants.map(({ lent }): Cell => lent)]),
    };
  }
}

function lostCells({ lost }: CompareResult): Section {
  return {
    heading: "Where Breakwater has more bad debt than another",
    text: ["Of the paired difference: where its interval reaches below zero, it may be chance."],
    tables: [
      {
        caption: "Worst first",
        columns: [
          { title: "crash" },
          { title: "than" },
          { title: "Breakwater" },
          { title: "the other" },
          { title: "difference" },
        ],
        rows: lost.map(({ cell, to, own, other, difference }): Cell[] => [
          ...[cell, to, formatValue(own, PERCENT), formatValue(other, PERCENT), withInterval(difference, PERCENT)],
        ]),
      },
    ],
  };
}
