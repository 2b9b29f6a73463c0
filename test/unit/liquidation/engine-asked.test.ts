import { expect } from "chai";
import { MaxUint256, type ContractTransactionResponse } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { setPrice, supply, USD } from "../../shared/borrower-fixtures.ts";
import { loadLiquidation, mixedPool } from "../../shared/liquidation-fixtures.ts";
import { UNCAPPED } from "../../shared/pool-fixtures.ts";
import { skipUnderCoverage } from "../../shared/skip-under-coverage.ts";

const MAX_AGE = 3_600n;
/** As `LiquidationModule` has them. */
const REFRESH_AGE = 600n;
const REFRESH_GAS = 1_500_000n;
/** The most that a transaction may be given. [gas] */
const TRANSACTION_GAS = 2n ** 24n;
const ENGINE_MODE = { silent: 0n, reverting: 1n, gasBomb: 2n } as const;

/** Factors stay where governance set them. */
const UPDATE = {
  ...{ liquidationFactorBps: 10_000, borrowFactorBps: 10_000, calm: false, level: 0, loadingPercent: 100 },
  ...{ discountTenBps: 50, grace: false, reserve: 10n ** 15n },
};
const WHOLE = { restricted: false, exitFloorShares: 0, exitRefillPerSecond: 0 };

/** The unhealthy account of `mixedPool`, with ETH, BTC and STB, all of which an engine that a test speaks for has just judged. */
async function judgedPool(connection: NetworkConnection) {
  return judge(await mixedPool(connection), []);
}

/** The same with seven more, which are worth a dollar each: as many as an account may have. */
async function tenCollaterals(connection: NetworkConnection) {
  const p = await mixedPool(connection);
  const { ethers, oracle, admin, pool, poolAddress, borrower, fixedCurve } = p;
  await admin.setMaxCollateralsPerAccount(10);
  const others: string[] = [];
  for (let i = 0; i < 7; ++i) {
    const token = await ethers.deployContract("MockERC20", [`T${i}`, `T${i}`, 6]);
    const address = await token.getAddress();
    await oracle.setPrice(address, 10n ** 36n);
    const curve = await fixedCurve.getAddress();
    const factors = { borrowFactorBps: 7_000, liquidationFactorBps: 7_500 };
    await admin.listCollateral({ token: address, ...factors, supplyCap: UNCAPPED, curve });
    await token.mint(borrower.address, USD);
    await token.connect(borrower).approve(poolAddress, MaxUint256);
    await pool.connect(borrower).supplyCollateral(address, USD, borrower.address, "0x");
    others.push(address);
  }
  return judge(p, others);
}

async function judge(p: Awaited<ReturnType<typeof mixedPool>>, others: readonly string[]) {
  const engine = await p.ethers.deployContract("MockRiskEngine", [p.poolAddress]);
  const risk = await p.ethers.getContractAt("IPoolRisk", p.poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), MAX_AGE);
  const tokens = [...p.collaterals.map(({ address }) => address), ...others];
  await p.networkHelpers.time.increase(1);
  for (const token of tokens) await engine.write(token, UPDATE, WHOLE);
  return { ...p, engine, risk, tokens };
}

type Judged = Awaited<ReturnType<typeof judgedPool>>;

describe("LiquidationModule: asking the engine before a sale", () => {
  const kickOf = (p: Judged, gasLimit?: bigint) =>
    p.liquidation.kick(p.borrower.address, { gasLimit: gasLimit ?? TRANSACTION_GAS });
  const takeOf = (p: Judged, gasLimit?: bigint) =>
    p.liquidation
      .connect(p.liquidator)
      .take(p.borrower.address, p.btc.address, MaxUint256, MaxUint256, p.liquidator.address, "0x", {
        gasLimit: gasLimit ?? TRANSACTION_GAS,
      });
  const ACTIONS = [
    ["kick", kickOf],
    ["take", takeOf],
  ] as const;

  /** Which collaterals the engine has written of in a transaction. */
  async function judgedIn({ risk }: Judged, sent: Promise<ContractTransactionResponse>) {
    const receipt = await (await sent).wait();
    const events = (receipt?.logs ?? []).map((log) => risk.interface.parseLog(log));
    return events.filter((event) => event?.name === "RiskUpdated").map((event) => String(event?.args.collateral));
  }

  /** The next block comes so long after the engine judged the oldest of the account's collaterals. */
  async function waitUntilOld(p: Judged, seconds: bigint) {
    const { updatedAt } = await p.risk.riskOf(p.tokens[0]);
    await p.networkHelpers.time.setNextBlockTimestamp(updatedAt + seconds);
  }

  it("a snapshot says when it was written, whatever age was allowed then", async () => {
    const p = await loadLiquidation(judgedPool);
    const { risk, eth, btc, engine } = p;
    for (const maxAge of [60n, 86_400n]) {
      await risk.setRiskEngine(await engine.getAddress(), maxAge);
      // With the engine set anew, what it said before is as good as never said.
      const before = await risk.riskOf(eth.address);
      expect([before.freshUntil, before.updatedAt]).to.deep.equal([1n, 0n]);
      await engine.write(eth.address, UPDATE, WHOLE);
      const { freshUntil, updatedAt } = await risk.riskOf(eth.address);
      expect([updatedAt, freshUntil - updatedAt]).to.deep.equal([await p.latest(), maxAge]);
      expect((await risk.riskOf(btc.address)).updatedAt).to.equal(0);
    }
  });

  for (const [name, send] of ACTIONS) {
    it(`${name}: not while the snapshot is ten minutes old or less; then, of every collateral`, async () => {
      const p = await loadLiquidation(judgedPool);
      await p.engine.setUpdate(UPDATE, WHOLE);
      const snapshot = await p.networkHelpers.takeSnapshot();
      await waitUntilOld(p, REFRESH_AGE);
      expect(await judgedIn(p, send(p))).to.deep.equal([]);
      await snapshot.restore();
      await waitUntilOld(p, REFRESH_AGE + 1n);
      // The others were judged seconds later than the first: they are not that old.
      expect(await judgedIn(p, send(p))).to.deep.equal([p.eth.address]);
      await snapshot.restore();
      await waitUntilOld(p, REFRESH_AGE + 10n);
      expect(new Set(await judgedIn(p, send(p)))).to.deep.equal(new Set(p.tokens));
    });

    it(`${name}: also as soon as the snapshot is stale, if that is sooner`, async () => {
      const p = await loadLiquidation(judgedPool);
      await p.risk.setRiskEngine(await p.engine.getAddress(), 60);
      for (const token of p.tokens) await p.engine.write(token, UPDATE, WHOLE);
      await p.engine.setUpdate(UPDATE, WHOLE);
      const snapshot = await p.networkHelpers.takeSnapshot();
      await waitUntilOld(p, 60n);
      expect(await judgedIn(p, send(p))).to.deep.equal([]);
      await snapshot.restore();
      await waitUntilOld(p, 61n);
      expect(await judgedIn(p, send(p))).to.deep.equal([p.eth.address]);
    });

    it(`${name}: of what it says then the sale takes note: a grace period stops it`, async () => {
      const p = await loadLiquidation(judgedPool);
      await p.engine.setUpdate({ ...UPDATE, grace: true }, WHOLE);
      const snapshot = await p.networkHelpers.takeSnapshot();
      await waitUntilOld(p, REFRESH_AGE);
      await send(p);
      await snapshot.restore();
      await waitUntilOld(p, REFRESH_AGE + 1n);
      await expect(send(p)).to.be.revertedWithCustomError(p.pool, "LiquidationInGrace");
      await snapshot.restore();
      await setPrice(p, p.eth, 1_000n); // 105,000 of 120,000: too little for any grace
      await waitUntilOld(p, REFRESH_AGE + 1n);
      await send(p);
      expect((await p.risk.riskOf(p.eth.address)).grace).to.equal(true);
    });

    it(`${name}: not at all of a pool without an engine`, async () => {
      const p = await loadLiquidation(judgedPool);
      await p.risk.setRiskEngine("0x0000000000000000000000000000000000000000", 0);
      await p.networkHelpers.time.increase(MAX_AGE);
      expect((await (await send(p)).wait())?.gasUsed).to.be.lessThan(400_000n);
    });
  }

  it("take: not of an account that was kicked", async () => {
    const p = await loadLiquidation(judgedPool);
    await p.kick();
    await p.engine.setMode(ENGINE_MODE.gasBomb);
    await waitUntilOld(p, 1_000n);
    // Nor does it need the gas for it.
    await takeOf(p, 600_000n);
  });

  it("take: of one whose kick was forgotten, as if it had never been kicked", async () => {
    const p = await loadLiquidation(judgedPool);
    await p.kick();
    await p.engine.setMode(ENGINE_MODE.gasBomb);
    await waitUntilOld(p, MAX_AGE + 100n);
    await expect(takeOf(p, 600_000n)).to.be.revertedWithCustomError(p.pool, "PoolGasTooLow");
    await takeOf(p, 3_000_000n);
  });

  describe("of an account with ten collaterals, all of them stale", () => {
    before(function () {
      skipUnderCoverage(this);
    });

    for (const [name, send] of ACTIONS) {
      for (const [mode, value] of Object.entries(ENGINE_MODE)) {
        it(`${name}: goes through in one transaction with an engine that is ${mode}`, async () => {
          const p = await loadLiquidation(tenCollaterals);
          await supply(p, p.eth, 1n);
          expect((await p.pool.accountOf(p.borrower.address)).collateralMask).to.equal(2n ** 10n - 1n);
          await p.engine.setMode(value);
          await waitUntilOld(p, MAX_AGE + 100n);
          const { gasUsed } = (await (await send(p, TRANSACTION_GAS)).wait())!;
          // Of ten, the first that burns its gas is the last; those that use as much and do not fail would all fit.
          expect(10n * REFRESH_GAS + 900_000n).to.be.lessThan(TRANSACTION_GAS);
          const least = value === ENGINE_MODE.gasBomb ? REFRESH_GAS : 0n;
          expect(gasUsed).to.be.within(least, least + 900_000n);
          if (name === "kick") expect(await p.kickedAt()).to.equal(await p.latest());
        });
      }
    }
  });
});
