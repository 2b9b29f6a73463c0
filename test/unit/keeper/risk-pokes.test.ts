import { anyValue } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs";
import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { load } from "../../shared/borrower-fixtures.ts";
import { startKeeper, valueOf } from "../../shared/keeper-in-process.ts";
import { MAX_AGE, twoCollateralRiskPool, USD } from "../../shared/risk-fixtures.ts";
import { owe, tick } from "../../shared/risk-steps.ts";

const REWARD = 2n * USD;
const NO_REWARD = { perPoke: 0n, perDay: 0n, interval: 300n };

/** Two collaterals under an engine, just poked and measured; a loan fills the reserves. No rewards yet. */
async function watchedRiskPool(connection: NetworkConnection) {
  const p = await twoCollateralRiskPool(connection);
  await owe(p, 1_000n, 1_000_000n);
  await tick(p, 3_600n);
  const deploy = async (name: string) => (await p.ethers.deployContract(name)).getAddress();
  const keepers = (await p.ethers.getSigners()).slice(-2);
  return {
    ...p,
    flashAddress: await deploy("FlashLiquidator"),
    lensAddress: await deploy("AccountLens"),
    keepers,
    venues: "",
  };
}

type Watched = Awaited<ReturnType<typeof watchedRiskPool>>;

async function rewardedRiskPool(connection: NetworkConnection) {
  const p = await watchedRiskPool(connection);
  await p.engine.setRewards({ perPoke: REWARD, perDay: 100n * USD, interval: 300n });
  return p;
}

/** What a keeper decided to call, and on which collateral, in a few rounds. */
async function callsOf(p: Watched, changed: Parameters<typeof startKeeper>[1], rounds = 2) {
  const k = await startKeeper(p, changed);
  for (let i = 0; i < rounds; ++i) {
    await k.keeper.round();
    await p.pass(12n);
  }
  await k.close();
  const calls = k.lines.filter(({ event }) => event === "poke.decided").map(({ fields }) => fields.call);
  return { ...k, calls };
}

describe("RiskPokes", () => {
  it("earn the reward when it pays for the gas, once in an interval", async () => {
    const p = await load(rewardedRiskPool);
    await p.pass(301n);
    const k = await startKeeper(p, { poke: "paid" });
    for (let i = 0; i < 3; ++i) {
      await k.keeper.round();
      await p.pass(12n);
    }
    expect(await valueOf(k.metrics.transactions, { kind: "poke", outcome: "mined" })).to.equal(2);
    expect(await p.engine.rewardOf(k.address)).to.equal(2n * REWARD);
    expect(await valueOf(k.metrics.rewards)).to.equal(4);
    await p.pass(301n);
    await k.keeper.round();
    await k.keeper.round();
    expect(await p.engine.rewardOf(k.address)).to.equal(4n * REWARD);
    await k.close();
  });

  it("count as lost when another keeper has been faster in the same block", async () => {
    const p = await load(rewardedRiskPool);
    await p.pass(301n);
    const { provider } = p.connection;
    const a = await startKeeper(p, { poke: "paid", tag: "latest", leastTip: "2" });
    const b = await startKeeper(p, { poke: "paid", tag: "latest" }, { index: 1 });
    await provider.request({ method: "evm_setAutomine", params: [false] });
    await a.keeper.round();
    await b.keeper.round();
    await p.networkHelpers.mine();
    await provider.request({ method: "evm_setAutomine", params: [true] });
    await a.keeper.round();
    await b.keeper.round();
    const counts = async ({ metrics }: typeof a) => [
      await valueOf(metrics.transactions, { kind: "poke", outcome: "mined" }),
      await valueOf(metrics.transactions, { kind: "poke", outcome: "lost" }),
    ];
    expect([await counts(a), await counts(b)]).to.deep.equal([
      [2, 0],
      [0, 2],
    ]);
    expect(await p.engine.rewardOf(b.address)).to.equal(0);
    await a.close();
    await b.close();
  });

  it("are left to others when gas costs more than they bring, or they bring nothing", async () => {
    const p = await load(rewardedRiskPool);
    await p.pass(301n);
    expect((await callsOf(p, { poke: "paid", ethPrice: "100000000" })).calls).to.deep.equal([]);
    await p.engine.setRewards(NO_REWARD);
    await p.pass(301n);
    expect((await callsOf(p, { poke: "paid" })).calls).to.deep.equal([]);
  });

  it("keep depth and snapshot fresh for the pool's sake, before they are too old and not sooner", async () => {
    const p = await load(watchedRiskPool);
    await p.pass((MAX_AGE * 7n) / 10n);
    expect((await callsOf(p, { poke: "stale" })).calls).to.deep.equal([]);
    await p.pass(MAX_AGE / 5n);
    const { calls } = await callsOf(p, { poke: "stale" });
    // Depth before the engine, which judges by it; of both collaterals.
    expect(calls).to.deep.equal(["pokeDepth", "poke", "pokeDepth", "poke"]);
    const now = BigInt(await p.networkHelpers.time.latest());
    for (const { address } of p.collaterals) {
      expect((await p.risk.riskOf(address)).freshUntil).to.be.greaterThan(now + MAX_AGE - 60n);
      expect((await p.liquidity.depthOf(address)).updatedAt).to.be.greaterThan(now - 60n);
    }
  });

  it("do nothing for the pool's sake when they are to be paid, and nothing at all when they are off", async () => {
    const p = await load(watchedRiskPool);
    await p.pass(MAX_AGE * 2n);
    expect((await callsOf(p, { poke: "paid" })).calls).to.deep.equal([]);
    expect((await callsOf(p, { poke: "off" })).calls).to.deep.equal([]);
  });

  it("sample correlations that are too old to count", async () => {
    const p = await load(watchedRiskPool);
    const [eth, other] = p.collaterals;
    await p.volatility.setPair(eth.address, other.address, 30, 40);
    const { calls, metrics } = await callsOf(p, { poke: "stale" });
    expect(calls).to.deep.equal(["pokeCorrelations", "pokeCorrelations"]);
    expect(await valueOf(metrics.transactions, { kind: "poke", outcome: "mined" })).to.equal(2);
  });

  it("fetch rewards when they are worth many times the gas", async () => {
    const p = await load(rewardedRiskPool);
    await p.pass(301n);
    const few = await callsOf(p, { poke: "paid", ethPrice: "100" }, 3);
    expect(few.calls).to.deep.equal(["poke", "poke", "claim"]);
    await p.pass(301n);
    // Where gas is dearer they add up first.
    const dear = await callsOf(p, { poke: "paid", ethPrice: "5000" }, 3);
    expect(dear.calls).to.deep.equal(["poke", "poke"]);
    expect(await p.loan.balanceOf(few.address)).to.be.greaterThan(0);
    expect(await valueOf(few.metrics.transactions, { kind: "claim", outcome: "mined" })).to.equal(1);
  });
});

describe("AccountLens#pokeRewardOf", () => {
  it("says what a poke would earn, to the unit, and earns nothing itself", async () => {
    const p = await load(rewardedRiskPool);
    const lens = await p.ethers.getContractAt("AccountLens", p.lensAddress);
    const { address } = p.collaterals[0];
    const ask = () => lens.pokeRewardOf(p.engineAddress, address);
    await p.pass(301n);
    await expect(ask()).to.be.revertedWithCustomError(lens, "LensPokeReward").withArgs(REWARD);
    expect(await p.engine.rewardOf(p.lensAddress)).to.equal(0);
    await expect(p.engine.connect(p.stranger).poke(address))
      .to.emit(p.engine, "RiskRefreshed")
      .withArgs(address, anyValue, anyValue, anyValue, REWARD);
    await p.pass(60n);
    await expect(ask()).to.be.revertedWithCustomError(lens, "LensPokeReward").withArgs(0);
  });
});
