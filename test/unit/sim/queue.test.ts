import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { keyOf } from "../../../sim/jobs/job.ts";
import { parseRedisUrl, requireRedis } from "../../../sim/jobs/queue-connection.ts";
import { QueuePerformer } from "../../../sim/jobs/queue-performer.ts";
import { UserError } from "../../../sim/user-error.ts";
import { freePort } from "../../shared/node-process.ts";
import { skipWithoutRedis, startRedis, type RunningRedis } from "../../shared/redis-server.ts";

interface Sum {
  readonly name: string;
  readonly milliseconds: number;
}
interface SumOutcome {
  readonly answer: number;
  readonly worker: string;
}

const LEASE = 2; // [s]
const SIM = path.resolve("sim");

/** Notes every job that it begins in a file, and takes its time; "bad" fails as a run does, "deadly" ends its process. */
const CHILD = `
import { appendFileSync } from "node:fs";
process.on("message", async ({ id, job }) => {
  appendFileSync(process.argv[2], process.argv[3] + " " + job.name + "\\n");
  if (job.name === "deadly" && process.argv[3] === "first") process.exit(9);
  await new Promise((resolve) => setTimeout(resolve, job.milliseconds));
  if (job.name === "bad") return process.send({ id, error: 'UnexpectedRevert: block 7: "take" from 0xabc reverted with Odd(1)' });
  process.send({ id, outcome: { answer: 0.1 + job.name.length / 3, worker: process.argv[3] } });
});
process.on("disconnect", () => process.exit(0));
`;

/** What `npx hardhat lab-worker` runs, around such processes. */
const WORKER = `
import { QueueWorker } from ${JSON.stringify(path.join(SIM, "jobs/queue-worker.ts"))};
import { WorkerPool } from ${JSON.stringify(path.join(SIM, "jobs/worker-pool.ts"))};
const [, , port, code, name, directory] = process.argv;
const command = { file: process.execPath, args: ["child.mjs", "begun.log", name], cwd: directory };
const worker = new QueueWorker({ host: "127.0.0.1", port: Number(port), db: 0 }, {
  workers: 1, leaseSeconds: ${LEASE}, code, report: (line) => console.log(line),
  openPool: () => new WorkerPool(command, 1, () => "on " + name),
});
console.log("serving");
worker.ended.then(() => process.exit(0), (error) => { console.error("error: " + error.message); process.exit(1); });
process.on("SIGTERM", () => void worker.close());
`;

/** A coordinator that asks for sums and writes them as they come. */
const COORDINATOR = `
import { keyOf } from ${JSON.stringify(path.join(SIM, "jobs/job.ts"))};
import { QueuePerformer } from ${JSON.stringify(path.join(SIM, "jobs/queue-performer.ts"))};
const [, , port, jobs] = process.argv;
const performer = await QueuePerformer.open({ host: "127.0.0.1", port: Number(port), db: 0 },
  { keyOf: (job) => keyOf(job, "basis"), describe: ({ name }) => name, code: "code", warn: () => undefined });
await Promise.all(JSON.parse(jobs).map(async (job) => {
  console.log(job.name + " " + (await performer.perform(job)).answer);
}));
await performer.close();
`;

describe("a queue in Redis", () => {
  let redis: RunningRedis;
  let directory: string;
  const running: ChildProcess[] = [];

  before(async function () {
    skipWithoutRedis(this);
    redis = await startRedis();
  });
  after(() => redis?.stop());
  beforeEach(async () => {
    await redis.clear();
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-queue-"));
    const files = { "child.mjs": CHILD, "worker.mjs": WORKER, "coordinator.mjs": COORDINATOR, "begun.log": "" };
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  });
  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "close");
    }
    await rm(directory, { recursive: true });
  });

  interface Started {
    readonly child: ChildProcess;
    readonly output: () => string;
    readonly ended: Promise<unknown>;
  }
  function start(script: string, ...args: string[]): Started {
    const child = spawn(process.execPath, [path.join(directory, script), String(redis.port), ...args], {
      cwd: directory,
    });
    running.push(child);
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (output += String(chunk)));
    return { child, output: () => output, ended: once(child, "close") };
  }
  async function startWorker(name: string, code = "code"): Promise<Started> {
    const worker = start("worker.mjs", code, name, directory);
    await until(() => worker.output().includes("serving"));
    return worker;
  }
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const begun = async () =>
    (await readFile(path.join(directory, "begun.log"), "utf8")).trim().split("\n").filter(Boolean);
  const warnings: string[] = [];
  const open = () =>
    QueuePerformer.open<Sum, SumOutcome>(parseRedisUrl(redis.url, "--queue"), {
      ...{ keyOf: (job) => keyOf(job, "basis"), describe: ({ name }) => name, code: "code" },
      warn: (line) => warnings.push(line),
    });
  const sums = (count: number, milliseconds = 20): Sum[] =>
    Array.from({ length: count }, (_, i) => ({ name: `sum-${"x".repeat(i)}`, milliseconds }));
  const answerOf = ({ name }: Sum) => 0.1 + name.length / 3;
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("has jobs done by all who serve it, gives every bit of their results back, and does none twice", async () => {
    await Promise.all([startWorker("first"), startWorker("second")]);
    const performer = await open();
    const jobs = sums(20, 100);
    const outcomes = await Promise.all(jobs.map((job) => performer.perform(job)));
    expect(outcomes.map(({ answer }) => answer)).to.deep.equal(jobs.map(answerOf));
    expect(new Set(outcomes.map(({ worker }) => worker))).to.deep.equal(new Set(["first", "second"]));
    await performer.close();

    const another = await open(); // the results are still there
    const again = await Promise.all(jobs.map((job) => another.perform(job)));
    await another.close();
    expect(again).to.deep.equal(outcomes);
    expect(await begun()).to.have.lengthOf(20);
  });

  it("gives the job of a worker that was killed to another", async () => {
    const [first] = await Promise.all([startWorker("first")]);
    const performer = await open();
    const pending = performer.perform({ name: "long", milliseconds: 3_000 });
    await until(async () => (await begun()).length === 1);
    first.child.kill("SIGKILL");
    await first.ended;
    await startWorker("second");
    expect(await pending).to.deep.equal({ answer: answerOf({ name: "long", milliseconds: 0 }), worker: "second" });
    expect(await begun()).to.deep.equal(["first long", "second long"]);
    await performer.close();
  });

  it("tries again what lost its process rather than failed", async () => {
    await startWorker("first");
    const performer = await open();
    const pending = performer.perform({ name: "deadly", milliseconds: 1 });
    const failure = failureOf(pending);
    await until(async () => (await begun()).length === 3);
    const error = await failure;
    expect(error).to.be.instanceOf(UserError);
    expect((error as Error).message).to.match(/^deadly: on first: the process ended \(exit code 9\)/);
    expect(await begun()).to.deep.equal(["first deadly", "first deadly", "first deadly"]);
    await performer.close();
  });

  it("ends with the first job that fails, says what failed, takes back the rest, and does the failed one when asked again", async () => {
    const worker = await startWorker("first");
    const performer = await open();
    const failures = [{ name: "bad", milliseconds: 1 }, ...sums(6, 400)].map((job) =>
      failureOf(performer.perform(job)),
    );
    const [error, ...others] = await Promise.all(failures);
    expect(error).to.be.instanceOf(UserError);
    const message = 'bad: on first: UnexpectedRevert: block 7: "take" from 0xabc reverted with Odd(1)';
    expect((error as Error).message).to.equal(message);
    expect(others.every((other) => other === error)).to.equal(true);
    expect(await failureOf(performer.perform({ name: "late", milliseconds: 1 }))).to.equal(error);
    await performer.close();

    // What makes jobs fail is mended, and the same worker still serves.
    const child = path.join(directory, "child.mjs");
    await writeFile(child, (await readFile(child, "utf8")).replace('"bad"', '"nothing"'));
    worker.child.kill("SIGTERM");
    await worker.ended;
    await startWorker("second");
    const again = await open();
    expect((await again.perform({ name: "bad", milliseconds: 1 })).answer).to.equal(
      answerOf({ name: "bad", milliseconds: 1 }),
    );
    expect((await begun()).length).to.be.lessThan(5); // bad, one that had begun, bad again
    await again.close();
  });

  it("refuses jobs of other code, says so on both sides, and ends that worker", async () => {
    const worker = await startWorker("first", "0123456789abcdef");
    const performer = await open();
    const error = await failureOf(performer.perform(sums(1)[0]));
    expect(error).to.be.instanceOf(UserError);
    const other =
      /^sum-: the worker .*:\d+ has other code \(0123456789ab\) than the run \(code\): check out the same commit/;
    expect((error as Error).message).to.match(other);
    expect(await worker.ended).to.deep.equal([1, null]);
    expect(worker.output()).to.match(/error: the worker .* has other code/);
    expect(await begun()).to.deep.equal([]);
    await performer.close();
  });

  it("goes on where a coordinator was killed: nothing is done twice", async () => {
    await startWorker("first");
    const jobs = sums(12, 150);
    const killed = start("coordinator.mjs", JSON.stringify(jobs));
    await until(() => killed.output().split("\n").length > 3);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const next = start("coordinator.mjs", JSON.stringify(jobs));
    expect(await next.ended).to.deep.equal([0, null]);
    const lines = next.output().trim().split("\n").sort();
    expect(lines).to.deep.equal(jobs.map((job) => `${job.name} ${answerOf(job)}`).sort());
    expect((await begun()).sort()).to.deep.equal(jobs.map(({ name }) => `first ${name}`).sort());
  });

  it("asks again for a job that somebody took out of Redis", async () => {
    const performer = await open();
    const pending = performer.perform(sums(1)[0]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await redis.clear();
    await startWorker("first");
    expect((await pending).answer).to.equal(answerOf(sums(1)[0]));
    await performer.close();
  });

  it("says when nobody serves it, without the password", async () => {
    warnings.length = 0;
    const performer = await open();
    expect(warnings).to.deep.equal([
      `nobody serves the queue at 127.0.0.1:${redis.port}/0: start npx hardhat lab-worker`,
    ]);
    await performer.close();
  });

  it("says that Redis is gone though it has warned before, and closes without it", async () => {
    warnings.length = 0;
    const gone = await startRedis();
    const performer = await QueuePerformer.open<Sum, SumOutcome>(parseRedisUrl(gone.url, "--queue"), {
      ...{ keyOf: (job) => keyOf(job, "basis"), describe: ({ name }) => name, code: "code" },
      warn: (line) => warnings.push(line),
    });
    expect(warnings).to.have.lengthOf(1); // nobody serves it
    void failureOf(performer.perform(sums(1)[0]));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await gone.stop();
    await until(() => warnings.length > 1);
    const before = performance.now();
    await performer.close();
    expect(performance.now() - before).to.be.lessThan(8_000);
    const place = `queue at 127.0.0.1:${gone.port}/0: `;
    for (const line of warnings.slice(1)) expect(line.startsWith(place), line).to.equal(true);
    expect(warnings.some((line) => line.includes("ECONNREFUSED"))).to.equal(true);
    expect(warnings[warnings.length - 1]).to.equal(
      `${place}jobs that nobody has begun stay there: no answer within 5 s`,
    );
    expect(new Set(warnings).size).to.equal(warnings.length);
  });

  describe("its address", () => {
    it("is read with all its parts", () => {
      expect(parseRedisUrl("redis://localhost", "--queue")).to.deep.equal({ host: "localhost", port: 6_379, db: 0 });
      expect(parseRedisUrl("rediss://me:p%40ss@[::1]:7000/3", "--queue")).to.deep.equal({
        ...{ host: "::1", port: 7_000, db: 3, username: "me", password: "p@ss", tls: {} },
      });
    });
    for (const text of [
      "localhost:6379",
      "http://localhost",
      "redis://",
      "redis://host/x",
      "nonsense",
      "redis://:a%zz@h",
    ]) {
      it(`is refused: ${text}`, () => {
        expect(() => parseRedisUrl(text, "--queue")).to.throw(UserError, /--queue must be an address such as redis:/);
      });
    }
    it("is refused if somebody listens there and says nothing", async () => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => void sockets.push(socket));
      await once(server.listen(0, "127.0.0.1"), "listening");
      const { port } = server.address() as AddressInfo;
      try {
        const error = await failureOf(
          requireRedis(parseRedisUrl(`redis://127.0.0.1:${port}`, "--queue"), "--queue", 700),
        );
        expect(error).to.be.instanceOf(UserError);
        expect((error as Error).message).to.equal(
          `--queue: no Redis answers at 127.0.0.1:${port}/0: no answer within 0.7 s`,
        );
      } finally {
        for (const socket of sockets) socket.destroy();
        server.close();
      }
    });
    it("is refused if no Redis answers there", async () => {
      const port = await freePort();
      const error = await failureOf(
        requireRedis(parseRedisUrl(`redis://:secret@127.0.0.1:${port}`, "--queue"), "--queue"),
      );
      expect(error).to.be.instanceOf(UserError);
      expect((error as Error).message)
        .to.match(/^--queue: no Redis answers at 127.0.0.1:\d+\/0: .*ECONNREFUSED/)
        .and.not.include("secret");
    });
  });
});
