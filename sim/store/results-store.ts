import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { keyOf, type Performer } from "../jobs/job.ts";
import type { RunSeries } from "../metrics/run-result.ts";
import type { LabJob, LabOutcome } from "../sweep/lab-job.ts";
import { valuesOf } from "../sweep/lab-job.ts";
import { UserError } from "../user-error.ts";
import { replaceFile } from "./atomic-file.ts";
import { Database, type Table } from "./database.ts";
import { runsTable } from "./runs-table.ts";

/** A run as it is kept: everything but its series. */
export interface StoredRun {
  readonly schemaVersion: typeof STORE_SCHEMA_VERSION;
  readonly key: string;
  readonly basis: string;
  readonly job: LabJob;
  /** Every parameter, changed or not. */
  readonly values: Readonly<Record<string, number>>;
  readonly outcome: Omit<LabOutcome, "series">;
  /** SHA-256 of the file with the series. */
  readonly seriesHash: string;
}

/** Raised whenever what is kept changes its meaning: what has another one is not read. */
export const STORE_SCHEMA_VERSION = 1;

export const RUNS_FILE = "runs.parquet";
export const SERIES_DIRECTORY = "series";
const RUNS_DIRECTORY = "runs";

/**
 * Runs on disk, under the keys of their jobs (`docs/simulator.md`, "Results store"):
 *
 *     runs/<key>.json         a run: job, parameters, metrics, hash
 *     series/<key>.parquet    its series
 *     runs.parquet            all runs, a row each, in the order of keys: made from the above
 *
 * The series is written first and the run last, each under another name until it is whole. So a run that is there is there
 * with all of its parts, however its writer ended; and any number of writers may share a directory, because equal keys have
 * equal contents.
 */
export class ResultsStore {
  readonly directory: string;
  readonly #database: Database;
  readonly #runs: Map<string, StoredRun>;

  private constructor(directory: string, database: Database, runs: Map<string, StoredRun>) {
    this.directory = directory;
    this.#database = database;
    this.#runs = runs;
  }

  /** @throws UserError if the directory cannot be used. */
  static async open(directory: string): Promise<ResultsStore> {
    if (directory === "") throw new UserError("--store needs the name of a directory");
    try {
      await mkdir(path.join(directory, RUNS_DIRECTORY), { recursive: true });
      await mkdir(path.join(directory, SERIES_DIRECTORY), { recursive: true });
      const runs = new Map<string, StoredRun>();
      await readRuns(directory, runs);
      return new ResultsStore(directory, await Database.open(), runs);
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error)) throw error;
      throw new UserError(`cannot use --store ${directory}: ${error.message}`, { cause: error });
    }
  }

  get size(): number {
    return this.#runs.size;
  }

  close(): void {
    this.#database.close();
  }

  /** Looks jobs up before they are done, and keeps what comes of them. Jobs that fail are not kept. */
  around(perform: Performer<LabJob, LabOutcome>, basis: string): Performer<LabJob, LabOutcome> {
    return async (job) => {
      const key = keyOf(job, basis);
      const known = await this.get(key);
      if (known !== undefined) return known;
      const outcome = await perform(job);
      await this.#put(key, basis, job, outcome);
      return outcome;
    };
  }

  /** Undefined: it is not there, or its series are not what was written. */
  async get(key: string): Promise<LabOutcome | undefined> {
    const run = this.#runs.get(key);
    if (run === undefined) return undefined;
    const file = this.#seriesFile(key);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined || hashOf(bytes) !== run.seriesHash) return undefined;
    const { key: _, ...series } = await this.#database.readColumns(file);
    return { ...run.outcome, series: series as unknown as RunSeries };
  }

  /**
   * Writes `runs.parquet` anew, with every run of the directory in the order of keys, those of other writers too. It looks
   * again afterwards: one that has meanwhile ended may have had its file, with more runs in it, replaced by this one.
   * @returns Its path.
   */
  async consolidate(): Promise<string> {
    const file = path.join(this.directory, RUNS_FILE);
    await readRuns(this.directory, this.#runs);
    do {
      const runs = [...this.#runs.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      await replaceFile(file, (temporary) => this.#database.writeParquet(temporary, runsTable(runs)));
    } while ((await readRuns(this.directory, this.#runs)) > 0);
    return file;
  }

  async #put(key: string, basis: string, job: LabJob, { series, ...outcome }: LabOutcome): Promise<void> {
    let seriesHash = "";
    await replaceFile(this.#seriesFile(key), async (temporary) => {
      await this.#database.writeParquet(temporary, seriesTable(key, series));
      seriesHash = hashOf(await readFile(temporary));
    });
    const values = valuesOf(job);
    const run: StoredRun = { schemaVersion: STORE_SCHEMA_VERSION, key, basis, job, values, outcome, seriesHash };
    const file = path.join(this.directory, RUNS_DIRECTORY, `${key}.json`);
    await replaceFile(file, (temporary) => writeFile(temporary, `${JSON.stringify(run)}\n`));
    this.#runs.set(key, run);
  }

  #seriesFile(key: string): string {
    return path.join(this.directory, SERIES_DIRECTORY, `${key}.parquet`);
  }
}

/** Adds what the directory has and `runs` has not. @returns How many. */
async function readRuns(directory: string, runs: Map<string, StoredRun>): Promise<number> {
  const before = runs.size;
  for (const name of await readdir(path.join(directory, RUNS_DIRECTORY))) {
    const key = /^([0-9a-f]{32})\.json$/.exec(name)?.[1];
    if (key === undefined || runs.has(key)) continue;
    const run = parseRun(await readFile(path.join(directory, RUNS_DIRECTORY, name), "utf8"));
    if (run?.key === key) runs.set(key, run);
  }
  return runs.size - before;
}

function seriesTable(key: string, series: RunSeries): Table {
  const names = Object.keys(series) as (keyof RunSeries)[];
  return {
    columns: [["key", "VARCHAR"], ...names.map((name) => [name, "DOUBLE"] as const)],
    rows: series.seconds.map((_, i) => [key, ...names.map((name) => series[name][i])]),
  };
}

/** Undefined: cut off, of another version, or not under the key of its job. */
function parseRun(text: string): StoredRun | undefined {
  try {
    const run = JSON.parse(text) as Partial<StoredRun> | null;
    if (run?.schemaVersion !== STORE_SCHEMA_VERSION || run.job === undefined || run.basis === undefined)
      return undefined;
    return run.key === keyOf(run.job, run.basis) ? (run as StoredRun) : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
