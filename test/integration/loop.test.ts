import { expect } from "chai";
import { network } from "hardhat";

import { connectUniswapV3 } from "../../sim/market/uniswap-deploy.ts";
import { leftBehind, NEVER, NO_PERMISSION, PRICE36, uniswapLeverage, USDC, WAD } from "../shared/leverage-fixtures.ts";

const EQUITY = 10n * WAD;
const BOUGHT = 20n * WAD;

/** Real lending pool, real Uniswap v3 with its fee and its slippage. */
describe("a leverage loop on Uniswap v3", () => {
  const load = async () => {
    const { networkHelpers } = await network.getOrCreate();
    const f = await networkHelpers.loadFixture(uniswapLeverage);
    const { quoter } = connectUniswapV3(f.uniswap, f.governor);
    const [quote] = await quoter.quoteExactOutputSingle.staticCall({
      ...{ tokenIn: f.usdcAddress, tokenOut: f.wethAddress },
      ...{ amount: BOUGHT, fee: 3_000, sqrtPriceLimitX96: 0n },
    });
    const increase = { collateralIn: EQUITY, collateralToBuy: BOUGHT, maxLoanIn: BigInt(quote), deadline: NEVER };
    return { ...f, increase, asLooper: f.router.connect(f.looper) };
  };
  type Fixture = Awaited<ReturnType<typeof load>>;

  const positionOf = async (f: Fixture) => {
    const spenders = [f.poolAddress, ...f.market.venues, ...f.detour.venues];
    expect(await leftBehind([f.usdc, f.weth, f.dai], f.routerAddress, spenders), "left in the router").to.equal(0n);
    return {
      collateral: await f.pool.collateralOf(f.looper.address, f.wethAddress),
      debt: await f.pool.debtOf(f.looper.address),
      shares: await f.pool.debtSharesOf(f.looper.address),
      wallet: await f.weth.balanceOf(f.looper.address),
    };
  };

  it("opens at exactly the quoted cost, and not for a unit less", async () => {
    const f = await load();
    const { maxLoanIn } = f.increase;
    await expect(f.asLooper.open(f.market, { ...f.increase, maxLoanIn: maxLoanIn - 1n }, NO_PERMISSION))
      .to.be.revertedWithCustomError(f.router, "RouterLoanInTooHigh")
      .withArgs(maxLoanIn - 1n, maxLoanIn);
    await f.asLooper.open(f.market, f.increase, NO_PERMISSION);
    const position = await positionOf(f);
    expect(position.collateral).to.equal(EQUITY + BOUGHT);
    expect(position.debt).to.equal(maxLoanIn);
    expect(maxLoanIn).to.be.greaterThan((40_000n * USDC * 1_003n) / 1_000n); // fee and slippage
  });

  it("increases, reduces and closes by flash swap; the round trip costs the fee and the slippage", async () => {
    const f = await load();
    await f.asLooper.open(f.market, f.increase, NO_PERMISSION);
    const more = { ...f.increase, collateralIn: 0n, collateralToBuy: 2n * WAD, maxLoanIn: 4_100n * USDC };
    await f.asLooper.increase(f.market, more, NO_PERMISSION);
    const less = {
      loanToRepay: 10_000n * USDC,
      maxCollateralIn: (51n * WAD) / 10n,
      collateralToWithdraw: 0n,
      deadline: NEVER,
    };
    await f.asLooper.reduce(f.market, less, NO_PERMISSION);
    expect((await positionOf(f)).debt).to.be.lessThan(35_000n * USDC);
    await f.connection.networkHelpers.time.increase(30 * 86_400);
    await f.asLooper.close(f.market, 30n * WAD, NEVER, NO_PERMISSION);
    const position = await positionOf(f);
    expect(position.shares).to.equal(0n);
    expect(position.collateral).to.equal(0n);
    const cost = 1_000n * WAD - position.wallet;
    expect(cost).to.be.greaterThan((22n * WAD * 6n) / 1_000n); // 0.3 % each way
    expect(cost).to.be.lessThan((22n * WAD * 12n) / 1_000n);
  });

  it("goes the same ways over two pools, with nothing left of the token between them", async () => {
    const f = await load();
    await f.asLooper.open(f.detour, { ...f.increase, maxLoanIn: 41_000n * USDC }, NO_PERMISSION);
    expect((await positionOf(f)).collateral).to.equal(EQUITY + BOUGHT);
    await f.asLooper.close(f.detour, 22n * WAD, NEVER, NO_PERMISSION);
    expect((await positionOf(f)).shares).to.equal(0n);

    const up = {
      collateralIn: EQUITY,
      rounds: 4n,
      ltvWad: (7n * WAD) / 10n,
      limitPrice36: (PRICE36 * 102n) / 100n,
      deadline: NEVER,
    };
    await f.asLooper.increaseByRounds(f.detour, up, NO_PERMISSION);
    const down = { targetDebt: 0n, rounds: 20n, limitPrice36: (PRICE36 * 98n) / 100n, deadline: NEVER };
    await f.asLooper.reduceByRounds(f.detour, down, NO_PERMISSION);
    expect((await positionOf(f)).shares).to.equal(0n);
  });

  it("loops by rounds, falls short of the frictionless exposure by the fees, and unwinds without dust", async () => {
    const f = await load();
    const up = {
      collateralIn: EQUITY,
      rounds: 5n,
      ltvWad: (8n * WAD) / 10n,
      limitPrice36: (PRICE36 * 101n) / 100n,
      deadline: NEVER,
    };
    await f.asLooper.increaseByRounds(f.market, up, NO_PERMISSION);
    const { collateral } = await positionOf(f);
    expect(collateral).to.be.lessThan(36_892_800_000_000_000_000n);
    expect(collateral).to.be.greaterThan((36_892_800_000_000_000_000n * 985n) / 1_000n);
    await f.connection.networkHelpers.time.increase(30 * 86_400);
    const down = { targetDebt: 0n, rounds: 50n, limitPrice36: (PRICE36 * 99n) / 100n, deadline: NEVER };
    await f.asLooper.reduceByRounds(f.market, down, NO_PERMISSION);
    const position = await positionOf(f);
    expect(position.shares).to.equal(0n);
    expect(position.collateral).to.equal(0n);
    expect(position.wallet).to.be.greaterThan((9_996n * WAD) / 10n);
  });

  it("reverts as a whole when a round slips past its limit", async () => {
    const f = await load();
    const up = {
      ...{ collateralIn: EQUITY, rounds: 5n, ltvWad: (8n * WAD) / 10n, deadline: NEVER },
      limitPrice36: (PRICE36 * 1_002n) / 1_000n, // below the fee
    };
    await expect(f.asLooper.increaseByRounds(f.market, up, NO_PERMISSION)).to.be.revertedWithCustomError(
      f.router,
      "RouterCollateralOutTooLow",
    );
    expect((await positionOf(f)).collateral).to.equal(0n);
  });

  it("refuses a purchase that the venue cannot fill, rather than filling a part of it", async () => {
    const f = await load();
    const all = { ...f.increase, collateralToBuy: 20_000n * WAD, maxLoanIn: 2n ** 200n };
    await expect(f.asLooper.open(f.market, all, NO_PERMISSION)).to.revert(f.ethers);
    expect((await positionOf(f)).debt).to.equal(0n);
  });

  it("costs little more gas than its parts", async () => {
    const f = await load();
    const gasOf = async (sent: Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>) =>
      (await (await sent).wait())?.gasUsed ?? 0n;
    const open = await gasOf(f.asLooper.open(f.market, f.increase, NO_PERMISSION));
    const more = { ...f.increase, collateralIn: 0n, collateralToBuy: WAD, maxLoanIn: 2_100n * USDC };
    const increase = await gasOf(f.asLooper.increase(f.market, more, NO_PERMISSION));
    const less = { loanToRepay: 2_000n * USDC, maxCollateralIn: 2n * WAD, collateralToWithdraw: 0n, deadline: NEVER };
    const reduce = await gasOf(f.asLooper.reduce(f.market, less, NO_PERMISSION));
    const close = await gasOf(f.asLooper.close(f.market, 30n * WAD, NEVER, NO_PERMISSION));
    const up = {
      ...{ collateralIn: EQUITY, rounds: 5n, ltvWad: (7n * WAD) / 10n, deadline: NEVER },
      limitPrice36: (PRICE36 * 102n) / 100n,
    };
    const roundsUp = await gasOf(f.asLooper.increaseByRounds(f.market, up, NO_PERMISSION));
    const down = { targetDebt: 0n, rounds: 20n, limitPrice36: (PRICE36 * 98n) / 100n, deadline: NEVER };
    const roundsDown = await gasOf(f.asLooper.reduceByRounds(f.market, down, NO_PERMISSION));
    if (process.env.SHOW_GAS !== undefined) {
      console.log({ open, increase, reduce, close, roundsUp, roundsDown });
    }
    expect(open).to.be.lessThan(500_000n);
    expect(increase).to.be.lessThan(400_000n);
    expect(reduce).to.be.lessThan(400_000n);
    expect(close).to.be.lessThan(400_000n);
    // The point of the flash way: five rounds cost several times as much.
    expect(roundsUp).to.be.greaterThan(2n * open);
    expect(roundsDown).to.be.greaterThan(2n * close);
  });
});
