import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { DAY, named, restrictedCalls } from "../../shared/admin-fixtures.ts";
import { KEEP, riskUpdate } from "../../shared/auction-setup.ts";
import { bpsDown, calmPool, divUp, ETHER, load, supply, USD } from "../../shared/borrower-fixtures.ts";

const YEAR = 365n * DAY;

/** `borrower` owes 140,000 against 100 ETH, at a health factor of exactly 1 as ETH falls to 1,750. */
async function brinkPool(connection: NetworkConnection) {
  const p = await calmPool(connection);
  await supply(p, p.eth, 100n * ETHER);
  await p.pool.connect(p.borrower).borrow(140_000n * USD, 0, p.borrower.address, p.borrower.address);
  await p.oracle.setPrice(p.eth.address, (p.eth.price36 * 7n) / 8n);
  return p;
}

async function loadBrink() {
  const p = await load(brinkPool);
  const { time } = p.networkHelpers;
  const latest = async () => BigInt(await time.latest());
  const factorAt = async (timestamp: bigint) => {
    await time.setNextBlockTimestamp(timestamp);
    return p.pool.liquidationFactorBps(p.eth.address, { blockTag: "pending" });
  };
  const setFactors = (borrow: bigint, liquidation: bigint, seconds: bigint) =>
    p.admin.setCollateralFactors(p.eth.address, borrow, liquidation, seconds);
  const rampDown = (liquidation: bigint, seconds: bigint) =>
    p.admin.connect(p.guardian).rampDownLiquidationFactor(p.eth.address, liquidation, seconds);
  return { ...p, time, latest, factorAt, setFactors, rampDown };
}

/** Straight line between two factors, rounded up: in the borrower's favour. */
function lineUp(from: bigint, to: bigint, seconds: bigint, elapsed: bigint): bigint {
  return elapsed >= seconds ? to : from - ((from - to) * elapsed) / seconds;
}

describe("LendingPool: administration, ramps of the liquidation factor", () => {
  describe("#setCollateralFactors", () => {
    it("reverts for a token that is not listed", async () => {
      const { pool, admin, loanAddress } = await loadBrink();
      await expect(admin.setCollateralFactors(loanAddress, 1, 2, 0))
        .to.be.revertedWithCustomError(pool, "PoolCollateralUnknown")
        .withArgs(loanAddress);
    });

    it("reverts outside the bounds of either factor", async () => {
      const { pool, setFactors } = await loadBrink();
      for (const [borrow, liquidation] of [
        [0n, 0n],
        [8_000n, 9_801n],
      ]) {
        await expect(setFactors(borrow, liquidation, YEAR))
          .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
          .withArgs(named("liquidationFactor"), liquidation, 1, 9_800);
      }
      for (const borrow of [9_000n, 9_001n]) {
        await expect(setFactors(borrow, 9_000n, 0n))
          .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
          .withArgs(named("borrowFactor"), borrow, 0, 8_999);
      }
      await setFactors(9_799n, 9_800n, 0n);
      await setFactors(0n, 1n, 50n * DAY);
    });

    it("reverts when a fall is faster than 2 percentage points a day", async () => {
      const { pool, setFactors } = await loadBrink();
      for (const [to, minimum] of [
        [7_800n, DAY],
        [7_999n, 432n],
        [7_000n, 5n * DAY],
      ]) {
        await expect(setFactors(0n, to, minimum - 1n))
          .to.be.revertedWithCustomError(pool, "ConfigRampTooFast")
          .withArgs(minimum - 1n, minimum);
      }
      await setFactors(0n, 7_800n, DAY);
    });

    it("reverts when a ramp is longer than a year: its end would wrap round and the factor fall at once", async () => {
      const { pool, latest, setFactors, rampDown } = await loadBrink();
      const wrapping = 2n ** 32n - (await latest()); // ends at 0 or just after
      for (const seconds of [YEAR + 1n, wrapping, 2n ** 32n - 1n]) {
        for (const call of [() => setFactors(0n, 1n, seconds), () => rampDown(1n, seconds)]) {
          await expect(call())
            .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
            .withArgs(named("rampSeconds"), seconds, 0, YEAR);
        }
      }
      await setFactors(0n, 1n, YEAR);
    });

    it("falls in a straight line, rounded up, and stays at the end", async () => {
      const { pool, eth, latest, factorAt, setFactors } = await loadBrink();
      const length = 10n * DAY + 13n;
      const call = setFactors(6_000n, 7_001n, length);
      await call;
      const began = await latest();
      await expect(call)
        .to.emit(pool, "CollateralFactorsSet")
        .withArgs(eth.address, 6_000, 8_000, 7_001, began + length);
      expect((await pool.collateralConfig(eth.address)).borrowFactorBps).to.equal(6_000); // at once
      for (const elapsed of [1n, 864n, 865n, DAY, (7n * length) / 9n, length - 1n, length, length + YEAR]) {
        expect(await factorAt(began + elapsed), `after ${elapsed} s`).to.equal(lineUp(8_000n, 7_001n, length, elapsed));
      }
    });

    it("makes nobody liquidatable in its block, at the fastest ramp allowed", async () => {
      const { pool, admin, liquidation, borrower, governor, eth } = await loadBrink();
      const capacity = 140_000n * USD;
      expect((await pool.healthOf(borrower.address)).liquidationCapacity).to.equal(capacity);
      const change = admin.interface.encodeFunctionData("setCollateralFactors", [eth.address, 0, 1, 40n * DAY]);
      const kick = liquidation.interface.encodeFunctionData("kick", [borrower.address]);
      await expect(pool.connect(governor).multicall([change, kick]))
        .to.be.revertedWithCustomError(pool, "LiquidationAccountHealthy")
        .withArgs(borrower.address, capacity, capacity);
    });

    it("nor does any other change of parameters, the oracle's own prices staying as they are", async () => {
      const p = await loadBrink();
      const { tighten, loosen } = await restrictedCalls(p);
      // There are no reserves to withdraw.
      const calls = [...tighten, ...loosen].filter(({ signature }) => !signature.startsWith("withdrawReserves"));
      expect(calls).to.have.lengthOf(20);
      const kick = p.liquidation.interface.encodeFunctionData("kick", [p.borrower.address]);
      for (const { signature, data } of calls) {
        await expect(p.pool.connect(p.governor).multicall([data, kick]), signature)
          .to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy")
          .withArgs(p.borrower.address, (capacity: bigint) => capacity >= 140_000n * USD, 140_000n * USD);
      }
    });

    it("makes an account liquidatable when its line passes the debt, not a second before", async () => {
      const { liquidation, pool, oracle, borrower, eth, time, latest, setFactors } = await loadBrink();
      await oracle.setPrice(eth.address, eth.price36);
      await setFactors(0n, 6_500n, 10n * DAY); // 140,000 of 200,000 is 70 %: reached after ⅔
      const began = await latest();
      // 69.99 % from the second at which 10 points, and a hundredth, of 15 have been lost
      const crossed = began + divUp(1_001n * 10n * DAY, 1_500n);
      await time.setNextBlockTimestamp(crossed - 1n);
      await expect(liquidation.kick(borrower.address))
        .to.be.revertedWithCustomError(pool, "LiquidationAccountHealthy")
        .withArgs(borrower.address, bpsDown(200_000n * USD, 7_000n), 140_000n * USD);
      await time.setNextBlockTimestamp(crossed);
      await expect(liquidation.kick(borrower.address)).to.emit(pool, "AccountKicked");
      expect((await pool.healthOf(borrower.address)).liquidationCapacity).to.equal(bpsDown(200_000n * USD, 6_999n));
    });

    it("starts in the middle of another ramp from where that one is", async () => {
      const { pool, eth, time, latest, factorAt, setFactors } = await loadBrink();
      await setFactors(0n, 7_000n, 10n * DAY);
      const began = await latest();
      await time.setNextBlockTimestamp(began + 5n * DAY);
      await expect(setFactors(0n, 7_300n, DAY - 1n))
        .to.be.revertedWithCustomError(pool, "ConfigRampTooFast")
        .withArgs(DAY - 1n, DAY);
      await time.setNextBlockTimestamp(began + 6n * DAY);
      await expect(setFactors(0n, 7_300n, DAY))
        .to.emit(pool, "CollateralFactorsSet")
        .withArgs(eth.address, 0, 7_400, 7_300, began + 7n * DAY);
      expect(await factorAt(began + 6n * DAY + DAY / 2n)).to.equal(7_350);
    });

    it("under an engine lowers the borrow factor that it wrote at once, and leaves it to the engine to raise it", async () => {
      const { ethers, poolAddress, eth, pool, setFactors } = await loadBrink();
      const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
      const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
      await risk.setRiskEngine(await engine.getAddress(), DAY);
      await engine.write(eth.address, { ...riskUpdate(0, 10n ** 15n, 100n), borrowFactorBps: 7_000n }, KEEP);
      const borrowFactor = async () => (await pool.collateralConfig(eth.address)).borrowFactorBps;
      for (const [governed, inForce] of [
        [7_400n, 7_000n],
        [6_500n, 6_500n],
        [7_400n, 6_500n],
      ]) {
        await setFactors(governed, 8_000n, 0n);
        expect(await borrowFactor()).to.equal(inForce);
      }
    });

    it("rises at once, also out of a fall", async () => {
      const { pool, eth, time, latest, setFactors } = await loadBrink();
      await setFactors(0n, 7_000n, 10n * DAY);
      await time.setNextBlockTimestamp((await latest()) + 5n * DAY);
      await setFactors(7_000n, 7_600n, YEAR);
      expect(await pool.liquidationFactorBps(eth.address)).to.equal(7_600);
      await time.increase(DAY);
      expect(await pool.liquidationFactorBps(eth.address)).to.equal(7_600);
    });
  });

  describe("#rampDownLiquidationFactor", () => {
    it("reverts for a token that is not listed, a factor of zero, and a fall that is too fast", async () => {
      const { pool, admin, guardian, loanAddress, rampDown } = await loadBrink();
      await expect(admin.connect(guardian).rampDownLiquidationFactor(loanAddress, 1, YEAR))
        .to.be.revertedWithCustomError(pool, "PoolCollateralUnknown")
        .withArgs(loanAddress);
      await expect(rampDown(0n, YEAR))
        .to.be.revertedWithCustomError(pool, "ConfigOutOfRange")
        .withArgs(named("liquidationFactor"), 0, 1, 9_800);
      await expect(rampDown(7_900n, DAY / 2n - 1n))
        .to.be.revertedWithCustomError(pool, "ConfigRampTooFast")
        .withArgs(DAY / 2n - 1n, DAY / 2n);
    });

    it("takes the borrow factor along where it would be too high, at once", async () => {
      const { pool, eth, rampDown } = await loadBrink();
      const borrowFactor = async () => (await pool.collateralConfig(eth.address)).borrowFactorBps;
      await rampDown(7_501n, 5n * DAY);
      expect(await borrowFactor()).to.equal(7_500);
      await rampDown(7_000n, 6n * DAY);
      expect(await borrowFactor()).to.equal(6_999);
    });

    it("cannot put off a fall that is under way", async () => {
      const { pool, time, latest, factorAt, setFactors, rampDown } = await loadBrink();
      await setFactors(0n, 7_000n, 10n * DAY);
      const began = await latest();
      await time.setNextBlockTimestamp(began + 5n * DAY);
      // From 7,500 to 6,000 at 100 a day takes 15 days.
      await expect(rampDown(6_000n, 15n * DAY + 1n))
        .to.be.revertedWithCustomError(pool, "ConfigNotTighter")
        .withArgs(named("rampSeconds"), 15n * DAY, 15n * DAY + 1n);
      await time.setNextBlockTimestamp(began + 5n * DAY + 2n * 864n);
      await rampDown(6_000n, 12n * DAY); // steeper
      for (const days of [6n, 8n, 12n]) {
        expect(await factorAt(began + days * DAY)).to.be.at.most(lineUp(8_000n, 7_000n, 10n * DAY, days * DAY));
      }
      expect(await factorAt(began + 18n * DAY)).to.equal(6_000);
    });

    it("can always be made to end as fast as allowed", async () => {
      const { pool, eth, time, latest, setFactors, rampDown } = await loadBrink();
      await setFactors(0n, 7_000n, 5n * DAY); // the fastest there is
      const began = await latest();
      for (const [elapsed, target] of [
        [1n, 6_999n],
        [431n, 6_998n],
        [433n, 6_997n],
        [DAY + 7n, 6_900n],
      ]) {
        await time.setNextBlockTimestamp(began + elapsed);
        const current = await pool.liquidationFactorBps(eth.address, { blockTag: "pending" });
        await time.setNextBlockTimestamp(began + elapsed);
        await rampDown(target, (current - target) * 432n);
        expect(await pool.liquidationFactorBps(eth.address)).to.equal(current);
      }
    });
  });
});
