import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { attackedBorrower, BLOCK, deployAttack, UNSEEN, type Attack } from "../shared/attack-fixtures.ts";
import { removable } from "../shared/defences.ts";
import { outcome } from "../shared/on-pools.ts";
import { ETHER, Level, USD } from "../shared/risk-fixtures.ts";

const MINUTE = 60;
const HOME = 2_000;
/** Of the volatility, on this grid of the clock. [s] */
const SAMPLES_APART = 30 * MINUTE;

removable("earlier blocks only");
removable("kicks of the unhealthy only");

function ourPool(connection: NetworkConnection) {
  return deployAttack(connection);
}

function spotPricedPool(connection: NetworkConnection) {
  return deployAttack(connection, "spot prices");
}

function trustingPool(connection: NetworkConnection) {
  return deployAttack(connection, "trusting kicks");
}

/**
 * Griefing: a tripped breaker bars others from borrowing, whatever it was that tripped it. The attacker wants that for little, and
 * for long: by moving the market's average away from the feed, or by putting debt of his own up for sale.
 */
describe("Attack: tripping the breaker to keep others from borrowing", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  const levelOf = async ({ live, eth }: Attack) =>
    (await live.breaker.assessmentOf(await live.engine.getAddress(), eth.address)).level;

  /** What the attacker has less than before, at a price that nobody made up. [dollars, down] */
  async function costOf(a: Attack, price: number, act: () => Promise<unknown>): Promise<number> {
    const before = await a.wealth(price);
    await act();
    return Number(before - (await a.wealth(price))) / Number(USD);
  }

  /** Honest pokes, so many minutes apart, until the breaker is at this level. @returns Minutes. */
  async function minutesUntil(a: Attack, level: bigint, price: number, every: number): Promise<number> {
    for (let minutes = 0; minutes <= 48 * 60; minutes += every) {
      if ((await levelOf(a)) === level) return minutes;
      await a.setFeed(0, price);
      await a.attack(await a.pokes(), every * MINUTE);
    }
    throw new Error("it never is");
  }

  /** Honest pokes every five minutes. */
  async function pokeFor(a: Attack, price: number, minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 5) {
      await a.networkHelpers.time.increase(5 * MINUTE - BLOCK);
      await a.setFeed(0, price);
      await a.attack(await a.pokes());
    }
  }

  /** What somebody else may do, who owes and lends. */
  async function othersDo({ pool, borrower, lender, eth }: Attack) {
    const self = borrower.address;
    return {
      borrow: await outcome(pool.connect(borrower).borrow.staticCall(USD, 0, self, self)),
      repay: await outcome(pool.connect(borrower).repay(USD, 0, self, "0x")),
      supply: await outcome(pool.connect(borrower).supplyCollateral(eth.address, ETHER, self, "0x")),
      leave: await outcome(pool.connect(lender).withdraw(USD, lender.address, lender.address)),
    };
  }
  const ALL_BUT_BORROW = { repay: "done", supply: "done", leave: "done" };

  describe("by moving the average price", () => {
    /** The market is off by a factor for so many blocks; after each of which somebody else trades it back, if it is arbitraged. */
    async function hold(a: Attack, factor: number, blocks: number, price: number, isArbitraged = false) {
      const { attack, swap, rootNow, rootAt, tradeTo, later, pokes, networkHelpers } = a;
      const [home, far] = [await rootNow(), rootAt(price * factor)];
      if (!isArbitraged) {
        await attack([swap(home, far)]);
        await networkHelpers.time.increase(BLOCK * (blocks - 1));
      }
      for (let block = 0; isArbitraged && block < blocks; ++block) {
        await attack([swap(await rootNow(), far)]);
        await later();
        await tradeTo(home);
      }
      const from = await rootNow();
      await attack([...(await pokes()), ...(from === home ? [] : [swap(from, home)])]);
    }

    it("works within a transaction on prices of the moment; ours sees nothing of it, at the same cost", async () => {
      const results = [];
      for (const fixture of [ourPool, spotPricedPool]) {
        const a = await load(fixture);
        const [home, far] = [await a.rootNow(), a.rootAt(HOME * 0.89)];
        const calls = [a.swap(home, far), ...(await a.pokes()), a.swap(far, home)];
        const cost = await costOf(a, HOME, () => a.attack(calls, UNSEEN));
        results.push({ level: await levelOf(a), cost });
      }
      const [ours, weak] = results;
      expect(weak.level).to.equal(Level.Restricted);
      expect(ours.level).to.equal(Level.Normal);
      for (const { cost } of results) expect(cost).to.be.within(3_000, 4_000);
    });

    describe("for half an hour that nobody trades against: 3,100 dollars bar borrowing for 15 minutes", () => {
      /** Begun so long after a sample of the volatility; until borrowing is open again. @returns The factor before it. [bps] */
      async function barFrom(a: Attack & { readonly price: number }, seconds: number): Promise<bigint> {
        const { price, swap, attack, rootAt } = a;
        await pokeFor(a, price, 75);
        const sample = Math.ceil((await a.networkHelpers.time.latest()) / SAMPLES_APART) * SAMPLES_APART;
        await a.networkHelpers.time.increaseTo(sample + seconds);
        await a.setFeed(0, price);
        expect(await levelOf(a)).to.equal(Level.Normal);
        const { borrowFactorBps } = await a.factors();
        const cost = await costOf(a, price, async () => {
          const [home, far] = [await a.rootNow(), rootAt(price * 0.9)];
          await attack([swap(home, far)]);
          await pokeFor(a, price, 30);
          await attack([...(await a.pokes()), swap(await a.rootNow(), home)]);
        });
        expect(cost).to.be.within(2_900, 3_300);
        expect(await levelOf(a)).to.equal(Level.Restricted);
        const { borrow, ...rest } = await othersDo(a);
        expect(borrow).to.contain("PoolRestricted");
        expect(rest).to.deep.equal(ALL_BUT_BORROW);
        expect(await minutesUntil(a, Level.Recovery, price, 5)).to.equal(15);
        return borrowFactorBps;
      }

      it("and quarter it for more than a day, if begun with a sample of the volatility: the next two hold what he did", async () => {
        const a = await load(attackedBorrower);
        const borrowFactorBps = await barFrom(a, 2 * MINUTE);
        await pokeFor(a, a.price, 24 * 60);
        expect(await levelOf(a)).to.equal(Level.Recovery);
        expect(Number((await a.factors()).borrowFactorBps) / Number(borrowFactorBps)).to.be.within(0.23, 0.27);
      });

      it("and are over half an hour later, if begun in the middle between two", async () => {
        const a = await load(attackedBorrower);
        const borrowFactorBps = await barFrom(a, 16 * MINUTE);
        expect(await minutesUntil(a, Level.Normal, a.price, 5)).to.be.at.most(30);
        expect(Number((await a.factors()).borrowFactorBps) / Number(borrowFactorBps)).to.be.above(0.9);
      });
    });

    it("by half as much: 1,500 dollars, and borrowing goes on", async () => {
      const a = await load(attackedBorrower);
      const cost = await costOf(a, a.price, () => hold(a, 0.95, 150, a.price));
      expect(cost).to.be.within(1_300, 1_700);
      expect(await levelOf(a)).to.equal(Level.Caution);
    });

    it("against somebody who trades back after every block: 36 million in twenty minutes, and borrowing goes on", async () => {
      const a = await load(attackedBorrower);
      const cost = await costOf(a, a.price, () => hold(a, 0.8, 50, a.price, true));
      expect(cost).to.be.within(35e6, 38e6);
      expect(await levelOf(a)).to.equal(Level.Caution);
    });
  });

  describe("by debt of his own for sale", () => {
    /** The attacker owes all that he may at 2,000: almost three times what the market takes for a fall of 2 %. */
    async function indebted(a: Attack, ether = 1_000n) {
      await a.attack([await a.supply(ether * ETHER)]);
      await a.attack([await a.borrow((await a.pool.borrowCapacityOf(a.attackerAddress)) - USD)]);
    }

    /** Everything in one transaction: up for sale, looked at, and repaid. */
    async function kickAndRepay(a: Attack) {
      const shares = await a.pool.debtSharesOf(a.attackerAddress);
      return [await a.kick(a.attackerAddress), ...(await a.pokes()), await a.repayAll(shares)];
    }

    /** For a day, every five minutes that it can be borrowed: up for sale, looked at, and off again. */
    async function spamKicks(a: Attack) {
      await indebted(a);
      await a.settle(HOME, 7_200n);
      const off = await a.call(a.liquidation, "unkick", [a.attackerAddress]);
      const on = await a.kick(a.attackerAddress);
      let [barred, refused] = [0, 0];
      const cost = await costOf(a, HOME, async () => {
        for (let step = 0; step < 288; ++step) {
          await a.setFeed(0, HOME);
          const isBarred = (await levelOf(a)) === Level.Restricted;
          const calls = isBarred ? await a.pokes() : [on, ...(await a.pokes()), off];
          const result = await outcome(a.attack(calls, 5 * MINUTE));
          if (result.includes("LiquidationAccountHealthy")) refused += 1;
          else expect(result).to.equal("done");
          if ((await levelOf(a)) === Level.Restricted) barred += 1;
        }
      });
      return { barred, refused, cost };
    }

    it("that is healthy bars borrowing for the whole day in the weak copy, for a hundred dollars; ours refuses the kick", async () => {
      const weak = await spamKicks(await load(trustingPool));
      expect(weak.barred).to.be.greaterThan(275);
      expect(weak.cost).to.be.lessThan(150); // interest
      expect(await spamKicks(await load(ourPool))).to.include({ barred: 0, refused: 288 });
    });

    it("that has become unhealthy bars it for 15 minutes, in one transaction and for nothing; and not again", async () => {
      const a = await load(ourPool);
      const price = 1_870;
      await indebted(a);
      await a.settle(price);
      const { debt } = await a.health(a.attackerAddress);
      const [depth] = await a.liquidity.depthAndReserveOf(a.eth.address);
      expect(debt).to.be.greaterThan(2n * depth); // that is what it takes
      const cost = await costOf(a, price, async () => a.attack(await kickAndRepay(a)));
      expect(cost).to.be.lessThan(1);
      expect(await levelOf(a)).to.equal(Level.Restricted);
      expect(await outcome(a.attack([await a.borrow(USD)]))).to.contain("PoolRestricted"); // he neither
      expect(await minutesUntil(a, Level.Recovery, price, 1)).to.equal(15);
      expect(await minutesUntil(a, Level.Normal, price, 1)).to.be.within(10, 20);
      // Whatever he borrows now is healthy until the price falls again.
      await a.attack([await a.borrow((await a.pool.borrowCapacityOf(a.attackerAddress)) - USD)]);
      expect(await outcome(a.attack(await kickAndRepay(a)))).to.contain("LiquidationAccountHealthy");
    });

    it("of less than half of what the market takes bars nothing", async () => {
      const a = await load(ourPool);
      await indebted(a, 170n);
      await a.settle(1_870);
      await a.attack(await kickAndRepay(a));
      expect(await levelOf(a)).to.equal(Level.Normal);
    });

    /** Own debt for sale, after a fall. */
    async function forSale(price: number) {
      const a = await load(ourPool);
      await indebted(a);
      await a.settle(price);
      const before = await a.wealth(price);
      await a.attack([await a.kick(a.attackerAddress), ...(await a.pokes())]);
      const ends: number[] = [];
      const poke = async () => {
        await a.setFeed(0, price);
        await a.attack(await a.pokes(), MINUTE);
        const { until } = await a.live.breaker.assessmentOf(await a.live.engine.getAddress(), a.eth.address);
        if (until !== 0n && ends.at(-1) !== Number(until)) ends.push(Number(until));
      };
      const lost = async () => Number(before - (await a.wealth(price))) / Number(USD);
      return { ...a, ends, poke, lost };
    }

    it("that stays for sale because nobody buys bars it for 15 minutes, then for 30, then for an hour", async () => {
      const { ends, poke } = await forSale(1_870);
      for (let minutes = 0; minutes < 100; ++minutes) await poke();
      const lengths = ends.slice(1).map((end, i) => (end - ends[i]) / MINUTE);
      expect(lengths).to.have.lengthOf(2);
      expect(lengths[0]).to.be.within(30, 32); // and the time until the next poke
      expect(lengths[1]).to.be.within(60, 62);
    });

    it("that is bought once it is a per cent below the market bars it for 15 minutes, and costs 7,000 dollars", async () => {
      const price = 1_870;
      const a = await forSale(price);
      const { liquidation, liquidator, attackerAddress, eth, ends, poke, lost } = a;
      const unit36 = (BigInt(price) * USD * 10n ** 36n) / ETHER;
      const quoted = async () =>
        (await liquidation.quoteTake.staticCall(attackerAddress, eth.address, 2n ** 100n)).price36;
      while (100n * (await quoted()) > 99n * unit36) await poke();
      await liquidation
        .connect(liquidator)
        .take(attackerAddress, eth.address, 2n ** 100n, 2n ** 100n, liquidator.address, "0x");
      expect(await lost()).to.be.within(6_500, 8_500);
      while ((await levelOf(a)) !== Level.Normal && ends.length < 2) await poke();
      expect(ends).to.have.lengthOf(1);
    });
  });
});
