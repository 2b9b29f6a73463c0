import { expect } from "chai";
import hre from "hardhat";

import type { RunResult, ShockResult } from "../../sim/metrics/run-result.ts";
import { createKeyframeScenario, type KeyframeScenario } from "../../sim/scenarios/keyframe-scenario.ts";
import type { Stress } from "../../sim/scenarios/stress.ts";
import { runShock } from "../../sim/shock.ts";
import { UserError } from "../../sim/user-error.ts";

const MINUTE = 60; // [s]

/** A fall of 40 % in half an hour, and an hour of calm. */
function crash(stress?: Stress, blockSeconds = 60, scale = 1): KeyframeScenario {
  return createKeyframeScenario({
    ...{ name: "crash", title: "t", description: "d", source: "", asset: "WETH", loan: "USDC", blockSeconds },
    ...{ volatilityBefore: { fast: 0.04, slow: 0.04 }, volatility: 0.5 },
    keyframes: [
      { seconds: 0, price: 2_000 },
      { seconds: 10 * MINUTE * scale, price: 2_000 },
      { seconds: 40 * MINUTE * scale, price: 1_200 },
      { seconds: 100 * MINUTE * scale, price: 1_250 },
    ],
    ...(stress === undefined ? {} : { stress }),
  });
}

type Shock = Omit<ShockResult, "command">;

async function run(scenario: KeyframeScenario, network?: string): Promise<Shock> {
  const connection = await hre.network.create(network);
  try {
    return await runShock(hre, connection, { scenario, seed: "1", borrowers: 16, loopers: 4, curve: "dutch" });
  } finally {
    await connection.close();
  }
}

const sold = ({ metrics }: RunResult) => metrics.liquidatedDebt;
const meanDistance = ({ series }: RunResult) => {
  const distances = series.oraclePrice.map((price, i) => Math.abs(price / series.marketPrice[i] - 1));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
};

describe("stresses on the real contracts", () => {
  let calm: Shock;
  before(async () => {
    calm = await run(crash());
  });

  function expectHealthy({ run: withFeedback, twin }: Shock): void {
    for (const { holds, detail } of [...withFeedback.invariants, ...twin.invariants]) {
      expect(holds, detail).to.equal(true);
    }
  }

  it("together are the same to the bit in two runs", async () => {
    const during = { fromSeconds: 10 * MINUTE, toSeconds: 60 * MINUTE };
    const stress: Stress = {
      droughts: [{ ...during, exchangeShare: 0.6, venueShare: 0.5 }],
      feedOutages: [{ ...during, kind: "late", lagSeconds: 5 * MINUTE }],
      isCongested: true,
      lenderRun: { atSeconds: 15 * MINUTE, overSeconds: 20 * MINUTE, share: 0.5 },
      whale: { collateralShare: 0.2 },
      stack: { debtShare: 0.05, loopers: 2, borrowFactorBps: 9_000, liquidationFactorBps: 9_200 },
    };
    const [first, second] = [await run(crash(stress)), await run(crash(stress))];
    expect(JSON.stringify(first)).to.equal(JSON.stringify(second));
    expect(first.run.hash).to.not.equal(calm.run.hash);
    expect(first.congestion).to.equal(true);
    expect(first.run.congestion).to.not.equal(null);
    expect(first.scenario.stresses).to.have.lengthOf(6);
    expect(calm.scenario).to.not.have.property("stresses");
    expectHealthy(first);
  });

  it("a drought makes the same crash deeper, and nothing of that is the scenario's price", async () => {
    const droughts = [{ fromSeconds: 10 * MINUTE, toSeconds: 70 * MINUTE, exchangeShare: 0.5, venueShare: 0.5 }];
    const thin = await run(crash({ droughts }));
    expect(thin.exogenousLow).to.equal(calm.exogenousLow);
    expect(thin.run.metrics.priceLow).to.be.lessThan(0.95 * calm.run.metrics.priceLow);
    expect(thin.twin.metrics.priceLow).to.equal(calm.twin.metrics.priceLow);
    expectHealthy(thin);
  });

  it("a silent feed leaves the oracle further from the market, and sales begin later", async () => {
    const feedOutages = [{ fromSeconds: 9 * MINUTE, toSeconds: 60 * MINUTE, kind: "frozen" } as const];
    const frozen = await run(crash({ feedOutages }));
    expect(meanDistance(frozen.run)).to.be.greaterThan(1.5 * meanDistance(calm.run));
    const begins = ({ series }: RunResult) => series.seconds[series.liquidatedDebt.findIndex((debt) => debt > 0)];
    expect(begins(frozen.run)).to.be.greaterThan(begins(calm.run));
    expectHealthy(frozen);
  });

  it("a run takes out what cash there is, and whoever comes late stays", async () => {
    const left = await run(crash({ lenderRun: { atSeconds: 5 * MINUTE, overSeconds: 0, share: 0.9 } }));
    const lenders = left.run.agents.find(({ kind }) => kind === "lender");
    expect(lenders?.transactions).to.be.greaterThan(1);
    const { agents } = calm.run;
    expect(agents.find(({ kind }) => kind === "lender")?.transactions ?? 0).to.be.lessThan(lenders?.transactions ?? 0);
    expectHealthy(left);
  });

  it("a whale is one looper more, and is sold for long", async () => {
    const whale = await run(crash({ whale: { collateralShare: 0.4, leverage: 3 } }));
    const loopers = whale.run.agents.find(({ kind }) => kind === "looper");
    expect(loopers?.members).to.equal(5);
    expect(sold(whale.run)).to.be.greaterThan(0);
    expect(whale.run.metrics.debtAtStart / calm.run.metrics.debtAtStart).to.be.within(0.98, 1.02);
    expectHealthy(whale);
  });

  describe("blocks of a quarter of a second", () => {
    const quick = crash(undefined, 0.25, 0.01); // a minute
    it("share the seconds of the chain's clock, four by four", async () => {
      const fast = await run(quick, "rollup");
      expect(fast.run.metrics.blocks).to.equal(240);
      expect(fast.run.series.seconds.slice(0, 4)).to.deep.equal([0.25, 0.5, 0.75, 1]);
      expectHealthy(fast);
    });

    it("are refused by a chain that wants each block later than the last, before anything is done", async () => {
      const error: unknown = await run(quick).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(UserError);
      expect((error as UserError).message).to.match(/^crash has several blocks a second, .* take --network rollup$/);
    });
  });
});
