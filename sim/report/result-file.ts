import { open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import type { ShockResult } from "../metrics/run-result.ts";
import { UserError } from "../user-error.ts";

/** A file that is going to be written, all of it or not at all. */
export interface OutputFile {
  /** As the user gave it. */
  readonly name: string;
  /** Where it really is. */
  readonly target: string;
  /** Replaces the file in one step: a reader sees the old one or the new one. */
  readonly write: (text: string) => Promise<void>;
}

/**
 * Makes sure, before hours of work, that a file can be written in the end. Leaves nothing behind.
 * @param option Name of the option that the file came from.
 * @throws UserError if it cannot.
 */
export async function prepareOutputFile(name: string, option: string): Promise<OutputFile> {
  if (name === "") throw new UserError(`${option} needs the name of a file`);
  try {
    const absolute = path.resolve(name);
    const existing = await stat(absolute).catch(ignoreMissing);
    if (existing !== undefined && !existing.isFile()) {
      throw new UserError(`${option} ${name} is ${existing.isDirectory() ? "a directory" : "not a file"}`);
    }
    // Through links: the file they point to is to be replaced, not the link.
    const target =
      existing === undefined
        ? path.join(await realpath(path.dirname(absolute)), path.basename(absolute))
        : await realpath(absolute);
    const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
    await (await open(temporary, "w")).close();
    await rm(temporary);
    return { name, target, write: (text) => replace(target, temporary, text, name, option) };
  } catch (error) {
    throw explained(error, name, option);
  }
}

export function formatResult(result: ShockResult): string {
  return formatJson(result);
}

/** Reads well and is small: an array of numbers takes one line. */
export function formatJson(result: unknown): string {
  const text = JSON.stringify(
    result,
    (key, value: unknown) => {
      // JSON would turn it into null, and the reader would wonder.
      if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${key} is ${value}`);
      return value;
    },
    2,
  );
  // Inside a string JSON has no line breaks: what matches is an array.
  return `${text.replaceAll(/\[\n[\d\s.,eE+-]*\]/g, (array) => array.replaceAll(/\s+/g, ""))}\n`;
}

async function replace(target: string, temporary: string, text: string, name: string, option: string): Promise<void> {
  try {
    await writeFile(temporary, text);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explained(error, name, option);
  }
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}

function explained(error: unknown, name: string, option: string): unknown {
  if (error instanceof UserError || !(error instanceof Error) || !("code" in error)) return error;
  const known: Record<string, string> = {
    ENOENT: "there is no such directory",
    ENOTDIR: "its directory is a file",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    ENAMETOOLONG: "the name is too long",
  };
  return new UserError(`cannot write ${option} ${name}: ${known[String(error.code)] ?? error.message}`, {
    cause: error,
  });
}
