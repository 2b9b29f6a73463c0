/** What an owner signs instead of calling. Every nonce serves once, for whichever of the two is signed. */
import { approve } from "./ledger.ts";
import { setOperator } from "./pool-borrower.ts";
import type { Pool } from "./pool-state.ts";
import { PoolRefused } from "./word.ts";

/** As `SetOperator` of EIP-712. */
export interface OperatorMessage {
  readonly owner: string;
  readonly operator: string;
  readonly approved: boolean;
  readonly nonce: bigint;
  readonly deadline: bigint;
}

/** As `Permit` of ERC-2612. */
export interface PermitMessage {
  readonly owner: string;
  readonly spender: string;
  readonly value: bigint;
  readonly nonce: bigint;
  readonly deadline: bigint;
}

/** Whose signature of a message it is that was handed in: of every other message it is somebody else's. Undefined: nobody's. */
export type SignerOf<Message> = (message: Message) => string | undefined;

export const nonceOf = ({ nonces }: Pool, owner: string) => nonces.get(owner) ?? 0n;

function useNonce(p: Pool, owner: string): bigint {
  const nonce = nonceOf(p, owner);
  p.nonces.set(owner, p.rules.nonceAfter(nonce));
  return nonce;
}

/** Anyone may hand it in, up to the deadline and in its second. */
export function setOperatorWithSig(
  p: Pool,
  { owner, operator, approved, deadline }: Omit<OperatorMessage, "nonce">,
  signerOf: SignerOf<OperatorMessage>,
): void {
  if (p.now > deadline) throw new PoolRefused("PoolSignatureExpired", [deadline]);
  const signer = signerOf({ owner, operator, approved, nonce: useNonce(p, owner), deadline });
  if (signer !== owner) throw new PoolRefused("PoolSignatureInvalid", [owner]);
  setOperator(p, owner, operator, approved);
}

/** The same, for an allowance of lenders' shares. Accounts with code cannot. */
export function permit(
  p: Pool,
  { owner, spender, value, deadline }: Omit<PermitMessage, "nonce">,
  signerOf: SignerOf<PermitMessage>,
): void {
  if (p.now > deadline) throw new PoolRefused("ERC2612ExpiredSignature", [deadline]);
  const signer = signerOf({ owner, spender, value, nonce: useNonce(p, owner), deadline });
  if (signer === undefined) throw new PoolRefused("ECDSAInvalidSignature");
  if (signer !== owner) throw new PoolRefused("ERC2612InvalidSigner", [signer, owner]);
  approve(p.shares, owner, spender, value);
}
