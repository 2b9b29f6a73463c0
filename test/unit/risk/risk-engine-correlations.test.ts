import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { DAY, ETHER, HOUR, Level, twoCollateralRiskPool, USD, type RiskPool } from "../../shared/risk-fixtures.ts";
import { tick } from "../../shared/risk-steps.ts";
import { wad } from "../../shared/volatility-fixtures.ts";

/** λ of a correlation of 40 %: the root, rounded up. [%] */
const LOADING = 64n;

/** `borrower` holds 100,000 of each collateral. */
async function bothHeld(connection: NetworkConnection) {
  const p = await twoCollateralRiskPool(connection);
  const [eth, alt] = p.collaterals;
  for (const { address, dollars } of [eth, alt]) {
    const amount = (100_000n * ETHER) / dollars;
    await p.pool.connect(p.borrower).supplyCollateral(address, amount, p.borrower.address, "0x");
  }
  return { ...p, alt };
}

const pokeBoth = async (p: RiskPool) => {
  for (const { address } of p.collaterals) await p.engine.pokeCorrelations(address);
};

/** The pair is tracked at 40 %, and the engine has written what follows from it. */
async function correlated(connection: NetworkConnection) {
  const p = await bothHeld(connection);
  await p.volatility.setPair(p.eth.address, p.alt.address, 30, 40);
  await pokeBoth(p);
  await tick(p, 12n);
  return p;
}

describe("RiskEngine: correlations", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);
  const loadings = async (p: RiskPool) =>
    Promise.all(p.collaterals.map(async ({ address }) => (await p.risk.riskOf(address)).loadingPercent));

  describe("#pokeCorrelations", () => {
    it("reverts for an asset that is not under the engine", async () => {
      const { engine, loanAddress } = await load(bothHeld);
      await expect(engine.pokeCorrelations(loanAddress))
        .to.be.revertedWithCustomError(engine, "EngineAssetUnknown")
        .withArgs(loanAddress);
    });

    it("a pair that is not tracked counts as one: nothing diversifies", async () => {
      const p = await load(bothHeld);
      await expect(p.engine.pokeCorrelations(p.eth.address))
        .to.emit(p.engine, "CorrelationsRefreshed")
        .withArgs(p.eth.address, wad(1));
      await p.engine.pokeCorrelations(p.alt.address);
      await tick(p, 12n);
      expect(await loadings(p)).to.deep.equal([100n, 100n]);
      const [eth, alt] = await Promise.all(p.collaterals.map(({ address }) => p.risk.riskOf(address)));
      const plain = (100_000n * USD * (eth.borrowFactorBps + alt.borrowFactorBps)) / 10_000n;
      expect(await p.pool.borrowCapacityOf(p.borrower.address)).to.be.within(plain - 2n, plain);
    });

    it("a tracked one lowers the loading, and the account that has both may borrow more", async () => {
      const p = await load(bothHeld);
      const before = await p.pool.healthOf(p.borrower.address);
      await p.volatility.setPair(p.eth.address, p.alt.address, 30, 40);
      await expect(p.engine.pokeCorrelations(p.eth.address))
        .to.emit(p.engine, "CorrelationsRefreshed")
        .withArgs(p.eth.address, (rho: bigint) => rho - wad(0.4) < 100n && rho >= wad(0.4));
      await p.engine.pokeCorrelations(p.alt.address);
      await tick(p, 12n);
      expect(await loadings(p)).to.deep.equal([LOADING, LOADING]);
      const after = await p.pool.healthOf(p.borrower.address);
      expect(after.borrowCapacity).to.be.greaterThan(before.borrowCapacity + 2_500n * USD);
      expect(after.liquidationCapacity).to.be.greaterThan(before.liquidationCapacity + 2_500n * USD);
    });

    it("what is older than a day counts as one again", async () => {
      const p = await load(correlated);
      await tick(p, DAY - 60n);
      expect(await loadings(p)).to.deep.equal([LOADING, LOADING]);
      await tick(p, 60n);
      expect(await loadings(p)).to.deep.equal([100n, 100n]);
    });

    it("rising to one it takes the benefit from borrowing at once, and from health by a point in half an hour", async () => {
      const p = await load(correlated);
      const before = await p.pool.healthOf(p.borrower.address);
      await p.volatility.setPair(p.eth.address, p.alt.address, 100, 100);
      await pokeBoth(p);
      await tick(p, 12n);
      const at = () => p.pool.healthOf(p.borrower.address);
      expect(await loadings(p)).to.deep.equal([100n, 100n]);
      const first = await at();
      expect(first.borrowCapacity).to.be.lessThan(before.borrowCapacity - 3_000n * USD);
      expect(first.liquidationCapacity).to.equal(before.liquidationCapacity);
      let last = first.liquidationCapacity;
      for (let hour = 1n; hour <= 18n; ++hour) {
        await tick(p, HOUR - 10n);
        const { liquidationCapacity } = await at();
        const { liquidationLoadingPercent } = await p.risk.riskOf(p.eth.address);
        expect(liquidationLoadingPercent).to.be.within(LOADING + 2n * hour - 1n, LOADING + 2n * hour);
        expect(last - liquidationCapacity).to.be.within(1n, 1_000n * USD);
        last = liquidationCapacity;
      }
    });
  });

  describe("a restricted collateral beside one that is not", () => {
    async function restricted(c: NetworkConnection) {
      const p = await correlated(c);
      await p.breaker.raise(p.engineAddress, p.eth.address, Level.Restricted, 2n * HOUR);
      await tick(p, 12n);
      return p;
    }

    it("counts for nothing, what is added of it neither; the other goes on", async () => {
      const p = await load(restricted);
      const { pool, borrower, eth, alt } = p;
      const { address } = borrower;
      const { borrowFactorBps } = await p.risk.riskOf(alt.address);
      // The pool keeps whole ticks of the TWAP: a little less than 20 dollars.
      const value = (5_000n * ETHER * (await p.oracle.borrowPrice(alt.address))) / 10n ** 36n;
      const capacity = (value * borrowFactorBps) / 10_000n;
      expect(await pool.borrowCapacityOf(address)).to.be.within(capacity - 2n, capacity);
      await pool.connect(borrower).supplyCollateral(eth.address, 1_000n * ETHER, address, "0x");
      expect(await pool.borrowCapacityOf(address)).to.be.within(capacity - 2n, capacity);
      await expect(pool.connect(borrower).borrow(capacity + 1n, 0, address, address))
        .to.be.revertedWithCustomError(pool, "PoolRestricted")
        .withArgs(eth.address);
      await pool.connect(borrower).borrow(capacity - 2n, 0, address, address);
    });

    it("still counts for health", async () => {
      const p = await load(restricted);
      const { liquidationCapacity } = await p.pool.healthOf(p.borrower.address);
      expect(liquidationCapacity).to.be.greaterThan(160_000n * USD);
    });

    it("may be taken out as long as the rest carries the debt", async () => {
      const p = await load(restricted);
      const { pool, borrower, eth, alt } = p;
      const { address } = borrower;
      await pool.connect(borrower).borrow(50_000n * USD, 0, address, address);
      await pool.connect(borrower).withdrawCollateral(eth.address, 50n * ETHER, address, address);
      await expect(
        pool.connect(borrower).withdrawCollateral(alt.address, 2_000n * ETHER, address, address),
      ).to.be.revertedWithCustomError(pool, "PoolBorrowTestFailed");
    });
  });
});
