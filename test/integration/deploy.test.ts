import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { AbiCoder, parseUnits } from "ethers";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import accessManager from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };

import { DEMO_PARAMETERS, deploySystem } from "../../ignition/deploy-system.ts";
import { RESTRICTED_FUNCTIONS, ROLES, selectorsOf, type RestrictedContract } from "../../ignition/modules/roles.ts";
import { loadDeployment, saveDeployment, type Deployment } from "../../sim/deployments.ts";
import { findGovernance } from "../../sim/protocols/refresh-risk.ts";
import { UserError } from "../../sim/user-error.ts";
import { REFRESH_GAS } from "../../tasks/shared/leverage-session.ts";
import { freePort, runHardhat, startNode, type RunningNode } from "../shared/node-process.ts";

const DAY = 86_400;

async function deployDemo(connection: NetworkConnection) {
  return { connection, deployment: await deploySystem(hre, connection) };
}

async function rejection(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).to.be.instanceOf(UserError);
  return error instanceof UserError ? error.message : "";
}

describe("Deployment", () => {
  describe("of the demo set, in process", () => {
    let connection: NetworkConnection;

    before(async () => {
      connection = await network.create();
    });
    after(() => connection.close());

    const load = () => connection.networkHelpers.loadFixture(deployDemo);

    it("leaves a pool that lends, prices and can be borrowed from", async () => {
      const { deployment } = await load();
      const { ethers } = connection;
      const [, borrower] = await ethers.getSigners();
      const [weth] = deployment.collaterals;
      const pool = await ethers.getContractAt("LendingPool", deployment.contracts.pool, borrower);
      const oracle = await ethers.getContractAt("PriceOracle", deployment.contracts.oracle, borrower);
      const token = await ethers.getContractAt("MockERC20", weth.token, borrower);

      // 2000 USDC (6 decimals) for 1 WETH (18): 2000e6 × 1e36 / 1e18, both from the feed and from Uniswap.
      expect(await oracle.liquidationPrice(weth.token)).to.equal(2_000n * 10n ** 24n);
      expect(await oracle.borrowPrice(weth.token)).to.be.within(1_999n * 10n ** 24n, 2_000n * 10n ** 24n);
      expect(await pool.collateralList()).to.deep.equal(deployment.collaterals.map((collateral) => collateral.token));
      expect((await pool.totals()).cash).to.equal(parseUnits("10000000", 6));

      const amount = parseUnits("10", 18);
      await token.mint(borrower.address, amount);
      await token.approve(pool, amount);
      await pool.supplyCollateral(weth.token, amount, borrower.address, "0x");
      await pool.borrow(parseUnits("16000", 6), 0, borrower.address, borrower.address);
      expect(await pool.debtOf(borrower.address)).to.be.at.least(parseUnits("16000", 6));
    });

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

    it("says where everything is", async () => {
      const { deployment } = await load();
      expect(deployment).to.include({ version: 1, chainId: 31337, demo: true });
      expect(
        deployment.collaterals.map(({ symbol, decimals, uniswapFee }) => [symbol, decimals, uniswapFee]),
      ).to.deep.equal([
        ["WETH", 18, 3_000],
        ["WBTC", 8, 3_000],
      ]);
      for (const address of Object.values(deployment.contracts)) {
        expect(await connection.ethers.provider.getCode(address)).not.to.equal("0x");
      }
    });

    it("lets nobody but the roles administer", async () => {
      const { deployment } = await load();
      const [deployer, stranger] = await connection.ethers.getSigners();
      const pool = await connection.ethers.getContractAt("IPoolAdmin", deployment.contracts.pool, stranger);
      const errors = await connection.ethers.getContractAt("LendingPool", deployment.contracts.pool);
      await expect(pool.pause(1))
        .to.be.revertedWithCustomError(errors, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
      await expect(pool.setMinDebt(0))
        .to.be.revertedWithCustomError(errors, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
      await pool.connect(deployer).getFunction("pause").send(1);
      expect((await errors.poolConfig()).pauseFlags).to.equal(1);
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

  describe("without risk", () => {
    it("leaves a pool with the factors of the file, which loads, and cannot be poked", async () => {
      const connection = await network.create();
      const directory = await mkdtemp(path.join(tmpdir(), "deploy-"));
      try {
        const json = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as { risk?: unknown; collaterals: object[] };
        delete json.risk;
        json.collaterals = json.collaterals.map((collateral) => ({ ...collateral, risk: undefined }));
        const file = path.join(directory, "static.json");
        await writeFile(file, JSON.stringify(json));
        const deployment = await deploySystem(hre, connection, { parameters: file });
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

  describe("with a delay and a hand-over", () => {
    let connection: NetworkConnection;
    let directory: string;
    let deployment: Deployment;
    let deployer: HardhatEthersSigner, admin: HardhatEthersSigner;
    let governor: HardhatEthersSigner, guardian: HardhatEthersSigner;

    before(async () => {
      connection = await network.create();
      directory = await mkdtemp(path.join(tmpdir(), "deploy-"));
      [deployer, admin, governor, guardian] = await connection.ethers.getSigners();
      const json = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as Record<string, unknown>;
      json.access = {
        executionDelaySeconds: 2 * DAY,
        admin: admin.address,
        governor: governor.address,
        guardian: guardian.address,
      };
      const file = path.join(directory, "handover.json");
      await writeFile(file, JSON.stringify(json));
      deployment = await deploySystem(hre, connection, { parameters: file });
    });
    after(async () => {
      await connection.close();
      await rm(directory, { recursive: true });
    });

    it("leaves the deployer without any right", async () => {
      const { ethers } = connection;
      const manager = await ethers.getContractAt(accessManager.abi, deployment.contracts.accessManager);
      for (const role of Object.values(ROLES))
        expect((await manager.hasRole(role, deployer.address)).isMember).to.equal(false);
      expect(await manager.hasRole(0, admin.address)).to.deep.equal([true, BigInt(2 * DAY)]);
      expect(await manager.hasRole(2, governor.address)).to.deep.equal([true, BigInt(2 * DAY)]);
      expect(await manager.hasRole(1, governor.address)).to.deep.equal([true, 0n]);
      expect(await manager.hasRole(1, guardian.address)).to.deep.equal([true, 0n]);
    });

    it("lets the guardian tighten what the engine asks, and the governor post implied volatility", async () => {
      const { ethers } = connection;
      const { contracts, collaterals } = deployment;
      const [{ token }] = collaterals;
      const volatility = await ethers.getContractAt("VolatilityOracle", contracts.volatilityOracle ?? "", guardian);
      const breaker = await ethers.getContractAt("CircuitBreaker", contracts.breaker ?? "", guardian);
      await volatility.raiseFloor(token, parseUnits("0.05", 18));
      expect(await volatility.sigmaWad(token)).to.equal(parseUnits("0.05", 18));
      await breaker.raise(contracts.riskEngine ?? "", token, 1, 600);
      expect((await breaker.assessmentOf(contracts.riskEngine ?? "", token)).level).to.equal(1n);
      await expect(volatility.postImplied(token, parseUnits("0.04", 18)))
        .to.be.revertedWithCustomError(volatility, "AccessManagedUnauthorized")
        .withArgs(guardian.address);
      // The file names no other poster.
      await volatility.connect(governor).postImplied(token, parseUnits("0.055", 18));
      expect(await volatility.sigmaWad(token)).to.be.within(parseUnits("0.0549", 18), parseUnits("0.0551", 18));
    });

    it("lets the guardian tighten at once, and loosen never", async () => {
      const { ethers } = connection;
      const pool = await ethers.getContractAt("IPoolAdmin", deployment.contracts.pool, guardian);
      const errors = await ethers.getContractAt("LendingPool", deployment.contracts.pool);
      await pool.pause(2);
      expect((await errors.poolConfig()).pauseFlags).to.equal(2);
      await expect(pool.setPauseFlags(0))
        .to.be.revertedWithCustomError(errors, "AccessManagedUnauthorized")
        .withArgs(guardian.address);
    });

    it("lets the governor loosen only after the delay, and the guardian cancel it", async () => {
      const { ethers, networkHelpers } = connection;
      const target = deployment.contracts.pool;
      const manager = await ethers.getContractAt(accessManager.abi, deployment.contracts.accessManager, governor);
      const data = (await ethers.getContractAt("IPoolAdmin", target)).interface.encodeFunctionData("setMinDebt", [0]);
      const operation = ethers.keccak256(
        AbiCoder.defaultAbiCoder().encode(["address", "address", "bytes"], [governor.address, target, data]),
      );

      await expect(manager.execute(target, data))
        .to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled")
        .withArgs(operation);
      await manager.schedule(target, data, 0);
      await expect(manager.execute(target, data))
        .to.be.revertedWithCustomError(manager, "AccessManagerNotReady")
        .withArgs(operation);
      await manager.connect(guardian).getFunction("cancel").send(governor.address, target, data);
      await networkHelpers.time.increase(3 * DAY);
      await expect(manager.execute(target, data))
        .to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled")
        .withArgs(operation);

      await manager.schedule(target, data, 0);
      await networkHelpers.time.increase(2 * DAY);
      await manager.execute(target, data);
      const pool = await ethers.getContractAt("LendingPool", target);
      expect((await pool.poolConfig()).minDebt).to.equal(0);
    });
  });

  describe("saved and loaded", () => {
    let connection: NetworkConnection;
    let directory: string;

    before(async () => {
      connection = await network.create();
      directory = await mkdtemp(path.join(tmpdir(), "deployments-"));
    });
    after(async () => {
      await connection.close();
      await rm(directory, { recursive: true });
    });

    const load = () => connection.networkHelpers.loadFixture(deployDemo);
    const open = () => loadDeployment("default", connection.ethers.provider, directory);

    it("says what to do when there is none", async () => {
      expect(await rejection(loadDeployment("localhost", connection.ethers.provider, directory))).to.equal(
        "no deployment for chain 31337: run npx hardhat deploy --network localhost",
      );
    });

    it("comes back as it was, and leaves no temporary file", async () => {
      const { deployment } = await load();
      await saveDeployment(deployment, directory);
      expect(await readdir(directory)).to.deep.equal(["default-31337.json"]);
      expect(await open()).to.deep.equal(deployment);
    });

    it("refuses a file that is damaged or for another chain", async () => {
      const { deployment } = await load();
      const file = await saveDeployment(deployment, directory);
      const text = await readFile(file, "utf8");
      await writeFile(file, text.slice(0, 100));
      expect(await rejection(open())).to.equal(`${file} is damaged (not JSON): deploy again`);
      await writeFile(file, text.replace(deployment.contracts.oracle, "0x"));
      expect(await rejection(open())).to.equal(`${file} is damaged (an address is missing): deploy again`);
      await writeFile(file, text.replace(deployment.contracts.riskEngine ?? "", "0x12"));
      expect(await rejection(open())).to.equal(`${file} is damaged (an address is missing): deploy again`);
      await writeFile(file, text.replace("31337", "1"));
      expect(await rejection(open())).to.equal(`${file} is for chain 1, but default is chain 31337`);
    });

    it("refuses addresses without code and things that are not a pool", async () => {
      const { deployment } = await load();
      const { contracts } = deployment;
      const empty = "0x00000000000000000000000000000000DeaDBeef";
      await saveDeployment({ ...deployment, contracts: { ...contracts, pool: empty } }, directory);
      expect(await rejection(open())).to.equal(
        `nothing is deployed at the pool's address ${empty} on default: ` +
          "was the node restarted? Run npx hardhat deploy --network default",
      );
      await saveDeployment({ ...deployment, contracts: { ...contracts, pool: contracts.oracle } }, directory);
      expect(await rejection(open())).to.equal(`${contracts.oracle} on default is not a Breakwater pool`);
    });
  });

  describe("by the command line", () => {
    let node: RunningNode;
    let directory: string;

    before(async () => {
      node = await startNode();
      directory = await mkdtemp(path.join(tmpdir(), "deployments-"));
    });
    after(async () => {
      await node.stop();
      await rm(directory, { recursive: true });
    });

    it("fails in one line when the node is out of reach", async () => {
      const environment = { LOCALHOST_RPC_URL: `http://127.0.0.1:${await freePort()}` };
      const { code, stderr } = await runHardhat(["deploy", "--network", "localhost"], environment);
      expect(code).to.equal(1);
      expect(stderr.trim()).to.match(/^error: Cannot connect to the network "localhost"\.[^\n]*$/);
    });

    it("fails in one line when the parameter file is absent", async () => {
      const { code, stderr } = await runHardhat(["deploy", "--parameters", "none.json"]);
      expect(code).to.equal(1);
      expect(stderr.trim()).to.equal("error: cannot read the parameter file none.json");
    });

    it("deploys to a node, twice, and tells machines where", async () => {
      const environment = { LOCALHOST_RPC_URL: node.url, BREAKWATER_DEPLOYMENTS: directory };
      for (let round = 0; round < 2; ++round) {
        const result = await runHardhat(["deploy", "--network", "localhost", "--json"], environment);
        expect(result.code, result.stderr).to.equal(0);
        const deployment = JSON.parse(result.stdout) as Deployment;
        const connection = await network.create({ network: "localhost", override: { url: node.url } });
        const loaded = await loadDeployment("localhost", connection.ethers.provider, directory);
        expect(loaded).to.deep.equal(deployment);
        await connection.close();
      }
    });
  });
});
