import { spawn, type ChildProcess } from "node:child_process";

import { UserError } from "../user-error.ts";
import type { Performer } from "./job.ts";

/** What a worker is told, and what it answers. */
export interface WorkerRequest<JobT> {
  readonly id: number;
  readonly job: JobT;
}
export interface WorkerReply<OutcomeT> {
  readonly id: number;
  readonly outcome?: OutcomeT;
  readonly error?: string;
  /** It has grown and ends by itself now. */
  readonly retires?: boolean;
}

/** A process ended before its job did: not the job's fault, as far as anybody can tell. */
export class WorkerEnded extends UserError {}

interface Task<JobT, OutcomeT> {
  readonly job: JobT;
  readonly resolve: (outcome: OutcomeT) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/**
 * Processes that do one job after the other, each on a chain of its own. They end with whoever started them, however that
 * ended. The first job that fails ends all.
 */
export class WorkerPool<JobT, OutcomeT> {
  readonly #command: WorkerCommand;
  readonly #describe: (job: JobT) => string;
  readonly #groupOf: (job: JobT) => string;
  /** Group of the last job of each process. */
  readonly #groups = new WeakMap<ChildProcess, string>();
  readonly #waiting: Task<JobT, OutcomeT>[] = [];
  readonly #workers = new Map<ChildProcess, Task<JobT, OutcomeT> | undefined>();
  #nextId = 0;
  #failure: Error | undefined;

  /**
   * @param describe A job for errors: "black-thursday, seed 3".
   * @param groupOf Jobs of a group are quicker one after the other in one process; default: there is one group.
   */
  constructor(
    command: WorkerCommand,
    count: number,
    describe: (job: JobT) => string,
    groupOf: (job: JobT) => string = () => "",
  ) {
    this.#command = command;
    this.#describe = describe;
    this.#groupOf = groupOf;
    for (let i = 0; i < count; ++i) this.#start();
  }

  readonly perform: Performer<JobT, OutcomeT> = (job) =>
    new Promise<OutcomeT>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    });

  close(): void {
    for (const worker of this.#workers.keys()) worker.kill();
    this.#workers.clear();
  }

  #start(): void {
    const { file, args, cwd } = this.#command;
    const worker = spawn(file, args, { cwd, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let complaint = "";
    worker.stderr?.on("data", (chunk) => (complaint = `${complaint}${String(chunk)}`.slice(-2_000)));
    worker.on("message", (reply: WorkerReply<OutcomeT>) => this.#take(worker, reply));
    worker.on("error", (error) => this.#fail(new UserError(`a worker could not be started: ${error.message}`)));
    worker.on("exit", (code, signal) => {
      if (!this.#workers.has(worker)) return; // sent away
      const task = this.#workers.get(worker);
      const what = task === undefined ? "a worker" : this.#describe(task.job);
      this.#fail(new WorkerEnded(`${what}: the process ended (${signal ?? `exit code ${code}`}): ${complaint.trim()}`));
    });
    this.#workers.set(worker, undefined);
    this.#assign();
  }

  #assign(): void {
    for (const [worker, busy] of this.#workers) {
      if (busy !== undefined) continue;
      const task = this.#next(worker);
      if (task === undefined) return;
      this.#workers.set(worker, task);
      this.#groups.set(worker, this.#groupOf(task.job));
      worker.send({ id: ++this.#nextId, job: task.job } satisfies WorkerRequest<JobT>);
    }
  }

  /** Of the process's own group; else of one that no other process is at; else what has waited longest. */
  #next(worker: ChildProcess): Task<JobT, OutcomeT> | undefined {
    const groups = this.#waiting.map(({ job }) => this.#groupOf(job));
    const own = groups.indexOf(this.#groups.get(worker) ?? "");
    const taken = new Set([...this.#workers.keys()].map((each) => this.#groups.get(each)));
    const free = groups.findIndex((group) => !taken.has(group));
    const place = own >= 0 ? own : Math.max(0, free);
    return this.#waiting.splice(place, 1).at(0);
  }

  #take(worker: ChildProcess, { outcome, error, retires }: WorkerReply<OutcomeT>): void {
    const task = this.#workers.get(worker);
    if (task === undefined) return;
    if (outcome === undefined) return this.#fail(new UserError(`${this.#describe(task.job)}: ${error ?? "no answer"}`));
    task.resolve(outcome);
    if (retires === true) {
      this.#workers.delete(worker);
      this.#start();
    } else {
      this.#workers.set(worker, undefined);
      this.#assign();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const tasks = [...this.#workers.values(), ...this.#waiting.splice(0)];
    this.close();
    for (const task of tasks) task?.reject(this.#failure);
  }
}
