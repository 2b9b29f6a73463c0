import { orderByTip } from "../engine/block-order.ts";
import { MAX_GAS, tipOf, type Pending, type Receipt } from "../engine/blocks.ts";
import type { Elsewhere } from "../engine/chain.ts";
import { LongSession, type Mark, type Renewal } from "./long-session.ts";
import type { RecordedBlock } from "./replay.ts";
import type { Session, SessionOptions } from "./session.ts";
import { Answer, goBack, read, setClock, SNAPSHOT, transact } from "./wire.ts";

/** Gas that every transaction pays before it begins, which the runner adds to what a call is given. */
const INTRINSIC_GAS = 21_000;

interface Clock {
  readonly timestamp: number;
  readonly number: number;
}

interface Task {
  /** When it is to be done. Undefined: whenever. */
  readonly clock: Clock | undefined;
  readonly commands: string;
  readonly take: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

interface Snapshot {
  readonly id: bigint;
  readonly newest: Clock;
  readonly mark: Mark;
}

/**
 * Blocks in EDR's Solidity runner: the same EVM as the provider's, without what a node does around it. What is asked for in one
 * turn of the event loop goes there in one message.
 */
export class RunnerBlocks implements Elsewhere {
  readonly #session: LongSession;
  #newest: Clock;
  /** Where the clock of the session stands. */
  #clock: { readonly session: Session; readonly clock: Clock } | undefined;
  #tasks: Task[] = [];
  #isBusy = false;
  /** Errors of the newest block's transactions. */
  #reverts = new Map<string, string>();
  /** Told of every block, for a replay. */
  onBlock: ((block: RecordedBlock) => void) | undefined;

  private constructor(session: LongSession, newest: Clock) {
    this.#session = session;
    this.#newest = newest;
  }

  /**
   * @param newest The newest block of the chain that the state comes from.
   * @param renewal Default: as is quickest.
   */
  static async start(
    options: Omit<SessionOptions, "isIsolated">,
    newest: Clock,
    renewal?: Renewal,
  ): Promise<RunnerBlocks> {
    return new RunnerBlocks(await LongSession.start({ ...options, isIsolated: true }, renewal), newest);
  }

  #ask<T>(clock: Clock | undefined, commands: string, take: (answer: Answer) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const task = (answer: Answer) => {
        try {
          resolve(take(answer));
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#tasks.push({ clock, commands, take: task, fail: reject });
      if (this.#tasks.length === 1 && !this.#isBusy) setImmediate(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const tasks = this.#tasks;
    this.#tasks = [];
    this.#isBusy = true;
    try {
      await this.#session.renew();
      const commands = tasks.map((task) => this.#at(task.clock) + task.commands).join("");
      const answer = new Answer(await this.#session.exchange(commands));
      for (const task of tasks) task.take(answer);
    } catch (error) {
      for (const task of tasks) task.fail(error);
    }
    this.#rest();
  }

  #rest(): void {
    this.#isBusy = false;
    if (this.#tasks.length > 0) setImmediate(() => void this.#flush());
  }

  /** The command that makes it so late, if it is not. */
  #at(clock: Clock | undefined): string {
    if (clock === undefined) return "";
    const session = this.#session.current;
    const isKnown = this.#clock?.session === session;
    const { timestamp, number } = clock;
    const isThere = isKnown && this.#clock?.clock.timestamp === timestamp && this.#clock.clock.number === number;
    this.#clock = { session, clock };
    return isThere ? "" : setClock(timestamp, number);
  }

  timestamp(): Promise<number> {
    return Promise.resolve(this.#newest.timestamp);
  }

  mine(
    pending: readonly Pending[],
    timestamp: number,
    baseFeeWei: bigint,
    order: readonly number[] = orderByTip(pending, baseFeeWei),
  ): Promise<Receipt[]> {
    this.#newest = { timestamp, number: this.#newest.number + 1 };
    const { number } = this.#newest;
    const commands = order.map((i) => {
      const { from, to, gas, data } = pending[i];
      return transact(from, to, gas - INTRINSIC_GAS, data);
    });
    this.#reverts = new Map();
    const reverts = this.#reverts;
    return this.#ask(this.#newest, commands.join(""), (answer) => {
      const receipts = new Array<Receipt>(pending.length);
      const outcomes: Buffer[] = [];
      order.forEach((i, index) => {
        const { ok, gasUsed, logs, revertData, bytes } = answer.transaction();
        outcomes.push(bytes);
        const hash = `${number}:${index}`;
        if (!ok) reverts.set(hash, revertData);
        const feeWei = gasUsed * (baseFeeWei + tipOf(pending[i], baseFeeWei));
        receipts[i] = { ok, gasUsed, feeWei, index, logs, hash };
      });
      this.onBlock?.({ timestamp, number, commands, outcomes, names: order.map((i) => pending[i]) });
      return receipts;
    });
  }

  revertDataOf(hash: string): Promise<string> {
    const data = this.#reverts.get(hash);
    if (data === undefined) throw new Error(`${hash} is no failed transaction of the newest block`);
    return Promise.resolve(data);
  }

  call(to: string, data: string): Promise<string> {
    return this.#call(this.#newest, to, data);
  }

  callNext(to: string, data: string, timestamp: number): Promise<string> {
    return this.#call({ timestamp, number: this.#newest.number + 1 }, to, data);
  }

  #call(clock: Clock, to: string, data: string): Promise<string> {
    return this.#ask(clock, read(to, MAX_GAS - INTRINSIC_GAS, data), (answer) => {
      const returned = answer.returned();
      if (!returned.ok)
        throw new Error(
          `a call to ${to} (${data.slice(0, 10)}, ${data.length / 2 - 1} bytes) reverted with ${returned.data}`,
        );
      return returned.data;
    });
  }

  snapshot(): Promise<unknown> {
    const newest = this.#newest;
    return this.#ask(undefined, SNAPSHOT, (answer) => ({ id: answer.word(), newest, mark: this.#session.mark() }));
  }

  async revert(snapshot: unknown): Promise<void> {
    const { id, newest, mark } = snapshot as Snapshot;
    if (this.#tasks.length > 0 || this.#isBusy)
      throw new Error("the chain goes back only when nothing else is asked of it");
    this.#isBusy = true;
    try {
      const answer = new Answer(await this.#session.goBack(mark, goBack(id)));
      if (!answer.flag()) throw new Error(`there is no snapshot ${id}`);
      this.#newest = newest;
      this.#clock = undefined;
    } finally {
      this.#rest();
    }
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
