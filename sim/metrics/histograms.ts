import type { Step } from "../engine/stepper.ts";
import { toFloat } from "../units.ts";

/** Columns of a histogram through time: enough for a picture; at most twice as many are kept. */
const SAMPLES = 120;

/** Bin i is from edge i to the next, the last without an upper end. Column k of the arrays is sample k. */
export interface Histogram {
  readonly edges: readonly number[];
  /** Accounts with debt, in each bin of each sample. */
  readonly accounts: readonly (readonly number[])[];
  /** What they owe. [whole units of the loan asset, rounded] */
  readonly debt: readonly (readonly number[])[];
}

/** How indebted accounts are, at the market's price after a block. */
export interface HistogramSeries {
  readonly seconds: readonly number[];
  /** Collateral ÷ (collateral − debt); what has no equity left is in the last bin. */
  readonly leverage: Histogram;
  /** Debt that the collateral carries before it may be liquidated ÷ debt: below 1 an account is under water. */
  readonly health: Histogram;
}

export const LEVERAGE_EDGES: readonly number[] = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 12, 20];
/** 1 is among them. */
export const HEALTH_EDGES: readonly number[] = [
  ...[0, 0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.6, 2],
];

interface Columns {
  readonly edges: readonly number[];
  readonly accounts: number[][];
  readonly debt: number[][];
}

/**
 * Counts accounts by leverage and by health now and then. Both follow from positions and prices, which the hash of a run
 * covers already: they are no part of it, so that how often they are sampled does not change what a run is.
 */
export class HistogramRecorder {
  readonly #every: number;
  readonly #blocks: number;
  readonly #seconds: number[] = [];
  readonly #leverage: Columns = { edges: LEVERAGE_EDGES, accounts: [], debt: [] };
  readonly #health: Columns = { edges: HEALTH_EDGES, accounts: [], debt: [] };

  /** @param samples Columns, at most twice as many. */
  constructor(blocks: number, samples = SAMPLES) {
    this.#blocks = blocks;
    this.#every = Math.max(1, Math.floor(blocks / samples));
  }

  record({ view, state, positions, marketPrice }: Step): void {
    if (view.block % this.#every !== 0 && view.block !== 1 && view.block !== this.#blocks) return;
    const { collateral, loan } = view.protocol;
    this.#seconds.push(view.seconds);
    for (const columns of [this.#leverage, this.#health]) {
      columns.accounts.push(columns.edges.map(() => 0));
      columns.debt.push(columns.edges.map(() => 0));
    }
    for (const position of positions.values()) {
      if (position.debtShares === 0n) continue;
      const value = toFloat(position.collateral, collateral.decimals) * marketPrice;
      const debt = toFloat(view.protocol.debtOf(position, state), loan.decimals);
      if (debt === 0) continue;
      add(this.#leverage, value > debt ? value / (value - debt) : Infinity, debt);
      add(this.#health, (value * state.liquidationFactor) / debt, debt);
    }
    for (const { debt } of [this.#leverage, this.#health]) {
      const last = debt.length - 1;
      debt[last] = debt[last].map(Math.round);
    }
  }

  get result(): HistogramSeries {
    return { seconds: this.#seconds, leverage: this.#leverage, health: this.#health };
  }
}

function add({ edges, accounts, debt }: Columns, value: number, owed: number): void {
  let bin = edges.length - 1;
  while (bin > 0 && value < edges[bin]) --bin;
  accounts[accounts.length - 1][bin] += 1;
  debt[debt.length - 1][bin] += owed;
}
