import { expect } from "chai";
import { MaxUint256, type ContractTransactionResponse } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { DEMO_PARAMETERS, deploySystem } from "../../ignition/deploy-system.ts";
import type { Deployment } from "../../sim/deployments.ts";
import { findGovernance, refreshRisk } from "../../sim/protocols/refresh-risk.ts";
import type { IPriceOracleAdmin } from "../../types/ethers-contracts/index.ts";
import { ownChain } from "../shared/own-chain.ts";
import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

/** As many as an account may hold, unless governance says otherwise; and as many as it can say. */
const COUNTS = [8, 10] as const;
/** Feeds of each collateral, and of the loan asset: as in the demo, and as many as the oracle takes. */
const FEEDS = [1, 3] as const;
/** Of any single liquidation. */
const MOST_GAS = 3_000_000n;
const USDC = 10n ** 6n;
const HOUR = 3_600;
/** The most that a transaction may be given (EIP-7825). */
const ALL_GAS = { gasLimit: 2n ** 24n };

interface DemoFile {
  readonly demo: { readonly collaterals: Record<string, unknown>[] };
  readonly collaterals: Record<string, unknown>[];
  readonly risk: { readonly correlations: Record<string, unknown>[] };
}

/** The demo with so many collaterals like its ether, each with a feed and a Uniswap v3 market of its own, all pairs tracked. */
async function writeParameters(directory: string, count: number): Promise<string> {
  const demo = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as DemoFile;
  const symbols = Array.from({ length: count }, (_, i) => `COL${i}`);
  const listed = JSON.stringify(demo.collaterals[0]);
  const collaterals = symbols.map((symbol) => JSON.parse(listed.replaceAll("WETH", symbol)) as Record<string, unknown>);
  const tokens = symbols.map((symbol) => ({ ...demo.demo.collaterals[0], symbol, name: symbol }));
  const correlations = symbols.flatMap((a, i) =>
    symbols.slice(i + 1).map((b) => ({ ...demo.risk.correlations[0], assets: [`$token:${a}`, `$token:${b}`] })),
  );
  const file = path.join(directory, "parameters.json");
  const changed = { ...demo, demo: { ...demo.demo, collaterals: tokens }, collaterals };
  await writeFile(file, JSON.stringify({ ...changed, risk: { ...demo.risk, correlations } }));
  return file;
}

/** More feeds for the loan asset and for each collateral, that say the same as the first. */
async function addFeeds(connection: NetworkConnection, deployment: Deployment, count: number) {
  const { ethers } = connection;
  const oracle = await ethers.getContractAt("PriceOracle", deployment.contracts.oracle);
  const demo = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as DemoFile;
  const { market } = demo.collaterals[0] as { market: IPriceOracleAdmin.MarketInputStruct };
  const [{ heartbeat }] = market.feeds;
  const more = async (first: string) => {
    const feed = await ethers.getContractAt("MockAggregator", first);
    const [decimals, { answer }] = [await feed.decimals(), await feed.latestRoundData()];
    const others = Array.from({ length: count - 1 }, () =>
      ethers.deployContract("MockAggregator", [decimals, "more", answer]),
    );
    const sources = [first, ...(await Promise.all(others.map(async (other) => (await other).getAddress())))];
    return sources.map((source) => ({ source, heartbeat }));
  };
  await oracle.setQuoteFeeds(await more(deployment.loan.feed ?? ""));
  const all: string[] = [];
  for (const { token, feed = "", uniswapPool = "" } of deployment.collaterals) {
    const feeds = await more(feed);
    await oracle.setMarket(token, { ...market, feeds, twapPool: uniswapPool });
    all.push(...feeds.map(({ source }) => source));
  }
  return all;
}

/** One account with all of them, that owes nearly what it may. */
async function manyCollaterals(connection: NetworkConnection, count: number, feedCount: number) {
  const { ethers, networkHelpers } = connection;
  const directory = await mkdtemp(path.join(tmpdir(), "worst-gas-"));
  const deployment = await deploySystem(hre, connection, { parameters: await writeParameters(directory, count) });
  await rm(directory, { recursive: true });
  const admin = await ethers.getContractAt("IPoolAdmin", deployment.contracts.pool, (await ethers.getSigners())[0]);
  await admin.setMaxCollateralsPerAccount(count);
  const [governor, borrower, keeper] = await ethers.getSigners();
  const pool = await ethers.getContractAt("LendingPool", deployment.contracts.pool, borrower);
  const address = deployment.contracts.pool;
  const governance = await findGovernance(connection, address, governor);
  if (governance === undefined) throw new Error("no engine");
  const tokens = deployment.collaterals.map(({ token }) => token);
  const addresses = await addFeeds(connection, deployment, feedCount);
  for (const { token, decimals } of deployment.collaterals) {
    const contract = await ethers.getContractAt("MockERC20", token, borrower);
    await contract.mint(borrower.address, 10n ** BigInt(decimals));
    await contract.approve(address, MaxUint256);
    await pool.supplyCollateral(token, 10n ** BigInt(decimals), borrower.address, "0x");
  }
  await refreshRisk(governance, pool, tokens, "refresh");
  await pool.borrow(
    ((await pool.borrowCapacityOf(borrower.address)) * 99n) / 100n,
    0,
    borrower.address,
    borrower.address,
  );
  const usdc = await ethers.getContractAt("MockERC20", deployment.loan.token, keeper);
  await usdc.mint(keeper.address, 1_000_000n * USDC);
  await usdc.approve(address, MaxUint256);
  const feeds = await Promise.all(addresses.map((feed) => ethers.getContractAt("MockAggregator", feed, governor)));
  const oracle = await ethers.getContractAt("PriceOracle", deployment.contracts.oracle, governor);
  const sales = await ethers.getContractAt("LiquidationModule", address, keeper);
  return { ethers, networkHelpers, pool, borrower, keeper, sales, feeds, tokens, oracle, risk: governance.risk };
}

for (const [count, feedCount] of COUNTS.flatMap((c) => FEEDS.map((f) => [c, f] as const))) {
  const sources = feedCount === 1 ? "one feed" : `${feedCount} feeds`;
  describe(`gas of liquidating an account with ${count} collaterals of ${sources} each`, function () {
    this.timeout(0);

    const chain = ownChain();
    before(function () {
      skipUnderCoverage(this);
    });

    const fixture = (connected: NetworkConnection) => manyCollaterals(connected, count, feedCount);

    /**
     * The engine has looked at nothing for two hours or nearly: every sample is due, everywhere, every price has moved, and a new
     * hour of the clock has begun, in which feeds are asked for their decimals, and longer ago than that may be put off.
     */
    async function neglected() {
      const s = await chain().networkHelpers.loadFixture(fixture);
      await s.networkHelpers.time.increase(HOUR);
      for (const feed of s.feeds) await feed.setAnswer(1_600n * 10n ** 8n);
      for (const token of s.tokens) await s.oracle.poke(token); // from now on the band gives way
      await s.networkHelpers.time.increase(30 * 60);
      const now = await s.networkHelpers.time.latest();
      await s.networkHelpers.time.increaseTo((Math.floor(now / HOUR) + 1) * HOUR + 15 * 60);
      return s;
    }
    type Neglected = Awaited<ReturnType<typeof neglected>>;
    const kick = (s: Neglected) => s.sales.kick(s.borrower.address, ALL_GAS);
    const take = (s: Neglected) =>
      s.sales.take(s.borrower.address, s.tokens[0], MaxUint256, MaxUint256, s.keeper.address, "0x", ALL_GAS);

    /** @returns Gas, and of how many collaterals the engine judged anew. */
    async function look({ risk }: Neglected, sent: Promise<ContractTransactionResponse>) {
      const receipt = await (await sent).wait();
      if (receipt === null) throw new Error("not mined");
      const events = receipt.logs.map((log) => risk.interface.parseLog(log));
      const judged = events.filter((event) => event?.name === "RiskUpdated").length;
      if (process.env.LOAD_ACCOUNTS !== undefined) console.log(`      ${receipt.gasUsed} gas, ${judged} judged anew`);
      return { gas: receipt.gasUsed, judged };
    }

    for (const [name, send] of [
      ["a kick", kick],
      ["a take of an account that nobody kicked", take],
    ] as const) {
      it(`${name}, which has the engine look at all of them first`, async () => {
        const s = await neglected();
        const { gas, judged } = await look(s, send(s));
        expect(judged).to.equal(count);
        expect(gas).to.be.at.most(MOST_GAS);
      });
    }

    it("a take after a kick", async () => {
      const s = await neglected();
      await kick(s);
      await s.networkHelpers.time.increase(10 * 60);
      const { gas, judged } = await look(s, take(s));
      expect(judged).to.equal(0);
      expect(gas).to.be.at.most(MOST_GAS);
    });
  });
}
