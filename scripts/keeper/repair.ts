import type { Block } from "./chain.ts";
import { bumpFees, chooseFees, type Fees } from "./fees.ts";
import type { PendingTransaction } from "./pending.ts";
import { describeTransaction, type TransactionQueue } from "./queue.ts";
import { failureOf } from "./rpc.ts";

/** What pays more than we thought is found out by so many attempts at a time. */
const ATTEMPTS = 4;

export interface RepairOptions {
  /** A transaction that has waited for so many blocks is looked after. */
  readonly stuckBlocks: number;
  /** It is offered more so often; then its nonce is freed. */
  readonly maxBumps: number;
}

/** Looks after the transactions that do not move. */
export async function repairQueue(queue: TransactionQueue, head: Block, options: RepairOptions): Promise<void> {
  // Nonces that the node waits with, and we know nothing of.
  const queued = await queue.chain.transactionCount(queue.address, "pending");
  for (let nonce = queue.mined; nonce < queued; ++nonce) await queue.adopt(nonce, head, "adopted");
  // Nonces that nothing holds, while later ones wait for them.
  const last = queue.list.at(-1)?.nonce ?? -1;
  for (let nonce = Math.max(queue.mined, queued); nonce < last; ++nonce) await queue.adopt(nonce, head, "gap");
  for (const transaction of queue.list) {
    if (transaction.nonce < queue.mined || head.number - transaction.touchedAt < options.stuckBlocks) continue;
    transaction.touchedAt = head.number;
    if (transaction.nonce === queue.mined) await replace(queue, transaction, head, options);
    else await rebroadcast(queue, transaction);
  }
}

/** A node that queues nothing beyond a gap: what it has not got can only be in our way. */
export async function dropUnknown(queue: TransactionQueue): Promise<void> {
  for (const transaction of queue.list) {
    if (transaction.nonce >= queue.mined && !(await queue.isKnown(transaction))) queue.finish(transaction, "replaced");
  }
}

/** Not its turn yet: only seen to that the node has it still. */
async function rebroadcast(queue: TransactionQueue, transaction: PendingTransaction): Promise<void> {
  if (transaction.kind === "foreign" || (await queue.isKnown(transaction))) return;
  queue.options.log("warn", "tx.rebroadcast", describeTransaction(transaction));
  queue.options.repaired?.("rebroadcast");
  await queue.submit(transaction, transaction.fees);
}

/** Its turn, but it is not mined: offers more for it, or for nothing at all in its place if it has become pointless. */
async function replace(
  queue: TransactionQueue,
  transaction: PendingTransaction,
  head: Block,
  { maxBumps }: RepairOptions,
): Promise<void> {
  const { log, repaired, fees: limits } = queue.options;
  const isWanted = !transaction.isCancelling && transaction.bumps < maxBumps && (await works(queue, transaction));
  if (!isWanted) transaction.isCancelling = true;
  const usual = await chooseFees(queue.chain, head, limits);
  let fees: Fees = transaction.fees;
  for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
    const bumped = bumpFees(fees, usual, limits);
    if (bumped === undefined) {
      log("error", "tx.at-fee-limit", describeTransaction(transaction));
      repaired?.("at-limit");
      break;
    }
    fees = bumped;
    ++transaction.bumps;
    const failure = await queue.submit(transaction, fees);
    if (failure === undefined) {
      repaired?.(transaction.isCancelling ? "cancelled" : "bumped");
      return;
    }
    log("warn", "tx.refused", { ...describeTransaction(transaction), reason: failure.kind, message: failure.message });
    if (failure.kind !== "underpriced") return;
  }
  transaction.fees = fees; // what is there pays more still: the next time goes on from here
}

/** Whether it would still do what it was meant to. */
async function works(queue: TransactionQueue, { to, data }: PendingTransaction): Promise<boolean> {
  try {
    await queue.chain.call({ from: queue.address, to, data }, "latest");
    return true;
  } catch (error) {
    if (failureOf(error)?.kind !== "revert") throw error;
    return false;
  }
}
