import type { NetworkConnection } from "hardhat/types/network";

import { encodeDecreaseLiquidity, poolAmounts, type UniswapPool } from "../../sim/market/uniswap-calls.ts";
import { connectUniswapV3, deployUniswapV3 } from "../../sim/market/uniswap-deploy.ts";
import { fullRange, sqrtDown, unitPrice, usableTickDown } from "../../sim/market/uniswap-math.ts";
import { addLiquidity, approve, createPool, readSlot0, send, swapExactInput } from "../../sim/market/uniswap-pool.ts";
import { deployAccessManager } from "./oracle-fixtures.ts";

/** Loan asset per asset, in whole units. */
export const PRICE = { numerator: 2_000n, denominator: 1n };
export const WINDOW = 1_800n;
export const IMPACT_BPS = 200n;
export const HOUR = 3_600n;
export const DAY = 86_400n;
/** As `UniswapDepth.Status`. */
export const DepthStatus = { Ok: 0n, Reverted: 1n, Invalid: 2n, NoHistory: 3n } as const;

/** A position. */
export interface Position {
  /** Worth of each of the two tokens at most. [whole loan-asset units] */
  readonly value: bigint;
  /** Ticks of the asset's price from the present one; left out: the full range. */
  readonly from?: number;
  readonly to?: number;
}

export interface DepthSetting {
  readonly assetIsToken0: boolean;
  readonly assetDecimals: number;
  readonly loanDecimals: number;
}

export interface MarketInput {
  pools: string[];
  impactBps: bigint;
  maxTicks: bigint;
  window: bigint;
  riseTau: bigint;
  fallTau: bigint;
}

export function marketInput(pools: string[], changes: Partial<MarketInput> = {}): MarketInput {
  return {
    ...{ pools, impactBps: IMPACT_BPS, maxTicks: 64n, window: WINDOW, riseTau: 6n * HOUR, fallTau: 600n },
    ...changes,
  };
}

/** `y = depth / (1 − √(1−p))`, in floating point. */
export function reserveOf(depth: number, impactBps: number): number {
  return depth / (1 - Math.sqrt(1 - impactBps / 1e4));
}

/** An asset, a loan asset and a real Uniswap v3, with an oracle that knows no market yet. */
export async function deployDepth(connection: NetworkConnection, setting: DepthSetting) {
  const { ethers, networkHelpers } = connection;
  const [governor, stranger] = await ethers.getSigners();
  const uniswap = await deployUniswapV3(governor);
  const authority = await deployAccessManager(governor);
  const loan = await ethers.deployContract("MockERC20", ["Dollar", "USD", setting.loanDecimals]);
  const loanAddress = await loan.getAddress();
  let asset = await ethers.deployContract("MockERC20", ["Ether", "ETH", setting.assetDecimals]);
  while (BigInt(await asset.getAddress()) < BigInt(loanAddress) !== setting.assetIsToken0) {
    asset = await ethers.deployContract("MockERC20", ["Ether", "ETH", setting.assetDecimals]);
  }
  const assetAddress = await asset.getAddress();
  for (const token of [loan, asset]) {
    await token.mint(governor.address, 10n ** 40n);
    await approve(governor, await token.getAddress(), uniswap.positionManager);
    await approve(governor, await token.getAddress(), uniswap.swapRouter);
  }
  const oracle = await ethers.deployContract("LiquidityOracle", [loanAddress, authority]);
  const one = { asset: 10n ** BigInt(setting.assetDecimals), loan: 10n ** BigInt(setting.loanDecimals) };

  /** A pool at the price, empty. */
  const newPool = (fee: number, observations = 200) =>
    createPool(governor, uniswap, {
      ...{ base: assetAddress, quote: loanAddress, fee, observations },
      price: unitPrice(PRICE, setting.assetDecimals, setting.loanDecimals),
    });

  const mint = async (pool: UniswapPool, { value, from, to }: Position) => {
    const amounts = poolAmounts(pool, (value * one.asset) / PRICE.numerator, value * one.loan);
    if (from === undefined || to === undefined) {
      return addLiquidity(governor, uniswap, pool, { ...fullRange(pool.tickSpacing), ...amounts });
    }
    const { tick } = await readSlot0(ethers.provider, pool.address);
    const [low, high] = pool.baseIsToken0 ? [tick + from, tick + to] : [tick - to, tick - from];
    const tickLower = usableTickDown(low, pool.tickSpacing);
    const tickUpper = usableTickDown(high, pool.tickSpacing) + pool.tickSpacing;
    return addLiquidity(governor, uniswap, pool, { tickLower, tickUpper, ...amounts });
  };

  /** Takes all liquidity out of a position. The first that was minted is 1. */
  const burn = async (tokenId: bigint) => {
    const { positionManager } = connectUniswapV3(uniswap, governor);
    const { liquidity } = await positionManager.positions(tokenId);
    await send(governor, encodeDecreaseLiquidity(uniswap, tokenId, liquidity));
  };

  /** Sells the asset until its price has fallen by the impact; what that obtained. */
  const sellDown = async (pool: UniswapPool, impactBps = IMPACT_BPS) => {
    const { sqrtPriceX96 } = await readSlot0(ethers.provider, pool.address);
    const kept = sqrtDown((10_000n - impactBps) * 10n ** 32n); // √(1−p) × 1e18
    const limit = pool.baseIsToken0 ? (sqrtPriceX96 * kept) / 10n ** 18n + 1n : (sqrtPriceX96 * 10n ** 18n) / kept;
    const before = await loan.balanceOf(governor.address);
    const swap = { tokenIn: pool.base, amountIn: 10n ** 36n, sqrtPriceLimitX96: limit };
    await swapExactInput(governor, uniswap, pool, swap);
    return (await loan.balanceOf(governor.address)) - before;
  };

  const pass = (seconds: bigint) => networkHelpers.time.increase(seconds);
  const depth = async () => (await oracle.depthOf(assetAddress)).depth;
  return {
    ...{ connection, ethers, networkHelpers, governor, stranger, uniswap, authority, oracle, one },
    ...{ asset, assetAddress, loan, loanAddress, newPool, mint, burn, sellDown, pass, depth },
  };
}

export type DepthMarket = Awaited<ReturnType<typeof deployDepth>>;

const USUAL: DepthSetting = { assetIsToken0: true, assetDecimals: 18, loanDecimals: 6 };

/** One pool of 0.3 %, ten million over all prices and some near, for longer than the window; not configured yet. */
export async function onePool(connection: NetworkConnection) {
  const market = await deployDepth(connection, USUAL);
  const pool = await market.newPool(3_000);
  await market.mint(pool, { value: 10_000_000n });
  await market.mint(pool, { value: 50_000n, from: -100, to: 100 });
  await market.pass(WINDOW + 60n);
  return { ...market, pool };
}

/** The same, configured. */
export async function onePoolConfigured(connection: NetworkConnection) {
  const market = await onePool(connection);
  await market.oracle.setMarket(market.assetAddress, marketInput([market.pool.address]));
  return market;
}

/** Two such pools, the first behind a front that can be broken, both configured. */
export async function brokenAndWhole(connection: NetworkConnection) {
  const market = await onePool(connection);
  const second = await market.newPool(500);
  await market.mint(second, { value: 1_000_000n });
  await market.pass(WINDOW + 60n);
  const front = await market.ethers.deployContract("BreakablePool", [market.pool.address]);
  const frontAddress = await front.getAddress();
  await market.oracle.setMarket(market.assetAddress, marketInput([frontAddress, second.address]));
  return { ...market, second, front, frontAddress };
}
