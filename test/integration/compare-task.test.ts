import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { CompareResult } from "../../sim/compare/compare-result.ts";
import { runHardhat } from "../shared/node-process.ts";

const TINY = [
  "--scenarios",
  "flash-wick",
  "--endings",
  "flat",
  "--protocols",
  "breakwater-static,aave-v3,morpho-blue,never",
];
const FEW = ["--blocks", "60", "--borrowers", "6", "--loopers", "2", "--seeds", "2"];

describe("task compare", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-compare-"));
  });
  after(() => rm(directory, { recursive: true }));
  const inside = (name: string) => path.join(directory, name);

  for (const [what, args, message] of [
    ["an unknown protocol", ["--protocols", "maker"], /unknown --protocols "maker": there are breakwater, /],
    ["an unknown scenario", ["--scenarios", "tulips"], /tulips/],
    ["a second pool, which rivals have not", ["--scenarios", "stacked-pools"], /stacked-pools has a second pool/],
    ["--shock, which it would not heed", ["--shock", "-0.4"], /compare does not know --shock/],
    ["an unknown ending", ["--endings", "happy"], /unknown --endings "happy": there are flat, recorded/],
  ] as const) {
    it(`says in one line: ${what}`, async () => {
      const { code, stderr, stdout } = await runHardhat(["compare", ...args, "--out", inside("none.json")]);
      expect(code).to.equal(1);
      expect(stdout + stderr).to.match(message);
    });
  }

  it("compares and writes; a second time from the cache and with other workers, the same", async () => {
    const files = ["--cache", inside("cache"), "--out", inside("a.json")];
    const { code, stdout, stderr } = await runHardhat(["compare", ...TINY, ...FEW, ...files, "--json"]);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(await readFile(inside("a.json"), "utf8")).to.equal(stdout);
    const result = JSON.parse(stdout) as CompareResult;
    expect(result.runs).to.have.lengthOf(4 * 2 * 2); // contestants, twins, seeds
    expect(new Set(result.runs.map(({ hash }) => hash)).size).to.equal(result.runs.length);

    const again = await runHardhat(["compare", ...TINY, ...FEW, ...files, "--workers", "1"]);
    expect(again.code).to.equal(0);
    expect(again.stdout).to.match(/^The same crash for every protocol\n1 crashes, 2 seeds; 6 borrowers, /);
    expect(await readFile(inside("a.json"), "utf8")).to.equal(stdout);
  });
});
