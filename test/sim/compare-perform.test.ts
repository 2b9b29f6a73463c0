import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { heldAtLow } from "../../sim/compare/crash.ts";
import { CONTESTANTS, type CompareJob } from "../../sim/compare/job.ts";
import { ComparePerformer } from "../../sim/compare/perform.ts";
import { createRng } from "../../sim/rng.ts";
import { findScenario } from "../../sim/scenarios/built-in.ts";
import { expectClose } from "../shared/expect-close.ts";

const JOB: CompareJob = {
  ...{ kind: "compare", scenario: "black-thursday", ending: "flat", contestant: "aave-v3", seed: "1" },
  ...{ blocks: 60, borrowers: 6, loopers: 1, lendingScale: 1, hasImpact: true },
};

describe("a job of the comparison of protocols, on the real contracts", () => {
  let connection: NetworkConnection;
  let performer: ComparePerformer;
  before(async () => {
    connection = await hre.network.create();
    performer = new ComparePerformer(hre, connection);
  });
  after(() => connection.close());

  for (const contestant of ["aave-v3", "morpho-blue"] as const) {
    it(`gives the same whatever was done before it: ${contestant}`, async () => {
      const job = { ...JOB, contestant };
      const first = await performer.perform(job);
      await performer.perform({ ...job, hasImpact: false, ending: "recorded" });
      expect(await performer.perform(job)).to.deep.equal(first);
      const other = await hre.network.create();
      try {
        expect(await new ComparePerformer(hre, other).perform(job)).to.deep.equal(first);
      } finally {
        await other.close();
      }
      expect(first.metrics.liquidations).to.be.greaterThan(0);
    });
  }

  it("puts one population, with the same debts and the same wishes, before one crash", async () => {
    const all = [];
    for (const contestant of CONTESTANTS) {
      all.push(await performer.perform({ ...JOB, contestant, hasImpact: false }));
    }
    const [breakwater, ...others] = all.map(({ metrics }) => metrics);
    const [first] = others;
    for (const metrics of others) {
      expectClose(metrics.debtAtStart / first.debtAtStart, 1, 1e-6);
      expectClose(metrics.collateralValueAtStart / first.collateralValueAtStart, 1, 1e-3);
      expect(metrics.priceLow).to.equal(first.priceLow);
    }
    expect(breakwater.debtAtStart).to.be.at.most(first.debtAtStart * 1.000001);
    expect(breakwater.priceLow).to.equal(first.priceLow);
    // Nobody liquidates: what is lost is open.
    expect(others[3]).to.include({ liquidations: 0, badDebt: 0 });
    expect(others[3].insolvency).to.be.greaterThan(others[0].insolvency);
  });

  it("counts what Aave never writes off as bad debt too", async () => {
    const { metrics } = await performer.perform({ ...JOB, contestant: "aave-v3", scenario: "flash-wick" });
    expect(metrics.badDebt).to.equal(0);
    expect(metrics.insolvency).to.be.at.least(0);
  });
});

describe("a history without its recovery", () => {
  it("is the same up to the low, and stays there", () => {
    const scenario = findScenario("black-thursday");
    const flat = heldAtLow(scenario);
    expect(flat.durationSeconds).to.equal(scenario.durationSeconds);
    const [path, recorded] = [flat, scenario].map((each) => each.path(createRng("1")));
    const low = Math.min(...recorded);
    const at = recorded.indexOf(low);
    expect(at).to.be.within(1, recorded.length - 2);
    expect(path.slice(0, at)).to.deep.equal(recorded.slice(0, at));
    expect(path.slice(at)).to.deep.equal(recorded.slice(at).map(() => low));
    expect(recorded.at(-1)).to.be.greaterThan(1.2 * low);
  });
});
