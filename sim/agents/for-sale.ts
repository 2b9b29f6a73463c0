import type { View } from "../engine/agent.ts";
import type { Rng } from "../rng.ts";

/** Accounts that one bot looks at in a block, unless it is told otherwise. */
export const MOST_LOOKS = 8;

/** What was found by the same state and positions: each bot asks in each block. */
const found = new WeakMap<View["state"], WeakMap<View["positions"], readonly string[]>>();

/** Accounts whose collateral does not carry their debt at the protocol's own prices. */
export function liquidatable({ protocol, state, positions }: View): readonly string[] {
  const known = found.get(state) ?? new WeakMap<View["positions"], readonly string[]>();
  found.set(state, known);
  const before = known.get(positions);
  if (before !== undefined) return before;
  const accounts: string[] = [];
  for (const [account, position] of positions) {
    if (position.debtShares === 0n) continue;
    if (protocol.debtOf(position, state) > protocol.liquidationCapacityOf(position, state)) accounts.push(account);
  }
  known.set(positions, accounts);
  return accounts;
}

/** Accounts that can be bought from now, in random order: kicked where a kick is needed. What they cost is to be asked. */
export function forSale(view: View, rng: Rng, mostLooks = MOST_LOOKS): string[] {
  const { protocol, positions } = view;
  const accounts = liquidatable(view).filter((account) => {
    return protocol.kickLifeSeconds === undefined || positions.get(account)?.kickedAt !== 0;
  });
  return shuffled(accounts, rng).slice(0, mostLooks);
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
