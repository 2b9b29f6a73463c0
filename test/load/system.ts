import { expect } from "chai";
import { MaxUint256, parseUnits } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deploySystem } from "../../ignition/deploy-system.ts";
import { connectPool } from "../../sim/market/uniswap-deploy.ts";
import { describePool, encodeSwapExactInput } from "../../sim/market/uniswap-calls.ts";
import { approve } from "../../sim/market/uniswap-pool.ts";
import { findGovernance, refreshRisk } from "../../sim/protocols/refresh-risk.ts";
import { createRng } from "../../sim/rng.ts";
import { fixNextBlock } from "../shared/next-block.ts";
import { withoutAutomine } from "../shared/without-automine.ts";

/** What the demo's collaterals cost at the start. [USD] */
const START_PRICES = { WETH: 2_000, WBTC: 60_000 } as const;
/** On either side of each Uniswap v3 pool of the demo, over all prices. [USD] */
const MARKET_SIDE = 10_000_000;
export const USDC = 10n ** 6n;
const BPS = 10_000n;
/** Of WETH, by `reduceRisk`. [wei] */
const TOP_UP = 10n ** 15n;
/** Members that one transaction opens: EIP-7825 allows it 16.8 million gas. */
const AT_ONCE = 16;
const SEED = "load";

/** How many accounts the tests of load have. `npm run load` says 10,000. */
export function accountCount(byDefault: number): number {
  const count = Number(process.env.LOAD_ACCOUNTS ?? byDefault);
  if (!Number.isSafeInteger(count) || count < 10) throw new Error("LOAD_ACCOUNTS must be a whole number from 10");
  return count;
}

/**
 * The demo as `npx hardhat deploy` leaves it, all of its defences on: oracle over feed and Uniswap v3 average, risk engine,
 * breaker, paced auction. On chain, real; only the feeds and the tokens are the tests' to set and to mint.
 */
export async function demoSystem(connection: NetworkConnection) {
  const { ethers } = connection;
  const deployment = await deploySystem(hre, connection);
  const [governor, lender, whale, first, second, other] = await ethers.getSigners();
  const { contracts, uniswap, loan } = deployment;
  if (uniswap === undefined) throw new Error("the demo has no market");
  const collaterals = await Promise.all(
    deployment.collaterals.map(async (entry) => {
      const { symbol, token, decimals, feed = "", uniswapPool = "", uniswapFee = 0 } = entry;
      return {
        ...{ symbol: symbol as keyof typeof START_PRICES, address: token, decimals, uniswapFee },
        token: await ethers.getContractAt("MockERC20", token, governor),
        feed: await ethers.getContractAt("MockAggregator", feed, governor),
        venue: connectPool(uniswapPool, whale),
      };
    }),
  );
  const usdc = await ethers.getContractAt("MockERC20", loan.token, governor);
  const pool = await ethers.getContractAt("LendingPool", contracts.pool, lender);
  for (const { address } of collaterals) await approve(whale, address, uniswap.swapRouter);
  for (const account of [lender, first, second, other]) await usdc.connect(account).approve(contracts.pool, MaxUint256);
  const [weth] = collaterals;
  await weth.token.connect(other).approve(contracts.pool, MaxUint256);
  return {
    ...{ connection, ethers, networkHelpers: connection.networkHelpers, deployment, uniswap },
    ...{ governor, lender, whale, keepers: [first, second], other, collaterals, weth, usdc, pool },
    sales: await ethers.getContractAt("LiquidationModule", contracts.pool, first),
    risk: await ethers.getContractAt("IPoolRisk", contracts.pool, governor),
    oracle: await ethers.getContractAt("PriceOracle", contracts.oracle, first),
    engine: await ethers.getContractAt("RiskEngine", contracts.riskEngine ?? "", first),
    breaker: await ethers.getContractAt("CircuitBreaker", contracts.breaker ?? "", first),
    lens: await ethers.getContractAt("AccountLens", contracts.accountLens ?? "", first),
  };
}

export type DemoSystem = Awaited<ReturnType<typeof demoSystem>>;
type DemoCollateral = DemoSystem["collaterals"][number];

/** What anyone may do, and must where hours have passed: measures the markets, and has the engine judge by that. */
export async function refresh(s: DemoSystem): Promise<void> {
  const governance = await findGovernance(s.connection, await s.pool.getAddress(), s.governor);
  if (governance === undefined) throw new Error("the demo has no engine");
  const tokens = s.collaterals.map(({ address }) => address);
  await refreshRisk(governance, s.pool, tokens, "refresh");
}

/**
 * So many accounts, each with both collaterals in unequal parts, that owe 70 to 99.9 % of what they may; and lenders' money for twice
 * that. Nobody owes enough for a discount on size.
 */
export async function openCrowd(s: DemoSystem, count: number): Promise<string[]> {
  const { ethers, pool, usdc, lender, governor, risk, oracle, collaterals, deployment } = s;
  const typical = 1_000;
  const deposit = BigInt(count) * BigInt(2 * typical) * USDC;
  await usdc.mint(lender.address, deposit);
  await pool.connect(lender).deposit(deposit, lender.address);
  const offers = await Promise.all(
    collaterals.map(async ({ address }) => ({
      ...{ address, price36: await oracle.borrowPrice(address) },
      factorBps: (await risk.riskOf(address)).borrowFactorBps,
    })),
  );
  const rng = createRng(SEED);
  const orders = Array.from({ length: count }, () => {
    const debt = BigInt(Math.round(Math.min(Math.max(rng.lognormal(typical, 0.5), 300), 4 * typical))) * USDC;
    const use = BigInt(Math.round(rng.between(0.7, 0.999) * 1e4));
    const share = BigInt(Math.round(rng.between(0.1, 0.9) * 1e4));
    const amounts = offers.map(({ price36, factorBps }, i) => {
      const part = i === 0 ? share : BPS - share;
      return (((debt * part * BPS) / (factorBps * use)) * 10n ** 36n) / price36 + 1n;
    });
    return { tokens: offers.map(({ address }) => address), amounts, debt };
  });
  const crowd = await ethers.deployContract("RiskCrowd", governor);
  const address = await crowd.getAddress();
  const firstNonce = await ethers.provider.getTransactionCount(address);
  for (let from = 0; from < count; from += AT_ONCE) {
    await crowd.open(deployment.contracts.pool, orders.slice(from, from + AT_ONCE), MaxUint256);
  }
  return Array.from({ length: count }, (_, i) => ethers.getCreateAddress({ from: address, nonce: firstNonce + i }));
}

/** The demo with a crowd, keepers who can buy all, and `other`, who owes nothing and has what it takes to help out. */
export async function crowdedDemo(connection: NetworkConnection, count: number) {
  const s = await demoSystem(connection);
  for (const { address } of s.keepers) await s.usdc.mint(address, BigInt(count) * 10_000n * USDC);
  await s.usdc.mint(s.other.address, 100_000n * USDC);
  return { ...s, accounts: await openCrowd(s, count) };
}

/** Collateral of `other`, against which he may borrow. [whole WETH] */
export async function supplyWeth({ pool, other, weth }: DemoSystem, amount: bigint): Promise<void> {
  const units = amount * 10n ** BigInt(weth.decimals);
  await weth.token.mint(other.address, units);
  await pool.connect(other).supplyCollateral(weth.address, units, other.address, "0x");
}

export function borrow({ pool, other }: DemoSystem, assets: bigint) {
  return pool.connect(other).borrow(assets, 0, other.address, other.address);
}

/** INV-19: for somebody who owes and has WETH debt is repaid and collateral added, which needs no price and no keeper. */
export async function reduceRisk({ pool, other, weth }: DemoSystem, debtor: string): Promise<void> {
  const debt = await pool.debtSharesOf(debtor);
  await pool.connect(other).repay(10n * USDC, 0, debtor, "0x");
  expect(await pool.debtSharesOf(debtor)).to.be.lessThan(debt);
  const held = await pool.collateralOf(debtor, weth.address);
  await weth.token.mint(other.address, TOP_UP);
  await pool.connect(other).supplyCollateral(weth.address, TOP_UP, debtor, "0x");
  expect(await pool.collateralOf(debtor, weth.address)).to.equal(held + TOP_UP);
}

/** Has a feed say `factor` times what it said at the start. */
export function say({ symbol, feed }: DemoCollateral, factor: number) {
  const answer = BigInt(Math.round(START_PRICES[symbol] * factor * 100)) * 10n ** 6n;
  return feed.setAnswer(answer, { gasLimit: 200_000 });
}

/** Prepares to sell so much that the market's price is `factor` times what it was at the start. */
async function planSale(s: DemoSystem, collateral: DemoCollateral, factor: number) {
  const { whale, usdc, uniswap } = s;
  const { symbol, address, decimals, token, uniswapFee } = collateral;
  // Over all prices: x · √p is constant. The fee is part of what is brought.
  const units = ((MARKET_SIDE / START_PRICES[symbol]) * (1 / Math.sqrt(factor) - 1)) / (1 - uniswapFee / 1e6);
  const amountIn = parseUnits(units.toFixed(Math.min(decimals, 8)), decimals);
  await token.mint(whale.address, amountIn);
  const described = describePool(uniswap.factory, address, await usdc.getAddress(), uniswapFee);
  const swap = encodeSwapExactInput(uniswap, described, { tokenIn: address, recipient: whale.address, amountIn });
  return () => whale.sendTransaction({ ...swap, gasLimit: 1_000_000 });
}

/** All that is done in `send` comes in one block, so many seconds after the last. */
export async function inOneBlock(s: DemoSystem, seconds: number, send: () => Promise<void>): Promise<void> {
  await withoutAutomine(s.connection, async () => {
    await send();
    await fixNextBlock(s.connection, seconds);
    await s.networkHelpers.mine();
  });
}

/** Everything falls in the market at once; feeds say so in the same block, or go on saying what they said. */
export async function crash(s: DemoSystem, factor: number, isTold = true): Promise<void> {
  const sales = await Promise.all(s.collaterals.map((collateral) => planSale(s, collateral, factor)));
  await inOneBlock(s, 12, async () => {
    for (const [i, sell] of sales.entries()) {
      await sell();
      if (isTold) await say(s.collaterals[i], factor);
    }
  });
}
