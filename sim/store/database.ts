import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

import { UserError } from "../user-error.ts";

/** What a column holds. */
export type ColumnType = "VARCHAR" | "DOUBLE";
export type Value = string | number | null;

export interface Table {
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  readonly rows: readonly (readonly Value[])[];
}

/** A row as a query answers it: numbers too large for a double as text. */
export type Row = Readonly<Record<string, unknown>>;

/** A DuckDB that lives in memory and works on files. */
export class Database {
  readonly #connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  #tables = 0;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(): Promise<Database> {
    // With one thread rows keep their order and row groups their borders: equal rows, equal bytes.
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    return new Database(instance, await instance.connect());
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** Writes a Parquet file. Nothing in it depends on the time or the machine: equal tables are equal files. */
  async writeParquet(file: string, { columns, rows }: Table): Promise<void> {
    const table = `t${this.#tables++}`;
    const definition = columns.map(([name, type]) => `${identifier(name)} ${type}`).join(", ");
    await this.#connection.run(`CREATE TABLE ${table} (${definition})`);
    try {
      const appender = await this.#connection.createAppender(table);
      for (const row of rows) {
        row.forEach((value) => {
          if (value === null) appender.appendNull();
          else if (typeof value === "number") appender.appendDouble(value);
          else appender.appendVarchar(value);
        });
        appender.endRow();
      }
      appender.closeSync();
      await this.#connection.run(`COPY ${table} TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
    } finally {
      await this.#connection.run(`DROP TABLE ${table}`);
    }
  }

  /** A view of Parquet files, `*` allowed. */
  async defineView(name: string, files: string): Promise<void> {
    await this.#connection.run(
      `CREATE OR REPLACE VIEW ${identifier(name)} AS SELECT * FROM read_parquet(${literal(files)}, union_by_name = true)`,
    );
  }

  /** Columns of a Parquet file, each an array. */
  async readColumns(file: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
    const reader = await this.#connection.runAndReadAll(`SELECT * FROM read_parquet(${literal(file)})`);
    return reader.getColumnsObjectJS();
  }

  /** @throws UserError with what DuckDB says. */
  async query(sql: string): Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[] }> {
    return this.#explained(async () => {
      const reader = await this.#connection.runAndReadAll(sql);
      return { columns: reader.columnNames(), rows: reader.getRowObjectsJson() };
    });
  }

  /** Writes what a query answers as CSV, with a header. */
  async writeCsv(file: string, sql: string): Promise<void> {
    const inner = sql.trim().replace(/;$/, "");
    await this.#explained(() => this.#connection.run(`COPY (${inner}) TO ${literal(file)} (FORMAT csv, HEADER)`));
  }

  async #explained<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw new UserError(`the query failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
