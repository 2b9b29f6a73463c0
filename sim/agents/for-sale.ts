import type { View } from "../engine/agent.ts";
import type { Rng } from "../rng.ts";

/** Accounts that one bot looks at in a block. */
const MOST_QUOTES = 8;

/** Accounts whose collateral does not carry their debt at the protocol's own prices. */
export function liquidatable({ protocol, state, positions }: View): string[] {
  const accounts: string[] = [];
  for (const [account, position] of positions) {
    if (position.debtShares === 0n) continue;
    if (protocol.debtOf(position, state) > protocol.liquidationCapacityOf(position, state)) accounts.push(account);
  }
  return accounts;
}

/** Accounts that may be worth buying from now, in random order: kicked where a kick is needed, and not too dear. */
export function forSale(view: View, rng: Rng): string[] {
  const { protocol, positions, state, timestamp } = view;
  const best = Math.max(view.venue.price, view.marketPrice);
  const accounts = liquidatable(view).filter((account) => {
    const position = positions.get(account);
    if (position === undefined) return false;
    if (protocol.kickLifeSeconds !== undefined && position.kickedAt === 0) return false;
    return protocol.askPrice(position, state, timestamp) < best;
  });
  return shuffled(accounts, rng).slice(0, MOST_QUOTES);
}

/** The items in random order (Fisher and Yates). */
function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; --i) {
    const j = rng.integer(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Gas of a liquidation at the block's base fee. [loan asset] */
export function gasCost(gas: number, { baseFeeWei, etherPrice }: View): number {
  return (gas * Number(baseFeeWei) * etherPrice) / 1e18;
}

/** A bid for the place in the block: so many loan assets for a transaction of so much gas. [gwei] */
export function bidGwei(loanAssets: number, gas: number, { etherPrice }: View): number {
  return Math.min((Math.max(loanAssets, 0) / etherPrice / gas) * 1e9, 100_000);
}
