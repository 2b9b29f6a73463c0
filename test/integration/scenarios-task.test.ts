import { expect } from "chai";

import type { ScenarioEntry } from "../../tasks/scenarios.ts";
import { runHardhat } from "../shared/node-process.ts";
import { expectClose } from "../shared/expect-close.ts";

describe("task scenarios", () => {
  it("lists every scenario within 100 columns", async () => {
    const { code, stdout, stderr } = await runHardhat(["scenarios"]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^black-thursday +WETH\/USDC +31 h +1860 × 60 s +−56 %$/m);
    for (const name of ["may-19", "terra-week", "ftx-fall", "usdc-depeg", "flash-wick", "slow-bleed"])
      expect(stdout).to.include(`\n${name} `);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).to.be.at.most(100);
  });

  it("prints JSON and nothing else with --json", async () => {
    const { code, stdout, stderr } = await runHardhat(["scenarios", "--json"]);
    expect(code, stderr).to.equal(0);
    const entries = JSON.parse(stdout) as ScenarioEntry[];
    expect(entries).to.have.lengthOf(7);
    expect(entries[0]).to.include({ name: "black-thursday", asset: "WETH", durationSeconds: 111_600, blocks: 1860 });
    expectClose(entries[0].fall, 0.56, 0.001);
    for (const entry of entries) expect(entry.blocks * entry.blockSeconds).to.equal(entry.durationSeconds);
  });
});
