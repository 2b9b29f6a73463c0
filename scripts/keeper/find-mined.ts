import type { Chain } from "./chain.ts";
import type { PendingTransaction } from "./pending.ts";

/** How far to look. [blocks] */
const MOST_BLOCKS = 64;

/**
 * Hash of the mined transaction that has a nonce, for one whose own hash never reached us: the node that signs it was killed,
 * or we were, between sending and answer.
 */
export async function findMined(
  chain: Chain,
  account: string,
  { nonce, sentAt }: Pick<PendingTransaction, "nonce" | "sentAt">,
  head: number,
): Promise<string | undefined> {
  const from = account.toLowerCase();
  for (let number = Math.max(0, sentAt); number <= Math.min(head, sentAt + MOST_BLOCKS); ++number) {
    const found = (await chain.transactionsOf(number)).find((tx) => tx.from === from && tx.nonce === nonce);
    if (found !== undefined) return found.hash;
  }
  return undefined;
}
