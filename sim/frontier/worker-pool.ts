import { spawn, type ChildProcess } from "node:child_process";

import { UserError } from "../user-error.ts";
import { describeJob, type Job, type Outcome, type Perform } from "./job.ts";

/** What a worker is told, and what it answers. */
export interface WorkerRequest {
  readonly id: number;
  readonly job: Job;
}
export interface WorkerReply {
  readonly id: number;
  readonly outcome?: Outcome;
  readonly error?: string;
  /** It has grown and ends by itself now. */
  readonly retires?: boolean;
}

interface Task {
  readonly job: Job;
  readonly resolve: (outcome: Outcome) => void;
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
export class WorkerPool {
  readonly #command: WorkerCommand;
  readonly #waiting: Task[] = [];
  readonly #workers = new Map<ChildProcess, Task | undefined>();
  #nextId = 0;
  #failure: Error | undefined;

  constructor(command: WorkerCommand, count: number) {
    this.#command = command;
    for (let i = 0; i < count; ++i) this.#start();
  }

  readonly perform: Perform = ((job: Job) =>
    new Promise<Outcome>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    })) as Perform;

  close(): void {
    for (const worker of this.#workers.keys()) worker.kill();
    this.#workers.clear();
  }

  #start(): void {
    const { file, args, cwd } = this.#command;
    const worker = spawn(file, args, { cwd, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let complaint = "";
    worker.stderr?.on("data", (chunk) => (complaint = `${complaint}${String(chunk)}`.slice(-2_000)));
    worker.on("message", (reply: WorkerReply) => this.#take(worker, reply));
    worker.on("error", (error) => this.#fail(new UserError(`a worker could not be started: ${error.message}`)));
    worker.on("exit", (code, signal) => {
      if (!this.#workers.has(worker)) return; // sent away
      const task = this.#workers.get(worker);
      const what = task === undefined ? "a worker" : describeJob(task.job);
      this.#fail(new UserError(`${what}: the process ended (${signal ?? `exit code ${code}`}): ${complaint.trim()}`));
    });
    this.#workers.set(worker, undefined);
    this.#assign();
  }

  #assign(): void {
    for (const [worker, busy] of this.#workers) {
      if (busy !== undefined) continue;
      const task = this.#waiting.shift();
      if (task === undefined) return;
      this.#workers.set(worker, task);
      worker.send({ id: ++this.#nextId, job: task.job } satisfies WorkerRequest);
    }
  }

  #take(worker: ChildProcess, { outcome, error, retires }: WorkerReply): void {
    const task = this.#workers.get(worker);
    if (task === undefined) return;
    if (outcome === undefined) return this.#fail(new UserError(`${describeJob(task.job)}: ${error ?? "no answer"}`));
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
