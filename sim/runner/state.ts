import type { AccountOverride } from "@nomicfoundation/edr";
import { getBytes, hexlify } from "ethers";

import type { RpcProvider } from "../engine/provider-blocks.ts";

/** A contract with all of its storage. */
interface Contract {
  code: string;
  nonce: bigint;
  readonly storage: Map<string, string>;
}

interface Diff {
  readonly pre: Readonly<Record<string, TracedAccount>>;
  readonly post: Readonly<Record<string, TracedAccount>>;
}

interface TracedAccount {
  readonly code?: string;
  readonly nonce?: number;
  readonly storage?: Readonly<Record<string, string>>;
}

const diffTracer = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };

/**
 * Everything that transactions have made of contracts since a block, from what each of them changed: simulated chains have no
 * dump of their state. What was there before, and what was set without a transaction, is not in it.
 */
export async function stateSince(provider: RpcProvider, block: number): Promise<AccountOverride[]> {
  const latest = Number(await provider.request({ method: "eth_blockNumber" }));
  const contracts = new Map<string, Contract>();
  for (let number = block + 1; number <= latest; ++number) {
    const params = [`0x${number.toString(16)}`, false];
    const { transactions } = (await provider.request({ method: "eth_getBlockByNumber", params })) as {
      readonly transactions: readonly string[];
    };
    for (const hash of transactions) {
      const method = "debug_traceTransaction";
      apply(contracts, (await provider.request({ method, params: [hash, diffTracer] })) as Diff);
    }
  }
  return [...contracts]
    .filter(([, { code }]) => code !== "0x")
    .map(([address, contract]) => override(address, contract));
}

function apply(contracts: Map<string, Contract>, { pre, post }: Diff): void {
  for (const [address, { code, nonce, storage = {} }] of Object.entries(post)) {
    const contract = contracts.get(address) ?? { code: "0x", nonce: 0n, storage: new Map<string, string>() };
    contracts.set(address, contract);
    if (code !== undefined) contract.code = code;
    if (nonce !== undefined) contract.nonce = BigInt(nonce);
    for (const [slot, value] of Object.entries(storage)) contract.storage.set(slot, value);
  }
  // What became zero is in the state before only.
  for (const [address, { storage = {} }] of Object.entries(pre)) {
    for (const slot of Object.keys(storage)) {
      if (post[address]?.storage?.[slot] === undefined) contracts.get(address)?.storage.delete(slot);
    }
  }
}

/** What the runner writes of accounts: EIP-3155's genesis, numbers in hexadecimal. */
export type Dump = Readonly<Record<string, DumpedAccount>>;

interface DumpedAccount {
  readonly nonce?: string;
  readonly code?: string;
  readonly storage?: Readonly<Record<string, string>>;
}

/** Entries that a dump has: accounts, and slots of contracts. */
export function sizeOf(dump: Dump): number {
  return Object.values(dump).reduce((sum, { storage = {} }) => sum + 1 + Object.keys(storage).length, 0);
}

/** A state with what has been touched in it since. Ether and nonces of users, which decide nothing in the lab, are left out. */
export function withDump(state: readonly AccountOverride[], dump: Dump): AccountOverride[] {
  const byAddress = new Map(state.map((account) => [hexlify(account.address), account]));
  for (const [address, { nonce, code = "0x", storage = {} }] of Object.entries(dump)) {
    const before = byAddress.get(address);
    if (before === undefined && code === "0x") continue;
    const slots = new Map((before?.storage ?? []).map(({ index, value }) => [index, value]));
    for (const [slot, value] of Object.entries(storage)) {
      if (BigInt(value) === 0n) slots.delete(BigInt(slot));
      else slots.set(BigInt(slot), BigInt(value));
    }
    byAddress.set(address, {
      ...{ address: getBytes(address), balance: 0n, nonce: BigInt(nonce ?? 0) },
      code: before?.code ?? getBytes(code),
      storage: [...slots].map(([index, value]) => ({ index, value })),
    });
  }
  return [...byAddress.values()];
}

function override(address: string, { code, nonce, storage }: Contract): AccountOverride {
  return {
    ...{ address: getBytes(address), balance: 0n, nonce, code: getBytes(code) },
    storage: [...storage].map(([index, value]) => ({ index: BigInt(index), value: BigInt(value) })),
  };
}
