import { expect } from "chai";

import { sectionOf, withSections } from "../../bench/gas/document.ts";
import { REASONS, reasonOf } from "../../bench/gas/reasons.ts";
import { MEASURED, ROWS, type Gas } from "../../bench/gas/rows.ts";
import type { Results } from "../../bench/gas/run.ts";
import { dearer, gasTable, linesOf, markdownTable, readTable } from "../../bench/gas/table.ts";

const gas = (of: number, changes: Gas = {}): Gas => ({
  ...Object.fromEntries(MEASURED.map((id) => [id, of])),
  ...changes,
});

const results = (changes: Partial<Results> = {}): Results => ({
  ...{ ours: gas(50_000), real: gas(60_000), swap: 110_000 },
  rivals: [
    { name: "A", gas: gas(80_000, { supply: 49_999, "borrow-three": undefined }) },
    { name: "B", gas: gas(90_000) },
  ],
  ...changes,
});

const DOCUMENT = [
  "# Title",
  "<!-- begin gas: written by npm run bench:gas -->",
  "old",
  "<!-- end gas -->",
  "between",
  "<!-- begin gas-why: written by npm run bench:gas -->",
  "<!-- end gas-why -->",
  "after",
].join("\n");

describe("gas bench: table and page", () => {
  describe("linesOf", () => {
    it("throws when something of ours was not measured", () => {
      const { repay: _, ...others } = gas(50_000);
      expect(() => linesOf(results({ ours: others }))).to.throw("repay was not measured");
      expect(() => linesOf(results({ real: others }))).to.throw("repay was not measured");
    });

    it("compares with the cheapest rival that has such a thing", () => {
      const lines = new Map(linesOf(results()).map((line) => [line.id, line]));
      expect(lines.get("supply")).to.include({ ours: 50_000, cheapest: 49_999, real: 60_000 });
      expect(lines.get("borrow-three")?.rivals).to.deep.equal([undefined, 90_000]);
      expect(lines.get("borrow-three")?.cheapest).to.equal(90_000);
      expect(lines.get("kick")?.cheapest).to.equal(undefined);
    });

    it("adds kick and take, and shares a batch out among its three", () => {
      const ours = gas(50_000, { kick: 1_000, take: 2_000, "take-batch": 100_000 });
      const lines = new Map(linesOf(results({ ours })).map((line) => [line.id, line]));
      expect(lines.get("kick-and-take")).to.include({ ours: 3_000, cheapest: 80_000 });
      expect(lines.get("take-each")).to.include({ ours: 33_334, cheapest: 80_000 });
    });
  });

  it("finds the rows that are dearer by a unit, and no equal ones", () => {
    expect(dearer(linesOf(results())).map(({ id }) => id)).to.deep.equal(["supply", "supply-capped", "kick-and-take"]);
    const equal = results({ rivals: [{ name: "A", gas: gas(50_000) }] });
    expect(dearer(linesOf(equal)).map(({ id }) => id)).to.deep.equal(["kick-and-take"]);
  });

  it("reads back the table that it writes", () => {
    const read = readTable(gasTable(results()));
    expect(read.get("supply, again")).to.deep.equal([50_000, 49_999, 90_000, 1, 60_000]);
    expect(read.get("borrow, again, three collaterals")).to.deep.equal([50_000, undefined, 90_000, 0.56, 60_000]);
    for (const { title } of ROWS) expect(read.has(title), title).to.equal(true);
  });

  it("writes tables as prettier has them", () => {
    const table = markdownTable([
      ["a", "gas"],
      ["longer", "1,000"],
    ]);
    expect(table).to.equal("| a      |   gas |\n| ------ | ----: |\n| longer | 1,000 |");
  });

  describe("page", () => {
    it("is changed between the markers alone, and not at all the second time", () => {
      const once = withSections(DOCUMENT, { gas: "new $& table", "gas-why": "because" });
      expect(sectionOf(once, "gas")).to.equal("new $& table");
      expect(sectionOf(once, "gas-why")).to.equal("because");
      for (const kept of ["# Title", "between", "after"]) expect(once).to.include(kept);
      expect(once).not.to.include("old");
      expect(withSections(once, { gas: "new $& table", "gas-why": "because" })).to.equal(once);
    });

    it("throws when a marker is missing", () => {
      const broken = DOCUMENT.replace("<!-- end gas-why -->", "");
      expect(() => withSections(broken, { gas: "", "gas-why": "" })).to.throw("no place for gas-why");
    });
  });

  it("stops at a dearer row without a reason", () => {
    expect(() => reasonOf("no such row")).to.throw("nobody says why");
    for (const id of Object.keys(REASONS)) expect(ROWS.map((row) => row.id)).to.include(id);
  });
});
