import { hostname } from "node:os";

import { readBasis } from "../sim/jobs/basis.ts";
import { parseRedisUrl, requireRedis, showAddress } from "../sim/jobs/queue-connection.ts";
import { QueueWorker } from "../sim/jobs/queue-worker.ts";
import { WorkerPool } from "../sim/jobs/worker-pool.ts";
import { parseCount } from "./shared/numbers.ts";
import { runTask, UserError } from "./shared/user-error.ts";
import { workerCommand } from "./shared/worker-command.ts";

export interface LabWorkerArguments {
  readonly queue: string;
  readonly workers: string;
  readonly lease: string;
}

/** `npx hardhat lab-worker`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<LabWorkerArguments>(async (args, hre) => {
  if (args.queue === "") throw new UserError("--queue needs the address of a Redis: such as redis://localhost:6379");
  const address = parseRedisUrl(args.queue, "--queue");
  const workers = parseCount(args.workers, 1, 64, "--workers");
  const leaseSeconds = parseCount(args.lease, 1, 3_600, "--lease");
  await requireRedis(address, "--queue");
  await hre.tasks.getTask("build").run({ quiet: true });
  const code = await readBasis(hre);
  const command = workerCommand(hre.config.paths.root);
  const worker = new QueueWorker(address, {
    ...{ workers, leaseSeconds, code, report: (line) => console.log(line) },
    openPool: () => new WorkerPool<object, object>(command, workers, () => `on ${hostname()}`),
  });
  const stop = () => void worker.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  console.log(`serving ${showAddress(address)}, ${workers} at a time, code ${code.slice(0, 12)}; Ctrl-C ends it`);
  try {
    await worker.ended;
  } finally {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
  }
});
