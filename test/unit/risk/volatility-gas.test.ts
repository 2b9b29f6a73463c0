import { expect } from "chai";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deployUniswapV3 } from "../../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool, swapExactInput } from "../../../sim/market/uniswap-pool.ts";
import { deployAccessManager } from "../../shared/oracle-fixtures.ts";
import { configuredVolatility, wad } from "../../shared/volatility-fixtures.ts";

const ETH = 10n ** 18n;
const USDC = 10n ** 6n;
const INTERVAL = 1_800;
const OBSERVATIONS = 160;

/** A transaction and the bytes of its call: what a poke within `RiskEngine.poke` does not pay. [gas] */
const INTRINSIC = 21_000n + 24n * 16n;

/** A real pool whose 160 observations are all written, and stand every 12 s: the longest search that they can need. */
async function busyPool(connection: NetworkConnection) {
  const { ethers, networkHelpers } = connection;
  const [trader] = await ethers.getSigners();
  const uniswap = await deployUniswapV3(trader);
  const tokens = [
    await ethers.deployContract("MockERC20", ["Ether", "WETH", 18]),
    await ethers.deployContract("MockERC20", ["USD Coin", "USDC", 6]),
  ];
  const [weth, usdc] = await Promise.all(tokens.map((token) => token.getAddress()));
  for (const token of tokens) {
    await token.mint(trader.address, 10n ** 30n);
    for (const spender of [uniswap.positionManager, uniswap.swapRouter]) {
      await approve(trader, await token.getAddress(), spender);
    }
  }
  const price = unitPrice({ numerator: 2_000n, denominator: 1n }, 18, 6);
  const pool = await createPool(trader, uniswap, {
    base: weth,
    quote: usdc,
    fee: 3_000,
    price,
    observations: OBSERVATIONS,
  });
  const [amount0, amount1] = pool.baseIsToken0 ? [1_000n * ETH, 2_000_000n * USDC] : [2_000_000n * USDC, 1_000n * ETH];
  await addFullRangeLiquidity(trader, uniswap, pool, { amount0, amount1 });
  const prices = await ethers.deployContract("ConstantPriceOracle", [usdc]);
  const authority = await deployAccessManager(trader);
  const oracle = await ethers.deployContract("VolatilityOracle", [await prices.getAddress(), authority]);

  const { time } = networkHelpers;
  const trade = async (tokenIn: string, amountIn: bigint) => {
    await time.setNextBlockTimestamp((await time.latest()) + 12);
    await swapExactInput(trader, uniswap, pool, { tokenIn, amountIn });
  };
  const tradeInterval = async () => {
    for (let i = 0; i < INTERVAL / 24; ++i) {
      await trade(weth, ETH);
      await trade(usdc, 2_100n * USDC);
    }
  };
  await tradeInterval();
  await trade(weth, ETH);
  await oracle.setAsset(weth, {
    ...{
      pool: pool.address,
      interval: INTERVAL,
      initialWad: wad(0.04),
      initialSlowWad: 0n,
      stressWad: wad(0.08),
      floorWad: wad(0.01),
    },
    ...{ clampWad: wad(1.5), impliedMaxAge: 86_400 },
  });
  await tradeInterval();
  await trade(weth, ETH);
  await time.setNextBlockTimestamp((Math.floor((await time.latest()) / INTERVAL) + 1) * INTERVAL + 900);
  await oracle.poke(weth);
  await tradeInterval();
  await time.setNextBlockTimestamp((await time.latest()) + 12);
  return { connection, oracle, weth };
}

describe("VolatilityOracle: gas", () => {
  let connection: NetworkConnection;
  before(async function () {
    connection = await network.create();
    if (hre.globalOptions.coverage) this.skip(); // its probes cost gas
  });
  after(() => connection.close());

  it("a sample from a real pool with a full memory: ≤ 55,000 beside the transaction, everything cold", async () => {
    const { oracle, weth } = await connection.networkHelpers.loadFixture(busyPool);
    const tx = await oracle.poke(weth);
    await expect(tx).to.emit(oracle, "VolatilitySampled");
    const gas = ((await tx.wait())?.gasUsed ?? 0n) - INTRINSIC;
    expect(gas).to.be.within(40_000n, 55_000n);
  });

  it("a poke when nothing is due: ≤ 12,000", async () => {
    const { oracle, first } = await connection.networkHelpers.loadFixture(configuredVolatility);
    const receipt = await (await oracle.poke(first)).wait();
    expect((receipt?.gasUsed ?? 0n) - INTRINSIC).to.be.within(5_000n, 12_000n);
  });
});
