import type { SendingAccount } from "./account.ts";
import type { Block, Chain, Receipt } from "./chain.ts";
import { bumpFees, chooseFees, withTip, type Fees } from "./fees.ts";
import { findMined } from "./find-mined.ts";
import type { Intent, PendingTransaction, SavedTransaction } from "./pending.ts";
import { CANCEL_GAS, describeTransaction, TransactionQueue, type QueueOptions } from "./queue.ts";
import { dropUnknown, repairQueue, type RepairOptions } from "./repair.ts";

/** Answer to a wish to send. `unsure`: the node's answer got lost; what became of it will show. */
export type SendResult = "sent" | "unsure" | "busy" | "full" | "too-dear" | "no-funds" | "refused";

export interface SenderOptions extends QueueOptions, RepairOptions {
  readonly maxPending: number;
  readonly confirmations: number;
  /** Tells a lost race from a mistake, of a transaction that was mined and failed. */
  readonly explain: (transaction: PendingTransaction, receipt: Receipt) => Promise<"lost" | "reverted">;
}

const ATTEMPTS = 4;
/** Receipts may come late from a node that is behind: so many looks before a nonce counts as gone to another. */
const MOST_MISSES = 5;

/**
 * Sends with nonces of its own and looks after what it has sent until it is mined: transactions that wait too long are
 * replaced by dearer ones, those that have become pointless by payments of nothing, and nonces that are missing are filled.
 */
export class Sender {
  readonly #queue: TransactionQueue;
  readonly #options: SenderOptions;

  constructor(chain: Chain, account: SendingAccount, options: SenderOptions) {
    this.#queue = new TransactionQueue(chain, account, options);
    this.#options = options;
  }

  get pending(): readonly Readonly<PendingTransaction>[] {
    return this.#queue.list;
  }

  /** True for hashes of this keeper's transactions. */
  owns(hash: string): boolean {
    return this.#queue.owns(hash);
  }

  isBusyWith(key: string): boolean {
    return this.#queue.list.some((transaction) => transaction.key === key);
  }

  save(): SavedTransaction[] {
    return this.#queue.save();
  }

  restore(saved: readonly SavedTransaction[]): void {
    this.#queue.restore(saved);
  }

  /** Learns what was mined, and looks after the rest. Once a block. */
  async refresh(head: Block): Promise<void> {
    const queue = this.#queue;
    await this.#readNonce();
    const before = queue.list.length;
    for (const transaction of queue.list) {
      if (transaction.nonce < queue.mined) await this.#settle(transaction, head);
    }
    if (queue.list.length !== before) await this.#options.persist();
    await repairQueue(queue, head, this.#options);
  }

  /** Sends what is wanted, unless it is on its way already. Does not wait for it to be mined. */
  async send(intent: Intent, head: Block): Promise<SendResult> {
    const queue = this.#queue;
    if (this.isBusyWith(intent.key)) return "busy";
    if (queue.list.length >= this.#options.maxPending) return "full";
    const usual = await chooseFees(queue.chain, head, this.#options.fees);
    let fees: Fees | undefined = usual && withTip(usual, intent.tip ?? 0n, this.#options.fees);
    for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
      if (fees === undefined) return "too-dear";
      const transaction: PendingTransaction = {
        ...{ kind: intent.kind, key: intent.key, to: intent.to, data: intent.data, gas: intent.gas, fees },
        ...{ nonce: queue.nextNonce, hashes: [], sentAt: head.number, touchedAt: head.number },
        ...{ bumps: 0, isCancelling: false, misses: 0 },
      };
      queue.add(transaction);
      const failure = await queue.submit(transaction, fees);
      if (failure === undefined) return "sent";
      const { kind, message } = failure;
      if (kind === "transient") return "unsure";
      // The first answer may have got lost, and the second says that the first arrived.
      if (kind === "nonce-too-low" && (await queue.receiptOf(transaction)) !== undefined) return "sent";
      // A development node mines what reverts, and answers with the revert alone: its nonce tells.
      if (kind === "revert" && (await this.#isUsed(transaction))) return "sent";
      queue.remove(transaction);
      await this.#options.persist();
      this.#options.log("warn", "tx.refused", { ...describeTransaction(transaction), reason: kind, message });
      switch (kind) {
        case "nonce-too-low":
          await this.#readNonce();
          break;
        case "nonce-too-high":
          await this.#readNonce();
          await dropUnknown(queue);
          break;
        case "underpriced":
          // Either another's transaction holds the nonce, or the offer is too low to be kept at all.
          if ((await queue.chain.transactionCount(queue.address, "pending")) <= transaction.nonce) {
            fees = bumpFees(fees, usual, this.#options.fees);
          } else await queue.adopt(transaction.nonce, head, "adopted");
          break;
        default:
          return kind === "funds" ? "no-funds" : "refused";
      }
    }
    return "refused";
  }

  async #readNonce(): Promise<void> {
    this.#queue.mined = await this.#queue.chain.transactionCount(this.#queue.address, "latest");
  }

  async #isUsed({ nonce }: PendingTransaction): Promise<boolean> {
    await this.#readNonce();
    return this.#queue.mined > nonce;
  }

  async #settle(transaction: PendingTransaction, head: Block): Promise<void> {
    const queue = this.#queue;
    let receipt = await queue.receiptOf(transaction);
    const isUnseen = transaction.hashes.length === 0;
    if (receipt === undefined && isUnseen) {
      const hash = await findMined(queue.chain, queue.address, transaction, head.number);
      if (hash !== undefined) queue.remember(transaction, hash);
      receipt = await queue.receiptOf(transaction);
    }
    if (receipt === undefined) {
      if (++transaction.misses >= MOST_MISSES || transaction.kind === "foreign") queue.finish(transaction, "replaced");
      return;
    }
    if (receipt.blockNumber + this.#options.confirmations - 1 > head.number) return;
    const isCancelled = transaction.isCancelling && receipt.gasUsed === CANCEL_GAS;
    if (isCancelled && !isUnseen) queue.finish(transaction, "cancelled", receipt);
    else if (receipt.isSuccess) queue.finish(transaction, "mined", receipt);
    else queue.finish(transaction, await this.#options.explain(transaction, receipt), receipt);
  }
}
