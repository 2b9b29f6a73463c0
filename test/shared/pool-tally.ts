import { PRICE_SCALE } from "../../sim/reference/auction-state.ts";
import { exitFloor } from "../../sim/reference/pool-lender.ts";
import { appraise, creditOf } from "../../sim/reference/pool-risk.ts";
import type { Pool, PoolCollateral } from "../../sim/reference/pool-state.ts";
import type { PoolRefused } from "../../sim/reference/word.ts";

/** What deeds show that are done. */
export const SHOWN = {
  calls: "several calls in one",
  accounts: "several accounts sold of in one call",
  parts: "one account sold of twice in one call",
} as const;

/** Kinds of states that must be seen. */
const SEEN = [
  "loss that reserves bear a part of",
  "loss that lenders bear a part of",
  "provision beyond the reserves",
  "flow limit in force",
  "falling liquidation factor",
  "collaterals that diversify",
  "lent less for its size",
  "old snapshot renewed by a call",
  "more than one collateral",
  "surcharge on interest",
  "whole debt owed by one",
  "everything lent",
] as const;

export const STATES = [...SEEN, ...Object.values(SHOWN)];

/** What was done and refused, by kind and by error. */
export class PoolTally {
  readonly done = new Map<string, number>();
  readonly refused = new Map<string, number>();
  readonly errors = new Map<string, number>();
  /** What was so after a call. */
  readonly states = new Map<string, number>();
  views = 0;
  steps = 0;

  /** Kinds of states that must have been seen. */
  see(before: Pool, p: Pool): void {
    const states = statesOf(before, p);
    for (const [state, is] of Object.entries(states)) {
      if (is) this.show(state);
    }
  }

  show(state: string): void {
    this.states.set(state, (this.states.get(state) ?? 0) + 1);
  }

  count(kind: string, refusal: PoolRefused | undefined): void {
    const counts = refusal === undefined ? this.done : this.refused;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (refusal !== undefined) this.errors.set(refusal.reason, (this.errors.get(refusal.reason) ?? 0) + 1);
  }
}

function statesOf(before: Pool, p: Pool): Record<(typeof SEEN)[number], boolean> {
  const lost = p.badDebt > before.badDebt;
  const records = [...p.accounts.values()];
  return {
    "loss that reserves bear a part of": lost && before.reserves > 0n,
    "loss that lenders bear a part of": lost && p.reserves === 0n,
    "provision beyond the reserves": p.totalProvision > p.reserves,
    "flow limit in force": p.exit !== undefined && exitFloor(p) > 0n,
    "falling liquidation factor": p.collaterals.some(({ ramp }) => ramp.from > ramp.to && p.now < ramp.end),
    "collaterals that diversify": records.some(({ held }) => isDiversified(p, held)),
    "lent less for its size": p.collaterals.some((c, i) => records.some(({ held }) => isTooLarge(p, c, held[i]))),
    "old snapshot renewed by a call": p.collaterals.some(
      ({ freshUntil }, i) => before.collaterals[i].freshUntil < p.now && freshUntil > before.collaterals[i].freshUntil,
    ),
    "more than one collateral": records.some(({ held, shares }) => shares !== 0n && held.filter(Boolean).length > 1),
    "surcharge on interest": p.rateState !== 0n,
    "whole debt owed by one": records.some(({ shares }) => shares !== 0n && shares === p.debtShares),
    "everything lent": p.debtAssets > 0n && p.cash === 0n,
  };
}

function isDiversified(p: Pool, held: readonly bigint[]): boolean {
  const each = held.map(
    (amount, i) =>
      appraise(
        p,
        held.map((_, k) => (k === i ? amount : 0n)),
      ).capacity,
  );
  return appraise(p, held).capacity > each.reduce((sum, capacity) => sum + capacity, 0n);
}

function isTooLarge(p: Pool, c: PoolCollateral, amount: bigint): boolean {
  const value = (amount * p.oracle.liquidationPriceOrLast(c.token).price36) / PRICE_SCALE;
  return creditOf(p, c, value) < creditOf(p, { ...c, freshUntil: 0n }, value);
}
