import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { UserError } from "../../sim/user-error.ts";
import type { SavedIndex } from "./account-index.ts";
import type { SavedTransaction } from "./pending.ts";

/** What must outlive the process. */
export interface Checkpoint {
  readonly index: SavedIndex;
  readonly transactions: readonly SavedTransaction[];
  /** Contracts that the keeper works with and has deployed itself. */
  readonly helpers?: Helpers;
}

export interface Helpers {
  readonly lens: string;
  readonly liquidator: string;
}

/** Whose checkpoint it is: one of another chain, pool or account is not for us. */
export interface CheckpointOwner {
  readonly chainId: number;
  readonly pool: string;
  readonly account: string;
}

const VERSION = 1;

/** A file that is there whole or not at all, whenever the process is killed. */
export class CheckpointFile {
  readonly path: string;
  readonly #owner: CheckpointOwner;

  constructor(file: string, owner: CheckpointOwner) {
    this.path = file;
    this.#owner = owner;
  }

  /**
   * @returns What was saved, or why there is nothing to go on from.
   * @throws UserError if the file belongs to another chain, pool or account: it is not overwritten.
   */
  async load(): Promise<Checkpoint | { readonly missing: string }> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { missing: "no checkpoint" };
      throw new UserError(`cannot read ${this.path}: ${(error as Error).message}`, { cause: error });
    }
    let saved: Partial<Checkpoint & CheckpointOwner & { version: number }>;
    try {
      saved = JSON.parse(text) as typeof saved;
    } catch {
      return { missing: "the checkpoint is damaged" };
    }
    if (saved?.version !== VERSION || saved.index === undefined || !Array.isArray(saved.transactions)) {
      return { missing: "the checkpoint is damaged, or of another version" };
    }
    for (const key of ["chainId", "pool", "account"] as const) {
      if (saved[key] !== this.#owner[key]) {
        const belongs = `${this.path} is the checkpoint of ${key} ${saved[key]}, not of ${this.#owner[key]}`;
        throw new UserError(`${belongs}: choose another --state`);
      }
    }
    const { index, transactions, helpers } = saved;
    return { index, transactions, ...(helpers === undefined ? {} : { helpers }) };
  }

  /** Written aside, forced to the disk, then renamed. */
  async save(checkpoint: Checkpoint): Promise<void> {
    const temporary = `${this.path}.${process.pid}.tmp`;
    await mkdir(path.dirname(this.path), { recursive: true });
    try {
      const file = await open(temporary, "w");
      try {
        await file.writeFile(`${JSON.stringify({ version: VERSION, ...this.#owner, ...checkpoint })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /**
   * Keeps a second keeper off the file: two that sent with one account's nonces would undo each other's work.
   * @returns Gives it free.
   * @throws UserError if a process that is alive holds it.
   */
  async lock(): Promise<() => Promise<void>> {
    const file = `${this.path}.lock`;
    await mkdir(path.dirname(this.path), { recursive: true });
    for (let attempt = 0; attempt < 2; ++attempt) {
      try {
        await writeFile(file, String(process.pid), { flag: "wx" });
        return () => rm(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const holder = Number(await readFile(file, "utf8").catch(() => "0"));
        if (holder !== process.pid && isAlive(holder)) break;
        await rm(file, { force: true }); // it was killed
      }
    }
    throw new UserError(`another keeper works with ${this.path}: choose another --state and another --account`);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
