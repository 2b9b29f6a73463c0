/**
 * Mutation testing: makes small faults in the contracts, one at a time, and counts those that a test notices.
 * `npm run mutation -- --sample 40 --seed 1 libraries/SharesMath liquidation/`. See docs/mutation.md.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { ROOT } from "../audit/compile.ts";
import { JobLost, Worker } from "./crew.ts";
import { mutantsOf } from "./mutants.ts";
import type { Mutant } from "./mutants.ts";
import { isArgued, ResultsFile, scoreOf, tableOf } from "./results.ts";
import type { Equivalent, Result } from "./results.ts";
import { digestOf } from "./sources.ts";
import { targetFiles, targetOf } from "./targets.ts";
import type { Target } from "./targets.ts";

const LIMIT_SECONDS = 300;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: "2" },
    /** Tries survivors of earlier runs again: for when there are new tests. */
    again: { type: "boolean", default: false },
    /** Reports what there is, and tries nothing. */
    report: { type: "boolean", default: false },
    /** Fails below this. [%] */
    least: { type: "string", default: "0" },
  },
});
const sample = wholeNumber("sample", values.sample);
const jobs = wholeNumber("jobs", values.jobs);
const least = wholeNumber("least", values.least);

const results = new ResultsFile(path.join(ROOT, "cache/mutation/results.jsonl"));
const argued = JSON.parse(readFileSync(path.join(import.meta.dirname, "equivalent.json"), "utf8")) as Equivalent[];
const files = targetFiles().filter(
  (file) => positionals.length === 0 || positionals.some((part) => file.includes(part)),
);
if (files.length === 0) throw new Error(`no file matches ${positionals.join(" ")}`);
const targets = files.map(targetOf);
const drawn = new Map(files.map((file) => [file, mutantsOf(file, values.seed)]));
/** Mutants left to look at, by file; what does not compile is no mutant, and the next is drawn in its place. */
const wanted = new Map(files.map((file) => [file, sample]));
const tried = new Map<string, Result[]>(files.map((file) => [file, []]));
/** Mutants killed, by test file. */
const kills = new Map<string, number>();

if (values.report) for (const target of targets) collect(target);
else await tryAll();
report();

/** Results that are there already, in the order of the draw, up to the sample. */
function collect(target: Target): void {
  for (const mutant of drawn.get(target.file) ?? []) {
    const result = results.get(mutant.id);
    if ((wanted.get(target.file) ?? 0) <= 0) return;
    if (result !== undefined) count(target, result);
  }
}

function count(target: Target, result: Result): void {
  tried.get(target.file)?.push(result);
  if (result.status !== "invalid") wanted.set(target.file, (wanted.get(target.file) ?? 0) - 1);
}

async function tryAll(): Promise<void> {
  const crew = Array.from({ length: jobs }, () => new Worker());
  try {
    const skipped = await failingAnyway(crew[0]);
    const queue = targets[Symbol.iterator]();
    await Promise.all(crew.map((worker) => work(worker, queue, skipped)));
  } finally {
    for (const worker of crew) worker.close();
  }
}

/** One file after the other, so that a process meets the same tests again. */
async function work(worker: Worker, queue: Iterator<Target>, skipped: readonly string[]): Promise<void> {
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const target = next.value;
    for (const mutant of drawn.get(target.file) ?? []) {
      if ((wanted.get(target.file) ?? 0) <= 0) break;
      const known = results.get(mutant.id);
      const isKnown = known !== undefined && !(values.again && known.status === "survived" && !isArgued(known, argued));
      count(target, isKnown ? known : await attempt(worker, target, mutant, skipped));
    }
    const { killed, survived, score } = scoreOf(tried.get(target.file) ?? [], argued);
    console.log(`${target.file}: ${killed} killed, ${survived} survived, ${(score * 100).toFixed(1)} %`);
  }
}

async function attempt(worker: Worker, target: Target, mutant: Mutant, skipped: readonly string[]): Promise<Result> {
  const { id, file, line, operator, before, after, content } = mutant;
  const mochaTests = [...target.mochaTests].sort((a, b) => (kills.get(b) ?? 0) - (kills.get(a) ?? 0));
  const job = { ...target, mochaTests, changed: { file, content }, skipped };
  const common = { id, file, line, operator, before, after };
  let result: Result;
  try {
    const { status, by, file: test, seconds } = await worker.perform(job, LIMIT_SECONDS);
    if (status === "baseline" || by?.startsWith("failed: ")) throw new Error(`${file}:${line} "${after}": ${by}`);
    if (status === "killed" && test !== undefined) kills.set(test, (kills.get(test) ?? 0) + 1);
    result = { ...common, status, by, seconds: Math.round(seconds * 10) / 10 };
  } catch (error) {
    if (!(error instanceof JobLost)) throw error;
    result = { ...common, status: "timeout", by: error.message, seconds: LIMIT_SECONDS };
  }
  results.add(result);
  if (result.status === "survived" || result.status === "timeout") console.log(`${result.status}: ${describe(result)}`);
  return result;
}

/**
 * Tests that fail without any mutation where all of ours is compiled without optimiser: those of gas and of code size. Kept
 * for as long as the test files stay as they are.
 */
async function failingAnyway(worker: Worker): Promise<string[]> {
  const file = path.join(ROOT, "cache/mutation/baseline.json");
  type Baseline = Record<string, { digest: string; failures: string[] }>;
  const baseline = (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}) as Baseline;
  const tests = [...new Set(targets.flatMap(({ mochaTests, solidityTests }) => [...mochaTests, ...solidityTests]))];
  for (const test of tests) {
    const digest = digestOf(readFileSync(path.join(ROOT, test)));
    if (baseline[test]?.digest === digest) continue;
    const [solidityTests, mochaTests] = test.endsWith(".sol") ? [[test], []] : [[], [test]];
    const { failures = [], by } = await worker.perform({ solidityTests, mochaTests, skipped: [] }, 4 * LIMIT_SECONDS);
    if (by !== undefined) throw new Error(`${test}: ${by}`);
    for (const failure of failures) console.log(`fails without the optimiser, and is left out: ${failure}`);
    baseline[test] = { digest, failures };
    writeFileSync(file, JSON.stringify(baseline));
  }
  return tests.flatMap((test) => baseline[test].failures);
}

function describe({ file, line, operator, before, after }: Result): string {
  return `${file}:${line} ${operator}\n  - ${before}\n  + ${after}`;
}

function report(): void {
  const all = [...tried.values()].flat();
  const survivors = all.filter((result) => result.status === "survived" && !isArgued(result, argued));
  if (survivors.length !== 0) console.log(`\nSurvivors:\n\n${survivors.map(describe).join("\n")}`);
  console.log(`\n${tableOf(tried, argued)}`);
  if (scoreOf(all, argued).score * 100 < least) process.exit(1);
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} must be a whole number`);
  return number;
}
