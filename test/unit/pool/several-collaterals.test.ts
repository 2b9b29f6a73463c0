import { expect } from "chai";
import { MaxUint256, parseEther } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { BITCOIN, calmPool, divUp, ETHER, load, setPrice, supply, USD } from "../../shared/borrower-fixtures.ts";
import { BPS, WAD } from "../../shared/pool-fixtures.ts";

const HOUR = 3_600n;
const TARGET_BPS = 10_400n;
/** ETH and BTC, as the fixture lists them. [bps] */
const LIQUIDATION_BPS = [8_000n, 7_500n] as const;
const BORROW_BPS = [7_500n, 7_000n] as const;

interface Part {
  readonly value: bigint;
  readonly factorBps: bigint;
  readonly loading: bigint;
}

function rootUp(square: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(square))));
  while (root * root < square) ++root;
  while ((root - 1n) * (root - 1n) >= square) --root;
  return root;
}

/** As the documentation of `BasketMath` has it, in whole numbers. `weights` and `root` are for the marginal factor. */
function basket(parts: readonly Part[]) {
  const carried = parts.map(({ value, factorBps }) => (value * factorBps) / BPS);
  const weights = parts.map(({ value }, i) => value - carried[i]);
  const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);
  const loaded = sum(parts.map(({ loading }, i) => loading * weights[i]));
  const own = sum(parts.map(({ loading }, i) => (10_000n - loading * loading) * weights[i] ** 2n));
  const root = rootUp(own + loaded * loaded); // × 100
  const plain = sum(carried);
  return { weights, loaded, root, plain, capacity: plain + (sum(weights) * 100n - root) / 200n };
}

function marginalUp(parts: readonly Part[], k: number): bigint {
  const { weights, loaded, root } = basket(parts);
  const { loading, factorBps } = parts[k];
  const slope = (((10_000n - loading * loading) * weights[k] + loading * loaded) * WAD) / (root * 100n);
  return WAD - ((WAD - factorBps * 10n ** 14n) * (WAD + slope)) / (2n * WAD);
}

/** ETH, BTC and STB under an engine that a test speaks for; `borrower` holds 60 ETH and 2 BTC: 120,000 of each. */
async function diversifiedPool(connection: NetworkConnection) {
  const p = await calmPool(connection);
  const engine = await p.ethers.deployContract("MockRiskEngine", [p.poolAddress]);
  const risk = await p.ethers.getContractAt("IPoolRisk", p.poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), 24n * HOUR);
  /** The factors stay where they are. */
  const correlate = async (loading: bigint) => {
    for (const [i, { address }] of [p.eth, p.btc].entries()) {
      const update = {
        ...{ liquidationFactorBps: LIQUIDATION_BPS[i], borrowFactorBps: BORROW_BPS[i], calm: false, level: 0 },
        ...{ loadingPercent: loading, discountTenBps: 50, grace: false, reserve: 10n ** 18n },
      };
      const whole = { restricted: false, exitFloorShares: 0, exitRefillPerSecond: 0 };
      await engine.write(address, update, whole);
    }
  };
  await supply(p, p.eth, 60n * ETHER);
  await supply(p, p.btc, 2n * BITCOIN);
  await correlate(50n);
  return { ...p, engine, risk, correlate };
}

/** The same; the borrower owes 180,000, and BTC has fallen to 49,000: 0.97 of what health requires. */
async function unhealthyPool(connection: NetworkConnection) {
  const p = await diversifiedPool(connection);
  await p.pool.connect(p.borrower).borrow(180_000n * USD, 0, p.borrower.address, p.borrower.address);
  await setPrice(p, p.btc, 49_000n);
  return p;
}

const parts = (eth: bigint, btc: bigint, factors: readonly bigint[], loading = 50n): Part[] =>
  [eth, btc].map((value, i) => ({ value, factorBps: factors[i], loading }));

describe("LendingPool: several collaterals that diversify", () => {
  it("carry what the one-factor model says, for borrowing and for health", async () => {
    const { pool, borrower } = await load(diversifiedPool);
    const health = await pool.healthOf(borrower.address);
    const borrowing = basket(parts(120_000n * USD, 120_000n * USD, BORROW_BPS));
    const liquidation = basket(parts(120_000n * USD, 120_000n * USD, LIQUIDATION_BPS));
    expect([health.borrowCapacity, health.liquidationCapacity]).to.deep.equal([
      borrowing.capacity,
      liquidation.capacity,
    ]);
    expect(borrowing.capacity - borrowing.plain).to.be.greaterThan(6_000n * USD);
  });

  it("may be borrowed on to the unit", async () => {
    const { pool, borrower } = await load(diversifiedPool);
    const { capacity } = basket(parts(120_000n * USD, 120_000n * USD, BORROW_BPS));
    const borrow = (assets: bigint) => pool.connect(borrower).borrow(assets, 0, borrower.address, borrower.address);
    await expect(borrow(capacity + 1n))
      .to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed")
      .withArgs(borrower.address, capacity, capacity + 1n);
    await borrow(capacity);
  });

  it("a loading that rises to one leaves borrowing at once, and health by a point in half an hour", async () => {
    const { pool, borrower, correlate, networkHelpers, risk, btc } = await load(diversifiedPool);
    const both = [120_000n * USD, 120_000n * USD] as const;
    await correlate(100n);
    const at = async () => pool.healthOf(borrower.address);
    expect((await at()).borrowCapacity).to.equal(basket(parts(...both, BORROW_BPS)).plain);
    expect((await at()).liquidationCapacity).to.equal(basket(parts(...both, LIQUIDATION_BPS)).capacity);
    await networkHelpers.time.increase(HOUR / 2n);
    expect((await risk.riskOf(btc.address)).liquidationLoadingPercent).to.equal(51);
    // Repeating it neither hastens it nor rounds it away.
    for (let i = 0; i < 30; ++i) {
      await networkHelpers.time.increase(HOUR / 3n);
      await correlate(100n);
    }
    expect((await at()).liquidationCapacity).to.equal(basket(parts(...both, LIQUIDATION_BPS, 71n)).capacity);
    await networkHelpers.time.increase(15n * HOUR);
    expect((await at()).liquidationCapacity).to.equal(basket(parts(...both, LIQUIDATION_BPS, 100n)).plain);
  });

  it("a loading that falls counts at once in both", async () => {
    const { pool, borrower, correlate } = await load(diversifiedPool);
    await correlate(20n);
    const both = [120_000n * USD, 120_000n * USD] as const;
    const health = await pool.healthOf(borrower.address);
    expect(health.borrowCapacity).to.equal(basket(parts(...both, BORROW_BPS, 20n)).capacity);
    expect(health.liquidationCapacity).to.equal(basket(parts(...both, LIQUIDATION_BPS, 20n)).capacity);
  });

  it("without an engine diversification fades from health, and is gone for borrowing", async () => {
    const { pool, borrower, risk, networkHelpers } = await load(diversifiedPool);
    await risk.setRiskEngine("0x0000000000000000000000000000000000000000", 0);
    const both = [120_000n * USD, 120_000n * USD] as const;
    const before = await pool.healthOf(borrower.address);
    expect(before.borrowCapacity).to.equal(basket(parts(...both, BORROW_BPS)).plain);
    expect(before.liquidationCapacity).to.equal(basket(parts(...both, LIQUIDATION_BPS)).capacity);
    await networkHelpers.time.increase(25n * HOUR);
    const { liquidationCapacity } = await pool.healthOf(borrower.address);
    expect(liquidationCapacity).to.equal(basket(parts(...both, LIQUIDATION_BPS)).plain);
  });

  it("of which some are restricted carry only what the others do, and a refusal names the first of those", async () => {
    const { pool, borrower, engine, eth, btc } = await load(diversifiedPool);
    const borrow = (assets: bigint) => pool.connect(borrower).borrow(assets, 0, borrower.address, borrower.address);
    const update = {
      ...{ calm: false, level: 2, loadingPercent: 50n, discountTenBps: 50, grace: false, reserve: 10n ** 18n },
      ...{ liquidationFactorBps: LIQUIDATION_BPS[1], borrowFactorBps: BORROW_BPS[1] },
    };
    const whole = { restricted: false, exitFloorShares: 0, exitRefillPerSecond: 0 };
    await engine.write(btc.address, update, whole);
    await expect(borrow(90_000n * USD + 1n)) // 60 ETH at 2,000 and 75 %
      .to.be.revertedWithCustomError(pool, "PoolRestricted")
      .withArgs(btc.address);
    await borrow(90_000n * USD);
    await engine.write(eth.address, update, whole);
    await expect(borrow(1n)).to.be.revertedWithCustomError(pool, "PoolRestricted").withArgs(eth.address);
  });

  describe("#take", () => {
    const value = (collateral: bigint, price: bigint) => collateral * price * USD;

    it("of the diversifier is sized by the marginal factor, not by its own", async () => {
      const { pool, borrower, liquidation, liquidator, btc } = await load(unhealthyPool);
      const held = parts(value(60n, 2_000n), value(2n, 49_000n), LIQUIDATION_BPS);
      const { capacity } = basket(held);
      const debt = 180_000n * USD;
      expect((await pool.healthOf(borrower.address)).liquidationCapacity).to.equal(capacity);
      const factor = marginalUp(held, 1);
      const curve = divUp(10n ** 22n, 10_500n); // a fixed bonus of 5 %
      const repayFor = (f: bigint) => {
        // D·(HF* − HF) ÷ (HF* − f ÷ curve)
        const missing = (debt * TARGET_BPS) / BPS - capacity;
        return Math.round(Number(missing) / (Number(TARGET_BPS) / 1e4 - Number(f) / Number(curve)));
      };
      const args = [borrower.address, btc.address, MaxUint256, MaxUint256, liquidator.address, "0x"] as const;
      const [, repaid] = await liquidation.connect(liquidator).take.staticCall(...args);
      expect(Number(repaid)).to.be.closeTo(repayFor(factor), 10);
      expect(repayFor(LIQUIDATION_BPS[1] * 10n ** 14n)).to.be.lessThan(Number(repaid) * 0.9);

      await liquidation.connect(liquidator).take(...args);
      const after = await pool.healthOf(borrower.address);
      // By its own factor the sale would have been too small by a tenth; by the marginal one it ends the sale.
      expect(after.liquidationCapacity * BPS).to.be.greaterThanOrEqual(after.debt * 10_200n);
      expect(after.liquidationCapacity * BPS).to.be.lessThanOrEqual(after.debt * TARGET_BPS + BPS);
    });

    for (const loading of [0n, 20n, 50n, 80n, 100n]) {
      for (const token of ["eth", "btc"] as const) {
        it(`in parts never lowers health by more than rounding: λ ${loading} %, ${token}`, async () => {
          const p = await load(unhealthyPool);
          const { pool, borrower, liquidation, liquidator, correlate, networkHelpers } = p;
          await correlate(loading);
          await networkHelpers.time.increase(26n * HOUR); // all of it counts
          // Not so deep that no sale would heal.
          const health = await pool.healthOf(borrower.address);
          const shortfall = health.debt - (health.liquidationCapacity * 100n) / 97n;
          if (shortfall > 0n) await pool.connect(borrower).repay(shortfall, 0, borrower.address, "0x");
          else await setPrice(p, p.btc, 44_000n);
          await liquidation.kick(borrower.address);
          const part = token === "eth" ? parseEther("1.3") : BITCOIN / 33n;
          let sales = 0;
          for (let i = 0; i < 6; ++i) {
            const before = await pool.healthOf(borrower.address);
            if (before.liquidationCapacity >= before.debt) break;
            await liquidation
              .connect(liquidator)
              .take(borrower.address, p[token].address, part, MaxUint256, liquidator.address, "0x");
            const after = await pool.healthOf(borrower.address);
            expect((after.liquidationCapacity + 3n) * before.debt).to.be.greaterThanOrEqual(
              before.liquidationCapacity * after.debt,
            );
            ++sales;
          }
          expect(sales).to.be.greaterThan(0);
        });
      }
    }
  });

  it("INV-08: adding a collateral never lowers what all carry, however small or large it is", async () => {
    const p = await load(diversifiedPool);
    for (const loading of [0n, 37n, 100n]) {
      await p.correlate(loading);
      for (const [collateral, amount] of [
        [p.btc, 1n],
        [p.btc, BITCOIN],
        [p.eth, 1n],
        [p.eth, 500n * ETHER],
        [p.stb, 1n],
        [p.stb, 40_000n * USD],
      ] as const) {
        const before = await p.pool.healthOf(p.borrower.address);
        await supply(p, collateral, amount);
        const after = await p.pool.healthOf(p.borrower.address);
        expect(after.liquidationCapacity).to.be.greaterThanOrEqual(before.liquidationCapacity - 1n);
        expect(after.borrowCapacity).to.be.greaterThanOrEqual(before.borrowCapacity - 1n);
      }
    }
  });

  it("INV-08: nobody else's sale, debt or engine write makes a healthy account liquidatable", async () => {
    const p = await load(unhealthyPool);
    const { pool, otherBorrower, borrower, liquidation, liquidator, correlate, eth, btc } = p;
    await supply(p, eth, 60n * ETHER, otherBorrower);
    await supply(p, btc, 2n * BITCOIN, otherBorrower);
    const health = () => pool.healthOf(otherBorrower.address);
    const { borrowCapacity } = await health();
    await pool.connect(otherBorrower).borrow(borrowCapacity, 0, otherBorrower.address, otherBorrower.address);
    const { liquidationCapacity } = await health();
    await liquidation
      .connect(liquidator)
      .take(borrower.address, btc.address, MaxUint256, MaxUint256, liquidator.address, "0x");
    await correlate(100n);
    expect((await health()).liquidationCapacity).to.be.greaterThanOrEqual(liquidationCapacity);
    await expect(liquidation.kick(otherBorrower.address)).to.be.revertedWithCustomError(
      pool,
      "LiquidationAccountHealthy",
    );
  });
});
