import { anyValue } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs";
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { busyRiskPool } from "../../shared/engine-gas-fixture.ts";
import { ETHER, poolInUse, USD } from "../../shared/gas-fixture.ts";
import { skipUnderCoverage } from "../../shared/skip-under-coverage.ts";

/** What a governed, fresh snapshot may add to an action of a user. [gas] */
const RISK_COST = 5_000n;

/** The same actions before there was a risk engine. [gas of the whole transaction] */
const STATIC = { borrow: 86_569n, withdraw: 74_832n, withdrawCollateral: 77_146n } as const;

/** The pool of `test/unit/gas.test.ts`, whose collaterals an engine has judged, and whose lenders' exits have a limit. */
async function governedPool(connection: NetworkConnection) {
  const p = await poolInUse(connection);
  const { ethers } = connection;
  const poolAddress = await p.pool.getAddress();
  const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  await risk.setRiskEngine(await engine.getAddress(), 3_600);
  const shares = await p.pool.totalSupply();
  for (const token of await p.pool.collateralList()) {
    const { borrowFactorBps, liquidationFactorBps } = await p.pool.collateralConfig(token);
    await engine.write(
      token,
      {
        ...{ liquidationFactorBps: liquidationFactorBps - 100n, borrowFactorBps, calm: true, level: 0 },
        ...{ loadingPercent: 80, discountTenBps: 50, grace: false, reserve: 10n ** 15n },
      },
      { restricted: false, exitFloorShares: (shares * 8n) / 10n, exitRefillPerSecond: shares / 18_000n },
    );
  }
  return p;
}

/** The real stack, and its breaker. */
async function busyPool(connection: NetworkConnection) {
  return busyRiskPool(connection, true);
}

describe("gas of the risk engine", () => {
  let connection: NetworkConnection;
  before(async function () {
    connection = await network.create();
    skipUnderCoverage(this);
  });
  after(() => connection.close());

  describe("a user's action, with a governed and fresh snapshot", () => {
    const load = () => connection.networkHelpers.loadFixture(governedPool);

    it(`borrow, one collateral: at most ${String(STATIC.borrow + RISK_COST)}`, async () => {
      const { pool, user } = await load();
      const tx = await pool.connect(user).borrow(1_000n * USD, 0, user.address, user.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(STATIC.borrow + RISK_COST);
    });

    it("borrow, three collaterals: at most 122,000", async () => {
      const { pool, diversified } = await load();
      const tx = await pool.connect(diversified).borrow(1_000n * USD, 0, diversified.address, diversified.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(122_000n);
    });

    it(`withdraw: at most ${String(STATIC.withdraw + RISK_COST)}`, async () => {
      const { pool, user } = await load();
      const tx = await pool.connect(user).withdraw(1_000n * USD, user.address, user.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(STATIC.withdraw + RISK_COST);
    });

    it(`withdraw collateral, with debt: at most ${String(STATIC.withdrawCollateral + RISK_COST)}`, async () => {
      const { pool, user, ether } = await load();
      const tx = await pool
        .connect(user)
        .withdrawCollateral(await ether.getAddress(), ETHER, user.address, user.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(STATIC.withdrawCollateral + RISK_COST);
    });
  });

  describe("a poke of the real stack, rewarded, a minute after the last one", () => {
    /** In turns, the engine asks for the volatility, and looks at the pool as a whole. */
    const POKES = [
      ["that asks for the volatility", 168_500n],
      ["that looks at the pool as a whole", 176_500n],
    ] as const;

    it(`is at most ${POKES.map(([name, limit]) => `${String(limit)} ${name}`).join(", ")}`, async () => {
      const { volatility, pokeAfter } = await connection.networkHelpers.loadFixture(busyPool);
      const oracleOfVolatility = await volatility.getAddress();
      const costs = [];
      while (costs.length < 2) {
        const receipt = await (await pokeAfter(60)).wait();
        const sampled = receipt?.logs.some(({ address }) => address === oracleOfVolatility);
        if (sampled === true)
          costs.length = 0; // whose turn it is begins anew
        else costs.push(receipt?.gasUsed ?? 0n);
      }
      const [low, high] = costs.sort((a, b) => Number(a - b));
      expect(low).to.be.lessThanOrEqual(POKES[0][1]);
      expect(high).to.be.lessThanOrEqual(POKES[1][1]);
    });

    it("is at most 174,500 with a sample of the volatility, which puts off the look at the pool", async () => {
      const { engine, risk, volatility, eth, pokeWithSample } = await connection.networkHelpers.loadFixture(busyPool);
      const tx = await pokeWithSample();
      await expect(tx).to.emit(volatility, "VolatilitySampled");
      await expect(tx).to.emit(engine, "RiskRefreshed").withArgs(eth.address, anyValue, anyValue, anyValue, USD);
      await expect(tx).to.emit(risk, "RiskUpdated");
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(174_500n);
    });

    it("is at most 178,000 with a sample that begins a ramp of the liquidation factor, 180,500 while that falls", async () => {
      const p = await connection.networkHelpers.loadFixture(busyPool);
      const target = async () => (await p.risk.riskOf(p.eth.address)).liquidationTargetBps;
      const before = await target();
      const sample = await p.pokeWithSample(true);
      await expect(sample)
        .to.emit(p.engine, "RiskRefreshed")
        .withArgs(p.eth.address, anyValue, anyValue, anyValue, USD);
      expect(await target()).to.equal(before - 50n);
      expect((await sample.wait())?.gasUsed).to.be.lessThanOrEqual(178_000n);
      for (let i = 0; i < 4; ++i) {
        const receipt = await (await p.pokeAfter(60)).wait();
        expect(receipt?.gasUsed).to.be.lessThanOrEqual(180_500n);
      }
      expect(await p.pool.liquidationFactorBps(p.eth.address)).to.be.within(before - 49n, before);
    });

    it("does nothing within 12 s", async () => {
      const { engine, risk, pokeAfter } = await connection.networkHelpers.loadFixture(busyPool);
      await pokeAfter(60);
      const tx = await pokeAfter(10);
      await expect(tx).to.not.emit(risk, "RiskUpdated");
      await expect(tx).to.not.emit(engine, "RiskRefreshed");
    });
  });
});
