import type { Fees } from "./fees.ts";

export const TRANSACTION_KINDS = ["kick", "take", "unkick", "poke", "claim", "foreign"] as const;
/** `foreign`: with our nonce, but not of this keeper; sent with the same key by someone else, or before a checkpoint. */
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** What became of a transaction. `lost`: someone else was faster. `replaced`: its nonce went to another transaction. */
export type Outcome = "mined" | "lost" | "reverted" | "cancelled" | "replaced";

/** What is to be sent. */
export interface Intent {
  readonly kind: TransactionKind;
  /** Names the opportunity: nothing is sent for it twice at a time. */
  readonly key: string;
  readonly to: string;
  readonly data: string;
  readonly gas: bigint; // limit
  /** Tip beyond the usual that the opportunity is worth. [wei per gas] */
  readonly tip?: bigint;
}

/** A transaction that may be mined still, under one of its hashes. */
export interface PendingTransaction {
  readonly kind: TransactionKind;
  readonly key: string;
  readonly nonce: number;
  readonly to: string;
  readonly data: string;
  readonly gas: bigint;
  readonly hashes: string[];
  readonly sentAt: number; // [block]
  fees: Fees;
  /** When it was last sent or looked after. [block] */
  touchedAt: number;
  bumps: number;
  /** Replaced by a payment of nothing to oneself, only to free the nonce. */
  isCancelling: boolean;
  /** How often its nonce was found used without any of its hashes. */
  misses: number;
}

/** The same as a checkpoint keeps it: amounts as decimal text. */
export interface SavedTransaction extends Omit<PendingTransaction, "gas" | "fees"> {
  readonly gas: string;
  readonly maxFee: string;
  readonly tip: string;
  readonly isLegacy: boolean;
}

export function saveTransaction({ gas, fees, ...rest }: PendingTransaction): SavedTransaction {
  const { maxFee, tip, isLegacy } = fees;
  return { ...rest, hashes: [...rest.hashes], gas: String(gas), maxFee: String(maxFee), tip: String(tip), isLegacy };
}

export function restoreTransaction({ gas, maxFee, tip, isLegacy, ...rest }: SavedTransaction): PendingTransaction {
  return {
    ...rest,
    hashes: [...rest.hashes],
    gas: BigInt(gas),
    fees: { maxFee: BigInt(maxFee), tip: BigInt(tip), isLegacy },
  };
}
