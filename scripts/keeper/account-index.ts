import type { Block, Chain, ChainLog } from "./chain.ts";
import type { LogReader } from "./log-reader.ts";
import type { PoolEvent } from "./pool-events.ts";

/** A block that was read, and by how much debt shares changed in it. */
interface BlockChanges {
  readonly number: number;
  readonly hash: string;
  readonly changes: readonly (readonly [account: string, shares: bigint])[];
}

/** What a checkpoint keeps of an index. Amounts as decimal text. */
export interface SavedIndex {
  readonly fromBlock: number;
  readonly confirmed: { readonly number: number; readonly hash: string } | null;
  readonly debtShares: readonly (readonly [account: string, shares: string])[];
  readonly recent: readonly {
    readonly number: number;
    readonly hash: string;
    readonly changes: readonly (readonly [account: string, shares: string])[];
  }[];
}

export interface SyncResult {
  readonly to: number; // last block read
  readonly events: readonly PoolEvent[]; // in the order of the chain
  readonly dropped: number; // blocks that a reorganisation took back
  readonly isBehind: boolean; // the node has not got so far as the index
}

export interface AccountIndexOptions {
  readonly fromBlock: number;
  /** Blocks below the head that may still be reorganised. */
  readonly depth: number;
  readonly decode: (log: ChainLog) => PoolEvent | undefined;
  /** After each piece that was read. */
  readonly onProgress?: (to: number, head: number) => Promise<void> | void;
}

/**
 * Who owes how many debt shares, replayed from the pool's events. Blocks near the head are kept apart, with their hashes,
 * so that what a reorganisation takes back can be taken back here; older ones are folded into the sums.
 */
export class AccountIndex {
  readonly #chain: Chain;
  readonly #reader: LogReader;
  readonly #options: AccountIndexOptions;
  #confirmed: { readonly number: number; readonly hash: string } | undefined;
  #confirmedShares = new Map<string, bigint>();
  #recent: BlockChanges[] = [];
  #shares = new Map<string, bigint>();

  constructor(chain: Chain, reader: LogReader, options: AccountIndexOptions) {
    this.#chain = chain;
    this.#reader = reader;
    this.#options = options;
  }

  /** Debt shares of every account that owes, as of the last block read. Addresses are checksummed. */
  get debtShares(): ReadonlyMap<string, bigint> {
    return this.#shares;
  }

  /** Last block read; the one before the first if there is none. */
  get block(): number {
    return this.#last()?.number ?? this.#options.fromBlock - 1;
  }

  /** Reads up to a block. What was read before an error is kept. */
  async sync(head: Block): Promise<SyncResult> {
    const rewound = await this.#rewind(head);
    const events: PoolEvent[] = [];
    if (rewound === "behind") return { to: this.block, events, dropped: 0, isBehind: true };
    while (this.block < head.number) {
      const { to, logs } = await this.#reader.read(this.block + 1, head.number);
      const end = await this.#chain.block(to);
      // The chain has changed under our hands, or another node has answered: the next round sees it as it is then.
      if (end === undefined || (to === head.number && end.hash !== head.hash)) break;
      if (logs.some(({ blockNumber, blockHash }) => blockNumber === to && blockHash !== end.hash)) break;
      events.push(...this.#append(logs, end));
      this.#fold(head.number - this.#options.depth);
      await this.#options.onProgress?.(to, head.number);
    }
    return { to: this.block, events, dropped: rewound, isBehind: false };
  }

  toJSON(): SavedIndex {
    const text = ([account, shares]: readonly [string, bigint]) => [account, shares.toString()] as const;
    return {
      fromBlock: this.#options.fromBlock,
      confirmed: this.#confirmed ?? null,
      debtShares: [...this.#confirmedShares].map(text),
      recent: this.#recent.map(({ changes, ...block }) => ({ ...block, changes: changes.map(text) })),
    };
  }

  /** Goes on from a checkpoint; one of another first block is of no use. */
  restore(saved: SavedIndex): boolean {
    if (saved.fromBlock !== this.#options.fromBlock) return false;
    const amount = ([account, shares]: readonly [string, string]) => [account, BigInt(shares)] as const;
    this.#confirmed = saved.confirmed ?? undefined;
    this.#confirmedShares = new Map(saved.debtShares.map(amount));
    this.#recent = saved.recent.map(({ changes, ...block }) => ({ ...block, changes: changes.map(amount) }));
    this.#rebuild();
    return true;
  }

  #last(): { readonly number: number; readonly hash: string } | undefined {
    return this.#recent.at(-1) ?? this.#confirmed;
  }

  /**
   * Forgets the blocks that are no longer part of the chain; everything, if that goes deeper than what is kept apart.
   * @returns How many blocks, or that the node is merely behind.
   */
  async #rewind(head: Block): Promise<number | "behind"> {
    const last = this.#last();
    if (last === undefined || (await this.#isOnChain(last, head))) return 0;
    const anchors = [...(this.#confirmed === undefined ? [] : [this.#confirmed]), ...this.#recent];
    let kept = anchors.length;
    // Of the blocks that the node has, the newest that both agree on.
    while (kept > 0 && anchors[kept - 1].number > head.number) --kept;
    const newest = kept;
    while (kept > 0 && !(await this.#isOnChain(anchors[kept - 1], head))) --kept;
    if (kept === newest && kept < anchors.length) return "behind"; // nothing that it has contradicts us
    const common = kept === 0 ? undefined : anchors[kept - 1];
    if (common === undefined) {
      this.#confirmed = undefined;
      this.#confirmedShares.clear();
    }
    this.#recent = common === undefined ? [] : this.#recent.filter(({ number }) => number <= common.number);
    this.#rebuild();
    return last.number - this.block;
  }

  async #isOnChain(anchor: { readonly number: number; readonly hash: string }, head: Block): Promise<boolean> {
    if (anchor.number === head.number) return anchor.hash === head.hash;
    if (anchor.number > head.number) return false;
    return (await this.#chain.block(anchor.number))?.hash === anchor.hash;
  }

  #append(logs: readonly ChainLog[], end: Block): PoolEvent[] {
    const events: PoolEvent[] = [];
    const blocks = new Map<number, BlockChanges & { changes: [string, bigint][] }>();
    for (const log of logs) {
      const event = this.#options.decode(log);
      if (event === undefined) continue;
      events.push(event);
      const block = blocks.get(log.blockNumber) ?? { number: log.blockNumber, hash: log.blockHash, changes: [] };
      blocks.set(log.blockNumber, block);
      if (event.debtShares !== 0n) block.changes.push([event.account, event.debtShares]);
    }
    if (!blocks.has(end.number)) blocks.set(end.number, { number: end.number, hash: end.hash, changes: [] });
    for (const block of blocks.values()) {
      this.#recent.push(block);
      apply(this.#shares, block.changes);
    }
    return events;
  }

  /** Blocks up to `number` are beyond any reorganisation that is reckoned with. */
  #fold(number: number): void {
    const count = this.#recent.findLastIndex((block) => block.number <= number) + 1;
    if (count === 0) return;
    for (const { changes } of this.#recent.slice(0, count)) apply(this.#confirmedShares, changes);
    const { hash, number: until } = this.#recent[count - 1];
    this.#confirmed = { number: until, hash };
    this.#recent = this.#recent.slice(count);
  }

  #rebuild(): void {
    this.#shares = new Map(this.#confirmedShares);
    for (const { changes } of this.#recent) apply(this.#shares, changes);
  }
}

/** Adds changes. Less than nothing stays, as a sign that the index began too late; see `Keeper`. */
function apply(shares: Map<string, bigint>, changes: BlockChanges["changes"]): void {
  for (const [account, change] of changes) {
    const sum = (shares.get(account) ?? 0n) + change;
    if (sum === 0n) shares.delete(account);
    else shares.set(account, sum);
  }
}
