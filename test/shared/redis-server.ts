import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { Redis } from "ioredis";
import type { Context } from "mocha";

import { freePort } from "./node-process.ts";
import { skipWithout } from "./skip-without.ts";

export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  /** Forgets everything. */
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Skips the suite, and says why, where Debian's redis-server is not installed. */
export function skipWithoutRedis(context: Context): void {
  if (spawnSync("redis-server", ["--version"]).status === 0) return;
  skipWithout(context, "redis-server is not installed (apt-get install redis-server): tests of the queue are skipped");
}

/** A real Redis of its own: on a free port, in a directory that goes away with it. */
export async function startRedis(): Promise<RunningRedis> {
  const directory = await mkdtemp(path.join(tmpdir(), "breakwater-redis-"));
  const port = await freePort();
  const options = ["--port", port, "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", options.map(String), { stdio: "ignore" });
  const ended = once(server, "close");
  const client = new Redis({ host: "127.0.0.1", port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on("error", () => undefined); // it is not up yet
  await client.ping();
  return {
    ...{ url: `redis://127.0.0.1:${port}`, port },
    clear: async () => void (await client.flushall()),
    stop: async () => {
      client.disconnect();
      server.kill("SIGKILL");
      await ended;
      await rm(directory, { recursive: true });
    },
  };
}
