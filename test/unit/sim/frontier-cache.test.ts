import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { JobCache } from "../../../sim/jobs/cache.ts";
import type { Job, LendingJob, Outcome } from "../../../sim/frontier/job.ts";
import { keyOf, type Performer } from "../../../sim/jobs/job.ts";
import { UserError } from "../../../sim/user-error.ts";
import { fakePerform } from "../../shared/fake-frontier.ts";

const JOB: LendingJob = {
  ...{ kind: "lending", asset: "WETH", seed: "1", curve: "dutch", features: "static", lendingScale: 1 },
  ...{ borrowers: 6, loopers: 2, dipBuyers: 0 },
};
const jobs = [1, 2, 3].map((seed): LendingJob => ({ ...JOB, seed: String(seed) }));

describe("cache of the frontier", () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-cache-"));
    file = path.join(directory, "jobs.jsonl");
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Does the jobs as a new process would. @returns Those that were really done. */
  async function session(wanted: readonly LendingJob[], basis = "b"): Promise<Job[]> {
    const done: Job[] = [];
    const perform = (await JobCache.open<Job, Outcome>(directory)).around(fakePerform(done), basis);
    const outcomes = await Promise.all(wanted.map((job) => perform(job)));
    expect(outcomes).to.deep.equal(wanted.map(() => ({ lent: 60e6 })));
    return done;
  }

  it("does what is missing, once", async () => {
    expect(await session(jobs.slice(0, 2))).to.deep.equal(jobs.slice(0, 2));
    expect(await session(jobs)).to.deep.equal(jobs.slice(2));
    expect(await session(jobs)).to.deep.equal([]);
    expect((await readFile(file, "utf8")).trimEnd().split("\n")).to.have.lengthOf(3);
  });

  it("loses the line that an interruption cut, and nothing else", async () => {
    await session(jobs.slice(0, 2));
    const { length } = await readFile(file);
    await truncate(file, length - 20);
    expect(await session(jobs)).to.deep.equal(jobs.slice(1));
    expect(await session(jobs)).to.deep.equal([]); // the cut line did not spoil the next one
  });

  it("passes over lines that are not its own", async () => {
    await writeFile(file, 'null\n{"key":1}\n[]\nhello\n\n');
    await session(jobs.slice(0, 1));
    await appendFile(file, "{}\n");
    expect(await session(jobs.slice(0, 1))).to.deep.equal([]);
  });

  it("does everything again under another basis, and keeps both", async () => {
    await session(jobs);
    expect(await session(jobs, "c")).to.deep.equal(jobs);
    expect(await session(jobs, "b")).to.deep.equal([]);
  });

  it("does not keep a failure", async () => {
    const cache = await JobCache.open<Job, Outcome>(directory);
    const failing = cache.around((() => Promise.reject(new Error("boom"))) as Performer<Job, Outcome>, "b");
    const failure = await failing(JOB).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "boom");
    expect(cache.has(keyOf(JOB, "b"))).to.equal(false);
  });

  it("is a user's error where no directory can be", async () => {
    await writeFile(file, "");
    const failure = await JobCache.open<Job, Outcome>(path.join(file, "x")).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(UserError);
  });
});

describe("#keyOf", () => {
  it("is the same whatever the order of the fields, and another for any other value", () => {
    const turned = Object.fromEntries(Object.entries(JOB).reverse()) as unknown as LendingJob;
    expect(keyOf(turned, "b")).to.equal(keyOf(JOB, "b"));
    const others: LendingJob[] = [
      { ...JOB, seed: "2" },
      { ...JOB, features: "dynamic" },
      { ...JOB, lendingScale: 1.0001 },
      { ...JOB, borrowers: 7 },
      { ...JOB, asset: "WBTC" },
    ];
    const keys = new Set([keyOf(JOB, "b"), keyOf(JOB, "c"), ...others.map((job) => keyOf(job, "b"))]);
    expect(keys.size).to.equal(2 + others.length);
  });
});
