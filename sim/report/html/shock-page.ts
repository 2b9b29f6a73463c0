import type { ShockResult } from "../../metrics/run-result.ts";
import { formatChange, formatCompact, formatNumber, formatPrice, formatTime } from "../format.ts";
import type { Fact, ReportPage, Tile } from "./page.ts";
import { agentsSection, invariantsSection, outcomeSection } from "./shock-books.ts";
import { debtSection, defencesSection, leverageSection, priceSection } from "./shock-market.ts";
import { congestionSection, salesSection } from "./shock-sales.ts";

/** The report of `npx hardhat shock`: what the cascade did, beside the same crash without feedback. */
export function shockPage(result: ShockResult): ReportPage {
  const { scenario, seed, run, parameters, command } = result;
  const { asset, loan, durationSeconds, blockSeconds } = scenario;
  return {
    title: scenario.title,
    subtitle:
      `${loan} lent against ${asset}, ${formatTime(durationSeconds)} in ${formatNumber(run.metrics.blocks)} blocks of ` +
      `${blockSeconds} s, on the real contracts; the same crash without the market's feedback beside it.`,
    ...{ command, seed, hash: run.hash, parameters },
    facts: facts(result),
    tiles: tiles(result),
    sections: [
      priceSection(result),
      debtSection(result),
      leverageSection(result),
      defencesSection(result),
      ...salesSection(result),
      ...congestionSection(result),
      agentsSection(result),
      outcomeSection(result),
      invariantsSection(result),
    ],
  };
}

function facts({
  scenario,
  population,
  features,
  curve,
  congestion,
  latencyBlocks: [from, to],
  run,
}: ShockResult): Fact[] {
  const { borrowers, loopers, lenders, dipBuyers } = population;
  const people = [
    ...[`${formatNumber(borrowers)} borrowers`, `${formatNumber(loopers)} loopers`, `${formatNumber(lenders)} lenders`],
    ...(dipBuyers === 0 ? [] : [`${formatNumber(dipBuyers)} dip buyers`]),
  ];
  const latency = from === to ? `${to} blocks` : `${from} to ${to} blocks`;
  const { debtAtStart, collateralValueAtStart } = run.metrics;
  return [
    { label: "People", value: people.join(", ") },
    {
      label: "At the start",
      value: `${formatCompact(debtAtStart)} ${scenario.loan} owed on ${formatCompact(collateralValueAtStart)}`,
    },
    { label: "Pool", value: `${features}; liquidation by the ${curve} curve` },
    { label: "Blocks", value: congestion ? "full, as the market moves" : "room for all" },
    { label: "Liquidators", value: to === 0 ? "act in the next block" : `act after ${latency}` },
    { label: "Prices", value: scenario.source === "" ? "made up" : scenario.source },
  ];
}

function tiles({ run, twin, scenario: { loan }, amplification }: ShockResult): Tile[] {
  const { metrics: m } = run;
  const share = (value: number) => `${formatNumber((100 * value) / m.debtAtStart, 2)} % of the debt`;
  const without = (value: string) => `${value} without feedback`;
  return [
    {
      ...{ label: `market low [${loan}]`, value: formatPrice(m.priceLow) },
      note: `${formatChange(m.priceLow / m.priceAtStart - 1)}; ${without(formatPrice(twin.metrics.priceLow))}`,
    },
    {
      ...{ label: "amplification", value: amplification === null ? "–" : `${formatNumber(amplification, 2)} ×` },
      note: "fall of the price ÷ fall without feedback",
    },
    {
      ...{
        label: `bad debt [${loan}]`,
        value: formatCompact(m.badDebt),
        note: `${share(m.badDebt)}; ${without(formatCompact(twin.metrics.badDebt))}`,
      },
      ...(m.badDebt > 0 ? { tone: "bad" as const } : {}),
    },
    {
      ...{
        label: `shortfall still open [${loan}]`,
        value: formatCompact(m.insolvency),
        note: "accounts that owe more than they have",
      },
      ...(m.insolvency > 0 ? { tone: "bad" as const } : {}),
    },
    {
      ...{ label: `liquidated [${loan}]`, value: formatCompact(m.liquidatedDebt) },
      note: `${share(m.liquidatedDebt)}; ${without(formatCompact(twin.metrics.liquidatedDebt))}`,
    },
    {
      ...{ label: "time to solvency", value: formatTime(m.secondsToSolvency) },
      note:
        m.underWaterAtEnd > 0
          ? `${formatNumber(m.underWaterAtEnd)} accounts under water at the end`
          : "nobody under water at the end",
    },
  ];
}
