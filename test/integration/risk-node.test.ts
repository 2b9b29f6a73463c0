import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { populateDemo } from "../../scripts/risk/populate-demo.ts";
import type { Deployment } from "../../sim/deployments.ts";
import type { RiskReport } from "../../sim/risk/risk-report.ts";
import { checkSchema, type Schema } from "../shared/check-schema.ts";
import { expectClose } from "../shared/expect-close.ts";
import { runHardhat, startNode, type RunningNode } from "../shared/node-process.ts";

/** The last of them comes in a block of its own. */
const CROWD = 21;

/** As users type it, each in a process of its own, against a node in another. */
describe("risk, and forks, on a live node", () => {
  let node: RunningNode;
  let directory: string;
  let deployment: Deployment;

  before(async () => {
    node = await startNode();
    directory = await mkdtemp(path.join(tmpdir(), "deployments-"));
  });
  after(async () => {
    await node.stop();
    await rm(directory, { recursive: true });
  });

  const environment = () => ({ LOCALHOST_RPC_URL: node.url, BREAKWATER_DEPLOYMENTS: directory });
  const hardhat = (...args: string[]) => runHardhat([...args, "--network", "localhost"], environment());
  const onFork = (...args: string[]) => runHardhat([...args, "--fork-url", node.url], environment());

  async function risk(run: typeof hardhat, ...args: string[]): Promise<RiskReport> {
    const { code, stdout, stderr } = await run("risk", "--json", ...args);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as RiskReport;
  }

  async function onChain<T>(work: (connection: NetworkConnection) => Promise<T>): Promise<T> {
    const connection = await network.create({ network: "localhost", override: { url: node.url } });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  /** What would tell that somebody has written to the node. */
  const fingerprint = () =>
    onChain(async ({ provider, ethers }) => {
      const block = (await provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] })) as {
        readonly hash: string;
      };
      const [signer] = await ethers.getSigners();
      return [block.hash, await ethers.provider.getTransactionCount(signer.address, "pending")];
    });

  it("says what to do where nothing is deployed, on the node and on a fork", async () => {
    const refused = await hardhat("risk");
    expect([refused.code, refused.stderr.trim()]).to.deep.equal([
      1,
      "error: no deployment for chain 31337: run npx hardhat deploy --network localhost",
    ]);
    const forked = await onFork("risk");
    expect([forked.code, forked.stderr.trim()]).to.deep.equal([
      1,
      "error: no deployment that is saved here for chain 31337 is on the fork",
    ]);
  });

  describe("with a deployment that people have borrowed from", () => {
    before(async () => {
      const { code, stderr } = await hardhat("deploy");
      expect(code, stderr).to.equal(0);
      const [name] = await readdir(directory);
      deployment = JSON.parse(await readFile(path.join(directory, name), "utf8")) as Deployment;
      await onChain((connection) => populateDemo(connection, deployment, { count: CROWD, seed: "node" }));
    });

    it("reports every pool of the deployed registry, by its schema, and the same each time", async () => {
      const report = await risk(hardhat);
      const schema = JSON.parse(await readFile(path.resolve("docs/risk.schema.json"), "utf8")) as Schema;
      expect(checkSchema(schema, report)).to.deep.equal([]);
      const { contracts } = deployment;
      expect([report.network, report.chainId, report.isFork]).to.deep.equal(["localhost", 31_337, false]);
      expect([report.lens, report.registry]).to.deep.equal([contracts.riskLens, contracts.poolRegistry]);
      const [pool] = report.pools;
      expect([pool.pool, pool.accounts.owing, pool.accounts.complete]).to.deep.equal([contracts.pool, CROWD, true]);
      await onChain(async ({ ethers }) => {
        const contract = await ethers.getContractAt("LendingPool", contracts.pool);
        expectClose(pool.debt, Number((await contract.totals()).debtAssets) / 1e6, 1);
        const health = await contract.healthOf(pool.nearest[0].account);
        expectClose(pool.nearest[0].health, Number(health.liquidationCapacity) / Number(health.debt), 1e-6);
      });
      expectClose(report.system?.grossCollateral ?? 0, pool.collateralValue, 1e-6);
      expect(await risk(hardhat)).to.deep.equal(report);
    });

    it("is a table by default, and a file where one is asked for", async () => {
      const file = path.join(directory, "risk.txt");
      const page = path.join(directory, "risk.html");
      const { code, stdout, stderr } = await hardhat("risk", "--out", file, "--report", page, "--accounts", "2");
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/accounts +21 owe, \d+ liquidatable/);
      expect(stdout).to.match(/WETH: gain +\d/);
      const report = JSON.parse(await readFile(file, "utf8")) as RiskReport;
      expect(report.pools[0].nearest).to.have.lengthOf(2);
      const html = await readFile(page, "utf8");
      for (const heading of [
        "Health factors",
        "Collateral at risk",
        "Cascade gain",
        report.pools[0].nearest[0].account,
      ]) {
        expect(html).to.contain(heading);
      }
      expect(html).to.contain("npx hardhat risk --network localhost --accounts 2</code>");
      for (const written of [file, page]) await rm(written);
    });

    it("needs neither a saved deployment nor a deployed lens", async () => {
      const elsewhere = { ...environment(), BREAKWATER_DEPLOYMENTS: path.join(directory, "none") };
      const bare = (...args: string[]) => runHardhat([...args, "--network", "localhost"], elsewhere);
      const named = await risk(bare, "--pool", deployment.contracts.pool);
      expect([named.lens, named.registry, named.system?.unit]).to.deep.equal([null, null, "USDC"]);
      const [{ pools }, [{ unitPrice: _, ...pool }]] = [await risk(hardhat), named.pools];
      expect({ ...pool, unitPrice: pools[0].unitPrice }).to.deep.equal(pools[0]);
    });

    for (const [args, message] of [
      [["--pool", "0x12"], '"0x12" is not an address'],
      [["--registry", "nowhere"], '--registry must be an address, got "nowhere"'],
      [["--lens", ZeroAddress], `nothing is deployed at the address of --lens, ${ZeroAddress}`],
      [["--accounts", "-"], '--accounts must be a whole number from 0 to 10000, got "-"'],
      [["--from-block", "99999"], /^--from-block 99999: the chain is at block \d+$/],
    ] as const) {
      it(`refuses ${args.join(" ")} in one line`, async () => {
        const { code, stdout, stderr } = await hardhat("risk", ...args);
        expect([code, stdout]).to.deep.equal([1, ""]);
        expect(stderr.trim().split("\n")).to.have.lengthOf(1);
        expect(stderr.trim().replace("error: ", "")).to.match(
          typeof message === "string" ? new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : message,
        );
      });
    }

    it("says that a contract of another kind is no registry and no pool", async () => {
      const { contracts } = deployment;
      const registry = await hardhat("risk", "--registry", contracts.oracle);
      expect(registry.stderr.trim()).to.equal(`error: ${contracts.oracle} is not a pool registry`);
      const pool = await hardhat("risk", "--pool", contracts.oracle);
      expect(pool.stderr.trim()).to.equal(`error: ${contracts.oracle} on localhost is not a Breakwater pool`);
    });

    describe("forked", () => {
      let before_: unknown;
      before(async () => {
        before_ = await fingerprint();
      });
      afterEach(async () => {
        expect(await fingerprint(), "the node was written to").to.deep.equal(before_);
      });

      it("reads the same risk on the fork as on the node", async () => {
        const [forked, upstream] = [await risk(onFork), await risk(hardhat)];
        expect([forked.network, forked.isFork, forked.chainId]).to.deep.equal(["fork", true, upstream.chainId]);
        // The fork is a block, and a second of interest, ahead.
        expect([forked.block, forked.timestamp]).to.deep.equal([upstream.block + 1, upstream.timestamp + 1]);
        const [[ahead], [behind]] = [forked.pools, upstream.pools];
        expect(ahead.accounts).to.deep.equal(behind.accounts);
        expect(ahead.nearest.map(({ account }) => account)).to.deep.equal(behind.nearest.map(({ account }) => account));
        expectClose(ahead.debt / behind.debt, 1, 1e-7);
        expect(ahead.collaterals.map(({ supplied, price }) => [supplied, price])).to.deep.equal(
          behind.collaterals.map(({ supplied, price }) => [supplied, price]),
        );
      });

      it("loops and pokes on the fork", async () => {
        const loop = await onFork("loop", "--rounds", "2");
        expect(loop.code, loop.stderr).to.equal(0);
        expect(loop.stdout).to.match(/\n +2 +\d+\.\d+/);
        const poke = await onFork("poke", "--json");
        expect(poke.code, poke.stderr).to.equal(0);
        const { network: name, pool } = JSON.parse(poke.stdout) as { readonly network: string; readonly pool: string };
        expect([name, pool]).to.deep.equal(["fork", deployment.contracts.pool]);
        // Each command has a fork of its own: there is no position to unwind in the next.
        const unwind = await onFork("unwind");
        expect(unwind.code).to.equal(1);
      });

      it("copies the chain as it was after a block", async () => {
        const { block } = await risk(hardhat);
        const past = await risk(onFork, "--fork-block", String(block - 1));
        expect([past.block, past.isFork]).to.deep.equal([block, true]);
        expect(past.pools[0].accounts.owing).to.be.lessThan(CROWD); // the last block's borrowers were not there yet
        const ahead = await onFork("risk", "--fork-block", String(block + 1));
        expect(ahead.stderr.trim()).to.equal(`error: --fork-block ${block + 1}: the chain is at block ${block}`);
      });

      it("shocks on the fork, with the same result as on a chain of its own", async () => {
        const args = ["shock", "--shock", "-0.3", "--over", "10m", "--borrowers", "3", "--loopers", "1", "--json"];
        const files = [path.join(directory, "fork.txt"), path.join(directory, "own.txt")];
        const forked = await onFork(...args, "--out", files[0]);
        expect(forked.code, forked.stderr).to.equal(0);
        const own = await runHardhat([...args, "--out", files[1]], environment());
        expect(own.code, own.stderr).to.equal(0);
        expect(forked.stdout).to.equal(own.stdout);
        for (const file of files) await rm(file);
      });
    });

    it("refuses several deployments on one fork, and what is no node, in one line", async () => {
      const twin = path.join(directory, "other-31337.json");
      await writeFile(twin, JSON.stringify({ ...deployment, network: "other" }));
      const several = await onFork("risk");
      await rm(twin);
      expect(several.stderr.trim()).to.equal(
        "error: several deployments are on the fork: localhost, other; keep one in BREAKWATER_DEPLOYMENTS",
      );
      const nobody = await runHardhat(["risk", "--fork-url", "http://127.0.0.1:9"], environment());
      expect([nobody.code, nobody.stderr.trim()]).to.deep.equal([
        1,
        "error: no node answers at the address of --fork-url",
      ]);
    });
  });
});
