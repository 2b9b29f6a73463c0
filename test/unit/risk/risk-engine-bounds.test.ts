import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { DAY, ENGINE_ASSET, HOUR, riskPool, USD, type RiskPool } from "../../shared/risk-fixtures.ts";
import { owe, tick } from "../../shared/risk-steps.ts";

/** Four million owed against ten: selling what carries it takes longer than the hour that counts at least. */
async function indebtedPool(connection: NetworkConnection) {
  const p = await riskPool(connection);
  await owe(p, 5_000n, 4_000_000n);
  await tick(p, HOUR);
  return p;
}

describe("RiskEngine: bounds", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  const riskOf = (p: RiskPool) => p.risk.riskOf(p.eth.address);

  describe("governance's bounds", () => {
    it("hold: factors set are bounds, lower ones at once, higher ones when the engine says so", async () => {
      const p = await load(indebtedPool);
      await p.admin.setCollateralFactors(p.eth.address, 8_100, 8_500, 0);
      expect((await riskOf(p)).borrowFactorBps).to.equal(8_000);
      await tick(p, 12n);
      expect((await riskOf(p)).borrowFactorBps).to.equal(8_100);
      await p.admin.setCollateralFactors(p.eth.address, 6_000, 8_500, 0);
      expect((await riskOf(p)).borrowFactorBps).to.equal(6_000);
      await tick(p, 12n);
      expect((await riskOf(p)).borrowFactorBps).to.equal(6_000);
    });

    it("hold: what the guardian lowers survives pokes", async () => {
      const p = await load(indebtedPool);
      await p.admin.lowerBorrowFactor(p.eth.address, 3_000);
      expect((await riskOf(p)).borrowFactorBps).to.equal(3_000);
      for (let i = 0; i < 3; ++i) await tick(p, HOUR);
      expect((await riskOf(p)).borrowFactorBps).to.equal(3_000);
    });

    it("a slower ramp of governance's is not sped up at once: the factor in force never jumps", async () => {
      const p = await load(indebtedPool);
      await p.admin.setCollateralFactors(p.eth.address, 7_000, 8_000, 30n * DAY);
      await p.pass(10n * DAY);
      const before = (await riskOf(p)).liquidationFactorBps;
      expect(before).to.equal(8_334); // 8500 − 500 · 10/30, rounded up
      await tick(p, 1n);
      expect((await riskOf(p)).liquidationFactorBps).to.equal(before);
      let last = before;
      for (let hour = 0n; hour < 24n; ++hour) {
        await tick(p, HOUR - 3n);
        const { liquidationFactorBps } = await riskOf(p);
        expect(last - liquidationFactorBps).to.be.within(0n, 9n);
        last = liquidationFactorBps;
      }
      expect(before - last).to.be.within(197n, 200n);
    });
  });

  it("another engine waits for the end of the day of calm that the one before has begun", async () => {
    const p = await load(riskPool);
    const engines = [];
    for (let i = 0; i < 2; ++i) engines.push(await p.ethers.deployContract("MockRiskEngine", [p.poolAddress]));
    const [first, second] = engines;
    const write = (engine: typeof first, liquidationFactorBps: bigint) =>
      engine.write(
        p.eth.address,
        {
          ...{ liquidationFactorBps, borrowFactorBps: 7_000n, calm: true, level: 0, loadingPercent: 100 },
          ...{ discountTenBps: 50, grace: false, reserve: 10n ** 15n },
        },
        { restricted: false, exitFloorShares: 2n ** 136n - 1n, exitRefillPerSecond: 0 },
      );
    await p.risk.setRiskEngine(await first.getAddress(), HOUR);
    await write(first, 8_000n);
    await p.pass(6n * HOUR);
    await write(first, 8_000n); // below the factor in force: no calm
    const { liquidationFactorBps } = await riskOf(p);
    expect(liquidationFactorBps).to.be.within(8_300n, 8_460n);
    await p.risk.setRiskEngine(await second.getAddress(), HOUR);
    for (const pause of [12n, 23n * HOUR]) {
      await p.pass(pause);
      await write(second, 8_500n);
      expect((await riskOf(p)).liquidationFactorBps).to.equal(liquidationFactorBps);
    }
    await p.pass(3n * HOUR);
    await write(second, 8_500n);
    expect((await riskOf(p)).liquidationFactorBps).to.be.greaterThan(liquidationFactorBps);
  });

  it("a larger position gets less: what a liquidation that heals could carry", async () => {
    const p = await load(riskPool);
    const { reserve, discountBps } = await riskOf(p);
    let supplied = 0n;
    const shares: number[] = [];
    for (const ether of [100n, 900n, 9_000n, 90_000n]) {
      await owe(p, ether, 0n);
      supplied += ether;
      const value = supplied * 2_000n * USD;
      const healing = (value * 10_000n * reserve) / ((10_000n + discountBps) * (reserve + 2n * value));
      const plain = (value * 8_000n) / 10_000n;
      const capacity = await p.pool.borrowCapacityOf(p.borrower.address);
      const expected = plain < healing ? plain : healing;
      expect(capacity).to.be.within(expected - 1n, expected);
      shares.push(Number(capacity) / Number(value));
    }
    expect(shares[1]).to.equal(0.8);
    expect(shares[2]).to.be.lessThan(0.6);
    expect(shares[3]).to.be.lessThan(0.15);
    expect((await p.pool.healthOf(p.borrower.address)).liquidationCapacity).to.equal(
      (supplied * 2_000n * USD * 85n) / 100n,
    );
  });

  it("a configuration out of its range is refused", async () => {
    const { engine, eth } = await load(riskPool);
    const name = (text: string) => `0x${Buffer.from(text).toString("hex").padEnd(64, "0")}`;
    for (const [changed, parameter, value, min, max] of [
      [{ turnoverPerDayHundredths: 0n }, "turnoverPerDay", 0n, 1n, 10_000_000n],
      [{ sliceBps: 1_000_001n }, "slice", 1_000_001n, 1n, 1_000_000n],
      [{ depthMaxAge: 59n }, "depthMaxAge", 59n, 60n, DAY],
    ] as const) {
      await expect(engine.setAsset(eth.address, { ...ENGINE_ASSET, ...changed }))
        .to.be.revertedWithCustomError(engine, "EngineConfigOutOfRange")
        .withArgs(name(parameter), value, min, max);
    }
  });
});
