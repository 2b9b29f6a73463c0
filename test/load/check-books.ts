import { expect } from "chai";

import { PAGE, pagesOf } from "./desks.ts";
import type { DemoSystem } from "./system.ts";

/**
 * What must hold whatever happened, over all accounts that ever owed: INV-01, INV-02 (debt) and INV-06 of `docs/invariants.md`, and bad debt of
 * nobody twice, none of it left behind. Nobody donates here: what is held is what is booked.
 * @returns What lenders and reserves have lost. [loan base units]
 */
export async function requireSoundBooks(s: DemoSystem, accounts: readonly string[]): Promise<bigint> {
  const { pool, lens, collaterals, deployment } = s;
  const address = deployment.contracts.pool;
  const held = new Map(collaterals.map((collateral) => [collateral.address, 0n]));
  const left = new Map<string, bigint>(accounts.map((account) => [account, 0n]));
  let debtShares = 0n;
  for (const collateral of collaterals) {
    for (const page of pagesOf(accounts, PAGE)) {
      const positions = await lens.positionsOf(address, collateral.address, page);
      for (const [i, position] of positions.entries()) {
        held.set(collateral.address, (held.get(collateral.address) ?? 0n) + position.collateral);
        left.set(page[i], (left.get(page[i]) ?? 0n) + position.collateral);
        if (collateral === collaterals[0]) debtShares += position.debtShares;
      }
    }
  }
  const totals = await pool.totals();
  expect(debtShares, "INV-02: debt shares").to.equal(totals.debtShares);
  expect(totals.cash, "INV-01: cash").to.equal(await s.usdc.balanceOf(address));
  for (const { symbol, address: token, token: contract } of collaterals) {
    const { totalSupplied } = await pool.collateralConfig(token);
    expect(held.get(token), `INV-06: ${symbol} of all accounts`).to.equal(totalSupplied);
    expect(totalSupplied, `INV-06: ${symbol} held`).to.equal(await contract.balanceOf(address));
  }

  const losses = await pool.queryFilter(pool.filters.BadDebtRealized());
  const losers = losses.map(({ args }) => args.account);
  expect(new Set(losers).size, "bad debt is realised once an account").to.equal(losers.length);
  for (const account of losers) {
    expect(await pool.debtSharesOf(account), "debt after bad debt").to.equal(0n);
    expect(left.get(account), "collateral after bad debt").to.equal(0n);
  }
  return losses.reduce((sum, { args }) => sum + args.paidByReserves + args.paidByLenders, 0n);
}

/** Nobody owes more than his collateral carries, looked at one by one. */
export async function requireCleared(s: DemoSystem, accounts: readonly string[]): Promise<void> {
  for (const page of pagesOf(accounts, PAGE)) {
    const standings = await s.lens.standingsOf(s.deployment.contracts.pool, page);
    const unhealthy = page.filter((_, i) => standings[i].capacity < standings[i].debt);
    expect(unhealthy, "liquidatable").to.deep.equal([]);
  }
}
