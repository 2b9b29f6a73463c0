/**
 * Slither over the contracts that ship. Ends with 1 if it finds what `accepted.json` does not argue, if an argument there is no
 * longer needed, and if it cannot read a function that it could. `--with FILE` adds a contract; `--list` prints all findings.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { compile, inputOf, ROOT, shippedContracts } from "./compile.ts";
import { findingsOf, judge } from "./findings.ts";
import type { Accepted, Finding, SlitherReport } from "./findings.ts";

const HOW_TO_INSTALL = `Slither is not installed. It is a Python program, and nothing else here needs Python:

  python3 -m venv .venv && .venv/bin/pip install slither-analyzer==0.11.6

or elsewhere, with SLITHER=/path/to/slither`;

interface AcceptedFile {
  findings: Accepted[];
  /** Functions of which Slither cannot make its intermediate form, so that no detector looks into them. */
  unreadable: { where: string; reason: string }[];
}

const { values } = parseArgs({ options: { with: { type: "string", multiple: true }, list: { type: "boolean" } } });

const slither = findSlither();
if (slither === undefined) fail(HOW_TO_INSTALL, 2);

const DIRECTORY = path.join(ROOT, "cache/slither");
writeBuildInfo([...shippedContracts(), ...(values.with ?? [])]);
const { report, unreadable } = runSlither(slither);
const findings = findingsOf(report);
const accepted = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "slither-accepted.json"), "utf8"),
) as AcceptedFile;
const { fresh, stale } = judge(findings, accepted.findings);
const blind = unreadable.filter((where) => !accepted.unreadable.some((entry) => entry.where === where));
const seen = accepted.unreadable.filter((entry) => !unreadable.includes(entry.where));

if (values.list) for (const finding of findings) print(finding);
for (const finding of fresh) print(finding);
for (const entry of stale) console.log(`No longer found: ${entry.check} in ${entry.where} (${entry.count ?? "any"})`);
for (const where of blind) console.log(`Cannot be analysed: ${where}`);
for (const entry of seen) console.log(`Can be analysed now: ${entry.where}`);
console.log(
  `${findings.length} findings: ${fresh.length} new, ${findings.length - fresh.length} argued; ${stale.length} arguments without a finding`,
);
if (fresh.length + stale.length + blind.length + seen.length !== 0) process.exit(1);

function print({ check, impact, where, at, description }: Finding): void {
  console.log(`${impact}: ${check} in ${where} (${at})\n  ${description.replaceAll("\n", "\n  ")}\n`);
}

function fail(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

function findSlither(): string | undefined {
  const candidates = [process.env.SLITHER, path.join(ROOT, ".venv/bin/slither"), "slither"];
  return candidates.find(
    (candidate) => candidate !== undefined && spawnSync(candidate, ["--version"], { stdio: "ignore" }).status === 0,
  );
}

/**
 * What Slither reads in place of a compiler's run: syntax trees, in Hardhat's form. Its own way would be one unit for each of the
 * build's two dozen settings, with everything in it two dozen times; and it does not look at bytecode.
 */
function writeBuildInfo(files: readonly string[]): void {
  const input = inputOf(files, { outputSelection: { "*": { "": ["ast"], "*": ["abi", "userdoc", "devdoc"] } } });
  const output = compile(input);
  const none = { object: "", sourceMap: "" };
  for (const contracts of Object.values(output.contracts ?? {})) {
    for (const contract of Object.values(contracts)) contract.evm = { bytecode: none, deployedBytecode: none };
  }
  rmSync(DIRECTORY, { recursive: true, force: true });
  mkdirSync(path.join(DIRECTORY, "build-info"), { recursive: true });
  writeFileSync(path.join(DIRECTORY, "build-info/all.json"), JSON.stringify({ solcVersion: "0.8.37", input }));
  writeFileSync(path.join(DIRECTORY, "build-info/all.output.json"), JSON.stringify({ output }));
}

function runSlither(command: string): { report: SlitherReport; unreadable: string[] } {
  const file = path.join(DIRECTORY, "report.json");
  const run = spawnSync(command, [".", "--json", file], { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28 });
  if (!existsSync(file)) fail(`Slither gave no report:\n${run.stderr}`, 2);
  const report = JSON.parse(readFileSync(file, "utf8")) as SlitherReport;
  if (!report.success) fail(`Slither failed: ${report.error}`, 2);
  const unreadable = [...run.stderr.matchAll(/Impossible to generate IR for (\S+)/g)].map(([, where]) => where);
  return { report, unreadable: [...new Set(unreadable)] };
}
