import { toBeHex, toQuantity } from "ethers";

import { failureOf, type Rpc } from "./rpc.ts";

export type BlockTag = number | "latest" | "pending";

export interface Block {
  readonly number: number;
  readonly hash: string;
  readonly timestamp: number; // [unix s]
  readonly baseFee: bigint | undefined; // [wei] undefined: a chain without EIP-1559
}

export interface ChainLog {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly index: number;
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly transactionHash: string;
}

export interface Receipt {
  readonly hash: string;
  readonly blockNumber: number;
  readonly isSuccess: boolean;
  readonly gasUsed: bigint;
  readonly gasPrice: bigint; // [wei]
  readonly logs: readonly ChainLog[];
}

export interface Call {
  readonly from?: string;
  readonly to: string;
  readonly data: string;
}

/** A node's answers as numbers. Only what a keeper asks. */
export class Chain {
  readonly rpc: Rpc;

  constructor(rpc: Rpc) {
    this.rpc = rpc;
  }

  async chainId(): Promise<number> {
    return Number(await this.rpc.request("eth_chainId"));
  }

  async blockNumber(): Promise<number> {
    return Number(await this.rpc.request("eth_blockNumber"));
  }

  /** Undefined: the node does not have it (yet, or any more). */
  async block(tag: BlockTag): Promise<Block | undefined> {
    const block = (await this.rpc.request("eth_getBlockByNumber", [encodeTag(tag), false])) as RawBlock | null;
    return block === null || block === undefined ? undefined : toBlock(block);
  }

  /** Hashes, senders and nonces of a block's transactions. */
  async transactionsOf(number: number): Promise<{ hash: string; from: string; nonce: number }[]> {
    const block = (await this.rpc.request("eth_getBlockByNumber", [encodeTag(number), true])) as RawBlock | null;
    return ((block?.transactions ?? []) as { hash: string; from: string; nonce: string }[]).map((tx) => ({
      hash: tx.hash,
      from: tx.from.toLowerCase(),
      nonce: Number(tx.nonce),
    }));
  }

  async logs(address: string, topics: readonly string[], from: number, to: number): Promise<ChainLog[]> {
    const filter = { address, topics: [topics], fromBlock: encodeTag(from), toBlock: encodeTag(to) };
    return ((await this.rpc.request("eth_getLogs", [filter])) as RawLog[]).map(toLog);
  }

  async call(call: Call, tag: BlockTag): Promise<string> {
    return (await this.rpc.request("eth_call", [call, encodeTag(tag)])) as string;
  }

  async estimateGas(call: Call, tag: BlockTag): Promise<bigint> {
    return BigInt((await this.rpc.request("eth_estimateGas", [call, encodeTag(tag)])) as string);
  }

  async transactionCount(address: string, tag: BlockTag): Promise<number> {
    return Number(await this.rpc.request("eth_getTransactionCount", [address, encodeTag(tag)]));
  }

  async balance(address: string): Promise<bigint> {
    return BigInt((await this.rpc.request("eth_getBalance", [address, "latest"])) as string);
  }

  async code(address: string, tag: BlockTag = "latest"): Promise<string> {
    return (await this.rpc.request("eth_getCode", [address, encodeTag(tag)])) as string;
  }

  async receipt(hash: string): Promise<Receipt | undefined> {
    const receipt = (await this.rpc.request("eth_getTransactionReceipt", [hash])) as RawReceipt | null;
    if (receipt === null || receipt === undefined) return undefined;
    return {
      hash,
      blockNumber: Number(receipt.blockNumber),
      isSuccess: Number(receipt.status) === 1,
      gasUsed: BigInt(receipt.gasUsed),
      gasPrice: BigInt(receipt.effectiveGasPrice ?? 0),
      logs: receipt.logs.map(toLog),
    };
  }

  /** True if the node has the transaction, mined or not. */
  async knows(hash: string): Promise<boolean> {
    const transaction = await this.rpc.request("eth_getTransactionByHash", [hash]);
    return transaction !== null && transaction !== undefined;
  }

  /** Tip that the node suggests; on a chain without EIP-1559 the whole gas price. [wei] */
  async suggestedTip(isLegacy: boolean): Promise<bigint> {
    if (isLegacy) return BigInt((await this.rpc.request("eth_gasPrice")) as string);
    try {
      return BigInt((await this.rpc.request("eth_maxPriorityFeePerGas")) as string);
    } catch (error) {
      if (failureOf(error) === undefined) throw error;
      return 0n; // a node that does not know the method; the least tip is for the options to say
    }
  }
}

interface RawBlock {
  readonly number: string | null;
  readonly hash: string | null;
  readonly timestamp: string;
  readonly baseFeePerGas?: string | null;
  readonly transactions?: readonly unknown[];
}

interface RawLog {
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly logIndex: string;
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly transactionHash: string;
}

interface RawReceipt {
  readonly blockNumber: string;
  readonly status: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice?: string;
  readonly logs: readonly RawLog[];
}

function toBlock({ number, hash, timestamp, baseFeePerGas }: RawBlock): Block {
  return {
    number: Number(number ?? Number.NaN),
    hash: hash ?? "",
    timestamp: Number(timestamp),
    baseFee: baseFeePerGas === undefined || baseFeePerGas === null ? undefined : BigInt(baseFeePerGas),
  };
}

function toLog({ blockNumber, logIndex, ...log }: RawLog): ChainLog {
  return { ...log, blockNumber: Number(blockNumber), index: Number(logIndex) };
}

export function encodeTag(tag: BlockTag): string {
  return typeof tag === "number" ? toQuantity(tag) : tag;
}

/** For transactions that a node signs. */
export function encodeAmount(amount: bigint): string {
  return amount === 0n ? "0x0" : toQuantity(toBeHex(amount));
}
