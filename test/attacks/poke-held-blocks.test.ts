import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../sim/rng.ts";
import { attackedBorrower, BLOCK, spotPricedBorrower, type AttackedBorrower } from "../shared/attack-fixtures.ts";
import { removable } from "../shared/defences.ts";
import { ETHER, USD } from "../shared/risk-fixtures.ts";

const CASES = 24;
const WINDOW = 1_800;
/** Of `deployRiskPool`. */
const BAND = 0.05;
/** Ticks are whole, and so are two means. */
const ROUNDING = 3e-4;

removable("averaged prices");

describe("Attack: hold the market away from the true price for some blocks", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(attackedBorrower);

  const toDollars = (price36: bigint) => Number(price36) / 1e24;

  /** Pushes at the beginning of each block, pokes, and trades back at the end; with arbitrage somebody does so each block. */
  async function hold(a: AttackedBorrower, factor: number, blocks: number, arbitraged: boolean) {
    const { attack, swap, rootNow, rootAt, price, pokes, tradeTo, networkHelpers } = a;
    const [home, away] = [await rootNow(), rootAt(price * factor)];
    const before = await a.wealth(price);
    for (let block = 0; block < blocks; ++block) {
      const from = await rootNow();
      await attack([...(from === away ? [] : [swap(from, away)]), ...(await pokes())]);
      if (!arbitraged) continue;
      // The arbitrageur is there in the next block; the attacker again in the one after.
      await networkHelpers.time.setNextBlockTimestamp((await networkHelpers.time.latest()) + BLOCK);
      await tradeTo(home);
    }
    const held = blocks * BLOCK;
    const finish = async (calls = [] as Awaited<ReturnType<typeof pokes>>) => {
      const from = await rootNow();
      await attack([...(await pokes()), ...calls, ...(from === home ? [] : [swap(from, home)])]);
      return before - (await a.wealth(price));
    };
    return { held, finish };
  }

  const rng = createRng("held");
  for (let index = 0; index < CASES; ++index) {
    const draw = rng.fork(`case ${index}`);
    const arbitraged = index % 2 === 1;
    const blocks = 2 + draw.integer(9);
    const factor = Math.exp(draw.between(0.1, 2.6) * (draw.next() < 0.5 ? 1 : -1));
    const what = `${factor.toFixed(2)} of the price for ${blocks} blocks${arbitraged ? ", arbitraged" : ""}`;
    it(`lends no more and liquidates by no more than the band says: ${what}`, async () => {
      const a = await load();
      const { oracle, eth, price, factors, supply, pool, attackerAddress, attack, health, victim, networkHelpers } = a;
      const { borrowFactorBps, reserve } = await factors();
      const { held, finish } = await hold(a, factor, blocks, arbitraged);

      const now = await factors();
      const [lent, judged] = [await oracle.borrowPrice(eth.address), await oracle.liquidationPrice(eth.address)];
      expect(toDollars(lent)).to.be.at.most(price * (1 + 1e-9));
      expect(now.borrowFactorBps).to.be.at.most(borrowFactorBps);
      expect(Number(now.reserve)).to.be.at.most(
        Number(reserve) * (factor > 1 ? Math.sqrt(factor) : 1) ** (held / 3_600) * 1.001,
      );
      // The mean of logarithms moves with the time that the price was held, and the price by what of it is beyond the band.
      const twap = factor ** (held / WINDOW);
      const low = Math.min(1, twap * (1 + BAND)) * (1 - ROUNDING);
      const high = Math.max(1, twap * (1 - BAND)) * (1 + ROUNDING);
      expect(toDollars(judged) / price).to.be.within(low, high);

      const ether = 500n * ETHER;
      const state = await networkHelpers.takeSnapshot();
      await attack([await supply(ether)]);
      const capacity = Number((await pool.borrowCapacityOf(attackerAddress)) / USD);
      expect(capacity).to.be.at.most((500 * price * Number(borrowFactorBps)) / 10_000);
      await state.restore();

      const { debt, liquidationCapacity } = await health(victim);
      // Whoever can be put up for sale by it is, and sold: what that brings is less than what it cost.
      const isUp = debt > liquidationCapacity;
      const cost = Number(await finish(isUp ? [await a.kick(victim), await a.take(victim, 2n ** 100n)] : []));
      expect(cost).to.be.greaterThan(0);
    });
  }

  it("with prices of the moment, two blocks are enough to be lent more than the collateral is worth", async () => {
    const a = await connection.networkHelpers.loadFixture(spotPricedBorrower);
    const { supply, borrow, price, pool, attackerAddress } = a;
    const { swap, rootNow, rootAt, attack, networkHelpers } = a;
    const from = await rootNow();
    await attack([swap(from, rootAt(price * 2))]);
    const value = 1_000n * BigInt(price) * USD;
    await networkHelpers.mine();
    await attack([await supply(1_000n * ETHER), await borrow((value * 11n) / 10n), swap(rootAt(price * 2), from)]);
    expect(await pool.debtOf(attackerAddress)).to.be.greaterThan(value);
  });
});
