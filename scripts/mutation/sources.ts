import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { compile, inputOf, ROOT } from "../audit/compile.ts";
import type { CompilerOutput } from "../audit/compile.ts";
import type { Node } from "./syntax.ts";

/** A file with a change in it, in place of the one on disk. */
export interface Changed {
  readonly file: string;
  readonly content: string;
}

export interface Compiled {
  readonly abi: unknown[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
}

const IMPORT = /^\s*import\s[^;]*?"([^"]+)"\s*;/gms;
const imports = new Map<string, string[]>();

function importsOf(file: string): string[] {
  let found = imports.get(file);
  if (found === undefined) {
    const text = existsSync(path.join(ROOT, file)) ? readFileSync(path.join(ROOT, file), "utf8") : "";
    found = [...text.matchAll(IMPORT)]
      .map(([, name]) => name)
      .filter((name) => name.startsWith("."))
      .map((name) => path.posix.join(path.posix.dirname(file), name));
    imports.set(file, found);
  }
  return found;
}

/** The file and all of ours that it imports, directly or not, by way of files that are `followed`. */
export function closureOf(file: string, followed = (_: string) => true): Set<string> {
  const seen = new Set([file]);
  for (const at of seen) for (const imported of importsOf(at).filter(followed)) seen.add(imported);
  return seen;
}

export const digestOf = (text: string | Buffer) => createHash("sha256").update(text).digest("hex").slice(0, 16);

export function treeOf(file: string): { tree: Node; source: Buffer } {
  const output = compile(inputOf([file], { outputSelection: { [file]: { "": ["ast"] } } }));
  return { tree: output.sources[file].ast as Node, source: readFileSync(path.join(ROOT, file)) };
}

/** Without optimiser a contract is ready in a third of a second. Some need it, or more, to fit the stack. */
const SETTINGS = [
  { optimizer: { enabled: false } },
  { optimizer: { enabled: true, runs: 200 } },
  { optimizer: { enabled: true, runs: 200 }, viaIR: true },
];
const BARE = { metadata: { appendCBOR: false } };
const firstSettings = new Map<string, number>();

/** Contracts of a file, those asked for or all. Throws if it does not compile. */
export function compileFile(file: string, changed: Changed | undefined, contract = "*"): Record<string, Compiled> {
  const key = `${file}:${contract}`;
  for (let i = firstSettings.get(key) ?? 0; ; i++) {
    try {
      const output = compileWith(file, changed, contract, SETTINGS[i]);
      firstSettings.set(key, i);
      return contractsOf(output, file);
    } catch (error) {
      const isTooDeep = error instanceof Error && error.message.includes("Stack too deep");
      if (!isTooDeep || i + 1 === SETTINGS.length) throw error;
    }
  }
}

const unchanged = new Map<string, string>();

/** Whether the optimiser makes the same of the contract with and without the change: then no test can tell them apart. */
export function isSameOptimised(file: string, contract: string, changed: Changed): boolean {
  const key = `${file}:${contract}`;
  const before = unchanged.get(key) ?? optimised(file, contract, undefined);
  unchanged.set(key, before);
  return before === optimised(file, contract, changed);
}

function optimised(file: string, contract: string, changed: Changed | undefined): string {
  // Without the hash of the sources at the end.
  const settings = { ...SETTINGS[Math.max(1, firstSettings.get(`${file}:${contract}`) ?? 0)], ...BARE };
  return contractsOf(compileWith(file, changed, contract, settings), file)[contract].deployedBytecode;
}

/** Throws if the changed file does not compile by itself. Quicker than any contract that uses it. */
export function check(changed: Changed): void {
  compileWith(changed.file, changed, "", {});
}

function compileWith(
  file: string,
  changed: Changed | undefined,
  contract: string,
  settings: Record<string, unknown>,
): CompilerOutput {
  const wanted = contract === "" ? {} : { [contract]: ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] };
  const input = inputOf([file], { ...settings, outputSelection: { [file]: wanted } });
  if (changed !== undefined) input.sources[changed.file] = { content: changed.content };
  return compile(input);
}

function contractsOf(output: CompilerOutput, file: string): Record<string, Compiled> {
  interface Raw {
    abi: unknown[];
    evm: { bytecode: { object: string }; deployedBytecode: { object: string } };
  }
  const raw = (output.contracts?.[file] ?? {}) as unknown as Record<string, Raw>;
  const compiled = Object.entries(raw).map(([name, { abi, evm }]): [string, Compiled] => [
    name,
    { abi, bytecode: `0x${evm.bytecode.object}`, deployedBytecode: `0x${evm.deployedBytecode.object}` },
  ]);
  return Object.fromEntries(compiled);
}
