import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng, type Rng } from "../../sim/rng.ts";
import {
  attackedBorrower,
  spotPricedBorrower,
  type AttackedBorrower,
  type ScriptCall,
} from "../shared/attack-fixtures.ts";
import { removable } from "../shared/defences.ts";
import { expectWithinBps } from "../shared/oracle-fixtures.ts";
import { ETHER, USD } from "../shared/risk-fixtures.ts";

const CASES = 16;

removable("earlier blocks only");

describe("Attack: trade, poke, use and trade back in one transaction", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(attackedBorrower);

  /** A random push of the market, and some of the pokes in random order. */
  async function draw(a: AttackedBorrower, rng: Rng) {
    const { swap, rootNow, rootAt, price, pokes } = a;
    const from = await rootNow();
    const to = rootAt(price * Math.exp(rng.between(0.05, 1.5) * (rng.next() < 0.5 ? -1 : 1)));
    const all = await pokes();
    const some = [...all, all[3]].sort(() => rng.next() - 0.5).slice(0, 2 + rng.integer(4));
    return { there: swap(from, to), back: swap(to, from), some };
  }

  /** All that lending and health depend on. */
  async function standing({ risk, oracle, eth, liquidity, volatility, live, health, victim }: AttackedBorrower) {
    const snapshot = await oracle.snapshotOf(eth.address);
    return {
      factors: [...(await risk.riskOf(eth.address))],
      prices: [await oracle.borrowPrice(eth.address), await oracle.liquidationPrice(eth.address)],
      memory: [snapshot.twapTick, snapshot.emaTickE6, snapshot.divergenceStart],
      volatility: [...(await volatility.volatilityOf(eth.address))],
      depth: (await liquidity.depthOf(eth.address)).depth,
      breaker: [...(await live.breaker.assessmentOf(await live.engine.getAddress(), eth.address))],
      health: [...(await health(victim))].slice(1),
    };
  }

  /** What of a block's script remains, and the same afterwards; the chain is put back. */
  async function after_(a: AttackedBorrower, calls: readonly ScriptCall[]) {
    const state = await a.networkHelpers.takeSnapshot();
    const before = await a.wealth(a.price);
    await a.attack(calls);
    const at = await standing(a);
    const gain = (await a.wealth(a.price)) - before;
    await a.attack(await a.pokes());
    const later = await standing(a);
    await state.restore();
    return { at, later, gain };
  }

  const rng = createRng("one block");
  for (let index = 0; index < CASES; ++index) {
    it(`moves nothing, lends no more, liquidates nobody, and costs the fees: case ${index}`, async () => {
      const a = await load();
      const { attack, supply, borrow, kick, pool, poolAddress, ethers, attackerAddress, victim, networkHelpers } = a;
      const { there, back, some } = await draw(a, rng.fork(`case ${index}`));
      const honest = await after_(a, some);
      const attacked = await after_(a, [there, ...some, back]);
      expect(attacked.at).to.deep.equal(honest.at);
      // Depth alone remembers the odd sample, and forgets it with the next.
      expectWithinBps(attacked.later.depth, honest.later.depth, 0.5, "depth");
      expect({ ...attacked.later, depth: 0n, factors: [] }).to.deep.equal({ ...honest.later, depth: 0n, factors: [] });
      expect(attacked.gain).to.be.lessThan(0n);

      const ether = BigInt(Math.floor(rng.fork(`size ${index}`).between(10, 900))) * ETHER;
      const given = [...some, await supply(ether)];
      /** In the very same second, whatever was tried before. */
      const once = async <T>(action: () => Promise<T>) => {
        const state = await networkHelpers.takeSnapshot();
        const result = await action();
        await state.restore();
        return result;
      };
      const capacity = await once(async () => {
        await attack(given);
        return pool.borrowCapacityOf(attackerAddress);
      });
      const most = [there, ...given, await borrow(capacity - 1n), back];
      const more = [there, ...given, await borrow(capacity + 1n), back];
      await once(() => attack(most)); // the honest amount is lent, but for rounding
      await once(async () => expect(attack(more)).to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed"));
      const liquidation = await ethers.getContractAt("LiquidationModule", poolAddress);
      await expect(attack([there, ...some, await kick(victim), back])).to.be.revertedWithCustomError(
        liquidation,
        "LiquidationAccountHealthy",
      );
    });
  }

  describe("with prices of the moment", () => {
    const weak = () => connection.networkHelpers.loadFixture(spotPricedBorrower);

    it("a pump is borrowed against, at a profit", async () => {
      const { attack, swap, rootNow, rootAt, price, supply, borrow, wealth } = await weak();
      const [from, to] = [await rootNow(), rootAt(price * 2)];
      const before = await wealth(price);
      const ether = 1_000n * ETHER;
      const value = 1_000n * BigInt(price) * USD;
      await attack([swap(from, to), await supply(ether), await borrow((value * 11n) / 10n), swap(to, from)]);
      // He walks away: the debt is worth more than what he leaves behind and what the swaps cost.
      const fees = before - (await wealth(price));
      expect(fees).to.be.within(1n, value / 20n);
    });

    it("a dump puts a healthy borrower up for sale", async () => {
      const { attack, swap, rootNow, rootAt, price, kick, victim, health, pool } = await weak();
      const { debt, liquidationCapacity } = await health(victim);
      expect(debt).to.be.lessThan(liquidationCapacity);
      const [from, to] = [await rootNow(), rootAt(price * 0.8)];
      await attack([swap(from, to), await kick(victim), swap(to, from)]);
      expect((await pool.accountOf(victim)).kickedAt).to.be.greaterThan(0n);
    });
  });
});
