import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** Ends of files that were being written when somebody was interrupted: they count for nothing. */
export const TEMPORARY = ".tmp";

let made = 0;

/** A name beside the file that nobody else uses. */
export function temporaryName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.${++made}${TEMPORARY}`);
}

/**
 * Lets a file be written under another name, and gives it its own in one step: a reader sees the old one or the new one, and
 * never a part.
 */
export async function replaceFile(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await write(temporary);
    const handle = await open(temporary, "r+");
    try {
      await handle.sync(); // the name must not outlive the content
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
