import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { UserError } from "../user-error.ts";
import { replaceFile } from "./atomic-file.ts";
import { Database, type Row } from "./database.ts";
import { RUNS_FILE, SERIES_DIRECTORY } from "./results-store.ts";

/**
 * Asks a results store, in DuckDB's SQL, of `runs` and `series`.
 * @throws UserError if there is no store, or DuckDB cannot answer.
 */
export async function queryStore(
  directory: string,
  sql: string,
  csv?: string,
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[] }> {
  const runs = path.join(directory, RUNS_FILE);
  if (!existsSync(runs)) throw new UserError(`${directory} is no results store: it has no ${RUNS_FILE}`);
  const database = await Database.open();
  try {
    await database.defineView("runs", runs);
    const series = path.join(directory, SERIES_DIRECTORY);
    const hasSeries = (await readdir(series)).some((name) => name.endsWith(".parquet"));
    if (hasSeries) await database.defineView("series", path.join(series, "*.parquet"));
    if (csv !== undefined) await replaceFile(csv, (temporary) => database.writeCsv(temporary, sql));
    return await database.query(sql);
  } finally {
    database.close();
  }
}
