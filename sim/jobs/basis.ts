import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { AAVE_V3, LAB, PROFILES, RISK } from "../config.ts";
import { createRng } from "../rng.ts";
import { BUILT_IN_SCENARIOS } from "../scenarios/built-in.ts";

const SIM = path.resolve(import.meta.dirname, "..");
/** What only shows results, what only decides which runs are made, and specifications that tests alone read. */
const WITHOUT_EFFECT = [
  "report",
  "jobs",
  "frontier",
  "curves",
  "compare",
  "sweep",
  "montecarlo",
  "store",
  "validation",
  "reference",
].map((name) => path.join(SIM, name));
const WITH_EFFECT = [
  path.join(SIM, "frontier", "perform.ts"),
  path.join(SIM, "curves", "perform.ts"),
  path.join(SIM, "curves", "crash.ts"),
  path.join(SIM, "compare", "perform.ts"),
  path.join(SIM, "compare", "crash.ts"),
  path.join(SIM, "sweep", "perform.ts"),
  path.join(SIM, "sweep", "setting.ts"),
  path.resolve(SIM, "..", "package-lock.json"),
];

/** What a job says itself: it has no part in its basis. */
export interface ToldByJobs {
  readonly files: readonly string[]; // of the lab
  readonly contracts: readonly string[];
}

/**
 * Hash of everything that a run depends on and its job does not say: the lab's code and parameters, the bytecode of every
 * contract, and the versions of what is installed. Results kept under another basis are not this one's.
 */
export async function readBasis(
  hre: HardhatRuntimeEnvironment,
  { files, contracts }: ToldByJobs = { files: [], contracts: [] },
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify({ LAB, RISK, PROFILES, AAVE_V3 }));
  for (const file of [...(await sourcesIn(SIM)), ...WITH_EFFECT]) {
    if (files.includes(path.relative(SIM, file))) continue;
    hash.update(`\n${path.relative(SIM, file)}\n`).update(await readFile(file));
  }
  // What a scenario reads from files of its own, such as prices, shows in its path.
  for (const scenario of BUILT_IN_SCENARIOS) {
    const paths = [scenario.path(createRng("basis")), scenario.others?.(createRng("basis"))];
    hash.update(`\n${scenario.name} ${JSON.stringify(paths)}`);
  }
  for (const name of [...(await hre.artifacts.getAllFullyQualifiedNames())].sort()) {
    if (contracts.some((contract) => name.endsWith(`:${contract}`))) continue;
    hash.update(`\n${name} ${(await hre.artifacts.readArtifact(name)).bytecode}`);
  }
  return hash.digest("hex");
}

async function sourcesIn(directory: string): Promise<string[]> {
  if (WITHOUT_EFFECT.includes(directory)) return [];
  const files: string[] = [];
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) files.push(...(await sourcesIn(full)));
    else if (entry.name.endsWith(".ts")) files.push(full);
  }
  return files;
}
