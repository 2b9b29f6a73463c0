import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { describeJob, type LendingJob, type LendingOutcome } from "../../../sim/frontier/job.ts";
import { WorkerPool } from "../../../sim/jobs/worker-pool.ts";
import { UserError } from "../../../sim/user-error.ts";

/** Answers with its own number for what was lent; seed 13 fails, seed 14 kills it, seed 15 makes it retire. */
const WORKER = `
process.on("message", ({ id, job }) => {
  if (job.seed === "14") process.exit(7);
  const error = "UnexpectedRevert: block 3";
  const reply = job.seed === "13" ? { id, error } : { id, outcome: { lent: process.pid }, retires: job.seed === "15" };
  process.send(reply, () => { if (reply.retires) process.disconnect(); });
});
`;

const job = (seed: number): LendingJob => ({
  ...{ kind: "lending", asset: "WETH", seed: String(seed), curve: "dutch", features: "dynamic", lendingScale: 0.95 },
  ...{ borrowers: 6, loopers: 2, dipBuyers: 0 },
});

describe("WorkerPool", () => {
  let directory: string;
  let pool: WorkerPool<LendingJob, LendingOutcome>;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-pool-"));
    await writeFile(path.join(directory, "worker.mjs"), WORKER);
  });
  after(() => rm(directory, { recursive: true }));
  beforeEach(() => {
    pool = new WorkerPool<LendingJob, LendingOutcome>(
      { file: process.execPath, args: ["worker.mjs"], cwd: directory },
      2,
      describeJob,
    );
  });
  afterEach(() => pool.close());

  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("shares jobs among its processes, and keeps the processes", async () => {
    const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => pool.perform(job(seed))));
    expect(new Set(outcomes.map(({ lent }) => lent)).size).to.be.within(1, 2);
  });

  it("keeps the jobs of a group together, as far as it can", async () => {
    const command = { file: process.execPath, args: ["worker.mjs"], cwd: directory };
    const groupOf = ({ seed }: LendingJob) => String(Number(seed) % 4);
    const grouped = new WorkerPool<LendingJob, LendingOutcome>(command, 2, describeJob, groupOf);
    const last = new Map<number, string>();
    let changes = 0;
    const seeds = Array.from({ length: 40 }, (_, i) => 100 + i);
    await Promise.all(
      seeds.map(async (seed) => {
        const { lent: process } = await grouped.perform(job(seed));
        if (last.get(process) !== groupOf(job(seed))) changes += 1;
        last.set(process, groupOf(job(seed)));
      }),
    );
    grouped.close();
    expect(changes).to.be.within(4, 10); // in the order of asking it would be nearly 40
  });

  it("leaves no process idle for the sake of a group", async () => {
    const command = { file: process.execPath, args: ["worker.mjs"], cwd: directory };
    const grouped = new WorkerPool<LendingJob, LendingOutcome>(command, 2, describeJob, () => "one");
    const outcomes = await Promise.all([1, 2].map((seed) => grouped.perform(job(seed))));
    grouped.close();
    expect(new Set(outcomes.map(({ lent }) => lent)).size).to.equal(2);
  });

  it("replaces a process that retires", async () => {
    const before = await Promise.all([1, 2].map((seed) => pool.perform(job(seed))));
    const retired = await pool.perform(job(15));
    const after = await Promise.all([3, 4].map((seed) => pool.perform(job(seed))));
    expect(before.map(({ lent }) => lent)).to.include(retired.lent);
    expect(after.map(({ lent }) => lent)).to.not.include(retired.lent);
  });

  it("stops at a job that fails, and says which", async () => {
    const all = [13, 1, 2, 3].map((seed) => failureOf(pool.perform(job(seed))));
    const failure = await all[0];
    expect(failure).to.be.instanceOf(UserError);
    expect(failure).to.have.property(
      "message",
      "calm lending on WETH, seed 13, dynamic × 0.95: UnexpectedRevert: block 3",
    );
    await Promise.all(all); // nobody waits for ever
    expect(await failureOf(pool.perform(job(4)))).to.equal(failure);
  });

  it("stops when a process dies, and says on what", async () => {
    const failure = await failureOf(pool.perform(job(14)));
    expect(failure)
      .to.have.property("message")
      .that.matches(/^calm lending on WETH, seed 14, .*ended \(exit code 7\)/);
  });

  it("says so when no process can be started", async () => {
    const none = new WorkerPool<LendingJob, LendingOutcome>(
      { file: path.join(directory, "none"), args: [], cwd: directory },
      1,
      describeJob,
    );
    const failure = await failureOf(none.perform(job(1)));
    expect(failure)
      .to.have.property("message")
      .that.matches(/^a worker could not be started: /);
  });
});
