import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { missingFromOurs, weakPartOf, type SaleDefence } from "./defences.ts";
import { pacedPool, type Parts, price36, USD } from "./gas-fixture.ts";

/** At this price of ETH each of the three accounts owes 50,000 against a liquidation capacity of 48,800. */
export const UNHEALTHY = 610n;
/** And here 52,000: above the 1.02 from which it may be taken off sale. */
export const HEALED = 650n;
/** Reserve of the market in the attacks on sales: the schedule sells 600 dollars a second, or less. [dollars] */
export const RESERVE = 1_000_000n;

/** `pacedPool` with short names, on a pool whose liquidation module is the real one or a weakened copy. */
export async function loadSales(connection: NetworkConnection, parts: Parts = {}) {
  const p = await pacedPool(connection, parts);
  const { time } = connection.networkHelpers;
  const collateral = await p.ether.getAddress();
  const setPrice = (dollars: bigint) => p.oracle.setPrice(collateral, price36(dollars, 18n));
  await setPrice(UNHEALTHY);
  await p.refresh(RESERVE);
  type Account = typeof p.user;
  const take = (account: Account, most = MaxUint256, taker = p.liquidator) =>
    p.liquidation.connect(taker).take(account.address, collateral, most, MaxUint256, taker.address, "0x");
  /** What a take in the next block would sell and cost, and its price as a multiple of the liquidation price. */
  const quote = async (account: Account, most = MaxUint256) => {
    const [amount, repay, price] = await p.liquidation.quoteTake.staticCall(account.address, collateral, most);
    const [now] = await p.oracle.liquidationPriceOrLast.staticCall(collateral);
    return { amount, repay, factor: Number((price * 10n ** 9n) / now) / 1e9 };
  };
  /** What an account's owner has, in his wallet and in the pool, at the oracle's price. [loan base units] */
  const wealth = async ({ address }: Account) => {
    const held = (await p.ether.balanceOf(address)) + (await p.pool.collateralOf(address, collateral));
    const [now] = await p.oracle.liquidationPriceOrLast.staticCall(collateral);
    return (await p.loan.balanceOf(address)) - (await p.pool.debtOf(address)) + (held * now) / 10n ** 36n;
  };
  return { ...p, time, collateral, setPrice, take, quote, wealth };
}

export type Sales = Awaited<ReturnType<typeof loadSales>>;

/** Runs an attack on the real contracts and on a copy that lacks the guard against it, each on a chain of its own. */
export async function onBoth<T>(
  defence: SaleDefence,
  attack: (p: Sales) => Promise<T>,
  parts: Parts = {},
): Promise<{ ours: T; weak: T }> {
  const results: T[] = [];
  for (const missing of [missingFromOurs(defence), defence]) {
    const liquidationModule = missing === undefined ? "LiquidationModule" : weakPartOf(missing).contract;
    const connection = await network.create();
    try {
      results.push(await attack(await loadSales(connection, { ...parts, liquidationModule })));
    } finally {
      await connection.close();
    }
  }
  return { ours: results[0], weak: results[1] };
}

/** Liquidation price of any token. */
export async function price36Of({ oracle }: Sales, token: string): Promise<bigint> {
  return (await oracle.liquidationPriceOrLast.staticCall(token))[0];
}

export { USD };
