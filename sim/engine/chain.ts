import { toQuantity } from "ethers";

import type { EncodedCall } from "../market/uniswap-calls.ts";
import type { Log } from "../market/venue.ts";

/** JSON-RPC, as Hardhat's connections offer it. */
export interface RpcProvider {
  request(request: { readonly method: string; readonly params?: unknown[] }): Promise<unknown>;
}

export interface Transaction extends EncodedCall {
  readonly from: string;
  readonly gas: number;
  readonly priorityFeeWei: bigint;
}

export interface Receipt {
  readonly ok: boolean;
  readonly gasUsed: bigint;
  readonly feeWei: bigint;
  readonly index: number; // place in the block
  readonly logs: readonly Log[];
  readonly hash: string;
}

interface RpcReceipt {
  readonly status: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice: string;
  readonly transactionIndex: string;
  readonly logs: readonly Log[];
}

/** Most gas of one transaction or call: EIP-7825's cap, which EDR enforces. */
export const MAX_GAS = 16_777_216;
const RICH = toQuantity(10n ** 26n); // a hundred million ether: nobody in the lab runs out of gas money

/**
 * A simulated chain driven block by block: transactions wait until `mine`, which puts them into one block, dearest first.
 * Ends where it began: `close` takes back every block since `open`, so that a node's users find it as they left it.
 */
export class Chain {
  readonly #provider: RpcProvider;
  readonly #baseFeeWei: bigint;
  #origin: unknown;
  #waiting: string[] = [];

  private constructor(provider: RpcProvider, baseFeeWei: bigint) {
    this.#provider = provider;
    this.#baseFeeWei = baseFeeWei;
  }

  static async open(provider: RpcProvider, baseFeeWei: bigint): Promise<Chain> {
    const chain = new Chain(provider, baseFeeWei);
    chain.#origin = await chain.rpc("evm_snapshot");
    return chain;
  }

  async close(): Promise<void> {
    await this.rpc("evm_setAutomine", true);
    await this.rpc("evm_revert", this.#origin);
  }

  rpc(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }

  /** From now on blocks are mined by `mine` alone. */
  async holdBlocks(): Promise<void> {
    await this.rpc("evm_setAutomine", false);
  }

  /** From now on every transaction is mined at once, as at the beginning. */
  async releaseBlocks(): Promise<void> {
    await this.rpc("evm_setAutomine", true);
  }

  /** Makes accounts of the addresses: unlocked, with ether for gas. */
  async unlock(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      await this.rpc("hardhat_impersonateAccount", address);
      await this.rpc("hardhat_setBalance", address, RICH);
    }
  }

  async timestamp(): Promise<number> {
    const block = (await this.rpc("eth_getBlockByNumber", "latest", false)) as { readonly timestamp: string };
    return Number(block.timestamp);
  }

  /** Puts a transaction into the next block, of which it knows the base fee. */
  async send(
    { from, to, data, gas, priorityFeeWei }: Transaction,
    baseFeeWei: bigint = this.#baseFeeWei,
  ): Promise<void> {
    const hash = await this.rpc("eth_sendTransaction", {
      from,
      to,
      data,
      gas: toQuantity(gas),
      maxPriorityFeePerGas: toQuantity(priorityFeeWei),
      maxFeePerGas: toQuantity(baseFeeWei + priorityFeeWei),
    });
    this.#waiting.push(String(hash));
  }

  /** Mines one block with everything sent. Receipts come in the order of sending. */
  async mine(timestamp: number, baseFeeWei: bigint = this.#baseFeeWei): Promise<Receipt[]> {
    await this.rpc("hardhat_setNextBlockBaseFeePerGas", toQuantity(baseFeeWei));
    await this.rpc("evm_setNextBlockTimestamp", toQuantity(timestamp));
    await this.rpc("evm_mine");
    const hashes = this.#waiting;
    this.#waiting = [];
    return Promise.all(hashes.map((hash) => this.#receipt(hash)));
  }

  async #receipt(hash: string): Promise<Receipt> {
    const receipt = (await this.rpc("eth_getTransactionReceipt", hash)) as RpcReceipt | null;
    if (receipt === null) throw new Error(`transaction ${hash} was not mined with its block`);
    const ok = BigInt(receipt.status) === 1n;
    const gasUsed = BigInt(receipt.gasUsed);
    return {
      ok,
      gasUsed,
      feeWei: gasUsed * BigInt(receipt.effectiveGasPrice),
      index: Number(receipt.transactionIndex),
      logs: receipt.logs,
      hash,
    };
  }

  /** Data of a failed transaction's revert, from running it again where it stood in its block. Takes its time. */
  async revertDataOf(hash: string): Promise<string> {
    const options = { tracer: "callTracer", tracerConfig: { onlyTopCall: true } };
    const trace = (await this.rpc("debug_traceTransaction", hash, options)) as { readonly output?: string };
    return trace.output ?? "0x";
  }

  /** Asks a contract, on the newest block. */
  async call(to: string, data: string): Promise<string> {
    return String(await this.rpc("eth_call", { to, data, gas: toQuantity(MAX_GAS) }, "latest"));
  }

  /** Asks a contract as if it were asked in the next block, at that time. No transaction may wait. */
  async callNext(to: string, data: string, timestamp: number): Promise<string> {
    await this.rpc("evm_setNextBlockTimestamp", toQuantity(timestamp));
    return String(await this.rpc("eth_call", { to, data, gas: toQuantity(MAX_GAS) }, "pending"));
  }

  async snapshot(): Promise<unknown> {
    return this.rpc("evm_snapshot");
  }

  async revert(snapshot: unknown): Promise<void> {
    await this.rpc("evm_revert", snapshot);
  }
}
