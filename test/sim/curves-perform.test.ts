import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import type { CurveJob } from "../../sim/curves/job.ts";
import { CurvePerformer, profileAt } from "../../sim/curves/perform.ts";
import { LAB, RISK } from "../../sim/config.ts";
import { expectClose } from "../shared/expect-close.ts";

const JOB: CurveJob = {
  ...{ kind: "curve", seed: "1", depth: 1, fall: 35, path: "flat", curve: "dutch", code: "", hasImpact: true },
  ...{ blocks: 56, borrowers: 8, loopers: 2 },
};

describe("a job of the comparison of curves, on the real contracts", () => {
  let connection: NetworkConnection;
  let performer: CurvePerformer;
  before(async () => {
    connection = await hre.network.create();
    performer = new CurvePerformer(hre, connection);
  });
  after(() => connection.close());

  it("gives the same whatever was done before it, in the same world, another one or none", async () => {
    const first = await performer.perform(JOB);
    await performer.perform({ ...JOB, curve: "fixed" });
    expect(await performer.perform(JOB)).to.deep.equal(first);
    await performer.perform({ ...JOB, depth: 5, curve: "never" });
    expect(await performer.perform(JOB)).to.deep.equal(first);
    const other = await hre.network.create();
    try {
      expect(await new CurvePerformer(hre, other).perform(JOB)).to.deep.equal(first);
    } finally {
      await other.close();
    }
  });

  it("sells by the curve that it names, to another price", async () => {
    const [dutch, fixed] = [await performer.perform(JOB), await performer.perform({ ...JOB, curve: "fixed" })];
    expect(dutch.metrics.liquidations).to.be.greaterThan(0);
    expect(fixed.metrics.liquidations).to.be.greaterThan(0);
    expect(dutch.hash).not.to.equal(fixed.hash);
    expect(dutch.metrics.debtAtStart).to.be.within(0.999 * LAB.totalDebt, 1.001 * LAB.totalDebt);
  });

  it("has nobody sell where nobody liquidates: the price is the exogenous one, and what is lost is open", async () => {
    const { metrics } = await performer.perform({ ...JOB, curve: "never" });
    expect(metrics).to.include({ liquidations: 0, badDebt: 0 });
    expectClose(metrics.priceLow / metrics.priceAtStart, 0.65, 5e-3);
    expect(metrics.insolvency).to.be.greaterThan(0);
    const sold = await performer.perform(JOB);
    expect(sold.metrics.priceLow).to.be.lessThan(metrics.priceLow);
  });

  it("moves no price in the twin", async () => {
    const { metrics } = await performer.perform({ ...JOB, hasImpact: false });
    expectClose(metrics.priceLow / metrics.priceAtStart, 0.65, 1e-9);
    expect(metrics.liquidations).to.be.greaterThan(0);
  });

  it("loses less in a deeper market", async () => {
    const lossAt = async (depth: number) => {
      const { metrics } = await performer.perform({ ...JOB, depth });
      return metrics.badDebt + metrics.insolvency;
    };
    expect(await lossAt(5)).to.be.lessThan(await lossAt(0.2));
  });

  it("tells the pool how deep its market is, and leaves its factors alone", async () => {
    for (const depth of [0.1, 2]) {
      const { state, world } = await performer.show({ ...JOB, depth });
      const { borrowFactorBps, liquidationFactorBps } = world.profile;
      expect(state.liquidationFactorBps).to.equal(BigInt(liquidationFactorBps));
      expect(state.borrowFactor).to.be.at.most(borrowFactorBps / 1e4);
      expectClose(state.reserve / (LAB.totalDebt * (depth / 2)), 1, 5e-3);
      expectClose(state.liquidationDiscount, RISK.factors.betaBps / 1e4, 1e-9);
      expectClose(world.poolDepth / LAB.totalDebt, profileAt(depth).poolDepthShare, 1e-12);
      expect(state.breakerLevel).to.equal(0);
    }
  });
});
