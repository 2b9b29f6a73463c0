import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { UserError } from "../user-error.ts";
import { keyOf, type Performer } from "./job.ts";

interface Line<JobT, OutcomeT> {
  readonly key: string;
  readonly job: JobT;
  readonly outcome: OutcomeT;
}

/**
 * Results of jobs on disk, a line each, written when the job is done: whoever is interrupted, however hard, has lost the
 * jobs that were running and no more. Lines are only ever added; one that was cut off counts for nothing.
 */
export class JobCache<JobT extends object, OutcomeT extends object> {
  readonly #file: string;
  readonly #outcomes: Map<string, OutcomeT>;
  #isCut: boolean;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, outcomes: Map<string, OutcomeT>, isCut: boolean) {
    this.#file = file;
    this.#outcomes = outcomes;
    this.#isCut = isCut;
  }

  /** @throws UserError if the directory cannot be made or read. */
  static async open<JobT extends object, OutcomeT extends object>(
    directory: string,
  ): Promise<JobCache<JobT, OutcomeT>> {
    const file = path.join(directory, "jobs.jsonl");
    try {
      await mkdir(directory, { recursive: true });
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
        throw error;
      });
      const lines = text.split("\n").map((line) => parseLine<JobT, OutcomeT>(line));
      const outcomes = lines.flatMap((line): [string, OutcomeT][] => (line ? [[line.key, line.outcome]] : []));
      return new JobCache(file, new Map(outcomes), text !== "" && !text.endsWith("\n"));
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error)) throw error;
      throw new UserError(`cannot use --cache ${directory}: ${error.message}`, { cause: error });
    }
  }

  has(key: string): boolean {
    return this.#outcomes.has(key);
  }

  /** Looks jobs up before they are done, and keeps what comes of them. Jobs that fail are not kept. */
  around(perform: Performer<JobT, OutcomeT>, basis: string): Performer<JobT, OutcomeT> {
    return async (job) => {
      const key = keyOf(job, basis);
      const known = this.#outcomes.get(key);
      if (known !== undefined) return known;
      const outcome = await perform(job);
      await this.#append({ key, job, outcome });
      return outcome;
    };
  }

  async #append(line: Line<JobT, OutcomeT>): Promise<void> {
    this.#outcomes.set(line.key, line.outcome);
    const text = `${this.#isCut ? "\n" : ""}${JSON.stringify(line)}\n`;
    this.#isCut = false;
    this.#writing = this.#writing.then(() => appendFile(this.#file, text)); // one after the other
    await this.#writing;
  }
}

function parseLine<JobT, OutcomeT>(text: string): Line<JobT, OutcomeT> | undefined {
  try {
    const line = JSON.parse(text) as Partial<Line<JobT, OutcomeT>> | null;
    return typeof line?.key === "string" && line.outcome && line.job ? (line as Line<JobT, OutcomeT>) : undefined;
  } catch {
    return undefined;
  }
}
