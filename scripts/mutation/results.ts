import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { OperatorName } from "./operators.ts";

export type Status = "killed" | "survived" | "timeout" | "invalid" | "equivalent";

/** What became of a mutant. A line of the results file. */
export interface Result {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly operator: OperatorName;
  readonly before: string;
  readonly after: string;
  readonly status: Status;
  /** The test that killed it. */
  readonly by?: string;
  readonly seconds: number;
}

/** A survivor that no test can kill. */
export interface Equivalent {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** Results so far, the last of a mutant counting, in a file to which each is appended at once: a run may end at any time. */
export class ResultsFile {
  readonly #file: string;
  readonly #results = new Map<string, Result>();

  constructor(file: string) {
    this.#file = file;
    mkdirSync(path.dirname(file), { recursive: true });
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    for (const line of text.split("\n")) {
      if (line === "") continue;
      try {
        const result = JSON.parse(line) as Result;
        this.#results.set(result.id, result);
      } catch {
        // A line that was cut off when a run ended.
      }
    }
  }

  get(id: string): Result | undefined {
    return this.#results.get(id);
  }

  add(result: Result): void {
    this.#results.set(result.id, result);
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }
}

export interface Score {
  readonly mutants: number;
  readonly killed: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly invalid: number;
  /** Killed of those that a test can kill. 1 if there are none. */
  readonly score: number;
}

export function isArgued(result: Result, argued: readonly Equivalent[]): boolean {
  return argued.some(
    ({ file, before, after }) => file === result.file && before === result.before && after === result.after,
  );
}

/** A mutant that makes a test take forever is killed: the runner notices. */
export function scoreOf(results: readonly Result[], argued: readonly Equivalent[]): Score {
  const count = (is: (result: Result) => boolean) => results.filter(is).length;
  const invalid = count(({ status }) => status === "invalid");
  const equivalent = count((r) => r.status === "equivalent" || (r.status === "survived" && isArgued(r, argued)));
  const survived = count((r) => r.status === "survived" && !isArgued(r, argued));
  const killed = count(({ status }) => status === "killed" || status === "timeout");
  const possible = killed + survived;
  const score = possible === 0 ? 1 : killed / possible;
  return { mutants: results.length - invalid, killed, survived, equivalent, invalid, score };
}

const per = (score: number) => `${(Math.floor(score * 1000) / 10).toFixed(1)} %`;

/** A Markdown table, a row a file and one for all. */
export function tableOf(byFile: ReadonlyMap<string, readonly Result[]>, argued: readonly Equivalent[]): string {
  const row = (name: string, s: Score) =>
    `| ${name} | ${s.mutants} | ${s.killed} | ${s.survived} | ${s.equivalent} | ${s.killed + s.survived === 0 ? "none tried" : per(s.score)} |`;
  const rows = [...byFile].map(([file, results]) => row(`\`${file}\``, scoreOf(results, argued)));
  const total = row("all", scoreOf([...byFile.values()].flat(), argued));
  return [
    "| file | mutants | killed | survived | equivalent | score |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    total,
  ].join("\n");
}
