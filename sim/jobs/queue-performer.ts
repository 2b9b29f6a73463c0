import { Job, Queue, QueueEvents } from "bullmq";

import { UserError } from "../user-error.ts";
import type { Performer } from "./job.ts";
import {
  QUEUE,
  showAddress,
  unpack,
  within,
  type Envelope,
  type PackedOutcome,
  type RedisAddress,
} from "./queue-connection.ts";

/** How often it looks for itself: events may get lost, and jobs too. */
const LOOK_MILLISECONDS = 5_000;
/** So long it takes leave of Redis. */
const CLOSE_MILLISECONDS = 5_000;
/** A job whose process ends, rather than the job, is tried so often. */
const ATTEMPTS = 3;
/** For as long as this a finished job waits for whoever asked. [s] */
const KEEP_SECONDS = 7 * 86_400;
const MOST_KEPT = 100_000;

interface Pending {
  readonly job: object;
  readonly resolve: (packed: PackedOutcome) => void;
  readonly reject: (error: Error) => void;
}

export interface QueuePerformerOptions<JobT> {
  /** Name of a job's result: two jobs of a key are one, whoever asks and however often. */
  readonly keyOf: (job: JobT) => string;
  readonly describe: (job: JobT) => string;
  /** See `Envelope`. */
  readonly code: string;
  /** Told when nobody is there to do anything. */
  readonly warn: (line: string) => void;
}

/**
 * Has jobs done by whoever serves the queue (`QueueWorker`), on any machine. Jobs stand in Redis under their keys: asked
 * again, also by another process, a job that waits or is being done is waited for, one that is done is not done again, and
 * one that failed is. The first failure ends all, and takes back what nobody has begun.
 */
export class QueuePerformer<JobT extends object, OutcomeT> {
  readonly #address: RedisAddress;
  readonly #options: QueuePerformerOptions<JobT>;
  readonly #queue: Queue<Envelope, PackedOutcome>;
  readonly #events: QueueEvents;
  readonly #pending = new Map<string, Pending>();
  readonly #timer: NodeJS.Timeout;
  #failure: Error | undefined;
  #isLooking = false;
  /** Each line is told once, however often it is true. */
  readonly #told = new Set<string>();

  private constructor(address: RedisAddress, options: QueuePerformerOptions<JobT>) {
    this.#address = address;
    this.#options = options;
    const { name, prefix } = QUEUE;
    const connection = { ...address, maxRetriesPerRequest: null };
    this.#queue = new Queue(name, { connection, prefix, streams: { events: { maxLen: 1_000 } } });
    this.#events = new QueueEvents(name, { connection, prefix });
    const warn = (error: Error) => this.#warnOnce(`queue at ${showAddress(address)}: ${reasonOf(error)}`);
    this.#queue.on("error", warn);
    this.#events.on("error", warn);
    this.#events.on("completed", ({ jobId }) => void this.#see(jobId));
    this.#events.on("failed", ({ jobId }) => void this.#see(jobId));
    this.#timer = setInterval(() => void this.#look(), LOOK_MILLISECONDS);
  }

  static async open<JobT extends object, OutcomeT>(
    address: RedisAddress,
    options: QueuePerformerOptions<JobT>,
  ): Promise<QueuePerformer<JobT, OutcomeT>> {
    const performer = new QueuePerformer<JobT, OutcomeT>(address, options);
    await performer.#events.waitUntilReady();
    await performer.#look();
    return performer;
  }

  readonly perform: Performer<JobT, OutcomeT> = async (job) => {
    if (this.#failure !== undefined) throw this.#failure;
    const key = this.#options.keyOf(job);
    const packed = await new Promise<PackedOutcome>((resolve, reject) => {
      this.#pending.set(key, { job, resolve, reject });
      this.#ask(key, job).catch((error: unknown) => this.#fail(asError(error)));
    });
    return unpack<OutcomeT>(packed);
  };

  /**
   * Whatever is still waited for is not waited for any more; what nobody has begun is taken back, unless Redis is gone: commands
   * wait for it for ever, and nobody should have to.
   */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const left = [...this.#pending.keys()];
    this.#pending.clear();
    try {
      await within(CLOSE_MILLISECONDS, async () => {
        for (const key of left) {
          const job = await Job.fromId(this.#queue, key);
          await job?.remove().catch(() => undefined); // somebody is at it
        }
        await this.#events.close();
        await this.#queue.close();
      });
    } catch (error) {
      this.#warnOnce(
        `queue at ${showAddress(this.#address)}: jobs that nobody has begun stay there: ${reasonOf(error)}`,
      );
      // They stop to try at once, and wait for a farewell that may never come.
      for (const part of [this.#events, this.#queue]) part.disconnect().catch(() => undefined);
    }
  }

  async #ask(key: string, job: JobT): Promise<void> {
    const known = await Job.fromId<Envelope, PackedOutcome>(this.#queue, key);
    // Whatever made it fail may have been put right since.
    if (known !== undefined && (await known.isFailed())) await known.remove();
    await this.#add(key, job);
    await this.#see(key);
  }

  /** Does nothing if there is a job of that key. */
  async #add(key: string, job: object): Promise<void> {
    const envelope = { job, code: this.#options.code };
    await this.#queue.add(this.#options.describe(job as JobT), envelope, {
      ...{ jobId: key, attempts: ATTEMPTS },
      removeOnComplete: { age: KEEP_SECONDS, count: MOST_KEPT },
      removeOnFail: { age: KEEP_SECONDS, count: MOST_KEPT },
    });
  }

  /** Takes what came of a job, if it came. */
  async #see(key: string): Promise<void> {
    try {
      const pending = this.#pending.get(key);
      if (pending === undefined) return;
      const job = await Job.fromId<Envelope, PackedOutcome>(this.#queue, key);
      if (job === undefined) return await this.#add(key, pending.job); // somebody took it away
      if (job.finishedOn === undefined) return;
      if (job.returnvalue) {
        this.#pending.delete(key);
        pending.resolve(job.returnvalue);
      } else if (await job.isFailed()) {
        this.#fail(new UserError(`${this.#options.describe(pending.job as JobT)}: ${job.failedReason}`));
      }
    } catch (error) {
      this.#fail(asError(error));
    }
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const key of [...this.#pending.keys()]) await this.#see(key);
      if ((await this.#queue.getWorkersCount()) === 0) {
        this.#warnOnce(`nobody serves the queue at ${showAddress(this.#address)}: start npx hardhat lab-worker`);
      }
    } finally {
      this.#isLooking = false;
    }
  }

  #warnOnce(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#options.warn(line);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#failure);
  }
}

/** Several at once, as of a name with several addresses, have no message of their own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reasonOf).join("; ");
  return asError(error).message;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
