import type { AccountOverride } from "@nomicfoundation/edr";
import { getBytes } from "ethers";

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

function override(address: string, { code, nonce, storage }: Contract): AccountOverride {
  return {
    ...{ address: getBytes(address), balance: 0n, nonce, code: getBytes(code) },
    storage: [...storage].map(([index, value]) => ({ index: BigInt(index), value: BigInt(value) })),
  };
}
