import type { SendingAccount } from "./account.ts";
import type { Block, Chain, Receipt } from "./chain.ts";
import { chooseFees, type FeeLimits, type Fees } from "./fees.ts";
import { describeError, type Log } from "./log.ts";
import {
  restoreTransaction,
  saveTransaction,
  type Outcome,
  type PendingTransaction,
  type SavedTransaction,
} from "./pending.ts";
import { classifyRpcError, type RpcErrorKind } from "./rpc-errors.ts";
import { failureOf, StoppedError } from "./rpc.ts";

export interface QueueOptions {
  readonly fees: FeeLimits;
  readonly log: Log;
  /** Before and after whatever changes the list: it is then saved. */
  readonly persist: () => Promise<void>;
  readonly settled: (transaction: PendingTransaction, outcome: Outcome, receipt?: Receipt) => void;
  /** Something was done for a transaction that did not move. */
  readonly repaired?: (what: Repair) => void;
}

export type Repair = "bumped" | "cancelled" | "rebroadcast" | "gap" | "adopted" | "at-limit";

export const CANCEL_GAS = 21_000n;
const REMEMBERED_HASHES = 2_000;

/** The transactions of one account that may be mined still, and how they get to a node. */
export class TransactionQueue {
  readonly chain: Chain;
  readonly address: string;
  readonly options: QueueOptions;
  readonly #account: SendingAccount;
  readonly #own = new Set<string>();
  #list: PendingTransaction[] = []; // by nonce
  /** Nonces that are used up in the chain, as of the last look. */
  mined = 0;

  constructor(chain: Chain, account: SendingAccount, options: QueueOptions) {
    this.chain = chain;
    this.address = account.address;
    this.options = options;
    this.#account = account;
  }

  /** By nonce. A copy: it may change while one goes through it. */
  get list(): PendingTransaction[] {
    return [...this.#list];
  }

  get nextNonce(): number {
    return Math.max(this.mined, (this.#list.at(-1)?.nonce ?? -1) + 1);
  }

  /** True for hashes of this account's transactions. */
  owns(hash: string): boolean {
    return this.#own.has(hash);
  }

  save(): SavedTransaction[] {
    return this.#list.map(saveTransaction);
  }

  restore(saved: readonly SavedTransaction[]): void {
    this.#list = saved.map(restoreTransaction).toSorted((a, b) => a.nonce - b.nonce);
    for (const { hashes } of this.#list) hashes.forEach((hash) => this.#own.add(hash));
  }

  add(transaction: PendingTransaction): void {
    this.#list = [...this.#list, transaction].toSorted((a, b) => a.nonce - b.nonce);
  }

  remove(transaction: PendingTransaction): void {
    this.#list = this.#list.filter((other) => other !== transaction);
  }

  finish(transaction: PendingTransaction, outcome: Outcome, receipt?: Receipt): void {
    this.remove(transaction);
    this.options.settled(transaction, outcome, receipt);
  }

  remember(transaction: PendingTransaction, hash: string): void {
    if (!transaction.hashes.includes(hash)) transaction.hashes.push(hash);
    this.#own.add(hash);
    for (const oldest of this.#own) {
      if (this.#own.size <= REMEMBERED_HASHES) break;
      this.#own.delete(oldest);
    }
  }

  /** @returns What was wrong, or undefined if the node has it now. */
  async submit(
    transaction: PendingTransaction,
    fees: Fees,
  ): Promise<{ readonly kind: RpcErrorKind; readonly message: string } | undefined> {
    const { nonce, to, data, gas, isCancelling } = transaction;
    const { hash, send } = await this.#account.prepare(
      isCancelling ? { nonce, to: this.address, data: "0x", gas: CANCEL_GAS, fees } : { nonce, to, data, gas, fees },
    );
    if (hash !== undefined) this.remember(transaction, hash);
    await this.options.persist(); // before it is sent: a process that is killed now finds it again
    try {
      this.remember(transaction, await send());
    } catch (error) {
      if (error instanceof StoppedError) return { kind: "transient", message: "stopping" };
      const failure = failureOf(error) ?? classifyRpcError(error);
      if (failure.transactionHash !== undefined) this.remember(transaction, failure.transactionHash);
      const isThere = failure.kind === "known" || failure.transactionHash !== undefined;
      if (!isThere) return { kind: failure.kind, message: describeError(error) };
    }
    transaction.fees = fees;
    this.options.log("info", isCancelling ? "tx.cancelling" : "tx.sent", {
      ...describeTransaction(transaction),
      hash: transaction.hashes.at(-1),
    });
    await this.options.persist();
    return undefined;
  }

  /**
   * Takes over a nonce that holds nothing of ours: one that another process used, to be freed if it does not move, or a gap,
   * to be filled at once.
   */
  async adopt(nonce: number, head: Block, why: "adopted" | "gap"): Promise<void> {
    if (this.#list.some((transaction) => transaction.nonce === nonce)) return;
    const fees = await chooseFees(this.chain, head, this.options.fees);
    const transaction: PendingTransaction = {
      ...{ kind: "foreign" as const, key: `foreign:${nonce}`, nonce, to: this.address, data: "0x", gas: CANCEL_GAS },
      fees: fees ?? { maxFee: 0n, tip: 0n, isLegacy: head.baseFee === undefined },
      ...{ hashes: [], sentAt: head.number, touchedAt: head.number, bumps: 0, isCancelling: true, misses: 0 },
    };
    this.add(transaction);
    this.options.log("warn", `nonce.${why}`, { nonce });
    this.options.repaired?.(why);
    if (why === "gap" && fees !== undefined) await this.submit(transaction, fees);
  }

  /** Of the transaction, under whichever of its hashes it was mined. */
  async receiptOf(transaction: PendingTransaction): Promise<Receipt | undefined> {
    for (const hash of transaction.hashes.toReversed()) {
      const receipt = await this.chain.receipt(hash);
      if (receipt !== undefined) return receipt;
    }
    return undefined;
  }

  /** True if the node has it, mined or not. */
  async isKnown(transaction: PendingTransaction): Promise<boolean> {
    for (const hash of transaction.hashes) if (await this.chain.knows(hash)) return true;
    return false;
  }
}

export function describeTransaction(transaction: PendingTransaction): Readonly<Record<string, unknown>> {
  const { kind, key, nonce, fees, bumps } = transaction;
  return { kind, key, nonce, maxFee: fees.maxFee, tip: fees.tip, bumps };
}
