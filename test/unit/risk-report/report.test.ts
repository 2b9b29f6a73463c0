import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { readFile } from "node:fs/promises";
import path from "node:path";

import { readRisk, type RiskQuestion } from "../../../scripts/risk/read-risk.ts";
import { renderReport } from "../../../sim/report/html/render.ts";
import { riskPage } from "../../../sim/report/html/risk-page.ts";
import { formatRiskTable } from "../../../sim/report/risk-table.ts";
import type { RiskReport } from "../../../sim/risk/risk-report.ts";
import { load } from "../../shared/borrower-fixtures.ts";
import { checkSchema, type Schema } from "../../shared/check-schema.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { fallenBook, lensPool } from "../../shared/risk-lens-fixtures.ts";
import { stackedPools, type StackedPools } from "../../shared/stacked-pools.ts";

async function stack(connection: NetworkConnection) {
  return stackedPools(connection);
}

const QUESTION = { network: "test", isFork: false, logRange: 1_000, nearest: 3 } as const;
const ask = (connection: NetworkConnection, question: Partial<RiskQuestion>) =>
  readRisk(hre, connection.provider, { ...QUESTION, ...question });

async function askRegistry(p: StackedPools, question: Partial<RiskQuestion> = {}): Promise<RiskReport> {
  return ask(p.connection, { registry: await p.registry.getAddress(), ...question });
}

async function schemaErrors(report: unknown): Promise<string[]> {
  const file = path.resolve(import.meta.dirname, "../../../docs/risk.schema.json");
  const schema = JSON.parse(await readFile(file, "utf8")) as Schema;
  return checkSchema(schema, JSON.parse(JSON.stringify(report)));
}

describe("risk report", () => {
  it("is as its schema says, of a book with everything in it", async () => {
    const p = await load(fallenBook);
    const [worst] = p.accounts;
    await p.liquidation.kick(worst).catch(() => undefined);
    const report = await ask(p.connection, { pools: [p.poolAddress] });
    expect(await schemaErrors(report)).to.deep.equal([]);
    const [pool] = report.pools;
    expect(pool.accounts.complete).to.equal(true);
    expect(pool.accounts.insolvent).to.be.greaterThan(0);
    expect(pool.histogram.edges).to.have.lengthOf(31);
    expect(pool.histogram.edges[10]).to.equal(1);
    expect(pool.cascadeGain).to.be.greaterThan(0);
    expect(pool.nearest.map(({ health }) => health)).to.deep.equal(pool.nearest.map(({ health }) => health).toSorted());
  });

  it("schema notices a field that is missing, unknown or of another type", async () => {
    const p = await load(stack);
    const report = await askRegistry(p);
    const [pool, ...others] = report.pools;
    expect(await schemaErrors({ ...report, surprise: 1 })).to.deep.equal(["$.surprise is not in the schema"]);
    expect(await schemaErrors({ ...report, block: undefined })).to.deep.equal(["$.block is missing"]);
    expect(await schemaErrors({ ...report, pools: [{ ...pool, debt: "1" }, ...others] })).to.deep.equal([
      "$.pools[0].debt is string, not number",
    ]);
  });

  it("agrees with the reporter on chain about the system", async () => {
    const p = await load(stack);
    const { system, pools } = await askRegistry(p);
    const onChain = await p.reporter.systemReport();
    const wad = (value: bigint) => Number(value) / 1e18;
    if (system === null) throw new Error("no system");
    expectClose(system.grossCollateral, wad(onChain.grossWad), 1e-3);
    expectClose(system.ultimateCollateral, wad(onChain.ultimateWad), 1e-3);
    expectClose(system.debt, wad(onChain.debtWad), 1e-3);
    expectClose(system.lenderAssets, wad(onChain.lenderWad), 1e-3);
    expectClose(system.grossLeverage ?? 0, wad(onChain.grossLeverageWad), 1e-9);
    expectClose(system.leverage ?? 0, wad(onChain.leverageWad), 1e-9);
    expect([system.pools, system.leftOut, system.unit]).to.deep.equal([2, [], "registry"]);
    expect(pools.map(({ rehypothecationDepth }) => rehypothecationDepth)).to.deep.equal([0, 1]);
    // 50,000 of the lower pool's shares against 20,000 of equity in the upper one: all of its lenders are hurt.
    expect(system.exposures.map(({ holder, issuer }) => [holder, issuer])).to.deep.equal([
      [p.top.poolAddress, p.base.poolAddress],
    ]);
    const [base, top] = system.debtRanks;
    expect([base.debtRank, top.debtRank]).to.deep.equal([top.weight, 0]);
    expectClose(top.weight, 200 / 350, 1e-3);
  });

  it("reads the same through a lens that is not deployed", async () => {
    const p = await load(stack);
    const carried = await askRegistry(p);
    const deployed = await askRegistry(p, { lens: await p.lens.getAddress() });
    expect(carried.lens).to.equal(null);
    expect({ ...deployed, lens: null }).to.deep.equal(carried);
  });

  it("makes a system of named pools if they lend the same asset, and none if nothing prices them", async () => {
    const p = await load(stack);
    const pools = [p.base.poolAddress, p.top.poolAddress];
    const same = await ask(p.connection, { pools });
    expect([same.system?.unit, same.pools.map(({ unitPrice }) => unitPrice)]).to.deep.equal(["USD", [1, 1]]);
    const other = await load(fallenBook);
    const mixed = await ask(other.connection, { pools: [other.poolAddress] });
    expect(mixed.system?.exposures).to.deep.equal([]);
  });

  it("leaves a pool without a price out of the system, not out of the report", async () => {
    const p = await load(stack);
    await p.base.networkHelpers.time.increase(86_401);
    await p.base.networkHelpers.mine();
    const report = await askRegistry(p);
    expect(report.pools.map(({ unitPrice }) => unitPrice)).to.deep.equal([null, 1]);
    expect([report.system?.pools, report.system?.leftOut]).to.deep.equal([1, [p.base.poolAddress]]);
    expect(await schemaErrors(report)).to.deep.equal([]);
    expect(formatRiskTable(report, false)).to.contain("left out     bwUSD: no price for its loan asset");
  });

  it("says that accounts are missing where events were not read from the beginning", async () => {
    const p = await load(stack);
    const latest = await p.ethers.provider.getBlockNumber();
    const report = await askRegistry(p, { fromBlock: latest });
    expect(report.pools.map(({ accounts }) => accounts.complete)).to.deep.equal([false, false]);
    expect(formatRiskTable(report, false)).to.contain("give an earlier --from-block");
  });

  it("is a page, of pools with and without anybody in them, and of systems", async () => {
    const p = await load(stack);
    const report = await askRegistry(p);
    const page = riskPage(report, "npx hardhat risk");
    expect(page.sections.map(({ heading }) => heading)).to.deep.equal([
      "The system",
      `bwUSD ${p.base.poolAddress}`,
      `bwUSD ${p.top.poolAddress}`,
    ]);
    expect(page.tiles?.map(({ value }) => value)).to.deep.equal(["250k", "200k", "90k", "1.25×"]);
    const html = renderReport(page);
    expect(html).to.contain("DebtRank");
    expect(renderReport(riskPage(await askRegistry(p), "npx hardhat risk"))).to.equal(html);
    const other = await load(lensPool);
    const empty = await ask(other.connection, { pools: [other.poolAddress] });
    expect(empty.pools[0].accounts.owing).to.equal(0);
    expect(renderReport(riskPage(empty, "npx hardhat risk"))).to.contain("Health factors");
    expect(formatRiskTable(empty, false)).to.contain("nobody owes anything");
  });

  it("is a table for people", async () => {
    const p = await load(stack);
    const table = formatRiskTable(await askRegistry(p), false);
    expect(table).to.contain("System of 2 pools");
    expect(table).to.contain("collateral   gross 250k, ultimate 200k");
    expect(table).to.match(/exposure +bwUSD holds 50k of bwUSD/);
    expect(table).to.match(/accounts +1 owe, 0 liquidatable, 0 insolvent/);
    expect(table).to.match(/cascade gain 0\.000 at −5 %|cascade gain unknown at −5 %/);
    expect(table).to.not.contain("\u001b");
    expect(formatRiskTable(await askRegistry(p), true)).to.contain("\u001b[1m");
  });
});
