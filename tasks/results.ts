import path from "node:path";

import { queryStore } from "../sim/store/query.ts";
import { prepareOutputFile } from "../sim/report/result-file.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface ResultsArguments {
  readonly store: string;
  readonly sql: string;
  readonly csv: string;
  readonly json: boolean;
}

/** `npx hardhat results`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<ResultsArguments>(async ({ store, sql, csv, json }) => {
  if (sql.trim() === "") throw new UserError("--sql needs a query, such as: SELECT count(*) FROM runs");
  const file = csv === "" ? undefined : await prepareOutputFile(csv, "--csv");
  const { columns, rows } = await queryStore(path.resolve(store), sql, file?.target);
  if (json) return console.log(JSON.stringify(rows));
  const table = [columns, ...rows.map((row) => columns.map((name) => String(row[name] ?? "–")))];
  const widths = columns.map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log(
    table
      .map((row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i]))
          .join("  ")
          .trimEnd(),
      )
      .join("\n"),
  );
});
