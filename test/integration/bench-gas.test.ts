import { expect } from "chai";
import hre from "hardhat";
import { readFileSync } from "node:fs";

import { sectionOf } from "../../bench/gas/document.ts";
import { REASONS } from "../../bench/gas/reasons.ts";
import { OWN_ROWS, ROWS } from "../../bench/gas/rows.ts";
import { runBench, type Run } from "../../bench/gas/run.ts";
import { dearer, linesOf, readTable } from "../../bench/gas/table.ts";
import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

const DOCUMENT = readFileSync(new URL("../../docs/benchmarks.md", import.meta.url), "utf8");
/** A change of the compiler or of a rate moves a figure by less than this; more asks for `npm run bench:gas`. */
const TOLERANCE = 0.01;
const [MORPHO, AAVE] = [0, 1];

describe("gas bench", () => {
  let run: Run;

  before(async function () {
    skipUnderCoverage(this);
    run = await runBench(hre);
  });
  after(() => run?.close());

  it("measures every row for everybody who has such a thing", () => {
    const missing = (rival: number) =>
      linesOf(run)
        .filter(({ rivals }) => rivals[rival] === undefined)
        .map(({ id }) => id);
    expect(missing(AAVE)).to.deep.equal(["kick"]);
    const three = ["borrow-three-first", "borrow-three", "collateral-out-three", "liquidate-three"];
    expect(missing(MORPHO)).to.have.members([...three, "kick", "flash-loan-for"]);
  });

  it("is dearer than the cheapest rival only where a reason is given, and gives none elsewhere", () => {
    expect(dearer(linesOf(run)).map(({ id }) => id)).to.have.members(Object.keys(REASONS));
  });

  it("gives the figures of docs/benchmarks.md, within a per cent", () => {
    const documented = readTable(sectionOf(DOCUMENT, "gas"));
    const stale: string[] = [];
    for (const { title, ours, rivals, real } of [...linesOf(run), ...linesOf(run, OWN_ROWS)]) {
      const cells = documented.get(title) ?? [];
      const then = [...cells.slice(0, -2), ...cells.slice(-1)]; // without the ratio
      for (const [i, gas] of [ours, ...rivals, real].entries()) {
        const limit = (gas ?? 0) * TOLERANCE;
        const isSame = gas === undefined ? then[i] === undefined : Math.abs((then[i] ?? 0) - gas) <= limit;
        if (!isSame) stale.push(`${title}, column ${i + 1}: documented ${then[i]}, measured ${gas}`);
      }
    }
    expect(stale, "npm run bench:gas writes them anew").to.deep.equal([]);
    expect(documented.size, "rows that are no longer measured").to.equal(ROWS.length + OWN_ROWS.length + 1);
  });

  it("explains on that page each row in which a rival is cheaper", () => {
    const explained = sectionOf(DOCUMENT, "gas-why");
    for (const { id, title } of dearer(linesOf(run))) {
      expect(explained).to.include(`**${title}: `);
      expect(explained).to.include(REASONS[id].text);
    }
  });

  it("finds in a trace of opcodes all the gas of a transaction", async () => {
    const s = await run.trace("ours", "collateral");
    expect(s.total).to.equal(run.ours.collateral);
    const kinds = [s.transaction, s.callsGas, s.coldSlotsGas, s.warmReadsGas, s.writesGas, s.logsGas, s.transientGas];
    expect(kinds.reduce((sum, gas) => sum + gas, s.code - s.refund)).to.equal(s.total);
    // The collateral's books and the account's amount; two balances of the token, and the allowance.
    expect([s.coldSlots, s.writes, s.newWrites, s.coldAddresses]).to.deep.equal([5, 4, 0, 1]);
  });
});
