import { accrue, copyOf, type Offer, type Order } from "../../sim/reference/auction.ts";
import { factorAt, MAX_LEAD } from "../../sim/reference/sale-price.ts";
import { Refused, type Auction } from "../../sim/reference/auction-state.ts";
import { maximum, minimum, WAD } from "../../sim/reference/fixed-point.ts";
import { ticksFor, type Outcome, type Sale } from "../../sim/reference/sale.ts";
import { ratePerSecond } from "../../sim/reference/sale-terms.ts";
import type { TakenEvent } from "./auction-chain.ts";

/** A thousand loan tokens a second; twelve percent in an hour and a half. */
const [USUAL_RATE, USUAL_DECAY] = [10n ** 9n, 2n * 10n ** 11n];

/** The pool and the reference disagree. */
export class Divergence extends Error {}

/** Differences from the exact reference that were let pass. */
export interface Largest {
  /** [loan base units] */
  repay: bigint;
  /** Of prices, relative × 1e18. */
  price: bigint;
  /** Of prices, in the taker's favour, relative × 1e18. */
  favour: bigint;
  /** Of amounts, relative × 1e18. */
  amount: bigint;
}

/** The largest of them, by how sales are priced, and how often what was compared. */
export class Tally {
  readonly counts = new Map<string, number>();
  readonly largest = new Map<string, Largest>();

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  see(kind: string, actual: TakenEvent, exact: TakenEvent): void {
    const relative = (a: bigint, b: bigint) => (b === 0n ? 0n : (distance(a, b) * WAD) / b);
    const before = this.largest.get(kind) ?? { repay: 0n, price: 0n, favour: 0n, amount: 0n };
    const price = relative(actual.price36, exact.price36);
    this.largest.set(kind, {
      repay: maximum(before.repay, distance(actual.repay, exact.repay)),
      price: maximum(before.price, price),
      favour: actual.price36 < exact.price36 ? maximum(before.favour, price) : before.favour,
      amount: maximum(before.amount, relative(actual.amount, exact.amount)),
    });
  }

  /** What kind of sale it was: to see that none is missing. */
  countSale(
    before: Auction,
    { account, collateral }: Order,
    { sale, tip }: Offer,
    { amount, repay }: TakenEvent,
  ): void {
    const { terms } = before.collaterals[collateral];
    const ticks = sale.rate === 0n ? 0n : ticksFor(sale, amount);
    const end = sale.lag - (ticks - minimum(sale.free, ticks));
    const [curveFloor, capacity] = [terms.floorWad, sale.appraisal.capacity];
    const atFloor = factorAt(terms, sale.floorWad, sale.lag) === sale.floorWad * 10n ** 22n;
    const kinds: Record<string, boolean> = {
      [`sale: ${terms.kind}${terms.kind === "paced" && sale.rate === 0n ? ", depth not known" : ""}`]: true,
      "sale: guarded": atFloor && sale.floorWad > curveFloor,
      "sale: paced, capacity below half of the debt": terms.kind === "paced" && 2n * capacity < sale.debt,
      "sale: free part": sale.free !== 0n && end < sale.lag,
      "sale: at a premium that the clock leads to": sale.rate !== 0n && sale.lag < 0n,
      "sale: beyond the lead": end < -MAX_LEAD,
      "sale: from the floor up the curve":
        atFloor && factorAt(terms, 0n, maximum(end, -MAX_LEAD)) > sale.floorWad * 10n ** 22n,
      "sale: two collaterals that diversify":
        sale.appraisal.marginal[collateral] !== before.collaterals[collateral].factorBps * 10n ** 14n,
      "sale: with a tip": tip !== 0n,
      "sale: not kicked before": before.accounts[account].kickedAt === 0n,
      "sale: of an expired kick":
        before.accounts[account].kickedAt !== 0n && before.accounts[account].kickedAt < sale.record.kickedAt,
      "sale: goes on where it was": before.accounts[account].kickedAt === 0n && sale.record.kickedAt < before.now,
      "sale: of all the debt": repay === sale.debt,
      "sale: of the last collateral, at a loss": sale.record.held.every((held) => held === 0n) && repay < sale.debt,
    };
    for (const [kind, is] of Object.entries(kinds)) if (is) this.count(kind);
    this.count("sales");
  }
}

const distance = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Divergence(`${what}: pool ${String(actual)}, reference ${String(expected)}`);
}

/** A few units of the last place, relative and absolute. */
function expectWithin(what: string, actual: bigint, values: readonly bigint[], units: bigint): void {
  const low = values.reduce(minimum);
  const high = values.reduce(maximum);
  const slack = units + (5n * high) / 10n ** 18n;
  if (actual < low - slack || actual > high + slack) {
    throw new Divergence(`${what}: pool ${actual}, reference ${low} … ${high}`);
  }
}

export interface Expected {
  readonly low: Outcome;
  readonly exact: Outcome;
  readonly high: Outcome;
}

/** By time; or by a schedule, usual or so fast or so slowly falling that units of the last place weigh more. */
function pricing(sale: Sale | undefined): string {
  if (sale === undefined || sale.rate === 0n) return "by time";
  return sale.rate <= USUAL_RATE && sale.decay >= USUAL_DECAY ? "paced, usual" : "paced, extreme";
}

/** A sale that was made or quoted. */
export function expectSold(
  what: string,
  actual: TakenEvent,
  expected: Expected,
  sale: Sale | undefined,
  tally: Tally,
): void {
  const sides = [expected.low, expected.exact, expected.high];
  const sold = sides.filter((side): side is TakenEvent => !(side instanceof Refused));
  if (sold.length === 0)
    throw new Divergence(`${what}: pool sells ${actual.amount}, reference ${String(expected.exact)}`);
  expectWithin(
    `${what}: price36`,
    actual.price36,
    sold.map((side) => side.price36),
    1n,
  );
  expectWithin(
    `${what}: amount`,
    actual.amount,
    sold.map((side) => side.amount),
    1n,
  );
  expectWithin(
    `${what}: repay`,
    actual.repay,
    sold.map((side) => side.repay),
    1n,
  );
  if (!(expected.exact instanceof Refused)) tally.see(pricing(sale), actual, expected.exact);
}

/** A call that the pool refused, and why it should have. */
export function expectRefused(
  what: string,
  actual: { readonly name: string; readonly values: readonly bigint[] },
  expected: readonly (Outcome | Refused)[],
  tally: Tally,
): void {
  const refused = expected.filter((side) => side instanceof Refused);
  const same = refused.filter(({ reason }) => reason === actual.name);
  const text = `${actual.name}(${actual.values.join(", ")})`;
  if (same.length === 0) {
    const other = refused.length === 0 ? "sells" : String(refused[0].message);
    throw new Divergence(`${what}: pool ${text}, reference ${other}`);
  }
  actual.values.forEach((value, i) =>
    expectWithin(
      `${what}: ${text}`,
      value,
      same.map(({ values }) => values[i]),
      1n,
    ),
  );
  tally.count(actual.name);
}

/** Words that {@link readState} and the reference tell of the same thing. */
export function expectState(words: readonly bigint[], a: Auction): void {
  const booked = copyOf(a);
  accrue(booked);
  expectWithin("debt", words[0], [booked.debtAssets], a.ratePerSecondWad === 0n ? 0n : 1n);
  // Interest that a unit of the last place has rounded otherwise.
  if (a.bookedAt === a.now) a.debtAssets = words[0];
  expectSame("debt shares", words[1], a.debtShares);
  expectSame("owed to the keeper", words[2], a.owed[1]);
  let at = 3;
  for (const [i, { terms, clock, backlog, reserve }] of a.collaterals.entries()) {
    expectSame(`clock of ${i}`, words[at], clock);
    expectSame(`backlog of ${i}`, words[at + 1], backlog * a.unit);
    expectSame(`rate of ${i}`, words[at + 2], ratePerSecond(terms, reserve, backlog * a.unit));
    at += 3;
  }
  for (const [i, account] of a.accounts.entries()) {
    const forSale = account.kickedAt !== 0n;
    expectSame(`shares of account ${i}`, words[at], account.shares);
    expectSame(`kickedAt of account ${i}`, words[at + 1], account.kickedAt);
    expectSame(
      `${forSale ? "part" : "easedAt"} of account ${i}`,
      words[at + 2],
      forSale ? account.part : account.easedAt,
    );
    if (forSale) expectSame(`counted collateral of account ${i}`, words[at + 3], BigInt(account.index));
    expectSame(`${forSale ? "keeper" : "lag"} of account ${i}`, words[at + 4], forSale ? account.keeper : account.lag);
    at += 5;
    for (const held of account.held) expectSame(`collateral of account ${i}`, words[at++], held);
  }
}
