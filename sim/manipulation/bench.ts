import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { ContractFactory, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { poolAmounts, poolSqrtPriceX96 } from "../market/uniswap-calls.ts";
import { deployUniswapV3 } from "../market/uniswap-deploy.ts";
import { unitPrice } from "../market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool, readSlot0, swapExactInput } from "../market/uniswap-pool.ts";

/** True price of the collateral, in the loan asset. */
export const PRICE = 2_000;
/** As `ignition` and the tests configure the oracle. */
export const ORACLE = { bandBps: 500, bandWidenBpsPerMinute: 100, emaSeconds: 3_600, fee: 500 } as const;
export const BLOCK_SECONDS = 12;
/** Share of the price up to which `depth` is sold. */
const IMPACT = 0.02;
const LOAN_DECIMALS = 6;
const BASE_DECIMALS = 18;
const FEED_DECIMALS = 8;
/** More than any trade needs; Uniswap takes what it uses. */
const MOST = 10n ** 34n;
const DAY = 86_400;

/** Value of both sides of a pool over all prices of which this much can be sold for 2 %. [loan asset] */
export function liquidityOf(depth: number): number {
  return (2 * depth) / (1 - Math.sqrt(1 - IMPACT));
}

/**
 * The real price oracle on a real Uniswap pool with liquidity over all prices, and a feed, all at one price for longer than
 * the window; an attacker and an arbitrageur, who have whatever they need.
 * @param depth What can be sold for a fall of 2 %. [loan asset]
 * @param windowSeconds Of the TWAP.
 */
export async function deployBench(connection: NetworkConnection, depth: number, windowSeconds: number) {
  const { ethers, networkHelpers } = connection;
  const { time } = networkHelpers;
  const [governor, attacker, arbitrageur] = await ethers.getSigners();
  const manager = await new ContractFactory(accessManagerArtifact.abi, accessManagerArtifact.bytecode, governor).deploy(
    governor.address,
  );
  const uniswap = await deployUniswapV3(governor);
  const loan = await ethers.deployContract("MockERC20", ["Dollar", "USD", LOAN_DECIMALS]);
  const base = await ethers.deployContract("MockERC20", ["Ether", "ETH", BASE_DECIMALS]);
  const [loanAddress, baseAddress] = [await loan.getAddress(), await base.getAddress()];
  for (const signer of [governor, attacker, arbitrageur]) {
    for (const [token, address] of [
      [loan, loanAddress],
      [base, baseAddress],
    ] as const) {
      await token.mint(signer.address, 4n * MOST);
      await approve(signer, address, uniswap.positionManager);
      await approve(signer, address, uniswap.swapRouter);
    }
  }
  const priceOf = (price: number) =>
    unitPrice({ numerator: BigInt(Math.round(price * 1e12)), denominator: 10n ** 12n }, BASE_DECIMALS, LOAN_DECIMALS);
  const market = await createPool(governor, uniswap, {
    ...{ base: baseAddress, quote: loanAddress, fee: ORACLE.fee, observations: 100, price: priceOf(PRICE) },
  });
  const reserve = liquidityOf(depth) / 2;
  const amounts = poolAmounts(
    market,
    BigInt(Math.round((reserve / PRICE) * 1e6)) * 10n ** 12n,
    BigInt(Math.round(reserve * 1e6)),
  );
  await addFullRangeLiquidity(governor, uniswap, market, amounts);
  await time.increase(2 * windowSeconds + 60);
  const feed = await ethers.deployContract("MockAggregator", [
    FEED_DECIMALS,
    "ETH / USD",
    BigInt(PRICE) * 10n ** BigInt(FEED_DECIMALS),
  ]);
  const oracle = await ethers.deployContract("PriceOracle", [loanAddress, await manager.getAddress()]);
  await oracle.setMarket(baseAddress, {
    feeds: [{ source: await feed.getAddress(), heartbeat: DAY }],
    ...{ feedsInQuote: true, twapPool: market.address, twapWindow: windowSeconds, snapshotMaxAge: 60 },
    ...{ emaTimeConstant: ORACLE.emaSeconds, bandBps: ORACLE.bandBps, requiredSources: 2 },
    bandWidenBpsPerMinute: ORACLE.bandWidenBpsPerMinute,
  });

  /** Trades the market to this multiple of the true price. */
  const tradeTo = async (signer: Signer, multiple: number) => {
    const { sqrtPriceX96 } = await readSlot0(ethers.provider, market.address);
    const limit = poolSqrtPriceX96(market, priceOf(PRICE * multiple));
    if (limit === sqrtPriceX96) return;
    const tokenIn = limit < sqrtPriceX96 ? market.token0 : market.token1;
    await swapExactInput(signer, uniswap, market, { tokenIn, amountIn: MOST, sqrtPriceLimitX96: limit });
  };
  const balances = async (signer: Signer) => {
    const owner = await signer.getAddress();
    return [await loan.balanceOf(owner), await base.balanceOf(owner)] as const;
  };
  /** Gain of somebody since then, at the true price. [loan asset] */
  const gainSince = async (signer: Signer, [loans, bases]: readonly [bigint, bigint]) => {
    const [loansNow, basesNow] = await balances(signer);
    return Number(loansNow - loans) / 10 ** LOAN_DECIMALS + (Number(basesNow - bases) / 10 ** BASE_DECIMALS) * PRICE;
  };
  /** Value of what he has put in since then: the lower of the two balances' changes, at the true price. [loan asset] */
  const spentSince = async (signer: Signer, [loans, bases]: readonly [bigint, bigint]) => {
    const [loansNow, basesNow] = await balances(signer);
    const [loanSpent, baseSpent] = [Number(loans - loansNow) / 1e6, (Number(bases - basesNow) / 1e18) * PRICE];
    return Math.max(loanSpent, baseSpent);
  };
  const at = (seconds: number) => time.setNextBlockTimestamp(seconds);
  const now = () => time.latest();
  const poke = () => oracle.poke(baseAddress);
  const setFeed = (multiple: number) => feed.setAnswer(BigInt(Math.round(PRICE * multiple * 10 ** FEED_DECIMALS)));
  /** Both prices, as multiples of the true one. */
  const prices = async () => {
    const [lent, judged] = await Promise.all([oracle.borrowPrice(baseAddress), oracle.liquidationPrice(baseAddress)]);
    // 36 decimals, of base units.
    const scale = PRICE * 1e24;
    return { borrow: Number(lent) / scale, liquidation: Number(judged) / scale };
  };
  /** Does something of which nothing remains. */
  const imagine = async <T>(action: () => Promise<T>): Promise<T> => {
    const state = await networkHelpers.takeSnapshot();
    try {
      return await action();
    } finally {
      await state.restore();
    }
  };
  return {
    ...{ attacker, arbitrageur, tradeTo, balances, gainSince, spentSince, at, now, poke, setFeed, prices, imagine },
    ...{ windowSeconds, liquidity: 2 * reserve },
  };
}

export type Bench = Awaited<ReturnType<typeof deployBench>>;
