import type { AgentOutcome, RunMetrics, ShockResult } from "../../metrics/run-result.ts";
import { auctionRows } from "../auction-rows.ts";
import { formatCompact } from "../format.ts";
import type { Cell, Section } from "./page.ts";
import type { Format } from "./value.ts";

const MONEY: Format = { as: "money" };
const COUNT: Format = { as: "number" };
const TIME: Format = { as: "duration" };
const PRICE: Format = { as: "price" };

interface Kind {
  readonly kind: string;
  readonly members: number;
  readonly equityAtStart: number;
  readonly equityAtEnd: number;
  readonly profit: number;
  readonly gasCost: number;
  readonly transactions: number;
  readonly failedTransactions: number;
}

/** Who won and who lost, by kind. Not zero-sum: who holds what falls, loses to nobody. */
export function agentsSection({ run, twin, scenario: { loan } }: ShockResult): Section {
  const own = byKind(run.agents);
  const other = new Map(byKind(twin.agents).map((each) => [each.kind, each]));
  const ordered = [...own].sort((a, b) => a.profit - b.profit);
  const profits = ordered.map(({ profit }) => profit);
  const shares = ordered.map(({ profit, equityAtStart }) => (equityAtStart > 0 ? profit / equityAtStart : null));
  const [worst, best] = [ordered[0], ordered[ordered.length - 1]];
  const categories = ordered.map(({ kind }) => kind);
  const twinOf = (pick: (kind: Kind) => number | null) =>
    ordered.map(({ kind }) => {
      const found = other.get(kind);
      return found === undefined ? null : pick(found);
    });
  const signed = { as: "compact", isSigned: true } as const;
  return {
    heading: "Who won and who lost",
    text: [
      "What each owns at the end less what it owned at the start, at the market's prices, gas included. This is no zero-sum game: whoever holds what falls loses to nobody.",
    ],
    charts: [
      {
        ...{ kind: "bars", title: "Profit and loss", isHorizontal: true, categories },
        summary:
          worst === undefined || best === undefined
            ? "Nobody took part."
            : `Most is lost by ${worst.kind} (${formatCompact(worst.profit)} ${loan}), most won by ${best.kind} (${formatCompact(best.profit)}).`,
        value: { label: loan, format: signed },
        series: [
          { name: "with feedback", values: profits, colour: "blue" },
          { name: "without", values: twinOf(({ profit }) => profit), colour: "grey" },
        ],
      },
      {
        ...{ kind: "bars", title: "As a share of what they had", isHorizontal: true, categories },
        summary: "Profit ÷ equity at the start, by kind.",
        value: { label: "of equity at the start", format: { as: "percent", isSigned: true } },
        series: [
          { name: "with feedback", values: shares, colour: "blue" },
          {
            name: "without",
            values: twinOf((kind) => (kind.equityAtStart > 0 ? kind.profit / kind.equityAtStart : null)),
            colour: "grey",
          },
        ],
      },
    ],
    tables: [
      {
        caption: `Agents, with feedback [${loan}]`,
        columns: [
          { title: "kind" },
          { title: "number", format: COUNT },
          { title: "equity before", format: MONEY },
          { title: "after", format: MONEY },
          { title: "profit", format: { ...MONEY, isSigned: true } },
          { title: "of it gas", format: MONEY },
          { title: "transactions", format: COUNT },
          { title: "failed", format: COUNT },
        ],
        rows: own.map((each): Cell[] => [
          ...[each.kind, each.members, each.equityAtStart, each.equityAtEnd],
          each.profit,
          ...[each.gasCost, each.transactions, each.failedTransactions],
        ]),
      },
    ],
  };
}

function byKind(agents: readonly AgentOutcome[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const agent of agents) {
    const known = kinds.get(agent.kind);
    const sum = (key: Exclude<keyof Kind, "kind">) => (known?.[key] ?? 0) + agent[key];
    kinds.set(agent.kind, {
      ...{ kind: agent.kind, members: sum("members"), profit: sum("profit"), gasCost: sum("gasCost") },
      ...{ equityAtStart: sum("equityAtStart"), equityAtEnd: sum("equityAtEnd") },
      ...{ transactions: sum("transactions"), failedTransactions: sum("failedTransactions") },
    });
  }
  return [...kinds.values()];
}

/** All that is measured, with and without feedback. */
export function outcomeSection(result: ShockResult): Section {
  const { run, twin, scenario, exogenousLow } = result;
  const { loan, asset } = scenario;
  const row = (label: string, key: keyof RunMetrics, format: Format): Cell[] => [
    label,
    { value: run.metrics[key], format },
    { value: twin.metrics[key], format },
  ];
  const rows: Cell[][] = [
    row(`bad debt [${loan}]`, "badDebt", MONEY),
    row(`of it borne by lenders [${loan}]`, "lenderLoss", MONEY),
    row(`shortfall of accounts still open [${loan}]`, "insolvency", MONEY),
    row(`debt liquidated [${loan}]`, "liquidatedDebt", MONEY),
    row(`collateral seized [${asset}]`, "liquidatedCollateral", MONEY),
    row(`discount paid by borrowers [${loan}]`, "liquidationDiscount", MONEY),
    row("accounts liquidated", "accountsLiquidated", COUNT),
    row("takes", "liquidations", COUNT),
    ...auctionRows(run).map(([label, show]): Cell[] => [label.trim(), show(run), show(twin)]),
    row("time under water, all accounts", "accountSecondsUnderWater", TIME),
    row("longest of one account", "longestSecondsUnderWater", TIME),
    row("time to solvency", "secondsToSolvency", TIME),
    row("accounts under water at the end", "underWaterAtEnd", COUNT),
    row("breaker at restricted", "secondsRestricted", TIME),
    row(`price at the start [${loan}]`, "priceAtStart", PRICE),
    row("low of the market", "priceLow", PRICE),
    row("low of the on-chain pool", "poolPriceLow", PRICE),
    ["low of the exogenous price", { value: exogenousLow, format: PRICE }, { value: exogenousLow, format: PRICE }],
    row("price at the end", "priceAtEnd", PRICE),
    row(`debt at the start [${loan}]`, "debtAtStart", MONEY),
    row(`peak debt [${loan}]`, "peakDebt", MONEY),
    row("transactions", "transactions", COUNT),
    row("of them failed", "failedTransactions", COUNT),
    row("gas", "gasUsed", COUNT),
  ];
  return {
    heading: "Every measure",
    tables: [
      {
        caption: "With the market's feedback and without",
        // Values have formats of their own, and some are texts: the columns are of numbers all the same.
        columns: [{ title: "measure" }, { title: "with feedback", format: COUNT }, { title: "without", format: COUNT }],
        rows,
      },
    ],
  };
}

/** What must hold whatever happens, and what was found. */
export function invariantsSection({ run, twin }: ShockResult): Section {
  const all = [
    ...run.invariants.map((each) => ({ ...each, of: "with feedback" })),
    ...twin.invariants.map((each) => ({ ...each, of: "without" })),
  ];
  const broken = all.filter(({ holds }) => !holds).length;
  return {
    heading: "Invariants",
    text: [
      all.length === 0
        ? "None were checked."
        : broken === 0
          ? `All ${all.length} checks at the end of the two runs hold.`
          : `${broken} of ${all.length} checks at the end of the two runs are broken: this run has found a bug.`,
    ],
    tables: [
      {
        caption: "Checks at the end",
        columns: [{ title: "invariant" }, { title: "run" }, { title: "holds" }, { title: "what was found" }],
        rows: all.map(({ id, of, holds, detail }): Cell[] => [
          ...[id, of],
          { value: holds ? "holds" : "broken", tone: holds ? "good" : "bad" },
          detail,
        ]),
      },
    ],
  };
}
