import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { calmDebtor, load } from "../../shared/borrower-fixtures.ts";

const HOUR = 3_600n;
const DAY = 86_400n;
const MAX_AGE = 86_400n;
/** A rising factor gains one basis point in so many seconds. */
const SECONDS_PER_BPS = 1_728n;
/** What governance set, and where the engine leads it later. [bps] */
const AT_REST = 8_000n;
const HIGHER = 8_500n;

const UPDATE = {
  ...{ liquidationFactorBps: AT_REST, borrowFactorBps: 7_000n, calm: true, level: 0n, loadingPercent: 100n },
  ...{ discountTenBps: 50n, grace: false, reserve: 10n ** 15n },
};
type Update = typeof UPDATE;
const NOTHING = { restricted: false, exitFloorShares: 2n ** 136n - 1n, exitRefillPerSecond: 0n };

/** An engine that a test speaks for; governance would have ETH at 85 %, if the engine led it there from 80 %. */
async function spokenFor(connection: NetworkConnection) {
  const p = await calmDebtor(connection);
  const { networkHelpers, eth, pool } = p;
  const engine = await p.ethers.deployContract("MockRiskEngine", [p.poolAddress]);
  const risk = await p.ethers.getContractAt("IPoolRisk", p.poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), MAX_AGE);
  const now = async () => BigInt(await networkHelpers.time.latest());
  /** So long after the last block. Gas of the call. */
  const write = async (seconds: bigint, update: Partial<Update> = {}, whole: Partial<typeof NOTHING> = {}) => {
    await networkHelpers.time.setNextBlockTimestamp((await now()) + seconds);
    const tx = await engine.write(eth.address, { ...UPDATE, ...update }, { ...NOTHING, ...whole });
    return (await tx.wait())?.gasUsed ?? 0n;
  };
  await write(12n);
  await p.admin.setCollateralFactors(eth.address, 7_500n, HIGHER, 0);
  const factor = async () => (await risk.riskOf(eth.address)).liquidationFactorBps;
  const floor = async () => (await risk.riskOf(eth.address)).exitFloorShares;
  const shares = await pool.totalSupply();
  return { ...p, engine, risk, now, write, factor, floor, shares };
}

describe("PoolRiskModule: what an engine writes", () => {
  it("is of this moment and holds for as long as snapshots do", async () => {
    const { write, risk, eth, now } = await load(spokenFor);
    await write(100n);
    const { updatedAt, freshUntil } = await risk.riskOf(eth.address);
    expect([updatedAt, freshUntil]).to.deep.equal([await now(), (await now()) + MAX_AGE]);
  });

  it("is refused of a token that is not listed, of which nothing is told either", async () => {
    const { engine, risk, pool, loanAddress } = await load(spokenFor);
    for (const call of [
      () => engine.write(loanAddress, UPDATE, NOTHING),
      () => risk.riskOf(loanAddress),
      () => risk.riskInputs(loanAddress, false),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(pool, "PoolCollateralUnknown").withArgs(loanAddress);
    }
  });

  describe("a factor at rest", () => {
    for (const every of [12n, 300n, HOUR - 1n, HOUR, HOUR + 1n]) {
      it(`has saved up no more than an hour's rise, two basis points, when its target rises: written every ${every} s`, async () => {
        const { write, factor, now } = await load(spokenFor);
        await write(DAY + HOUR); // calm for long enough
        const end = (await now()) + 5n * HOUR;
        while ((await now()) < end) await write(every);
        expect(await factor()).to.equal(AT_REST);
        await write(12n, { liquidationFactorBps: HIGHER });
        const start = await now();
        const first = (await factor()) - AT_REST;
        expect(first).to.be.within(0n, 2n);
        for (let i = 0; i < 24; ++i) {
          await write(HOUR, { liquidationFactorBps: HIGHER });
          const earned = ((await now()) - start) / SECONDS_PER_BPS;
          expect((await factor()) - AT_REST).to.be.within(earned, earned + 3n);
        }
      });
    }

    it("is written without the time of its last rise, which costs a slot, more often than once an hour", async () => {
      const { write } = await load(spokenFor);
      await write(DAY + HOUR);
      const [first, ...others] = [await write(HOUR), await write(12n), await write(600n), await write(HOUR - 613n)];
      for (const gas of others) expect(gas).to.be.lessThan(first - 2_000n);
      expect(await write(1n)).to.be.within(first - 500n, first + 500n);
    });

    it("rises only after a day without unrest, of which no part is lost", async () => {
      const { write, factor, now } = await load(spokenFor);
      await write(DAY + HOUR);
      await write(600n, { calm: false });
      const unrest = await now();
      while ((await now()) + 1_000n < unrest + DAY) {
        await write(1_000n, { liquidationFactorBps: HIGHER });
        expect(await factor()).to.equal(AT_REST);
      }
      await write(unrest + DAY + SECONDS_PER_BPS - 1n - (await now()), { liquidationFactorBps: HIGHER });
      expect(await factor()).to.equal(AT_REST);
      await write(1n, { liquidationFactorBps: HIGHER });
      expect(await factor()).to.equal(AT_REST + 1n);
    });

    it("unrest counts from its last moment on, though the time of the last rise was not written", async () => {
      const { write, factor, now } = await load(spokenFor);
      await write(DAY + HOUR);
      for (let i = 0; i < 6; ++i) await write(600n);
      await write(600n, { calm: false });
      const unrest = await now();
      await write(HOUR); // calm and at rest again
      await write(unrest + DAY - (await now()), { liquidationFactorBps: HIGHER });
      expect(await factor()).to.equal(AT_REST);
    });
  });

  describe("the floor of lenders' exits", () => {
    /** 128 parts, so that a floor and its slack are whole. */
    async function floored(connection: NetworkConnection) {
      const p = await spokenFor(connection);
      const whole = (p.shares / 160n) * 128n; // four fifths
      const refill = whole / 4n / HOUR;
      await p.write(12n, {}, { exitFloorShares: whole, exitRefillPerSecond: refill });
      return { ...p, whole, refill };
    }

    it("that would rise by more than a 128th of itself is written; by less, it falls on", async () => {
      const { write, floor, whole, networkHelpers } = await load(floored);
      const same = { exitFloorShares: whole, exitRefillPerSecond: 0n };
      // From here on nothing falls by itself.
      await write(12n, {}, same);
      const high = await floor();
      expect(high).to.equal(whole);
      const least = (whole * 128n) / 127n; // whose 128th is what it would rise by
      const snapshot = await networkHelpers.takeSnapshot();
      await write(12n, {}, { ...same, exitFloorShares: least - 1n });
      expect(await floor()).to.equal(whole);
      await snapshot.restore();
      await write(12n, {}, { ...same, exitFloorShares: least + 128n });
      expect(await floor()).to.equal(least + 128n);
    });

    it("that falls is written at once, however little", async () => {
      const { write, floor, whole } = await load(floored);
      await write(12n, {}, { exitFloorShares: whole / 2n, exitRefillPerSecond: 0n });
      expect(await floor()).to.equal(whole / 2n);
      await write(12n, {}, { exitFloorShares: whole / 2n - 1n, exitRefillPerSecond: 0n });
      expect(await floor()).to.equal(whole / 2n - 1n);
      await write(12n, {}, { exitFloorShares: 0n });
      expect(await floor()).to.equal(0);
    });

    it("repeated at any pace, it is in force to a 128th of itself", async () => {
      const { write, floor, whole, refill, networkHelpers, now } = await load(floored);
      const least = whole - (whole >> 7n);
      for (const every of [12n, 45n, 300n]) {
        const end = (await now()) + HOUR;
        let written = 0;
        while ((await now()) < end) {
          const before = await floor();
          await write(every, {}, { exitFloorShares: whole, exitRefillPerSecond: refill });
          const after = await floor();
          expect(after).to.be.within(least, whole);
          if (after > before) ++written;
        }
        // Not each time: a 128th is let go in less than two minutes.
        expect(written).to.be.within(1, every === 300n ? 13 : 35);
        await networkHelpers.time.increase(12);
      }
    });

    it("lets nobody take out more than a 128th of it beyond what was said", async () => {
      const { pool, lender, write, whole, shares, refill } = await load(floored);
      for (let i = 0; i < 20; ++i) {
        const most = await pool.maxRedeem(lender.address);
        if (most !== 0n) await pool.connect(lender).redeem(most, lender.address, lender.address);
        await write(12n, {}, { exitFloorShares: whole, exitRefillPerSecond: refill });
      }
      expect(shares - (await pool.totalSupply())).to.be.within(0n, shares - whole + (whole >> 7n) + 12n * refill);
    });

    it("with another pace, by more than a sixteenth, is written", async () => {
      const { write, floor, whole, refill, networkHelpers, now } = await load(floored);
      await write(12n, {}, { exitFloorShares: whole, exitRefillPerSecond: (refill * 17n) / 16n });
      const start = await now();
      const before = await floor();
      await networkHelpers.time.increaseTo(start + 100n);
      expect(before - (await floor())).to.equal(refill * 100n);
      await write(1n, {}, { exitFloorShares: whole, exitRefillPerSecond: refill * 2n });
      const anew = await now();
      expect(await floor()).to.equal(whole);
      await networkHelpers.time.increaseTo(anew + 100n);
      expect(await floor()).to.equal(whole - refill * 200n);
    });

    it("is as it was where the engine says nothing of the pool", async () => {
      const { write, floor, whole, refill } = await load(floored);
      await write(100n);
      expect(await floor()).to.equal(whole - refill * 100n);
    });
  });
});
