import { expect } from "chai";
import { EventLog, MaxUint256, parseUnits, type BaseContract } from "ethers";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deploySystem } from "../../ignition/deploy-system.ts";
import { priceOfSqrt, invert, toFixedPoint } from "../../sim/market/uniswap-math.ts";
import { connectPool, connectUniswapV3 } from "../../sim/market/uniswap-deploy.ts";
import { approve } from "../../sim/market/uniswap-pool.ts";
import { leftBehind, NEVER, NO_PERMISSION, USDC, WAD } from "../shared/leverage-fixtures.ts";

const EQUITY = 20n * WAD;
/** Sold into the 4,889 WETH that the loops have left over all prices: 1 − (4889/5865)², about 30 %. */
const DUMP = 976n * WAD;
/** Of the demo's Dutch curve, from 5 % above the liquidation price to 1/1.1 of it. [s] */
const CURVE_SECONDS = 1_200;

/**
 * The system as `npx hardhat deploy` leaves it: PriceOracle over a feed and a Uniswap v3 average, adaptive rate, Dutch
 * curve. Three loops stand on it: `bold` at 4 times its equity and `steady` at 2.6 by flash swap, `careful` near 2 by
 * rounds.
 */
async function loopedMarket(connection: NetworkConnection) {
  const { ethers } = connection;
  const deployment = await deploySystem(hre, connection);
  const [lender, bold, steady, careful, whale, liquidator] = await ethers.getSigners();
  const [entry] = deployment.collaterals;
  const { contracts, uniswap } = deployment;
  if (uniswap === undefined || entry.uniswapPool === undefined || entry.feed === undefined) throw new Error("no demo");
  const f = {
    ...{ connection, ethers, deployment, lender, bold, steady, careful, whale, liquidator, entry },
    pool: await ethers.getContractAt("LendingPool", contracts.pool, lender),
    sales: await ethers.getContractAt("LiquidationModule", contracts.pool, liquidator),
    oracle: await ethers.getContractAt("PriceOracle", contracts.oracle, lender),
    router: await ethers.getContractAt("LeverageRouter", contracts.leverageRouter, lender),
    feed: await ethers.getContractAt("MockAggregator", entry.feed, lender),
    weth: await ethers.getContractAt("MockERC20", entry.token, lender),
    usdc: await ethers.getContractAt("MockERC20", deployment.loan.token, lender),
    flash: await ethers.deployContract("FlashLiquidator", liquidator),
    venue: connectPool(entry.uniswapPool, whale),
    swapRouter: connectUniswapV3(uniswap, whale).swapRouter,
    market: { pool: contracts.pool, collateral: entry.token, venues: [entry.uniswapPool], middle: [] as string[] },
  };
  await f.weth.mint(whale.address, DUMP);
  await approve(whale, entry.token, uniswap.swapRouter);
  for (const looper of [bold, steady, careful]) {
    await f.weth.mint(looper.address, EQUITY);
    await f.weth.connect(looper).approve(contracts.leverageRouter, EQUITY);
    await f.pool.connect(looper).setOperator(contracts.leverageRouter, true);
  }
  const rounds = { collateralIn: EQUITY, rounds: 5n, ltvWad: WAD / 2n, deadline: NEVER };
  const limitPrice36 = 2_100n * USDC * 10n ** 18n;
  await f.router.connect(careful).increaseByRounds(f.market, { ...rounds, limitPrice36 }, NO_PERMISSION);
  for (const [looper, collateralToBuy] of [
    [bold, 60n * WAD],
    [steady, 32n * WAD],
  ] as const) {
    const order = { collateralIn: EQUITY, collateralToBuy, maxLoanIn: MaxUint256, deadline: NEVER };
    await f.router.connect(looper).open(f.market, order, NO_PERMISSION);
  }
  return f;
}
type Market = Awaited<ReturnType<typeof loopedMarket>>;

/** Price of WETH in the Uniswap pool. [36-decimal scale of the oracle] */
async function venuePrice36({ venue, entry, deployment }: Market): Promise<bigint> {
  const [sqrtPriceX96] = (await venue.getFunction("slot0").staticCall()) as [bigint];
  const price = priceOfSqrt(sqrtPriceX96);
  return toFixedPoint(BigInt(entry.token) < BigInt(deployment.loan.token) ? price : invert(price), 36);
}

/** A whale sells on Uniswap, the feed follows at once, and a keeper pokes. */
async function crash(f: Market): Promise<void> {
  await f.swapRouter.getFunction("exactInputSingle").send({
    ...{ tokenIn: f.entry.token, tokenOut: f.deployment.loan.token, fee: f.entry.uniswapFee },
    ...{ recipient: f.whale.address, deadline: NEVER, amountIn: DUMP, amountOutMinimum: 0n, sqrtPriceLimitX96: 0n },
  });
  await f.feed.setAnswer((await venuePrice36(f)) / 10n ** 16n); // USDC per WETH with 8 decimals
  await f.oracle.poke(f.entry.token);
}

async function crashedMarket(connection: NetworkConnection) {
  const f = await loopedMarket(connection);
  await crash(f);
  return f;
}

/** Twenty minutes into the crash, when the band has given way, the unhealthy are put up for sale. */
async function kickedMarket(connection: NetworkConnection) {
  const f = await crashedMarket(connection);
  await connection.networkHelpers.time.increase(20 * 60);
  await f.oracle.poke(f.entry.token);
  await f.sales.kick(f.bold.address);
  await f.sales.kick(f.steady.address);
  return f;
}

/** At the end of the Dutch curve a liquidator without capital sells out `bold`, and `steady` as far as it takes. */
async function soldMarket(connection: NetworkConnection) {
  const f = await kickedMarket(connection);
  await connection.networkHelpers.time.increase(CURVE_SECONDS);
  for (const { address } of [f.bold, f.steady]) await liquidate(f, address);
  return f;
}

function liquidate(f: Market, account: string) {
  const [venue] = f.market.venues;
  return f.flash.liquidate(f.market.pool, account, f.market.collateral, MaxUint256, venue, 1n);
}

async function healthOf({ pool }: Market, account: string): Promise<number> {
  const { debt, liquidationCapacity } = await pool.healthOf(account);
  return Number(liquidationCapacity) / Number(debt);
}

/** Arguments of every event of this name since the beginning. */
async function eventsOf(market: Market, name: "InterestAccrued" | "BadDebtRealized") {
  const pool: BaseContract = market.pool; // the generated type wants one name as a literal
  const logs = await pool.queryFilter(name);
  return logs.filter((log) => log instanceof EventLog).map(({ args }) => args.toObject() as Record<string, bigint>);
}

describe("loop up, crash, unwind, on the deployed system", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = (fixture: (connection: NetworkConnection) => Promise<Market>) =>
    connection.networkHelpers.loadFixture(fixture);

  it("opens all three loops, with nothing left in the router", async () => {
    const f = await load(loopedMarket);
    expect(await f.pool.collateralOf(f.bold.address, f.entry.token)).to.equal(80n * WAD);
    expect(await f.pool.collateralOf(f.steady.address, f.entry.token)).to.equal(52n * WAD);
    // (1 − 0.5^6)/0.5, less fees and slippage
    const careful = await f.pool.collateralOf(f.careful.address, f.entry.token);
    expect(careful).to.be.within(parseUnits("38.9", 18), parseUnits("39.375", 18));
    for (const { address } of [f.bold, f.steady, f.careful]) expect(await healthOf(f, address)).to.be.greaterThan(1.05);
    const routerAddress = await f.router.getAddress();
    expect(await leftBehind([f.weth, f.usdc], routerAddress, [f.market.pool, ...f.market.venues])).to.equal(0n);
  });

  it("lends on the new price at once, and liquidates nobody by it", async () => {
    const f = await load(crashedMarket);
    const spot36 = await venuePrice36(f);
    expect(spot36).to.be.within(1_445n * 10n ** 24n, 1_465n * 10n ** 24n); // 2000, up 4.6 % by the loops, down 30 %
    expect(await f.oracle.borrowPrice(f.entry.token)).to.be.at.most(spot36);
    // The average has not moved yet: the band holds the price within 5 % of it.
    expect(await f.oracle.liquidationPrice(f.entry.token)).to.be.within(1_890n * 10n ** 24n, 1_930n * 10n ** 24n);
    const { debt, liquidationCapacity } = await f.pool.healthOf(f.bold.address);
    expect(liquidationCapacity).to.be.greaterThan(debt);
    await expect(f.sales.kick(f.bold.address)).to.be.revertedWithCustomError(f.sales, "LiquidationAccountHealthy");
    const { address } = f.careful;
    await expect(
      f.pool.connect(f.careful).borrow(parseUnits("9000", 6), 0, address, address),
    ).to.be.revertedWithCustomError(f.pool, "PoolBorrowTestFailed");
  });

  it("follows a crash that lasts within twenty minutes, and spares who can carry it", async () => {
    const f = await load(crashedMarket);
    await connection.networkHelpers.time.increase(20 * 60);
    await f.oracle.poke(f.entry.token);
    const [, answer] = await f.feed.latestRoundData();
    expect(await f.oracle.liquidationPrice(f.entry.token)).to.equal(answer * 10n ** 16n);
    expect(await healthOf(f, f.bold.address)).to.be.lessThan(0.85);
    expect(await healthOf(f, f.steady.address)).to.be.within(0.9, 0.999);
    expect(await healthOf(f, f.careful.address)).to.be.greaterThan(1.15);
    await expect(f.sales.kick(f.careful.address)).to.be.revertedWithCustomError(f.sales, "LiquidationAccountHealthy");
  });

  it("has no buyer above the market, and one before the curve ends", async () => {
    const f = await load(kickedMarket);
    await expect(liquidate(f, f.steady.address)).to.be.revertedWithCustomError(f.flash, "FlashLiquidatorProfitTooLow");
    await connection.networkHelpers.time.increase(CURVE_SECONDS);
    const before = await f.usdc.balanceOf(f.liquidator.address);
    await expect(liquidate(f, f.steady.address)).to.emit(f.sales, "CollateralTaken");
    expect(await f.usdc.balanceOf(f.liquidator.address)).to.be.greaterThan(before);
  });

  it("sells the solvent account to the target health, the insolvent one to the end, and its loss hits lenders", async () => {
    const f = await load(soldMarket);
    expect(await healthOf(f, f.steady.address)).to.be.within(1.0399, 1.0401);
    expect(await f.pool.collateralOf(f.steady.address, f.entry.token)).to.be.greaterThan(0n);
    expect((await f.pool.accountOf(f.steady.address)).kickedAt).to.equal(0n);

    expect(await f.pool.collateralOf(f.bold.address, f.entry.token)).to.equal(0n);
    expect(await f.pool.debtOf(f.bold.address)).to.equal(0n);
    const losses = await eventsOf(f, "BadDebtRealized");
    expect(losses).to.have.lengthOf(1);
    const [{ debtAssets, paidByReserves, paidByLenders }] = losses;
    expect(debtAssets).to.equal(paidByReserves + paidByLenders);
    expect(paidByReserves).to.be.greaterThan(0n); // the little interest so far
    expect(paidByLenders).to.be.greaterThan(parseUnits("10000", 6));
    expect(await f.pool.totalAssets()).to.be.lessThan(parseUnits("10000000", 6) - paidByLenders + parseUnits("100", 6));
  });

  it("lets the survivors unwind, the lender leave with all there is, and keeps nothing", async () => {
    const f = await load(soldMarket);
    await f.router.connect(f.steady).close(f.market, MaxUint256, NEVER, NO_PERMISSION);
    const down = { targetDebt: 0n, rounds: 20n, limitPrice36: 1_200n * USDC * 10n ** 18n, deadline: NEVER };
    // In rounds, collateral leaves before it is sold: not while the breaker lets it count for nothing.
    await expect(f.router.connect(f.careful).reduceByRounds(f.market, down, NO_PERMISSION))
      .to.be.revertedWithCustomError(f.router, "RouterNothingToWithdraw")
      .withArgs(f.careful.address, 0n, (debt: bigint) => debt > 0n);
    await f.router.connect(f.careful).close(f.market, MaxUint256, NEVER, NO_PERMISSION);
    const wallet = async ({ address }: { address: string }) => f.weth.balanceOf(address);
    expect(await wallet(f.bold)).to.equal(0n);
    expect(await wallet(f.steady)).to.be.within(WAD / 10n, 5n * WAD); // 20 in, and the fall was 2.6 times 30 %
    expect(await wallet(f.careful)).to.be.within(10n * WAD, 13n * WAD);

    const { debtAssets, debtShares, cash, reserves } = await f.pool.totals();
    expect([debtAssets, debtShares]).to.deep.equal([0n, 0n]);
    expect((await f.pool.collateralConfig(f.entry.token)).totalSupplied).to.equal(0n);
    expect(await f.usdc.balanceOf(f.market.pool)).to.equal(cash);

    // The lender leaves as fast as the flow limit lets go: a fifth an hour.
    const before = await f.usdc.balanceOf(f.lender.address);
    let hours = 0;
    for (; (await f.pool.balanceOf(f.lender.address)) > 0n; ++hours) {
      await f.pool.redeem(await f.pool.maxRedeem(f.lender.address), f.lender.address, f.lender.address);
      await f.connection.networkHelpers.time.increase(3_600);
    }
    expect(hours).to.be.within(3, 6);
    const got = (await f.usdc.balanceOf(f.lender.address)) - before;
    // What was lent, and interest, less what went to reserves and what was lost; rounding stays in the pool.
    let expected = parseUnits("10000000", 6);
    for (const { interestAssets, reserveAssets } of await eventsOf(f, "InterestAccrued")) {
      expected += interestAssets - reserveAssets;
    }
    for (const { paidByLenders } of await eventsOf(f, "BadDebtRealized")) expected -= paidByLenders;
    expect(expected - got).to.be.within(0n, 20n);
    expect(cash - got - reserves).to.be.within(0n, 20n);
    const holders = [await f.router.getAddress(), await f.flash.getAddress()];
    for (const holder of holders) {
      expect(await leftBehind([f.weth, f.usdc], holder, [f.market.pool, ...f.market.venues])).to.equal(0n);
    }
  });
});
