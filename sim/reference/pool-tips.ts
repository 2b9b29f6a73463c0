/** Keepers: who puts accounts up for sale for a tip. The first sale of an account credits it, and he fetches it. */
import { NOBODY } from "./ledger.ts";
import { push, requireAddress, type Pool } from "./pool-state.ts";
import { PoolRefused } from "./word.ts";

/** Who registered a number; of 0, and of numbers that nobody has yet, nobody. */
export const keeperAt = ({ keepers }: Pool, keeper: bigint) => keepers[Number(keeper)] ?? NOBODY;

/** @returns A number under which to kick for tips. */
export function registerKeeper(p: Pool, caller: string): bigint {
  p.keepers.push(caller);
  p.owed.push(0n);
  return BigInt(p.keepers.length - 1);
}

/**
 * What he is owed left the pool's cash when it was credited.
 *
 * @returns Paid. [loan base units]
 */
export function claimTips(p: Pool, caller: string, keeper: bigint, receiver: string): bigint {
  requireAddress(receiver);
  const owner = keeperAt(p, keeper);
  if (caller !== owner) throw new PoolRefused("PoolUnauthorized", [caller, owner]);
  const assets = p.owed[Number(keeper)];
  if (assets === 0n) throw new PoolRefused("LiquidationNothingToClaim", [keeper]);
  p.owed[Number(keeper)] = 0n;
  push(p, p.asset, receiver, assets);
  return assets;
}
