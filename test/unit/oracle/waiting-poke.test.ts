import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { MAY_WAIT } from "../../../sim/reference/risk-engine.ts";
import { answer8, deployOracleSources, FeedMode } from "../../shared/oracle-fixtures.ts";

const MAX_AGE = 60n;

/** One feed, of which nothing has to be converted, and a mean price that may be a minute old. */
async function reusableMean(connection: NetworkConnection) {
  const sources = await deployOracleSources(connection);
  const { oracle, wethAddress } = sources;
  await oracle.setMarket(wethAddress, sources.market(1, { feedsInQuote: true, snapshotMaxAge: MAX_AGE }));
  await sources.pass(3_600n); // the first poke of an hour asks for decimals
  await sources.refresh(2_000);
  await oracle.poke(wethAddress);
  const { networkHelpers } = connection;
  /** In a block so many seconds after the last poke. */
  const later = async (seconds: bigint) => {
    const { updatedAt } = await oracle.snapshotOf(wethAddress);
    await networkHelpers.time.setNextBlockTimestamp(updatedAt + seconds);
  };
  /** Pokes, and says what that answered. */
  const ask = async (seconds: bigint, mayWait: bigint) => {
    const state = await networkHelpers.takeSnapshot();
    await later(seconds);
    await networkHelpers.mine(1);
    const conditions = await oracle.pokeConditions.staticCall(wethAddress, mayWait, { blockTag: "pending" });
    await state.restore();
    await later(seconds);
    return { conditions, tx: await oracle.pokeConditions(wethAddress, mayWait) };
  };
  return { ...sources, ask, later };
}

describe("PriceOracle#pokeConditions that may wait", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(reusableMean);

  it("goes by the mean of the last poke, and remembers nothing", async () => {
    const p = await load();
    const before = await p.oracle.snapshotOf(p.wethAddress);
    const { twap36 } = await p.oracle.conditionsOf(p.wethAddress);
    await p.feed.setAnswer(answer8(2_010));
    const { tx, conditions } = await p.ask(MAX_AGE, MAY_WAIT.mean);
    await expect(tx).not.to.emit(p.oracle, "Poked");
    expect(await p.oracle.snapshotOf(p.wethAddress)).to.deep.equal(before);
    expect([conditions.twap36, conditions.lendable]).to.deep.equal([twap36, true]);
    expect(conditions.liquidationPrice36).to.equal(conditions.feedPrice36);
    expect(conditions.feedPrice36).to.be.greaterThan(twap36);
  });

  it("pokes when it may not wait", async () => {
    const p = await load();
    const { tx } = await p.ask(MAX_AGE, 0n);
    await expect(tx).to.emit(p.oracle, "Poked");
  });

  describe("does not wait", () => {
    const reasons: readonly [string, bigint, (p: Awaited<ReturnType<typeof load>>) => Promise<unknown>][] = [
      ["when the mean is older than its users like it", MAX_AGE + 1n, () => Promise.resolve()],
      ["when the feed leaves the band", MAX_AGE, ({ feed }) => feed.setAnswer(answer8(2_200))],
      [
        "when the feed has doubled, which other decimals would make it",
        50n,
        ({ feed }) => feed.setAnswer(answer8(20_000)),
      ],
      ["when the feed does not answer", 50n, ({ feed }) => feed.setMode(FeedMode.Reverting)],
    ];
    for (const [reason, seconds, prepare] of reasons) {
      it(reason, async () => {
        const p = await load();
        await prepare(p);
        const { tx } = await p.ask(seconds, MAY_WAIT.mean);
        await expect(tx).to.emit(p.oracle, "Poked");
      });
    }

    it("while feed and mean have disagreed since the last poke", async () => {
      const p = await load();
      await p.feed.setAnswer(answer8(2_200));
      await p.ask(30n, MAY_WAIT.mean);
      expect((await p.oracle.snapshotOf(p.wethAddress)).divergenceStart).not.to.equal(0);
      await p.feed.setAnswer(answer8(2_000)); // in the band again, of which only a poke takes note
      const { tx } = await p.ask(30n, MAY_WAIT.mean);
      await expect(tx).to.emit(p.oracle, "Poked");
      expect((await p.oracle.snapshotOf(p.wethAddress)).divergenceStart).to.equal(0);
    });
  });
});
