import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { encodeSwapExactInput, poolSqrtPriceX96, type EncodedCall } from "../../../sim/market/uniswap-calls.ts";
import { deployUniswapV3 } from "../../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool, readSlot0 } from "../../../sim/market/uniswap-pool.ts";
import { createRng } from "../../../sim/rng.ts";
import { deployAccessManager, usdcPerWeth36 } from "../../shared/oracle-fixtures.ts";
import { fromWad, PARAMETERS, wad } from "../../shared/volatility-fixtures.ts";

const ETH = 10n ** 18n;
const USDC = 10n ** 6n;
const INTERVAL = 600;
const BLOCK = 12;
/** An hour of blocks, of which the first interval ends after 50. */
const BLOCKS = 300;

/** A real pool at 2000 that has traded for an hour, its oracle, and one whose pool remembers one observation only. */
async function tradedPool(connection: NetworkConnection) {
  const { ethers, networkHelpers } = connection;
  const [trader] = await ethers.getSigners();
  const uniswap = await deployUniswapV3(trader);
  const usdc = await ethers.deployContract("MockERC20", ["USD Coin", "USDC", 6]);
  const weth = await ethers.deployContract("MockERC20", ["Ether", "WETH", 18]);
  const btc = await ethers.deployContract("MockERC20", ["Bitcoin", "WBTC", 18]);
  const [usdcAddress, wethAddress, btcAddress] = await Promise.all([usdc, weth, btc].map((each) => each.getAddress()));
  for (const token of [usdc, weth]) {
    await token.mint(trader.address, 10n ** 30n);
    await approve(trader, await token.getAddress(), uniswap.positionManager);
    await approve(trader, await token.getAddress(), uniswap.swapRouter);
  }
  const price = (dollars: number) =>
    unitPrice({ numerator: BigInt(Math.round(dollars * 100)), denominator: 100n }, 18, 6);
  const newPool = async (fee: number, observations: number | undefined) => {
    const pool = await createPool(trader, uniswap, {
      ...{ base: wethAddress, quote: usdcAddress, fee, price: price(2_000) },
      ...(observations === undefined ? {} : { observations }),
    });
    const [amount0, amount1] = pool.baseIsToken0
      ? [10_000n * ETH, 20_000_000n * USDC]
      : [20_000_000n * USDC, 10_000n * ETH];
    await addFullRangeLiquidity(trader, uniswap, pool, { amount0, amount1 });
    return pool;
  };
  const pool = await newPool(3_000, INTERVAL / BLOCK + 2);
  const forgetful = await newPool(500, undefined);
  await networkHelpers.time.increase(INTERVAL);

  const authority = await deployAccessManager(trader);
  const prices = await ethers.deployContract("ConstantPriceOracle", [usdcAddress]);
  await prices.setPrice(btcAddress, usdcPerWeth36(30_000));
  const inputFor = (pool: string) => ({
    ...{
      pool,
      interval: INTERVAL,
      initialWad: wad(PARAMETERS.initial),
      initialSlowWad: 0n,
      stressWad: wad(PARAMETERS.stress),
    },
    ...{ floorWad: wad(PARAMETERS.floor), clampWad: wad(PARAMETERS.clamp), impliedMaxAge: 0n },
  });
  const newOracle = async (address: string) => {
    const oracle = await ethers.deployContract("VolatilityOracle", [await prices.getAddress(), authority]);
    await oracle.setAsset(wethAddress, inputFor(address));
    await oracle.setAsset(btcAddress, inputFor(ethers.ZeroAddress));
    await oracle.setPair(wethAddress, btcAddress, 0, 50);
    return oracle;
  };
  const oracle = await newOracle(pool.address);
  const ofForgetful = await newOracle(forgetful.address);

  /** A swap until the price is this, whichever way that is. */
  const moveTo = async (dollars: number, which = pool): Promise<EncodedCall> => {
    const limit = poolSqrtPriceX96(which, price(dollars));
    const { sqrtPriceX96 } = await readSlot0(ethers.provider, which.address);
    const token0In = limit < sqrtPriceX96;
    const tokenIn = token0In === which.baseIsToken0 ? which.base : which.quote;
    return encodeSwapExactInput(uniswap, which, {
      ...{ tokenIn, amountIn: 10n ** 27n, sqrtPriceLimitX96: limit, recipient: trader.address },
    });
  };
  const pokeOf = async (each: typeof oracle): Promise<EncodedCall> => ({
    to: await each.getAddress(),
    data: each.interface.encodeFunctionData("poke", [wethAddress]),
  });
  const beginOf = async (each: typeof oracle): Promise<EncodedCall> => ({
    to: await each.getAddress(),
    data: each.interface.encodeFunctionData("setAsset", [wethAddress, inputFor(pool.address)]),
  });
  const pokePairOf = async (each: typeof oracle): Promise<EncodedCall> => ({
    to: await each.getAddress(),
    data: each.interface.encodeFunctionData("pokePair", [wethAddress, btcAddress]),
  });
  /** One block, this many seconds after the last, with these calls in this order. */
  const mineBlock = async (calls: readonly EncodedCall[], seconds = BLOCK) => {
    const time = (await networkHelpers.time.latest()) + seconds;
    await ethers.provider.send("evm_setAutomine", [false]);
    const sent = [];
    for (const call of calls) sent.push(await trader.sendTransaction({ ...call, gasLimit: 2_000_000 }));
    await networkHelpers.time.setNextBlockTimestamp(time);
    await networkHelpers.mine();
    await ethers.provider.send("evm_setAutomine", [true]);
    for (const transaction of sent) expect((await transaction.wait())?.status).to.equal(1);
  };

  // An hour of trades, so that there is something to estimate.
  const rng = createRng("trades");
  let dollars = 2_000;
  for (let traded = 0; traded < BLOCKS; traded += 10) {
    dollars *= Math.exp(0.04 * Math.sqrt((10 * BLOCK) / 86_400) * rng.normal());
    await mineBlock(
      [await moveTo(dollars), await moveTo(dollars, forgetful), await pokeOf(oracle), await pokeOf(ofForgetful)],
      10 * BLOCK,
    );
  }
  // To the last block before one in which a sample is due.
  const now = await networkHelpers.time.latest();
  await mineBlock([await pokePairOf(oracle), await pokePairOf(ofForgetful)], 2 * INTERVAL - (now % INTERVAL) - BLOCK);
  return {
    ...{ connection, ethers, networkHelpers, oracle, ofForgetful, wethAddress, btcAddress, dollars, forgetful },
    ...{ newOracle, moveTo, pokeOf, pokePairOf, beginOf, mineBlock, pool },
  };
}

describe("VolatilityOracle: manipulation of a real Uniswap v3 pool", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(tradedPool);

  /** What both oracles estimate after a block with these calls, of which nothing remains. */
  async function estimatesAfter(
    { networkHelpers, oracle, ofForgetful, wethAddress, btcAddress, mineBlock }: Awaited<ReturnType<typeof load>>,
    calls: readonly EncodedCall[],
  ) {
    const snapshot = await networkHelpers.takeSnapshot();
    await mineBlock(calls);
    const estimates = await Promise.all([
      oracle.volatilityOf(wethAddress),
      ofForgetful.volatilityOf(wethAddress),
      oracle.correlationOf(wethAddress, btcAddress),
      ofForgetful.correlationOf(wethAddress, btcAddress),
    ]);
    await snapshot.restore();
    return estimates;
  }

  it("to trade, poke and trade back in one block changes nothing, to the last bit, however far the trade", async () => {
    const setting = await load();
    const { oracle, ofForgetful, wethAddress, dollars, forgetful, moveTo, pokeOf, pokePairOf } = setting;
    const pokes = [
      ...[await pokeOf(oracle), await pokeOf(ofForgetful)],
      ...[await pokePairOf(oracle), await pokePairOf(ofForgetful)],
    ];
    const before = await oracle.volatilityOf(wethAddress);
    const honest = await estimatesAfter(setting, pokes);
    expect(honest[0].sampledAt).to.be.greaterThan(before.sampledAt);
    for (const factor of [0.1, 0.8, 1.2, 10]) {
      const there = [await moveTo(dollars * factor), await moveTo(dollars * factor, forgetful)];
      // Back by the opposite trade: the limit is on the other side by then.
      const back = await backTo(setting, factor);
      expect(await estimatesAfter(setting, [...there, ...pokes, ...back])).to.deep.equal(honest);
    }
  });

  /** Swaps back to where both pools are now, from beyond. */
  async function backTo(
    { networkHelpers, mineBlock, moveTo, dollars, forgetful }: Awaited<ReturnType<typeof load>>,
    factor: number,
  ) {
    const snapshot = await networkHelpers.takeSnapshot();
    await mineBlock([await moveTo(dollars * factor), await moveTo(dollars * factor, forgetful)]);
    const back = [await moveTo(dollars), await moveTo(dollars, forgetful)];
    await snapshot.restore();
    return back;
  }

  it("to poke in every block changes nothing, against once an interval, while the pool trades", async () => {
    const { newOracle, pool, wethAddress, networkHelpers, moveTo, pokeOf, beginOf, mineBlock, dollars } = await load();
    const [often, seldom] = [await newOracle(pool.address), await newOracle(pool.address)];
    await mineBlock([await beginOf(often), await beginOf(seldom)]);
    const { sampledAt, fastWad } = await often.volatilityOf(wethAddress);
    const rng = createRng("every block");
    let at = dollars;
    for (let block = 0; block < 160; ++block) {
      at *= Math.exp(0.04 * Math.sqrt(BLOCK / 86_400) * rng.normal());
      const calls = [await moveTo(at), await pokeOf(often)];
      const isLate = (await networkHelpers.time.latest()) % INTERVAL >= INTERVAL - 3 * BLOCK;
      await mineBlock(isLate ? [...calls, await pokeOf(seldom)] : calls);
    }
    const [a, b] = [await often.volatilityOf(wethAddress), await seldom.volatilityOf(wethAddress)];
    // 32 minutes: at least two intervals after the first.
    expect(a.sampledAt).to.be.greaterThan(sampledAt + 2n * BigInt(INTERVAL));
    expect(a.fastWad).to.not.equal(fastWad);
    expect(a).to.deep.equal(b);
  });

  it("to hold the price 20 % off for a whole block moves the estimate by less than 2 %", async () => {
    const setting = await load();
    const { networkHelpers, oracle, wethAddress, dollars, moveTo, pokeOf, mineBlock } = setting;
    const run = async (attack: boolean) => {
      const snapshot = await networkHelpers.takeSnapshot();
      // In the middle of an interval, where both of its samples see it.
      await mineBlock([], INTERVAL / 2);
      await mineBlock(attack ? [await moveTo(dollars * 0.8)] : []);
      await mineBlock(attack ? [await moveTo(dollars)] : []);
      await mineBlock([await pokeOf(oracle)], INTERVAL);
      await mineBlock([await pokeOf(oracle)], INTERVAL);
      const { fastWad, sigmaWad } = await oracle.volatilityOf(wethAddress);
      await snapshot.restore();
      return { fast: fromWad(fastWad), sigma: fromWad(sigmaWad) };
    };
    const [honest, attacked] = [await run(false), await run(true)];
    expect(attacked.fast / honest.fast).to.be.within(1, 1.02);
    expect(attacked.sigma / honest.sigma).to.be.within(1, 1.005);
  });
});
