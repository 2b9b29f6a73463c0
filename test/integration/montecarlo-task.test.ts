import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import type { MonteCarloResult } from "../../sim/montecarlo/montecarlo.ts";
import type { SweepResult } from "../../sim/sweep/sweep.ts";
import { runHardhat, startTask, type RunningTask } from "../shared/node-process.ts";
import { skipWithoutRedis, startRedis, type RunningRedis } from "../shared/redis-server.ts";
import { refusalOf } from "../shared/refusal.ts";

/** Two hours in blocks of a minute, and hardly anybody there. */
const TINY = ["--scenario", "flash-wick", "--blocks", "120", "--borrowers", "4", "--loopers", "1", "--curve", "paced"];
const PATHS = 4;

describe("tasks montecarlo, sweep, results and lab-worker", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-montecarlo-"));
  });
  after(() => rm(directory, { recursive: true }));
  const inside = (...names: string[]) => path.join(directory, ...names);

  const argumentsFor = (store: string, ...more: string[]) => [
    ...["montecarlo", ...TINY, "--paths", String(PATHS), "--store", inside(store), "--out", inside(`${store}.json`)],
    ...["--report", inside(`${store}.html`), "--json", ...more],
  ];
  /** Every file of a store that is its result, by name. */
  async function bytesOf(store: string): Promise<Map<string, string>> {
    const names = ["runs.parquet"];
    for (const sub of ["runs", "series"]) {
      names.push(
        ...(await readdir(inside(store, sub))).filter((name) => !name.startsWith(".")).map((name) => `${sub}/${name}`),
      );
    }
    const files = names.map(async (name) => [name, await readFile(inside(store, name), "base64")] as const);
    return new Map(await Promise.all(files));
  }
  let local: { readonly stdout: string; readonly bytes: ReadonlyMap<string, string> };
  async function expectSame(store: string, stdout: string): Promise<void> {
    expect(stdout).to.equal(local.stdout);
    expect(await bytesOf(store)).to.deep.equal(local.bytes);
    const page = await readFile(inside(`${store}.html`), "utf8");
    expect(page).to.equal(await readFile(inside("local.html"), "utf8"));
  }

  describe("told what cannot be", () => {
    function refusal(name: string, args: Record<string, string | boolean>): Promise<string> {
      const defaults = {
        ...{ scenario: "flash-wick", blocks: "60", borrowers: "4", loopers: "1", dipBuyers: "0", curve: "paced" },
        ...{
          features: "static",
          set: "",
          workers: "1",
          queue: "",
          store: inside("refused"),
          out: inside("refused.json"),
        },
        ...{
          json: false,
          parameters: false,
          paths: "4",
          firstSeed: "1",
          grid: "z=4",
          seeds: "2",
          bound: "0.001",
          aim: "lent",
        },
        ...{ report: "", lease: "30", sql: "SELECT 1", csv: "" },
      };
      return refusalOf(name, { ...known(name, defaults), ...args });
    }
    const known = (name: string, args: Record<string, string | boolean>) => {
      const { options } = hre.tasks.getTask(name);
      return Object.fromEntries(Object.entries(args).filter(([option]) => options.has(option)));
    };

    const refused: [task: string, args: Record<string, string>, message: RegExp][] = [
      ["montecarlo", { paths: "1" }, /^error: --paths must be a whole number from 2 to 50000, got "1"/],
      ["montecarlo", { set: "zz=4" }, /^error: --set: unknown parameter "zz"/],
      ["montecarlo", { set: "z=0" }, /^error: --set: risk.z must be a number from 1 to 10/],
      ["montecarlo", { scenario: "x" }, /^error: unknown scenario "x"/],
      ["montecarlo", { borrowers: "0", loopers: "0" }, /nobody to lend to/],
      ["montecarlo", { store: "" }, /--store needs the name of a directory/],
      ["montecarlo", { out: "/none/r.json" }, /cannot write --out \/none\/r.json/],
      ["montecarlo", { queue: "localhost" }, /--queue must be an address such as redis:/],
      ["montecarlo", { queue: "redis://127.0.0.1:1" }, /--queue: no Redis answers at 127.0.0.1:1\/0/],
      ["sweep", { grid: "" }, /--grid needs parameters with values/],
      ["sweep", { grid: "z=3,40" }, /--grid: risk.z must be a number from 1 to 10 .* got "40"/],
      ["sweep", { grid: "cutBps=9000" }, /curve.cutBps is none of the paced curve's/],
      ["sweep", { grid: "z=3,4", set: "risk.z=5" }, /risk.z is in --grid and in --set: give one/],
      ["sweep", { bound: "2" }, /--bound must be a share of the debt from 0 to 1/],
      ["sweep", { aim: "fame" }, /unknown --aim "fame": there are lent, leverage/],
      ["lab-worker", {}, /--queue needs the address of a Redis/],
      ["results", { sql: " " }, /--sql needs a query/],
      ["results", { store: "/none" }, /\/none is no results store/],
    ];
    for (const [name, args, message] of refused) {
      it(`says in one line: ${name} ${JSON.stringify(args)}`, async () =>
        expect(await refusal(name, args)).to.match(message));
    }
  });

  it("makes a Monte Carlo on this machine, writes it, and keeps its runs", async () => {
    const { code, stdout, stderr } = await runHardhat(argumentsFor("local", "--workers", "2"));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(await readFile(inside("local.json"), "utf8")).to.equal(stdout);
    const result = JSON.parse(stdout) as MonteCarloResult;
    expect(result.runs).to.have.lengthOf(PATHS);
    expect(new Set(result.runs.map(({ hash }) => hash)).size).to.equal(PATHS);
    expect(result.runs.every(({ metrics }) => metrics.blocks === 120 && metrics.debtAtStart > 1e7)).to.equal(true);
    const bytes = await bytesOf("local");
    expect(bytes.size).to.equal(1 + 2 * PATHS);
    local = { stdout, bytes };
  });

  it("plays blocks of a quarter of a second, whatever --blocks says", async () => {
    const crowd = ["--borrowers", "3", "--loopers", "0", "--paths", "2", "--blocks", "60", "--workers", "2"];
    const files = ["--store", inside("fine"), "--out", inside("fine.json"), "--report", inside("fine.html")];
    const { code, stdout, stderr } = await runHardhat([
      ...["montecarlo", "--scenario", "fast-fall-250ms", ...crowd, ...files, "--json"],
    ]);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    const { runs } = JSON.parse(stdout) as MonteCarloResult;
    expect(runs.map(({ metrics }) => metrics.blocks)).to.deep.equal([4_800, 4_800]);
  });

  for (const [option, value] of [
    ["--shock", "-0.4"],
    ["--network", "localhost"],
    ["--fork-url", "http://127.0.0.1:9"],
  ] as const) {
    it(`refuses ${option}, which it would not heed`, async () => {
      const { code, stderr } = await runHardhat([...argumentsFor("unheeded"), option, value]);
      expect(code).to.equal(1);
      expect(stderr).to.match(new RegExp(`error: montecarlo does not know ${option}: `));
    });
  }

  it("gives the same bytes with one process, and goes on where it was killed", async () => {
    const killed = startTask(argumentsFor("resumed", "--workers", "1"));
    const finished = async () =>
      (await readdir(inside("resumed", "runs")).catch(() => [])).filter((name) => /^\w+\.json$/.test(name));
    while ((await finished()).length < 1) await new Promise((resolve) => setTimeout(resolve, 50));
    killed.kill("SIGKILL");
    expect(await killed.ended).to.equal("SIGKILL");
    const kept = (await finished()).length;
    expect(kept).to.be.within(1, PATHS - 1);
    const { code, stdout } = await runHardhat(argumentsFor("resumed", "--workers", "1"));
    expect(code).to.equal(0);
    await expectSame("resumed", stdout);
  });

  it("sweeps from the runs that are there, and answers in SQL", async () => {
    const sweep = ["sweep", ...TINY, "--grid", "depth=1,4", "--seeds", "2", "--store", inside("local")];
    const { code, stdout } = await runHardhat([...sweep, "--out", inside("sweep.json"), "--report", "", "--json"]);
    expect(code).to.equal(0);
    const { cells, runs, frontier } = JSON.parse(stdout) as SweepResult;
    expect(cells.map(({ point }) => point)).to.deep.equal([{ "market.depth": 1 }, { "market.depth": 4 }]);
    const before = (JSON.parse(local.stdout) as MonteCarloResult).runs;
    expect(runs.slice(0, 2).map(({ key }) => key)).to.deep.equal(before.slice(0, 2).map(({ key }) => key));
    expect(await readdir(inside("local", "runs"))).to.have.lengthOf(PATHS + 2); // two were there
    expect(frontier).to.have.lengthOf(2);
    const sql = `SELECT "market.depth" AS depth, count(*)::INT AS runs FROM runs GROUP BY ALL ORDER BY depth`;
    const asked = await runHardhat(["results", "--store", inside("local"), "--sql", sql, "--json"]);
    expect(JSON.parse(asked.stdout)).to.deep.equal([
      { depth: 1, runs: PATHS },
      { depth: 4, runs: 2 },
    ]);
  });

  describe("with a queue", () => {
    let redis: RunningRedis;
    const workers: RunningTask[] = [];
    before(async function () {
      skipWithoutRedis(this);
      redis = await startRedis();
    });
    after(async () => {
      for (const worker of workers) {
        worker.kill("SIGKILL");
        await worker.ended;
      }
      await redis?.stop();
    });
    function startWorker(): RunningTask {
      const worker = startTask(["lab-worker", "--queue", redis.url, "--workers", "1", "--lease", "5"]);
      workers.push(worker);
      return worker;
    }

    it("has two workers do the same, of which one is killed in the middle of a run: the same bytes", async () => {
      const [first, second] = [startWorker(), startWorker()];
      const hasSaid = async (worker: RunningTask, line: RegExp) => {
        while (!line.test(worker.stdout())) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      // Both are there before there is anything to do, or one might do it all: they build one after the other.
      for (const worker of [first, second]) await hasSaid(worker, /^serving /m);
      const coordinator = runHardhat(argumentsFor("queued", "--queue", redis.url));
      await hasSaid(first, /^begin flash-wick/m);
      first.kill("SIGKILL");
      expect(await first.ended).to.equal("SIGKILL");
      expect((first.stdout().match(/^begin/gm) ?? []).length).to.be.greaterThan(
        (first.stdout().match(/^end/gm) ?? []).length,
      );
      const { code, stdout } = await coordinator;
      expect(code).to.equal(0);
      expect(second.stdout()).to.match(/^end {3}flash-wick, seed \d+, static, paced$/m);
      await expectSame("queued", stdout);
    });
  });
});
