import type { Chain, ChainLog } from "./chain.ts";
import { failureOf } from "./rpc.ts";

/** Of what a node says to a range of blocks, what a smaller range may be the answer to. */
const SMALLER_MAY_HELP = new Set(["range", "transient", "fatal"]);

export interface LogReaderOptions {
  readonly address: string;
  /** Any of these events. */
  readonly topics: readonly string[];
  /** Most blocks at once. */
  readonly range: number;
  readonly onSplit?: (range: number, reason: string) => void;
}

/**
 * Reads events in pieces that the node can answer: a piece that is refused is halved, down to a single block, and pieces
 * grow again as long as they are answered.
 */
export class LogReader {
  readonly #chain: Chain;
  readonly #options: LogReaderOptions;
  #range: number;

  constructor(chain: Chain, options: LogReaderOptions) {
    this.#chain = chain;
    this.#options = options;
    this.#range = options.range;
  }

  /** Blocks of the next piece, at most. */
  get range(): number {
    return this.#range;
  }

  /**
   * The events from a block on, as far as one piece goes.
   * @returns `to` is the last block read. Logs are in the order of the chain.
   * @throws RpcError if even one block is refused.
   */
  async read(from: number, head: number): Promise<{ readonly to: number; readonly logs: readonly ChainLog[] }> {
    const { address, topics, range: most, onSplit } = this.#options;
    for (;;) {
      const to = Math.min(head, from + this.#range - 1);
      try {
        const logs = await this.#chain.logs(address, topics, from, to);
        // Only a full piece says anything of what the node can bear.
        if (to - from + 1 === this.#range) this.#range = Math.min(most, Math.ceil(this.#range * 1.5));
        return { to, logs: logs.toSorted((a, b) => a.blockNumber - b.blockNumber || a.index - b.index) };
      } catch (error) {
        const failure = failureOf(error);
        const blocks = to - from + 1;
        if (failure === undefined || blocks === 1 || !SMALLER_MAY_HELP.has(failure.kind)) throw error;
        this.#range = Math.floor(blocks / 2); // at least 1: the loop ends after log₂ of the range
        onSplit?.(this.#range, failure.kind);
      }
    }
  }
}
