import { expect } from "chai";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deployBench, liquidityOf, ORACLE } from "../../sim/manipulation/bench.ts";
import { formatManipulation } from "../../sim/manipulation/format.ts";
import { measureCell, MINUTES, TARGETS, type Cell, type ManipulationReport } from "../../sim/manipulation/measure.ts";
import { expectClose } from "../shared/expect-close.ts";
import { runHardhat } from "../shared/node-process.ts";

const FEE = ORACLE.fee / 1e6;
const WINDOW = 1_800;

describe("task manipulation", () => {
  let report: ManipulationReport;
  before(async () => {
    const { code, stdout, stderr } = await runHardhat(["manipulation", "--depth", "250000", "--json"]);
    expect(code, stderr).to.equal(0);
    report = JSON.parse(stdout) as ManipulationReport;
  });

  const refused: [what: string, options: Record<string, string>, message: RegExp][] = [
    ["the depth is no number", { depth: "deep" }, /^--depth must be a positive number, got "deep"$/],
    ["the depth is zero", { depth: "0" }, /^--depth must be above zero$/],
    ["the depth is next to nothing", { depth: "99" }, /^--depth must be from 100 to 10000000000, got 99$/],
    ["the window is no time", { window: "soon" }, /^--window must be a time/],
    ["the window is too short", { window: "30s" }, /^--window must be from 1m to 4h, got 30s$/],
    ["the window is too long", { window: "5h" }, /^--window must be from 1m to 4h, got 5h$/],
  ];
  for (const [what, options, message] of refused) {
    it(`fails when ${what}`, async () => {
      const { error } = console;
      console.error = () => undefined;
      try {
        const result = (await hre.tasks
          .getTask("manipulation")
          .run({ depth: "600000", window: "30m", json: true, ...options })) as { success: boolean; error?: Error };
        expect(result.success).to.equal(false);
        expect(result.error?.message).to.match(message);
      } finally {
        console.error = error;
      }
    });
  }

  it("exits with 1 and one line for bad input", async () => {
    const { code, stdout, stderr } = await runHardhat(["manipulation", "--window", "0"]);
    expect(code).to.equal(1);
    expect(stdout).to.equal("");
    expect(stderr).to.match(/^error: --window [^\n]+\n$/);
  });

  it("fits into 100 columns", () => {
    const text = formatManipulation(report);
    expect(Math.max(...text.split("\n").map((row) => row.length))).to.be.at.most(100);
    expect(text).to.match(/^held for +1 min +2 min +5 min +10 min +30 min +60 min$/m);
    expect(text).to.include("borrow price +20 %: never, while the feed is honest");
    expect(text).to.match(/^ {2}liquidation price −20 % +after 15 min$/m);
  });

  const rowOf = (price: string, target: number, feedHonest = true) => {
    const row = report.rows.find(
      (each) => each.price === price && each.target === target && each.feedHonest === feedHonest,
    );
    if (row === undefined) throw new Error(`no row of the ${price} price at ${target}`);
    return row.cells;
  };

  it("has every price, target and time; the borrow price does not rise while the feed is honest", () => {
    expect(report.rows).to.have.lengthOf(4 * TARGETS.length);
    for (const { price, feedHonest, target, cells } of report.rows) {
      const isOut = price === "borrow" && feedHonest;
      expect(
        cells.map(({ minutes }) => minutes),
        `${price} ${target}`,
      ).to.deep.equal(isOut ? [] : [...MINUTES]);
    }
  });

  it("costs more the further, and less the longer it is held, up to ten minutes", () => {
    for (const [price, sign, feedHonest] of [
      ["liquidation", -1, true],
      ["liquidation", 1, true],
      ["borrow", 1, false],
    ] as const) {
      const rows = TARGETS.map((size) => rowOf(price, sign * size, feedHonest));
      for (const name of ["capital", "alone", "arbitraged"] as const satisfies (keyof Cell)[]) {
        for (const index of MINUTES.keys()) {
          expect(rows[1][index][name]).to.be.greaterThan(rows[0][index][name]);
          expect(rows[2][index][name]).to.be.greaterThan(rows[1][index][name]);
        }
        for (const row of rows)
          for (const index of [1, 2, 3]) expect(row[index][name]).to.be.lessThan(row[index - 1][name]);
      }
      for (const row of rows) for (const cell of row) expect(cell.arbitraged).to.be.greaterThan(cell.alone);
    }
  });

  it("costs what a constant product says", () => {
    const reserve = liquidityOf(250_000) / 2;
    expectClose(report.liquidity, 2 * reserve, 1e-3);
    expectClose(reserve / 250_000, 99.5, 0.01);
    for (const { cells } of report.rows) {
      for (const { minutes, tradeTo, capital, alone, arbitraged } of cells) {
        // What the side that is paid in grows by, and what the other shrinks by, both at the true price.
        const root = Math.sqrt(Math.max(tradeTo, 1 / tradeTo));
        const [grown, shrunk] = [reserve * (root - 1), reserve * (1 - 1 / root)];
        expectClose(capital / (grown / (1 - FEE)), 1, 1e-3);
        expectClose(alone / (((grown + shrunk) * FEE) / (1 - FEE)), 1, 2e-3);
        expectClose(arbitraged / ((grown / (1 - FEE) - shrunk) * 5 * minutes), 1, 1e-3);
      }
    }
  });

  it("trades to where mean and band give the price that was asked for", () => {
    for (const target of [-0.2, -0.05, 0.1]) {
      for (const { minutes, tradeTo } of rowOf("liquidation", target)) {
        const twapAt = (seconds: number) => tradeTo ** Math.min(1, seconds / WINDOW);
        const pokes = [12, ...Array.from({ length: minutes }, (_, minute) => 60 * (minute + 1))];
        const begun = pokes.find((seconds) => Math.abs(1 / twapAt(seconds) - 1) > 0.05) ?? 60 * minutes;
        const band = 0.05 + (0.01 * (60 * minutes - begun)) / 60;
        const reached = twapAt(60 * minutes) * (target < 0 ? 1 + band : 1 - band);
        expectClose(reached / (1 + target), 1, 2e-3);
      }
    }
  });

  it("a feed that lies is let through by the band alone: 5 % at once, then a point a minute", () => {
    const expected: Record<string, number> = { 0.05: 0, 0.1: 5, 0.2: 15 };
    for (const { price, target, minutes } of report.feed) {
      expect(minutes, `${price} ${target}`).to.equal(price === "borrow" ? null : expected[Math.abs(target)]);
    }
  });

  describe("block by block", () => {
    let connection: NetworkConnection;
    before(async () => {
      connection = await network.create();
    });
    after(() => connection.close());

    it("a minute against an arbitrageur costs what the table says", async () => {
      const bench = await deployBench(connection, 250_000, WINDOW);
      const { attacker, arbitrageur, tradeTo, balances, gainSince, at, now, poke, prices } = bench;
      const aim = { price: "liquidation", target: -0.05, feedHonest: true, minutes: 1 } as const;
      const cell = await measureCell(bench, aim);
      if (cell === undefined) throw new Error("out of reach");
      expectClose(cell.arbitraged / rowOf("liquidation", -0.05)[0].arbitraged, 1, 0.05);
      const before = await balances(attacker);
      const start = (await now()) + 12;
      for (let block = 0; block < 5; ++block) {
        await at(start + 12 * block);
        await tradeTo(attacker, cell.tradeTo);
        if (block === 1) await poke();
        // First in the next block, just before the attacker.
        await at(start + 12 * block + 11);
        await tradeTo(arbitrageur, 1);
      }
      await at(start + 60);
      await poke();
      const { liquidation, borrow } = await prices();
      expectClose(-(await gainSince(attacker, before)) / cell.arbitraged, 1, 1e-3);
      // Of each 12 seconds the arbitrageur has one.
      expect(liquidation).to.be.within(0.95, 0.95 * cell.tradeTo ** (-6 / WINDOW));
      expect(borrow).to.be.at.most(1);
    });
  });
});
