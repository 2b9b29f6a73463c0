import { calmLendingOf, type FrontierResult } from "../frontier/frontier-result.ts";
import { LOSS, MEASURES, type Measure } from "../frontier/measures.ts";
import type { Estimate, Ratio } from "../jobs/statistics.ts";
import type { GroupSummary, Harm, VariantSummary } from "../frontier/summary.ts";
import { formatCompact, formatNumber, formatTime } from "./format.ts";
import { createStyle, type Style } from "./style.ts";

const LABEL = 16;
const COLUMN = 14;
/** Columns side by side, so that a line has at most 100 characters. */
const COLUMNS = 6;

const MARKS = { worse: "!", better: "*", open: " " } as const;

/** Writes the frontier for people: a table a scenario and one of all, what was reached, and where a defence did harm. */
export function formatFrontierTable(result: FrontierResult, colour = false): string {
  const style = createStyle(colour);
  return [
    ...heading(result, style),
    ...result.groups.flatMap((group) => ["", ...groupTable(result, group, style)]),
    "",
    ...overview(result, style),
    "",
    ...calibrations(result, style),
    "",
    ...harms(result, style),
  ].join("\n");
}

function heading({ options, reference }: FrontierResult, style: Style): string[] {
  const { borrowers, loopers, dipBuyers, seeds, curve } = options;
  const lent = Object.entries(reference).map(([asset, amount]) => `${formatCompact(amount)} on ${asset}`);
  return [
    style.bold("Frontier: what is lost in a crash against what is lent before it"),
    `${seeds} seeds; ${borrowers} borrowers, ${loopers} loopers, ${dipBuyers} dip buyers; ${curve} curve`,
    `100 %: what Aave v3's parameters lend on a usual day, ${lent.join(", ")}`,
    style.dim("Shares are of the debt at the start, or of that 100 % (ref.); below each mean its 95 % interval."),
    style.dim("* better, ! worse than static at the same lending: the paired difference's interval is without 0."),
  ];
}

function groupTable(result: FrontierResult, { group, variants }: GroupSummary, style: Style): string[] {
  const scenario = result.scenarios.find(({ name }) => name === group);
  const title =
    scenario === undefined
      ? `All ${result.scenarios.length} scenarios`
      : `${scenario.title}: ${formatNumber(scenario.blocks)} blocks of ${formatTime(scenario.blockSeconds)}`;
  const lines = [style.bold(title)];
  for (let from = 0; from < variants.length; from += COLUMNS) {
    lines.push(...columns(result, group, variants.slice(from, from + COLUMNS), style));
  }
  return lines;
}

function columns(result: FrontierResult, group: string, variants: readonly VariantSummary[], style: Style): string[] {
  const lent = variants.map(({ features, target }) => {
    const variant = result.variants.find((each) => each.features === features && each.target === target);
    return variant === undefined ? "" : `${formatNumber(100 * calmLendingOf(result, group, variant), 1)} `;
  });
  const rowsOf = (title: string, ratios: readonly (Ratio | undefined)[]) => {
    if (ratios.every((ratio) => ratio === undefined)) return [];
    return [tableRow(title, ratios.map(ratioText)), style.dim(tableRow("", ratios.map(ratioRange)))];
  };
  const names = variants.map(({ features }) => `${shortName(features)} `);
  return [
    style.dim(tableRow("", names)),
    tableRow("calm lending %", lent),
    ...MEASURES.flatMap((measure) => [
      tableRow(`${measure.title} ${measure.unit}`, means(variants, measure)),
      style.dim(tableRow("", ranges(variants, measure))),
    ]),
    ...rowsOf(
      `${LOSS} ÷ static's`,
      variants.map(({ againstStatic }) => againstStatic?.lossRatio),
    ),
    ...rowsOf(
      `${LOSS} ÷ Aave's`,
      variants.map(({ lossToReference }) => lossToReference),
    ),
  ];
}

/** What it is all for: the loss of each pool in each scenario. */
function overview({ groups }: FrontierResult, style: Style): string[] {
  const measure = MEASURES.find(({ id }) => id === LOSS);
  if (measure === undefined) throw new Error("no loss");
  const lines = [style.bold("Loss by scenario, % of the debt at the start")];
  for (let from = 0; from < groups[0].variants.length; from += COLUMNS) {
    const part = groups.map(({ group, variants }) => ({ group, variants: variants.slice(from, from + COLUMNS) }));
    const [{ variants: first }] = part;
    const names = first.map(({ features }) => `${shortName(features)} `);
    const targets = first.map(({ target }) => `${formatNumber(100 * target)} % `);
    lines.push(style.dim(tableRow("", names)), style.dim(tableRow("lending", targets)));
    for (const { group, variants } of part) {
      lines.push(tableRow(group, means(variants, measure)), style.dim(tableRow("", ranges(variants, measure))));
    }
  }
  return lines;
}

function means(variants: readonly VariantSummary[], measure: Measure): string[] {
  return variants.map(({ measures, againstStatic }) => {
    const verdict = againstStatic?.measures[measure.id].verdict ?? "open";
    return `${amount(measures[measure.id].mean, measure)}${MARKS[verdict]}`;
  });
}

function ranges(variants: readonly VariantSummary[], measure: Measure): string[] {
  return variants.map(({ measures }) => `${range(measures[measure.id], measure)} `);
}

function tableRow(label: string, cells: readonly string[]): string {
  return `${label.padEnd(LABEL)}${cells.map((cell) => cell.padStart(COLUMN)).join("")}`.trimEnd();
}

function shortName(features: string): string {
  return features.replace("dynamic+", "dyn.+");
}

function amount(value: number, { unit }: Measure): string {
  if (unit === "%") return formatNumber(100 * value, 2);
  return formatNumber(value, unit === "×" ? 3 : 1);
}

function range({ low, high }: Estimate, measure: Measure): string {
  return `${amount(low, measure)}–${amount(high, measure)}`;
}

function ratioText(ratio: Ratio | undefined): string {
  if (ratio === undefined) return "";
  return `${ratio.ratio === null ? "–" : formatNumber(ratio.ratio, 2)} `;
}

function ratioRange(ratio: Ratio | undefined): string {
  if (ratio === undefined || ratio.ratio === null) return "";
  const [low, high] = [ratio.low, ratio.high].map((value) => (value === null ? "∞" : formatNumber(value, 2)));
  return `${low}–${high} `;
}

function calibrations({ calibrations: all }: FrontierResult, style: Style): string[] {
  return [
    style.bold("Lending on a usual day, by the scale that gives it"),
    ...all.map(({ asset, features, target, calibration }) => {
      const { scale, lending, isReached, evaluations } = calibration;
      const line =
        `  ${asset.padEnd(6)}${features.padEnd(17)}wanted ${formatNumber(100 * target, 1).padStart(6)} %  ` +
        `lends ${formatNumber(100 * lending, 2).padStart(7)} %  scale ${formatNumber(scale, 4)}  ` +
        `after ${evaluations.length}`;
      return isReached ? line : style.bad(`${line}  NOT REACHED`);
    }),
  ];
}

function harms({ harms: all, groups }: FrontierResult, style: Style): string[] {
  if (groups.every(({ variants }) => variants.every(({ againstStatic }) => againstStatic === undefined))) {
    return [style.dim("Nothing to compare: only static pools took part.")];
  }
  if (all.length === 0) return [style.good("Nowhere significantly worse than static at the same lending.")];
  return [style.bold("Significantly worse than static at the same lending"), ...all.map(harmLine)];
}

function harmLine({ group, variant, measure, difference }: Harm): string {
  const found = MEASURES.find(({ id }) => id === measure);
  if (found === undefined) throw new Error(`no measure ${measure}`);
  const { low, high, mean } = difference;
  const sign = mean > 0 ? "+" : "";
  const unit = found.unit === "%" ? "pp" : found.unit;
  const interval = `${amount(low, found)} to ${amount(high, found)}`;
  return `  ${group.padEnd(16)}${variant.padEnd(26)}${found.title} ${sign}${amount(mean, found)} ${unit} (${interval})`;
}
