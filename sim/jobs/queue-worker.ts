import { hostname } from "node:os";

import { UnrecoverableError, Worker } from "bullmq";

import { UserError } from "../user-error.ts";
import type { Performer } from "./job.ts";
import { pack, QUEUE, type Envelope, type PackedOutcome, type RedisAddress } from "./queue-connection.ts";
import { WorkerEnded } from "./worker-pool.ts";

/** A job may lose its worker so often. */
const MOST_STALLS = 5;

export interface QueueWorkerOptions {
  /** Jobs at a time. */
  readonly workers: number;
  /** A job whose worker has not been heard of for so long is given to another. [s] */
  readonly leaseSeconds: number;
  /** Hash of this machine's code and contracts. */
  readonly code: string;
  /** A new pool of processes: the first when it starts, others after one that failed. */
  readonly openPool: () => { readonly perform: Performer<object, object>; close(): void };
  readonly report: (line: string) => void;
}

/**
 * Serves the queue until it is told to stop. Jobs are done in processes of their own, so that this one never misses to say
 * that it is alive.
 * @returns Settles when it serves no more: rejects if its code is not the run's.
 */
export class QueueWorker {
  readonly #options: QueueWorkerOptions;
  readonly #worker: Worker<Envelope, PackedOutcome>;
  #pool: ReturnType<QueueWorkerOptions["openPool"]>;
  #isClosing = false;
  #letGo: (error: Error) => void = () => undefined;
  /** Rejects when this closes: its pool says no more then. */
  readonly #closed: Promise<never>;
  readonly ended: Promise<void>;
  #end: (error?: Error) => void = () => undefined;

  constructor(address: RedisAddress, options: QueueWorkerOptions) {
    this.#options = options;
    this.#pool = options.openPool();
    this.ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.#closed = new Promise((_, reject) => (this.#letGo = reject));
    this.#closed.catch(() => undefined); // whoever is at a job hears of it
    const lease = options.leaseSeconds * 1_000;
    this.#worker = new Worker<Envelope, PackedOutcome>(QUEUE.name, (job) => this.#perform(job.name, job.data), {
      ...{ connection: { ...address, maxRetriesPerRequest: null }, prefix: QUEUE.prefix },
      ...{ concurrency: options.workers, lockDuration: lease, stalledInterval: lease, maxStalledCount: MOST_STALLS },
    });
    this.#worker.on("error", (error) => options.report(`queue: ${error.message}`));
    this.#worker.on("stalled", (id) => options.report(`${id}: its worker was lost; it waits again`));
  }

  /** Lets go of what it is at, which others will do. */
  async close(error?: Error): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#letGo(new WorkerEnded(`the worker ${hostname()}:${process.pid} was stopped`));
    this.#pool.close();
    await this.#worker.close();
    this.#end(error);
  }

  async #perform(name: string, { job, code }: Envelope): Promise<PackedOutcome> {
    const { report } = this.#options;
    if (code !== this.#options.code) {
      const who = `the worker ${hostname()}:${process.pid}`;
      const message = `${who} has other code (${this.#options.code.slice(0, 12)}) than the run (${code.slice(0, 12)})`;
      const advice = "check out the same commit, npm ci, npx hardhat build";
      setImmediate(() => void this.close(new UserError(`${message}: ${advice}`)));
      throw new UnrecoverableError(`${message}: ${advice} there`);
    }
    report(`begin ${name}`);
    const pool = this.#pool;
    try {
      const outcome = await Promise.race([pool.perform(job), this.#closed]);
      report(`end   ${name}`);
      return pack(outcome);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      report(`fail  ${message}`);
      // The pool ends with its first failure.
      if (this.#pool === pool && !this.#isClosing) this.#pool = this.#options.openPool();
      if (error instanceof WorkerEnded || this.#isClosing) throw error; // to be tried again
      throw new UnrecoverableError(message);
    }
  }
}
