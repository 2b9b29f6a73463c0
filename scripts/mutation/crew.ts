import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import path from "node:path";

import { ROOT } from "../audit/compile.ts";
import type { Job, Outcome } from "./worker.ts";

/** A job took too long, or its process ended. */
export class JobLost extends Error {}

/** One process of `worker.ts`, started anew when it has grown, hung or died. */
export class Worker {
  #child: ChildProcess | undefined;

  async perform(job: Job, limitSeconds: number): Promise<Outcome> {
    const child = (this.#child ??= await start());
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => lost("took too long"), limitSeconds * 1000);
      const lost = (why: string) => {
        clearTimeout(limit);
        this.close();
        reject(new JobLost(why));
      };
      const onExit = () => lost("its process ended");
      child.once("exit", onExit);
      child.once("message", (outcome: Outcome) => {
        clearTimeout(limit);
        child.off("exit", onExit);
        if (outcome.retires) this.#child = undefined; // it ends by itself
        resolve(outcome);
      });
      child.send(job);
    });
  }

  close(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}

function start(): Promise<ChildProcess> {
  const hardhat = path.join(ROOT, "node_modules/hardhat/dist/src/cli.js");
  const child = spawn(process.execPath, [hardhat, "run", "--no-compile", "scripts/mutation/worker.ts"], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // Without the optimiser contracts are larger than a network allows. This lifts the limit, as for coverage.
    env: { ...process.env, HARDHAT_COVERAGE: "true" },
  });
  let complaint = "";
  child.stderr?.on("data", (data: Buffer) => (complaint = `${complaint}${data.toString()}`.slice(-2000)));
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error(`the process that tries mutants did not start:\n${complaint}`)));
    child.once("message", () => {
      child.removeAllListeners("exit");
      resolve(child);
    });
  });
}
