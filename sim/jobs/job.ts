import { createHash } from "node:crypto";

/** Does a job, somewhere. */
export type Performer<JobT, OutcomeT> = (job: JobT) => Promise<OutcomeT>;

/**
 * Name of a job's result: equal keys, equal results.
 * @param basis Hash of everything that the result depends on and the job does not say: code, parameters, contracts.
 */
export function keyOf(job: object, basis: string): string {
  const fields = Object.entries(job).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([basis, fields]))
    .digest("hex")
    .slice(0, 32);
}
