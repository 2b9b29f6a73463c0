import { expect } from "chai";
import { ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { named } from "../../shared/admin-fixtures.ts";
import { agedPool, calmPool, load, MIN_DEBT, stopInterest, USD, YEAR } from "../../shared/borrower-fixtures.ts";
import { UNCAPPED } from "../../shared/pool-fixtures.ts";

async function loadCalm() {
  const p = await load(calmPool);
  const config = () => p.pool.poolConfig();
  return { ...p, config };
}

type Calm = Awaited<ReturnType<typeof loadCalm>>;

interface Parameter {
  readonly setter: string;
  readonly name: string;
  readonly min: bigint;
  readonly max: bigint;
  /** Largest value that the argument's type holds. */
  readonly typeMax: bigint;
  readonly event: string;
  readonly set: (p: Calm, value: bigint) => Promise<unknown>;
  readonly get: (p: Calm) => Promise<bigint>;
}

const PARAMETERS: Parameter[] = [
  {
    ...{ setter: "setReserveFactor", name: "reserveFactor", min: 0n, max: 5_000n, typeMax: 2n ** 16n - 1n },
    event: "ReserveFactorSet",
    set: (p, value) => p.admin.setReserveFactor(value),
    get: async (p) => (await p.config()).reserveFactorBps,
  },
  {
    ...{ setter: "setFlashFee", name: "flashFee", min: 0n, max: 100n, typeMax: 2n ** 16n - 1n },
    event: "FlashFeeSet",
    set: (p, value) => p.admin.setFlashFee(value),
    get: async (p) => (await p.config()).flashFeeBps,
  },
  {
    ...{ setter: "setLiquidationTarget", name: "targetHealth", min: 10_210n, max: 12_000n, typeMax: 2n ** 16n - 1n },
    event: "LiquidationTargetSet",
    set: (p, value) => p.admin.setLiquidationTarget(value),
    get: async (p) => (await p.config()).targetHealthBps,
  },
  {
    ...{ setter: "setMaxCollateralsPerAccount", name: "maxCollaterals", min: 1n, max: 10n, typeMax: 255n },
    event: "MaxCollateralsSet",
    set: (p, value) => p.admin.setMaxCollateralsPerAccount(value),
    get: async (p) => (await p.config()).maxCollateralsPerAccount,
  },
  {
    ...{ setter: "setPauseFlags", name: "pauseFlags", min: 0n, max: 15n, typeMax: 255n },
    event: "PauseFlagsSet",
    set: (p, value) => p.admin.setPauseFlags(value),
    get: async (p) => (await p.config()).pauseFlags,
  },
  {
    ...{ setter: "setMinDebt", name: "minDebt", min: 0n, max: 2n ** 80n - 1n, typeMax: 2n ** 96n - 1n },
    event: "MinDebtSet",
    set: (p, value) => p.admin.setMinDebt(value),
    get: async (p) => (await p.config()).minDebt,
  },
];

describe("LendingPool: administration, parameters", () => {
  for (const { setter, name, min, max, typeMax, event, set, get } of PARAMETERS) {
    describe(`#${setter}`, () => {
      it("reverts outside its bounds", async () => {
        const p = await loadCalm();
        const before = await get(p);
        for (const value of [min - 1n, max + 1n, typeMax].filter((value) => value >= 0n)) {
          await expect(set(p, value))
            .to.be.revertedWithCustomError(p.pool, "ConfigOutOfRange")
            .withArgs(named(name), value, min, max);
        }
        expect(await get(p)).to.equal(before);
      });

      it("takes its bounds and what lies between, and says so", async () => {
        const p = await loadCalm();
        for (const value of [min, (min + max) / 2n, max]) {
          await expect(set(p, value)).to.emit(p.pool, event).withArgs(value);
          expect(await get(p)).to.equal(value);
        }
      });

      it("touches no other parameter", async () => {
        const p = await loadCalm();
        const before: unknown[] = [...(await p.config())];
        await set(p, max);
        const changed = [...(await p.config())].filter((value, index) => value !== before[index]);
        expect(changed).to.deep.equal([await get(p)]);
      });
    });
  }

  describe("#setPoolCaps", () => {
    it("sets both, either way", async () => {
      const { pool, admin, config } = await loadCalm();
      for (const [supplyCap, borrowCap] of [
        [5n, 4n],
        [UNCAPPED, 0n],
        [0n, UNCAPPED],
      ]) {
        await expect(admin.setPoolCaps(supplyCap, borrowCap))
          .to.emit(pool, "PoolCapsSet")
          .withArgs(supplyCap, borrowCap);
        expect([(await config()).supplyCap, (await config()).borrowCap]).to.deep.equal([supplyCap, borrowCap]);
      }
    });
  });

  describe("#setReserveFactor", () => {
    it("shares interest by the old factor up to now, by the new one from then on", async () => {
      const p = await load(agedPool);
      const { pool, admin, networkHelpers } = p;
      const latest = async () => BigInt(await networkHelpers.time.latest());
      const earned = async (change: () => Promise<unknown>) => {
        const before = await pool.totals();
        await networkHelpers.time.setNextBlockTimestamp((await latest()) + YEAR);
        await change();
        const after = await pool.totals();
        return { interest: after.debtAssets - before.debtAssets, reserves: after.reserves - before.reserves };
      };
      const old = await earned(() => admin.setReserveFactor(5_000));
      expect(old.interest).to.be.greaterThan(1_000n * USD);
      expect(old.reserves).to.equal(old.interest / 10n);
      const since = await earned(() => pool.accrue());
      expect(since.reserves).to.equal(since.interest / 2n);
    });
  });

  describe("#withdrawReserves", () => {
    /** A tenth of a year's interest, standing still. */
    async function reservesPool(connection: NetworkConnection) {
      const p = await agedPool(connection);
      await stopInterest(p);
      return { ...p, reserves: (await p.pool.totals()).reserves };
    }

    it("reverts when receiver or amount is zero", async () => {
      const { pool, admin, stranger } = await load(reservesPool);
      await expect(admin.withdrawReserves(1, ZeroAddress))
        .to.be.revertedWithCustomError(pool, "PoolZeroAddress")
        .withArgs();
      await expect(admin.withdrawReserves(0, stranger.address))
        .to.be.revertedWithCustomError(pool, "PoolZeroAmount")
        .withArgs();
    });

    it("reverts one unit above the reserves", async () => {
      const { pool, admin, stranger, reserves } = await load(reservesPool);
      expect(reserves).to.be.greaterThan(MIN_DEBT);
      await expect(admin.withdrawReserves(reserves + 1n, stranger.address))
        .to.be.revertedWithCustomError(pool, "PoolLiquidityInsufficient")
        .withArgs(reserves, reserves + 1n);
    });

    it("reverts when lenders have left too little cash", async () => {
      const { pool, admin, lender, stranger, reserves } = await load(reservesPool);
      const { cash } = await pool.totals();
      await pool.connect(lender).withdraw(cash - reserves + 1n, lender.address, lender.address);
      await expect(admin.withdrawReserves(reserves, stranger.address))
        .to.be.revertedWithCustomError(pool, "PoolLiquidityInsufficient")
        .withArgs(reserves - 1n, reserves);
    });

    it("pays out what belongs to the protocol, and nothing of the lenders'", async () => {
      const { ethers, pool, poolAddress, admin, loan, stranger, reserves } = await load(reservesPool);
      const lenders = await pool.totalAssets();
      await expect(() => admin.withdrawReserves(reserves - 1n, stranger.address)).to.changeTokenBalances(
        ethers,
        loan,
        [poolAddress, stranger],
        [1n - reserves, reserves - 1n],
      );
      await expect(admin.withdrawReserves(1, stranger.address))
        .to.emit(pool, "ReservesWithdrawn")
        .withArgs(stranger.address, 1);
      expect((await pool.totals()).reserves).to.equal(0);
      expect(await pool.totalAssets()).to.equal(lenders);
    });
  });
});
