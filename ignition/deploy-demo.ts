import type { Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { UniswapAddresses } from "../sim/market/uniswap-deploy.ts";
import { latestTimestamp, passTime } from "./chain.ts";
import { createDemoMarket, dollarsOf, mint } from "./demo-market.ts";
import { buildDemoAssets, feedKey, tokenKey } from "./modules/demo.ts";
import type { DemoParameters } from "./parameters.ts";
import type { ResolveName } from "./parameter-reader.ts";

export interface DemoMarket {
  readonly uniswap: UniswapAddresses;
  readonly resolve: ResolveName;
}

/**
 * Deploys what a real network has before Breakwater comes: tokens, feeds, Uniswap v3 and its pools, with a history long
 * enough for their averages to be read.
 * @param history Longest average that will be asked for. [s]
 */
export async function deployDemoMarket(
  connection: NetworkConnection,
  demo: DemoParameters,
  history: bigint,
  deploymentId: string | undefined,
  report: (line: string) => void,
): Promise<DemoMarket> {
  const deployer = await firstSigner(connection);
  report("deploying tokens, feeds and Uniswap v3");
  const assets = await connection.ignition.deploy(buildDemoAssets(demo), {
    ...(deploymentId === undefined ? {} : { deploymentId }),
  });
  const names = new Map<string, string>();
  for (const [key, contract] of Object.entries(assets)) names.set(key, await contract.getAddress());
  const addressOf = (key: string): string => {
    const address = names.get(key);
    if (address === undefined) throw new Error(`the demo deployed no ${key}`);
    return address;
  };
  const uniswap = {
    weth9: addressOf("weth9"),
    factory: addressOf("factory"),
    positionManager: addressOf("positionManager"),
    swapRouter: addressOf("swapRouter"),
    quoter: addressOf("quoter"),
  };

  const quote = addressOf(tokenKey(demo.loan.symbol));
  for (const collateral of demo.collaterals) {
    report(`creating the ${collateral.symbol} market`);
    const base = addressOf(tokenKey(collateral.symbol));
    const pool = await createDemoMarket(deployer, uniswap, demo, collateral, { base, quote });
    names.set(`pool_${collateral.symbol}`, pool.address);
  }
  await passTime(connection, history, (seconds) => report(`waiting ${seconds} s for the markets to have a history`));
  await refreshFeeds(connection, deployer, demo, (symbol) => addressOf(feedKey(symbol)));

  // "$token:WETH" in a parameter file is the contract "token_WETH" of the demo.
  return { uniswap, resolve: (name) => names.get(name.replace(":", "_")) };
}

/** The clock may have moved on further than the feeds' heartbeats. */
async function refreshFeeds(
  connection: NetworkConnection,
  deployer: Signer,
  demo: DemoParameters,
  feedOf: (symbol: string) => string,
): Promise<void> {
  for (const token of [demo.loan, ...demo.collaterals]) {
    const feed = await connection.ethers.getContractAt("MockAggregator", feedOf(token.symbol), deployer);
    const [, answer, , updatedAt] = await feed.latestRoundData();
    if (updatedAt + 3_600n < (await latestTimestamp(connection))) await (await feed.setAnswer(answer)).wait();
  }
}

/** Lends the demo's seed, so that there is something to borrow. */
export async function seedDemoPool(
  connection: NetworkConnection,
  demo: DemoParameters,
  pool: string,
  loanAsset: string,
): Promise<void> {
  const amount = dollarsOf(demo.loan, demo.seedDepositUsd);
  if (amount === 0n) return;
  const lender = await firstSigner(connection);
  const owner = await lender.getAddress();
  const token = await connection.ethers.getContractAt("MockERC20", loanAsset, lender);
  const vault = await connection.ethers.getContractAt("LendingPool", pool, lender);
  if ((await vault.totalSupply()) > 0n) return; // a run that was cut off has done it
  await mint(lender, loanAsset, owner, amount);
  await (await token.approve(pool, amount)).wait();
  await (await vault.deposit(amount, owner)).wait();
}

async function firstSigner(connection: NetworkConnection): Promise<Signer> {
  const [signer] = await connection.ethers.getSigners();
  return signer;
}
