import { MaxUint256, parseUnits } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { Deployment } from "../../sim/deployments.ts";
import { describePool, encodeSwapExactInput } from "../../sim/market/uniswap-calls.ts";

/** An account that owes nearly what it may, and its collateral. */
export interface Borrower {
  readonly address: string;
  readonly symbol: string;
}

/**
 * Has accounts of a node borrow on the demo deployment: `share` of what their collateral carries, which 5 % less of a price
 * turns into too much.
 */
export async function borrowOnDemo(
  { ethers }: NetworkConnection,
  { contracts, collaterals }: Deployment,
  accounts: readonly number[],
  { symbol = "WETH", amount = "10", share = 98n }: { symbol?: string; amount?: string; share?: bigint } = {},
): Promise<Borrower[]> {
  const signers = await ethers.getSigners();
  const entry = collaterals.find((collateral) => collateral.symbol === symbol);
  if (entry === undefined) throw new Error(`no ${symbol}`);
  const borrowers: Borrower[] = [];
  for (const number of accounts) {
    const signer = signers[number];
    const token = await ethers.getContractAt("MockERC20", entry.token, signer);
    const pool = await ethers.getContractAt("LendingPool", contracts.pool, signer);
    const units = parseUnits(amount, entry.decimals);
    await (await token.mint(signer.address, units)).wait();
    await (await token.approve(contracts.pool, MaxUint256)).wait();
    await (await pool.supplyCollateral(entry.token, units, signer.address, "0x")).wait();
    const capacity = await pool.borrowCapacityOf(signer.address);
    await (await pool.borrow((capacity * share) / 100n, 0, signer.address, signer.address)).wait();
    borrowers.push({ address: signer.address, symbol });
  }
  return borrowers;
}

/** Sets a demo feed, in whole dollars. */
export async function setDemoPrice(
  { ethers }: NetworkConnection,
  { collaterals }: Deployment,
  symbol: string,
  dollars: number,
): Promise<void> {
  const feed = collaterals.find((collateral) => collateral.symbol === symbol)?.feed ?? "";
  const [signer] = await ethers.getSigners();
  const aggregator = await ethers.getContractAt("MockAggregator", feed, signer);
  await (await aggregator.setAnswer(BigInt(Math.round(dollars * 100)) * 10n ** 6n)).wait();
}

/** Sells a demo collateral in its Uniswap pool, so that the market falls too. Whole tokens. */
export async function sellOnDemo(
  { ethers }: NetworkConnection,
  { collaterals, uniswap, loan }: Deployment,
  symbol: string,
  amount: string,
): Promise<void> {
  const entry = collaterals.find((collateral) => collateral.symbol === symbol);
  if (entry === undefined || uniswap === undefined) throw new Error(`no market of ${symbol}`);
  const [, seller] = await ethers.getSigners();
  const token = await ethers.getContractAt("MockERC20", entry.token, seller);
  const amountIn = parseUnits(amount, entry.decimals);
  await (await token.mint(seller.address, amountIn)).wait();
  await (await token.approve(uniswap.swapRouter, MaxUint256)).wait();
  const pool = describePool(uniswap.factory, entry.token, loan.token, entry.uniswapFee ?? 0);
  const swap = { tokenIn: entry.token, recipient: seller.address, amountIn };
  await (await seller.sendTransaction(encodeSwapExactInput(uniswap, pool, swap))).wait();
}
