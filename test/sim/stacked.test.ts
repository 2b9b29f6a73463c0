import { readFileSync } from "node:fs";

import { expect } from "chai";
import hre from "hardhat";

import type { ShockResult } from "../../sim/metrics/run-result.ts";
import { formatShockTable } from "../../sim/report/table.ts";
import { createKeyframeScenario } from "../../sim/scenarios/keyframe-scenario.ts";
import { runShock } from "../../sim/shock.ts";
import { checkSchema, type Schema } from "../shared/check-schema.ts";
import { expectClose } from "../shared/expect-close.ts";

const HOUR = 3_600;
const scenario = createKeyframeScenario({
  ...{ name: "stacked", title: "A pool on a pool's shares", description: "d", source: "", asset: "WETH", loan: "USDC" },
  ...{ blockSeconds: 60, volatilityBefore: { fast: 0.04, slow: 0.04 }, volatility: 0.5 },
  keyframes: [
    { seconds: 0, price: 2_000 },
    { seconds: 0.25 * HOUR, price: 2_000 },
    { seconds: 1 * HOUR, price: 850 },
    { seconds: 2 * HOUR, price: 900 },
  ],
  stress: {
    droughts: [{ fromSeconds: 0, toSeconds: 2 * HOUR, exchangeShare: 0.5, venueShare: 0.5 }],
    stack: { debtShare: 0.1, loopers: 4, borrowFactorBps: 9_000, liquidationFactorBps: 9_200 },
  },
});

describe("a pool on a pool's shares", () => {
  let result: Omit<ShockResult, "command">;
  before(async () => {
    const connection = await hre.network.create();
    try {
      result = await runShock(hre, connection, { scenario, seed: "1", borrowers: 20, loopers: 4, curve: "dutch" });
    } finally {
      await connection.close();
    }
  });

  const stackOf = (run: ShockResult["run"]) => {
    if (run.stack === undefined) throw new Error("there was no second pool");
    return run.stack;
  };

  it("has the debt that the scenario says, at a leverage that the second pool lends", () => {
    const { debtAtStart, looperEquityAtStart } = stackOf(result.run);
    expectClose(debtAtStart / 6e6, 1, 0.01);
    const ltv = debtAtStart / (debtAtStart + looperEquityAtStart);
    expect(ltv).to.be.within(0.8, 0.9);
  });

  it("feels the first pool's loss through the share: the rate falls by what its lenders lose, all of them alike", () => {
    const { metrics, agents } = result.run;
    const { shareRateAtEnd } = stackOf(result.run);
    expect(metrics.lenderLoss).to.be.greaterThan(3e6);
    const lenders = agents.find(({ kind }) => kind === "lender");
    if (lenders === undefined) throw new Error("no lenders");
    // Some left on the way, at the rate of the moment.
    expectClose(shareRateAtEnd, lenders.equityAtEnd / lenders.equityAtStart, 0.03);
    expect(shareRateAtEnd).to.be.lessThan(0.93);
  });

  it("liquidates its loopers by the rate that its oracle reads from the first pool, and so do losses travel", () => {
    const [run, twin] = [stackOf(result.run), stackOf(result.twin)];
    expect(run.accountsLiquidated).to.be.greaterThan(0);
    expect(run.liquidatedDebt).to.be.greaterThan(0);
    expect(run.looperEquityAtEnd).to.be.lessThan(0.5 * run.looperEquityAtStart);
    expect(run.shareRateLow).to.be.lessThan(twin.shareRateLow);
    const desk = result.run.agents.find(({ kind }) => kind === "share liquidator");
    expect(desk?.transactions).to.be.greaterThan(0);
  });

  it("keeps its books: its invariants hold, and are told apart from the first one's", () => {
    const second = result.run.invariants.filter(({ detail }) => detail.startsWith("second pool, "));
    expect(second.map(({ id }) => id)).to.deep.equal(["INV-01", "INV-02", "INV-06"]);
    for (const { holds, detail } of result.run.invariants) expect(holds, detail).to.equal(true);
  });

  it("is in the result as its schema has it, and in the table", () => {
    const schema = JSON.parse(readFileSync("docs/result.schema.json", "utf8")) as Schema;
    expect(
      checkSchema(schema, JSON.parse(JSON.stringify({ ...result, command: "c" })), "result", schema),
    ).to.deep.equal([]);
    const table = formatShockTable({ ...result, command: "c" });
    expect(table).to.match(
      /^stacked pool: 4 loopers owe 10 % of the first pool's debt on its shares, listed at 90 %$/m,
    );
    expect(table).to.match(/^ {2}first pool's share, at its lowest +−\d+\.\d %/m);
    expect(table).to.match(/^ {2}stack looper +4 /m);
    expect(Math.max(...table.split("\n").map((line) => line.length))).to.be.at.most(100);
  });
});
