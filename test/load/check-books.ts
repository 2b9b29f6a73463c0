import { expect } from "chai";

import { PAGE, pagesOf } from "./desks.ts";
import type { DemoSystem } from "./system.ts";

export interface Position {
  readonly account: string;
  readonly debtShares: bigint;
  /** In the order of the demo's collaterals. [base units] */
  readonly held: readonly bigint[];
}

export async function positionsOf(s: DemoSystem, accounts: readonly string[]): Promise<Position[]> {
  const positions: Position[] = [];
  for (const page of pagesOf(accounts, PAGE)) {
    const ofPage = await Promise.all(
      s.collaterals.map(({ address }) => s.lens.positionsOf(s.deployment.contracts.pool, address, page)),
    );
    positions.push(
      ...page.map((account, i) => ({
        ...{ account, debtShares: ofPage[0][i].debtShares },
        held: ofPage.map((answers) => answers[i].collateral),
      })),
    );
  }
  return positions;
}

/**
 * What must hold whatever happened, over all accounts that ever owed: INV-01, INV-02 (debt) and INV-06 of `docs/invariants.md`, and bad debt of
 * nobody twice, none of it left behind. Nobody donates here: what is held is what is booked.
 * @returns What lenders and reserves have lost. [loan base units]
 */
export async function requireSoundBooks(s: DemoSystem, accounts: readonly string[]): Promise<bigint> {
  const { pool, collaterals, deployment } = s;
  const address = deployment.contracts.pool;
  const positions = await positionsOf(s, accounts);
  const sum = (of: (position: Position) => bigint) => positions.reduce((total, position) => total + of(position), 0n);
  const totals = await pool.totals();
  expect(
    sum(({ debtShares }) => debtShares),
    "INV-02: debt shares",
  ).to.equal(totals.debtShares);
  expect(totals.cash, "INV-01: cash").to.equal(await s.usdc.balanceOf(address));
  for (const [i, { symbol, address: token, token: contract }] of collaterals.entries()) {
    const { totalSupplied } = await pool.collateralConfig(token);
    expect(
      sum(({ held }) => held[i]),
      `INV-06: ${symbol} of all accounts`,
    ).to.equal(totalSupplied);
    expect(totalSupplied, `INV-06: ${symbol} held`).to.equal(await contract.balanceOf(address));
  }

  const losses = await pool.queryFilter(pool.filters.BadDebtRealized());
  const losers = losses.map(({ args }) => args.account);
  expect(new Set(losers).size, "bad debt is realised once an account").to.equal(losers.length);
  const left = new Map(positions.map((position) => [position.account, position]));
  for (const account of losers) {
    expect(left.get(account)?.debtShares, "debt after bad debt").to.equal(0n);
    for (const amount of left.get(account)?.held ?? []) expect(amount, "collateral after bad debt").to.equal(0n);
  }
  return losses.reduce((sum, { args }) => sum + args.paidByReserves + args.paidByLenders, 0n);
}

/** Who owes more than his collateral carries. */
export async function liquidatable(s: DemoSystem, accounts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const page of pagesOf(accounts, PAGE)) {
    const standings = await s.lens.standingsOf(s.deployment.contracts.pool, page);
    found.push(...page.filter((_, i) => standings[i].capacity < standings[i].debt));
  }
  return found;
}
