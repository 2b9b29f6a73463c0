import type { Dropped, Intent } from "./agent.ts";

/** What is to be mined: with what it pays for its place by then. */
export interface Admitted {
  readonly intent: Intent;
  readonly priorityFeeWei: bigint;
  /** Blocks, and time, from its sender's first wish to this block: 0 where it went in at once. */
  readonly waitedBlocks: number;
  readonly waitedSeconds: number;
}

/** What becomes of a block's intents. */
export interface Filling {
  readonly admitted: readonly Admitted[]; // in the order of sending
  readonly dropped: readonly Dropped[]; // will never be mined
  readonly baseFeeWei: bigint;
  /** Left waiting. */
  readonly waiting: number;
  /** Decided on a world that had changed by the time, so that any revert is bad luck and not a bug. */
  isOutdated(intent: Intent): boolean;
}

/** Who gets into the block to come. */
export interface BlockSpace {
  /** Base fee that everybody reckons with. */
  readonly baseFeeWei: bigint;
  fill(
    fresh: readonly Intent[],
    block: { readonly block: number; readonly seconds: number; readonly blockSeconds: number },
  ): Filling;
}

/** Room for all at a constant base fee. */
export class OpenSpace implements BlockSpace {
  readonly baseFeeWei: bigint;

  constructor(baseFeeWei: bigint) {
    this.baseFeeWei = baseFeeWei;
  }

  fill(fresh: readonly Intent[]): Filling {
    const admitted = fresh.map((intent) => {
      return { intent, priorityFeeWei: intent.priorityFeeWei, waitedBlocks: 0, waitedSeconds: 0 };
    });
    return { admitted, dropped: [], baseFeeWei: this.baseFeeWei, waiting: 0, isOutdated: () => false };
  }
}
