import { expect } from "chai";
import hre from "hardhat";

import type { RunResult, ShockResult } from "../../sim/metrics/run-result.ts";
import { findScenario } from "../../sim/scenarios/built-in.ts";
import { withFewerBlocks } from "../../sim/scenarios/keyframe-scenario.ts";
import { createShockScenario } from "../../sim/scenarios/shock.ts";
import { runShock, type ShockOptions } from "../../sim/shock.ts";

async function run(options: Omit<ShockOptions, "seed" | "curve"> & Partial<ShockOptions>) {
  const connection = await hre.network.create();
  try {
    return await runShock(hre, connection, { seed: "1", curve: "dutch", ...options });
  } finally {
    await connection.close();
  }
}

/** Distance of the oracle's price to the market's. */
function oracleGap({ series: { oraclePrice, marketPrice } }: RunResult) {
  const gaps = oraclePrice.map((price, i) => Math.abs(price / marketPrice[i] - 1));
  return { mean: gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length, largest: Math.max(...gaps) };
}

const inclusionOf = ({ congestion }: RunResult, label: string) => {
  const found = congestion?.inclusion.find((each) => each.label === label);
  if (found === undefined) throw new Error(`nobody sent a ${label}`);
  return found;
};

describe("Black Thursday in full blocks", () => {
  type Result = Omit<ShockResult, "command">;
  let [open, full]: Result[] = [];

  before(async () => {
    const scenario = withFewerBlocks(findScenario("black-thursday"), 1_000); // two minutes each
    const people = { scenario, borrowers: 12, loopers: 4 };
    open = await run(people);
    full = await run({ ...people, congestion: true });
  });

  it("is the same people in the same crash, but in blocks as dear as they were", () => {
    expect(open.run.congestion).to.equal(null);
    expect(full.run.series.exogenousPrice).to.deep.equal(open.run.series.exogenousPrice);
    expect(full.run.metrics.debtAtStart).to.equal(open.run.metrics.debtAtStart);
    expect(full.run.congestion?.meanBaseFeeGwei).to.be.within(45, 90);
    expect(full.run.congestion?.highestBaseFeeGwei).to.be.greaterThan(140);
    expect(full.run.hash).to.not.equal(open.run.hash);
  });

  it("has the oracle late: prices wait for blocks, some never come, and the pool goes by what is old", () => {
    for (const side of ["run", "twin"] as const) {
      const { delayed, longestWaitSeconds, expired } = inclusionOf(full[side], "publish price");
      expect(delayed).to.be.greaterThan(30);
      expect(longestWaitSeconds).to.be.within(600, 3_600);
      expect(expired).to.be.greaterThan(0);
    }
    // Without feedback the market's price is the same in both: what differs is what the oracle has heard of it.
    expect(full.twin.series.marketPrice).to.deep.equal(open.twin.series.marketPrice);
    expect(oracleGap(full.twin).mean).to.be.greaterThan(1.1 * oracleGap(open.twin).mean);
    expect(oracleGap(full.twin).largest).to.be.greaterThan(1.2 * oracleGap(open.twin).largest);
  });

  it("has liquidations late: kicks wait, accounts are for sale and under water for longer", () => {
    const kicks = inclusionOf(full.twin, "kick");
    expect(kicks.delayed + kicks.expired).to.be.greaterThan(0);
    const [late, usual] = [full.twin, open.twin];
    expect(late.metrics.liquidations).to.be.greaterThan(0);
    expect(late.auction.clearing.medianSeconds).to.be.greaterThan(usual.auction.clearing.medianSeconds ?? Infinity);
    expect(late.metrics.accountSecondsUnderWater).to.be.greaterThan(1.05 * usual.metrics.accountSecondsUnderWater);
  });

  it("counts what was never mined as that, and breaks nothing", () => {
    for (const side of [full.run, full.twin]) {
      expect(side.congestion?.expired).to.be.greaterThan(0);
      expect(side.invariants.filter(({ holds }) => !holds)).to.deep.equal([]);
      const mined = side.congestion?.inclusion.reduce((sum, each) => sum + each.mined, 0);
      expect(mined).to.equal(side.metrics.transactions);
    }
  });
});

describe("a short crash", () => {
  const scenario = createShockScenario(-0.45, 600, "WETH");
  const people = { scenario, borrowers: 10, loopers: 2 };

  it("of slow liquidators in full blocks is the same for the same seed, to the last transaction", async () => {
    const slow = { ...people, congestion: true, latency: [1, 4] as const };
    const first = await run(slow);
    expect(await run(slow)).to.deep.equal(first);
    expect(first.latencyBlocks).to.deep.equal([1, 4]);
    expect((await run({ ...slow, seed: "2" })).run.congestion).to.not.deep.equal(first.run.congestion);
  });

  it("has collateral sold later, at a larger discount, by slower liquidators", async () => {
    const quick = (await run(people)).twin;
    const slow = (await run({ ...people, latency: [10, 10] })).twin;
    expect(slow.auction.sales.seconds[0]).to.be.at.least(quick.auction.sales.seconds[0] + 10 * 12);
    expect(slow.auction.discount.oracle?.byValue).to.be.greaterThan(quick.auction.discount.oracle?.byValue ?? 1);
    expect(slow.auction.clearing.medianSeconds).to.be.greaterThan(quick.auction.clearing.medianSeconds ?? Infinity);
  });

  it("shows sales as the run's other numbers have them, and the backlog as the pool counts it", async () => {
    const { run: side } = await run({ ...people, curve: "paced", features: "measured" });
    const { auction, metrics, series } = side;
    const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
    expect(sum(auction.sales.takes)).to.equal(metrics.liquidations);
    expect(Math.abs(sum(auction.sales.repaid) - metrics.liquidatedDebt)).to.be.lessThan(1);
    expect(auction.queue.seconds).to.deep.equal(series.seconds);
    expect(auction.clearing.seconds).to.have.lengthOf(auction.clearing.count);
    expect(auction.clearing.count).to.be.greaterThan(0);
    expect(Math.max(...auction.queue.backlog)).to.be.at.most(auction.peakBacklog);
    expect(Math.min(...auction.queue.poolReserve)).to.be.greaterThan(0);
  });
});
