import { expect } from "chai";
import { id } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { LAB } from "../../sim/config.ts";
import type { CurveName } from "../../sim/liquidation-curves.ts";
import { addressOf } from "../../sim/population.ts";
import { createShockScenario } from "../../sim/scenarios/shock.ts";
import { runShock } from "../../sim/shock.ts";
import type { RunProgress, ShockResult } from "../../sim/metrics/run-result.ts";
import { expectClose } from "../shared/expect-close.ts";

/** A fall of 45 % in half an hour, with few people: a run takes seconds. */
async function run(seed: string, curve: CurveName = "dutch", report?: (progress: RunProgress) => void) {
  const connection = await hre.network.create();
  try {
    const scenario = createShockScenario(-0.45, 1_800, "WETH");
    return await runShock(hre, connection, { scenario, seed, borrowers: 24, loopers: 4, curve }, report);
  } finally {
    await connection.close();
  }
}

describe("a shock on the real contracts", () => {
  let result: Omit<ShockResult, "command">;
  const phases: string[] = [];

  before(async () => {
    result = await run("1", "dutch", ({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
    });
  });

  it("reports its phases", () => {
    expect(phases).to.deep.equal(["deploy", "populate", "run", "twin"]);
  });

  it("liquidates, and hurts somebody", () => {
    const { metrics } = result.run;
    expect(metrics.liquidations).to.be.greaterThan(0);
    expect(metrics.accountsLiquidated).to.be.within(1, 28);
    expect(metrics.liquidatedDebt).to.be.greaterThan(0);
    expect(metrics.accountSecondsUnderWater).to.be.greaterThan(0);
    const looper = result.run.agents.find(({ kind }) => kind === "looper");
    expect(looper?.members).to.equal(4);
    expect(looper?.profit).to.be.lessThan(0);
  });

  it("starts with the debt that the configuration says", () => {
    expectClose(result.run.metrics.debtAtStart / LAB.totalDebt, 1, 0.02);
    expect(result.twin.metrics.debtAtStart).to.equal(result.run.metrics.debtAtStart);
  });

  it("has a twin whose price is the exogenous one, and falls further itself", () => {
    expect(result.twin.hasImpact).to.equal(false);
    expect(result.twin.series.marketPrice).to.deep.equal(result.twin.series.exogenousPrice);
    expect(result.twin.metrics.priceLow).to.equal(result.exogenousLow);
    expect(result.run.series.exogenousPrice).to.deep.equal(result.twin.series.exogenousPrice);
    expect(result.run.metrics.priceLow).to.be.lessThan(result.exogenousLow);
    const { priceAtStart, priceLow } = result.run.metrics;
    expect(result.amplification).to.equal((priceAtStart - priceLow) / (priceAtStart - result.exogenousLow));
    expect(result.amplification).to.be.greaterThan(1);
  });

  it("keeps the pool's price at the market's, within fees and a block's move", () => {
    const { poolPrice, marketPrice } = result.twin.series;
    const gaps = poolPrice.map((price, i) => Math.abs(price / marketPrice[i] - 1));
    expect(Math.max(...gaps.slice(1))).to.be.lessThan(0.05);
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).to.be.lessThan(0.005);
  });

  it("ends with the invariants that can be seen from outside", () => {
    for (const side of [result.run, result.twin]) {
      expect(side.invariants.map(({ id }) => id)).to.deep.equal(["INV-01", "INV-02", "INV-06"]);
      expect(side.invariants.filter(({ holds }) => !holds)).to.deep.equal([]);
    }
  });

  it("books every loss once: what borrowers lost is somebody's", () => {
    // Bad debt is borne by reserves and lenders.
    const { badDebt, lenderLoss } = result.run.metrics;
    expect(lenderLoss).to.be.at.most(badDebt);
    const lenders = result.run.agents.find(({ kind }) => kind === "lender");
    // What lenders earn meanwhile is interest of an hour.
    expectClose((lenders?.profit ?? 0) + (lenders?.gasCost ?? 0), -lenderLoss, LAB.totalDebt * 1e-4);
  });

  it("puts many transactions into a block", () => {
    expect(result.run.metrics.transactions).to.be.greaterThan(result.run.metrics.blocks);
  });

  it("is the same for the same seed, to the last transaction, and another for another", async () => {
    const again = await run("1");
    expect(again).to.deep.equal(result);
    const other = await run("2");
    expect(other.run.hash).not.to.equal(result.run.hash);
  });

  it("runs with a fixed bonus too", async () => {
    const fixed = await run("1", "fixed");
    expect(fixed.run.metrics.liquidations).to.be.greaterThan(0);
    expect(fixed.run.metrics.liquidationDiscount).to.be.greaterThan(0);
  });
});

describe("the chain before a shock", () => {
  const small = async (prepare: (connection: NetworkConnection) => Promise<void>) => {
    const connection = await hre.network.create();
    try {
      await prepare(connection);
      const scenario = createShockScenario(-0.4, 600, "WETH");
      const options = { scenario, seed: "1", borrowers: 3, loopers: 1, curve: "dutch" as const };
      return await runShock(hre, connection, options);
    } finally {
      await connection.close();
    }
  };

  it("has no part in the result: neither what was sent on it, nor how slow the machine is", async () => {
    const fresh = await small(() => Promise.resolve());
    const used = await small(async ({ ethers, provider }) => {
      const [signer] = await ethers.getSigners();
      await (await signer.sendTransaction({ to: signer.address })).wait();
      // Between the deployment of the pool and its first loan two minutes go by.
      const request = provider.request.bind(provider);
      const pause = id("setReserveFactor(uint16)").slice(0, 10);
      provider.request = async (call: Parameters<typeof request>[0]) => {
        const [transaction] = (call.params ?? []) as readonly { readonly data?: string }[];
        if (call.method === "eth_sendTransaction" && transaction.data?.startsWith(pause)) {
          await request({ method: "evm_increaseTime", params: ["0x78"] });
        }
        return request(call);
      };
    });
    expect(used).to.deep.equal(fresh);
  });
});

describe("the chain after a shock", () => {
  it("is as it was before", async () => {
    const connection = await hre.network.create();
    try {
      const { provider } = connection.ethers;
      const before = await provider.getBlock("latest");
      const scenario = createShockScenario(-0.2, 600, "WETH");
      const options = { scenario, seed: "1", borrowers: 3, loopers: 1, curve: "dutch" as const };
      await runShock(hre, connection, options);
      expect((await provider.getBlock("latest"))?.hash).to.equal(before?.hash);
      expect(await provider.getBalance(addressOf("borrower-0"))).to.equal(0n);
      // Blocks are mined with their transactions again.
      const [signer] = await connection.ethers.getSigners();
      const sent = await signer.sendTransaction({ to: signer.address, value: 1n });
      expect((await sent.wait())?.status).to.equal(1);
    } finally {
      await connection.close();
    }
  });
});
