import { LEAST_TAIL, type Distribution, type MonteCarloResult } from "../../montecarlo/montecarlo.ts";
import { describeOrdering } from "../../sweep/lab-job.ts";
import { labMeasure } from "../../sweep/measures.ts";
import { formatNumber } from "../format.ts";
import { withInterval } from "./compare-page.ts";
import { monteCarloPage, type Fan, type MonteCarloMeasure } from "./montecarlo-page.ts";
import type { Cell, Column, ReportPage, Section } from "./page.ts";
import { formatValue, type Format } from "./value.ts";

/** Of the two that are reckoned, the one that charts show: the other needs many more paths. */
const CONFIDENCE = 0.95;
/** Measures with a histogram of their own; the others are in the table. */
const SHOWN = ["loss", "lenderLoss", "liquidated", "amplification", "discount", "fall"];
const FANS: Readonly<Record<string, { readonly title: string; readonly label: string; readonly format: Format }>> = {
  marketPrice: { title: "Price of the market", label: "price", format: { as: "price" } },
  liquidatedDebt: { title: "Liquidated so far", label: "loan asset", format: { as: "compact" } },
  badDebt: { title: "Bad debt so far", label: "loan asset", format: { as: "compact" } },
  underWaterAccounts: { title: "Accounts under water", label: "accounts", format: { as: "number" } },
};

/** The report of `npx hardhat montecarlo`. @param command That reproduces it. */
export function pathsPage(result: MonteCarloResult, command: string): ReportPage {
  const { options, basis, parameters, measures, fans, seconds } = result;
  const { scenario, paths, firstSeed, borrowers, loopers, dipBuyers, features, curve, ordering } = options;
  return monteCarloPage({
    title: `${formatNumber(paths)} paths of ${scenario}`,
    subtitle: "Each path draws its own prices between the scenario's points, its own population and its own luck.",
    ...{ command, hash: basis, parameters, confidence: CONFIDENCE },
    seed: `${firstSeed} to ${firstSeed + paths - 1}`,
    facts: [
      { label: "People", value: `${borrowers} borrowers, ${loopers} loopers, ${dipBuyers} dip buyers` },
      {
        label: "Pool",
        value: [`${features}; liquidation by the ${curve} curve`, ...describeOrdering(ordering)].join("; "),
      },
    ],
    tiles: measures.filter(({ id }) => SHOWN.slice(0, 4).includes(id)).map(tile),
    measures: measures.filter(({ id }) => SHOWN.includes(id)).map(histogram),
    fans: fans.map((fan): Fan => {
      const known = FANS[fan.series];
      const at = (share: number) => fan.quantiles[fan.shares.indexOf(share)];
      const last = at(0.5)[seconds.length - 1] ?? 0;
      return {
        ...{ ...known, seconds, median: at(0.5) },
        summary: `The median ends at ${formatValue(last, known.format)}.`,
        bands: [
          { name: "nine tenths of paths", low: at(0.05), high: at(0.95) },
          { name: "half of paths", low: at(0.25), high: at(0.75) },
        ],
      };
    }),
    more: [allMeasures(measures)],
  });
}

function tailOf({ tails }: Distribution, confidence: number) {
  return tails.find((tail) => tail.confidence === confidence);
}

function tile(measure: Distribution) {
  const { title, mean } = measure;
  const tail = tailOf(measure, CONFIDENCE);
  const format = formatOf(measure);
  const head = { label: `${title}, mean`, value: formatValue(mean.mean, format) };
  if (tail === undefined) return head;
  const [atRisk, shortfall] = [tail.valueAtRisk, tail.expectedShortfall].map((each) => formatValue(each.mean, format));
  return { ...head, note: `95 %: VaR ${atRisk}, ES ${shortfall}${tail.isSupported ? "" : "; too few paths for it"}` };
}

function histogram(measure: Distribution): MonteCarloMeasure {
  const { id, title, values, zeroShare, mean } = measure;
  const tail = tailOf(measure, CONFIDENCE);
  const few = tail?.isSupported === false ? "; too few paths for the tail to say much" : "";
  const risk =
    tail === undefined
      ? {}
      : { risk: { mean, valueAtRisk: tail.valueAtRisk, expectedShortfall: tail.expectedShortfall } };
  return {
    ...{ title, format: formatOf({ id }) },
    note: `Zero on ${formatNumber(100 * zeroShare, 1)} % of paths${few}`,
    groups: [{ name: "paths", values, ...risk }],
  };
}

function allMeasures(measures: readonly Distribution[]): Section {
  const number: Format = { as: "number" };
  const columns: Column[] = [
    { title: "measure" },
    ...["mean", "deviation", "median", "VaR 95 %", "ES 95 %", "VaR 99 %", "ES 99 %", "worst"].map((title) => ({
      title,
      format: number,
    })),
  ];
  const rows = measures.map((measure): Cell[] => {
    const format = formatOf(measure);
    const { title, mean, deviation, quantiles, better, least, most } = measure;
    const median = quantiles.find(({ share }) => share === 0.5)?.mean ?? null;
    return [
      title,
      withInterval(mean, format),
      { value: deviation, format },
      { value: median, format },
      ...[0.95, 0.99].flatMap((confidence): Cell[] => {
        const tail = tailOf(measure, confidence);
        if (tail === undefined) return [null, null];
        const tone = tail.isSupported ? {} : { tone: "muted" as const };
        return [tail.valueAtRisk, tail.expectedShortfall].map((each) => ({
          value: withInterval(each, format),
          ...tone,
        }));
      }),
      { value: better === "less" ? most : least, format },
    ];
  });
  return {
    heading: "Every measure",
    text: [
      `In brackets: 95 % intervals. Faint: fewer than ${LEAST_TAIL} paths beyond it, so that the intervals hold less than that. Where more is better VaR and ES are of the low end.`,
    ],
    tables: [{ caption: "Over all paths", columns, rows }],
  };
}

function formatOf({ id }: { readonly id: string }): Format {
  const { unit } = labMeasure(id);
  if (unit === "%") return { as: "percent", places: 2 };
  return { as: "number", places: unit === "×" ? 3 : 1, unit };
}
