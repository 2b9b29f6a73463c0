import hre from "hardhat";

import { performJob } from "../sim/frontier/perform.ts";
import type { WorkerReply, WorkerRequest } from "../sim/frontier/worker-pool.ts";

/**
 * A process of `npx hardhat frontier`, started by it and told what to do by messages. Serves until its parent is gone, or
 * until it has grown: the chain keeps what it was taken back from.
 */
const MOST_BYTES = 1.2e9;

if (process.send === undefined) throw new Error("only npx hardhat frontier starts this");
const connection = await hre.network.create();

async function serve({ id, job }: WorkerRequest): Promise<void> {
  let reply: WorkerReply;
  try {
    const outcome = await performJob(hre, connection, job);
    reply = { id, outcome, retires: process.memoryUsage().rss > MOST_BYTES };
  } catch (error) {
    reply = { id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
  process.send?.(reply, () => {
    if (reply.retires === true) process.disconnect();
  });
}

process.on("message", (request: WorkerRequest) => void serve(request));
await new Promise((resolve) => process.once("disconnect", resolve));
process.exit(0);
