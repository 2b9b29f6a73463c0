import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { UNBOUNDED } from "../../../sim/risk/lens-types.ts";
import { load } from "../../shared/borrower-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { fallenBook, figuresOf, lensPool, stateOf, sumsOf } from "../../shared/risk-lens-fixtures.ts";
import { DAY, ETHER, HOUR, Level, riskPool, USD, type RiskPool } from "../../shared/risk-fixtures.ts";

const WAD = 10n ** 18n;

/** `borrower` owes 150,000 against 100 ETH at 2,000, on a real engine with a real market. */
async function governedPool(connection: NetworkConnection) {
  const p = await riskPool(connection);
  const { pool, borrower, eth } = p;
  await pool.connect(borrower).supplyCollateral(eth.address, 100n * ETHER, borrower.address, "0x");
  await pool.connect(borrower).borrow(150_000n * USD, 0, borrower.address, borrower.address);
  const lens = await p.ethers.deployContract("RiskLens");
  return { ...p, lens };
}

type Governed = Awaited<ReturnType<typeof governedPool>>;

const read = (p: Pick<Governed, "lens" | "poolAddress">) => stateOf(p as never);

async function refresh(p: RiskPool, seconds: bigint) {
  await p.pass(seconds);
  await p.setFeed(0, 2_000);
  await p.liquidity.pokeDepth(p.eth.address);
  await p.engine.poke(p.eth.address);
}

describe("RiskLens: pools", () => {
  it("reverts when the address is no pool", async () => {
    const { lens, loanAddress, ethers } = await load(lensPool);
    await expect(lens.poolOf(loanAddress)).to.revert(ethers);
  });

  it("agrees with the pool's books, interest up to the block included", async () => {
    const p = await load(governedPool);
    await p.pass(24n * HOUR);
    await p.networkHelpers.mine();
    const state = await read(p);
    const { debtAssets, debtShares, cash, reserves } = await p.pool.totals();
    expect([state.debt, state.debtShares, state.cash, state.reserves]).to.deep.equal([
      debtAssets,
      debtShares,
      cash,
      reserves,
    ]);
    expect(debtAssets).to.be.greaterThan(150_000n * USD);
    expect(state.timestamp).to.equal(BigInt(await p.networkHelpers.time.latest()));
    expect(state.loanAsset).to.equal(p.loanAddress);
    expect(state.lenderAssets).to.equal(cash + debtAssets - reserves);
    expect(state.utilisationWad).to.equal((debtAssets * WAD) / state.lenderAssets);
    expect(state.collateralValue).to.equal(state.collaterals[0].value);
    expect(state.leverageWad).to.equal((state.collateralValue * WAD) / (state.collateralValue - debtAssets));
    const { minDebt, targetHealthBps } = await p.pool.poolConfig();
    expect([state.minDebt, state.targetHealthBps]).to.deep.equal([minDebt, targetHealthBps]);
  });

  it("tells factors, ramp, snapshot, depth and discount of each collateral", async () => {
    const p = await load(governedPool);
    await p.admin.setCollateralFactors(p.eth.address, 7_500, 8_000, 3n * DAY);
    await refresh(p, 600n);
    const [eth] = (await read(p)).collaterals;
    const risk = await p.risk.riskOf(p.eth.address);
    const config = await p.pool.collateralConfig(p.eth.address);
    const [price36, fresh] = await p.oracle.liquidationPriceOrLast(p.eth.address);
    const [depth, depthAt] = await p.liquidity.depthOf(p.eth.address);
    expect(eth).to.deep.include({
      ...{ token: p.eth.address, supplied: 100n * ETHER, price36, priceFresh: fresh },
      value: (100n * ETHER * price36) / 10n ** 36n,
      ...{ borrowFactorBps: risk.borrowFactorBps, liquidationFactorBps: risk.liquidationFactorBps },
      ...{ liquidationTargetBps: risk.liquidationTargetBps, rampEnd: config.rampEnd },
      ...{ loadingPercent: risk.liquidationLoadingPercent, freshUntil: risk.freshUntil, grace: false },
      ...{ reserve: risk.reserve, depth, depthAt, backlog: 0n, maxBonusBps: 1_000n, shareDepth: 0n },
    });
    // The ramp is under way.
    expect(eth.liquidationTargetBps).to.be.lessThan(eth.liquidationFactorBps);
    expect(depth).to.be.greaterThan(500_000n * USD);
  });

  it("tells the breaker's state of collateral and pool, and when a restriction ends", async () => {
    const p = await load(governedPool);
    const { breaker, engineAddress, eth, poolAddress } = p;
    await breaker.raise(engineAddress, eth.address, Level.Restricted, 3_600);
    await breaker.raise(engineAddress, poolAddress, Level.Caution, 3_600);
    const state = await read(p);
    const assessed = await breaker.assessmentOf(engineAddress, eth.address);
    expect(state.collaterals[0].breaker).to.deep.equal({
      level: Level.Restricted,
      tightnessWad: WAD,
      until: assessed.until,
    });
    expect([state.breaker.level, state.breaker.tightnessWad]).to.deep.equal([Level.Caution, WAD / 2n]);
    expect(state.restricted).to.equal(false);
  });

  it("counts what is for sale against the depth", async () => {
    const p = await load(fallenBook);
    const risks = await p.lens.accountsOf(p.poolAddress, p.accounts);
    const unhealthy = risks.findIndex(({ debt, capacity }) => capacity < debt);
    await p.liquidation.kick(p.accounts[unhealthy]);
    const state = await stateOf(p);
    const counted = await Promise.all(p.collaterals.map(({ address }) => p.risk.riskInputs(address, false)));
    expect(state.collaterals.map(({ backlog }) => backlog)).to.deep.equal(counted.map(({ backlog }) => backlog));
    expectClose(Number(state.backlog), Number(risks[unhealthy].debt), 1e4); // to a hundredth of a dollar
    const sums = await sumsOf(p, p.accounts);
    expect(sums.forSale).to.equal(1n);
    const at = state.collaterals.findIndex(({ backlog }) => backlog > 0n);
    const ratioAt = async (depth: bigint) => {
      const collaterals = state.collaterals.map((c, k) => (k === at ? { ...c, depth } : c));
      return (await figuresOf(p, { ...state, collaterals }, sums)).collaterals[at].backlogToDepthWad;
    };
    expect(await ratioAt(4n * state.backlog)).to.equal(WAD / 4n);
    expect(await ratioAt(0n)).to.equal(UNBOUNDED);
    const empty = await figuresOf(p, state, sums);
    expect(empty.collaterals.filter((_, k) => k !== at).map((c) => c.backlogToDepthWad)).to.deep.equal([0n, 0n]);
  });

  it("says whether the books were changed in the block: a flash position may be what is seen", async () => {
    const p = await load(governedPool);
    await p.networkHelpers.mine();
    expect((await read(p)).touched).to.equal(false);
    await p.pool.connect(p.borrower).supplyCollateral(p.eth.address, 1n, p.borrower.address, "0x");
    expect((await read(p)).touched).to.equal(true);
  });

  it("works without an engine, and with one that has other modules", async () => {
    const p = await load(lensPool);
    const withEngine = await stateOf(p);
    expect(withEngine.collaterals.map(({ depth, breaker }) => [depth, breaker.level])).to.deep.equal([
      [0n, 0n],
      [0n, 0n],
      [0n, 0n],
    ]);
    expect(withEngine.collaterals[0].reserve).to.not.equal(0n);
    await p.risk.setRiskEngine(p.ethers.ZeroAddress, 0);
    const { collaterals, leverageWad } = await stateOf(p);
    expect(collaterals.map(({ reserve, freshUntil }) => [reserve, freshUntil])).to.deep.equal([
      [0n, 0n],
      [0n, 0n],
      [0n, 0n],
    ]);
    expect(leverageWad).to.equal(WAD); // nobody owes
  });
});
