import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { readFile } from "node:fs/promises";

import type { Checkpoint } from "../../../scripts/keeper/checkpoint.ts";
import type { Eip1193 } from "../../../scripts/keeper/rpc.ts";
import { poolAmounts } from "../../../sim/market/uniswap-calls.ts";
import { unitPrice } from "../../../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, createPool } from "../../../sim/market/uniswap-pool.ts";
import { load } from "../../shared/borrower-fixtures.ts";
import { NodeError } from "../../shared/fake-node.ts";
import { keeperScene, startKeeper, valueOf, type KeeperScene } from "../../shared/keeper-in-process.ts";
import { price36 } from "../../shared/pool-fixtures.ts";

type Started = Awaited<ReturnType<typeof startKeeper>>;

/** Time passes, in steps, with a round after each, until it is so. */
async function until(scene: KeeperScene, { keeper }: Started, isSo: () => Promise<boolean>): Promise<void> {
  for (let step = 0; step < 60; ++step) {
    await keeper.round();
    if (await isSo()) return;
    await scene.networkHelpers.time.increase(60);
  }
  expect.fail("it never came to that");
}

const outcome = ({ metrics }: Started, kind: string, of: string) =>
  valueOf(metrics.transactions, { kind, outcome: of });
const skipped = async ({ metrics }: Started) => {
  const { values } = await metrics.decisions.get();
  return values.filter(({ labels }) => labels.what === "skip").map(({ labels }) => labels.result);
};
const isUnhealthy = async ({ pool }: KeeperScene, account: string) => {
  const { debt, liquidationCapacity } = await pool.healthOf(account);
  return liquidationCapacity < debt;
};
const checkpointOf = async ({ state }: Started) => JSON.parse(await readFile(state, "utf8")) as Checkpoint;

describe("Keeper", () => {
  it("takes at once what pays at once, kicks the rest, and takes it when it pays", async () => {
    const scene = await load(keeperScene);
    const { eth, btc, pool, loan } = scene;
    const k = await startKeeper(scene);
    await k.keeper.round();
    // A fixed bonus of 5 % pays now; the auction has to fall first.
    expect(k.lines.filter(({ event }) => event === "tx.sent").map(({ fields }) => fields.kind)).to.have.members([
      "take",
      "kick",
    ]);
    expect((await pool.accountOf(eth.account)).kickedAt).to.be.greaterThan(0);
    expect(await isUnhealthy(scene, btc.account)).to.equal(false);
    await until(scene, k, async () => !(await isUnhealthy(scene, eth.account)));
    await k.keeper.round();
    await k.keeper.round(); // what is hardly healthy is put to rest
    expect(await outcome(k, "kick", "mined")).to.equal(1);
    expect(await outcome(k, "take", "mined")).to.be.at.least(2); // the auction perhaps in parts
    expect(await valueOf(k.metrics.pending)).to.equal(0);
    // What it says it has earned is what it has.
    const earned = await loan.balanceOf(k.address);
    expect(earned).to.be.greaterThan(0);
    expect(Math.round((await valueOf(k.metrics.profit)) * 1e6)).to.equal(Number(earned));
    await k.close();
  });

  it("earns what it has simulated, to the unit, when nothing comes between", async () => {
    const scene = await load(keeperScene);
    const k = await startKeeper(scene);
    await k.keeper.round();
    await k.keeper.round();
    const planned = k.lines.find(({ event }) => event === "take.decided")?.fields;
    expect(planned).to.deep.include({ account: scene.btc.account, result: "sent", isWhole: true });
    expect(await scene.loan.balanceOf(k.address)).to.equal(planned?.profit);
    await k.close();
  });

  it("sells less than it may where the market is too thin for all of it", async () => {
    const scene = await load(keeperScene);
    const { btc, uniswap, governor } = scene;
    // A venue with a fortieth of the liquidity, at the same price.
    const thin = await createPool(governor, uniswap, {
      ...{ base: btc.collateral, quote: scene.loanAddress, fee: 10_000 },
      price: unitPrice({ numerator: btc.price, denominator: 1n }, btc.decimals, 6),
    });
    const dollars = 1_500_000n;
    const amounts = poolAmounts(thin, (dollars * btc.unit) / btc.price, dollars * 10n ** 6n);
    await addFullRangeLiquidity(governor, uniswap, thin, amounts);
    const [whole] = await scene.liquidation.quoteTake.staticCall(btc.account, btc.collateral, MaxUint256);
    const decide = async (venues: readonly string[]) => {
      const snapshot = await scene.networkHelpers.takeSnapshot();
      const k = await startKeeper(scene, { venues: venues.map((venue) => `${btc.collateral}=${venue}`).join(",") });
      await k.keeper.round();
      await k.close();
      await snapshot.restore();
      return k.lines.find(({ event }) => event === "take.decided")?.fields;
    };
    const inThin = await decide([thin.address]);
    expect(inThin).to.deep.include({ venue: thin.address, isWhole: false });
    expect(inThin?.size as bigint).to.be.lessThan(whole);
    // Where it has the choice, it goes to the deep one.
    for (const venues of [
      [thin.address, btc.venue.address],
      [btc.venue.address, thin.address],
    ]) {
      expect(await decide(venues)).to.deep.include({ venue: btc.venue.address, isWhole: true });
    }
  });

  it("leaves alone what does not pay for its gas, or too little", async () => {
    const scene = await load(keeperScene);
    for (const changed of [
      { ethPrice: "1000000000" },
      { minProfit: "100000" },
      { kickYield: "0", minProfit: "9000" },
    ]) {
      const k = await startKeeper(scene, changed);
      await k.keeper.round();
      expect(k.lines.filter(({ event }) => event === "tx.sent")).to.deep.equal([]);
      expect(await skipped(k)).to.include("kick-not-worth-it");
      await k.close();
    }
  });

  it("sends nothing while the base fee is above its limit", async () => {
    const scene = await load(keeperScene);
    const k = await startKeeper(scene, { maxFee: "0.000000001", leastTip: "0" });
    await k.keeper.round();
    expect(k.lines.filter(({ event }) => event === "tx.sent")).to.deep.equal([]);
    expect(await skipped(k)).to.deep.equal(["too-dear"]);
    await k.close();
  });

  it("does the same on a node of which every third answer is an error", async () => {
    const scene = await load(keeperScene);
    const { eth, btc } = scene;
    let count = 0;
    const errors = [
      new NodeError("timeout"),
      new NodeError("Too Many Requests", 429),
      new NodeError("header not found"),
    ];
    const provider: Eip1193 = {
      request: (request) =>
        ++count % 3 === 0
          ? Promise.reject(errors[count % errors.length])
          : scene.connection.provider.request({ method: request.method, params: [...(request.params ?? [])] }),
    };
    const k = await startKeeper(scene, {}, { provider });
    await until(scene, k, async () => !(await isUnhealthy(scene, eth.account)));
    await k.keeper.round();
    expect(await isUnhealthy(scene, btc.account)).to.equal(false);
    expect(await outcome(k, "take", "mined")).to.be.at.least(2);
    expect(await outcome(k, "take", "reverted")).to.equal(0);
    expect(await valueOf(k.metrics.requests, { result: "transient" })).to.be.greaterThan(20);
    await k.close();
  });

  it("fails a round, not the process, when the node is gone, and says so to whoever asks", async () => {
    const scene = await load(keeperScene);
    let isDown = false;
    const provider: Eip1193 = {
      request: (request) =>
        isDown
          ? Promise.reject(new NodeError("the method is not available", -32_601))
          : scene.connection.provider.request({ method: request.method, params: [...(request.params ?? [])] }),
    };
    const k = await startKeeper(scene, { maxFailures: "4" }, { provider });
    expect(k.keeper.complaint).to.equal("starting");
    await k.keeper.round();
    expect(k.keeper.complaint).to.equal(undefined);
    isDown = true;
    const error: unknown = await k.keeper.run(k.stop.signal).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(k.keeper.complaint).to.equal("4 rounds failed in a row");
    expect(await valueOf(k.metrics.rounds, { result: "failed" })).to.equal(4);
    isDown = false;
    await k.keeper.round();
    expect(k.keeper.complaint).to.equal(undefined);
    await k.close();
  });

  it("looks at the others when one account cannot be looked at", async () => {
    const scene = await load(keeperScene);
    const provider: Eip1193 = {
      request: (request) => {
        const isAboutIt = JSON.stringify(request.params ?? []).includes(scene.btc.account.slice(2).toLowerCase());
        if (request.method === "eth_call" && isAboutIt) {
          const [{ to }] = request.params as { to: string }[];
          if (to === scene.poolAddress) return Promise.reject(new NodeError("no such state", -32_602));
        }
        return scene.connection.provider.request({ method: request.method, params: [...(request.params ?? [])] });
      },
    };
    const k = await startKeeper(scene, {}, { provider });
    await k.keeper.round();
    expect(await skipped(k)).to.deep.equal(["error"]);
    expect(k.lines.find(({ event }) => event === "account.failed")?.fields).to.include({ account: scene.btc.account });
    expect((await scene.pool.accountOf(scene.eth.account)).kickedAt).to.be.greaterThan(0);
    expect(k.keeper.complaint).to.equal(undefined);
    await k.close();
  });

  it("loses a race without harm: the loss is counted, and each account is sold once", async () => {
    const scene = await load(keeperScene);
    const { connection, btc, pool } = scene;
    const [a, b] = [
      await startKeeper(scene, { tag: "latest", bid: "0.01" }),
      await startKeeper(scene, { tag: "latest" }, { index: 1 }),
    ];
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    await a.keeper.round();
    await b.keeper.round();
    await scene.networkHelpers.mine();
    await a.keeper.round();
    await b.keeper.round();
    expect([await outcome(a, "take", "mined"), await outcome(b, "take", "mined")]).to.deep.equal([1, 0]);
    expect([await outcome(a, "take", "lost"), await outcome(b, "take", "lost")]).to.deep.equal([0, 1]);
    const kicks = [await outcome(a, "kick", "mined"), await outcome(b, "kick", "mined")];
    const lostKicks = [await outcome(a, "kick", "lost"), await outcome(b, "kick", "lost")];
    expect(kicks.toSorted()).to.deep.equal([0, 1]);
    expect(lostKicks.toSorted()).to.deep.equal([0, 1]);
    expect(await outcome(b, "take", "reverted")).to.equal(0);
    const taken = await pool.queryFilter(pool.filters.CollateralTaken(btc.account));
    expect(taken.length).to.equal(1);
    // Each knows whose take it was.
    expect(await valueOf(a.metrics.events, { event: "CollateralTaken", by: "us" })).to.equal(1);
    expect(await valueOf(b.metrics.events, { event: "CollateralTaken", by: "others" })).to.equal(1);
    expect(await scene.loan.balanceOf(b.address)).to.equal(0);
    await a.close();
    await b.close();
    await connection.provider.request({ method: "evm_setAutomine", params: [true] });
  });

  it("follows a chain that takes its transactions back, and does its work again", async () => {
    const scene = await load(keeperScene);
    const { btc, networkHelpers } = scene;
    const k = await startKeeper(scene);
    const snapshot = await networkHelpers.takeSnapshot();
    await k.keeper.round();
    await k.keeper.round();
    expect(await isUnhealthy(scene, btc.account)).to.equal(false);
    await snapshot.restore();
    await networkHelpers.mine(5);
    expect(await isUnhealthy(scene, btc.account)).to.equal(true);
    await k.keeper.round();
    await k.keeper.round();
    expect(await valueOf(k.metrics.reorgs)).to.equal(1);
    expect(await isUnhealthy(scene, btc.account)).to.equal(false);
    await k.close();
  });

  it("ends sales of accounts that have healed, and puts to rest what hardly has, unless it is told to leave them", async () => {
    const scene = await load(keeperScene);
    const { eth, oracle, pool } = scene;
    const k = await startKeeper(scene);
    const idle = await startKeeper(scene, { leaveHealed: true });
    await k.keeper.round();
    expect((await pool.accountOf(eth.account)).kickedAt).to.be.greaterThan(0);
    const { debt, liquidationCapacity } = await pool.healthOf(eth.account);
    const [price] = await oracle.liquidationPriceOrLast.staticCall(eth.collateral);
    await oracle.setPrice(eth.collateral, (price * debt * 101n) / (liquidationCapacity * 100n));
    await idle.keeper.round();
    expect(await outcome(idle, "unkick", "mined")).to.equal(0);
    // At 1.01 its debt is no longer counted, once; at 1.02 and more its sale is over.
    for (let round = 0; round < 3; ++round) await k.keeper.round();
    expect((await pool.accountOf(eth.account)).saleDebtOrEasedAt).to.equal(0);
    expect((await pool.accountOf(eth.account)).kickedAt).to.be.greaterThan(0);
    expect(await outcome(k, "unkick", "mined")).to.equal(1);
    await oracle.setPrice(eth.collateral, price36(2_500n, 18n, 6n));
    await idle.keeper.round();
    expect((await pool.accountOf(eth.account)).kickedAt).to.be.greaterThan(0);
    await k.keeper.round();
    await k.keeper.round();
    expect((await pool.accountOf(eth.account)).kickedAt).to.equal(0);
    expect(await outcome(k, "unkick", "mined")).to.equal(2);
    await idle.close();
    await k.close();
  });

  it("goes on where it was stopped: nothing is read twice, and what was on its way is waited for", async () => {
    const scene = await load(keeperScene);
    const { connection, btc } = scene;
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    const first = await startKeeper(scene, { tag: "latest" });
    await first.keeper.round();
    first.stop.abort();
    await first.keeper.run(first.stop.signal);
    expect(first.lines.map(({ event }) => event)).to.include("stop.unfinished");
    await first.close();
    const saved = await checkpointOf(first);
    expect(saved.transactions.map(({ kind }) => kind)).to.have.members(["take", "kick"]);

    await scene.networkHelpers.mine();
    const asked: string[] = [];
    const provider: Eip1193 = {
      request: (request) => {
        if (request.method === "eth_getLogs") {
          const [{ fromBlock }] = request.params as { fromBlock: string }[];
          asked.push(fromBlock);
        }
        return scene.connection.provider.request({ method: request.method, params: [...(request.params ?? [])] });
      },
    };
    const second = await startKeeper(scene, { state: first.state, tag: "latest" }, { provider });
    expect(second.lines.find(({ event }) => event === "keeper.ready")?.fields.resumed).to.deep.include({ pending: 2 });
    await second.keeper.round();
    expect(await outcome(second, "take", "mined")).to.equal(1);
    expect(await outcome(second, "kick", "mined")).to.equal(1);
    expect(await isUnhealthy(scene, btc.account)).to.equal(false);
    const last = saved.index.recent.at(-1)?.number ?? saved.index.confirmed?.number ?? 0;
    expect(asked.map(Number)).to.deep.equal([last + 1]);
    await second.close();
    await connection.provider.request({ method: "evm_setAutomine", params: [true] });

    // The same as one that begins now.
    second.stop.abort();
    await second.keeper.run(second.stop.signal);
    const third = await startKeeper(scene, { tag: "latest" });
    await third.keeper.round();
    third.stop.abort();
    await third.keeper.run(third.stop.signal);
    const [resumed, scratch] = [await checkpointOf(second), await checkpointOf(third)];
    const sharesIn = ({ index }: Checkpoint) => {
      const shares = new Map(index.debtShares.map(([account, amount]) => [account, BigInt(amount)]));
      for (const [account, change] of index.recent.flatMap(({ changes }) => changes)) {
        shares.set(account, (shares.get(account) ?? 0n) + BigInt(change));
      }
      return [...shares].toSorted();
    };
    expect(sharesIn(resumed)).to.deep.equal(sharesIn(scratch));
    expect(sharesIn(scratch).length).to.equal(2);
    await third.close();
  });
});
