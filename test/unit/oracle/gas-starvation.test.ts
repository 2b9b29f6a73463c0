import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { feedAndTwap, FeedMode, PoolMode, TICK_2000, usdcPerWeth36 } from "../../shared/oracle-fixtures.ts";

const FEED36 = usdcPerWeth36(2_000);
const TWAP36 = 1_999_840_305_617_526_509_300_572_676n;
/** From what cannot even start to what is plenty. */
const GAS_LIMITS = Array.from({ length: 60 }, (_, i) => 30_000n + BigInt(i) * 10_000n);

describe("PriceOracle: too little gas", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(feedAndTwap);

  /** Outcomes of a read under every gas limit: a value, or the name of the error. */
  async function outcomes<T>(read: (gasLimit: bigint) => Promise<T>): Promise<(T | "failed")[]> {
    return Promise.all(GAS_LIMITS.map((gasLimit) => read(gasLimit).catch(() => "failed" as const)));
  }

  /** There were both failures and successes, the failures all before the successes. */
  function expectThreshold(results: readonly unknown[]) {
    const first = results.findIndex((result) => result !== "failed");
    expect(first).to.be.within(3, results.length - 3);
    expect(results.slice(first)).not.to.include("failed");
  }

  it("says so, with values", async () => {
    const { oracle, wethAddress } = await load();
    await expect(oracle.liquidationPriceOrLast.staticCall(wethAddress, { gasLimit: 90_000n }))
      .to.be.revertedWithCustomError(oracle, "OracleGasTooLow")
      .withArgs((left: bigint) => left < 90_000n, (80_000n * 64n) / 63n + 20_000n);
  });

  it("never makes live sources look dead: liquidationPriceOrLast fails or answers fresh and in full", async () => {
    const { oracle, wethAddress } = await load();
    const results = await outcomes((gasLimit) =>
      oracle.liquidationPriceOrLast.staticCall(wethAddress, { gasLimit }).then(([price, fresh]) => `${price} ${fresh}`),
    );
    expectThreshold(results);
    for (const result of results) expect(["failed", `${FEED36} true`]).to.include(result);
  });

  it("nor beside a feed that burns all it is given: that one only is given up", async () => {
    const { oracle, wethAddress, feed } = await load();
    await feed.setMode(FeedMode.GasBomb);
    const results = await outcomes((gasLimit) =>
      oracle.liquidationPriceOrLast.staticCall(wethAddress, { gasLimit }).then(([price, fresh]) => `${price} ${fresh}`),
    );
    expectThreshold(results);
    for (const result of results) expect(["failed", `${TWAP36} true`]).to.include(result);
  });

  it("nor for lending: borrowPrice fails or gives the full answer", async () => {
    const { oracle, wethAddress } = await load();
    const results = await outcomes((gasLimit) => oracle.borrowPrice.staticCall(wethAddress, { gasLimit }));
    expectThreshold(results);
    for (const result of results) expect(["failed", TWAP36]).to.include(result);
  });

  it("cannot write a false memory: a poke that goes through has seen every source", async () => {
    const { oracle, wethAddress, networkHelpers } = await load();
    await networkHelpers.time.increase(360); // an unchanged price is written again after five minutes
    let completed = 0;
    for (const gasLimit of GAS_LIMITS) {
      const snapshot = await networkHelpers.takeSnapshot();
      try {
        await oracle.poke(wethAddress, { gasLimit });
        ++completed;
        const memory = await oracle.snapshotOf(wethAddress);
        expect([memory.hasTwap, memory.twapTick, memory.brokenFeeds], `${gasLimit}`).to.deep.equal([
          true,
          TICK_2000,
          0n,
        ]);
        expect([memory.lastValidPrice36, memory.lastValidAt]).to.deep.equal([FEED36, memory.updatedAt]);
      } catch (error) {
        if (error instanceof Error && error.name === "AssertionError") throw error;
      }
      await snapshot.restore();
    }
    expect(completed).to.be.within(3, GAS_LIMITS.length - 3);
  });

  it("everything broken at once costs a bounded amount and still answers with the last valid price", async () => {
    const { oracle, wethAddress, feed, usdcFeed, pool } = await load();
    await feed.setMode(FeedMode.GasBomb);
    await usdcFeed.setMode(FeedMode.GasBomb);
    await pool.setMode(PoolMode.GasBomb);
    const [price, fresh] = await oracle.liquidationPriceOrLast.staticCall(wethAddress, { gasLimit: 500_000n });
    expect([price, fresh]).to.deep.equal([FEED36, false]);
  });
});
