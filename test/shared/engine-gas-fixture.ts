import type { Result } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { deployRiskPool, ETHER, USD } from "./risk-fixtures.ts";

/** Long enough for a ring of 400 observations, one every 12 s, to be written all round. */
const TRADES = 408;
const INTERVAL = 1_800;

/**
 * The real stack in steady state: a Uniswap pool whose ring of 400 observations is full, a debtor, and a keeper who has been
 * rewarded before. The next block of `poke` comes a minute after the last one.
 */
export async function busyRiskPool(connection: NetworkConnection, breaker: boolean, loanFeed = false) {
  const p = await deployRiskPool(connection, { breaker, loanFeed });
  const { engine, eth, borrower, stranger, pool, loanAddress, trade, networkHelpers } = p;
  const { time } = networkHelpers;
  // From the beginning of an hour on, so that no poke that is measured is the first of one: that asks feeds for their decimals.
  await time.increaseTo((Math.floor((await time.latest()) / 3_600) + 1) * 3_600);
  await p.setFeed(0, 2_000);
  await p.liquidity.pokeDepth(eth.address);
  await engine.setRewards({ perPoke: USD, perDay: 10_000n * USD, interval: 60n });
  await pool.connect(borrower).supplyCollateral(eth.address, 1_000n * ETHER, borrower.address, "0x");
  await engine.connect(stranger).poke(eth.address);
  await pool.connect(borrower).borrow(500_000n * USD, 0, borrower.address, borrower.address);
  const tick = async (seconds: number) => time.setNextBlockTimestamp((await time.latest()) + seconds);
  let next = await time.latest();
  let side = false;
  /** Trades at the next multiple of 12 s. */
  const tradeNext = async () => {
    await time.setNextBlockTimestamp((next += 12));
    if ((side = !side)) await trade(eth.market, eth.address, 20n * ETHER);
    else await trade(eth.market, loanAddress, 40_050n * USD);
  };
  for (let i = 0; i < TRADES; ++i) {
    await tradeNext();
    if (i % 50 !== 49) continue;
    await tick(3);
    await p.setFeed(0, 2_000 + i / 100);
    await tick(1);
    await p.liquidity.pokeDepth(eth.address);
    await tick(1);
    await engine.connect(stranger).poke(eth.address);
  }
  /** Pokes, trading every 12 s until `seconds` after now. */
  const pokeAfter = async (seconds: number) => {
    const now = await time.latest();
    if (next > now) next -= Math.ceil((next - now) / 12) * 12; // a snapshot was restored
    let until = now + seconds;
    if ((until - next) % 12 === 0) ++until;
    while (next + 12 < until) await tradeNext();
    await time.setNextBlockTimestamp(until);
    return engine.connect(stranger).poke(eth.address);
  };
  const oracleOfVolatility = await p.volatility.getAddress();
  /** The model's target falls below the liquidation factor in force: the next poke begins a ramp. Takes a second. */
  const lowerTarget = async () => {
    const parameters = (await p.model.parametersOf(eth.address)) as unknown as Result;
    const inForce = await pool.liquidationFactorBps(eth.address);
    const lowered = { ...parameters.toObject(), maxLiquidationFactorBps: inForce - 50n };
    await p.model.setParameters(eth.address, lowered as never);
  };
  /** Pokes every minute, up to the poke that takes a sample of the volatility. @param falling It is to begin a ramp as well. */
  const pokeWithSample = async (falling = false) => {
    for (let i = 0; i < INTERVAL / 60 + 2; ++i) {
      const now = await time.latest();
      const begins = falling && (now % INTERVAL) + 60 >= INTERVAL;
      if (begins) await lowerTarget();
      const tx = await pokeAfter(begins ? 59 : 60);
      const logs = (await tx.wait())?.logs ?? [];
      if (logs.some(({ address }) => address === oracleOfVolatility)) return tx;
    }
    throw new Error("no poke took a sample of the volatility");
  };
  for (let i = 0; i < 4; ++i) await pokeAfter(60);
  return { ...p, pokeAfter, pokeWithSample, lowerTarget };
}
