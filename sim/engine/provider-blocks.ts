import { toQuantity } from "ethers";

import type { Log } from "../market/venue.ts";
import { MAX_GAS, tipOf, type Blocks, type Pending, type Receipt } from "./blocks.ts";

/** JSON-RPC, as Hardhat's connections offer it. */
export interface RpcProvider {
  request(request: { readonly method: string; readonly params?: unknown[] }): Promise<unknown>;
}

interface RpcReceipt {
  readonly status: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice: string;
  readonly transactionIndex: string;
  readonly logs: readonly Log[];
}

/** Blocks of a simulated chain behind JSON-RPC: Hardhat's own, in process, or a node. */
export class ProviderBlocks implements Blocks {
  readonly #provider: RpcProvider;
  /** Whatever was asked for last. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(provider: RpcProvider) {
    this.#provider = provider;
  }

  #rpc(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }

  /** One after the other: a call that is not awaited must still see the block that was asked for before it. */
  #queued<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act, act);
    this.#last = next.catch(() => undefined);
    return next;
  }

  timestamp(): Promise<number> {
    return this.#queued(async () => {
      const block = (await this.#rpc("eth_getBlockByNumber", "latest", false)) as { readonly timestamp: string };
      return Number(block.timestamp);
    });
  }

  /** The provider knows one order, by fee. For another one, transactions bid for their places, and are booked as they bid. */
  mine(
    pending: readonly Pending[],
    timestamp: number,
    baseFeeWei: bigint,
    order?: readonly number[],
  ): Promise<Receipt[]> {
    const bids = pending.map(({ priorityFeeWei, maxFeeWei }) => ({ priorityFeeWei, maxFeeWei }));
    order?.forEach((i, place) => {
      const priorityFeeWei = BigInt(order.length - place);
      bids[i] = { priorityFeeWei, maxFeeWei: baseFeeWei + priorityFeeWei };
    });
    return this.#queued(async () => {
      const hashes: string[] = [];
      for (const [i, { from, to, data, gas }] of pending.entries()) {
        const { priorityFeeWei, maxFeeWei } = bids[i];
        const fees = { maxPriorityFeePerGas: toQuantity(priorityFeeWei), maxFeePerGas: toQuantity(maxFeeWei) };
        const hash = await this.#rpc("eth_sendTransaction", { ...{ from, to, data }, gas: toQuantity(gas), ...fees });
        hashes.push(String(hash));
      }
      await this.#rpc("hardhat_setNextBlockBaseFeePerGas", toQuantity(baseFeeWei));
      await this.#rpc("evm_setNextBlockTimestamp", toQuantity(timestamp));
      await this.#rpc("evm_mine");
      const receipts = await Promise.all(hashes.map((hash) => this.#receipt(hash)));
      if (order === undefined) return receipts;
      return receipts.map((receipt, i) => {
        return { ...receipt, feeWei: receipt.gasUsed * (baseFeeWei + tipOf(pending[i], baseFeeWei)) };
      });
    });
  }

  async #receipt(hash: string): Promise<Receipt> {
    const receipt = (await this.#rpc("eth_getTransactionReceipt", hash)) as RpcReceipt | null;
    if (receipt === null) throw new Error(`transaction ${hash} was not mined with its block`);
    const ok = BigInt(receipt.status) === 1n;
    const gasUsed = BigInt(receipt.gasUsed);
    return {
      ...{ ok, gasUsed, logs: receipt.logs, hash },
      feeWei: gasUsed * BigInt(receipt.effectiveGasPrice),
      index: Number(receipt.transactionIndex),
    };
  }

  /** From running it again where it stood in its block. Takes its time. */
  revertDataOf(hash: string): Promise<string> {
    const options = { tracer: "callTracer", tracerConfig: { onlyTopCall: true } };
    return this.#queued(async () => {
      const trace = (await this.#rpc("debug_traceTransaction", hash, options)) as { readonly output?: string };
      return trace.output ?? "0x";
    });
  }

  call(to: string, data: string): Promise<string> {
    return this.#queued(async () =>
      String(await this.#rpc("eth_call", { to, data, gas: toQuantity(MAX_GAS) }, "latest")),
    );
  }

  callNext(to: string, data: string, timestamp: number): Promise<string> {
    return this.#queued(async () => {
      await this.#rpc("evm_setNextBlockTimestamp", toQuantity(timestamp));
      return String(await this.#rpc("eth_call", { to, data, gas: toQuantity(MAX_GAS) }, "pending"));
    });
  }

  snapshot(): Promise<unknown> {
    return this.#queued(() => this.#rpc("evm_snapshot"));
  }

  revert(snapshot: unknown): Promise<void> {
    return this.#queued(async () => {
      await this.#rpc("evm_revert", snapshot);
    });
  }
}
