import { PARAMETERS } from "../sweep/parameters.ts";
import type { Table, Value } from "./database.ts";
import type { StoredRun } from "./results-store.ts";

/** What of a job is text. */
const TEXTS = ["scenario", "seed", "curve", "features", "ordering"] as const;

/**
 * A row a run: key and basis, what was run, every parameter by its dotted name (null: the curve has none such), every metric,
 * the amplification and the run's hash. The columns depend on the code and not on which runs there are.
 */
export function runsTable(runs: readonly StoredRun[]): Table {
  const metrics = [...new Set(runs.flatMap(({ outcome }) => Object.keys(outcome.metrics)))];
  const known = new Set(PARAMETERS.map(({ name }) => name));
  // Runs of older code may know other parameters.
  const others = [...new Set(runs.flatMap(({ values }) => Object.keys(values)))]
    .filter((name) => !known.has(name))
    .sort();
  const parameters = [...known, ...others];
  return {
    columns: [
      ...(["key", "basis", ...TEXTS] as const).map((name) => [name, "VARCHAR"] as const),
      ["blocksAtMost", "DOUBLE"],
      ...[...parameters, ...metrics, "amplification"].map((name) => [name, "DOUBLE"] as const),
      ["hash", "VARCHAR"],
    ],
    rows: runs.map(({ key, basis, job, values, outcome }): Value[] => {
      const found: Readonly<Record<string, number>> = { ...outcome.metrics };
      return [
        ...[key, basis, ...TEXTS.map((name) => textOf(job, name))],
        job.blocks,
        ...parameters.map((name) => values[name] ?? null),
        ...metrics.map((name) => found[name] ?? null),
        ...[outcome.amplification, outcome.hash],
      ];
    }),
  };
}

/** Runs of older code do not say how blocks were ordered: by fee. */
function textOf(job: Partial<StoredRun["job"]>, name: (typeof TEXTS)[number]): Value {
  return job[name] ?? (name === "ordering" ? "fee" : null);
}
