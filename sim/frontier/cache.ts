import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { UserError } from "../user-error.ts";
import { keyOf, type Job, type Outcome, type Perform } from "./job.ts";

interface Line {
  readonly key: string;
  readonly job: Job;
  readonly outcome: Outcome;
}

/**
 * Results of jobs on disk, a line each, written when the job is done: whoever is interrupted, however hard, has lost the
 * jobs that were running and no more. Lines are only ever added; one that was cut off counts for nothing.
 */
export class JobCache {
  readonly #file: string;
  readonly #outcomes: Map<string, Outcome>;
  #isCut: boolean;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, outcomes: Map<string, Outcome>, isCut: boolean) {
    this.#file = file;
    this.#outcomes = outcomes;
    this.#isCut = isCut;
  }

  /** @throws UserError if the directory cannot be made or read. */
  static async open(directory: string): Promise<JobCache> {
    const file = path.join(directory, "jobs.jsonl");
    try {
      await mkdir(directory, { recursive: true });
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
        throw error;
      });
      const lines = text.split("\n").map(parseLine);
      const outcomes = lines.flatMap((line): [string, Outcome][] => (line ? [[line.key, line.outcome]] : []));
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
  around(perform: Perform, basis: string): Perform {
    const cached = async (job: Job): Promise<Outcome> => {
      const key = keyOf(job, basis);
      const known = this.#outcomes.get(key);
      if (known !== undefined) return known;
      const outcome = await perform(job);
      await this.#append({ key, job, outcome });
      return outcome;
    };
    return cached as Perform;
  }

  async #append(line: Line): Promise<void> {
    this.#outcomes.set(line.key, line.outcome);
    const text = `${this.#isCut ? "\n" : ""}${JSON.stringify(line)}\n`;
    this.#isCut = false;
    this.#writing = this.#writing.then(() => appendFile(this.#file, text)); // one after the other
    await this.#writing;
  }
}

function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    return typeof line?.key === "string" && line.outcome && line.job ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}
