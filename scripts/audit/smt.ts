/**
 * The compiler's prover on the pure libraries, by way of the harnesses in `test/smt`, which say for which arguments. `unchecked` is taken
 * out of what it reads, so that the bounds written there are proved too. Ends with 1 on what is neither proved nor argued in
 * `smt-unproved.json`, and on an argument that is not needed. Files as arguments are taken instead of `test/smt/*.smt.sol`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { compile, inputOf, ROOT } from "./compile.ts";
import type { CompilerInput } from "./compile.ts";
import { judge, targetsOf, together } from "./proofs.ts";
import type { Target, Unproved } from "./proofs.ts";

/** Steps of z3 for a query, so that the answer does not depend on the machine; the time is for the worst case. [s] */
const STEPS = 20_000_000;
const LIMIT_SECONDS = 60;

if (spawnSync("z3", ["--version"]).status !== 0) {
  console.error("z3 is not installed; nothing else here needs it:\n\n  apt-get install z3");
  process.exit(2);
}
const files = process.argv.slice(2);
const harnesses = files.length !== 0 ? files : globSync("test/smt/*.smt.sol", { cwd: ROOT }).sort();
const argued = JSON.parse(readFileSync(path.join(import.meta.dirname, "smt-unproved.json"), "utf8")) as Unproved[];
const targets: Target[] = [];
for (const harness of harnesses) {
  const input = inputOf(ours(harness), {});
  for (const source of Object.values(input.sources))
    source.content = source.content.replaceAll(/\bunchecked(?= \{)/g, "");
  const found = together(["bmc", "chc"].map((engine) => prove(harness, input, engine)));
  const count = (standing: string) => found.filter((target) => target.standing === standing).length;
  console.log(`${harness}: ${count("proved")} proved, ${count("unproved")} not proved, ${count("violated")} violated`);
  targets.push(...found);
}
const { fresh, stale } = judge(targets, argued);
for (const { file, kind, code, standing } of fresh) console.log(`${standing}: ${kind} in ${file}\n  ${code}`);
if (files.length === 0)
  for (const { file, code } of stale) console.log(`proved, or no longer there: ${file}\n  ${code}`);
if (targets.length === 0) console.log("nothing to prove");
process.exit(fresh.length !== 0 || targets.length === 0 || (files.length === 0 && stale.length !== 0) ? 1 : 0);

/** A harness and our files that it imports. */
function ours(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || !existsSync(path.join(ROOT, file))) return [...seen];
  seen.add(file);
  for (const [, name] of readFileSync(path.join(ROOT, file), "utf8").matchAll(/^import .*?"(\.[^"]+)";/gms)) {
    ours(path.posix.join(path.posix.dirname(file), name), seen);
  }
  return [...seen];
}

function prove(harness: string, input: CompilerInput, engine: string): Target[] {
  const contract = path.basename(harness).replace(/\.smt\.sol$|\.sol$/, "Smt");
  const modelChecker = {
    ...{ engine, solvers: ["smtlib2"], contracts: { [harness]: [contract] }, showUnproved: true, showProvedSafe: true },
    targets: ["assert", "overflow", "underflow", "divByZero"],
  };
  const settings = { ...input.settings, modelChecker, outputSelection: { [harness]: { "": ["ast"] } } };
  const { errors = [] } = compile({ ...input, settings }, solve);
  return targetsOf(errors, (file) => Buffer.from(input.sources[file]?.content ?? ""));
}

function solve(query: string): { contents: string } {
  const file = path.join(ROOT, "cache/query.smt2");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, query);
  const options = [
    `rlimit=${STEPS}`,
    "rewriter.pull_cheap_ite=true",
    "fp.spacer.q3.use_qgen=true",
    "fp.spacer.mbqi=false",
  ];
  const { stdout } = spawnSync("z3", ["-smt2", `-T:${LIMIT_SECONDS}`, ...options, file], { encoding: "utf8" });
  // Asked for a model where there is none, z3 says so after its answer.
  return { contents: /^(sat|unsat|unknown)/.test(stdout) ? stdout : "unknown\n" };
}
