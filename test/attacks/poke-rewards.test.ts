import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../sim/rng.ts";
import { attackedBorrower, BLOCK } from "../shared/attack-fixtures.ts";
import { isRemoved, removable } from "../shared/defences.ts";
import { DAY, USD } from "../shared/risk-fixtures.ts";

const PER_POKE = USD / 2n;
const PER_DAY = 4n * USD;
const INTERVAL = 300n;
/** An hour: four pokes more than the cap pays for. */
const BLOCKS = 300;

const PER_DAY_SET = isRemoved(removable("daily cap")) ? 10n ** 12n : PER_DAY;

describe("Attack: pokes for their reward", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(attackedBorrower);
  type Setting = Awaited<ReturnType<typeof load>>;

  /** Pokes in every block from two accounts, from the beginning of a day; what both have earned. */
  async function spam(a: Setting, blocks: number) {
    const { networkHelpers, stranger, governor, engine, eth } = a;
    const rng = createRng("keepers");
    const now = BigInt(await networkHelpers.time.latest());
    await networkHelpers.time.increaseTo((now / DAY + 1n) * DAY + 60n);
    for (let block = 0; block < blocks; ++block) {
      await a.later(BLOCK);
      await engine.connect(rng.next() < 0.5 ? stranger : governor).poke(eth.address);
    }
    return earned(a);
  }

  async function earned({ engine, stranger, governor }: Setting) {
    return (await engine.rewardOf(stranger.address)) + (await engine.rewardOf(governor.address));
  }

  it("no more than the day's cap is earned, however many pokes and by however many", async () => {
    const a = await load();
    await a.engine.setRewards({ perPoke: PER_POKE, perDay: PER_DAY_SET, interval: INTERVAL });
    expect(await spam(a, BLOCKS)).to.equal(PER_DAY);
    // Another day, another cap.
    expect(await spam(a, 100)).to.equal(PER_DAY + 4n * PER_POKE);
  });

  it("by interval, not by poke", async () => {
    const a = await load();
    await a.engine.setRewards({ perPoke: PER_POKE, perDay: PER_DAY_SET, interval: INTERVAL });
    expect(await spam(a, 60)).to.equal(3n * PER_POKE); // 12 minutes
  });

  it("without the cap the same pokes earn more", async () => {
    const a = await load();
    await a.engine.setRewards({ perPoke: PER_POKE, perDay: 10n ** 12n, interval: INTERVAL });
    expect(await spam(a, BLOCKS)).to.be.greaterThan(PER_DAY);
  });

  it("what is paid comes out of reserves, as far as they go, and nothing from lenders", async () => {
    const a = await load();
    const { engine, pool, loan, stranger, governor } = a;
    await engine.setRewards({ perPoke: 100_000n * USD, perDay: 10n ** 12n * USD, interval: 60n });
    await spam(a, 40);
    await pool.accrue();
    const { reserves } = await pool.totals();
    const [owed, price] = [await earned(a), await pool.convertToAssets(10n ** 18n)];
    expect(reserves).to.be.within(1n, owed - 1n);
    const before = (await loan.balanceOf(stranger.address)) + (await loan.balanceOf(governor.address));
    for (const keeper of [stranger, governor, stranger]) await engine.claim(keeper.address);
    const paid = (await loan.balanceOf(stranger.address)) + (await loan.balanceOf(governor.address)) - before;
    const left = (await pool.totals()).reserves;
    // A few seconds' interest besides.
    expect(paid).to.be.within(reserves, reserves + USD);
    expect(left).to.be.lessThan(USD);
    expect(await earned(a)).to.equal(owed - paid);
    expect(await pool.convertToAssets(10n ** 18n)).to.be.at.least(price);
  });
});
