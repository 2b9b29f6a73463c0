import type { Contracts } from "./contracts.ts";
import { failureOf } from "./rpc.ts";

/** An account as it is judged by. */
export interface Standing {
  readonly account: string;
  readonly debt: bigint; // [loan base units]
  readonly capacity: bigint; // [loan base units]
  readonly kickedAt: number; // [unix s] 0: not for sale
  readonly isFresh: boolean; // of the prices
  readonly healthBps: number; // capacity ÷ debt, rounded down
}

export interface HealthScanOptions {
  readonly pool: string;
  readonly lens: string;
  /** Accounts in one call; fewer for good when a node cannot bear so many. */
  readonly batch?: number;
  /** Accounts below this, and those for sale, are looked at every time. [bps] */
  readonly hotBps?: number;
  /** The others in turns: in so many rounds each of them. */
  readonly rounds?: number;
}

/** Beyond any account that a keeper cares about. */
const HIGHEST_BPS = 1_000_000n;
const BPS = 10_000n;

/**
 * Health of many accounts at the price of few calls: those near the edge every time, the rest in turns. The caller says when
 * a price has moved so far that all must be looked at.
 */
export class HealthScan {
  readonly #contracts: Contracts;
  readonly #options: Required<HealthScanOptions>;
  readonly #standings = new Map<string, Standing>();
  #batch: number;
  #next = 0; // of the healthy ones, in turns

  constructor(contracts: Contracts, options: HealthScanOptions) {
    this.#contracts = contracts;
    this.#options = { batch: 50, hotBps: 12_500, rounds: 10, ...options };
    this.#batch = this.#options.batch;
  }

  /** Last known, of all who owe. */
  get standings(): ReadonlyMap<string, Standing> {
    return this.#standings;
  }

  /**
   * Looks at those who are due.
   * @param accounts All who owe; others are forgotten.
   * @param touched Those that something has happened to.
   * @returns The unhealthy, worst first.
   */
  async scan(accounts: Iterable<string>, touched: ReadonlySet<string>, isFull: boolean): Promise<Standing[]> {
    const all = [...accounts];
    const owing = new Set(all);
    for (const account of this.#standings.keys()) if (!owing.has(account)) this.#standings.delete(account);
    const due = all.filter((account) => isFull || touched.has(account) || this.#isHot(account));
    const others = isFull ? [] : all.filter((account) => !touched.has(account) && !this.#isHot(account));
    const share = Math.ceil(others.length / this.#options.rounds);
    for (let i = 0; i < share; ++i) due.push(others[(this.#next + i) % others.length]);
    this.#next = others.length === 0 ? 0 : (this.#next + share) % others.length;

    for (let from = 0; from < due.length;) {
      const page = due.slice(from, from + this.#batch);
      for (const standing of await this.#read(page)) this.#standings.set(standing.account, standing);
      from += page.length;
    }
    return [...this.#standings.values()]
      .filter(({ debt, capacity }) => capacity < debt)
      .toSorted((a, b) => a.healthBps - b.healthBps || (a.debt < b.debt ? 1 : -1));
  }

  #isHot(account: string): boolean {
    const standing = this.#standings.get(account);
    return standing === undefined || standing.healthBps < this.#options.hotBps || standing.kickedAt > 0;
  }

  /** A page that is refused is read in halves: it is too large for the node, or there is an account that nobody can judge. */
  async #read(page: readonly string[]): Promise<Standing[]> {
    const { pool, lens } = this.#options;
    try {
      const [rows] = await this.#contracts.read("AccountLens", lens, "standingsOf", [pool, [...page]]);
      return (rows as readonly Row[]).map(({ debt, capacity, kickedAt, pricesFresh }, i) => ({
        ...{ account: page[i], debt, capacity, kickedAt: Number(kickedAt), isFresh: pricesFresh },
        healthBps: Number(debt === 0n ? HIGHEST_BPS : least((capacity * BPS) / debt, HIGHEST_BPS)),
      }));
    } catch (error) {
      if (failureOf(error)?.kind !== "revert") throw error;
      if (page.length === 1) return [];
      const half = Math.ceil(page.length / 2);
      const read = [...(await this.#read(page.slice(0, half))), ...(await this.#read(page.slice(half)))];
      if (read.length === page.length) this.#batch = Math.min(this.#batch, half); // it was the size alone
      return read;
    }
  }
}

interface Row {
  readonly debt: bigint;
  readonly capacity: bigint;
  readonly kickedAt: bigint;
  readonly pricesFresh: boolean;
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);
