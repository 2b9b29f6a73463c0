import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { ScenarioEntry } from "../../tasks/scenarios.ts";
import { BUILT_IN_SCENARIOS } from "../../sim/scenarios/built-in.ts";
import { runHardhat } from "../shared/node-process.ts";
import { expectClose } from "../shared/expect-close.ts";

describe("task scenarios", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-scenarios-"));
  });
  after(() => rm(directory, { recursive: true }));

  it("lists and explains every scenario within 100 columns", async () => {
    const { code, stdout, stderr } = await runHardhat(["scenarios"]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^black-thursday +WETH\/USDC +31 h +1860 × 60 s +−56 % +25\.9 h$/m);
    expect(stdout).to.match(/^jump-diffusion .* ≈ −\d\d % /m);
    expect(stdout).to.match(/^oracle-lag .*\n(?: {2}.*\n)+ {2}\+ feed 0:45 to 3:45: it is 20 m late$/m);
    for (const { name } of BUILT_IN_SCENARIOS) expect(stdout).to.include(`\n${name} `);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).to.be.at.most(100);
  });

  it("prints JSON and nothing else with --json", async () => {
    const { code, stdout, stderr } = await runHardhat(["scenarios", "--json"]);
    expect(code, stderr).to.equal(0);
    const entries = JSON.parse(stdout) as ScenarioEntry[];
    expect(entries.map(({ name }) => name)).to.deep.equal(BUILT_IN_SCENARIOS.map(({ name }) => name));
    expect(entries[0]).to.include({ name: "black-thursday", kind: "history", asset: "WETH", durationSeconds: 111_600 });
    expect(entries[0]).to.include({ blocks: 1860, drawnSeeds: 0, hasCongestionProfile: true, lowest: 86 });
    expectClose(entries[0].fall, 0.56, 0.001);
    for (const entry of entries) {
      expect(entry.blocks * entry.blockSeconds).to.equal(entry.durationSeconds);
      expect(entry.stresses.length > 0).to.equal(entry.kind === "stress");
    }
  });

  it("shows all of one, by its name or its file, of code or of prices", async () => {
    const file = path.join(directory, "my prices.csv");
    const rows = ["2024-01-01T00:00:00Z,100,100,90,95", "2024-01-01T01:00:00Z,95,96,75,80"];
    await writeFile(file, ["timestamp,open,high,low,close", ...rows, ""].join("\n"));
    const { code, stdout, stderr } = await runHardhat(["scenarios", "--show", "luna-collapse"]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^largest fall {2}−99 % within 2\.5 d, lowest 0\.6900, for every seed$/m);
    expect(stdout).to.match(/^prices +Chosen highs, lows and hourly closes of Binance LUNA\/USDT/m);
    const template = await runHardhat(["scenarios", "--show", "sim/scenarios/template.ts"]);
    expect(template.code, template.stderr).to.equal(0);
    expect(template.stdout).to.match(/^stress +drought 0:40 to 2:00: 50 %/m);
    expect(template.stdout).to.match(/^npx hardhat shock --scenario sim\/scenarios\/template\.ts$/m);
    const prices = await runHardhat(["scenarios", "--show", file]);
    expect(prices.code, prices.stderr).to.equal(0);
    expect(prices.stdout)
      .to.match(/^largest fall {2}−25 % within .*, lowest 75\.00, for every seed$/m)
      .and.include(`\nnpx hardhat shock --scenario '${file}'\n`);
    const unknown = await runHardhat(["scenarios", "--show", "white-friday"]);
    expect([unknown.code, unknown.stdout]).to.deep.equal([1, ""]);
    expect(unknown.stderr).to.match(/^error: unknown scenario "white-friday": there are black-thursday, /);
  });
});
