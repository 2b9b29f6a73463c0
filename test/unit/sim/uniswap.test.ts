import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { encodePath, poolAmounts, poolPrice, poolSqrtPriceX96 } from "../../../sim/market/uniswap-calls.ts";
import { connectUniswapV3, deployUniswapV3, POOL_INIT_CODE_HASH } from "../../../sim/market/uniswap-deploy.ts";
import { amountsUpForLiquidity, liquidityForAmounts } from "../../../sim/market/uniswap-liquidity.ts";
import {
  fullRange,
  MAX_SQRT_PRICE_X96,
  MAX_TICK,
  MIN_SQRT_PRICE_X96,
  MIN_TICK,
  sqrtDown,
  sqrtPriceX96AtTick,
  sqrtPriceX96Of,
  tickAtSqrtPriceX96,
  toFixedPoint,
  unitPrice,
  usableTickDown,
} from "../../../sim/market/uniswap-math.ts";
import {
  addFullRangeLiquidity,
  addLiquidity,
  approve,
  createPool,
  readPoolPrice,
  readSlot0,
  swapExactInput,
  swapExactOutput,
} from "../../../sim/market/uniswap-pool.ts";

const ETH = 10n ** 18n;
const USDC = 10n ** 6n;
const PRICE = unitPrice({ numerator: 2_000n, denominator: 1n }, 18, 6);

async function uniswapWithTokens(connection: NetworkConnection) {
  const [provider] = await connection.ethers.getSigners();
  const uniswap = await deployUniswapV3(provider);
  const usdc = await connection.ethers.deployContract("MockERC20", ["USD Coin", "USDC", 6]);
  const weth = await connection.ethers.deployContract("MockERC20", ["Ether", "WETH", 18]);
  await usdc.mint(provider.address, 100_000_000n * USDC);
  await weth.mint(provider.address, 50_000n * ETH);
  for (const token of [usdc, weth]) {
    await approve(provider, await token.getAddress(), uniswap.positionManager);
    await approve(provider, await token.getAddress(), uniswap.swapRouter);
  }
  const pool = await createPool(provider, uniswap, {
    base: await weth.getAddress(),
    quote: await usdc.getAddress(),
    fee: 3_000,
    price: PRICE,
    observations: 720,
  });
  return { connection, provider, uniswap, usdc, weth, pool, ethers: connection.ethers };
}

describe("uniswap-math", () => {
  describe("#sqrtDown", () => {
    it("refuses negative numbers", () => expect(() => sqrtDown(-1n)).to.throw("square root of -1"));

    it("is the floor of the root", () => {
      for (const root of [0n, 1n, 2n, 3n, 10n ** 9n, (1n << 160n) + 12_345n]) {
        expect(sqrtDown(root * root)).to.equal(root);
        expect(sqrtDown(root * root + 2n * root)).to.equal(root);
        expect(sqrtDown((root + 1n) * (root + 1n) - 1n)).to.equal(root);
      }
    });
  });

  describe("#sqrtPriceX96Of", () => {
    it("refuses zero and what no pool can hold", () => {
      expect(() => sqrtPriceX96Of({ numerator: 0n, denominator: 1n })).to.throw("not positive");
      expect(() => sqrtPriceX96Of({ numerator: 1n, denominator: 1n << 200n })).to.throw("outside Uniswap's range");
      expect(() => sqrtPriceX96Of({ numerator: 1n << 200n, denominator: 1n })).to.throw("outside Uniswap's range");
    });

    it("is exact for perfect squares and comes back within one unit of the last place", () => {
      expect(sqrtPriceX96Of({ numerator: 9n, denominator: 4n })).to.equal((3n << 96n) / 2n);
      expect(sqrtPriceX96Of(PRICE)).to.equal(sqrtDown((2_000n << 192n) / 10n ** 12n));
    });
  });

  describe("#sqrtPriceX96AtTick", () => {
    it("refuses ticks out of range and fractions", () => {
      for (const tick of [MIN_TICK - 1, MAX_TICK + 1, 0.5]) {
        expect(() => sqrtPriceX96AtTick(tick)).to.throw("out of range");
      }
    });

    it("reproduces the contract's bounds to the last digit", () => {
      expect(sqrtPriceX96AtTick(MIN_TICK)).to.equal(MIN_SQRT_PRICE_X96);
      expect(sqrtPriceX96AtTick(MAX_TICK)).to.equal(MAX_SQRT_PRICE_X96);
      expect(sqrtPriceX96AtTick(0)).to.equal(1n << 96n);
    });
  });

  describe("#tickAtSqrtPriceX96", () => {
    it("refuses prices out of range", () => {
      for (const price of [MIN_SQRT_PRICE_X96 - 1n, MAX_SQRT_PRICE_X96]) {
        expect(() => tickAtSqrtPriceX96(price)).to.throw("out of range");
      }
    });

    it("inverts sqrtPriceX96AtTick at and just below every tick tried", () => {
      for (let tick = MIN_TICK + 1; tick < MAX_TICK; tick += 7_919) {
        const sqrtPriceX96 = sqrtPriceX96AtTick(tick);
        expect(tickAtSqrtPriceX96(sqrtPriceX96)).to.equal(tick);
        expect(tickAtSqrtPriceX96(sqrtPriceX96 - 1n)).to.equal(tick - 1);
      }
      expect(tickAtSqrtPriceX96(MAX_SQRT_PRICE_X96 - 1n)).to.equal(MAX_TICK - 1);
    });
  });

  it("rounds ticks down to the spacing, below zero too", () => {
    expect(usableTickDown(-1, 60)).to.equal(-60);
    expect(usableTickDown(119, 60)).to.equal(60);
    expect(fullRange(60)).to.deep.equal({ tickLower: -887_220, tickUpper: 887_220 });
  });
});

describe("uniswap-pool", () => {
  it("publishes the canonical pool code, which periphery contracts derive addresses from", () => {
    expect(POOL_INIT_CODE_HASH).to.equal("0xe34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54");
  });

  it("creates a pool at the exact price, at the derived address, with its observations", async () => {
    const { networkHelpers } = await network.getOrCreate();
    const { uniswap, provider, pool, ethers } = await networkHelpers.loadFixture(uniswapWithTokens);
    const { factory } = connectUniswapV3(uniswap, provider);
    expect(await factory.getPool(pool.base, pool.quote, pool.fee)).to.equal(pool.address);
    const slot0 = await readSlot0(ethers.provider, pool.address);
    expect(slot0.sqrtPriceX96).to.equal(poolSqrtPriceX96(pool, PRICE));
    expect(slot0.tick).to.equal(tickAtSqrtPriceX96(slot0.sqrtPriceX96));
    expect(slot0.observationCardinalityNext).to.equal(720);
    // 1e-12 USDC units of rounding: floor of a 96-bit root
    expect(toFixedPoint(await readPoolPrice(ethers.provider, pool), 24)).to.be.closeTo(2_000n * 10n ** 12n, 1n);
  });

  it("agrees with the pool's own tick mathematics", async () => {
    const { networkHelpers } = await network.getOrCreate();
    const { uniswap, provider, ethers } = await networkHelpers.loadFixture(uniswapWithTokens);
    for (const tick of [MIN_TICK, -500_001, -276_325, -1, 1, 3, 65_535, 524_287, MAX_TICK - 1]) {
      const tokens = [];
      for (const name of ["A", "B"]) tokens.push(await ethers.deployContract("MockERC20", [name, name, 18]));
      const [base, quote] = await Promise.all(tokens.map((token) => token.getAddress()));
      // A price just above a tick's boundary lands on it, whichever way the two addresses sort.
      const sqrtPriceX96 = sqrtPriceX96AtTick(tick);
      const price = { numerator: sqrtPriceX96 * sqrtPriceX96, denominator: 1n << 192n };
      const flipped = { numerator: price.denominator, denominator: price.numerator };
      const baseFirst = BigInt(base) < BigInt(quote);
      const pool = await createPool(provider, uniswap, { base, quote, fee: 500, price: baseFirst ? price : flipped });
      const slot0 = await readSlot0(ethers.provider, pool.address);
      expect(slot0.sqrtPriceX96).to.equal(sqrtPriceX96);
      expect(slot0.tick).to.equal(tick);
    }
  });

  it("predicts what full-range and concentrated liquidity cost", async () => {
    const { networkHelpers } = await network.getOrCreate();
    const { uniswap, provider, pool, weth, usdc, ethers } = await networkHelpers.loadFixture(uniswapWithTokens);
    const { sqrtPriceX96, tick } = await readSlot0(ethers.provider, pool.address);
    const centre = usableTickDown(tick, pool.tickSpacing);
    const amounts = poolAmounts(pool, 1_000n * ETH, 2_000_000n * USDC);
    const narrow = { tickLower: centre - 600, tickUpper: centre + 600 };
    const wide = fullRange(pool.tickSpacing);
    for (const range of [narrow, wide]) {
      const liquidity = liquidityForAmounts(amounts, sqrtPriceX96, range);
      const cost = amountsUpForLiquidity(liquidity, sqrtPriceX96, range);
      const sent =
        range === wide
          ? addFullRangeLiquidity(provider, uniswap, pool, amounts)
          : addLiquidity(provider, uniswap, pool, { ...range, ...amounts });
      const before = [await weth.balanceOf(pool.address), await usdc.balanceOf(pool.address)];
      await sent;
      const paid = poolAmounts(
        pool,
        (await weth.balanceOf(pool.address)) - before[0],
        (await usdc.balanceOf(pool.address)) - before[1],
      );
      expect(paid).to.deep.equal(cost);
    }
  });

  it("swaps exact inputs and outputs, and stops at a price limit", async () => {
    const { networkHelpers } = await network.getOrCreate();
    const { uniswap, provider, pool, weth, usdc, ethers } = await networkHelpers.loadFixture(uniswapWithTokens);
    await addFullRangeLiquidity(provider, uniswap, pool, poolAmounts(pool, 1_000n * ETH, 2_000_000n * USDC));

    const beforeSale = await usdc.balanceOf(provider.address);
    await swapExactInput(provider, uniswap, pool, { tokenIn: pool.base, amountIn: 10n * ETH });
    // constant product with a 0.3 % fee: 2,000,000 · 9.97 / 1009.97
    const proceeds = (await usdc.balanceOf(provider.address)) - beforeSale;
    expect(proceeds).to.be.closeTo((2_000_000n * USDC * 997n) / 100_997n, 2n);

    await expect(
      swapExactOutput(provider, uniswap, pool, { tokenIn: pool.quote, amountOut: 10n * ETH, maxAmountIn: proceeds }),
    ).to.revert(ethers);
    const beforePurchase = await weth.balanceOf(provider.address);
    await swapExactOutput(provider, uniswap, pool, {
      tokenIn: pool.quote,
      amountOut: 10n * ETH,
      maxAmountIn: 2n * proceeds,
    });
    expect((await weth.balanceOf(provider.address)) - beforePurchase).to.equal(10n * ETH);

    const target = poolSqrtPriceX96(pool, unitPrice({ numerator: 1_500n, denominator: 1n }, 18, 6));
    await swapExactInput(provider, uniswap, pool, {
      tokenIn: pool.base,
      amountIn: 40_000n * ETH,
      sqrtPriceLimitX96: target,
    });
    expect((await readSlot0(ethers.provider, pool.address)).sqrtPriceX96).to.equal(target);
    expect(poolPrice(pool, target)).to.deep.equal(await readPoolPrice(ethers.provider, pool));
  });

  it("swaps over a path of several pools", async () => {
    const { networkHelpers } = await network.getOrCreate();
    const { uniswap, provider, pool, ethers } = await networkHelpers.loadFixture(uniswapWithTokens);
    const dai = await ethers.deployContract("MockERC20", ["Dai", "DAI", 18]);
    const daiAddress = await dai.getAddress();
    await dai.mint(provider.address, 10_000_000n * ETH);
    await approve(provider, daiAddress, uniswap.positionManager);
    const second = await createPool(provider, uniswap, {
      base: daiAddress,
      quote: pool.quote,
      fee: 500,
      price: unitPrice({ numerator: 1n, denominator: 1n }, 18, 6),
    });
    await addFullRangeLiquidity(provider, uniswap, pool, poolAmounts(pool, 1_000n * ETH, 2_000_000n * USDC));
    await addFullRangeLiquidity(provider, uniswap, second, poolAmounts(second, 5_000_000n * ETH, 5_000_000n * USDC));
    const path = encodePath([pool.base, pool.quote, daiAddress], [pool.fee, second.fee]);
    const { quoter, swapRouter } = connectUniswapV3(uniswap, provider);
    const [quoted] = await quoter.quoteExactInput.staticCall(path, ETH);
    const before = await dai.balanceOf(provider.address);
    await swapRouter.exactInput({
      path,
      recipient: provider.address,
      deadline: 1n << 60n,
      amountIn: ETH,
      amountOutMinimum: quoted,
    });
    expect((await dai.balanceOf(provider.address)) - before).to.equal(quoted);
    expect(quoted).to.be.greaterThan(1_980n * ETH);
    expect(() => encodePath([pool.base], [500])).to.throw("one token more");
  });
});
