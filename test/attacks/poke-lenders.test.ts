import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../sim/rng.ts";
import {
  BLOCK,
  looks,
  settledBorrower,
  settledCredulousBorrower,
  UNSEEN,
  type AttackedBorrower,
} from "../shared/attack-fixtures.ts";
import { removable } from "../shared/defences.ts";
import { expectWithinBps } from "../shared/oracle-fixtures.ts";
import { Level, USD } from "../shared/risk-fixtures.ts";

const CASES = 12;

removable("untouched blocks only");

describe("Attack: lenders who come and go", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(settledBorrower);
  const weak = () => connection.networkHelpers.loadFixture(settledCredulousBorrower);

  const depositOf = (a: AttackedBorrower, assets: bigint) => a.call(a.pool, "deposit", [assets, a.attackerAddress]);
  const redeemOf = (a: AttackedBorrower, shares: bigint) =>
    a.call(a.pool, "redeem", [shares, a.attackerAddress, a.attackerAddress]);

  /** Deposit, poke and leave, with all that may leave by then, in one transaction. */
  async function flash(a: AttackedBorrower, assets: bigint) {
    return a.imagine(async () => {
      const calls = [await depositOf(a, assets), ...(await a.pokes())];
      const shares = await a.imagine(async () => {
        await a.look(calls);
        return a.pool.maxRedeem(a.attackerAddress);
      });
      return [...calls, await redeemOf(a, shares)];
    });
  }

  /** What lenders may take and how the pool is judged, in the block of these calls and after a minute. The whole is looked at. */
  async function after_(a: AttackedBorrower, calls: readonly { target: string; data: string }[]) {
    return a.imagine(async () => {
      await a.look(calls);
      const { exitFloorShares, borrowFactorBps } = await a.factors();
      const breaker = await a.live.breaker.assessmentOf(await a.live.engine.getAddress(), await a.live.engine.pool());
      await a.networkHelpers.time.increase(60);
      const later = (await a.factors()).exitFloorShares;
      const free = await a.pool.maxRedeem(a.lender.address);
      const refill = (exitFloorShares - later) / 60n;
      return { exitFloorShares, borrowFactorBps, breaker: [...breaker], later, free, refill };
    });
  }

  const rng = createRng("lenders");
  for (let index = 0; index < CASES; ++index) {
    const draw = rng.fork(`case ${index}`);
    const assets = BigInt(Math.floor(Math.exp(draw.between(10, 25)))) * USD;
    const left = index % 2 === 0 ? 0 : draw.between(0.13, 0.19);
    const what = `${assets / USD} dollars${left === 0 ? "" : `, after ${(100 * left).toFixed(0)} % have left`}`;
    it(`within a block move neither floor, refill nor breaker: ${what}`, async () => {
      const a = await load();
      await a.attack(await a.pokes(), UNSEEN);
      const shares = await a.pool.balanceOf(a.lender.address);
      if (left !== 0) {
        const leaving = (shares * BigInt(Math.floor(left * 1e4))) / 10_000n;
        await a.pool.connect(a.lender).redeem(leaving, a.lender.address, a.lender.address);
      }
      await a.look(await a.pokes());
      const honest = await after_(a, await a.pokes());
      const attacked = await after_(a, await flash(a, assets));
      expectWithinBps(attacked.exitFloorShares, honest.exitFloorShares, 0.01, "floor");
      expectWithinBps(attacked.later, honest.later, 0.01, "floor, a minute later");
      expectWithinBps(attacked.free, honest.free, 1, "what others may take");
      expectWithinBps(attacked.refill, honest.refill, 1, "refill");
      expect(attacked.breaker[0]).to.equal(honest.breaker[0]);
      expectWithinBps(attacked.breaker[1] + 10n ** 15n, honest.breaker[1] + 10n ** 15n, 10, "tightness");
      expect(attacked.borrowFactorBps).to.be.within(honest.borrowFactorBps - 1n, honest.borrowFactorBps + 1n);
      if (left !== 0) expect(honest.breaker[0]).to.equal(Level.Caution);
    });
  }

  it("an engine that does not hear of it is moved: the floor rises by what is gone again", async () => {
    const a = await weak();
    await a.attack(await a.pokes(), UNSEEN);
    const honest = await after_(a, await a.pokes());
    const assets = 200_000n * USD;
    const calls = [await depositOf(a, assets), ...(await a.pokes())];
    const attacked = await after_(a, calls);
    expect(attacked.exitFloorShares).to.be.greaterThan((honest.exitFloorShares * 103n) / 100n);
  });

  /** By how much the floor falls in a second, as it is, and after somebody deposited, poked and, if he could, left. */
  async function refillAfter(a: AttackedBorrower, assets: bigint, leaves: boolean) {
    await a.attack(await a.pokes(), UNSEEN);
    const honest = await after_(a, await a.pokes());
    const calls = leaves ? await flash(a, assets) : [await depositOf(a, assets), ...(await a.pokes())];
    return { honest: honest.refill, attacked: (await after_(a, calls)).refill };
  }

  for (const assets of [1_250_000n, 20_000_000n, 10_000_000_000n]) {
    it(`${assets} dollars for the moment let nobody leave faster`, async () => {
      const { honest, attacked } = await refillAfter(await load(), assets * USD, true);
      expect(honest).to.be.greaterThan(0n);
      expect(attacked).to.equal(honest);
    });

    it(`${assets} dollars would, if the engine counted them`, async () => {
      const { honest, attacked } = await refillAfter(await weak(), assets * USD, false);
      expect(Number(attacked) / Number(honest)).to.be.within(
        1 + (0.9 * Number(assets)) / 5e6,
        1 + (1.1 * Number(assets)) / 5e6,
      );
    });
  }

  /** How tight the pool is for a loss of a few tenths of a per cent, without and with a deposit for the moment. */
  async function thinOut(a: AttackedBorrower, leaves: boolean) {
    await a.settle(1_600);
    await a.liquidation.mark(a.victim);
    await a.attack(await a.pokes(), UNSEEN);
    const honest = await after_(a, await a.pokes());
    const assets = 100_000_000n * USD;
    const calls = leaves ? await flash(a, assets) : [await depositOf(a, assets), ...(await a.pokes())];
    const attacked = await after_(a, calls);
    return { honest: honest.breaker[1], attacked: attacked.breaker[1] };
  }

  it("a deposit for the moment thins out no loss", async () => {
    const { honest, attacked } = await thinOut(await load(), true);
    expect(honest).to.be.within(1n, 10n ** 18n - 1n);
    expectWithinBps(attacked, honest, 1, "tightness");
  });

  it("would, if the engine counted it", async () => {
    const { honest, attacked } = await thinOut(await weak(), false);
    expect(honest).to.be.within(1n, 10n ** 18n - 1n);
    expect(attacked).to.be.lessThan(honest / 2n);
  });

  it("all leaving that is allowed restricts nothing: Caution, and borrowing at half the factor", async () => {
    const a = await load();
    await a.attack(await a.pokes(), UNSEEN);
    const { borrowFactorBps } = await a.factors();
    const most = await a.pool.maxRedeem(a.lender.address);
    await a.pool.connect(a.lender).redeem(most, a.lender.address, a.lender.address);
    await a.look(await a.pokes());
    const { level, tightnessWad } = await a.breaker.assessmentOf(a.engineAddress, a.poolAddress);
    expect(level).to.equal(Level.Caution);
    expect(tightnessWad).to.be.within(1n, 5n * 10n ** 17n);
    expect((await a.factors()).poolRestricted).to.equal(false);
    // The engine keeps the tightness in 63rds, rounded up.
    expect((await a.factors()).borrowFactorBps).to.be.at.least((borrowFactorBps * 31n) / 63n - 3n);
  });

  describe("a deposit for the moment of every look", () => {
    /**
     * After all have left who may, an hour of pokes in every block. The attacker deposits and withdraws around none of them, or
     * those that look at the pool as a whole while nobody disturbs them, or all. How much others may take after it, against
     * the supply before; and how often he acted.
     */
    async function hourAfterLeaving(a: AttackedBorrower, when: "never" | "looks" | "always") {
      await a.attack(await a.pokes(), UNSEEN);
      const supply = await a.pool.totalSupply();
      const most = await a.pool.maxRedeem(a.lender.address);
      await a.pool.connect(a.lender).redeem(most, a.lender.address, a.lender.address);
      const pokes = await a.pokes();
      const deposit = await depositOf(a, 20_000_000n * USD);
      const isLook = looks((await a.networkHelpers.time.latest()) - 1);
      let acted = 0;
      for (let block = 0; block < 300; ++block) {
        const isTurn = isLook((await a.networkHelpers.time.latest()) + BLOCK);
        if (when === "never" || (when === "looks" && !isTurn)) {
          await a.attack(pokes);
          continue;
        }
        const shares = await a.imagine(async () => {
          await a.attack([deposit, ...pokes]);
          return a.pool.balanceOf(a.attackerAddress);
        });
        await a.attack([deposit, ...pokes, await redeemOf(a, shares)]);
        ++acted;
      }
      return { free: Number(await a.pool.maxRedeem(a.lender.address)) / Number(supply), acted };
    }

    it("does not bar the way out of others: the next poke looks again", async () => {
      const a = await load();
      const honest = await a.imagine(() => hourAfterLeaving(a, "never"));
      const attacked = await hourAfterLeaving(a, "looks");
      expect(honest.free).to.be.greaterThan(0.15);
      expect(attacked.acted).to.be.greaterThan(50);
      expect(attacked.free).to.be.greaterThan(0.99 * honest.free);
    });

    it("does, while he is first in every block with a poke: then nothing that he did not touch is ever seen", async () => {
      const { free, acted } = await hourAfterLeaving(await load(), "always");
      expect(acted).to.equal(300);
      expect(free).to.be.lessThan(0.01);
    });
  });

  it("who enters to bar the way out of others is locked in himself, with more than he bars", async () => {
    const a = await load();
    await a.attack(await a.pokes(), UNSEEN);
    const supply = await a.pool.totalSupply();
    const assets = 20_000_000n * USD;
    await a.attack([await depositOf(a, assets)]);
    await a.attack(await a.pokes(), UNSEEN);
    let [steps, blocked, locked] = [0, 0, 0n];
    // He is always first, and takes all that may leave, every five minutes.
    for (let step = 1; step <= 120; ++step) {
      await a.networkHelpers.time.increase(288);
      const held = await a.pool.balanceOf(a.attackerAddress);
      if (held === 0n) break;
      const free = (await a.pool.totalSupply()) - (await a.factors()).exitFloorShares;
      const leaving = free < held ? free : held;
      await a.attack([...(leaving === 0n ? [] : [await redeemOf(a, leaving)]), ...(await a.pokes())]);
      steps = step;
      locked += held;
      if ((await a.pool.maxRedeem(a.lender.address)) < supply / 100n) ++blocked;
    }
    // Four times the pool bars it for hours, while it lasts. Share-hours of his own that were stuck, and of the others.
    expect(steps / 12).to.be.within(5, 8);
    expect(blocked).to.be.at.most(steps);
    expect(Number(locked)).to.be.at.least(0.9 * Number(supply * BigInt(blocked)));
    // Then others leave as if he had never been there.
    await a.networkHelpers.time.increase(3_600);
    expect(await a.pool.maxRedeem(a.lender.address)).to.be.at.least(supply / 10n);
  });
});
