import { MaxUint256 } from "ethers";

import { appraise, type Auction } from "../../sim/reference/auction-state.ts";
import type { Order } from "../../sim/reference/auction.ts";
import { debtOf } from "../../sim/reference/debt.ts";
import { divUp, maximum, minimum } from "../../sim/reference/fixed-point.ts";
import { saleTerms, type CurveKind, type CurveParameters } from "../../sim/reference/sale-terms.ts";
import type { Rng } from "../../sim/rng.ts";

export type Action =
  | { readonly kind: "kick"; readonly account: number; readonly keeper: bigint }
  | { readonly kind: "unkick"; readonly account: number }
  | { readonly kind: "take"; readonly orders: readonly [Order] }
  | { readonly kind: "batch"; readonly orders: readonly Order[] }
  | { readonly kind: "price"; readonly collateral: number; readonly price36: bigint }
  | { readonly kind: "fresh"; readonly collateral: number; readonly fresh: boolean }
  | { readonly kind: "tell"; readonly collateral: number; readonly reserve: bigint; readonly loading: bigint }
  | { readonly kind: "supply"; readonly account: number; readonly collateral: number; readonly amount: bigint }
  | { readonly kind: "repay"; readonly account: number; readonly assets?: bigint; readonly shares?: bigint };

const PRICE_UNITS = [10n ** 24n, 10n ** 34n]; // a dollar, of ETH and BTC

/** Whole number, uniform in its logarithm. */
export function logarithmic(rng: Rng, from: number, to: number): bigint {
  return BigInt(Math.round(Math.exp(rng.between(Math.log(from), Math.log(to)))));
}

export function whole(rng: Rng, from: number, to: number): bigint {
  return BigInt(from + rng.integer(to - from + 1));
}

/** A part of an amount, with digits down to the last unit. */
export function partOf(rng: Rng, amount: bigint, most: number): bigint {
  return (amount * BigInt(Math.round(rng.between(0, most) * 2 ** 50))) >> 50n;
}

export function priceOf(rng: Rng, collateral: number, low: number, high: number): bigint {
  return (
    (PRICE_UNITS[collateral] * BigInt(Math.round(rng.between(low, high) * 1e9))) / 10n ** 9n + BigInt(rng.integer(1e9))
  );
}

export function reserveOf(rng: Rng): bigint {
  const roll = rng.next();
  if (roll < 0.06) return 0n;
  // So deep that a discount between the least and the largest heals, or any.
  return roll < 0.4 ? logarithmic(rng, 3e11, 5e12) : logarithmic(rng, 1e10, 1e16);
}

/** Terms of sale that a pool accepts. */
export function randomCurve(rng: Rng): CurveParameters {
  const kinds: readonly CurveKind[] = [
    "paced",
    "paced",
    "paced",
    "paced",
    "paced",
    "dutch",
    "stairs",
    "linear",
    "fixed",
  ];
  for (;;) {
    const maxBonusBps = whole(rng, 0, rng.next() < 0.7 ? 1_200 : 5_000);
    const fastPpm = logarithmic(rng, 1, rng.next() < 0.5 ? 1_000 : 65_535);
    const drawn = rng.next() < 0.5 ? 1_200n : logarithmic(rng, 60, 86_400);
    const secondsToFloor = minimum(drawn, 65_535n); // the credit must not be shorter
    const p: CurveParameters = {
      kind: kinds[rng.integer(kinds.length)],
      premiumBps: rng.next() < 0.1 ? whole(rng, 0, 10_000) : whole(rng, 0, 800),
      minBonusBps: minimum(whole(rng, 0, 500), maxBonusBps),
      maxBonusBps,
      secondsToFloor,
      stepSeconds: whole(rng, 1, 300),
      cutBps: whole(rng, 9_000, 9_999),
      creditSeconds: minimum(secondsToFloor + (rng.next() < 0.4 ? 0n : whole(rng, 0, 3_600)), 65_535n),
      fastPpm,
      slowTenthPpm: minimum(logarithmic(rng, 1, Number(fastPpm) * 10), 65_535n),
      kneeBps: logarithmic(rng, 1, 60_000),
    };
    if (p.kind !== "fixed" && p.premiumBps + p.maxBonusBps === 0n) continue;
    const { secondsToFloor: toFloor, decay } = saleTerms(p);
    if (p.kind === "stairs" && (toFloor === 0n || toFloor > 86_400n)) continue;
    if (p.kind !== "fixed" && p.kind !== "linear" && (decay === 0n || decay >> 48n !== 0n)) continue;
    return p;
  }
}

/** Time to the next block. [s] */
export function randomPause(rng: Rng, a: Auction): bigint {
  const roll = rng.next();
  if (roll < 0.35) return whole(rng, 1, 60);
  if (roll < 0.42) return whole(rng, 3_590, 3_610); // the memory ends
  // To the floor of a curve, or just not.
  if (roll < 0.65) return a.collaterals[rng.integer(2)].terms.secondsToFloor + whole(rng, -30, 300) + 31n;
  return logarithmic(rng, 1, 10_800);
}

/** A crash and its auction: all are kicked, nobody buys until the price is at a floor, then somebody does. */
export function patientActions(rng: Rng, a: Auction, step: number): Action[] {
  if (step > 1) return [{ kind: "take", orders: [randomOrder(rng, a)] }];
  return a.accounts.map((_, account) => ({ kind: "kick", account, keeper: BigInt(rng.integer(2)) }));
}

export function patientPause(rng: Rng, a: Auction, step: number): bigint {
  if (step !== 2) return whole(rng, 1, 30);
  const seconds = a.collaterals.map(({ terms }) => terms.secondsToFloor);
  return maximum(seconds[0], seconds[1]) + whole(rng, 1, 600);
}

/** What happens in the next block. */
export function randomActions(rng: Rng, a: Auction): Action[] {
  const [first, second] = [randomAction(rng, a), randomAction(rng, a)];
  const kicked = a.accounts.findIndex(({ kickedAt }) => kickedAt !== 0n);
  // A rise that heals, and a fall in which it is all over again.
  if (kicked >= 0 && rng.next() < 0.15) return [...moves(rng, a, 1.02, 1.3), { kind: "unkick", account: kicked }];
  // A rise that heals it only just: its debt is to leave the backlog, and come back with the next fall.
  if (kicked >= 0 && rng.next() < 0.15) {
    const just = justHealthy(a, kicked);
    if (just > 0 && just < 2) return [...moves(rng, a, just, 1.02 * just), { kind: "unkick", account: kicked }];
  }
  const resting = a.accounts.findIndex(({ kickedAt, part }) => kickedAt !== 0n && part === 0n);
  if (resting >= 0 && rng.next() < 0.4) {
    const again: Action = { kind: "kick", account: resting, keeper: BigInt(rng.integer(2)) };
    return [...moves(rng, a, 0.9, 1), rng.next() < 0.6 ? again : first];
  }
  if (rng.next() < 0.12) return [...moves(rng, a, 0.75, 1), first];
  return rng.next() < 0.35 ? [first, second] : [first];
}

/** By how much all prices must move for an account to be healthy, and no more; 0 if none will do. */
function justHealthy(a: Auction, account: number): number {
  const { held, shares } = a.accounts[account];
  const { capacity } = appraise(a, held);
  return capacity === 0n ? 0 : Number(debtOf(a, shares)) / Number(capacity);
}

function moves(rng: Rng, a: Auction, from: number, to: number): Action[] {
  const move = rng.between(from, to);
  return a.collaterals.map(({ price36 }, collateral) => {
    const moved = (price36 * BigInt(Math.round(move * 2 ** 40))) >> 40n;
    return { kind: "price", collateral, price36: moved };
  });
}

/** What somebody may do next. */
function randomAction(rng: Rng, a: Auction): Action {
  const account = rng.integer(a.accounts.length);
  const collateral = rng.next() < 0.6 ? 0 : 1;
  const roll = rng.next();
  if (roll < 0.2) {
    const keeper = rng.next() < 0.5 ? 0n : rng.next() < 0.9 ? 1n : 2n;
    return { kind: "kick", account, keeper };
  }
  if (roll < 0.55) return { kind: "take", orders: [randomOrder(rng, a)] };
  if (roll < 0.65)
    return { kind: "batch", orders: Array.from({ length: 1 + rng.integer(3) }, () => randomOrder(rng, a)) };
  if (roll < 0.75) return { kind: "unkick", account };
  if (roll < 0.87) {
    const { price36 } = a.collaterals[collateral];
    const moved = (price36 * BigInt(Math.round(rng.lognormal(1, 0.06) * 2 ** 40))) >> 40n;
    return { kind: "price", collateral, price36: moved };
  }
  if (roll < 0.89) return { kind: "fresh", collateral, fresh: !a.collaterals[collateral].fresh };
  if (roll < 0.92) return { kind: "tell", collateral, reserve: reserveOf(rng), loading: whole(rng, 30, 100) };
  if (roll < 0.96) {
    const held = a.accounts[account].held[collateral];
    if (held !== 0n) return { kind: "supply", account, collateral, amount: 1n + partOf(rng, held, 0.1) };
  }
  const { shares } = a.accounts[account];
  if (rng.next() < 0.2 && shares !== 0n) return { kind: "repay", account, shares };
  return { kind: "repay", account, assets: 1n + partOf(rng, debtOf(a, shares), 0.4) };
}

/** All, a part, dust, or just about what is dust. */
function randomOrder(rng: Rng, a: Auction): Order {
  const account = rng.integer(a.accounts.length);
  const { held } = a.accounts[account];
  const collateral = held[1] === 0n || (held[0] !== 0n && rng.next() < 0.6) ? 0 : 1;
  const roll = rng.next();
  const whole = { account, collateral, most: MaxUint256 };
  if (roll < 0.3) return whole;
  if (roll < 0.38) return { ...whole, most: partOf(rng, held[collateral], 0.001) };
  if (roll < 0.46) {
    const dust = divUp(a.minDebt * 10n ** 36n, a.collaterals[collateral].price36);
    const most = dust + partOf(rng, dust, 0.1) - dust / 20n;
    return { ...whole, most: rng.next() < 0.5 ? most : held[collateral] - minimum(most, held[collateral]) };
  }
  return { ...whole, most: partOf(rng, held[collateral], 0.5) };
}
