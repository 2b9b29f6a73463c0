import { totalmem } from "node:os";

import hre from "hardhat";

import type { CompareJob, CompareOutcome } from "../sim/compare/job.ts";
import { ComparePerformer } from "../sim/compare/perform.ts";
import type { CurveJob, CurveOutcome } from "../sim/curves/job.ts";
import { CurvePerformer } from "../sim/curves/perform.ts";
import type { Worlds } from "../sim/deployed-world.ts";
import { StageKeeper } from "../sim/engine/stage-keeper.ts";
import type { Job, Outcome } from "../sim/frontier/job.ts";
import { performJob } from "../sim/frontier/perform.ts";
import type { LabJob, LabOutcome } from "../sim/sweep/lab-job.ts";
import { performLabJob } from "../sim/sweep/perform.ts";
import type { WorkerReply, WorkerRequest } from "../sim/jobs/worker-pool.ts";

/**
 * A process of a task that makes many runs, started by it and told what to do by messages. Serves until its parent is gone, or
 * until it has grown by so much: the chain keeps what it was taken back from, some 20 MB a path. What it begins with, all that Hardhat
 * reads of the build, comes again with the next process, and takes longer than a run.
 */
const MOST_GROWTH_BYTES = Math.min(Math.max(totalmem() / 16, 0.7e9), 1.5e9);

if (process.send === undefined) throw new Error("only tasks that make many runs start this");
// Some scenarios have several blocks a second.
const connection = await hre.network.create("rollup");
const curves = new CurvePerformer(hre, connection);
const comparisons = new ComparePerformer(hre, connection);
const worlds: Worlds = new StageKeeper();
const bytesAtStart = process.memoryUsage().rss;

type AnyJob = Job | CurveJob | CompareJob | LabJob;
type AnyOutcome = Outcome | CurveOutcome | CompareOutcome | LabOutcome;

/** What one kind of job has built stands in the way of another's. */
async function perform(job: AnyJob): Promise<AnyOutcome> {
  if (job.kind !== "curve") await curves.close();
  if (job.kind !== "compare") await comparisons.close();
  if (job.kind !== "lab") await worlds.close();
  if (job.kind === "curve") return curves.perform(job);
  if (job.kind === "compare") return comparisons.perform(job);
  return job.kind === "lab" ? performLabJob(hre, connection, job, worlds) : performJob(hre, connection, job);
}

async function serve({ id, job }: WorkerRequest<AnyJob>): Promise<void> {
  let reply: WorkerReply<AnyOutcome>;
  try {
    const outcome = await perform(job);
    reply = { id, outcome, retires: process.memoryUsage().rss - bytesAtStart > MOST_GROWTH_BYTES };
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
