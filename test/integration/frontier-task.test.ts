import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { FrontierResult } from "../../sim/frontier/frontier-result.ts";
import type { FrontierArguments } from "../../tasks/frontier.ts";
import { runHardhat } from "../shared/node-process.ts";
import { parseXml } from "../shared/parse-xml.ts";
import { refusalOf } from "../shared/refusal.ts";

/** Two hours in blocks of a minute, and hardly anybody there. */
const TINY = [
  "--scenarios",
  "flash-wick",
  "--blocks",
  "120",
  "--borrowers",
  "6",
  "--loopers",
  "2",
  "--dip-buyers",
  "1",
];

describe("task frontier", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-frontier-"));
  });
  after(() => rm(directory, { recursive: true }));
  const inside = (name: string) => path.join(directory, name);

  describe("told what cannot be", () => {
    /** Runs the task as the command line does, and keeps what it prints. */
    function refusal(args: Partial<FrontierArguments>): Promise<string> {
      const defaults = { scenarios: "flash-wick", seeds: "2", borrowers: "6", loopers: "2", dipBuyers: "0" };
      const rest = {
        blocks: "120",
        curve: "dutch",
        features: "static",
        lending: "100",
        workers: "1",
        queue: "",
        json: false,
      };
      const files = { cache: inside("refused"), out: inside("refused.json"), chart: "" };
      return refusalOf("frontier", { ...defaults, ...rest, ...files, ...args });
    }

    const refused: [what: string, args: Partial<FrontierArguments>, message: RegExp][] = [
      ["an unknown scenario", { scenarios: "may-19,x" }, /^error: unknown scenario "x": there are black-thursday, /],
      ["a scenario twice", { scenarios: "may-19,may-19" }, /--scenarios names may-19 twice/],
      ["a list with a hole", { scenarios: "may-19,,ftx-fall" }, /--scenarios must be a list such as a,b,c/],
      ["one seed, of which no interval can be", { seeds: "1" }, /--seeds must be a whole number from 2 to 1000/],
      ["nobody", { borrowers: "0", loopers: "0" }, /nobody to lend to/],
      ["unknown features", { features: "static,magic" }, /unknown --features "magic": there are static, dynamic, /],
      ["lending of nothing", { lending: "0" }, /--lending must be a whole number from 10 to 100/],
      [
        "an unknown curve",
        { curve: "square" },
        /unknown --curve "square": there are paced, stairs, linear, fixed, dutch/,
      ],
      ["no workers", { workers: "0" }, /--workers must be a whole number from 1 to 64/],
      ["a result in no directory", { out: "/none/r.json" }, /cannot write --out \/none\/r.json/],
      ["one file for result and chart", { out: "x.out", chart: "./x.out" }, /--out and --chart are the same file/],
      ["no cache", { cache: "" }, /--cache needs the name of a directory/],
    ];
    for (const [what, args, message] of refused) {
      it(`says in one line: ${what}`, async () => expect(await refusal(args)).to.match(message));
    }

    it("says in one line: a cache that is a file", async () => {
      await writeFile(inside("file"), "");
      expect(await refusal({ cache: inside("file") })).to.match(/^error: cannot use --cache /);
    });

    it("ends with exit code 1", async () => {
      const { code, stdout, stderr } = await runHardhat(["frontier", "--seeds", "none"]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.match(/^error: --seeds must be a whole number from 2 to 1000, got "none"\n$/);
    });
  });

  describe("with two seeds of static pools", () => {
    const run = (...more: string[]) => {
      const files = [
        "--cache",
        inside("cache"),
        "--out",
        inside("a.json"),
        "--chart",
        inside("a.svg"),
        "--report",
        inside("a.html"),
      ];
      const args = ["frontier", ...TINY, "--seeds", "2", "--features", "static", "--lending", "100,70"];
      return runHardhat([...args, ...files, ...more]);
    };

    it("sweeps, prints the result, writes it and draws it; a second time from the cache, the same", async () => {
      const { code, stdout, stderr } = await run("--json");
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      expect(await readFile(inside("a.json"), "utf8")).to.equal(stdout);
      expect(parseXml(await readFile(inside("a.svg"), "utf8")).name).to.equal("svg");

      const report = await readFile(inside("a.html"), "utf8");
      expect(report).to.match(/<code id="command">npx hardhat frontier [^<]*--dip-buyers \d+ [^<]*<\/code>/);

      const result = JSON.parse(stdout) as FrontierResult;
      expect(result.runs).to.have.lengthOf(4);
      expect(result.scenarios[0]).to.include({ name: "flash-wick", blockSeconds: 60, blocks: 120 });
      const [full, less] = result.calibrations.map(({ calibration }) => calibration);
      expect(full).to.include({ scale: 1, lending: 1, isReached: true });
      expect(less.lending).to.be.within(0.695, 0.705);
      expect(less.scale).to.be.lessThan(1);
      const lent = result.groups[0].variants.map(({ measures }) => measures.lent.mean);
      expect(lent[0]).to.be.within(0.99, 1.01);
      expect(lent[1]).to.be.within(0.68, 0.72);
      expect(result.runs.every(({ amplification }) => amplification !== null && amplification > 0)).to.equal(true);

      const jobs = await readFile(inside("cache/jobs.jsonl"), "utf8");
      const again = await run("--json", "--workers", "1");
      expect(again).to.deep.equal({ code: 0, stdout, stderr: "" });
      expect(await readFile(inside("cache/jobs.jsonl"), "utf8")).to.equal(jobs);
    });

    it("prints a table; progress goes to standard error", async () => {
      const { code, stdout, stderr } = await run();
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(
        /^Frontier: what is lost in a crash against what is lent before it\n2 seeds; 6 borrowers, /,
      );
      expect(stdout).to.match(/\nA wick of minutes: 120 blocks of 1 min\n/);
      expect(stdout).to.match(/\ncalm lending % +100\.0 +(69|70)\.\d\n/);
      expect(stdout).to.match(/\nResult +\S*a\.json\nChart +\S*a\.svg\nReport +\S*a\.html\n$/);
      expect(stderr).to.match(/^calibrating lending, 0 measured\n[^]*running 4\/4 {2}100 %\n$/);
    });
  });
});
