import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { describePool, encodeCreatePool, encodeInitialize, poolAmounts } from "../../../sim/market/uniswap-calls.ts";
import { connectPool } from "../../../sim/market/uniswap-deploy.ts";
import { token0UpBetween, token1UpBetween } from "../../../sim/market/uniswap-liquidity.ts";
import {
  MAX_SQRT_PRICE_X96,
  MIN_SQRT_PRICE_X96,
  sqrtPriceX96AtTick,
  tickAtSqrtPriceX96,
  unitPrice,
  usableTickDown,
} from "../../../sim/market/uniswap-math.ts";
import { addLiquidity, createPool, readSlot0, send } from "../../../sim/market/uniswap-pool.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  collateralFirst,
  collateralLast,
  expectedSale,
  expectNothingLeft,
  USD,
  type Debtor,
  type FlashScene,
} from "../../shared/flash-fixtures.ts";
import { fixNextBlock, PENDING } from "../../shared/next-block.ts";

/** Dollars of disagreement allowed: a few base units of the loan asset, and two of the collateral. */
function rounding({ price, unit }: Debtor): number {
  return 2e-5 + (2 * Number(price)) / Number(unit);
}

async function load(fixture: typeof collateralFirst): Promise<FlashScene> {
  const { networkHelpers } = await network.getOrCreate();
  return networkHelpers.loadFixture(fixture);
}

function liquidate(s: FlashScene, debtor: Debtor, minProfit = 0n, most = MaxUint256) {
  const { account, collateral, venue } = debtor;
  return s.flash.connect(s.stranger).liquidate(s.poolAddress, account, collateral, most, venue.address, minProfit);
}

/** What it would return now. */
async function simulate(s: FlashScene, { account, collateral, venue }: Debtor) {
  const { liquidate: method } = s.flash.connect(s.stranger);
  const args = [s.poolAddress, account, collateral, MaxUint256, venue.address, 0n] as const;
  const [profit, repaid] = await method.staticCall(...args, PENDING);
  return { profit, repaid };
}

/** A venue at the same price, whose liquidity ends three per cent around it. Sells at most `most` of the collateral. */
async function shallowVenue(s: FlashScene, { collateral, decimals, price, unit }: Debtor) {
  const fee = 10_000;
  const venue = await createPool(s.governor, s.uniswap, {
    ...{ base: collateral, quote: s.loanAddress, fee },
    price: unitPrice({ numerator: price, denominator: 1n }, decimals, 6),
  });
  const { sqrtPriceX96 } = await readSlot0(s.ethers.provider, venue.address);
  const centre = usableTickDown(tickAtSqrtPriceX96(sqrtPriceX96), venue.tickSpacing);
  const range = { tickLower: centre - 200, tickUpper: centre + 400 };
  const amounts = poolAmounts(venue, unit / 4n, (price * USD) / 4n);
  await addLiquidity(s.governor, s.uniswap, venue, { ...range, ...amounts });
  const liquidity = (await connectPool(venue.address, s.governor).liquidity()) as bigint;
  const [lower, upper] = [range.tickLower, range.tickUpper].map(sqrtPriceX96AtTick);
  const net = venue.baseIsToken0
    ? token0UpBetween(lower, sqrtPriceX96, liquidity)
    : token1UpBetween(sqrtPriceX96, upper, liquidity);
  return { venue, most: net + (net * BigInt(fee) + 999_999n - BigInt(fee)) / (1_000_000n - BigInt(fee)) };
}

for (const [side, fixture] of [
  ["collateral is token0", collateralFirst],
  ["collateral is token1", collateralLast],
] as const) {
  describe(`FlashLiquidator: ${side}`, () => {
    describe("#liquidate", () => {
      it("reverts when the account is healthy", async () => {
        const s = await load(fixture);
        await s.oracle.setPrice(s.eth.collateral, 2_000n * USD * 10n ** 18n);
        await fixNextBlock(s.connection, 12);
        const debt = await s.pool.debtOf(s.eth.account, PENDING);
        await expect(liquidate(s, s.eth))
          .to.be.revertedWithCustomError(s.pool, "LiquidationAccountHealthy")
          .withArgs(s.eth.account, 160_000n * USD, debt);
      });

      it("reverts when the proceeds do not pay the debt: above the market nobody need bring money", async () => {
        const s = await load(fixture);
        await fixNextBlock(s.connection, 12);
        // Never kicked: the Dutch curve sells at 5 % above the liquidation price.
        const debt = Number(await s.pool.debtOf(s.eth.account, PENDING)) / 1e6;
        const { repaid, proceeds } = expectedSale(s.eth, debt, 1.05);
        expect(proceeds).to.be.lessThan(repaid);
        await expect(liquidate(s, s.eth))
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorProfitTooLow")
          .withArgs(closeTo(repaid, s.eth), closeTo(proceeds, s.eth));
      });

      it("reverts when the profit is one unit below the minimum", async () => {
        const s = await load(fixture);
        await fixNextBlock(s.connection, 12);
        const { profit } = await simulate(s, s.btc);
        await expect(liquidate(s, s.btc, profit + 1n))
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorProfitTooLow")
          .withArgs(profit + 1n, profit);
      });

      it("accepts exactly the minimum", async () => {
        const s = await load(fixture);
        await fixNextBlock(s.connection, 12);
        const { profit } = await simulate(s, s.btc);
        await expect(liquidate(s, s.btc, profit)).to.changeTokenBalances(s.ethers, s.loan, [s.stranger], [profit]);
      });

      it("reverts when the venue runs dry, and says how much it took", async () => {
        const s = await load(fixture);
        const { venue, most } = await shallowVenue(s, s.btc);
        await fixNextBlock(s.connection, 12);
        const [requested] = await s.liquidation.quoteTake.staticCall(
          ...([s.btc.account, s.btc.collateral, MaxUint256, PENDING] as const),
        );
        expect(requested).to.be.greaterThan(most);
        await expect(liquidate(s, { ...s.btc, venue }))
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorSwapIncomplete")
          .withArgs(requested, most);
      });

      it("asks for no price: it swaps to the very end of a venue's range, and says that nothing was bought", async () => {
        const s = await load(fixture);
        // A step before the end that the sale moves the price to.
        const [lowest, highest] = [MIN_SQRT_PRICE_X96 + 2n, MAX_SQRT_PRICE_X96 - 2n];
        const venue = describePool(s.uniswap.factory, s.btc.collateral, s.loanAddress, 10_000);
        await send(s.governor, encodeCreatePool(s.uniswap, venue));
        await send(s.governor, encodeInitialize(venue, venue.baseIsToken0 ? lowest : highest));
        await fixNextBlock(s.connection, 12);
        const [requested] = await s.liquidation.quoteTake.staticCall(
          ...([s.btc.account, s.btc.collateral, MaxUint256, PENDING] as const),
        );
        await expect(liquidate(s, { ...s.btc, venue }))
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorSwapIncomplete")
          .withArgs(requested, 0n);
      });

      it("reverts when the venue is for another pair, or is nothing at all", async () => {
        const s = await load(fixture);
        await expect(liquidate(s, { ...s.btc, venue: s.eth.venue })).to.revert(s.ethers);
        await expect(liquidate(s, { ...s.btc, venue: { ...s.btc.venue, address: ZeroAddress } })).to.revert(s.ethers);
      });

      it("sells at a fixed bonus: the caller gets the difference and needs no money", async () => {
        const s = await load(fixture);
        await fixNextBlock(s.connection, 12);
        const debt = Number(await s.pool.debtOf(s.btc.account, PENDING)) / 1e6;
        const expected = expectedSale(s.btc, debt, 1 / 1.05);
        await expectSale(s, s.btc, expected);
        expect(expected.profit).to.be.greaterThan(1_000);
      });

      // Lags after the kick, and the factor 1.05 · e^(−lag/τ) that falls to 1/1.1 in 1,800 s.
      for (const [lag, factor] of [
        [900, 1.05 / Math.sqrt(1.05 * 1.1)],
        [1_350, 1.05 / (1.05 * 1.1) ** 0.75],
        [1_800, 1 / 1.1],
        [2_400, 1 / 1.1],
      ] as const) {
        it(`sells on a Dutch curve ${lag} s after the kick`, async () => {
          const s = await load(fixture);
          await s.liquidation.kick(s.eth.account);
          await fixNextBlock(s.connection, lag);
          const debt = Number(await s.pool.debtOf(s.eth.account, PENDING)) / 1e6;
          const expected = expectedSale(s.eth, debt, factor);
          await expectSale(s, s.eth, expected);
          expect(expected.profit).to.be.greaterThan(500);
        });
      }

      it("buys no more than the caller says", async () => {
        const s = await load(fixture);
        await fixNextBlock(s.connection, 12);
        const part = s.btc.unit / 10n;
        await liquidate(s, s.btc, 0n, part);
        expect(await s.pool.collateralOf(s.btc.account, s.btc.collateral)).to.equal(3n * s.btc.unit - part);
        // 0.1 BTC for 5,200 / 1.05, sold into reserves of 153.8 BTC and 8,000,000.
        const sold = 0.1 * (1 - 0.0005);
        const proceeds = (8e6 * sold) / (8e6 / 52_000 + sold);
        expectClose(await held(s), proceeds - 5_200 / 1.05, rounding(s.btc));
        await expectNothingLeft(s);
      });

      it("gives what strangers left in it to the next caller", async () => {
        const s = await load(fixture);
        await s.loan.mint(s.flashAddress, 77n * USD);
        await fixNextBlock(s.connection, 12);
        const debt = Number(await s.pool.debtOf(s.btc.account, PENDING)) / 1e6;
        const { profit } = expectedSale(s.btc, debt, 1 / 1.05);
        await liquidate(s, s.btc);
        expectClose(await held(s), profit + 77, rounding(s.btc));
        await expectNothingLeft(s);
      });

      it("serves one account after another", async () => {
        const s = await load(fixture);
        await s.liquidation.kick(s.eth.account);
        await s.networkHelpers.time.increase(1_800);
        await liquidate(s, s.btc);
        const first = await held(s);
        await liquidate(s, s.eth);
        expect(await held(s)).to.be.greaterThan(first + 1_000);
        await expectNothingLeft(s);
      });
    });
  });
}

/** Loan assets of the caller, who began with none. [whole dollars] */
async function held({ loan, stranger }: FlashScene): Promise<number> {
  return Number(await loan.balanceOf(stranger.address)) / 1e6;
}

function closeTo(dollars: number, debtor: Debtor): (actual: bigint) => boolean {
  return (actual) => Math.abs(Number(actual) / 1e6 - dollars) <= rounding(debtor);
}

/** Liquidates, and compares what the account and the caller are left with. */
async function expectSale(s: FlashScene, debtor: Debtor, expected: ReturnType<typeof expectedSale>) {
  const { profit, repaid } = await simulate(s, debtor);
  const owed = await s.pool.debtOf(debtor.account, PENDING);
  await liquidate(s, debtor, profit);
  expectClose(await held(s), expected.profit, rounding(debtor));
  expectClose(Number(repaid) / 1e6, expected.repaid, rounding(debtor));
  expect(await s.loan.balanceOf(s.stranger.address)).to.equal(profit);
  expectClose(Number(owed - (await s.pool.debtOf(debtor.account))) / 1e6, expected.repaid, rounding(debtor));
  const { pool, account, collateral } = { pool: s.pool, ...debtor };
  const left = Number(await pool.collateralOf(account, collateral)) / Number(debtor.unit);
  expectClose(Number(debtor.held) - left, expected.sold, 1e-8);
  const { debt, liquidationCapacity } = await pool.healthOf(account);
  expectClose(Number(liquidationCapacity) / Number(debt), 1.04, 1e-7);
  await expectNothingLeft(s);
}
