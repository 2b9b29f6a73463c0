import type { Estimate } from "../jobs/statistics.ts";
import { LEAST_TAIL, type Distribution, type MonteCarloResult } from "../montecarlo/montecarlo.ts";
import { describeOrdering } from "../sweep/lab-job.ts";
import { formatNumber } from "./format.ts";
import { createStyle, type Style } from "./style.ts";

const LABEL = 16;
const COLUMN = 20;
/** Of these a bad tail is what is asked for. */
const AT_RISK: readonly string[] = ["badDebt", "lenderLoss", "loss"];
const LIQUIDATED = "liquidated";
const AMPLIFICATION = "amplification";

/** Writes a Monte Carlo for people: means with their intervals, what the tails hold, and what bounds the number of paths sets. */
export function formatMonteCarloTable(result: MonteCarloResult, colour = false): string {
  const style = createStyle(colour);
  const { options, measures } = result;
  const { scenario, paths, firstSeed, borrowers, loopers, dipBuyers, features, curve, ordering, set } = options;
  const changed = Object.entries(set).map(([name, value]) => `${name} ${value}`);
  return [
    style.bold(`Monte Carlo: ${scenario}, ${paths} paths`),
    `seeds ${firstSeed} to ${firstSeed + paths - 1}; ${borrowers} borrowers, ${loopers} loopers, ${dipBuyers} dip buyers; ` +
      [features, `${curve} curve`, ...describeOrdering(ordering), ...changed].join(", "),
    style.dim("Shares are of the debt at the start. In brackets 95 % intervals, by the bootstrap."),
    "",
    ...means(measures, style),
    "",
    ...tails(measures, style),
    "",
    ...quantiles(measures, style),
  ].join("\n");
}

function means(measures: readonly Distribution[], style: Style): string[] {
  const header = ["mean", "", "deviation", "least", "most", "none"];
  return [
    style.dim(line("", header, [10, COLUMN, 11, 10, 10, 8])),
    ...measures.map(({ title, unit, mean, deviation, least, most, zeroShare }) => {
      const cells = [
        ...[amount(mean.mean, unit), range(mean, unit), amount(deviation, unit)],
        ...[amount(least, unit), amount(most, unit), `${formatNumber(100 * zeroShare)} %`],
      ];
      return line(`${title} ${unit}`, cells, [10, COLUMN, 11, 10, 10, 8]);
    }),
    style.dim("none: share of paths on which it is zero"),
  ];
}

function tails(measures: readonly Distribution[], style: Style): string[] {
  const at = measures.filter(({ id }) => AT_RISK.includes(id));
  const [{ tails: first }] = at;
  const lines = [style.bold("Value at risk and expected shortfall")];
  for (const [i, { confidence, runs, isSupported }] of first.entries()) {
    lines.push(style.dim(line(`at ${percent(confidence)}`, ["VaR", "", "ES", ""], [10, COLUMN, 10, COLUMN])));
    for (const { title, unit, tails: own } of at) {
      const { valueAtRisk, expectedShortfall } = own[i];
      const cells = [valueAtRisk, expectedShortfall].flatMap((each) => [amount(each.mean, unit), range(each, unit)]);
      lines.push(line(`${title} ${unit}`, cells, [10, COLUMN, 10, COLUMN]));
    }
    if (!isSupported) {
      const few = `only ${formatNumber(runs, 1)} of the paths lie beyond ${percent(confidence)}`;
      lines.push(style.bad(`${few}: with fewer than ${LEAST_TAIL} intervals hold less than their 95 %`));
    }
  }
  return lines;
}

function quantiles(measures: readonly Distribution[], style: Style): string[] {
  const shown = [
    ["Liquidations at risk: debt liquidated, quantiles", LIQUIDATED],
    ["Amplification: fall of the price ÷ the scenario's, quantiles", AMPLIFICATION],
  ] as const;
  return shown.flatMap(([heading, id], i) => {
    const measure = measures.find((each) => each.id === id);
    if (measure === undefined) throw new Error(`no measure ${id}`);
    const { quantiles: all, unit } = measure;
    return [
      ...(i === 0 ? [] : [""]),
      style.bold(heading),
      ...all.map((each) =>
        line(percent(each.share), [`${amount(each.mean, unit)} ${unit}`, range(each, unit)], [12, COLUMN]),
      ),
    ];
  });
}

function line(label: string, cells: readonly string[], widths: readonly number[]): string {
  return `${label.padEnd(LABEL)}${cells.map((cell, i) => cell.padStart(widths[i])).join("")}`.trimEnd();
}

function percent(share: number): string {
  return `${formatNumber(100 * share)} %`;
}

function amount(value: number, unit: string): string {
  if (unit === "%") return formatNumber(100 * value, 2);
  return formatNumber(value, unit === "×" ? 3 : 1);
}

function range({ low, high }: Estimate, unit: string): string {
  return `[${amount(low, unit)}, ${amount(high, unit)}]`;
}
