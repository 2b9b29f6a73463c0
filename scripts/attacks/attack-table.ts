import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ALL_DEFENCES, weakPartOf, type Defence } from "../../test/shared/defences.ts";

const FOLDER = "test/attacks";

/** What became of one attack file with, and without, one of the defences that it names. */
export interface AttackRow {
  readonly file: string;
  readonly defence: Defence;
  /** Contract that stood for the real one. */
  readonly lacking: string;
  readonly ours: string;
  readonly removed: string;
  /** What is not as it must be; undefined: green with the defence, and an assertion fails without. */
  readonly problem?: string;
}

interface Run {
  readonly passed: number;
  readonly failed: number;
  /** The first failure is that of an assertion in a test, not of a hook or of a broken setting. */
  readonly isAssertion: boolean;
  readonly output: string;
}

/** Defences that the file names, in its order. */
export function defencesIn(source: string): Defence[] {
  const names = [...source.matchAll(/\bremovable\(\s*"([^"]+)"/g)].map(([, name]) => name);
  return [...new Set(names)].map((name) => {
    const known = ALL_DEFENCES.find((each) => each === name);
    if (known === undefined) throw new Error(`no defence is called "${name}"`);
    return known;
  });
}

/** What Mocha's report of a run says. */
export function readReport(output: string): Run {
  const count = (what: string) => Number(new RegExp(`^\\s+(\\d+) ${what}`, "m").exec(output)?.[1] ?? 0);
  const [, first = ""] = output.split(/^\s+\d+ failing/m);
  return {
    ...{ passed: count("passing"), failed: count("failing"), output },
    isAssertion:
      /^\s+AssertionError/m.test(first) && !/^\s+1\)[^\n]*\n?[^\n]*"(before|after)( each| all)?" hook/m.test(first),
  };
}

function runFile(file: string, without: Defence | undefined, folder: string): Promise<Run> {
  const { WITHOUT_DEFENCE: _, ...env } = process.env;
  const bail = without === undefined ? [] : ["--bail"];
  // In one process: Mocha's workers cannot pass on a failed assertion about a bigint.
  const args = ["hardhat", "test", "mocha", "--no-compile", ...bail, "--", join(folder, file)];
  return new Promise((resolve, reject) => {
    const child = spawn("npx", args, {
      env: {
        ...env,
        MOCHA_JOBS: "1",
        NO_COLOR: "1",
        FORCE_COLOR: "0",
        ...(without === undefined ? {} : { WITHOUT_DEFENCE: without }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
    child.on("error", reject);
    child.on("close", () => resolve(readReport(output)));
  });
}

/** One row for each defence of each attack file whose name contains one of these. The project must be built. */
export async function* attackTable(names: readonly string[], folder = FOLDER): AsyncGenerator<AttackRow> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".test.ts"))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .sort();
  for (const file of files) {
    const defences = defencesIn(readFileSync(join(folder, file), "utf8"));
    if (defences.length === 0) throw new Error(`${file} names no defence: removable("…")`);
    const ours = await runFile(file, undefined, folder);
    for (const defence of defences) yield judge(file, defence, ours, await runFile(file, defence, folder));
  }
}

function judge(file: string, defence: Defence, ours: Run, removed: Run): AttackRow {
  const tail = (run: Run) => run.output.trim().split("\n").slice(-12).join("\n    ");
  let problem: string | undefined;
  if (ours.failed > 0 || ours.passed === 0) problem = `does not pass with the defence:\n    ${tail(ours)}`;
  else if (removed.failed === 0) problem = "passes without the defence: it proves nothing";
  else if (!removed.isAssertion) problem = `without the defence it breaks otherwise:\n    ${tail(removed)}`;
  return {
    ...{ file: file.replace(/\.test\.ts$/, ""), defence, lacking: weakPartOf(defence).contract },
    ours: ours.failed === 0 ? `green (${ours.passed})` : `RED (${ours.failed})`,
    removed: removed.failed === 0 ? "GREEN" : "red",
    ...(problem === undefined ? {} : { problem }),
  };
}
