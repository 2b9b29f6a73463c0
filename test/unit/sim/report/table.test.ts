import { stripVTControlCharacters } from "node:util";

import { expect } from "chai";

import type { ShockResult } from "../../../../sim/metrics/run-result.ts";
import { wantsColour } from "../../../../sim/report/style.ts";
import { formatShockTable } from "../../../../sim/report/table.ts";
import { BUILT_IN_SCENARIOS } from "../../../../sim/scenarios/built-in.ts";
import { sampleCongestion, sampleResult } from "../../../shared/sample-result.ts";

describe("#formatShockTable", () => {
  const table = formatShockTable(sampleResult());

  for (const line of [
    /^Black Thursday, 12–13 March 2020$/,
    /^USDC lent against WETH, 31 h in 1,860 blocks of 60 s, dutch curve, seed 1$/,
    /^200 borrowers, 20 loopers, 5 lenders; at the start 5,200,000 USDC owed on 10,400,000$/,
    /^ +with feedback +without$/,
    /^ {2}bad debt \[USDC\] +14,968 +14,968$/,
    /^ {4}of it borne by lenders +4,989 +4,989$/,
    /^ {2}shortfall of accounts still open +0 +0$/,
    /^ {2}debt liquidated \[USDC\] +1,209,182 +1,209,182$/,
    /^ {2}accounts liquidated +131 in 240 takes +131 in 240 takes$/,
    /^ {2}discount to the market, by value \(mean\) +2\.10 % \(2\.00 %\) +2\.10 % \(2\.00 %\)$/,
    /^ {4}to the oracle's price +3\.10 % \(3\.00 %\) +3\.10 % \(3\.00 %\)$/,
    /^ {2}time to clear: median, of nine tenths +10\.0 min, longer +10\.0 min, longer$/,
    /^ {4}still for sale at the end +1 of 3 +1 of 3$/,
    /^ {2}most debt for sale, of the depth y +2\.08M, 20\.0 % +2\.08M, 20\.0 %$/,
    /^ {4}oldest price: longest lag +18 min +18 min$/,
    /^ {2}time under water, all accounts +\S.* +5 h 35 min$/,
    /^ {4}low, outside market +80\.80 \(−58\.5 %\) +86\.00 \(−55\.8 %\)$/,
    /^ {2}exogenous low +86\.00$/,
    /^ {2}amplification +1\.048 ×$/,
    /^ {2}liquidator +2 +500,000 +599,233 +99,233 +25 +80 +14$/, // both together
    /^ {2}looper +20 +1,100,000 +228,797 +−871,203 +250 +800 +0$/,
    /^ {2}2 invariants hold: INV-01, INV-02$/,
  ]) {
    it(`has the line ${line.source.slice(0, 60)}`, () => {
      expect(table.split("\n").filter((text) => line.test(text))).to.have.lengthOf(1);
    });
  }

  it("says what was slow, and how long transactions waited, only where something was", () => {
    expect(table).to.not.match(/blocks are full|liquidators act|base fee|wait of/);
    const result = sampleResult();
    const congestion = sampleCongestion(10, 12);
    const slow = formatShockTable({
      ...{ ...result, congestion: true, latencyBlocks: [1, 5] },
      ...{ run: { ...result.run, congestion }, twin: { ...result.twin, congestion } },
    });
    expect(slow).to.match(/\nblocks are full; liquidators act after 1 to 5 blocks\n/);
    expect(slow).to.match(/\n {2}base fee: mean, highest \[gwei\] +80, 210 +80, 210\n/);
    expect(slow).to.match(/\n {4}wait of prices: mean, longest +15 s, 4 min 12 s +15 s, 4 min 12 s\n/);
    expect(slow).to.match(/\n {4}of kicks +15 s, 4 min 12 s +15 s, 4 min 12 s\n {4}of takes +– +–\n/);
    expect(slow).to.match(/\n {4}transactions never mined +7 +7\n/);
  });

  for (const { name } of BUILT_IN_SCENARIOS) {
    it(`fits 100 columns: ${name}`, () => {
      const long = { ...sampleResult(name), seed: "s".repeat(64) };
      for (const line of formatShockTable(long).split("\n")) expect(line.length, line).to.be.at.most(100);
    });
  }

  it("is plain without colours, and the same text with them", () => {
    expect(table).to.equal(stripVTControlCharacters(table));
    const coloured = formatShockTable(sampleResult(), true);
    expect(coloured).to.include("\x1b[31m").and.to.include("\x1b[32m");
    expect(stripVTControlCharacters(coloured)).to.equal(table);
  });

  it("shows no alarm where nothing was lost", () => {
    const result = sampleResult("flash-wick");
    expect(result.run.metrics.badDebt).to.equal(0);
    expect(
      formatShockTable(
        { ...result, run: { ...result.run, metrics: { ...result.run.metrics, badDebt: 0, lenderLoss: 0 } } },
        true,
      ),
    ).to.not.include("\x1b[31m");
  });

  it("names each broken invariant, of the twin too", () => {
    const result = sampleResult();
    const broken = { id: "INV-03", holds: false, detail: "pool owes 5, has 4" };
    const spoiled: ShockResult = {
      ...result,
      twin: { ...result.twin, invariants: [...result.twin.invariants, broken] },
    };
    expect(formatShockTable(spoiled)).to.include("\n  INV-03 is BROKEN: pool owes 5, has 4");
    expect(formatShockTable(spoiled)).to.not.include("invariants hold");
  });

  it("says so if there is no amplification to measure", () => {
    const text = formatShockTable({ ...sampleResult(), amplification: null });
    expect(text).to.match(/amplification +none: without feedback the price never fell/);
  });
});

describe("#wantsColour", () => {
  const terminal = { isTTY: true };
  const cases: [environment: Record<string, string>, stream: { isTTY?: boolean }, colour: boolean][] = [
    [{}, terminal, true],
    [{}, {}, false],
    [{ NO_COLOR: "1" }, terminal, false],
    [{ NO_COLOR: "" }, terminal, true],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, terminal, false],
    [{ FORCE_COLOR: "1" }, {}, true],
    [{ FORCE_COLOR: "0" }, terminal, false],
    [{ TERM: "dumb" }, terminal, false],
  ];
  for (const [environment, stream, colour] of cases) {
    const where = stream.isTTY === true ? "a terminal" : "a pipe";
    it(`says ${colour ? "yes" : "no"} to ${where} with ${JSON.stringify(environment)}`, () => {
      expect(wantsColour(stream, environment)).to.equal(colour);
    });
  }
});
