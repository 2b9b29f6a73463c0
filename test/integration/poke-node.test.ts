import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Deployment } from "../../sim/deployments.ts";
import type { PokeReport } from "../../tasks/poke.ts";
import { runHardhat, startNode, type RunningNode } from "../shared/node-process.ts";

/** As a user types them, each in a process of its own, hours after the deployment. */
describe("a governed pool on a live node", () => {
  let node: RunningNode;
  let directory: string;
  let file: string;
  let deployment: Deployment;

  before(async () => {
    node = await startNode();
    directory = await mkdtemp(path.join(tmpdir(), "deployments-"));
    const { code, stderr } = await hardhat("deploy");
    expect(code, stderr).to.equal(0);
    const [name] = await readdir(directory);
    file = path.join(directory, name);
    deployment = JSON.parse(await readFile(file, "utf8")) as Deployment;
  });
  after(async () => {
    await node.stop();
    await rm(directory, { recursive: true });
  });

  const hardhat = (...args: string[]) =>
    runHardhat([...args, "--network", "localhost"], { LOCALHOST_RPC_URL: node.url, BREAKWATER_DEPLOYMENTS: directory });
  const save = (changed: Deployment) => writeFile(file, JSON.stringify(changed));

  async function onChain<T>(work: (connection: NetworkConnection) => Promise<T>): Promise<T> {
    const connection = await network.create({ network: "localhost", override: { url: node.url } });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  const pass = (seconds: number) =>
    onChain(async ({ provider }) => {
      await provider.request({ method: "evm_increaseTime", params: [seconds] });
      await provider.request({ method: "evm_mine" });
    });
  const depth = ({ ethers }: NetworkConnection) =>
    ethers.getContractAt("LiquidityOracle", deployment.contracts.liquidityOracle ?? "");
  const weth = () => deployment.collaterals[0].token;

  it("loops and unwinds hours after anyone has looked: the demo's depth is measured on the way", async () => {
    await pass(2 * 3_600);
    const opened = await hardhat("loop", "--rounds", "3", "--ltv", "0.75");
    expect(opened.code, opened.stderr).to.equal(0);
    expect(opened.stdout).to.match(/\n +3 +2[67]\.\d+/);
    await pass(2 * 3_600);
    const closed = await hardhat("unwind");
    expect(closed.code, closed.stderr).to.equal(0);
    expect(closed.stdout).to.match(/No debt is left; 9\.\d+ WETH came back/);
  });

  it("loops when the snapshot alone is too old: the pool renews it by itself", async () => {
    await hardhat("poke");
    await pass(3_000);
    const measuredAt = await onChain(async (connection) => {
      await (await (await depth(connection)).pokeDepth(weth())).wait();
      return (await (await depth(connection)).depthOf(weth())).updatedAt;
    });
    await pass(1_000);
    const opened = await hardhat("loop", "--rounds", "2", "--account", "1");
    expect(opened.code, opened.stderr).to.equal(0);
    await onChain(async (connection) => {
      expect((await (await depth(connection)).depthOf(weth())).updatedAt).to.equal(measuredAt);
      const risk = await connection.ethers.getContractAt("IPoolRisk", deployment.contracts.pool);
      expect((await risk.riskOf(weth())).freshUntil).to.be.greaterThan(measuredAt + 4_500n);
    });
  });

  it("says in one line what to do where tokens are real, and a poke does it", async () => {
    await save({ ...deployment, demo: false });
    await pass(2 * 3_600);
    const refused = await hardhat("unwind", "--account", "1");
    expect(refused.code).to.equal(1);
    expect(refused.stderr.trim()).to.match(
      /^error: the market depth of WETH was measured \d h[ \d]*(min)? ago, so the pool lends nothing on it: run npx hardhat poke --network localhost$/,
    );

    const poked = await hardhat("poke", "--json");
    expect(poked.code, poked.stderr).to.equal(0);
    const { collaterals, earned, network: name } = JSON.parse(poked.stdout) as PokeReport;
    expect(collaterals.map(({ symbol, refreshed, borrowFactorBps }) => [symbol, refreshed, borrowFactorBps])).to.eql([
      ["WETH", true, 8_200],
      ["WBTC", true, 7_800],
    ]);
    expect([name, earned]).to.deep.equal(["localhost", "2.0"]);

    const closed = await hardhat("unwind", "--account", "1");
    expect(closed.code, closed.stderr).to.equal(0);
    await save(deployment);
  });

  it("shows a restriction, under which nothing is lent", async () => {
    const { breaker = "", riskEngine = "" } = deployment.contracts;
    await onChain(async ({ ethers }) => {
      const [guardian] = await ethers.getSigners();
      const contract = await ethers.getContractAt("CircuitBreaker", breaker, guardian);
      await (await contract.raise(riskEngine, weth(), 2, 3_600)).wait();
    });
    await pass(60);
    const { code, stdout, stderr } = await hardhat("poke", "--asset", "WETH");
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/\n +WETH .* 0\.00 % +86\.00 % +86\.00 % +restricted\n/);
    const refused = await hardhat("loop", "--account", "2");
    expect(refused.stderr.trim()).to.equal(
      "error: the pool lends nothing on WETH now: npx hardhat poke --network localhost shows why",
    );
  });

  it("refuses to poke a pool without an engine", async () => {
    await onChain(async ({ ethers }) => {
      const [governor] = await ethers.getSigners();
      const risk = await ethers.getContractAt("IPoolRisk", deployment.contracts.pool, governor);
      await (await risk.setRiskEngine(ZeroAddress, 0)).wait();
    });
    const { code, stderr } = await hardhat("poke");
    expect(code).to.equal(1);
    expect(stderr.trim()).to.equal("error: the pool has no risk engine: there is nothing to poke");
    const opened = await hardhat("loop", "--account", "2", "--asset", "WBTC", "--amount", "0.2");
    expect(opened.code, opened.stderr).to.equal(0);
  });
});
