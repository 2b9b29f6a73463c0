import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../sim/rng.ts";
import {
  attackedBorrower,
  BLOCK,
  credulousBorrower,
  looks,
  settledCredulousBorrower,
  UNSEEN,
  type AttackedBorrower,
} from "../shared/attack-fixtures.ts";
import { removable } from "../shared/defences.ts";
import { ENGINE_ASSET, ETHER, USD } from "../shared/risk-fixtures.ts";

const CASES = 12;
const BLOCKS = 50;

removable("untouched blocks only");

describe("Attack: a position that is opened and closed around a poke", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(attackedBorrower);
  const weak = () => connection.networkHelpers.loadFixture(credulousBorrower);

  /** Supplies, borrows (or not), pokes, repays and withdraws. By shares, which a block's rounding does not change. */
  async function flash(a: AttackedBorrower, ether: bigint, assets: bigint) {
    const { pool, attackerAddress, call, attack, imagine, supply, borrow, repayAll, withdraw, pokes } = a;
    const around = [await supply(ether), ...(await pokes()), await withdraw(ether)];
    if (assets === 0n) return around;
    const shares = await imagine(async () => {
      await attack([await supply(ether), await borrow(assets)], UNSEEN);
      return pool.debtSharesOf(attackerAddress);
    });
    const opened = await call(pool, "borrow", [0n, shares, attackerAddress, attackerAddress]);
    return [around[0], opened, ...around.slice(1, -1), await repayAll(shares), around[around.length - 1]];
  }

  /**
   * The average leverage after some blocks with these calls, the first of which looks at everything, and an honest poke that
   * looks at everything too; the factors then, and those of an honest poke in the next block already.
   */
  async function after_(a: AttackedBorrower, blocks: number, calls?: readonly { target: string; data: string }[]) {
    const { imagine, attack, pokes, leverage, factors, networkHelpers } = a;
    return imagine(async () => {
      const start = await networkHelpers.time.latest();
      const first = UNSEEN - BLOCK;
      for (let block = 0; block < blocks && calls !== undefined; ++block) {
        await attack(calls, block === 0 ? UNSEEN : BLOCK);
      }
      const next = await imagine(async () => {
        await attack(await pokes(), start + first + BLOCK * (blocks + 1) - (await networkHelpers.time.latest()));
        return factors();
      });
      const passed = (await networkHelpers.time.latest()) - start;
      await attack(await pokes(), first + BLOCK * blocks + UNSEEN - passed);
      return { leverage: Number(await leverage()) / 1e18, factors: await factors(), next };
    });
  }

  const rng = createRng("flash position");
  for (let index = 0; index < CASES; ++index) {
    const draw = rng.fork(`case ${index}`);
    const ether = BigInt(Math.floor(Math.exp(draw.between(4, 16)))) * ETHER;
    const share = index % 3 === 0 ? 0 : draw.between(0.1, 0.6);
    it(`moves no average: ${ether / ETHER} ether, ${share === 0 ? "supply only" : "borrowed against"}`, async () => {
      const a = await load();
      const cash = 4_000_000n * USD;
      const most = BigInt(Math.floor(share * 1_900)) * (ether / ETHER) * USD;
      const calls = await flash(a, ether, most < cash ? most : cash);
      const before = await a.wealth(a.price);
      await a.imagine(async () => {
        await a.attack(calls, UNSEEN);
        expect(await a.wealth(a.price)).to.be.at.most(before);
      });
      const [honest, attacked] = [await after_(a, 1), await after_(a, 1, calls)];
      expect(attacked.leverage).to.equal(honest.leverage);
      expect(attacked.next.liquidationFactorBps).to.equal(honest.next.liquidationFactorBps);
      expect(attacked.factors.borrowFactorBps).to.be.at.most(honest.factors.borrowFactorBps);
      expect(attacked.factors.liquidationFactorBps).to.equal(honest.factors.liquidationFactorBps);
    });
  }

  it(`repeated in ${BLOCKS} blocks it moves the average by less than a millionth, up or down`, async () => {
    const a = await load();
    const honest = await after_(a, BLOCKS);
    for (const [ether, assets] of [
      [1_000_000n, 0n],
      [4_000n, 4_000_000n],
    ]) {
      const attacked = await after_(a, BLOCKS, await flash(a, ether * ETHER, assets * USD));
      expect(Math.abs(attacked.leverage / honest.leverage - 1)).to.be.lessThan(1e-6);
      expect(attacked.factors.borrowFactorBps).to.equal(honest.factors.borrowFactorBps);
      expect(attacked.factors.liquidationFactorBps).to.equal(honest.factors.liquidationFactorBps);
    }
  });

  it("an engine that does not hear of it is moved: one block is not confirmed, fifty are", async () => {
    const a = await connection.networkHelpers.loadFixture(settledCredulousBorrower);
    const honest = await after_(a, BLOCKS);
    const calls = await flash(a, 1_000_000n * ETHER, 0n);
    expect((await after_(a, 1, calls)).leverage / (await after_(a, 1)).leverage).to.be.within(0.999, 1.001);
    const attacked = await after_(a, BLOCKS, calls);
    expect(attacked.leverage / honest.leverage).to.be.lessThan(0.99);
  });

  describe("debt that is repaid for a poke", () => {
    /** The attacker owes most of the pool; selling that takes longer than an hour. Factors before, and after a poke in which he owes nothing. */
    async function repayFor(a: AttackedBorrower, seconds: number) {
      const { live, eth, supply, borrow, attack, pokes, pool, attackerAddress, repayAll, factors, networkHelpers } = a;
      await live.engine.setAsset(eth.address, { ...ENGINE_ASSET, turnoverPerDayHundredths: 2_000n });
      await attack([await supply(6_000n * ETHER), await borrow(4_000_000n * USD)]);
      await attack(await pokes());
      const before = await factors();
      const shares = await pool.debtSharesOf(attackerAddress);
      await networkHelpers.mine();
      await attack([await repayAll(shares), ...(await pokes()), await borrow(4_000_000n * USD)], seconds);
      return { before, after: await factors() };
    }

    for (const [seconds, what] of [
      [BLOCK, "nothing else is looked at"],
      [UNSEEN, "everything is looked at"],
    ] as const) {
      it(`lets its owner borrow no more, when ${what}`, async () => {
        const { before, after } = await repayFor(await load(), seconds);
        expect(after.borrowFactorBps).to.be.at.most(before.borrowFactorBps);
        expect(after.liquidationTargetBps).to.be.at.most(before.liquidationTargetBps);
      });

      it(`would, if the engine believed it, when ${what}`, async () => {
        const { before, after } = await repayFor(await weak(), seconds);
        expect(after.borrowFactorBps).to.be.greaterThan(before.borrowFactorBps);
      });
    }
  });

  describe("what is left to an attacker", () => {
    it("debt for the moment of a poke lowers what others may borrow for a block, and the liquidation factor by its ramp", async () => {
      const a = await load();
      const { engine, eth, attack, imagine, pokes, factors, networkHelpers } = a;
      await engine.setAsset(eth.address, { ...ENGINE_ASSET, turnoverPerDayHundredths: 2_000n });
      await attack(await pokes());
      const before = await factors();
      const calls = await flash(a, 6_000n * ETHER, 4_000_000n * USD);
      const honest = await after_(a, BLOCKS);
      await imagine(async () => {
        const start = await networkHelpers.time.latest();
        for (let block = 0; block < BLOCKS; ++block) await attack(calls);
        const during = await factors();
        expect(during.borrowFactorBps).to.be.lessThan(before.borrowFactorBps);
        // Two points a day, which no call hastens.
        const ramped = Math.ceil((200 * ((await networkHelpers.time.latest()) - start)) / 86_400);
        expect(Number(before.liquidationFactorBps - during.liquidationFactorBps)).to.be.within(0, ramped);
      });
      const attacked = await after_(a, BLOCKS, calls);
      expect(Number(attacked.factors.borrowFactorBps - honest.factors.borrowFactorBps)).to.be.within(-3, 0);
      expect(Number(attacked.factors.liquidationFactorBps - honest.factors.liquidationFactorBps)).to.be.within(-2, 0);
    });

    it("a look in a block in which he used the pool is made up for by the next poke", async () => {
      const a = await load();
      const { attack, pokes, imagine, leverage, factors, supply, look } = a;
      await attack(await pokes(), UNSEEN);
      const before = Number(await leverage());
      const run = (spoilt: boolean) =>
        imagine(async () => {
          await look([...(spoilt ? [await supply(1n)] : []), ...(await pokes())]);
          const first = Number(await leverage());
          await attack(await pokes());
          return { first, next: Number(await leverage()), factor: (await factors()).borrowFactorBps };
        });
      const [honest, spoilt] = [await run(false), await run(true)];
      expect(honest.first / before).to.be.greaterThan(1.0005);
      expect(spoilt.first / before).to.be.within(0.999999, 1.000001);
      expect(spoilt.next / honest.next).to.be.within(0.999999, 1.0005);
      expect(Number(spoilt.factor - honest.factor)).to.be.within(-1, 0);
    });

    it("who uses the pool in the blocks of looks only does not keep the average", async () => {
      const a = await load();
      const { attack, pokes, supply, leverage, networkHelpers, imagine } = a;
      await attack(await pokes(), UNSEEN);
      const before = Number(await leverage());
      const hour = (attacks: boolean) =>
        imagine(async () => {
          const isLook = looks(await networkHelpers.time.latest());
          let acted = 0;
          for (let block = 0; block < 300; ++block) {
            const isTurn = attacks && isLook((await networkHelpers.time.latest()) + BLOCK);
            await attack([...(isTurn ? [await supply(1n)] : []), ...(await pokes())]);
            if (isTurn) ++acted;
          }
          return { leverage: Number(await leverage()), acted };
        });
      const [honest, attacked] = [await hour(false), await hour(true)];
      expect(honest.leverage / before).to.be.greaterThan(1.01);
      expect(attacked.acted).to.be.greaterThan(50);
      expect(attacked.leverage / honest.leverage).to.be.within(0.999, 1.001);
    });

    it("who uses the pool before every poke of a block keeps the average where it was; one poke without him, and it goes on", async () => {
      const a = await load();
      const { supply, borrow, attack, pokes, leverage, imagine } = a;
      await attack([await supply(1_000n * ETHER), await borrow(1_300_000n * USD)]); // the pool's leverage falls
      await attack(await pokes());
      const before = Number(await leverage());
      const hour = async (calls: readonly { target: string; data: string }[]) => {
        for (let poke = 0; poke < 12; ++poke) await attack(calls, 300);
        return Number(await leverage());
      };
      const honest = await imagine(async () => hour(await pokes()));
      expect(honest / before).to.be.lessThan(0.97);
      const frozen = [await supply(1n), ...(await pokes())];
      expect((await hour(frozen)) / before).to.be.within(0.999999, 1.000001);
      // The pokes of an hour in which nothing was seen are believed only as far as both their ends agree.
      await attack(await pokes());
      expect(Number(await leverage()) / before).to.be.within(0.8, 1);
      expect((await hour(await pokes())) / before).to.be.lessThan(0.97);
    });
  });
});
