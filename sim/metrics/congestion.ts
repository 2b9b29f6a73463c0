import type { Intent } from "../engine/agent.ts";
import type { Step } from "../engine/stepper.ts";

/** What became of the transactions of one kind. */
export interface Inclusion {
  readonly label: string; // "publish price", "kick", "take", …
  readonly mined: number;
  readonly expired: number; // given up after waiting
  readonly replaced: number; // by a newer one for the same
  readonly delayed: number; // mined, but not in the first block
  /** From the first wish to the block, of those that were mined. */
  readonly meanWaitSeconds: number;
  readonly longestWaitSeconds: number;
  readonly longestWaitBlocks: number;
}

/** How full blocks were. */
export interface CongestionResult {
  readonly meanBaseFeeGwei: number;
  readonly highestBaseFeeGwei: number;
  readonly expired: number;
  readonly replaced: number;
  /** Still waiting when the run ended. */
  readonly waitingAtEnd: number;
  readonly inclusion: readonly Inclusion[]; // by label, in the order of the alphabet
  /** Samples, at the same times as those of the run; all arrays have one length. */
  readonly series: {
    readonly seconds: readonly number[];
    readonly baseFeeGwei: readonly number[];
    readonly waiting: readonly number[]; // transactions of the lab's own
  };
}

interface Tally {
  mined: number;
  expired: number;
  replaced: number;
  delayed: number;
  seconds: number;
  longestSeconds: number;
  longestBlocks: number;
}

/** Counts who waited for a block, and how long. */
export class CongestionRecorder {
  readonly #every: number;
  readonly #blocks: number;
  readonly #tallies = new Map<string, Tally>();
  readonly #series = { seconds: [] as number[], baseFeeGwei: [] as number[], waiting: [] as number[] };
  #fees = 0;
  #highest = 0;
  #count = 0;
  #waiting = 0;

  /** @param samples Points of the series, at most twice as many. */
  constructor(blocks: number, samples = 600) {
    this.#blocks = blocks;
    this.#every = Math.max(1, Math.floor(blocks / samples));
  }

  record({ view, filling }: Step): void {
    const { admitted, dropped, waiting } = filling;
    const baseFee = Number(filling.baseFeeWei) / 1e9;
    this.#count += 1;
    this.#fees += baseFee;
    this.#highest = Math.max(this.#highest, baseFee);
    this.#waiting = waiting;
    for (const { intent, waitedBlocks, waitedSeconds } of admitted) {
      const tally = this.#tallyOf(intent);
      tally.mined += 1;
      tally.delayed += waitedBlocks > 0 ? 1 : 0;
      tally.seconds += waitedSeconds;
      tally.longestSeconds = Math.max(tally.longestSeconds, waitedSeconds);
      tally.longestBlocks = Math.max(tally.longestBlocks, waitedBlocks);
    }
    for (const { intent, reason } of dropped) this.#tallyOf(intent)[reason] += 1;
    if (view.block % this.#every !== 0 && view.block !== this.#blocks) return;
    this.#series.seconds.push(view.seconds);
    this.#series.baseFeeGwei.push(baseFee);
    this.#series.waiting.push(waiting);
  }

  #tallyOf({ label }: Pick<Intent, "label">): Tally {
    const known = this.#tallies.get(label);
    if (known !== undefined) return known;
    const tally = { mined: 0, expired: 0, replaced: 0, delayed: 0, seconds: 0, longestSeconds: 0, longestBlocks: 0 };
    this.#tallies.set(label, tally);
    return tally;
  }

  get result(): CongestionResult {
    const labels = [...this.#tallies.keys()].sort();
    const inclusion = labels.map((label): Inclusion => {
      const { mined, expired, replaced, delayed, seconds, longestSeconds, longestBlocks } = this.#tallyOf({ label });
      return {
        ...{ label, mined, expired, replaced, delayed },
        meanWaitSeconds: mined === 0 ? 0 : seconds / mined,
        ...{ longestWaitSeconds: longestSeconds, longestWaitBlocks: longestBlocks },
      };
    });
    const sum = (key: "expired" | "replaced") => inclusion.reduce((total, each) => total + each[key], 0);
    return {
      meanBaseFeeGwei: this.#count === 0 ? 0 : this.#fees / this.#count,
      highestBaseFeeGwei: this.#highest,
      ...{ expired: sum("expired"), replaced: sum("replaced"), waitingAtEnd: this.#waiting },
      ...{ inclusion, series: this.#series },
    };
  }
}
