import { expect } from "chai";
import { readFile } from "node:fs/promises";
import path from "node:path";

import hre from "hardhat";

import { sectionOf } from "../../bench/gas/document.ts";
import { readTable } from "../../bench/gas/table.ts";
import { createMetrics } from "../../scripts/keeper/metrics.ts";
import { GROUP_NAMES } from "../../sim/validation/validate.ts";
import { CHECKS } from "../shared/expect-checks.ts";

const ROOT = path.resolve(import.meta.dirname, "..", "..");
const read = (file: string) => readFile(path.join(ROOT, file), "utf8");

/** Row of the README's gas table, and the row of the bench that it shows. */
const GAS_ROWS: Readonly<Record<string, string>> = {
  supply: "supply, again",
  withdraw: "withdraw a part",
  "supply collateral": "supply collateral, again",
  "borrow, one collateral": "borrow, again, one collateral",
  "borrow, three collaterals": "borrow, again, three collaterals",
  repay: "repay a part",
  "withdraw collateral with debt": "withdraw collateral with debt, one collateral",
  "liquidate at once": "liquidate at once (our take without a kick)",
  "liquidate, each of three in a batch": "liquidate: each of three in a batch",
  "flash loan": "flash loan, taken by a contract",
};

/** Of a cell such as "`keeper_head_block`, `_indexed_block`": a name that begins with "_" goes on where the first one began. */
function metricNames(cell: string): string[] {
  const names = [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  return names.map((name) => (name.startsWith("_") ? completed(name, names[0]) : name));
}

const completed = (name: string, first: string) => (first.endsWith("_block") ? `keeper${name}` : `${first}${name}`);

describe("README.md", () => {
  it("gives the gas that docs/benchmarks.md gives", async () => {
    const bench = readTable(sectionOf(await read("docs/benchmarks.md"), "gas"));
    const expected = Object.entries(GAS_ROWS).map(([row, title]) => [row, ...(bench.get(title) ?? []).slice(0, 3)]);
    const table = (await read("README.md")).split("## Gas")[1].split("\n## ")[0];
    const rows = [...readTable(table)].map(([row, gas]) => [row, ...gas]);
    expect(rows).to.deep.equal(expected);
  });

  it("says how many checks validate makes, as the tests of its groups count them", async () => {
    const text = (await read("README.md")).replaceAll(/\s+/g, " ");
    const said = /`npx hardhat validate` holds [^.]*: (\d+) checks\./.exec(text)?.[1];
    expect(Object.keys(CHECKS)).to.have.members([...GROUP_NAMES]);
    expect(Number(said)).to.equal(Object.values(CHECKS).reduce((sum, count) => sum + count, 0));
  });

  it("has only links that lead somewhere, as have the documents", async () => {
    const missing: string[] = [];
    for (const file of [
      "README.md",
      "CONTRIBUTING.md",
      "docs/benchmarks.md",
      "docs/protocol.md",
      "docs/simulator.md",
      "docs/parameters.md",
      "docs/risk-model.md",
      "docs/risk-matrix.md",
      "docs/manipulation.md",
      "docs/keeper.md",
      "docs/threat-model.md",
    ]) {
      for (const [, target] of (await read(file)).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
        await read(path.join(path.dirname(file), target)).catch(() => missing.push(`${file}: ${target}`));
      }
    }
    expect(missing).to.deep.equal([]);
  });

  it("lists every option and metric of the keeper", async () => {
    const text = await read("docs/keeper.md");
    for (const name of hre.tasks.getTask("keeper").options.keys()) {
      expect(text).to.include(`\`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}\``);
    }
    const documented = [...text.matchAll(/^\| (`keeper_.*?) +\|/gm)].flatMap(([, cell]) => metricNames(cell));
    const metrics = await createMetrics().registry.getMetricsAsJSON();
    expect(metrics.map(({ name }) => name).filter((name) => name !== "keeper_info")).to.have.members(documented);
  });

  it("names in the threat model only tests that there are", async () => {
    const text = await read("docs/threat-model.md");
    const named = [...text.matchAll(/`((?:test\/[\w/-]+\/)?[\w-]+\.test\.ts)`/g)].map(([, name]) => name);
    expect(named).to.have.length.greaterThan(10);
    let folder = "";
    for (const name of named) {
      if (name.includes("/")) folder = path.dirname(name); // those that follow are beside it
      await read(path.join(folder, path.basename(name)));
    }
  });
});
