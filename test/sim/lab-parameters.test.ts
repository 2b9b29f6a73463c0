import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { DEFAULTS } from "../../sim/config.ts";
import type { Worlds } from "../../sim/deployed-world.ts";
import { StageKeeper } from "../../sim/engine/stage-keeper.ts";
import { findScenario } from "../../sim/scenarios/built-in.ts";
import { withFewerBlocks } from "../../sim/scenarios/keyframe-scenario.ts";
import { runOnce, type OnceOptions } from "../../sim/shock.ts";
import { labJob, type LabJob } from "../../sim/sweep/lab-job.ts";
import { performLabJob } from "../../sim/sweep/perform.ts";
import type { Overrides } from "../../sim/sweep/setting.ts";

const job = (changes: Overrides, parts: Partial<LabJob> = {}): LabJob =>
  labJob(
    {
      ...{ scenario: "flash-wick", blocks: 120, seed: "1", curve: "paced", features: "dynamic+breaker" },
      ...{ ordering: "fee", borrowers: 5, loopers: 2, dipBuyers: 0, ...parts },
    },
    changes,
  );

describe("a run with other parameters", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await hre.network.create();
  });
  after(() => connection.close());
  const perform = (changes: Overrides, parts: Partial<LabJob> = {}) =>
    performLabJob(hre, connection, job(changes, parts));

  it("is, with none, the run that there was before there were any", async () => {
    const usual = await perform({});
    const scenario = withFewerBlocks(findScenario("flash-wick"), 120, 300);
    const { run } = await runOnce(hre, connection, {
      ...{ scenario, seed: "1", curve: "paced", features: "dynamic+breaker", borrowers: 5, loopers: 2, dipBuyers: 0 },
    });
    expect(usual.hash).to.equal(run.hash);
    expect((await perform({ "lab.totalDebt": DEFAULTS.lab.totalDebt, "risk.z": 4 })).hash).to.equal(usual.hash);
    expect(usual.metrics.blocks).to.equal(120);
  });

  it("is another one: of agents, of the market, of the engine, of the curve, of the path", async () => {
    const { metrics } = await perform({});
    const { metrics: careful } = await perform({ "risk.z": 8 });
    expect(careful.debtAtStart).to.be.lessThan(0.96 * metrics.debtAtStart);
    const { metrics: small } = await perform({ "lab.totalDebt": 6_000_000 });
    expect(small.debtAtStart).to.be.within(0.09 * metrics.debtAtStart, 0.11 * metrics.debtAtStart);
    const { metrics: calm, amplification } = await perform({ "scenario.severity": 0 });
    expect([calm.liquidations, amplification]).to.deep.equal([0, null]);
    const others: Readonly<Record<string, number>>[] = [
      { "curve.premiumBps": 100 },
      { "market.depth": 3 },
      { "lab.flashLiquidators": 1 },
    ];
    // Where something is sold.
    const parts = { features: "static", curve: "dutch", scenario: "black-thursday" } as const;
    const sold = await perform({}, parts);
    expect(sold.metrics.liquidations).to.be.greaterThan(0);
    for (const changes of others) {
      expect((await perform(changes, parts)).hash, JSON.stringify(changes)).not.to.equal(sold.hash);
    }
  });

  it("has full blocks, slow bots and another order, as `shock` has them", async () => {
    const parts = { features: "static", curve: "dutch", scenario: "black-thursday" } as const;
    const scenario = withFewerBlocks(findScenario("black-thursday"), 120, 300);
    const crowd = { borrowers: 5, loopers: 2, dipBuyers: 0 };
    const conditions: [Overrides, Partial<LabJob>, Partial<OnceOptions>][] = [
      [{ "blocks.latency": 5 }, {}, { latency: [5, 5] }],
      [{ "blocks.full": 1 }, {}, { congestion: true }],
      [{}, { ordering: "random" }, { ordering: "random" }],
    ];
    const hashes = [(await perform({}, parts)).hash];
    for (const [changes, more, options] of conditions) {
      const { hash } = await perform(changes, { ...parts, ...more });
      const { run } = await runOnce(hre, connection, {
        ...{ scenario, seed: "1", curve: "dutch", features: "static", ...crowd, ...options },
      });
      expect(hash).to.equal(run.hash);
      hashes.push(hash);
    }
    expect(new Set(hashes).size).to.equal(4);
  });

  it("lists a static pool as it says, while everybody wishes for the same", async () => {
    const listed = { "wishes.borrowFactorBps": 8_000, "wishes.liquidationFactorBps": 8_250 };
    const lent = async (borrowFactorBps: number) => {
      const changes = { ...listed, "profile.borrowFactorBps": borrowFactorBps };
      return (await perform(changes, { features: "static", scenario: "flash-wick" })).metrics.debtAtStart;
    };
    expect(await lent(5_000)).to.be.lessThan(0.9 * (await lent(8_000)));
  });

  it("is the same in a world that was kept, whatever happened there before", async () => {
    const parts = { scenario: "black-thursday", features: "static", curve: "dutch", blocks: 300 } as const;
    const blockNumber = () => connection.provider.request({ method: "eth_blockNumber" });
    const found = await blockNumber();
    const worlds: Worlds = new StageKeeper();
    const jobs = [
      ...["1", "2", "1"].map((seed) => job({}, { ...parts, seed })),
      job({ "curve.premiumBps": 100 }, parts), // another world
      job({}, { blocks: 60, features: "measured", scenario: "flash-wick" }), // which is not kept
      job({}, parts),
    ];
    const kept = [];
    for (const each of jobs) kept.push(await performLabJob(hre, connection, each, worlds));
    expect(await blockNumber()).not.to.equal(found);
    await worlds.close();
    expect(await blockNumber()).to.equal(found);
    const [first, second, again, other, measured, last] = kept;
    for (const i of [0, 1, 3, 4]) {
      expect(await performLabJob(hre, connection, jobs[i]), `job ${i}`).to.deep.equal(kept[i]);
    }
    expect([again, last]).to.deep.equal([first, first]);
    expect(new Set([first, second, other, measured].map(({ hash }) => hash)).size).to.equal(4);
    expect(first.metrics.liquidations).to.be.greaterThan(0);
  });
});
