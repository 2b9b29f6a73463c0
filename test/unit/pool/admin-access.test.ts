import { expect } from "chai";

import { DAY, DELAY, governedPool, named, restrictedCalls } from "../../shared/admin-fixtures.ts";
import { load } from "../../shared/borrower-fixtures.ts";
import { PAUSE, UNCAPPED } from "../../shared/pool-fixtures.ts";

const SIX_DAYS = 6n * DAY;

async function loadGoverned() {
  const p = await load(governedPool);
  const { tighten, loosen } = await restrictedCalls(p);
  // something to withdraw, and to hand out again
  await p.admin.setPauseFlags(PAUSE.borrow);
  const managed = (caller: typeof p.chief, name: string) => p.manager.connect(caller).getFunction(name);
  const operationId = (data: string): Promise<unknown> =>
    p.manager.getFunction("hashOperation").staticCall(p.chief.address, p.poolAddress, data);
  const lift = p.admin.interface.encodeFunctionData("setPauseFlags", [0]);
  return { ...p, tighten, loosen, managed, operationId, lift };
}

describe("LendingPool: administration, access", () => {
  describe("a stranger", () => {
    it("is refused by every restricted function, also from within a batch", async () => {
      const { pool, poolAddress, stranger, tighten, loosen } = await loadGoverned();
      expect([tighten.length, loosen.length]).to.deep.equal([5, 16]);
      for (const { signature, data } of [...tighten, ...loosen]) {
        await expect(stranger.sendTransaction({ to: poolAddress, data }), signature)
          .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
          .withArgs(stranger.address);
        await expect(pool.connect(stranger).multicall([data]), signature)
          .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
          .withArgs(stranger.address);
      }
    });

    it("is refused by functions that do not exist, and by calls too short to name one", async () => {
      const { ethers, pool, poolAddress, stranger, governor } = await loadGoverned();
      await expect(stranger.sendTransaction({ to: poolAddress, data: "0xdeadbeef" }))
        .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
      for (const data of ["0xdeadbeef", "0x", "0x8456cb"]) {
        await expect(governor.sendTransaction({ to: poolAddress, data }), data).to.revert(ethers);
      }
    });

    it("cannot send the pool ether", async () => {
      const { ethers, poolAddress, stranger } = await loadGoverned();
      await expect(stranger.sendTransaction({ to: poolAddress, value: 1n })).to.revert(ethers);
    });

    it("changes nothing in the pool by calling the module itself", async () => {
      const { pool, adminModule, stranger } = await loadGoverned();
      await adminModule.connect(stranger).pause(PAUSE.all);
      expect((await pool.poolConfig()).pauseFlags).to.equal(PAUSE.borrow);
    });
  });

  describe("a guardian", () => {
    it("is refused by everything that could loosen", async () => {
      const { pool, poolAddress, guardian, loosen } = await loadGoverned();
      for (const { signature, data } of loosen) {
        await expect(guardian.sendTransaction({ to: poolAddress, data }), signature)
          .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
          .withArgs(guardian.address);
      }
    });

    it("tightens everything at once", async () => {
      const { pool, poolAddress, guardian, tighten, eth, stb } = await loadGoverned();
      await pool.connect(guardian).multicall(tighten.map(({ data }) => data));
      const config = await pool.poolConfig();
      expect(config.pauseFlags).to.equal(PAUSE.deposit | PAUSE.borrow);
      expect([config.supplyCap, config.borrowCap]).to.deep.equal([1n, 1n]);
      expect((await pool.collateralConfig(eth.address)).borrowFactorBps).to.equal(7_499);
      expect((await pool.collateralConfig(eth.address)).supplyCap).to.equal(1);
      expect((await pool.collateralConfig(stb.address)).liquidationFactorBps).to.equal(8_999);
      for (const { signature, data } of tighten.filter(({ signature }) => !signature.startsWith("lowerPoolCaps"))) {
        await expect(guardian.sendTransaction({ to: poolAddress, data }), signature).to.be.revertedWithCustomError(
          pool,
          "ConfigNotTighter", // the same again is not tighter
        );
      }
    });

    it("cannot lift a pause, nor raise one that is there", async () => {
      const { pool, admin, guardian } = await loadGoverned();
      const guarded = admin.connect(guardian);
      for (const flags of [0n, PAUSE.borrow]) {
        await expect(guarded.pause(flags))
          .to.be.revertedWithCustomError(pool, "ConfigNotTighter")
          .withArgs(named("pauseFlags"), PAUSE.borrow, flags);
      }
      await expect(guarded.pause(PAUSE.borrow | PAUSE.flashLoan))
        .to.emit(pool, "PauseFlagsSet")
        .withArgs(PAUSE.borrow | PAUSE.flashLoan);
      await guarded.pause(PAUSE.deposit);
      expect((await pool.poolConfig()).pauseFlags).to.equal(PAUSE.deposit | PAUSE.borrow | PAUSE.flashLoan);
    });

    it("cannot raise or keep a factor or a cap of a collateral", async () => {
      const { pool, admin, guardian, eth } = await loadGoverned();
      const guarded = admin.connect(guardian);
      await admin.setCollateralSupplyCap(eth.address, 1_000);
      for (const excess of [0n, 1n]) {
        await expect(guarded.lowerBorrowFactor(eth.address, 7_500n + excess))
          .to.be.revertedWithCustomError(pool, "ConfigNotTighter")
          .withArgs(named("borrowFactor"), 7_500, 7_500n + excess);
        await expect(guarded.lowerCollateralSupplyCap(eth.address, 1_000n + excess))
          .to.be.revertedWithCustomError(pool, "ConfigNotTighter")
          .withArgs(named("collateralSupplyCap"), 1_000, 1_000n + excess);
        await expect(guarded.rampDownLiquidationFactor(eth.address, 8_000n + excess, DAY))
          .to.be.revertedWithCustomError(pool, "ConfigNotTighter")
          .withArgs(named("liquidationFactor"), 8_000, 8_000n + excess);
      }
      await expect(guarded.lowerBorrowFactor(eth.address, 0))
        .to.emit(pool, "CollateralFactorsSet")
        .withArgs(eth.address, 0, 8_000, 8_000, 0);
      await expect(guarded.lowerCollateralSupplyCap(eth.address, 0))
        .to.emit(pool, "CollateralSupplyCapSet")
        .withArgs(eth.address, 0);
    });

    it("cannot raise a cap of the pool; either may stay", async () => {
      const { pool, admin, guardian } = await loadGoverned();
      const guarded = admin.connect(guardian);
      await guarded.lowerPoolCaps(1_000, UNCAPPED);
      await guarded.lowerPoolCaps(1_000, 500);
      await expect(guarded.lowerPoolCaps(1_001, 0))
        .to.be.revertedWithCustomError(pool, "ConfigNotTighter")
        .withArgs(named("supplyCap"), 1_000, 1_001);
      await expect(guarded.lowerPoolCaps(0, 501))
        .to.be.revertedWithCustomError(pool, "ConfigNotTighter")
        .withArgs(named("borrowCap"), 500, 501);
      await expect(guarded.lowerPoolCaps(999, 500)).to.emit(pool, "PoolCapsSet").withArgs(999, 500);
    });
  });

  describe("a governor with a delay", () => {
    it("is refused what it has not scheduled, whatever the function", async () => {
      const { manager, poolAddress, chief, loosen, managed, operationId } = await loadGoverned();
      for (const { signature, data } of loosen) {
        const id = await operationId(data);
        await expect(chief.sendTransaction({ to: poolAddress, data }), signature)
          .to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled")
          .withArgs(id);
        await expect(managed(chief, "execute").send(poolAddress, data), signature)
          .to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled")
          .withArgs(id);
      }
    });

    it("loosens after the delay, once, and not later than a week", async () => {
      const { manager, networkHelpers, pool, poolAddress, chief, managed, operationId, lift } = await loadGoverned();
      const id = await operationId(lift);
      const direct = () => chief.sendTransaction({ to: poolAddress, data: lift });
      await managed(chief, "schedule").send(poolAddress, lift, 0);
      const ready = BigInt(await networkHelpers.time.latest()) + DELAY;
      await networkHelpers.time.setNextBlockTimestamp(ready - 1n);
      await expect(direct()).to.be.revertedWithCustomError(manager, "AccessManagerNotReady").withArgs(id);
      await networkHelpers.time.setNextBlockTimestamp(ready);
      await expect(direct()).to.emit(pool, "PauseFlagsSet").withArgs(0);
      await expect(direct()).to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled").withArgs(id);
      await managed(chief, "schedule").send(poolAddress, lift, 0);
      await networkHelpers.time.increase(DELAY + SIX_DAYS + DAY);
      await expect(direct()).to.be.revertedWithCustomError(manager, "AccessManagerExpired").withArgs(id);
    });

    it("loosens by the manager's execute and from within a batch too, every function", async () => {
      const { networkHelpers, pool, poolAddress, chief, managed, loosen } = await loadGoverned();
      const calls = loosen.filter(({ signature }) => !signature.startsWith("withdrawReserves")); // there are none yet
      for (const { data } of calls) await managed(chief, "schedule").send(poolAddress, data, 0);
      await networkHelpers.time.increase(DELAY);
      const [first, ...rest] = calls;
      await managed(chief, "execute").send(poolAddress, first.data);
      await pool.connect(chief).multicall(rest.map(({ data }) => data));
      expect(await pool.collateralList()).to.have.lengthOf(4);
      expect((await pool.poolConfig()).pauseFlags).to.equal(0);
    });

    it("is stopped by a guardian's veto", async () => {
      const { manager, networkHelpers, poolAddress, chief, guardian, managed, operationId, lift } =
        await loadGoverned();
      await managed(chief, "schedule").send(poolAddress, lift, 0);
      await managed(guardian, "cancel").send(chief.address, poolAddress, lift);
      await networkHelpers.time.increase(DELAY);
      await expect(chief.sendTransaction({ to: poolAddress, data: lift }))
        .to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled")
        .withArgs(await operationId(lift));
    });
  });
});
