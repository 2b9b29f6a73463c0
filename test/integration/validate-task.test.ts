import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { Check } from "../../sim/validation/check.ts";
import { runHardhat } from "../shared/node-process.ts";

describe("task validate", () => {
  it("prints a table and ends well", async () => {
    const { code, stdout, stderr } = await runHardhat(["validate", "--only", "stairs,slippage"]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/steps until StairstepCurve is at par +27 +27 +exact {2}ok$/m);
    expect(stdout).to.match(/x·y = k/);
    expect(stdout).to.match(/15 checks made, 0 skipped\n$/);
  });

  it("prints JSON and nothing else with --json", async () => {
    const { code, stdout, stderr } = await runHardhat(["validate", "--only", "stairs", "--json"]);
    expect(code, stderr).to.equal(0);
    const checks = JSON.parse(stdout) as Check[];
    expect(checks).to.have.lengthOf(7);
    for (const { group, ok } of checks) expect({ group, ok }).to.deep.equal({ group: "stairs", ok: true });
  });

  it("ends with an error that names what failed", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "bars-"));
    try {
      await mkdir(path.join(folder, "black_thursday_2020_03"));
      const rows = ["2020-03-12T00:00:00Z,194,195,190,191", "2020-03-12T01:00:00Z,191,192,171,180"];
      const file = path.join(folder, "black_thursday_2020_03", "ETH_USDT_1h.csv");
      await writeFile(file, ["timestamp,open,high,low,close", ...rows].join("\n"));
      const { code, stdout, stderr } = await runHardhat(["validate", "--only", "vaults", "--data", folder]);
      expect(code).to.equal(1);
      expect(stdout).to.match(/vault at 170 %: first breach in the hourly bars +12T07 +12T01 +exact {2}FAILED/);
      expect(stderr).to.match(
        /error: 4 of 12 checks failed: vaults: vault at 170 %: first breach in the hourly bars; /,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("refuses groups and directories that there are not", async () => {
    const unknown = await runHardhat(["validate", "--only", "loops"]);
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.match(/unknown --only "loops": there are loop, slippage, stairs, /);
    const nowhere = await runHardhat(["validate", "--data", "/nowhere"]);
    expect(nowhere.code).to.equal(1);
    expect(nowhere.stderr).to.include("--data: there is no directory /nowhere");
  });
});
