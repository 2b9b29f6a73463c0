import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { requireCleared, requireSoundBooks } from "./check-books.ts";
import { Desks } from "./desks.ts";
import { demoSystem, inOneBlock, openCrowd, planFall, refresh, START_PRICES, USDC } from "./system.ts";

const ACCOUNTS = 40;
const MINUTE = 60;
const DAY = 86_400;
const ETHER = 10n ** 18n;
/** Whoever calls it, fails. */
const INVALID = "0xfe";
/** As the mock has them. */
const FeedMode = { Normal: 0, Reverting: 1, GasBomb: 2, ShortAnswer: 3, LongAnswer: 4 } as const;

/** `other` owes nothing yet, and has collateral to borrow against. */
async function crowded(connection: NetworkConnection) {
  const s = await demoSystem(connection);
  const { pool, other, collaterals, keepers, usdc } = s;
  const [weth] = collaterals;
  for (const { address } of keepers) await usdc.mint(address, BigInt(ACCOUNTS) * 10_000n * USDC);
  await usdc.mint(other.address, 1_000n * USDC);
  await weth.token.mint(other.address, 100n * ETHER);
  await weth.token.connect(other).approve(await pool.getAddress(), MaxUint256);
  await pool.connect(other).supplyCollateral(weth.address, 10n * ETHER, other.address, "0x");
  return { ...s, weth, accounts: await openCrowd(s, ACCOUNTS) };
}

describe("feeds that fail while the market falls", function () {
  this.timeout(0);

  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });

  const load = () => connection.networkHelpers.loadFixture(crowded);
  type Crowd = Awaited<ReturnType<typeof load>>;

  /** The market falls, and feeds go on saying what they said. */
  async function fallUnseen(s: Crowd, factor: number): Promise<void> {
    const falls = await Promise.all(s.collaterals.map((collateral) => planFall(s, collateral, factor)));
    await inOneBlock(s, 12, async () => {
      for (const { swap } of falls) await swap();
    });
  }

  const say = async (s: Crowd, factor: number) => {
    for (const { feed, symbol } of s.collaterals) {
      await feed.setAnswer(BigInt(Math.round(START_PRICES[symbol] * factor)) * 10n ** 8n);
    }
  };

  async function liquidatable(s: Crowd): Promise<number> {
    const standings = await s.lens.standingsOf(s.deployment.contracts.pool, s.accounts);
    return standings.filter(({ debt, capacity }) => capacity < debt).length;
  }

  const borrow = ({ pool, other }: Crowd, assets: bigint) =>
    pool.connect(other).borrow(assets, 0, other.address, other.address);

  /** Not for want of a fresh look of the engine: for want of sources. */
  async function requireNoPrice(s: Crowd): Promise<void> {
    await expect(s.oracle.borrowPrice(s.weth.address)).to.be.revertedWithCustomError(
      s.oracle,
      "OracleInsufficientSources",
    );
    await expect(borrow(s, 100n * USDC)).to.be.revert(s.ethers);
  }

  /** INV-19: repaying and adding collateral need no price. */
  async function reduceRisk(s: Crowd): Promise<void> {
    const { pool, other, accounts, weth } = s;
    const debt = await pool.debtSharesOf(accounts[0]);
    await pool.connect(other).repay(10n * USDC, 0, accounts[0], "0x");
    expect(await pool.debtSharesOf(accounts[0])).to.be.lessThan(debt);
    await pool.connect(other).supplyCollateral(weth.address, 10n ** 15n, accounts[0], "0x");
  }

  async function sellAll(s: Crowd): Promise<void> {
    await new Desks(s, s.accounts).clear(1_000);
    await requireCleared(s, s.accounts);
    await requireSoundBooks(s, [...s.accounts, s.other.address]);
  }

  describe("silent", () => {
    it("for longer than its heartbeat: nothing is lent, risk is reduced, and accounts are sold at the market's average", async () => {
      const s = await load();
      await fallUnseen(s, 0.5);
      await s.networkHelpers.time.increase(8 * DAY);
      await requireNoPrice(s);
      await reduceRisk(s);
      const market36 = 1_000n * USDC * 10n ** 18n;
      const { price36, fresh } = await s.oracle.liquidationPriceOrLast(s.weth.address);
      expect(fresh).to.equal(true);
      expect(price36).to.be.closeTo(market36, market36 / 100n);
      expect(await liquidatable(s)).to.equal(ACCOUNTS);
      await say(s, 0.5); // so that keepers know what it is worth
      await sellAll(s);
    });

    for (const mode of ["Reverting", "GasBomb", "ShortAnswer", "LongAnswer"] as const) {
      it(`because it fails at once (${mode}): the same, the moment it fails`, async () => {
        const s = await load();
        await borrow(s, 100n * USDC);
        for (const { feed } of s.collaterals) await feed.setMode(FeedMode[mode]);
        await requireNoPrice(s);
        await reduceRisk(s);
        expect(await liquidatable(s), "nobody is in danger who was not").to.equal(0);
        await fallUnseen(s, 0.5);
        await s.networkHelpers.time.increase(40 * MINUTE); // the average has taken it up
        expect(await liquidatable(s)).to.equal(ACCOUNTS);
        for (const { feed } of s.collaterals) await feed.setMode(FeedMode.Normal);
        await say(s, 0.5);
        await sellAll(s);
      });
    }

    it("together with the market's average, gone: kicked accounts are sold at the last valid price", async () => {
      const s = await load();
      await say(s, 0.85);
      await fallUnseen(s, 0.85);
      await s.networkHelpers.time.increase(40 * MINUTE);
      for (const { address } of s.collaterals) await s.oracle.poke(address);
      const before = await s.oracle.liquidationPrice(s.weth.address);
      const standings = await s.lens.standingsOf(s.deployment.contracts.pool, s.accounts);
      const account = s.accounts[standings.findIndex(({ debt, capacity }) => capacity < debt)];
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
        await say(s, 1);
      }
      const market36 = 1_000n * USDC * 10n ** 18n;
      expect(await s.oracle.borrowPrice(s.weth.address)).to.be.closeTo(market36, market36 / 100n);
      await reduceRisk(s);
      await say(s, 0.5);
      await sellAll(s);
    });

    it("the breaker sees that feed and market part, and nothing is lent", async () => {
      const s = await load();
      await fallUnseen(s, 0.5);
      await s.networkHelpers.time.increase(30 * MINUTE);
      await say(s, 1);
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
      await say(s, 0.1);
      await s.networkHelpers.time.increase(9 * MINUTE);
      const standings = await s.lens.standingsOf(s.deployment.contracts.pool, safe);
      expect(standings.filter(({ debt, capacity }) => capacity < debt)).to.have.lengthOf(0);
      await say(s, 1);
      expect(await liquidatable(s)).to.equal(0);
    });

    it("ten times the price, for two hours: what is lent is what the market's average carries", async () => {
      const s = await load();
      const capacity = await s.pool.borrowCapacityOf(s.other.address);
      for (const minutes of [1, 10, 120]) {
        await say(s, 10);
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
        await reduceRisk(s);
        expect(await liquidatable(s)).to.equal(0);
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
