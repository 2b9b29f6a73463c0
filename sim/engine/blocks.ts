import type { EncodedCall } from "../market/uniswap-calls.ts";
import type { Log } from "../market/venue.ts";

export interface Transaction extends EncodedCall {
  readonly from: string;
  readonly gas: number;
  readonly priorityFeeWei: bigint;
}

/** A transaction with what it pays at most for a unit of gas. */
export interface Pending extends Transaction {
  readonly maxFeeWei: bigint;
}

export interface Receipt {
  readonly ok: boolean;
  readonly gasUsed: bigint;
  readonly feeWei: bigint;
  readonly index: number; // place in the block
  readonly logs: readonly Log[];
  readonly hash: string;
}

/** Most gas of one transaction or call: EIP-7825's cap, which EDR enforces. */
export const MAX_GAS = 16_777_216;

/** What executes the lab's blocks. Whatever is asked for is done in the order of asking, awaited or not. */
export interface Blocks {
  timestamp(): Promise<number>;
  /**
   * One block. Receipts come in the order given.
   * @param order Places in `pending`, in the order of the block; default: `orderByTip`.
   */
  mine(
    pending: readonly Pending[],
    timestamp: number,
    baseFeeWei: bigint,
    order?: readonly number[],
  ): Promise<Receipt[]>;
  /** Data of a failed transaction's revert. */
  revertDataOf(hash: string): Promise<string>;
  /** Asks a contract, on the newest block. */
  call(to: string, data: string): Promise<string>;
  /** Asks a contract as if it were asked in the next block, at that time. */
  callNext(to: string, data: string, timestamp: number): Promise<string>;
  snapshot(): Promise<unknown>;
  revert(snapshot: unknown): Promise<void>;
}

/** What a transaction pays for its place in a block. */
export function tipOf({ priorityFeeWei, maxFeeWei }: Pending, baseFeeWei: bigint): bigint {
  const room = maxFeeWei - baseFeeWei;
  return priorityFeeWei < room ? priorityFeeWei : room;
}
