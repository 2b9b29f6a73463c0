import { createRequire } from "node:module";
import path from "node:path";

import type { WorkerCommand } from "../../sim/jobs/worker-pool.ts";

/** Where what is young lives: most of a step's objects are dead before it is full. [MiB] Default: 16 */
const YOUNG = 64;

/** Our own Hardhat, in a process of its own, that does what it is told. */
export function workerCommand(root: string): WorkerCommand {
  const manifest = createRequire(import.meta.url).resolve("hardhat/package.json");
  const hardhat = path.join(path.dirname(manifest), "dist", "src", "cli.js");
  const script = path.resolve(import.meta.dirname, "..", "..", "scripts", "lab-worker.ts");
  return {
    file: process.execPath,
    args: [`--max-semi-space-size=${YOUNG}`, hardhat, "run", "--no-compile", script],
    cwd: root,
  };
}
