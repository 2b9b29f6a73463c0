import { Interface } from "ethers";

import { priceFloat, toFloat, toUnits } from "../units.ts";
import { TRADER, type Bench } from "./bench.ts";

const liquidation = new Interface([
  "function quoteTake(address account, address collateral, uint256 maxCollateral) returns (uint256, uint256, uint256)",
]);
const MAX = (1n << 256n) - 1n;
/** Longer than any curve of the lab falls. [s] */
const REST_SECONDS = 1_500;
const MOST_TRIES = 800;
/** Between two sales: what the paced curve's schedule needs to go on. [s] */
const PAUSE_SECONDS = 240;

/** What a unit costs ÷ the pool's liquidation price, in the newest block. */
export async function salePriceFactor({ protocol, world }: Bench, account: string, amount: number): Promise<number> {
  const { collateral, loan, spender } = protocol;
  const args = [account, collateral.address, toUnits(amount, collateral.decimals)];
  const data = await world.chain.call(spender, liquidation.encodeFunctionData("quoteTake", args));
  const [, , price36] = liquidation.decodeFunctionResult("quoteTake", data) as unknown as [bigint, bigint, bigint];
  const { oraclePrice } = await protocol.readState();
  return priceFloat(price36, collateral.decimals, loan.decimals) / oraclePrice;
}

/** The same of an account that is put up for sale now, once its price has come to rest. */
export async function quoteFactor(bench: Bench, account: string, amount: number): Promise<number> {
  await bench.block([[TRADER, bench.protocol.kick(account)]]);
  const price = bench.protocol.publishPrice(await bench.marketPrice());
  await bench.block([[TRADER, price]], REST_SECONDS);
  return salePriceFactor(bench, account, amount);
}

/**
 * Flash liquidations of at most `slice` units, one whenever it pays; feed and averages follow the market.
 * @returns What was sold, and the debt that nobody paid.
 */
export async function sellOut(bench: Bench, account: string, slice: number) {
  const { protocol, world } = bench;
  const { decimals } = protocol.collateral;
  const start = (await bench.positionOf(account)).collateral;
  for (let tries = 0; tries < MOST_TRIES; ++tries) {
    const { collateral: held } = await bench.positionOf(account);
    if (held === 0n) break;
    const most = held < 2n * toUnits(slice, decimals) ? MAX : toUnits(slice, decimals);
    const call = protocol.flashLiquidate(account, most, 0n);
    const [receipt] = await bench.tryBlock([TRADER, call], PAUSE_SECONDS);
    if (!receipt.ok) {
      const { name, isRace } = protocol.explain(await world.chain.revertDataOf(receipt.hash));
      if (!isRace) throw new Error(`a flash liquidation reverted with ${name}`);
    }
    await bench.follow();
  }
  const [position, state] = [await bench.positionOf(account), await bench.state()];
  const debtLeft = position.debtShares === 0n ? 0 : toFloat(protocol.debtOf(position, state), protocol.loan.decimals);
  return { sold: toFloat(start - position.collateral, decimals), debtLeft };
}
