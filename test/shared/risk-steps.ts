import { ETHER, USD, type RiskPool } from "./risk-fixtures.ts";

/** Lets time pass, during which prices stand still, feeds report and depth is measured; then the engine is poked. */
export async function tick(p: RiskPool, seconds: bigint): Promise<void> {
  await p.pass(seconds);
  for (const { feed, address } of p.collaterals) {
    const [, answer] = await feed.latestRoundData();
    await feed.setAnswer(answer);
    await p.liquidity.pokeDepth(address);
  }
  for (const { address } of p.collaterals) await p.engine.poke(address);
}

/** What the last refresh of a collateral found, as its event says. */
export async function refreshed(p: RiskPool, address = p.eth.address) {
  const events = await p.engine.queryFilter(p.engine.filters.RiskRefreshed(address));
  return events.at(-1)!.args;
}

/** `borrower`, or whoever is given, owes `dollars` against `ether` of the first collateral. */
export async function owe(p: RiskPool, ether: bigint, dollars: bigint, account = p.borrower): Promise<void> {
  await p.pool.connect(account).supplyCollateral(p.eth.address, ether * ETHER, account.address, "0x");
  if (dollars !== 0n) await p.pool.connect(account).borrow(dollars * USD, 0, account.address, account.address);
}

export const wadToNumber = (value: bigint): number => Number(value) / 1e18;
