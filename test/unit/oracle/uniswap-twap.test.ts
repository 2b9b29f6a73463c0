import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  describePool,
  encodeCreatePool,
  encodeSwapExactInput,
  type UniswapPool,
} from "../../../sim/market/uniswap-calls.ts";
import { connectPool, deployUniswapV3 } from "../../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../../sim/market/uniswap-math.ts";
import {
  addFullRangeLiquidity,
  approve,
  createPool,
  readSlot0,
  swapExactInput,
} from "../../../sim/market/uniswap-pool.ts";
import { deployAccessManager, expectWithinBps, Status } from "../../shared/oracle-fixtures.ts";
import { tickPrice36 } from "../../shared/tick-reference.ts";

const ETH = 10n ** 18n;
const USDC = 10n ** 6n;
const WINDOW = 1_800n;
const ETH_PRICE = { numerator: 2_000n, denominator: 1n };

interface Side {
  readonly address: string;
  readonly pool: UniswapPool;
}

/** Real pools of two assets against USDC, one whose address is below USDC's (token0) and one above (token1). */
async function realPools(connection: NetworkConnection) {
  const { ethers, networkHelpers } = connection;
  const [governor] = await ethers.getSigners();
  const uniswap = await deployUniswapV3(governor);
  const authority = await deployAccessManager(governor);
  const usdc = await ethers.deployContract("MockERC20", ["USD Coin", "USDC", 6]);
  const usdcAddress = await usdc.getAddress();
  const newAsset = async (below: boolean) => {
    for (;;) {
      const token = await ethers.deployContract("MockERC20", ["Ether", "WETH", 18]);
      const address = await token.getAddress();
      if (BigInt(address) < BigInt(usdcAddress) === below) return token;
    }
  };
  const oracle = await ethers.deployContract("PriceOracle", [usdcAddress, authority]);
  const side = async (below: boolean) => {
    const asset = await newAsset(below);
    const address = await asset.getAddress();
    for (const token of [usdc, asset]) {
      await token.mint(governor.address, 10n ** 30n);
      await approve(governor, await token.getAddress(), uniswap.positionManager);
      await approve(governor, await token.getAddress(), uniswap.swapRouter);
    }
    const pool = await createPool(governor, uniswap, {
      base: address,
      quote: usdcAddress,
      fee: 3_000,
      price: unitPrice(ETH_PRICE, 18, 6),
      observations: 200,
    });
    const [amount0, amount1] = below ? [10_000n * ETH, 20_000_000n * USDC] : [20_000_000n * USDC, 10_000n * ETH];
    await addFullRangeLiquidity(governor, uniswap, pool, { amount0, amount1 });
    return { asset, address, pool };
  };
  const sides = { token0: await side(true), token1: await side(false) };
  await networkHelpers.time.increase(WINDOW + 60n);

  /** Sells base, or quote if `amount` is negative, for the other. */
  const trade = async ({ pool }: Side, amount: bigint) => {
    const [tokenIn, amountIn] = amount > 0n ? [pool.base, amount] : [pool.quote, -amount];
    await swapExactInput(governor, uniswap, pool, { tokenIn, amountIn });
  };
  const market = (pool: string, snapshotMaxAge = 0n) => ({
    feeds: [],
    feedsInQuote: false,
    twapPool: pool,
    twapWindow: WINDOW,
    snapshotMaxAge,
    emaTimeConstant: 3_600n,
    bandBps: 500n,
    bandWidenBpsPerMinute: 100n,
    requiredSources: 1n,
  });
  return { connection, ethers, networkHelpers, governor, uniswap, usdc, usdcAddress, oracle, sides, trade, market };
}

describe("PriceOracle: a real Uniswap v3 pool", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(realPools);

  /** What the pool itself says, in quote per asset, rounded down there. */
  async function expectedTick({ governor }: Awaited<ReturnType<typeof realPools>>, { pool }: Side, window: bigint) {
    const [cumulatives] = await connectPool(pool.address, governor).getFunction("observe").staticCall([window, 0n]);
    const change = (BigInt(cumulatives[1]) - BigInt(cumulatives[0])) * (pool.baseIsToken0 ? 1n : -1n);
    const mean = change / window;
    return change < 0n && change % window !== 0n ? mean - 1n : mean;
  }

  for (const name of ["token0", "token1"] as const) {
    describe(`the asset is ${name}`, () => {
      it("its price is the pool's geometric mean over the window, after trades both ways", async () => {
        const setting = await load();
        const { oracle, sides, trade, market, networkHelpers } = setting;
        const side = sides[name];
        await oracle.setMarket(side.address, market(side.pool.address));
        expectWithinBps(await oracle.liquidationPrice(side.address), 2_000n * 10n ** 24n, 1.1, "start");
        for (const amount of [300n * ETH, -1_500_000n * USDC, 25n * ETH, -7_000n * USDC]) {
          await trade(side, amount);
          await networkHelpers.time.increase(317);
          const expected = tickPrice36(await expectedTick(setting, side, WINDOW));
          const price = await oracle.liquidationPrice(side.address);
          expect(price - expected).to.be.within(-(expected / 10n ** 15n), expected / 10n ** 15n);
        }
        // Everything left the window but the last price.
        await networkHelpers.time.increase(WINDOW);
        const { tick } = await readSlot0(connection.ethers.provider, side.pool.address);
        const spot = tickPrice36(BigInt(side.pool.baseIsToken0 ? tick : -tick));
        expectWithinBps(await oracle.liquidationPrice(side.address), spot, 0.001, "end");
      });

      it("a trade moves it by its share of the window's time, not at once", async () => {
        const setting = await load();
        const { oracle, sides, trade, market, networkHelpers } = setting;
        const side = sides[name];
        await oracle.setMarket(side.address, market(side.pool.address));
        const before = await oracle.liquidationPrice(side.address);
        await trade(side, 10_000n * ETH); // the spot price falls to about a quarter
        expectWithinBps(await oracle.liquidationPrice(side.address), before, 10);
        await networkHelpers.time.increase(WINDOW / 2n);
        // Half of the window at a quarter: the geometric mean is a half.
        expectWithinBps(await oracle.liquidationPrice(side.address), before / 2n, 50);
      });
    });
  }

  describe("#setMarket", () => {
    it("reverts when the pool is younger than the window", async () => {
      const { governor, uniswap, usdcAddress, sides, oracle, market } = await load();
      const pool = await createPool(governor, uniswap, {
        base: sides.token0.address,
        quote: usdcAddress,
        fee: 500,
        price: unitPrice(ETH_PRICE, 18, 6),
      });
      await expect(oracle.setMarket(sides.token0.address, market(pool.address)))
        .to.be.revertedWithCustomError(oracle, "OracleTwapUnavailable")
        .withArgs(pool.address, WINDOW);
    });

    it("reverts when the pool was never initialised", async () => {
      const { governor, uniswap, usdcAddress, sides, oracle, market } = await load();
      const pool = describePool(uniswap.factory, sides.token0.address, usdcAddress, 500);
      await governor.sendTransaction(encodeCreatePool(uniswap, pool));
      await expect(oracle.setMarket(sides.token0.address, market(pool.address)))
        .to.be.revertedWithCustomError(oracle, "OracleTwapUnavailable")
        .withArgs(pool.address, WINDOW);
    });
  });

  it("a pool that forgets: observations overwritten within the window leave no TWAP", async () => {
    const { governor, uniswap, usdcAddress, sides, oracle, market, networkHelpers } = await load();
    const side = sides.token0;
    // One observation only: each trade overwrites it.
    const pool = await createPool(governor, uniswap, {
      base: side.address,
      quote: usdcAddress,
      fee: 500,
      price: unitPrice(ETH_PRICE, 18, 6),
    });
    await addFullRangeLiquidity(governor, uniswap, pool, { amount0: 100n * ETH, amount1: 200_000n * USDC });
    await networkHelpers.time.increase(WINDOW);
    await oracle.setMarket(side.address, market(pool.address));
    await swapExactInput(governor, uniswap, pool, { tokenIn: side.address, amountIn: ETH });
    expect((await oracle.sourcesOf(side.address))[0].status).to.equal(Status.Reverted);
    await expect(oracle.liquidationPrice(side.address)).to.be.revertedWithCustomError(oracle, "OracleNoFreshSource");
  });

  describe("the slow average", () => {
    it("takes the mean since the last poke, although that is longer than the window", async () => {
      const setting = await load();
      const { oracle, sides, trade, market, networkHelpers } = setting;
      const side = sides.token0;
      await oracle.setMarket(side.address, market(side.pool.address));
      const start = await oracle.snapshotOf(side.address);
      await networkHelpers.time.increase(5_000);
      await trade(side, 1_000n * ETH);
      // An hour and a half at the old price, ten minutes at the new one: the last half hour alone would say more.
      await networkHelpers.time.increase(600);
      await oracle.poke(side.address);
      const end = await oracle.snapshotOf(side.address);
      const elapsed = end.updatedAt - start.updatedAt;
      const mean = Number(await expectedTick(setting, side, elapsed));
      const kept = Math.exp(-Number(elapsed) / 3_600);
      const expected = mean + (Number(start.emaTickE6) / 1e6 - mean) * kept;
      expect(Math.abs(Number(end.emaTickE6) / 1e6 - expected) < 1e-3).to.equal(true);
    });

    it("does not see a price that was made and unmade around a poke in one block", async () => {
      const setting = await load();
      const { oracle, sides, trade, market, networkHelpers, ethers, governor } = setting;
      const side = sides.token0;
      await oracle.setMarket(side.address, market(side.pool.address));
      const { emaTickE6, twapTick } = await oracle.snapshotOf(side.address);
      await networkHelpers.time.increase(600);
      await ethers.provider.send("evm_setAutomine", [false]);
      const nonce = await governor.getNonce();
      const swap = (tokenIn: string, amountIn: bigint) =>
        encodeSwapExactInput(setting.uniswap, side.pool, { tokenIn, amountIn, recipient: governor.address });
      const gasLimit = 1_000_000n;
      await governor.sendTransaction({ ...swap(side.address, 10_000n * ETH), nonce, gasLimit });
      await oracle.poke(side.address, { nonce: nonce + 1, gasLimit });
      await governor.sendTransaction({ ...swap(side.pool.quote, 10_000_000n * USDC), nonce: nonce + 2, gasLimit });
      await networkHelpers.mine();
      await ethers.provider.send("evm_setAutomine", [true]);
      const after = await oracle.snapshotOf(side.address);
      expect(after.updatedAt).to.be.greaterThan(0n);
      expect(after.updatedAt).to.equal(BigInt(await networkHelpers.time.latest())); // it was poked in that block
      expect([after.emaTickE6, after.twapTick]).to.deep.equal([emaTickE6, twapTick]);
      await trade(side, ETH); // the pool still works
    });
  });

  describe("UniswapTwap.meanTick", () => {
    async function meanTickOf(base: bigint, change: bigint, assetIsToken0: boolean, window = 1_800n) {
      const { ethers, usdcAddress, sides } = await load();
      const mock = await ethers.deployContract("MockObservations", [sides.token0.address, usdcAddress, 0]);
      await mock.setAccumulator(base, change);
      const harness = await ethers.deployContract("OracleMathHarness");
      return [...(await harness.meanTick(await mock.getAddress(), assetIsToken0, window))];
    }

    it("rounds towards −∞ in quote per asset on both sides, so that the price is rounded down", async () => {
      expect(await meanTickOf(0n, 1_801n, true)).to.deep.equal([true, 1n]);
      expect(await meanTickOf(0n, -1_801n, true)).to.deep.equal([true, -2n]);
      expect(await meanTickOf(0n, 1_801n, false)).to.deep.equal([true, -2n]);
      expect(await meanTickOf(0n, -1_801n, false)).to.deep.equal([true, 1n]);
      expect(await meanTickOf(0n, -3_600n, true)).to.deep.equal([true, -2n]);
    });

    it("passes over the accumulators' wrap-around", async () => {
      const highest = 2n ** 55n - 1n;
      expect(await meanTickOf(highest - 10n, 1_800n * 7n, true)).to.deep.equal([true, 7n]);
      expect(await meanTickOf(-highest, -1_800n * 7n, true)).to.deep.equal([true, -7n]);
    });

    it("takes Uniswap's extreme ticks and nothing beyond", async () => {
      expect(await meanTickOf(0n, 887_272n * 1_800n, true)).to.deep.equal([true, 887_272n]);
      expect(await meanTickOf(0n, 887_272n * 1_800n + 1_800n, true)).to.deep.equal([false, 0n]);
      expect(await meanTickOf(0n, -887_272n * 1_800n - 1n, true)).to.deep.equal([false, 0n]);
    });
  });
});
