import { id, keccak256, Transaction } from "ethers";

import type { Eip1193 } from "../../scripts/keeper/rpc.ts";

/** What a node answers when it refuses. */
export class NodeError extends Error {
  readonly code: number;
  readonly data?: unknown;

  constructor(message: string, code = -32_000, data?: unknown) {
    super(message);
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}

export interface FakeLog {
  readonly topics: readonly string[];
  readonly data: string;
}

export interface FakeTransaction {
  readonly hash: string;
  readonly from: string;
  readonly to: string;
  readonly data: string;
  readonly nonce: number;
  readonly maxFee: bigint;
}

interface FakeBlock {
  readonly number: number;
  readonly hash: string;
  readonly timestamp: number;
  readonly logs: readonly FakeLog[];
  readonly transactions: readonly (FakeTransaction & { readonly isSuccess: boolean })[];
}

type Request = Parameters<Eip1193["request"]>[0];
const hex = (value: number | bigint) => `0x${value.toString(16)}`;

/** A chain in memory that does as it is told, and a pool of transactions with the manners of Geth. */
export class FakeNode implements Eip1193 {
  blocks: FakeBlock[] = [];
  pool: FakeTransaction[] = [];
  baseFee = 10n;
  tip = 2n;
  /** Most blocks that logs may be asked of. */
  maxRange = Infinity;
  readonly requests: Request[] = [];
  /** Asked before anything else; an error is what the node answers. */
  fault: (request: Request, count: number) => Error | undefined = () => undefined;
  /** The answer to `eth_call`; throws for a revert. */
  onCall: (call: { from?: string; to: string; data: string }, tag: string) => string = () => "0x";
  /** Whether a transaction succeeds when it is mined. */
  succeeds: (transaction: FakeTransaction) => boolean = () => true;
  /** Those that no block takes in, whatever they pay. */
  isHeld: (transaction: FakeTransaction) => boolean = () => false;
  /** Sees to it that an accepted transaction is answered with an error: the answer gets lost on its way. */
  loseAnswers = 0;
  #fork = 0;

  constructor() {
    this.mine();
  }

  get head(): FakeBlock {
    return this.blocks[this.blocks.length - 1];
  }

  used(from: string): number {
    return this.blocks.flatMap(({ transactions }) => transactions).filter((tx) => tx.from === from.toLowerCase())
      .length;
  }

  /** A block with these events, and with what of the pool can be mined. */
  mine(logs: readonly FakeLog[] = []): FakeBlock {
    const number = this.blocks.length;
    const taken: FakeBlock["transactions"][number][] = [];
    const senders = new Set(this.pool.map(({ from }) => from));
    for (const from of senders) {
      for (let nonce = this.used(from); ; ++nonce) {
        const transaction = this.pool.find((tx) => tx.from === from && tx.nonce === nonce);
        if (transaction === undefined || transaction.maxFee < this.baseFee || this.isHeld(transaction)) break;
        taken.push({ ...transaction, isSuccess: this.succeeds(transaction) });
      }
    }
    this.pool = this.pool.filter(({ hash }) => !taken.some((tx) => tx.hash === hash));
    const hash = id(`block ${number} of fork ${this.#fork}`);
    this.blocks.push({ number, hash, timestamp: 1_000 + 12 * number, logs, transactions: taken });
    return this.head;
  }

  mineMany(count: number): void {
    for (let i = 0; i < count; ++i) this.mine();
  }

  /** Takes back so many blocks; what is mined next has other hashes. */
  drop(count: number): void {
    this.blocks.splice(this.blocks.length - count);
    ++this.#fork;
  }

  /** Someone else's use of a key. */
  inject(from: string, nonce: number, maxFee: bigint): string {
    const hash = id(`foreign ${from} ${nonce} ${maxFee}`);
    this.pool.push({ hash, from: from.toLowerCase(), to: from, data: "0x", nonce, maxFee });
    return hash;
  }

  request(request: Request): Promise<unknown> {
    this.requests.push(request);
    const fault = this.fault(request, this.requests.length);
    if (fault !== undefined) return Promise.reject(fault);
    return new Promise((resolve) => resolve(this.#answer(request.method, (request.params ?? []) as never[])));
  }

  #answer(method: string, params: readonly never[]): unknown {
    switch (method) {
      case "eth_chainId":
        return hex(31_337);
      case "eth_blockNumber":
        return hex(this.head.number);
      case "eth_getBlockByNumber":
        return this.#block(params[0], params[1]);
      case "eth_getLogs":
        return this.#logs(params[0]);
      case "eth_getTransactionCount":
        return hex(this.#count(params[0], params[1]));
      case "eth_getTransactionReceipt":
        return this.#receipt(params[0]);
      case "eth_getTransactionByHash":
        return this.#find(params[0]) ?? null;
      case "eth_maxPriorityFeePerGas":
        return hex(this.tip);
      case "eth_getBalance":
        return hex(10n ** 18n);
      case "eth_call":
        return this.onCall(params[0], params[1]);
      case "eth_sendTransaction":
        return this.#accept(params[0]);
      case "eth_sendRawTransaction":
        return this.#acceptRaw(params[0]);
      default:
        throw new NodeError(`the method ${method} does not exist`, -32_601);
    }
  }

  #block(tag: string, isWhole: boolean): unknown {
    const block = tag === "latest" || tag === "pending" ? this.head : this.blocks[Number(tag)];
    if (block === undefined) return null;
    const transactions = block.transactions.map((tx) => (isWhole ? { ...tx, nonce: hex(tx.nonce) } : tx.hash));
    return {
      ...{ number: hex(block.number), hash: block.hash, timestamp: hex(block.timestamp), transactions },
      baseFeePerGas: hex(this.baseFee),
    };
  }

  #logs(filter: { fromBlock: string; toBlock: string; topics: string[][] }): unknown[] {
    const [from, to] = [Number(filter.fromBlock), Number(filter.toBlock)];
    if (to - from + 1 > this.maxRange) throw new NodeError(`query exceeds max block range ${this.maxRange}`, -32_602);
    return this.blocks.slice(from, to + 1).flatMap(({ number, hash, logs }) =>
      logs
        .filter(({ topics }) => filter.topics[0].includes(topics[0]))
        .map((log, index) => ({
          ...{ ...log, blockNumber: hex(number), blockHash: hash, logIndex: hex(index) },
          ...{ address: "0x00000000000000000000000000000000000000aa", transactionHash: id(`${hash} ${index}`) },
        })),
    );
  }

  #count(from: string, tag: string): number {
    const used = this.used(from);
    if (tag === "latest") return used;
    const queued = new Set(this.pool.filter((tx) => tx.from === from.toLowerCase()).map(({ nonce }) => nonce));
    let next = used;
    while (queued.has(next)) ++next;
    return next;
  }

  #find(hash: string): FakeTransaction | undefined {
    return [...this.pool, ...this.blocks.flatMap(({ transactions }) => transactions)].find((tx) => tx.hash === hash);
  }

  #receipt(hash: string): unknown {
    for (const { number, transactions } of this.blocks) {
      const found = transactions.find((tx) => tx.hash === hash);
      if (found === undefined) continue;
      const gasUsed = found.data === "0x" ? 21_000 : 90_000;
      return {
        ...{ blockNumber: hex(number), status: found.isSuccess ? "0x1" : "0x0", gasUsed: hex(gasUsed) },
        ...{ effectiveGasPrice: hex(this.baseFee + this.tip), logs: [] },
      };
    }
    return null;
  }

  #acceptRaw(raw: string): string {
    const { from, to, data, nonce, maxFeePerGas } = Transaction.from(raw);
    const price = hex(maxFeePerGas ?? 0n);
    const request = { from: from ?? "", to: to ?? "", data, nonce: hex(nonce), maxFeePerGas: price };
    return this.#accept(request, keccak256(raw));
  }

  #accept(
    request: { from: string; to: string; data: string; nonce: string; maxFeePerGas: string },
    signed?: string,
  ): string {
    const from = request.from.toLowerCase();
    const { to, data } = request;
    const [nonce, maxFee] = [Number(request.nonce), BigInt(request.maxFeePerGas)];
    const hash = signed ?? id(JSON.stringify([from, to, data, nonce, String(maxFee)]));
    const transaction = { hash, from, to, data, nonce, maxFee };
    const there = this.pool.find((tx) => tx.from === from && tx.nonce === nonce);
    if (nonce < this.used(from)) throw new NodeError(`nonce too low: next nonce ${this.used(from)}, tx nonce ${nonce}`);
    if (there?.hash === transaction.hash) throw new NodeError("already known");
    if (there !== undefined && maxFee * 10n < there.maxFee * 11n) {
      throw new NodeError("replacement transaction underpriced");
    }
    this.pool = [...this.pool.filter((tx) => tx !== there), transaction];
    if (this.loseAnswers > 0) {
      --this.loseAnswers;
      throw new NodeError("socket hang up");
    }
    return transaction.hash;
  }
}
