import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { CurvesResult } from "../../sim/curves/curves-result.ts";
import type { CurvesArguments } from "../../tasks/curves.ts";
import { runHardhat, startTask } from "../shared/node-process.ts";
import { parseXml } from "../shared/parse-xml.ts";
import { skipWithoutRedis, startRedis } from "../shared/redis-server.ts";
import { refusalOf } from "../shared/refusal.ts";

const TINY = ["--depths", "0.2,5", "--shocks", "50", "--paths", "flat", "--curves", "fixed,dutch,never"];
const FEW = ["--blocks", "35", "--borrowers", "6", "--loopers", "2", "--seeds", "2", "--subject", "dutch"];

describe("task curves", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-curves-"));
  });
  after(() => rm(directory, { recursive: true }));
  const inside = (name: string) => path.join(directory, name);

  describe("told what cannot be", () => {
    /** Runs the task as the command line does, and keeps what it prints. */
    function refusal(args: Partial<CurvesArguments>): Promise<string> {
      const grid = { depths: "1", shocks: "35", paths: "flat", curves: "", subject: "paced", seeds: "2" };
      const rest = { borrowers: "6", loopers: "2", blocks: "35", workers: "1", queue: "", json: false };
      const files = { cache: inside("refused"), out: inside("refused.json"), chart: "" };
      return refusalOf("curves", { ...grid, ...rest, ...files, ...args });
    }

    const refused: [what: string, args: Partial<CurvesArguments>, message: RegExp][] = [
      ["a market without depth", { depths: "1,0" }, /--depths must be multiples of the debt from 0.01 to 100, got "0"/],
      ["a depth twice", { depths: "1,1" }, /--depths names 1 twice/],
      ["a shock that leaves nothing", { shocks: "100" }, /--shocks must be a whole number from 1 to 90/],
      ["an unknown path", { paths: "flat,up" }, /unknown --paths "up": there are flat, recovery/],
      [
        "an unknown curve",
        { curves: "fixed,square" },
        /unknown --curves "square": there are paced, stairs, linear, fixed, dutch, .*never/,
      ],
      ["no curve at all", { curves: "never" }, /--curves names no curve to compare/],
      [
        "goals of nobody",
        { subject: "square" },
        /unknown --subject "square": there are paced, stairs, linear, fixed, dutch/,
      ],
      ["one seed, of which no interval can be", { seeds: "1" }, /--seeds must be a whole number from 2 to 1000/],
      ["nobody", { borrowers: "0", loopers: "0" }, /nobody to lend to/],
      ["too few blocks for a crash", { blocks: "13" }, /--blocks must be a whole number from 14 to 2100/],
      ["a result in no directory", { out: "/none/r.json" }, /cannot write --out \/none\/r.json/],
      ["one file for result and chart", { out: "x.out", chart: "./x.out" }, /--out and --chart are the same file/],
      ["no cache", { cache: "" }, /--cache needs the name of a directory/],
      ["a queue that is none", { queue: "localhost" }, /--queue/],
    ];
    for (const [what, args, message] of refused) {
      it(`says in one line: ${what}`, async () => expect(await refusal(args)).to.match(message));
    }
  });

  it("compares, prints the result, writes it and draws it; a second time from the cache, the same", async () => {
    const files = ["--cache", inside("cache"), "--out", inside("a.json"), "--chart", inside("a.svg")];
    const run = (...more: string[]) => {
      return runHardhat(["curves", ...TINY, ...FEW, ...files, "--report", inside("a.html"), ...more]);
    };
    const { code, stdout, stderr } = await run("--json");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(await readFile(inside("a.json"), "utf8")).to.equal(stdout);
    expect(parseXml(await readFile(inside("a.svg"), "utf8")).name).to.equal("svg");

    const report = await readFile(inside("a.html"), "utf8");
    expect(report).to.match(/<code id="command">npx hardhat curves --depths \S+ --shocks [^<]* --blocks \d+<\/code>/);

    const result = JSON.parse(stdout) as CurvesResult;
    expect(result.schemaVersion).to.equal(1);
    expect(result.runs).to.have.lengthOf(2 * 2 * (3 + 2)); // cells × seeds × (contestants and twins)
    const [thin, deep] = result.cells.map(({ contestants }) => contestants.map(({ measures }) => measures));
    for (const [fixed, dutch, never] of [thin, deep]) {
      expect(never.amplification.mean).to.be.within(0.97, 1.03);
      expect(never.discount.mean).to.equal(0);
      expect(fixed.amplification.mean).to.be.greaterThan(1);
      expect(dutch.liquidated.mean).to.be.greaterThan(0);
    }
    expect(thin[0].badDebt.mean).to.be.greaterThan(deep[0].badDebt.mean);
    expect(result.goals.every(({ holds }) => holds !== null)).to.equal(true);

    const jobs = await readFile(inside("cache/jobs.jsonl"), "utf8");
    const again = await run("--workers", "1");
    expect(again.code).to.equal(0);
    expect(again.stdout).to.match(/^Liquidation curves in a crash, and never liquidating\n2 seeds; 6 borrowers, /);
    expect(again.stdout).to.match(/\nGoals\n[^]*\nResult +\S*a\.json\nChart +\S*a\.svg\nReport +\S*a\.html\n$/);
    expect(await readFile(inside("a.html"), "utf8")).to.equal(report);
    expect(await readFile(inside("a.json"), "utf8")).to.equal(stdout);
    expect(await readFile(inside("cache/jobs.jsonl"), "utf8")).to.equal(jobs);
  });

  it("has the same done by whoever serves a queue", async function () {
    skipWithoutRedis(this);
    const redis = await startRedis();
    const worker = startTask(["lab-worker", "--queue", redis.url, "--workers", "1"]);
    try {
      const files = ["--cache", inside("queued"), "--out", inside("queued.json"), "--json", "--queue", redis.url];
      const { code, stdout, stderr } = await runHardhat(["curves", ...TINY, ...FEW, ...files]);
      expect({ code, stderr: stderr.replace(/^warning: .*\n/gm, "") }).to.deep.equal({ code: 0, stderr: "" });
      expect(stdout).to.equal(await readFile(inside("a.json"), "utf8"));
      expect(worker.stdout()).to.match(/^end {3}dutch at depth 0.2, −50 %, flat, seed 1$/m);
    } finally {
      worker.kill("SIGTERM");
      await worker.ended;
      await redis.stop();
    }
  });
});
