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
import { ROLES } from "../../ignition/modules/roles.ts";
import { loadDeployment, saveDeployment, type Deployment } from "../../sim/deployments.ts";
import { UserError } from "../../sim/user-error.ts";
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
      const json = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as Record<"core" | "access", object> & {
        collaterals: { curve: string }[];
      };
      json.core = {
        ...json.core,
        ...{ linear: { premiumBps: 500, maxBonusBps: 1_000, secondsToFloor: 1_800 } },
        ...{ stairs: { premiumBps: 3_000, maxBonusBps: 2_000, stepSeconds: 90, cutBps: 9_900 } },
      };
      [json.collaterals[0].curve, json.collaterals[1].curve] = ["stairs", "linear"];
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

    it("sells each collateral by the curve that its entry names", async () => {
      const { contracts, collaterals } = deployment;
      const desk = await connection.ethers.getContractAt("ILiquidationDesk", contracts.pool);
      const curves = await Promise.all(
        collaterals.slice(0, 2).map(async ({ token }) => (await desk.saleOf(token)).curve),
      );
      expect(curves).to.deep.equal([contracts.stairstepCurve, contracts.linearCurve]);
      const stairs = await connection.ethers.getContractAt("StairstepCurve", curves[0]);
      expect(await stairs.priceFactorWad(0)).to.be.greaterThan(13n * 10n ** 17n - 10n);
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
