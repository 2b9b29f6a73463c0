import { performance } from "node:perf_hooks";

import { closeNetworks, EVERYTHING, failuresOf, takeOver, usersOf } from "./mocha-tests.ts";
import { failuresOf as solidityFailuresOf } from "./solidity-tests.ts";
import { check, isSameOptimised } from "./sources.ts";
import type { Changed } from "./sources.ts";

/** A process that tries mutants, one after the other. It is told of them by messages, and ends with its parent. */
export interface Job {
  /** Missing: which tests fail without any change. */
  readonly changed?: Changed;
  readonly solidityTests: readonly string[];
  readonly mochaTests: readonly string[];
  /** Full titles of tests that fail without the optimiser: those of gas and code size. */
  readonly skipped: readonly string[];
  /** If it survives: is what this contract compiles to the same? */
  readonly compared?: { readonly file: string; readonly contract: string };
}

export interface Outcome {
  readonly status: "killed" | "survived" | "invalid" | "equivalent" | "baseline";
  /** The test that killed it, or why it does not compile. */
  readonly by?: string;
  /** File of the test. */
  readonly file?: string;
  readonly failures?: string[];
  readonly seconds: number;
  readonly retires: boolean;
}

/** The chains of tests past are never quite gone. */
const MOST_BYTES = 1.6e9;

async function perform(job: Job): Promise<Omit<Outcome, "seconds" | "retires">> {
  const skipped = new Set(job.skipped);
  if (job.changed === undefined) {
    const failures: string[] = [];
    for (const file of job.solidityTests) failures.push(...(await solidityFailuresOf(file, undefined)));
    for (const file of job.mochaTests) failures.push(...(await failuresOf(file, EVERYTHING, false, skipped)));
    return { status: "baseline", failures };
  }
  try {
    check(job.changed);
  } catch (error) {
    return { status: "invalid", by: firstLineOf(error) };
  }
  for (const file of job.solidityTests) {
    const [by] = (await solidityFailuresOf(file, job.changed)).filter((name) => !skipped.has(name));
    if (by !== undefined) return { status: "killed", by, file };
  }
  const how = usersOf(job.changed);
  for (const file of job.mochaTests) {
    const [by] = await failuresOf(file, how, true, skipped);
    if (by !== undefined) return { status: "killed", by, file };
  }
  if (job.compared !== undefined) {
    const { file, contract } = job.compared;
    if (isSameOptimised(file, contract, job.changed)) return { status: "equivalent" };
  }
  return { status: "survived" };
}

const firstLineOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

if (process.send !== undefined) {
  takeOver();
  process.on("disconnect", () => process.exit());
  process.on("message", (job: Job) => {
    const started = performance.now();
    perform(job)
      .catch((error: unknown) => ({ status: "invalid" as const, by: `failed: ${firstLineOf(error)}` }))
      .then(async (outcome) => {
        await closeNetworks();
        const seconds = (performance.now() - started) / 1000;
        const retires = process.memoryUsage().rss > MOST_BYTES;
        process.send?.({ ...outcome, seconds, retires } satisfies Outcome, () => {
          if (retires) process.exit();
        });
      })
      .catch((error: unknown) => {
        console.error(error);
        process.exit(1);
      });
  });
  process.send("ready");
}
