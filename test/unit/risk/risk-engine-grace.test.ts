import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { ETHER, FLOW, Level, MAX_AGE, USD } from "../../shared/risk-fixtures.ts";
import { matrixWorld, SEQUENCER_GRACE } from "../../shared/risk-matrix.ts";

const ALL = 2n ** 256n - 1n;

/** No source answered for a while, which the engine saw; now all do, and it has seen that, too. */
async function backFromOutage(connection: NetworkConnection) {
  const w = await matrixWorld(connection);
  await w.breakSources("no source fresh");
  await w.pass(61n);
  await w.engine.poke(w.eth.address);
  await w.pass(60n);
  await w.setHistory("normal");
  await w.eth.feed.setAnswer(w.eth.dollars * 10n ** 8n);
  await w.liquidity.pokeDepth(w.eth.address);
  await w.engine.poke(w.eth.address);
  return w;
}

describe("RiskEngine: after an outage", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  const take = async (w: Awaited<ReturnType<typeof matrixWorld>>, who: "deep" | "mild" | "kicked") => {
    const { liquidation, liquidator, accounts, eth } = w;
    return liquidation
      .connect(liquidator)
      .take(accounts[who].address, eth.address, ETHER, ALL, liquidator.address, "0x");
  };

  it("borrowing is closed", async () => {
    const { pool, borrower, eth, risk } = await load(backFromOutage);
    expect((await risk.riskOf(eth.address)).borrowFactorBps).to.equal(0);
    await expect(pool.connect(borrower).borrow(USD, 0, borrower.address, borrower.address))
      .to.be.revertedWithCustomError(pool, "PoolRestricted")
      .withArgs(eth.address);
  });

  it("who is unhealthy by little is not put up for sale, neither by a kick nor by a take", async () => {
    const w = await load(backFromOutage);
    const { pool, liquidation, accounts } = w;
    const { address } = accounts.mild;
    expect((await w.risk.riskOf(w.eth.address)).grace).to.equal(true);
    const { liquidationCapacity, debt } = await pool.healthOf(address);
    for (const send of [() => liquidation.kick(address), () => take(w, "mild")]) {
      await expect(send())
        .to.be.revertedWithCustomError(pool, "LiquidationInGrace")
        // A kick goes by the debt as last booked.
        .withArgs(address, liquidationCapacity, (owed: bigint) => owed > liquidationCapacity && owed <= 2n * debt);
    }
  });

  it("who is deeply unhealthy is, and who was for sale already stays so", async () => {
    const w = await load(backFromOutage);
    await take(w, "kicked");
    await w.liquidation.kick(w.accounts.deep.address);
    await take(w, "deep");
  });

  it("ends: with the next poke after its time", async () => {
    const w = await load(backFromOutage);
    await w.pass(FLOW.outageGrace - 90n);
    await w.engine.poke(w.eth.address);
    expect((await w.risk.riskOf(w.eth.address)).grace).to.equal(true);
    await w.pass(90n);
    await w.engine.poke(w.eth.address);
    expect((await w.risk.riskOf(w.eth.address)).grace).to.equal(false);
    await w.liquidation.kick(w.accounts.mild.address);
  });

  it("ends with the snapshot: an engine that falls silent does not put liquidations off for ever", async () => {
    const w = await load(backFromOutage);
    const mock = await w.ethers.deployContract("MockRiskEngine", [w.poolAddress]);
    await w.risk.setRiskEngine(await mock.getAddress(), MAX_AGE);
    const update = {
      ...{ liquidationFactorBps: 8_500, borrowFactorBps: 0, calm: false, level: 0, loadingPercent: 100 },
      ...{ discountTenBps: 50, grace: true, reserve: 10n ** 12n },
    };
    await mock.write(w.eth.address, update, { restricted: false, exitFloorShares: 0, exitRefillPerSecond: 0 });
    await expect(w.liquidation.kick(w.accounts.mild.address)).to.be.revertedWithCustomError(
      w.pool,
      "LiquidationInGrace",
    );
    await w.pass(MAX_AGE);
    await w.eth.feed.setAnswer(w.eth.dollars * 10n ** 8n);
    await w.liquidation.kick(w.accounts.mild.address);
  });

  it("of the sequencer: for as long as the oracle says", async () => {
    const w = await load(matrixWorld);
    const end = await w.breakSources("sequencer back");
    await w.engine.poke(w.eth.address);
    expect((await w.risk.riskOf(w.eth.address)).grace).to.equal(true);
    await expect(take(w, "mild")).to.be.revertedWithCustomError(w.pool, "LiquidationInGrace");
    await w.networkHelpers.time.increaseTo(end - 2n);
    await w.eth.feed.setAnswer(w.eth.dollars * 10n ** 8n);
    await w.networkHelpers.time.setNextBlockTimestamp(end);
    await w.engine.poke(w.eth.address);
    expect(end).to.be.greaterThan(SEQUENCER_GRACE);
    expect((await w.risk.riskOf(w.eth.address)).grace).to.equal(false);
    await take(w, "mild");
  });

  describe("of the sequencer that nobody poked through", () => {
    /** The snapshot is fresh, and says nothing of any outage. */
    async function unnoticedOutage(connection_: NetworkConnection) {
      const w = await matrixWorld(connection_);
      const { updatedAt } = await w.risk.riskOf(w.eth.address);
      await w.breakSources("sequencer back");
      return { ...w, updatedAt };
    }

    it("who is unhealthy by little is not put up for sale, though the snapshot is fresh", async () => {
      const w = await load(unnoticedOutage);
      const { grace, freshUntil } = await w.risk.riskOf(w.eth.address);
      const now = BigInt(await w.networkHelpers.time.latest());
      expect([grace, freshUntil > now, w.updatedAt + 600n < now]).to.deep.equal([false, true, true]);
      for (const send of [() => w.liquidation.kick(w.accounts.mild.address), () => take(w, "mild")]) {
        await expect(send()).to.be.revertedWithCustomError(w.pool, "LiquidationInGrace");
      }
      // Refused all the way: what the engine said is forgotten, and asked again by the next.
      expect((await w.risk.riskOf(w.eth.address)).grace).to.equal(false);
    });

    it("who is deeply unhealthy is, and from then on the pool knows of the grace period", async () => {
      for (const send of ["kick", "take"] as const) {
        const w = await load(unnoticedOutage);
        await (send === "kick" ? w.liquidation.kick(w.accounts.deep.address) : take(w, "deep"));
        const { grace, updatedAt } = await w.risk.riskOf(w.eth.address);
        expect([grace, updatedAt]).to.deep.equal([true, BigInt(await w.networkHelpers.time.latest())]);
        await expect(w.liquidation.kick(w.accounts.mild.address)).to.be.revertedWithCustomError(
          w.pool,
          "LiquidationInGrace",
        );
      }
    });

    it("who was for sale already stays so, without the engine being asked", async () => {
      const w = await load(unnoticedOutage);
      await take(w, "kicked");
      expect((await w.risk.riskOf(w.eth.address)).updatedAt).to.equal(w.updatedAt);
    });
  });

  it("of prices that nobody poked through leaves no grace period: no one can know of it", async () => {
    const w = await load(matrixWorld);
    await w.breakSources("no source fresh");
    await expect(w.liquidation.kick(w.accounts.mild.address)).to.be.revertedWithCustomError(
      w.pool,
      "LiquidationNoFreshPrice",
    );
    await w.setHistory("normal");
    await w.eth.feed.setAnswer(w.eth.dollars * 10n ** 8n);
    await w.liquidation.kick(w.accounts.mild.address);
  });

  it("the restriction that it brought ends by itself, and lending begins again after three good samples", async () => {
    const w = await load(backFromOutage);
    const levels: bigint[] = [];
    for (let i = 0; i < 12; ++i) {
      await w.pass(300n);
      await w.eth.feed.setAnswer(w.eth.dollars * 10n ** 8n);
      await w.liquidity.pokeDepth(w.eth.address);
      await w.engine.poke(w.eth.address);
      levels.push((await w.risk.riskOf(w.eth.address)).level);
    }
    expect([...new Set(levels)]).to.deep.equal([Level.Restricted, Level.Recovery, Level.Normal]);
    expect(levels.filter((level) => level === Level.Recovery)).to.have.length(2);
    await w.pool.connect(w.borrower).borrow(USD, 0, w.borrower.address, w.borrower.address);
  });
});
