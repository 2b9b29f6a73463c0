import hre from "hardhat";

import type { CompareJob, CompareOutcome } from "../sim/compare/job.ts";
import { ComparePerformer } from "../sim/compare/perform.ts";
import type { CurveJob, CurveOutcome } from "../sim/curves/job.ts";
import { CurvePerformer } from "../sim/curves/perform.ts";
import type { Job, Outcome } from "../sim/frontier/job.ts";
import { performJob } from "../sim/frontier/perform.ts";
import type { WorkerReply, WorkerRequest } from "../sim/jobs/worker-pool.ts";

/**
 * A process of `npx hardhat frontier`, `curves` or `compare`, started by it and told what to do by messages. Serves until
 * its parent is gone, or until it has grown: the chain keeps what it was taken back from.
 */
const MOST_BYTES = 1.2e9;

if (process.send === undefined) throw new Error("only npx hardhat frontier, curves and compare start this");
const connection = await hre.network.create();
const curves = new CurvePerformer(hre, connection);
const comparisons = new ComparePerformer(hre, connection);

type AnyJob = Job | CurveJob | CompareJob;

/** What one kind of job has built stands in the way of another's. */
async function perform(job: AnyJob): Promise<Outcome | CurveOutcome | CompareOutcome> {
  if (job.kind !== "curve") await curves.close();
  if (job.kind !== "compare") await comparisons.close();
  if (job.kind === "curve") return curves.perform(job);
  if (job.kind === "compare") return comparisons.perform(job);
  return performJob(hre, connection, job);
}

async function serve({ id, job }: WorkerRequest<AnyJob>): Promise<void> {
  let reply: WorkerReply<Outcome | CurveOutcome | CompareOutcome>;
  try {
    const outcome = await perform(job);
    reply = { id, outcome, retires: process.memoryUsage().rss > MOST_BYTES };
  } catch (error) {
    reply = { id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
  process.send?.(reply, () => {
    if (reply.retires === true) process.disconnect();
  });
}

process.on("message", (request: WorkerRequest<AnyJob>) => void serve(request));
await new Promise((resolve) => process.once("disconnect", resolve));
process.exit(0);
