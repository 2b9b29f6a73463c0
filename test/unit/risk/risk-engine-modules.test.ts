import accessManagedArtifact from "@openzeppelin/contracts/build/contracts/AccessManaged.json" with { type: "json" };
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  DAY,
  deployRiskPool,
  ENGINE_ASSET,
  FLOW,
  HOUR,
  Level,
  MAX_AGE,
  riskPool,
  USD,
} from "../../shared/risk-fixtures.ts";
import { owe, tick } from "../../shared/risk-steps.ts";

/** A loan, a second engine for the same pool, and another pool with its own. */
async function twoEngines(connection: NetworkConnection) {
  const p = await riskPool(connection);
  await owe(p, 1_000n, 1_000_000n);
  const other = await deployRiskPool(connection);
  const second = await p.ethers.deployContract("RiskEngine", [p.poolAddress, p.authority, p.modules]);
  await second.setAsset(p.eth.address, ENGINE_ASSET);
  await second.setFlow(FLOW);
  return { ...p, other, second, secondAddress: await second.getAddress() };
}

describe("RiskEngine: parts that are replaced", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  it("only the governor replaces anything", async () => {
    const { ethers, engine, risk, stranger, modules, eth, poolAddress } = await load(riskPool);
    const managed = await ethers.getContractAt(accessManagedArtifact.abi, poolAddress);
    const as = engine.connect(stranger);
    const rewards = { perPoke: 0, perDay: 0, interval: 60 };
    for (const call of [
      as.setModules(modules),
      as.setAsset(eth.address, ENGINE_ASSET),
      as.setRewards(rewards),
      as.setFlow(FLOW),
      risk.connect(stranger).setRiskEngine(ZeroAddress, 0),
    ]) {
      await expect(call).to.be.revertedWithCustomError(managed, "AccessManagedUnauthorized").withArgs(stranger.address);
    }
  });

  describe("#setModules", () => {
    it("refuses oracles that count in another asset, and what has no code", async () => {
      const { engine, modules, other, stranger } = await load(twoEngines);
      const { volatilityOracle, liquidityOracle } = other.modules;
      for (const [changed, module] of [
        [{ volatilityOracle }, volatilityOracle],
        [{ liquidityOracle }, liquidityOracle],
        [{ factorModel: stranger.address }, stranger.address],
      ] as const) {
        await expect(engine.setModules({ ...modules, ...changed }))
          .to.be.revertedWithCustomError(engine, "EngineModuleMismatch")
          .withArgs(module);
      }
    });

    it("refuses a breaker that does not answer as one", async () => {
      const { ethers, engine, modules } = await load(twoEngines);
      await expect(engine.setModules({ ...modules, breaker: modules.factorModel })).to.revert(ethers);
    });

    it("takes others, and none in place of the breaker; nobody's liquidation factor changes", async () => {
      const p = await load(twoEngines);
      const { engine, modules, risk, eth } = p;
      const breaker = await p.ethers.deployContract("CircuitBreaker", [p.authority]);
      for (const replaced of [await breaker.getAddress(), ZeroAddress]) {
        await expect(engine.setModules({ ...modules, breaker: replaced })).to.emit(engine, "ModulesSet");
        expect((await engine.modules()).breaker).to.equal(replaced);
        await tick(p, 60n);
        const view = await risk.riskOf(eth.address);
        expect([view.liquidationFactorBps, view.borrowFactorBps, view.level]).to.deep.equal([8_500n, 8_000n, 0n]);
      }
    });
  });

  it("of an oracle that the pool has put in another's place, the next refresh reads the new one", async () => {
    const p = await load(twoEngines);
    const { engine, admin, oracle, eth, ethers } = p;
    const other = await ethers.deployContract("PriceOracle", [p.loanAddress, p.authority]);
    await p.setFeed(0, 2_000);
    await other.setMarket(eth.address, {
      feeds: [{ source: await eth.feed.getAddress(), heartbeat: 7_200n }],
      ...{ feedsInQuote: true, twapPool: eth.market.address, twapWindow: 1_800n, snapshotMaxAge: 60n },
      ...{ emaTimeConstant: 3_600n, bandBps: 500n, bandWidenBpsPerMinute: 100n, requiredSources: 2n },
    });
    await admin.setOracle(await other.getAddress());
    // First the pool has to be asked which; once the engine's settings are written again, the engine knows.
    for (const prepare of [() => Promise.resolve(), () => engine.setFlow(FLOW)]) {
      await prepare();
      await p.pass(HOUR);
      await p.setFeed(0, 2_000);
      const tx = engine.poke(eth.address);
      await expect(tx).to.emit(other, "Poked");
      await expect(tx).not.to.emit(oracle, "Poked");
    }
  });

  it("what the former breaker said of the pool is forgotten with it, before the new one is asked", async () => {
    const p = await load(twoEngines);
    const { engine, modules, breaker, engineAddress, poolAddress } = p;
    await breaker.raise(engineAddress, poolAddress, Level.Restricted, HOUR);
    await tick(p, 12n);
    const { poolRestricted, borrowFactorBps } = await p.risk.riskOf(p.eth.address);
    expect([poolRestricted, borrowFactorBps]).to.deep.equal([true, 0n]);
    const other = await p.ethers.deployContract("CircuitBreaker", [p.authority]);
    await engine.setModules({ ...modules, breaker: await other.getAddress() });
    await tick(p, 12n); // too soon to look at the pool as a whole
    expect((await p.risk.riskOf(p.eth.address)).borrowFactorBps).to.be.greaterThan(0);
  });

  describe("#setRiskEngine", () => {
    it("refuses an age out of its range, what has no code, and another pool's engine", async () => {
      const { risk, pool, engineAddress, stranger, other } = await load(twoEngines);
      const parameter = `0x${Buffer.from("maxAge").toString("hex").padEnd(64, "0")}`;
      for (const age of [59n, DAY + 1n]) {
        await expect(risk.setRiskEngine(engineAddress, age))
          .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
          .withArgs(parameter, age, 60, DAY);
      }
      for (const wrong of [stranger.address, other.engineAddress]) {
        await expect(risk.setRiskEngine(wrong, MAX_AGE))
          .to.be.revertedWithCustomError(pool, "ConfigModuleMismatch")
          .withArgs(wrong);
      }
    });

    it("only the engine in force writes", async () => {
      const { risk, engine, engineAddress, second, secondAddress, eth } = await load(twoEngines);
      await expect(second.poke(eth.address))
        .to.be.revertedWithCustomError(risk, "RiskCallerNotEngine")
        .withArgs(secondAddress, engineAddress);
      await risk.setRiskEngine(secondAddress, MAX_AGE);
      await second.poke(eth.address);
      await connection.networkHelpers.time.increase(12);
      await expect(engine.poke(eth.address))
        .to.be.revertedWithCustomError(risk, "RiskCallerNotEngine")
        .withArgs(engineAddress, secondAddress);
    });

    it("with another engine every snapshot is stale, and no health changes", async () => {
      const p = await load(twoEngines);
      const { risk, eth, pool, borrower, secondAddress, second } = p;
      const before = await pool.healthOf(borrower.address);
      await expect(risk.setRiskEngine(secondAddress, MAX_AGE))
        .to.emit(risk, "RiskEngineSet")
        .withArgs(secondAddress, MAX_AGE);
      expect((await risk.riskOf(eth.address)).freshUntil).to.equal(1);
      expect((await pool.healthOf(borrower.address)).liquidationCapacity).to.equal(before.liquidationCapacity);
      // The loan asks the new one first, and that the sources.
      await p.setFeed(0, 2_000);
      await p.liquidity.pokeDepth(eth.address);
      await expect(pool.connect(borrower).borrow(USD, 0, borrower.address, borrower.address)).to.emit(
        second,
        "RiskRefreshed",
      );
      expect((await risk.riskOf(eth.address)).freshUntil).to.be.greaterThan(1);
    });

    it("with an engine that does not answer nothing is lent, and everybody may leave", async () => {
      const p = await load(twoEngines);
      const { risk, eth, pool, poolAddress, borrower, lender } = p;
      const mock = await p.ethers.deployContract("MockRiskEngine", [poolAddress]);
      await risk.setRiskEngine(await mock.getAddress(), MAX_AGE);
      const { address } = borrower;
      await expect(pool.connect(borrower).borrow(USD, 0, address, address))
        .to.be.revertedWithCustomError(pool, "PoolRiskStale")
        .withArgs(eth.address, 1);
      await expect(pool.connect(borrower).withdrawCollateral(eth.address, 1, address, address))
        .to.be.revertedWithCustomError(pool, "PoolRiskStale")
        .withArgs(eth.address, 1);
      await mock.setMode(1);
      await expect(pool.connect(borrower).borrow(USD, 0, address, address)).to.be.revertedWithCustomError(
        mock,
        "EngineBroken",
      );
      await pool.connect(lender).redeem(10n ** 18n, lender.address, lender.address);
      await pool.connect(borrower).repay(0, await pool.debtSharesOf(address), address, "0x");
      await pool.connect(borrower).withdrawCollateral(eth.address, 1, address, address);
    });

    it("without an engine factors stay where they are, nothing is restricted and exits are free", async () => {
      const p = await load(twoEngines);
      const { risk, eth, pool, poolAddress, borrower, breaker, engineAddress, engine, lender } = p;
      await breaker.raise(engineAddress, poolAddress, 2, HOUR);
      await tick(p, 12n);
      expect((await risk.riskOf(eth.address)).poolRestricted).to.equal(true);
      await risk.setRiskEngine(ZeroAddress, 0);
      const view = await risk.riskOf(eth.address);
      expect([view.liquidationFactorBps, view.level, view.freshUntil, view.exitFloorShares]).to.deep.equal([
        ...[8_500n, 0n, 0n, 0n],
      ]);
      expect([view.poolRestricted, view.grace]).to.deep.equal([false, false]);
      expect(await risk.riskEngine()).to.deep.equal([ZeroAddress, 0n]);
      expect(await pool.maxRedeem(lender.address)).to.be.greaterThan(3n * 10n ** 18n);
      await expect(engine.poke(eth.address)).not.to.be.revertedWithCustomError(engine, "EngineAssetUnknown");
      await pool.connect(borrower).repay(USD, 0, borrower.address, "0x");
    });
  });
});
