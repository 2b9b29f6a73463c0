import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { keyOf } from "../../../sim/jobs/job.ts";
import { createRng } from "../../../sim/rng.ts";
import { Database } from "../../../sim/store/database.ts";
import { queryStore } from "../../../sim/store/query.ts";
import { ResultsStore } from "../../../sim/store/results-store.ts";
import { labJob, type LabJob } from "../../../sim/sweep/lab-job.ts";
import { UserError } from "../../../sim/user-error.ts";
import { fakeLabOutcome } from "../../shared/fake-lab.ts";

const BASIS = "b".repeat(64);
const jobOf = (seed: number, changes = {}): LabJob =>
  labJob(
    {
      ...{
        scenario: "flash-wick",
        blocks: 120,
        seed: String(seed),
        curve: "paced",
        features: "static",
        ordering: "fee",
      },
      ...{ borrowers: 6, loopers: 2, dipBuyers: 0 },
    },
    changes,
  );
const JOBS = [1, 2, 3, 4, 5, 6].flatMap((seed) => [jobOf(seed), jobOf(seed, { "risk.z": 5 })]);

describe("ResultsStore", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "breakwater-store-"));
  });
  afterEach(() => rm(root, { recursive: true }));
  const at = (...names: string[]) => path.join(root, ...names);

  /** Fills a store with jobs in an order, and consolidates it. */
  async function fill(name: string, jobs: readonly LabJob[]): Promise<{ bytes: Buffer; performed: number }> {
    const store = await ResultsStore.open(at(name));
    let performed = 0;
    const perform = store.around((job) => {
      performed += 1;
      return Promise.resolve(fakeLabOutcome(job));
    }, BASIS);
    for (const job of jobs) await perform(job);
    const bytes = await readFile(await store.consolidate());
    store.close();
    return { bytes, performed };
  }

  it("gives equal bytes whatever the order in which runs were finished, and whether they came in one go", async () => {
    const { bytes } = await fill("a", JOBS);
    const rng = createRng("order");
    const shuffled = [...JOBS].map((job) => ({ job, at: rng.next() })).sort((a, b) => a.at - b.at);
    await fill(
      "b",
      shuffled.slice(0, 5).map(({ job }) => job),
    );
    const second = await fill(
      "b",
      shuffled.map(({ job }) => job),
    );
    expect(second.performed).to.equal(JOBS.length - 5);
    expect(second.bytes.equals(bytes)).to.equal(true);
    for (const directory of ["series", "runs"]) {
      const names = await readdir(at("a", directory));
      expect(names).to.have.lengthOf(JOBS.length);
      expect(await readdir(at("b", directory))).to.deep.equal(names);
      for (const name of names) {
        const [one, other] = [await readFile(at("a", directory, name)), await readFile(at("b", directory, name))];
        expect(one.equals(other), name).to.equal(true);
      }
    }
    const fewer = await fill("c", JOBS.slice(1));
    expect(fewer.bytes.equals(bytes)).to.equal(false);
  });

  it("has every run in its table when several write at a time, whoever ends last", async () => {
    const { bytes } = await fill("whole", JOBS);
    const perform = (job: LabJob) => Promise.resolve(fakeLabOutcome(job));
    const [first, second] = [await ResultsStore.open(at("a")), await ResultsStore.open(at("a"))];
    const [one, other] = [first.around(perform, BASIS), second.around(perform, BASIS)];
    await one(JOBS[0]);
    for (const job of JOBS.slice(1, 6)) await other(job);
    await second.consolidate();
    expect((await queryStore(at("a"), "SELECT key FROM runs")).rows).to.have.lengthOf(6);
    await first.consolidate();
    expect((await queryStore(at("a"), "SELECT key FROM runs")).rows).to.have.lengthOf(6);
    // While the first writes its table, the second has another run and ends: it must not be the last word.
    const write = Database.prototype.writeParquet;
    let isDue = true;
    Database.prototype.writeParquet = async function (...args) {
      await write.apply(this, args);
      if (!isDue) return;
      isDue = false;
      for (const job of JOBS.slice(6)) await other(job);
      await second.consolidate();
    };
    try {
      await first.consolidate();
    } finally {
      Database.prototype.writeParquet = write;
    }
    expect((await readFile(at("a", "runs.parquet"))).equals(bytes)).to.equal(true);
    for (const store of [first, second]) store.close();
  });

  it("gives back what was put in, to the last bit, also to the next who opens it", async () => {
    await fill("a", JOBS);
    const store = await ResultsStore.open(at("a"));
    for (const job of JOBS) expect(await store.get(keyOf(job, BASIS))).to.deep.equal(fakeLabOutcome(job));
    expect(await store.get(keyOf(JOBS[0], "other basis"))).to.equal(undefined);
    store.close();
  });

  it("does not keep a job that fails", async () => {
    const store = await ResultsStore.open(at("a"));
    const failing = store.around(() => Promise.reject(new Error("block 3")), BASIS);
    const reason = await failing(JOBS[0]).catch((error: unknown) => String(error));
    expect(reason).to.equal("Error: block 3");
    expect([store.size, await readdir(at("a", "runs"))]).to.deep.equal([0, []]);
    store.close();
  });

  const torn: [what: string, tear: (key: string) => Promise<unknown>][] = [
    ["a run that was cut off", (key) => truncate(at("a", "runs", `${key}.json`), 100)],
    ["an empty run", (key) => truncate(at("a", "runs", `${key}.json`), 0)],
    [
      "a run under another key",
      async (key) => {
        const other = keyOf(JOBS[1], BASIS);
        await writeFile(at("a", "runs", `${key}.json`), await readFile(at("a", "runs", `${other}.json`)));
      },
    ],
    [
      "a run of another version",
      async (key) => {
        const text = await readFile(at("a", "runs", `${key}.json`), "utf8");
        await writeFile(at("a", "runs", `${key}.json`), text.replace('"schemaVersion":1', '"schemaVersion":0'));
      },
    ],
    ["series that were cut off", (key) => truncate(at("a", "series", `${key}.parquet`), 200)],
    ["series that are not there", (key) => rm(at("a", "series", `${key}.parquet`))],
    [
      "series of another run",
      async (key) => {
        const other = keyOf(JOBS[1], BASIS);
        await writeFile(at("a", "series", `${key}.parquet`), await readFile(at("a", "series", `${other}.parquet`)));
      },
    ],
  ];
  for (const [what, tear] of torn) {
    it(`does again: ${what}; and is whole then`, async () => {
      const { bytes } = await fill("a", JOBS);
      await tear(keyOf(JOBS[0], BASIS));
      const again = await fill("a", JOBS);
      expect(again.performed).to.equal(1);
      expect(again.bytes.equals(bytes)).to.equal(true);
    });
  }

  it("loses no more than what was being written when its writer is killed, and is not disturbed by the rest", async () => {
    const { bytes } = await fill("whole", JOBS);
    // Writes all runs over and over into new stores until somebody ends it: at any moment of a write.
    await writeFile(
      at("writer.mjs"),
      `import { ResultsStore } from ${JSON.stringify(path.resolve("sim/store/results-store.ts"))};
       import { fakeLabOutcome } from ${JSON.stringify(path.resolve("test/shared/fake-lab.ts"))};
       const jobs = JSON.parse(process.argv[3]);
       const store = await ResultsStore.open(process.argv[2]);
       const perform = store.around((job) => Promise.resolve(fakeLabOutcome(job)), ${JSON.stringify(BASIS)});
       for (const [i, job] of jobs.entries()) {
         await perform(job);
         await store.consolidate();
         process.stdout.write(\`\${i} \`);
       }`,
    );
    for (const after of ["0 ", "2 ", "6 "]) {
      const name = `killed-${after.trim()}`;
      const writer = spawn(process.execPath, [at("writer.mjs"), at(name), JSON.stringify(JOBS)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let seen = "";
      writer.stdout.on("data", (chunk) => {
        seen += String(chunk);
        if (seen.includes(after)) writer.kill("SIGKILL");
      });
      const [, signal] = (await once(writer, "close")) as [number | null, string | null];
      expect(signal).to.equal("SIGKILL");
      const done = Number(after) + 1;
      const resumed = await fill(name, JOBS);
      expect(resumed.performed).to.be.within(0, JOBS.length - done);
      expect(resumed.bytes.equals(bytes), name).to.equal(true);
    }
  });

  it("is a user's error where it cannot be", async () => {
    await writeFile(at("file"), "");
    for (const [directory, message] of [
      ["", /--store needs the name of a directory/],
      [at("file"), /cannot use --store .*file/],
    ] as const) {
      const error: unknown = await ResultsStore.open(directory).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UserError);
      expect((error as Error).message).to.match(message);
    }
  });

  describe("#queryStore", () => {
    it("answers in SQL of runs, their parameters and their series, and writes CSV", async () => {
      await fill("a", JOBS);
      const { rows } = await queryStore(
        at("a"),
        `SELECT "risk.z" AS z, count(*) AS runs, max("badDebt") AS worst FROM runs GROUP BY ALL ORDER BY z`,
      );
      expect(rows.map(({ z, runs }) => [z, Number(runs)])).to.deep.equal([
        [4, 6],
        [5, 6],
      ]);
      const expected = Math.max(...[1, 2, 3, 4, 5, 6].map((seed) => fakeLabOutcome(jobOf(seed)).metrics.badDebt));
      expect(rows[0].worst).to.equal(expected);

      const csv = at("out.csv");
      const lows = `SELECT seed, min("marketPrice") AS low FROM series JOIN runs USING (key) WHERE "risk.z" = 4 GROUP BY ALL ORDER BY seed`;
      await queryStore(at("a"), lows, csv);
      const lines = (await readFile(csv, "utf8")).trim().split("\n");
      expect(lines).to.have.lengthOf(7);
      expect(lines[0]).to.equal("seed,low");
      expect(lines[1]).to.equal(`1,${Math.min(...fakeLabOutcome(jobOf(1)).series.marketPrice)}`);
    });

    it("has a column for every parameter, null where the curve has none such", async () => {
      await fill("a", JOBS.slice(0, 1));
      const { columns, rows } = await queryStore(at("a"), "SELECT * FROM runs");
      expect(columns.slice(0, 7)).to.deep.equal(["key", "basis", "scenario", "seed", "curve", "features", "ordering"]);
      expect(rows[0]).to.include({
        seed: "1",
        "lab.totalDebt": 60_000_000,
        "curve.cutBps": null,
        "curve.premiumBps": 50,
      });
      expect(rows[0]).to.include({ "crowd.borrowers": 6, hash: fakeLabOutcome(JOBS[0]).hash });
    });

    it("says of runs of older code, which did not, that their blocks were ordered by fee", async () => {
      await fill("a", JOBS.slice(0, 1));
      const [file] = await readdir(at("a", "runs"));
      const run = JSON.parse(await readFile(at("a", "runs", file), "utf8")) as { readonly job: Partial<LabJob> };
      const { ordering: _, ...job } = run.job;
      const key = keyOf(job, BASIS);
      await writeFile(at("a", "runs", `${key}.json`), JSON.stringify({ ...run, key, job }));
      const store = await ResultsStore.open(at("a"));
      await store.consolidate();
      store.close();
      const { rows } = await queryStore(at("a"), "SELECT ordering FROM runs");
      expect(rows).to.deep.equal([{ ordering: "fee" }, { ordering: "fee" }]);
    });

    it("says in one line what is wrong with a query or a store", async () => {
      await fill("a", JOBS.slice(0, 1));
      for (const [directory, sql, message] of [
        ["a", "SELECT x FROM runs", /^the query failed: .*"x"/],
        ["none", "SELECT 1", /none is no results store: it has no runs.parquet/],
      ] as const) {
        const error: unknown = await queryStore(at(directory), sql).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(UserError);
        expect((error as Error).message)
          .to.match(message)
          .and.not.include("\n");
      }
    });
  });
});
