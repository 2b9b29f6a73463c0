import { expect } from "chai";
import { parseUnits } from "ethers";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import accessManager from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };

import { DEMO_PARAMETERS, deploySystem } from "../../ignition/deploy-system.ts";
import { RESTRICTED_FUNCTIONS, ROLES, selectorsOf, type RestrictedContract } from "../../ignition/modules/roles.ts";
import { loadDeployment, saveDeployment } from "../../sim/deployments.ts";
import { findGovernance } from "../../sim/protocols/refresh-risk.ts";
import { REFRESH_GAS } from "../../tasks/shared/leverage-session.ts";

interface DemoFile {
  access: object;
  risk?: unknown;
  collaterals: object[];
}

async function deployDemo(connection: NetworkConnection) {
  return { connection, deployment: await deploySystem(hre, connection) };
}

/** Deploys the demo as a changed file has it. */
async function deployEdited(connection: NetworkConnection, edit: (json: DemoFile) => void) {
  const directory = await mkdtemp(path.join(tmpdir(), "deploy-"));
  try {
    const json = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as DemoFile;
    edit(json);
    const parameters = path.join(directory, "edited.json");
    await writeFile(parameters, JSON.stringify(json));
    return await deploySystem(hre, connection, { parameters });
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe("Deployment of the risk engine", () => {
  describe("with the demo set", () => {
    let connection: NetworkConnection;

    before(async () => {
      connection = await network.create();
    });
    after(() => connection.close());

    const load = () => connection.networkHelpers.loadFixture(deployDemo);

    it("leaves a pool whose engine has judged every collateral, within the bounds of the file", async () => {
      const { deployment } = await load();
      const { ethers, networkHelpers } = connection;
      const [stranger] = await ethers.getSigners();
      const governance = await findGovernance(connection, deployment.contracts.pool, stranger);
      if (governance === undefined) throw new Error("no engine");
      const { engine, risk, volatility, liquidity, breaker, maxAge } = governance;
      const [weth, wbtc] = deployment.collaterals;
      expect({
        riskEngine: await engine.getAddress(),
        volatilityOracle: await volatility.getAddress(),
        liquidityOracle: await liquidity.getAddress(),
        breaker: await breaker?.getAddress(),
      }).to.deep.equal({
        riskEngine: deployment.contracts.riskEngine,
        volatilityOracle: deployment.contracts.volatilityOracle,
        liquidityOracle: deployment.contracts.liquidityOracle,
        breaker: deployment.contracts.breaker,
      });
      expect([maxAge, await engine.pool()]).to.deep.equal([3_600n, deployment.contracts.pool]);
      expect((await engine.modules()).factorModel).to.equal(deployment.contracts.factorModel);

      const now = BigInt(await networkHelpers.time.latest());
      for (const [{ token }, borrow, liquidation] of [
        [weth, 8_200n, 8_600n],
        [wbtc, 7_800n, 8_300n],
      ] as const) {
        const snapshot = await risk.riskOf(token);
        expect(snapshot.freshUntil).to.be.within(now + 3_500n, now + 3_600n);
        // 10 million on each side: a constant product, of which a fall by 2 % buys 1 − √0.98.
        expect(snapshot.reserve).to.be.within(parseUnits("9990000", 6), parseUnits("10010000", 6));
        expect([snapshot.borrowFactorBps, snapshot.liquidationFactorBps]).to.deep.equal([borrow, liquidation]);
        expect(snapshot.loadingPercent).to.equal(90n); // √0.8, the initial correlation, rounded up
        expect(snapshot.level).to.equal(0n);
        expect(await engine.rewardOf(stranger.address)).to.equal(0n); // nobody was paid for the set-up
      }
      // ¾ of the initial 3 % and ¼ of the stressed 8 %
      expect(await volatility.sigmaWad(weth.token)).to.be.within(
        parseUnits("0.0425", 18),
        parseUnits("0.042500001", 18),
      );
    });

    it("lends an hour later by itself, on the gas that was estimated", async () => {
      const { deployment } = await load();
      const { ethers, networkHelpers } = connection;
      const [keeper, borrower] = await ethers.getSigners();
      const [weth] = deployment.collaterals;
      const { contracts } = deployment;
      const pool = await ethers.getContractAt("LendingPool", contracts.pool, borrower);
      const liquidity = await ethers.getContractAt("LiquidityOracle", contracts.liquidityOracle ?? "", keeper);
      const token = await ethers.getContractAt("MockERC20", weth.token, borrower);
      const amount = parseUnits("10", 18);
      await token.mint(borrower.address, amount);
      await token.approve(pool, amount);
      await pool.supplyCollateral(weth.token, amount, borrower.address, "0x");
      const order = [parseUnits("5000", 6), 0, borrower.address, borrower.address] as const;

      // The snapshot is too old, and so is the depth: that is measured by whoever cares, this renewed by the pool.
      await networkHelpers.time.increase(3_700);
      await expect(pool.borrow(...order)).to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed");
      await liquidity.pokeDepth(weth.token);
      await pool.borrow(...order);

      // Estimated while it was young, mined when it is too old.
      const gasLimit = (await pool.borrow.estimateGas(...order)) + REFRESH_GAS;
      await networkHelpers.time.increase(3_700);
      await liquidity.pokeDepth(weth.token);
      const risk = await ethers.getContractAt("IPoolRisk", contracts.pool);
      const before = (await risk.riskOf(weth.token)).freshUntil;
      await pool.borrow(...order, { gasLimit });
      expect((await risk.riskOf(weth.token)).freshUntil).to.be.greaterThan(before + 3_600n);
      expect(await pool.debtOf(borrower.address)).to.be.at.least(parseUnits("10000", 6));
    });

    it("lets nobody but the roles administer the engine and what it asks", async () => {
      const { deployment } = await load();
      const { contracts, collaterals } = deployment;
      const { ethers } = connection;
      const [, stranger] = await ethers.getSigners();
      const manager = await ethers.getContractAt(accessManager.abi, contracts.accessManager);
      for (const [name, roles] of Object.entries(RESTRICTED_FUNCTIONS)) {
        const target = contracts[name as RestrictedContract] ?? "";
        for (const [role, signatures] of Object.entries<readonly string[]>(roles)) {
          for (const selector of selectorsOf(signatures)) {
            expect(await manager.getTargetFunctionRole(target, selector), `${name} ${selector}`).to.equal(
              ROLES[role as keyof typeof ROLES],
            );
            expect((await manager.canCall(stranger.address, target, selector)).immediate).to.equal(false);
          }
        }
      }
      const volatility = await ethers.getContractAt("VolatilityOracle", contracts.volatilityOracle ?? "", stranger);
      await expect(volatility.postImplied(collaterals[0].token, 1))
        .to.be.revertedWithCustomError(volatility, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
      const engine = await ethers.getContractAt("RiskEngine", contracts.riskEngine ?? "", stranger);
      await expect(engine.setRewards({ perPoke: 1, perDay: 1, interval: 60 }))
        .to.be.revertedWithCustomError(engine, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });
  });

  describe("with a hand-over", () => {
    it("lets the guardian tighten what the engine asks, and only the poster post implied volatility", async () => {
      const connection = await network.create();
      const { ethers } = connection;
      const [deployer, admin, governor, guardian, poster] = await ethers.getSigners();
      const deployment = await deployEdited(connection, (json) => {
        json.access = {
          executionDelaySeconds: 86_400,
          ...{ admin: admin.address, governor: governor.address, guardian: guardian.address },
          impliedPoster: poster.address,
        };
      });
      const { contracts, collaterals } = deployment;
      const [{ token }] = collaterals;
      const volatility = await ethers.getContractAt("VolatilityOracle", contracts.volatilityOracle ?? "", guardian);
      const breaker = await ethers.getContractAt("CircuitBreaker", contracts.breaker ?? "", guardian);
      const manager = await ethers.getContractAt(accessManager.abi, contracts.accessManager);
      for (const role of Object.values(ROLES)) {
        expect((await manager.hasRole(role, deployer.address)).isMember).to.equal(false);
      }
      await volatility.raiseFloor(token, parseUnits("0.05", 18));
      expect(await volatility.sigmaWad(token)).to.equal(parseUnits("0.05", 18));
      await breaker.raise(contracts.riskEngine ?? "", token, 1, 600);
      expect((await breaker.assessmentOf(contracts.riskEngine ?? "", token)).level).to.equal(1n);
      for (const other of [guardian, governor]) {
        await expect(volatility.connect(other).postImplied(token, parseUnits("0.04", 18)))
          .to.be.revertedWithCustomError(volatility, "AccessManagedUnauthorized")
          .withArgs(other.address);
      }
      await volatility.connect(poster).postImplied(token, parseUnits("0.055", 18));
      expect(await volatility.sigmaWad(token)).to.be.within(parseUnits("0.0549", 18), parseUnits("0.0551", 18));
      await connection.close();
    });
  });

  describe("without the section", () => {
    it("leaves a pool with the factors of the file, which loads, and has no engine", async () => {
      const connection = await network.create();
      const directory = await mkdtemp(path.join(tmpdir(), "deployments-"));
      try {
        const deployment = await deployEdited(connection, (json) => {
          delete json.risk;
          json.collaterals = json.collaterals.map((collateral) => ({ ...collateral, risk: undefined }));
        });
        expect(deployment.contracts).not.to.have.any.keys("riskEngine", "volatilityOracle", "breaker");
        const { provider } = connection.ethers;
        await saveDeployment(deployment, directory);
        expect(await loadDeployment("default", provider, directory)).to.deep.equal(deployment);

        const [signer] = await connection.ethers.getSigners();
        const { pool } = deployment.contracts;
        expect(await findGovernance(connection, pool, signer)).to.equal(undefined);
        const config = await connection.ethers.getContractAt("LendingPool", pool);
        const { borrowFactorBps } = await config.collateralConfig(deployment.collaterals[0].token);
        expect(borrowFactorBps).to.equal(8_200n);
      } finally {
        await connection.close();
        await rm(directory, { recursive: true });
      }
    });
  });
});
