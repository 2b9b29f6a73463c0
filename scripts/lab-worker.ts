import hre from "hardhat";

import type { CurveJob, CurveOutcome } from "../sim/curves/job.ts";
import { CurvePerformer } from "../sim/curves/perform.ts";
import type { Job, Outcome } from "../sim/frontier/job.ts";
import { performJob } from "../sim/frontier/perform.ts";
import type { WorkerReply, WorkerRequest } from "../sim/jobs/worker-pool.ts";

/**
 * A process of `npx hardhat frontier` or `npx hardhat curves`, started by it and told what to do by messages. Serves until
 * its parent is gone, or until it has grown: the chain keeps what it was taken back from.
 */
const MOST_BYTES = 1.2e9;

if (process.send === undefined) throw new Error("only npx hardhat frontier and npx hardhat curves start this");
const connection = await hre.network.create();
const curves = new CurvePerformer(hre, connection);

async function serve({ id, job }: WorkerRequest<Job | CurveJob>): Promise<void> {
  let reply: WorkerReply<Outcome | CurveOutcome>;
  try {
    const outcome = job.kind === "curve" ? await curves.perform(job) : await performJob(hre, connection, job);
    reply = { id, outcome, retires: process.memoryUsage().rss > MOST_BYTES };
  } catch (error) {
    reply = { id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
  process.send?.(reply, () => {
    if (reply.retires === true) process.disconnect();
  });
}

process.on("message", (request: WorkerRequest<Job | CurveJob>) => void serve(request));
await new Promise((resolve) => process.once("disconnect", resolve));
process.exit(0);
