import { expect } from "chai";
import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ownChain } from "../shared/own-chain.ts";
import { liquidatable, requireSoundBooks } from "./check-books.ts";
import { Desks } from "./desks.ts";
import { borrow, crash, crowdedDemo, reduceRisk, refresh, say, supplyWeth, USDC } from "./system.ts";

const ACCOUNTS = 40;
const MINUTE = 60;
const DAY = 86_400;
/** Whoever calls it, fails. */
const INVALID = "0xfe";
/** As the mock has them. */
const FeedMode = { Normal: 0, Reverting: 1, GasBomb: 2, ShortAnswer: 3, LongAnswer: 4 } as const;

/** `other` owes nothing yet, and has collateral to borrow against. */
async function crowded(connection: NetworkConnection) {
  const s = await crowdedDemo(connection, ACCOUNTS);
  await supplyWeth(s, 10n);
  return s;
}

describe("feeds that fail while the market falls", function () {
  this.timeout(0);

  const chain = ownChain();
  const load = () => chain().networkHelpers.loadFixture(crowded);
  type Crowd = Awaited<ReturnType<typeof load>>;

  const fallUnseen = (s: Crowd, factor: number) => crash(s, factor, false);
  const sayAll = async (s: Crowd, factor: number) => {
    for (const collateral of s.collaterals) await say(collateral, factor);
  };

  /** Not for want of a fresh look of the engine: for want of sources. */
  async function requireNoPrice(s: Crowd): Promise<void> {
    await expect(s.oracle.borrowPrice(s.weth.address)).to.be.revertedWithCustomError(
      s.oracle,
      "OracleInsufficientSources",
    );
    await expect(borrow(s, 100n * USDC)).to.be.revert(s.ethers);
  }

  async function sellAll(s: Crowd): Promise<void> {
    await new Desks(s, s.accounts).clear(1_000);
    expect(await liquidatable(s, s.accounts)).to.deep.equal([]);
    await requireSoundBooks(s, [...s.accounts, s.other.address]);
  }

  describe("silent", () => {
    it("for longer than its heartbeat: nothing is lent, risk is reduced, and accounts are sold at the market's average", async () => {
      const s = await load();
      await fallUnseen(s, 0.5);
      await s.networkHelpers.time.increase(8 * DAY);
      await requireNoPrice(s);
      await reduceRisk(s, s.accounts[0]);
      const market36 = 1_000n * USDC * 10n ** 18n;
      const { price36, fresh } = await s.oracle.liquidationPriceOrLast(s.weth.address);
      expect(fresh).to.equal(true);
      expect(price36).to.be.closeTo(market36, market36 / 100n);
      expect(await liquidatable(s, s.accounts)).to.have.lengthOf(ACCOUNTS);
      await sayAll(s, 0.5); // so that keepers know what it is worth
      await sellAll(s);
    });

    for (const mode of ["Reverting", "GasBomb", "ShortAnswer", "LongAnswer"] as const) {
      it(`because it fails at once (${mode}): the same, the moment it fails`, async () => {
        const s = await load();
        await borrow(s, 100n * USDC);
        for (const { feed } of s.collaterals) await feed.setMode(FeedMode[mode]);
        await requireNoPrice(s);
        await reduceRisk(s, s.accounts[0]);
        expect(await liquidatable(s, s.accounts), "nobody is in danger who was not").to.deep.equal([]);
        await fallUnseen(s, 0.5);
        await s.networkHelpers.time.increase(40 * MINUTE); // the average has taken it up
        expect(await liquidatable(s, s.accounts)).to.have.lengthOf(ACCOUNTS);
        for (const { feed } of s.collaterals) await feed.setMode(FeedMode.Normal);
        await sayAll(s, 0.5);
        await sellAll(s);
      });
    }

    it("together with the market's average, gone: kicked accounts are sold at the last valid price", async () => {
      const s = await load();
      await sayAll(s, 0.85);
      await fallUnseen(s, 0.85);
      await s.networkHelpers.time.increase(40 * MINUTE);
      for (const { address } of s.collaterals) await s.oracle.poke(address);
      const before = await s.oracle.liquidationPrice(s.weth.address);
      const [account] = await liquidatable(s, s.accounts);
      await s.sales.kick(account);
      // Neither answers: the oracle is left with what it remembers.
      for (const { feed } of s.collaterals) await feed.setMode(FeedMode.Reverting);
      for (const { venue } of s.collaterals) await s.networkHelpers.setCode(await venue.getAddress(), INVALID);
      await s.networkHelpers.time.increase(10 * MINUTE);
      const { price36, fresh } = await s.oracle.liquidationPriceOrLast(s.weth.address);
      expect([price36, fresh]).to.deep.equal([before, false]);
      const debt = await s.pool.debtOf(account);
      await s.sales.take(account, s.weth.address, MaxUint256, MaxUint256, s.keepers[0].address, "0x");
      expect(await s.pool.debtOf(account)).to.be.lessThan(debt);
    });
  });

  describe("frozen", () => {
    it("it says the old price as if it were new: the pool lends on the market's average at most, and all is sold once it thaws", async () => {
      const s = await load();
      await fallUnseen(s, 0.5);
      for (let minutes = 0; minutes < 60; minutes += 10) {
        await s.networkHelpers.time.increase(10 * MINUTE);
        await sayAll(s, 1);
      }
      const market36 = 1_000n * USDC * 10n ** 18n;
      expect(await s.oracle.borrowPrice(s.weth.address)).to.be.closeTo(market36, market36 / 100n);
      await reduceRisk(s, s.accounts[0]);
      await sayAll(s, 0.5);
      await sellAll(s);
    });

    it("the breaker sees that feed and market part, and nothing is lent", async () => {
      const s = await load();
      await fallUnseen(s, 0.5);
      await s.networkHelpers.time.increase(30 * MINUTE);
      await sayAll(s, 1);
      await s.engine.refresh(s.weth.address);
      await expect(borrow(s, 100n * USDC))
        .to.be.revertedWithCustomError(s.pool, "PoolRestricted")
        .withArgs(s.weth.address);
    });
  });

  describe("wrong", () => {
    it("a tenth of the price for nine minutes: the band holds, and whoever was safe by 15 % stays so", async () => {
      const s = await load();
      const safe = await s.lens
        .standingsOf(s.deployment.contracts.pool, s.accounts)
        .then((standings) => s.accounts.filter((_, i) => standings[i].capacity * 85n > standings[i].debt * 100n));
      expect(safe.length).to.be.greaterThan(0);
      await sayAll(s, 0.1);
      await s.networkHelpers.time.increase(9 * MINUTE);
      expect(await liquidatable(s, safe)).to.deep.equal([]);
      await sayAll(s, 1);
      expect(await liquidatable(s, s.accounts)).to.deep.equal([]);
    });

    it("ten times the price, for two hours: what is lent is what the market's average carries", async () => {
      const s = await load();
      const capacity = await s.pool.borrowCapacityOf(s.other.address);
      for (const minutes of [1, 10, 120]) {
        await sayAll(s, 10);
        await s.networkHelpers.time.increase(minutes * MINUTE);
        await refresh(s);
        const now = await s.pool.borrowCapacityOf(s.other.address);
        expect(now).to.be.at.most(capacity + capacity / 1_000n);
        await expect(borrow(s, capacity + capacity / 100n)).to.be.revert(s.ethers);
      }
    });

    for (const [name, answer] of [
      ["zero", 0n],
      ["negative", -2_000n * 10n ** 8n],
    ] as const) {
      it(`${name}: as if it failed: nothing is lent, and nobody is in danger who was not`, async () => {
        const s = await load();
        await borrow(s, 100n * USDC);
        for (const { feed } of s.collaterals) await feed.setAnswer(answer);
        await requireNoPrice(s);
        await reduceRisk(s, s.accounts[0]);
        expect(await liquidatable(s, s.accounts)).to.deep.equal([]);
      });
    }

    it("of other decimals than it had: the price stays what the market says", async () => {
      const s = await load();
      const market36 = await s.oracle.liquidationPrice(s.weth.address);
      await s.weth.feed.redenominate(18);
      await s.networkHelpers.time.increase(2 * 3_600);
      await s.weth.feed.setAnswer(2_000n * 10n ** 18n);
      await s.oracle.poke(s.weth.address);
      expect(await s.oracle.liquidationPrice(s.weth.address)).to.be.closeTo(market36, market36 / 1_000n);
    });
  });
});
