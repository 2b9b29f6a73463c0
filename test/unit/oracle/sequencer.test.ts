import { expect } from "chai";
import { encodeBytes32String, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { feedAndTwap, FeedMode, Status, usdcPerWeth36 } from "../../shared/oracle-fixtures.ts";

const GRACE = 3_600n;
const UP = 0n;
const DOWN = 1n;

/** A market whose chain's sequencer has been up for a day. */
async function withSequencer(connection: NetworkConnection) {
  const sources = await feedAndTwap(connection);
  const { ethers, oracle, networkHelpers } = sources;
  const uptime = await ethers.deployContract("MockAggregator", [0, "Sequencer uptime", UP]);
  const long = BigInt(await networkHelpers.time.latest()) - 86_400n;
  await uptime.setRound(UP, long, long);
  const uptimeAddress = await uptime.getAddress();
  await oracle.setSequencer(uptimeAddress, GRACE);
  /** The uptime feed reports a change, now. */
  const report = async (state: bigint) => {
    await uptime.setAnswer(state);
    return BigInt(await networkHelpers.time.latest());
  };
  return { ...sources, uptime, uptimeAddress, report };
}

describe("PriceOracle: sequencer", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(withSequencer);
  const FEED36 = usdcPerWeth36(2_000);

  describe("#setSequencer", () => {
    it("reverts when the grace period is longer than a day", async () => {
      const { oracle, uptimeAddress } = await load();
      await expect(oracle.setSequencer(uptimeAddress, 86_401))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("graceSeconds"), 86_401);
    });

    it("reverts when the feed is no uptime feed", async () => {
      const { oracle, feedAddresses, usdcAddress } = await load();
      for (const feed of [feedAddresses[0], usdcAddress]) {
        await expect(oracle.setSequencer(feed, GRACE))
          .to.be.revertedWithCustomError(oracle, "OracleFeedRejected")
          .withArgs(feed, Status.Invalid);
      }
    });

    it("can be taken away", async () => {
      const { oracle, report, wethAddress } = await load();
      await report(DOWN);
      await expect(oracle.setSequencer(ZeroAddress, 0)).to.emit(oracle, "SequencerConfigured").withArgs(ZeroAddress, 0);
      expect(await oracle.liquidationPrice(wethAddress)).to.equal(FEED36);
    });
  });

  it("up: both prices", async () => {
    const { oracle, wethAddress } = await load();
    await oracle.borrowPrice(wethAddress);
    expect(await oracle.liquidationPrice(wethAddress)).to.equal(FEED36);
  });

  it("down: no credit, nothing fresh, the last valid price, and memory stands still", async () => {
    const { oracle, wethAddress, report, pass, feed } = await load();
    await report(DOWN);
    await feed.setAnswer(1_000n * 10n ** 8n);
    await pass(60n);
    await expect(oracle.borrowPrice(wethAddress)).to.be.revertedWithCustomError(oracle, "OracleSequencerDown");
    await expect(oracle.liquidationPrice(wethAddress))
      .to.be.revertedWithCustomError(oracle, "OracleNoFreshSource")
      .withArgs(wethAddress);
    expect([...(await oracle.liquidationPriceOrLast(wethAddress))]).to.deep.equal([FEED36, false]);
    const before = await oracle.snapshotOf(wethAddress);
    await expect(oracle.poke(wethAddress)).not.to.emit(oracle, "Poked");
    expect(await oracle.snapshotOf(wethAddress)).to.deep.equal(before);
    const statuses = (await oracle.sourcesOf(wethAddress)).map((source) => source.status);
    expect(statuses).to.deep.equal([Status.SequencerDown, Status.SequencerDown]);
  });

  it("up again: liquidation at once, credit after the grace period", async () => {
    const { oracle, wethAddress, report, networkHelpers, refresh } = await load();
    await report(DOWN);
    const since = await report(UP);
    expect(await oracle.liquidationPrice(wethAddress)).to.equal(FEED36);
    await networkHelpers.time.increaseTo(since + GRACE - 10n);
    await expect(oracle.borrowPrice(wethAddress))
      .to.be.revertedWithCustomError(oracle, "OracleSequencerGrace")
      .withArgs(since + GRACE);
    await refresh(2_000);
    await networkHelpers.time.increaseTo(since + GRACE);
    expect(await oracle.borrowPrice(wethAddress)).to.be.greaterThan(0n);
  });

  describe("an uptime feed that is itself broken closes credit, not liquidation", () => {
    const states: readonly [string, (sources: Awaited<ReturnType<typeof withSequencer>>) => Promise<unknown>][] = [
      ["reverting", ({ uptime }) => uptime.setMode(FeedMode.Reverting)],
      ["burning all gas", ({ uptime }) => uptime.setMode(FeedMode.GasBomb)],
      ["answering one word", ({ uptime }) => uptime.setMode(FeedMode.ShortAnswer)],
      ["a round that never started", ({ uptime }) => uptime.setRound(UP, 0, 0)],
      ["a round from the future", ({ uptime }) => uptime.setRound(UP, 2n ** 40n, 2n ** 40n)],
      ["an answer that is neither 0 nor 1", ({ uptime }) => uptime.setRound(2, 1, 1)],
    ];
    for (const [name, apply] of states) {
      it(name, async () => {
        const sources = await load();
        const { oracle, wethAddress } = sources;
        await apply(sources);
        await expect(oracle.borrowPrice(wethAddress)).to.be.revertedWithCustomError(oracle, "OracleSequencerUnknown");
        expect([...(await oracle.liquidationPriceOrLast(wethAddress))]).to.deep.equal([FEED36, true]);
      });
    }
  });
});
