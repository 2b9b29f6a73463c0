import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Checkpoint } from "../../scripts/keeper/checkpoint.ts";
import type { Deployment } from "../../sim/deployments.ts";
import { eventually, KeeperProcess, nodeKey, type KeeperLine } from "../shared/keeper-process.ts";
import { borrowOnDemo, sellOnDemo, setDemoPrice } from "../shared/keeper-system.ts";
import { freePort, runHardhat, startNode, type RunningNode } from "../shared/node-process.ts";

/** Accounts of the node: who borrows, and who liquidates. */
const BORROWERS = { WETH: [5, 6, 7, 8], WBTC: [9, 10] } as const;
const [FIRST, SECOND, OTHER] = [15, 16, 17];

/** As users run it: against a node in a process of its own, each keeper in another. */
describe("keepers on a live node", function () {
  this.timeout(900_000);

  let node: RunningNode;
  let directory: string;
  let deployment: Deployment;
  let chain: NetworkConnection;
  const running = new Set<KeeperProcess>();

  const environment = () => ({
    LOCALHOST_RPC_URL: node.url,
    TESTNET_RPC_URL: node.url,
    TESTNET_PRIVATE_KEY: nodeKey(SECOND),
    BREAKWATER_DEPLOYMENTS: directory,
    BREAKWATER_KEEPER_STATE: path.join(directory, "state"),
  });
  const hardhat = (...args: string[]) => runHardhat(args, environment());
  const rpc = (method: string, params: unknown[] = []) => steadily(() => chain.provider.request({ method, params }));
  const pool = () => chain.ethers.getContractAt("LendingPool", deployment.contracts.pool);

  before(async () => {
    node = await startNode();
    directory = await mkdtemp(path.join(tmpdir(), "keepers-"));
    const { code, stderr } = await hardhat("deploy", "--network", "localhost");
    expect(code, stderr).to.equal(0);
    const [name] = await readdir(directory);
    deployment = JSON.parse(await readFile(path.join(directory, name), "utf8")) as Deployment;
    await copyFile(path.join(directory, name), path.join(directory, name.replace("localhost", "testnet")));
    chain = await network.create({ network: "localhost", override: { url: node.url } });
  });
  after(async () => {
    for (const keeper of running) keeper.task.kill("SIGKILL");
    await chain.close();
    await node.stop();
    await rm(directory, { recursive: true });
  });

  /** A block, so many seconds after the last. */
  async function mine(seconds = 15): Promise<void> {
    await rpc("evm_increaseTime", [seconds]);
    await rpc("evm_mine");
  }

  async function start(number: number, args: readonly string[] = []): Promise<KeeperProcess> {
    // The second has its key in its configuration and signs itself, the others leave that to the node.
    const account = number === SECOND ? ["--network", "testnet"] : ["--network", "localhost", "--account", `${number}`];
    const options = ["--interval", "100", "--tag", "latest", ...args];
    const keeper = new KeeperProcess([...account, ...options], await freePort(), environment());
    running.add(keeper);
    await eventually("the keeper is well", () => {
      if (keeper.task.stderr() !== "") throw new Error(keeper.task.stderr());
      return keeper.isHealthy();
    });
    return keeper;
  }

  async function unhealthy(): Promise<string[]> {
    const signers = await steadily(() => chain.ethers.getSigners());
    const accounts = [...BORROWERS.WETH, ...BORROWERS.WBTC].map((number) => signers[number].address);
    const found: string[] = [];
    for (const account of accounts) {
      const { debt, liquidationCapacity } = await steadily(async () => (await pool()).healthOf(account));
      if (liquidationCapacity < debt) found.push(account);
    }
    return found;
  }

  /** What the chain says was kicked and taken, and of how many accounts. */
  async function sales() {
    return steadily(async () => {
      const contract = await pool();
      const taken = await contract.queryFilter(contract.filters.CollateralTaken());
      const kicked = await contract.queryFilter(contract.filters.AccountKicked());
      return { taken, kicked, accounts: new Set(taken.map(({ args }) => args.account)).size };
    });
  }

  describe("refused in one line", () => {
    const refusal = async (...args: string[]) => {
      const { code, stderr, stdout } = await hardhat("keeper", "--no-compile", ...args);
      expect([code, stdout]).to.deep.equal([1, ""]);
      return stderr.trim();
    };

    it("without a node", async () => {
      expect(await refusal()).to.equal(
        "error: a keeper watches a node: add --network localhost, or --rpc with its address",
      );
    });

    it("with what is no pool, no account, or no option", async () => {
      const { oracle } = deployment.contracts;
      expect(await refusal("--network", "localhost", "--pool", oracle)).to.equal(
        `error: ${oracle} on localhost is not a Breakwater pool`,
      );
      expect(await refusal("--network", "localhost", "--account", "99")).to.match(/^error: --account 99 is not there/);
      expect(await refusal("--network", "localhost", "--min-profit", "x")).to.match(/^error: --min-profit must be a/);
    });
  });

  it("does one round on a pool of which it has only the address, with contracts that it deploys itself", async () => {
    const once = (...args: string[]) =>
      runHardhat(
        ["keeper", "--no-compile", "--once", "--rpc", node.url, "--pool", deployment.contracts.pool, ...args],
        {
          ...environment(),
          LOCALHOST_RPC_URL: "http://127.0.0.1:1",
          BREAKWATER_DEPLOYMENTS: path.join(directory, "no"),
        },
      );
    const events = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as KeeperLine);
    const without = await once("--account", String(OTHER));
    expect(without.stderr.trim()).to.match(
      /^error: no AccountLens is known for this pool: give --lens, or let --deploy/,
    );
    const first = await once("--account", String(OTHER), "--deploy-helpers");
    expect(first.code, first.stderr).to.equal(0);
    expect(events(first.stdout).filter(({ event }) => event === "helper.deployed").length).to.equal(2);
    // They are remembered.
    const again = await once("--account", String(OTHER));
    expect(again.code, again.stderr).to.equal(0);
    const lines = events(again.stdout);
    expect(lines.map(({ event }) => event)).not.to.include("helper.deployed");
    expect(lines.find(({ event }) => event === "keeper.ready")?.resumed).to.be.an("object");
    expect(lines.at(-1)).to.include({ event: "keeper.stopped" });
  });

  it("takes its options from the environment as a script", async () => {
    const { code, stdout, stderr } = await runHardhat(
      ["run", "--no-compile", "scripts/keeper.ts", "--network", "localhost"],
      { ...environment(), KEEPER_ONCE: "true", KEEPER_ACCOUNT: "18", KEEPER_POKE: "off", KEEPER_NO_COMPILE: "1" },
    );
    expect(code, stderr).to.equal(0);
    const [ready] = stdout.split("\n").map((line) => (line === "" ? {} : (JSON.parse(line) as object)));
    expect(ready).to.include({ event: "keeper.ready", poke: "off" });
  });

  describe("two that compete", () => {
    let first: KeeperProcess;
    let second: KeeperProcess;
    /** Of all lives of each. */
    const lives: KeeperProcess[] = [];

    before(async () => {
      for (const [symbol, accounts] of Object.entries(BORROWERS)) {
        await borrowOnDemo(chain, deployment, accounts, { symbol, amount: symbol === "WETH" ? "10" : "0.5" });
      }
      // From here on blocks come when the test says so, and hold what both have sent until then.
      await rpc("evm_setAutomine", [false]);
      first = await start(FIRST);
      second = await start(SECOND);
      lives.push(first, second);
    });
    after(() => rpc("evm_setAutomine", [true]));

    /** Lets a price fall in feed and market. */
    async function fall(symbol: string, dollars: number, sold: string): Promise<void> {
      await rpc("evm_setAutomine", [true]); // and wakes the connection: what follows is sent once
      await sellOnDemo(chain, deployment, symbol, sold);
      await setDemoPrice(chain, deployment, symbol, dollars);
      await rpc("evm_setAutomine", [false]);
    }

    it("see the same accounts", async () => {
      for (const keeper of [first, second]) {
        await eventually("it knows all", async () => (await keeper.metrics())?.get("keeper_accounts") === 6);
      }
    });

    it("both kick an account that fell; one of them is told that it was late", async () => {
      await fall("WETH", 1_750, "345");
      const wantsToKick = (keeper: KeeperProcess) => keeper.named("kick.decided").length > 0;
      await eventually(
        "both want to kick",
        () => wantsToKick(first) && wantsToKick(second),
        async () => {
          await bothHaveDecided();
          // Both see the same block: if one wants to, so does the other.
          if (!wantsToKick(first) && !wantsToKick(second)) await mine(60);
        },
      );
      await bothHaveDecided();
      await mine();
      await eventually("one of each pair of kicks is lost", async () => {
        const lost = 'keeper_transactions_total{kind="kick",outcome="lost"}';
        return (await first.sum(lost)) + (await second.sum(lost)) > 0;
      });
    });

    /** Until both have done what there is to do on the newest block: nothing more happens before the next. */
    async function bothHaveDecided(): Promise<void> {
      const head = Number(await rpc("eth_blockNumber"));
      for (const keeper of [first, second]) {
        await eventually("it has decided", async () => (await keeper.metrics())?.get("keeper_decided_block") === head);
      }
    }

    it("one goes on from its checkpoint after kill -9, and settles what it had sent", async () => {
      // Killed while a transaction of it waits.
      const isWaiting = async () => {
        await bothHaveDecided();
        return (await first.sum("keeper_pending_transactions")) > 0;
      };
      for (let blocks = 0; !(await isWaiting()); ++blocks) {
        expect(blocks, "blocks until it sent something").to.be.lessThan(200);
        await mine(60);
      }
      first.task.kill("SIGKILL");
      expect(await first.task.ended).to.equal("SIGKILL");
      const state = String(first.named("keeper.ready")[0].state);
      const { index, transactions } = JSON.parse(await readFile(state, "utf8")) as Checkpoint;
      expect(transactions.length).to.be.greaterThan(0);
      await mine();
      first = await start(FIRST);
      lives.push(first);
      const [ready] = first.named("keeper.ready");
      const block = index.recent.at(-1)?.number ?? index.confirmed?.number;
      expect(ready.resumed).to.deep.include({ block, pending: transactions.length });
      const nonces = transactions.map(({ nonce }) => nonce);
      await eventually(
        "they are settled",
        () => nonces.every((nonce) => first.lines().some((line) => isSettled(line) && line.nonce === nonce)),
        () => mine(),
      );
    });

    it("together make every account healthy, each sale done once", async () => {
      await fall("WBTC", 53_000, "11");
      await eventually(
        "all accounts are healthy",
        async () => (await sales()).accounts === 6 && (await unhealthy()).length === 0 && (await settled()),
        async () => {
          await bothHaveDecided();
          await mine(45);
        },
      );
      const { taken, kicked } = await sales();
      expect(kicked.length).to.be.greaterThan(0);
      // Every kick and take in the chain is one that one keeper, and only one, counts as its own.
      const mined = lives.flatMap((keeper) => keeper.named("tx.mined"));
      const hashesOf = (kind: string) => mined.filter((line) => line.kind === kind).map(({ hash }) => hash);
      expect(hashesOf("take")).to.have.members(taken.map(({ transactionHash }) => transactionHash));
      expect(hashesOf("kick")).to.have.members(kicked.map(({ transactionHash }) => transactionHash));
      expect(lives.flatMap((keeper) => keeper.named("tx.reverted"))).to.deep.equal([]);
    });
    const settled = async () => {
      await bothHaveDecided();
      const both = (await first.sum("keeper_pending_transactions")) + (await second.sum("keeper_pending_transactions"));
      return both === 0;
    };

    it("say in their metrics what they have done, and earned", async () => {
      for (const keeper of [first, second]) {
        const metrics = (await keeper.metrics()) ?? new Map<string, number>();
        expect(metrics.get("keeper_accounts_unhealthy")).to.equal(0);
        expect(metrics.get("keeper_failed_rounds_in_a_row")).to.equal(0);
        expect(metrics.get("keeper_lowest_health_factor")).to.be.greaterThan(1);
        expect(metrics.get('keeper_rpc_requests_total{method="eth_call",result="ok"}')).to.be.greaterThan(10);
        const told = keeper.named("tx.mined").filter(({ kind }) => kind === "take");
        expect(metrics.get('keeper_transactions_total{kind="take",outcome="mined"}') ?? 0).to.equal(told.length);
        const profit = told.reduce((sum, line) => sum + Number(line.profit ?? 0), 0);
        expect(Math.round((metrics.get("keeper_profit_loan_total") ?? 0) * 1e6)).to.equal(profit);
      }
      await rpc("eth_blockNumber");
      const [token, signers] = [
        await chain.ethers.getContractAt("MockERC20", deployment.loan.token),
        await chain.ethers.getSigners(),
      ];
      const earned = lives
        .flatMap((keeper) => keeper.named("tx.mined"))
        .reduce((sum, { profit }) => sum + BigInt(String(profit ?? 0)), 0n);
      let held = 0n;
      for (const number of [FIRST, SECOND]) held += await token.balanceOf(signers[number].address);
      const claimed = lives.flatMap((keeper) => keeper.named("tx.mined")).filter(({ kind }) => kind === "claim");
      expect(earned).to.be.greaterThan(0n);
      if (claimed.length === 0) expect(held).to.equal(earned);
      else expect(held).to.be.greaterThan(earned);
    });

    it("end cleanly when they are told to, with nothing on its way and no key in their log", async () => {
      // While something is on its way: blocks come only as they wait for it.
      for (let blocks = 0; await settled(); ++blocks) {
        expect(blocks, "blocks until one sent something").to.be.lessThan(200);
        await mine(60);
      }
      const stopped = Promise.all([first.stop(), second.stop()]);
      await eventually("they are stopping", () => [first, second].every((k) => k.named("keeper.stopping").length > 0));
      const isOver = stopped.then(() => true);
      while (!(await Promise.race([isOver, mine().then(() => false)])));
      for (const keeper of lives) {
        running.delete(keeper);
        expect(keeper.task.stdout()).not.to.include(nodeKey(SECOND).slice(2));
      }
      const files = await readdir(path.join(directory, "state"));
      expect(files.filter((name) => !/^31337-[0-9a-f]{8}-[0-9a-f]{8}\.json$/.test(name))).to.deep.equal([]);
      for (const keeper of [first, second]) {
        const text = await readFile(String(keeper.named("keeper.ready")[0].state), "utf8");
        expect((JSON.parse(text) as Checkpoint).transactions).to.deep.equal([]);
        expect(text).not.to.include(nodeKey(SECOND).slice(2));
      }
    });
  });
});

/** A connection that was idle may have been closed by the node just as we ask: then once more. */
async function steadily<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; ++attempt) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 3 || !/Failed to make POST/.test(String(error))) throw error;
    }
  }
}

const isSettled = ({ event }: KeeperLine) =>
  ["tx.mined", "tx.lost", "tx.reverted", "tx.cancelled", "tx.replaced"].includes(event);
