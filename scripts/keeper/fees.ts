import type { Block, Chain } from "./chain.ts";

/** What a transaction offers. On a chain without EIP-1559 both are the gas price. */
export interface Fees {
  readonly maxFee: bigint; // [wei per gas]
  readonly tip: bigint; // [wei per gas]
  readonly isLegacy: boolean;
}

export interface FeeLimits {
  readonly maxFee: bigint; // [wei per gas] never offered more
  readonly leastTip: bigint; // [wei per gas]
}

/** Nodes replace a transaction for a tenth more; some ask for an eighth. */
const BUMP_PERCENT = 113n;

/** What to offer now: room for the base fee to double before it is mined. Undefined: the limit does not pay for a block. */
export async function chooseFees(
  chain: Chain,
  block: Block,
  { maxFee: limit, leastTip }: FeeLimits,
): Promise<Fees | undefined> {
  const isLegacy = block.baseFee === undefined;
  const suggested = await chain.suggestedTip(isLegacy);
  const tip = maxOf(suggested, leastTip);
  if (isLegacy) return tip > limit ? undefined : { maxFee: tip, tip, isLegacy };
  const base = block.baseFee ?? 0n;
  if (base >= limit) return undefined;
  const maxFee = minOf(base * 2n + tip, limit);
  return { maxFee, tip: minOf(tip, maxFee), isLegacy };
}

/** With a tip raised to what an opportunity is worth, within the limit. */
export function withTip(fees: Fees, tip: bigint, { maxFee: limit }: FeeLimits): Fees {
  if (tip <= fees.tip) return fees;
  if (fees.isLegacy) {
    const price = minOf(tip, limit);
    return { ...fees, maxFee: price, tip: price };
  }
  const maxFee = minOf(fees.maxFee - fees.tip + tip, limit);
  return { ...fees, maxFee, tip: minOf(tip, maxFee) };
}

/** Enough more that a node lets it replace what is there, and no less than what is usual now. Undefined: beyond the limit. */
export function bumpFees(old: Fees, now: Fees | undefined, { maxFee: limit }: FeeLimits): Fees | undefined {
  const raise = (fee: bigint) => (fee * BUMP_PERCENT) / 100n + 1n;
  const maxFee = maxOf(raise(old.maxFee), now?.maxFee ?? 0n);
  const tip = maxOf(raise(old.tip), now?.tip ?? 0n);
  if (maxOf(maxFee, tip) > limit) {
    const least = maxOf(raise(old.maxFee), raise(old.tip));
    return least > limit ? undefined : { ...old, maxFee: limit, tip: minOf(tip, limit) };
  }
  return { ...old, maxFee: maxOf(maxFee, tip), tip };
}

/** What a unit of gas will cost if the next block is like this one. [wei] */
export function expectedGasPrice(block: Block, { maxFee, tip, isLegacy }: Fees): bigint {
  return isLegacy ? maxFee : minOf((block.baseFee ?? 0n) + tip, maxFee);
}

export const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const minOf = (a: bigint, b: bigint): bigint => (a < b ? a : b);
