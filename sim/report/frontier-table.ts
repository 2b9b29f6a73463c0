import { calmLendingOf, type FrontierResult } from "../frontier/frontier-result.ts";
import { LOSS, MEASURES, type Measure } from "../frontier/measures.ts";
import type { Estimate, Ratio } from "../frontier/statistics.ts";
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
    style.dim("Shares are of the debt at the start; below each mean its 95 % interval."),
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
  const row = (label: string, cells: readonly string[]) =>
    `${label.padEnd(LABEL)}${cells.map((cell) => cell.padStart(COLUMN)).join("")}`.trimEnd();
  const lent = variants.map(({ features, target }) => {
    const variant = result.variants.find((each) => each.features === features && each.target === target);
    return variant === undefined ? "" : `${formatNumber(100 * calmLendingOf(result, group, variant), 1)} `;
  });
  const ratios = variants.map(({ againstStatic }) => againstStatic?.lossRatio);
  return [
    style.dim(
      row(
        "",
        variants.map(({ features }) => `${features.replace("dynamic+", "dyn.+")} `),
      ),
    ),
    row("calm lending %", lent),
    ...MEASURES.flatMap((measure) => [
      row(
        `${measure.title} ${measure.unit}`,
        variants.map(({ measures, againstStatic }) => {
          const verdict = againstStatic?.measures[measure.id].verdict ?? "open";
          return `${amount(measures[measure.id].mean, measure)}${MARKS[verdict]}`;
        }),
      ),
      style.dim(
        row(
          "",
          variants.map(({ measures }) => `${range(measures[measure.id], measure)} `),
        ),
      ),
    ]),
    ...(ratios.some((ratio) => ratio !== undefined)
      ? [row(`${LOSS} ÷ static's`, ratios.map(ratioText)), style.dim(row("", ratios.map(ratioRange)))]
      : []),
  ];
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
