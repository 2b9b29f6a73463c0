import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { readBasis } from "../../sim/jobs/basis.ts";
import { keyOf, type Performer } from "../../sim/jobs/job.ts";
import { parseRedisUrl, requireRedis, type RedisAddress } from "../../sim/jobs/queue-connection.ts";
import { QueuePerformer } from "../../sim/jobs/queue-performer.ts";
import { WorkerPool } from "../../sim/jobs/worker-pool.ts";
import { parseCount } from "./numbers.ts";
import { workerCommand } from "./worker-command.ts";

/** Where jobs are done: in processes of this machine, or by whoever serves a queue. */
export type Place = { readonly workers: number } | { readonly queue: RedisAddress };

/** @throws UserError for options that cannot be, or a queue that does not answer. */
export async function choosePlace(args: { readonly workers: string; readonly queue: string }): Promise<Place> {
  const workers = parseCount(args.workers, 1, 64, "--workers");
  if (args.queue === "") return { workers };
  const queue = parseRedisUrl(args.queue, "--queue");
  await requireRedis(queue, "--queue");
  return { queue };
}

export interface PerformerOptions<JobT> {
  readonly basis: string;
  readonly describe: (job: JobT) => string;
  /** Jobs of one group are best done by one worker. */
  readonly groupOf?: (job: JobT) => string;
  readonly warn: (line: string) => void;
}

/** Everything must be built. */
export async function openPerformer<JobT extends object, OutcomeT>(
  hre: HardhatRuntimeEnvironment,
  place: Place,
  { basis, describe, groupOf, warn }: PerformerOptions<JobT>,
): Promise<{ readonly perform: Performer<JobT, OutcomeT>; close(): Promise<void> }> {
  if ("queue" in place) {
    const code = await readBasis(hre);
    return QueuePerformer.open(place.queue, { keyOf: (job) => keyOf(job, basis), describe, code, warn });
  }
  const command = workerCommand(hre.config.paths.root);
  const pool = new WorkerPool<JobT, OutcomeT>(command, place.workers, describe, groupOf);
  return { perform: pool.perform, close: () => Promise.resolve(pool.close()) };
}
