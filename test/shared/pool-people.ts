import { balanceOf } from "../../sim/reference/ledger.ts";
import { inUse } from "../../sim/reference/pool-borrower.ts";
import { healthOf } from "../../sim/reference/pool-risk.ts";
import { accountOf, type Pool } from "../../sim/reference/pool-state.ts";
import { chance, pick, somebody, token, type Draw } from "./pool-deeds.ts";

/** One of those for whom it makes sense, or nothing; of these mostly who acts himself. */
function among(d: Draw, fit: readonly string[]): string | undefined {
  if (d.as !== undefined && fit.includes(d.as) && chance(d.rng, 0.9)) return d.as;
  return fit.length === 0 || chance(d.rng, 0.1) ? undefined : pick(d.rng, fit);
}

/** Who has shares, or anybody. */
export function owner(d: Draw): string {
  const owners = d.world.users.filter((user) => balanceOf(d.p.shares, user) !== 0n);
  return among(d, owners) ?? somebody(d);
}

/** Itself, or somebody else. */
export const actingFor = (d: Draw, account: string) => d.as ?? (chance(d.rng, 0.85) ? account : somebody(d));

/** Who owes, or anybody. */
export function debtor(d: Draw): string {
  const debtors = d.world.users.filter((user) => accountOf(d.p, user).shares !== 0n);
  return among(d, debtors) ?? somebody(d);
}

/** Who may borrow, or anybody. */
export function creditworthy(d: Draw): string {
  const good = d.world.users.filter((user) => {
    const { debt, borrowCapacity } = healthOf(d.p, user);
    return borrowCapacity > debt;
  });
  return among(d, good) ?? somebody(d);
}

export function isUnhealthy(p: Pool, account: string): boolean {
  const { debt, liquidationCapacity } = healthOf(p, account);
  return liquidationCapacity < debt;
}

/** Who may be liquidated, or anybody. */
export function unhealthy(d: Draw): string {
  const bad = d.world.users.filter((user) => isUnhealthy(d.p, user));
  return bad.length === 0 || chance(d.rng, 0.15) ? debtor(d) : pick(d.rng, bad);
}

export function held(d: Draw, account: string): { address: string; amount: bigint } {
  const record = accountOf(d.p, account);
  const used = inUse(record);
  if (used.length === 0 || chance(d.rng, 0.06)) return { address: token(d).address, amount: 0n };
  const index = pick(d.rng, used);
  return { address: d.p.collaterals[index].token, amount: record.held[index] };
}
