import hre from "hardhat";
import Mocha from "mocha";

import { closureOf, compileFile } from "./sources.ts";
import type { Changed, Compiled } from "./sources.ts";

interface Artifact {
  contractName: string;
  sourceName: string;
  bytecode: string;
  deployedBytecode: string;
}

/** Which contracts are compiled without optimiser, from the sources as they are changed, when a test asks for them. */
export interface Replacement {
  readonly isReplaced: (file: string) => boolean;
  readonly changed: Changed | undefined;
}

let replacement: Replacement | undefined;
let compiled = new Map<string, Compiled>();
const connections: { close(): Promise<void> }[] = [];
const shared = new Map<string, Promise<unknown>>();
const suites = new Map<string, Mocha>();

/** Takes over where Hardhat reads artifacts and makes networks. Each mutant gets networks of its own. */
export function takeOver(): void {
  const { artifacts, network } = hre;
  const read = artifacts.readArtifact.bind(artifacts);
  Object.assign(artifacts, {
    readArtifact: async (name: string) => replaced((await read(name)) as unknown as Artifact),
  });
  const create = network.create.bind(network);
  const tracked = async (params?: Parameters<typeof create>[0]) => {
    const connection = await create(params);
    connections.push(connection);
    return connection;
  };
  Object.assign(network, {
    create: tracked,
    getOrCreate: (params?: Parameters<typeof create>[0]) => {
      const key = JSON.stringify(params ?? "");
      if (!shared.has(key)) shared.set(key, tracked(params));
      return shared.get(key);
    },
  });
}

function replaced(artifact: Artifact): Artifact {
  const { contractName, sourceName } = artifact;
  const file = sourceName.replace(/^project\//, "");
  if (artifact.bytecode === "0x" || replacement?.isReplaced(file) !== true) return artifact;
  const key = `${file}:${contractName}`;
  let found = compiled.get(key);
  if (found === undefined) {
    found = compileFile(file, replacement.changed, contractName)[contractName];
    compiled.set(key, found);
  }
  return { ...artifact, bytecode: found.bytecode, deployedBytecode: found.deployedBytecode };
}

/** Replaces what uses the changed file. */
export function usersOf(changed: Changed): Replacement {
  return { isReplaced: (file) => closureOf(file).has(changed.file), changed };
}

/** Replaces all of ours, unchanged: how the tests do without the optimiser. */
export const EVERYTHING: Replacement = { isReplaced: (file) => file.startsWith("contracts/"), changed: undefined };

/**
 * Full titles of the tests of a file that fail; with `bail` the first. Those that are skipped by title are not run.
 */
export async function failuresOf(
  file: string,
  how: Replacement,
  bail: boolean,
  skipped: ReadonlySet<string>,
): Promise<string[]> {
  if (how !== replacement) compiled = new Map();
  replacement = how;
  const mocha = await suiteOf(file);
  mocha.suite.bail(bail);
  for (const test of testsOf(mocha.suite)) test.pending = skipped.has(test.fullTitle());
  const failed: string[] = [];
  await new Promise<void>((resolve) => {
    mocha.run(() => resolve()).on("fail", (test: Mocha.Runnable) => failed.push(test.fullTitle()));
  });
  return failed;
}

function* testsOf(suite: Mocha.Suite): Generator<Mocha.Test> {
  yield* suite.tests;
  for (const inner of suite.suites) yield* testsOf(inner);
}

/** Modules are read once in a process, so each file keeps its suite and runs it again. */
async function suiteOf(file: string): Promise<Mocha> {
  let mocha = suites.get(file);
  if (mocha === undefined) {
    mocha = new Mocha({ reporter: Mocha.reporters.Base, timeout: 120_000 });
    mocha.addFile(file);
    await mocha.loadFilesAsync();
    mocha.cleanReferencesAfterRun(false);
    suites.set(file, mocha);
  }
  return mocha;
}

/** Closes what the tests left open. */
export async function closeNetworks(): Promise<void> {
  shared.clear();
  await Promise.all(connections.splice(0).map((connection) => connection.close().catch(() => undefined)));
}
