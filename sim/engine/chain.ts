import { toQuantity } from "ethers";

import type { Ordering } from "./block-order.ts";
import type { Blocks, Pending, Receipt, Transaction } from "./blocks.ts";
import { ProviderBlocks, type RpcProvider } from "./provider-blocks.ts";

export type { Receipt, Transaction } from "./blocks.ts";
export type { RpcProvider } from "./provider-blocks.ts";
export { MAX_GAS } from "./blocks.ts";

const RICH = toQuantity(10n ** 26n); // a hundred million ether: nobody in the lab runs out of gas money

/** Blocks that run elsewhere, from a state that was taken there. */
export interface Elsewhere extends Blocks {
  close(): Promise<void>;
}

/**
 * A simulated chain driven block by block: transactions wait until `mine`, which puts them into one block, dearest first.
 * Ends where it began: `close` takes back every block since `open`, so that a node's users find it as they left it.
 */
export class Chain {
  readonly #provider: RpcProvider;
  readonly #baseFeeWei: bigint;
  /** Number of the newest block when this was opened. */
  readonly openedAt: number;
  #origin: unknown;
  #blocks: Blocks;
  #elsewhere: Elsewhere | undefined;
  #waiting: Pending[] = [];

  private constructor(provider: RpcProvider, baseFeeWei: bigint, openedAt: number) {
    this.openedAt = openedAt;
    this.#provider = provider;
    this.#baseFeeWei = baseFeeWei;
    this.#blocks = new ProviderBlocks(provider);
  }

  static async open(provider: RpcProvider, baseFeeWei: bigint): Promise<Chain> {
    const openedAt = Number(await provider.request({ method: "eth_blockNumber" }));
    const chain = new Chain(provider, baseFeeWei, openedAt);
    chain.#origin = await chain.rpc("evm_snapshot");
    return chain;
  }

  async close(): Promise<void> {
    await this.comeBack();
    await this.rpc("evm_setAutomine", true);
    await this.rpc("evm_revert", this.#origin);
  }

  /** Of the provider, wherever blocks are mined. */
  rpc(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }

  /** From now on blocks are mined there: the provider knows nothing of them. */
  moveTo(elsewhere: Elsewhere): void {
    if (this.#elsewhere !== undefined) throw new Error("the chain has moved already");
    this.#elsewhere = elsewhere;
    this.#blocks = elsewhere;
  }

  /** From now on blocks are mined by the provider again, which goes on where it was left: what was mined elsewhere is gone. */
  async comeBack(): Promise<void> {
    const elsewhere = this.#elsewhere;
    this.#elsewhere = undefined;
    this.#blocks = new ProviderBlocks(this.#provider);
    await elsewhere?.close();
  }

  /** From now on blocks are mined by `mine` alone. */
  async holdBlocks(): Promise<void> {
    await this.rpc("evm_setAutomine", false);
  }

  /** From now on every transaction is mined at once, as at the beginning. */
  async releaseBlocks(): Promise<void> {
    if (this.#elsewhere !== undefined) throw new Error("the provider's blocks are no longer the chain's");
    await this.rpc("evm_setAutomine", true);
  }

  /** Makes accounts of the addresses: unlocked, with ether for gas. */
  async unlock(addresses: readonly string[]): Promise<void> {
    if (this.#elsewhere !== undefined) return; // there nobody is locked, and gas is booked and not paid
    for (const address of addresses) {
      await this.rpc("hardhat_impersonateAccount", address);
      await this.rpc("hardhat_setBalance", address, RICH);
    }
  }

  timestamp(): Promise<number> {
    return this.#blocks.timestamp();
  }

  /** Puts a transaction into the next block, of which it knows the base fee. */
  send(transaction: Transaction, baseFeeWei: bigint = this.#baseFeeWei): Promise<void> {
    this.#waiting.push({ ...transaction, maxFeeWei: baseFeeWei + transaction.priorityFeeWei });
    return Promise.resolve();
  }

  /**
   * Mines one block with everything sent. Receipts come in the order of sending.
   * @param ordering Default: by fee.
   */
  mine(timestamp: number, baseFeeWei: bigint = this.#baseFeeWei, ordering?: Ordering): Promise<Receipt[]> {
    const pending = this.#waiting.splice(0);
    return this.#blocks.mine(pending, timestamp, baseFeeWei, ordering?.(pending, baseFeeWei));
  }

  /** Data of a failed transaction's revert. */
  revertDataOf(hash: string): Promise<string> {
    return this.#blocks.revertDataOf(hash);
  }

  /** Asks a contract, on the newest block: that of `mine`, if it was called before, awaited or not. */
  call(to: string, data: string): Promise<string> {
    return this.#blocks.call(to, data);
  }

  /** Asks a contract as if it were asked in the next block, at that time. */
  callNext(to: string, data: string, timestamp: number): Promise<string> {
    return this.#blocks.callNext(to, data, timestamp);
  }

  snapshot(): Promise<unknown> {
    return this.#blocks.snapshot();
  }

  revert(snapshot: unknown): Promise<void> {
    return this.#blocks.revert(snapshot);
  }
}
