import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { UNBOUNDED } from "../../../sim/risk/lens-types.ts";
import { load } from "../../shared/borrower-fixtures.ts";
import { stackedPools, type StackedPools } from "../../shared/stacked-pools.ts";

const WAD = 10n ** 18n;
const SCALE = 10n ** 12n; // a loan unit as WAD
const DAY = 86_400n;

async function stack(connection: NetworkConnection) {
  return stackedPools(connection);
}

/** Sums of the pools' own books. */
async function booksOf({ base, top, ethers }: StackedPools) {
  const share = await ethers.getContractAt("LendingPool", base.poolAddress);
  const shares = (await share.balanceOf(top.poolAddress)) / 10n ** 6n; // a dollar for 1e6 shares' base units
  const eth = 200_000n * 10n ** 6n;
  const debt = (await base.pool.totals()).debtAssets + (await top.pool.totals()).debtAssets;
  return { gross: (eth + shares) * SCALE, ultimate: eth * SCALE, debt: debt * SCALE };
}

describe("SystemReporter", () => {
  it("counts a share once in ultimate collateral and twice in gross", async () => {
    const p = await load(stack);
    const report = await p.reporter.systemReport();
    const { gross, ultimate, debt } = await booksOf(p);
    expect([report.pools, report.leftOut, report.shareDepth]).to.deep.equal([2n, 0n, 1n]);
    expect([report.grossWad, report.ultimateWad, report.debtWad]).to.deep.equal([gross, ultimate, debt]);
    expect(report.grossLeverageWad).to.equal((gross * WAD) / (gross - debt));
    expect(report.leverageWad).to.equal((ultimate * WAD) / (gross - debt));
    expect(report.leverageWad).to.be.lessThan(report.grossLeverageWad);
    // 250,000 of collateral, 90,000 of debt.
    expect(report.grossWad - report.debtWad).to.be.within(159_900n * WAD, 160_000n * WAD);
  });

  it("takes a share for ultimate where its pool is not in the registry", async () => {
    const p = await load(stack);
    await p.registry.remove(p.base.poolAddress);
    const report = await p.reporter.systemReport();
    expect([report.pools, report.ultimateWad]).to.deep.equal([1n, report.grossWad]);
    expect(report.shareDepth).to.equal(1n);
  });

  it("leaves out, and counts, a pool without a price", async () => {
    const p = await load(stack);
    await p.base.networkHelpers.time.increase(86_401);
    const report = await p.reporter.systemReport();
    expect([report.pools, report.leftOut]).to.deep.equal([1n, 1n]);
    await p.registry.remove(p.top.poolAddress);
    const empty = await p.reporter.systemReport();
    expect([empty.pools, empty.leftOut, empty.grossWad, empty.leverageWad]).to.deep.equal([0n, 1n, 0n, WAD]);
  });

  it("knows no leverage of a system that owes more than it has", async () => {
    const p = await load(stack);
    await p.base.oracle.setPrice(p.base.collaterals[0].address, 1n);
    const report = await p.reporter.systemReport();
    expect([report.grossLeverageWad, report.leverageWad]).to.deep.equal([UNBOUNDED, UNBOUNDED]);
  });

  it("puts a day's report on chain, once, for whoever asks", async () => {
    const p = await load(stack);
    const { reporter, base } = p;
    const { time } = base.networkHelpers;
    const today = BigInt(await time.latest()) / DAY + 1n;
    await time.increaseTo(today * DAY + 10n);
    await p.feed.setAnswer(10n ** 8n);
    const receipt = await (await reporter.connect(base.stranger).report()).wait();
    const report = await reporter.systemReport();
    expect([report.pools, report.leftOut]).to.deep.equal([2n, 0n]);
    const events = (receipt?.logs ?? []).map((log) => reporter.interface.parseLog(log));
    expect(events.map((event) => [event?.name, event?.args.caller, event?.args.day])).to.deep.equal([
      ["SystemReported", base.stranger.address, today],
    ]);
    expect([...(events[0]?.args.report ?? [])]).to.deep.equal([...report]);
    expect(await reporter.lastDay()).to.equal(today);

    await time.increaseTo((today + 1n) * DAY - 2n);
    await expect(reporter.report()).to.be.revertedWithCustomError(reporter, "ReporterDayReported").withArgs(today);
    await time.setNextBlockTimestamp((today + 1n) * DAY);
    await expect(reporter.report()).to.emit(reporter, "SystemReported");
  });

  it("reverts rather than leave a pool out for want of gas", async () => {
    const p = await load(stack);
    const enough = await p.reporter.report.estimateGas();
    for (const share of [30n, 50n, 70n, 90n]) {
      await expect(p.reporter.report({ gasLimit: (enough * share) / 100n })).to.revert(p.ethers);
    }
    await p.reporter.report({ gasLimit: enough });
    const [event] = await p.reporter.queryFilter(p.reporter.filters.SystemReported());
    expect([event.args.report.pools, event.args.report.leftOut]).to.deep.equal([2n, 0n]);
  });

  it("says how many pools were changed in its block", async () => {
    const p = await load(stack);
    const { base, reporter } = p;
    await base.networkHelpers.mine();
    expect((await reporter.systemReport()).touched).to.equal(0n);
    await base.pool.accrue();
    expect((await reporter.systemReport()).touched).to.equal(1n);
  });
});
