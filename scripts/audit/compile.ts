import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

import solc from "solc";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** Those of `contracts/` that ship. Stand-ins of tests and the lab's desks do not. */
export function shippedContracts(): string[] {
  return readdirSync(path.join(ROOT, "contracts"), { recursive: true, encoding: "utf8" })
    .map((file) => `contracts/${file.replaceAll(path.sep, "/")}`)
    .filter((file) => file.endsWith(".sol") && !/^contracts\/(mocks|lab)\//.test(file))
    .sort();
}

export interface CompilerError {
  severity: "error" | "warning" | "info";
  errorCode?: string;
  message: string;
  formattedMessage: string;
  sourceLocation?: { file: string; start: number; end: number };
}

export interface CompilerOutput {
  errors?: CompilerError[];
  sources: Record<string, { id: number; ast: unknown }>;
  contracts?: Record<string, Record<string, Record<string, unknown>>>;
}

export interface CompilerInput {
  language: "Solidity";
  sources: Record<string, { content: string }>;
  settings: Record<string, unknown>;
}

/** Where the compiler finds what `import` names. */
export const REMAPPINGS = ["@openzeppelin/=node_modules/@openzeppelin/", "solady/=node_modules/solady/"];

export function inputOf(files: readonly string[], settings: Record<string, unknown>): CompilerInput {
  const sources = Object.fromEntries(
    files.map((file) => [file, { content: readFileSync(path.resolve(ROOT, file), "utf8") }]),
  );
  return { language: "Solidity", sources, settings: { evmVersion: "cancun", remappings: REMAPPINGS, ...settings } };
}

/** The compiler of package `solc`, in this process. Throws on errors; warnings are in the output. */
export function compile(input: CompilerInput, smtSolver?: (query: string) => unknown): CompilerOutput {
  const findImport = (file: string) => {
    const found = path.resolve(ROOT, file);
    return existsSync(found) ? { contents: readFileSync(found, "utf8") } : { error: "no such file" };
  };
  const callbacks = smtSolver === undefined ? { import: findImport } : { import: findImport, smtSolver };
  const output = JSON.parse(solc.compile(JSON.stringify(input), callbacks)) as CompilerOutput;
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length !== 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  return output;
}
