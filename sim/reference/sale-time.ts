import type { Account, Collateral } from "./auction-state.ts";
import { maximum, minimum } from "./fixed-point.ts";

/** Of an account that was taken off sale. [s] */
export const MEMORY = 3_600n;
/** At the floor. [s] */
const GRACE = 1_800n;
/** From then on sales of others do not keep a kick alive. [s] */
const LONGEST = 21_600n;
const TICKS = 256n;

/** Where the price of an account that comes up for sale begins: where it was, if that was less than an hour ago. */
export function startAt(account: Account, now: bigint): bigint {
  return now - account.easedAt <= MEMORY ? now - account.lag : now;
}

interface Timed {
  readonly now: bigint;
  readonly collaterals: readonly Pick<Collateral, "terms" | "clock">[];
}

/** 30 minutes after the price has reached the floor of every curve involved, of a paced one since anything was sold. */
export function isExpired(a: Timed, { kickedAt, held }: Pick<Account, "kickedAt" | "held">): boolean {
  if (a.now <= kickedAt + GRACE) return false;
  return a.collaterals.every(({ terms, clock }, i) => {
    if (held[i] === 0n) return true;
    const from = terms.kind === "paced" ? maximum(kickedAt, minimum(clock / TICKS, kickedAt + LONGEST)) : kickedAt;
    return a.now > from + terms.secondsToFloor + GRACE;
  });
}
