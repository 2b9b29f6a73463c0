/** An ERC-20 token as OpenZeppelin's: loan asset, collaterals and lenders' shares. Its refusals are those of ERC-6093. */
import { checked, MAX_WORD, PoolRefused } from "./word.ts";

export const NOBODY = "0x0000000000000000000000000000000000000000";

export interface Ledger {
  readonly address: string;
  supply: bigint;
  readonly balances: Map<string, bigint>;
  /** By owner and spender. */
  readonly allowances: Map<string, bigint>;
}

export function newLedger(address: string): Ledger {
  return { address, supply: 0n, balances: new Map(), allowances: new Map() };
}

export function copyOfLedger(l: Ledger): Ledger {
  return { ...l, balances: new Map(l.balances), allowances: new Map(l.allowances) };
}

const pair = (owner: string, spender: string) => `${owner} ${spender}`;

export const balanceOf = (l: Ledger, holder: string) => l.balances.get(holder) ?? 0n;
export const allowanceOf = (l: Ledger, owner: string, spender: string) => l.allowances.get(pair(owner, spender)) ?? 0n;

export function mintTokens(l: Ledger, to: string, amount: bigint): void {
  if (to === NOBODY) throw new PoolRefused("ERC20InvalidReceiver", [NOBODY]);
  l.supply = checked(l.supply + amount);
  l.balances.set(to, balanceOf(l, to) + amount);
}

export function burnTokens(l: Ledger, from: string, amount: bigint): void {
  if (from === NOBODY) throw new PoolRefused("ERC20InvalidSender", [NOBODY]);
  takeFrom(l, from, amount);
  l.supply -= amount;
}

export function transfer(l: Ledger, from: string, to: string, amount: bigint): void {
  if (to === NOBODY) throw new PoolRefused("ERC20InvalidReceiver", [NOBODY]);
  takeFrom(l, from, amount);
  l.balances.set(to, balanceOf(l, to) + amount);
}

export function transferFrom(l: Ledger, spender: string, from: string, to: string, amount: bigint): void {
  spendAllowance(l, from, spender, amount);
  transfer(l, from, to, amount);
}

export function approve(l: Ledger, owner: string, spender: string, amount: bigint): void {
  if (spender === NOBODY) throw new PoolRefused("ERC20InvalidSpender", [NOBODY]);
  l.allowances.set(pair(owner, spender), amount);
}

/** The largest is without limit, and stays. */
export function spendAllowance(l: Ledger, owner: string, spender: string, amount: bigint): void {
  const allowed = allowanceOf(l, owner, spender);
  if (allowed === MAX_WORD) return;
  if (allowed < amount) throw new PoolRefused("ERC20InsufficientAllowance", [spender, allowed, amount]);
  l.allowances.set(pair(owner, spender), allowed - amount);
}

function takeFrom(l: Ledger, from: string, amount: bigint): void {
  const held = balanceOf(l, from);
  if (held < amount) throw new PoolRefused("ERC20InsufficientBalance", [from, held, amount]);
  l.balances.set(from, held - amount);
}
