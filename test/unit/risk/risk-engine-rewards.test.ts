import { anyValue } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs";
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { agedPool, calmDebtor, setPrice, USD } from "../../shared/borrower-fixtures.ts";
import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { skipUnderCoverage } from "../../shared/skip-under-coverage.ts";
import { DAY, MAX_AGE, riskPool } from "../../shared/risk-fixtures.ts";
import { owe, tick } from "../../shared/risk-steps.ts";

const REWARDS = { perPoke: 2n * USD, perDay: 5n * USD, interval: 300n };

/** Pokes are rewarded; a loan has filled the reserves a little. The UTC day has just begun. */
async function rewardingPool(connection: NetworkConnection) {
  const p = await riskPool(connection);
  await owe(p, 1_000n, 1_000_000n);
  const latest = BigInt(await connection.networkHelpers.time.latest());
  await connection.networkHelpers.time.increaseTo((latest / DAY + 2n) * DAY);
  await p.engine.setRewards(REWARDS);
  await tick(p, 1n);
  return p;
}

/** A pool without prices of its own, under an engine that a test speaks for; a year's interest has filled its reserves. */
async function paidPool(connection: NetworkConnection) {
  const p = await agedPool(connection);
  const engine = await p.ethers.deployContract("MockRiskEngine", [p.poolAddress]);
  const risk = await p.ethers.getContractAt("IPoolRisk", p.poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), MAX_AGE);
  return { ...p, engine, risk };
}

async function engineless(connection: NetworkConnection) {
  const p = await calmDebtor(connection);
  return { ...p, risk: await p.ethers.getContractAt("IPoolRisk", p.poolAddress) };
}

/** Interest of ten days: enough in the reserves for what keepers are to be paid here. */
async function fillReserves(p: Awaited<ReturnType<typeof rewardingPool>>) {
  await p.pass(10n * DAY);
}

describe("RiskEngine: rewards of keepers", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  describe("rewards", () => {
    it("are earned by a poke, once in an interval; a refresh earns nothing", async () => {
      const p = await load(rewardingPool);
      const { engine, stranger, eth } = p;
      await engine.setRewards({ ...REWARDS, perDay: 100n * USD });
      await p.pass(REWARDS.interval);
      await engine.connect(stranger).refresh(eth.address);
      expect(await engine.rewardOf(stranger.address)).to.equal(0);
      await p.pass(12n);
      await expect(engine.connect(stranger).poke(eth.address))
        .to.emit(engine, "KeeperRewarded")
        .withArgs(stranger.address)
        .and.to.emit(engine, "RiskRefreshed")
        .withArgs(eth.address, anyValue, anyValue, anyValue, REWARDS.perPoke);
      await p.pass(REWARDS.interval - 10n);
      await expect(engine.connect(stranger).poke(eth.address))
        .to.emit(engine, "RiskRefreshed")
        .withArgs(eth.address, anyValue, anyValue, anyValue, 0n);
      expect(await engine.rewardOf(stranger.address)).to.equal(REWARDS.perPoke);
    });

    it("end at the day's cap, which counts anew from midnight; pokes go on", async () => {
      const p = await load(rewardingPool);
      const { engine, stranger, eth, governor } = p;
      // The fixture's own poke was the first.
      expect(await engine.rewardOf(governor.address)).to.equal(REWARDS.perPoke);
      for (const earned of [2n, 2n, 2n]) {
        await p.pass(REWARDS.interval);
        await expect(engine.connect(stranger).poke(eth.address)).to.emit(engine, "RiskRefreshed");
        expect(await engine.rewardOf(stranger.address)).to.equal(earned * USD);
      }
      const latest = BigInt(await p.networkHelpers.time.latest());
      await p.networkHelpers.time.increaseTo((latest / DAY + 1n) * DAY);
      await engine.connect(stranger).poke(eth.address);
      expect(await engine.rewardOf(stranger.address)).to.equal(4n * USD);
    });

    it("nothing is paid where a cap of nothing is set, and pokes go on", async () => {
      const p = await load(rewardingPool);
      await p.engine.setRewards({ ...REWARDS, perDay: 0n });
      await p.pass(REWARDS.interval);
      await expect(p.engine.connect(p.stranger).poke(p.eth.address)).to.emit(p.engine, "RiskRefreshed");
      expect(await p.engine.rewardOf(p.stranger.address)).to.equal(0);
    });

    it("are claimed as far as the reserves go; the rest stays earned", async () => {
      const p = await load(rewardingPool);
      const { ethers, engine, eth, loan, stranger, pool, admin } = p;
      await p.pass(REWARDS.interval);
      await engine.connect(stranger).poke(eth.address);
      const { reserves } = await pool.totals();
      await fixNextBlock(connection, 1);
      const left = (await pool.totals(PENDING)).reserves;
      await admin.withdrawReserves(left - USD / 2n, p.governor.address);
      expect(reserves).to.be.greaterThan(REWARDS.perPoke);
      await fixNextBlock(connection, 1);
      const paid = (await pool.totals(PENDING)).reserves;
      expect(paid).to.be.within(USD / 2n, USD);
      const claim = engine.claim(stranger.address);
      await expect(claim).to.emit(engine, "RewardClaimed").withArgs(stranger.address, paid);
      await expect(claim).to.changeTokenBalances(ethers, loan, [stranger], [paid]);
      expect(await engine.rewardOf(stranger.address)).to.equal(REWARDS.perPoke - paid);
      expect((await pool.totals()).reserves).to.be.at.most(1n);
      await p.pass(DAY);
      await engine.claim(stranger.address);
      expect(await engine.rewardOf(stranger.address)).to.equal(0);
    });

    it("of keepers who take turns are each his own, whenever they are claimed", async () => {
      const p = await load(rewardingPool);
      const { engine, eth, governor, stranger, lender, loan } = p;
      await engine.setRewards({ ...REWARDS, perDay: 100n * USD });
      const earned = new Map([[governor.address, 1n]]); // the fixture's own poke
      for (const keeper of [stranger, stranger, governor, lender, stranger, lender, lender, governor]) {
        await p.pass(REWARDS.interval);
        await engine.connect(keeper).poke(eth.address);
        earned.set(keeper.address, (earned.get(keeper.address) ?? 0n) + 1n);
        for (const [address, pokes] of earned) expect(await engine.rewardOf(address)).to.equal(pokes * REWARDS.perPoke);
      }
      await fillReserves(p);
      const before = await loan.balanceOf(stranger.address);
      for (const address of earned.keys()) await engine.claim(address);
      expect((await loan.balanceOf(stranger.address)) - before).to.equal(3n * REWARDS.perPoke);
      for (const address of earned.keys()) expect(await engine.rewardOf(address)).to.equal(0);
      await p.pass(REWARDS.interval);
      await engine.connect(governor).poke(eth.address);
      expect(await engine.rewardOf(governor.address)).to.equal(REWARDS.perPoke);
    });

    it("cost a newcomer his own slot, and who comes after him, or after a claim, nothing of it", async function () {
      skipUnderCoverage(this);
      const p = await load(rewardingPool);
      const { engine, eth, governor, stranger, networkHelpers, pass } = p;
      await engine.setRewards({ ...REWARDS, perDay: 100n * USD });
      /** What the next poke costs either of them; then `next` pokes. */
      const costs = async (next: typeof stranger) => {
        await pass(REWARDS.interval);
        const gas = new Map<string, bigint>();
        for (const keeper of next === stranger ? [governor, stranger] : [stranger, governor]) {
          const state = await networkHelpers.takeSnapshot();
          gas.set(keeper.address, (await (await engine.connect(keeper).poke(eth.address)).wait())!.gasUsed);
          if (keeper !== next) await state.restore();
        }
        return { ofGovernor: gas.get(governor.address)!, ofStranger: gas.get(stranger.address)! };
      };
      const first = await costs(stranger);
      expect(first.ofStranger - first.ofGovernor).to.be.within(20_000n, 30_000n); // a slot, and what is pending
      const second = await costs(stranger);
      expect(second.ofGovernor - second.ofStranger).to.be.within(2_000n, 9_500n); // the slot of who was first, and an event
      await fillReserves(p);
      await engine.claim(stranger.address);
      expect(await engine.rewardOf(stranger.address)).to.equal(0);
      const third = await costs(stranger);
      expect(third.ofGovernor - third.ofStranger).to.be.within(2_000n, 9_500n);
      const fourth = await costs(stranger);
      expect(fourth.ofGovernor - fourth.ofStranger).to.be.within(2_000n, 9_500n);
    });

    it("earned before they change keep their amount, and the day's cap what was spent of it", async () => {
      const p = await load(rewardingPool);
      const { engine, stranger, eth } = p;
      await p.pass(REWARDS.interval);
      await engine.connect(stranger).poke(eth.address); // 4 of 5 dollars are spent
      await engine.setRewards({ ...REWARDS, perPoke: USD / 2n });
      for (const earned of [25n, 30n, 30n]) {
        expect(await engine.rewardOf(stranger.address)).to.be.at.most((earned * USD) / 10n);
        await p.pass(REWARDS.interval);
        await engine.connect(stranger).poke(eth.address);
        expect(await engine.rewardOf(stranger.address)).to.equal((earned * USD) / 10n);
      }
    });

    it("a claim of nothing pays nothing", async () => {
      const { engine, stranger } = await load(rewardingPool);
      await expect(engine.claim(stranger.address)).not.to.emit(engine, "RewardClaimed");
    });

    it("an interval out of its range is refused", async () => {
      const { engine } = await load(riskPool);
      await expect(engine.setRewards({ ...REWARDS, interval: 59n })).to.be.revertedWithCustomError(
        engine,
        "EngineConfigOutOfRange",
      );
    });
  });

  describe("IPoolRisk#payKeeper", () => {
    it("reverts for anybody but the engine", async () => {
      const { risk, pool, stranger } = await load(engineless);
      await expect(risk.connect(stranger).payKeeper(stranger.address, 1))
        .to.be.revertedWithCustomError(risk, "RiskCallerNotEngine")
        .withArgs(stranger.address, "0x0000000000000000000000000000000000000000");
      expect(await pool.totalProvision()).to.equal(0);
    });

    it("leaves what the provision needs", async () => {
      const p = await load(paidPool);
      const { pool, engine, risk, otherBorrower, liquidation, stranger, ethers, loan, eth } = p;
      const { reserves } = await pool.totals();
      const debt = await pool.debtOf(otherBorrower.address);
      // 10,000 ETH at a price at which the provision is a third of the reserves.
      const value = ((debt - reserves / 3n) * 100n) / 95n;
      await p.oracle.setPrice(eth.address, (value * 10n ** 36n) / (10_000n * 10n ** 18n));
      await liquidation.mark(otherBorrower.address);
      await fixNextBlock(connection, 1);
      const provision = await pool.totalProvision();
      expect(provision).to.be.within(reserves / 4n, reserves / 2n);
      const free = (await pool.totals(PENDING)).reserves - provision;
      const pay = engine.pay(stranger.address, 10n ** 30n);
      await expect(pay).to.emit(risk, "KeeperPaid").withArgs(stranger.address, free);
      await expect(pay).to.changeTokenBalances(ethers, loan, [stranger], [free]);
      expect((await pool.totals()).reserves).to.equal(provision);
      await setPrice(p, eth, 2_000n);
    });
  });
});
