import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { expectClose } from "../../shared/expect-close.ts";
import {
  DAY,
  ETHER,
  FLOW,
  HOUR,
  LOOK_MAX_AGE,
  twoCollateralRiskPool,
  USD,
  WHOLE_MAX_AGE,
} from "../../shared/risk-fixtures.ts";
import { owe, tick } from "../../shared/risk-steps.ts";
import { wad } from "../../shared/volatility-fixtures.ts";

const WAD = 10n ** 18n;

/**
 * 10 million of ETH and 2.5 million of ALT, under an engine whose breaker says what it is asked. `liquidator` owes
 * 790,000 against ETH that is worth a million.
 */
async function recordedPool(connection: NetworkConnection) {
  const p = await twoCollateralRiskPool(connection);
  const [, alt] = p.collaterals;
  const { pool, borrower, engine } = p;
  const recorder = await p.ethers.deployContract("RecordingBreaker");
  await engine.setModules({ ...p.modules, breaker: await recorder.getAddress() });
  await owe(p, 4_500n, 1_000_000n);
  await pool.connect(borrower).supplyCollateral(alt.address, 125_000n * ETHER, borrower.address, "0x");
  await owe(p, 500n, 790_000n, p.liquidator);
  await tick(p, HOUR);
  await tick(p, WHOLE_MAX_AGE);
  /** What was asked about a subject last, in a transaction. */
  const askedOf = async (subject: string) => {
    const events = await recorder.queryFilter(recorder.filters.Asked(subject));
    const { divergenceWad, volatilityExcessWad, moveWad, outflowWad, backlogWad, lossWad } = events.at(-1)!.args.inputs;
    return { divergenceWad, volatilityExcessWad, moveWad, outflowWad, backlogWad, lossWad };
  };
  return { ...p, alt, recorder, askedOf };
}

describe("RiskEngine: what breakers are asked", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(recordedPool);

  it("of what is for sale, by the collateral that it is counted with, against its depth; of no other, nor of the pool", async () => {
    const p = await load();
    const { eth, alt, liquidation, liquidator, askedOf, poolAddress } = p;
    expect((await askedOf(eth.address)).backlogWad).to.equal(0);
    // Down to where 790,000 are too much for a million.
    await p.setFeed(0, 1_500);
    await p.trade(eth.market, eth.address, 5_000n * ETHER);
    await tick(p, HOUR);
    await liquidation.kick(liquidator.address);
    await tick(p, WHOLE_MAX_AGE);
    // Counted with ETH, which he has.
    const { backlog } = await p.risk.riskInputs(eth.address, false);
    expect(backlog).to.be.within(780_000n * USD, 800_000n * USD);
    const { backlogWad, outflowWad, lossWad } = await askedOf(eth.address);
    const [depth] = await p.liquidity.depthOf(eth.address);
    expect(Number(backlogWad) / Number((backlog * WAD) / depth)).to.be.within(0.999, 1.001);
    expect([outflowWad, lossWad]).to.deep.equal([0n, 0n]);
    expect((await p.risk.riskInputs(alt.address, false)).backlog).to.equal(0);
    expect((await askedOf(alt.address)).backlogWad).to.equal(0);
    expect((await askedOf(poolAddress)).backlogWad).to.equal(0);
  });

  it("how far the fast volatility is above the slow one, of the collateral alone; nothing where it is below", async () => {
    const p = await load();
    const { eth, alt, volatility, askedOf, poolAddress, networkHelpers } = p;
    expect((await askedOf(eth.address)).volatilityExcessWad).to.equal(0);
    for (let i = 0; i < 8; ++i) {
      await p.trade(
        eth.market,
        i % 2 === 0 ? eth.address : p.loanAddress,
        i % 2 === 0 ? 2_000n * ETHER : 4_000_000n * USD,
      );
      await networkHelpers.time.increase(1_900);
    }
    await tick(p, 2n * HOUR);
    await tick(p, LOOK_MAX_AGE);
    const { fastWad, slowWad } = await volatility.volatilityOf(eth.address);
    const { volatilityExcessWad } = await askedOf(eth.address);
    expect(fastWad).to.be.greaterThan((slowWad * 11n) / 10n);
    expect(volatilityExcessWad).to.equal(((fastWad - slowWad) * WAD) / slowWad);
    expect((await askedOf(alt.address)).volatilityExcessWad).to.equal(0);
    expect((await askedOf(poolAddress)).volatilityExcessWad).to.equal(0);
    // Between two looks, as it was: kept in whole basis points, rounded up.
    await tick(p, 12n);
    const kept = (await askedOf(eth.address)).volatilityExcessWad;
    expect(kept - volatilityExcessWad).to.be.within(0n, wad(0.0001));
  });

  it("how much of the lenders' limit is used up, of the pool alone, each time that it is looked at as a whole", async () => {
    const p = await load();
    const { pool, lender, eth, recorder, askedOf, poolAddress } = p;
    const counts = async () =>
      Promise.all(
        [poolAddress, eth.address].map(async (s) => (await recorder.queryFilter(recorder.filters.Asked(s))).length),
      );
    expect((await askedOf(poolAddress)).outflowWad).to.equal(0);
    const shares = await pool.balanceOf(lender.address);
    await pool.connect(lender).redeem(shares / 10n, lender.address, lender.address);
    const before = await counts();
    await p.pass(12n);
    await p.engine.poke(eth.address);
    const between = await counts();
    expect([between[0] - before[0], between[1] - before[1]]).to.deep.equal([0, 1]);
    await p.pass(WHOLE_MAX_AGE);
    await p.engine.poke(eth.address);
    const { outflowWad } = await askedOf(poolAddress);
    const { exitFloorShares } = await p.risk.riskOf(eth.address);
    const left = await pool.totalSupply();
    const allowance = (left * FLOW.exitShareBps) / 10_000n;
    expect(outflowWad).to.be.within(wad(0.2), wad(0.35)); // half of it, less what the line let go in ten minutes
    expect(outflowWad).to.equal(((exitFloorShares - (left - allowance)) * WAD) / allowance);
    expect((await askedOf(eth.address)).outflowWad).to.equal(0);
  });

  it("what lenders have lost, of the pool alone: all of it at first, half after half a day, nothing after a day", async () => {
    const p = await load();
    const { eth, pool, liquidation, liquidator, lender, askedOf, poolAddress, networkHelpers } = p;
    // From 2,000 to 1,000: 500 ETH bring in 525,000 of the 790,000 that are owed.
    await p.setFeed(0, 1_000);
    await p.trade(eth.market, eth.address, 12_426n * ETHER);
    await tick(p, HOUR);
    await tick(p, WHOLE_MAX_AGE);
    const before = await pool.totalAssets();
    await liquidation
      .connect(lender)
      .take(liquidator.address, eth.address, MaxUint256, MaxUint256, lender.address, "0x");
    const loss = Number(before - (await pool.totalAssets()));
    expect(loss / 1e6).to.be.within(255_000, 275_000);
    /** Share of the loss that counts now, as the pool is looked at as a whole. */
    const remembered = async () => {
      await tick(p, WHOLE_MAX_AGE);
      const { lossWad } = await askedOf(poolAddress);
      return (Number(lossWad) / 1e18) * (Number(await pool.totalAssets()) / loss);
    };
    expectClose(await remembered(), 1, 0.002);
    const since = BigInt(await networkHelpers.time.latest());
    for (let i = 0; i < 11; ++i) await tick(p, HOUR);
    await p.networkHelpers.time.increaseTo(since + DAY / 2n - WHOLE_MAX_AGE);
    expectClose(await remembered(), 0.5, 0.01);
    expect((await askedOf(eth.address)).lossWad).to.equal(0);
    for (let i = 0; i < 12; ++i) await tick(p, HOUR);
    expect(await remembered()).to.equal(0);
  });
});
