import type { MeasuredId } from "./rows.ts";

/** Why a row cannot be had for what the cheapest rival takes. */
export interface Reason {
  readonly text: string;
  /** What is traced, ours added up, and shown in a table; left out where another row's says the same. */
  readonly traced?: { readonly ours: readonly MeasuredId[]; readonly rival: MeasuredId };
}

/** By the row's name. A row that is dearer than a rival's and not here stops the bench. */
export const REASONS: Readonly<Record<string, Reason>> = {
  "collateral-first": {
    text:
      "Two slots are written into for the first time where Morpho has one: the account's word, with the mask of what collaterals it " +
      "has and, later, its debt; and the amount of this one. Morpho keeps a debt and its one collateral in a single slot. The slots " +
      "are given back at the end: _withdraw all collateral_ is cheaper than Morpho's by most of the difference. Besides, the " +
      "collateral's books are written, as in the next row.",
    traced: { ours: ["collateral-first"], rival: "collateral-first" },
  },
  collateral: {
    text:
      "One slot more is written: the collateral's books, whose total is what its cap, the time that it takes to sell and the breaker " +
      "go by; Morpho keeps none. And the token is asked twice what the pool holds of it, so that one which takes a fee is refused. Data " +
      "that Morpho is sent with each call, 160 bytes of what market is meant, pays for some of it.",
    traced: { ours: ["collateral"], rival: "collateral" },
  },
  "supply-capped": {
    text: "One slot more is read, the one with the pool's caps. Morpho has none: whoever finds a market lends to it.",
    traced: { ours: ["supply-capped"], rival: "supply" },
  },
  "borrow-capped": { text: "As _borrow, again_, and the slot with the pool's caps." },
  "borrow-first": { text: "The same as _borrow, again_: either finds the account's slot written by the collateral." },
  borrow: {
    text:
      "An account may have ten collaterals, so what it has must be found out: its word has the mask, a list says which token a bit " +
      "stands for, then come that token's risk, with factors, depth and the breaker's level, and the amount; the oracle's address is in a slot " +
      "since it can be replaced. Morpho has debt and collateral in one slot, its factor and its oracle in the data of the call. With " +
      "three collaterals only Aave is there to compare.",
    traced: { ours: ["borrow"], rival: "borrow" },
  },
  liquidate: {
    text:
      "Morpho sells as much as it is told at a fixed incentive. Here a sale reads the collateral's books (clock of the schedule and " +
      "backlog), its risk (factor, depth, discount) and the terms of its curve, in a slot each, and the account and the amount in " +
      "two; it writes the books, since what is sold moves the price of the next sale. The code is that of the curve: interest and the " +
      "mean price over the sale take three exponentials and a logarithm, then come the size that restores health, the provision and the " +
      "health afterwards. The liquidation is a module, another address, as the pool would not fit into 24,576 bytes; and the payment " +
      "is checked by two looks at the balance. What it buys is in [liquidation.md](liquidation.md#what-it-is-worth).",
    traced: { ours: ["liquidate"], rival: "liquidate" },
  },
  take: {
    text:
      "As above; the price has begun to fall, and its mean along the curve takes more code. In a batch a sale takes less than " +
      "Morpho's one: the accrual, the payment and the tokens' slots are shared.",
    traced: { ours: ["take"], rival: "liquidate" },
  },
  "take-tip": {
    text:
      "As above, and whoever put the account up for sale is paid for it: the tip is added to the debt, taken out of the cash and written " +
      "into the keeper's slot, with an event.",
    traced: { ours: ["take-tip"], rival: "liquidate" },
  },
  "kick-and-take": {
    text:
      "Two transactions where the rivals have one, since the price is found between them. A kick is a transaction of its own: 21,000, the " +
      "account, its collateral and the price looked at once more, and the backlog written. Compound III's absorb and buy, and Maker's kick and " +
      "take, are dearer (quoted below). Who would rather pay the premium takes at once: the rows above.",
    traced: { ours: ["kick", "take"], rival: "liquidate" },
  },
  "flash-loan": {
    text:
      "Morpho lends what it holds, for nothing, and never says no: it reads nothing of its own. Here one slot is read, with the cash, " +
      "the fee and the pause; the lock is closed, opened for the callback and closed again; the borrower's answer is checked, as " +
      "ERC-3156 wants; and the balance is asked before and after the loan is taken back.",
    traced: { ours: ["flash-loan"], rival: "flash-loan" },
  },
};

export function reasonOf(id: string): Reason {
  const reason = REASONS[id] as Reason | undefined;
  if (reason === undefined)
    throw new Error(`${id} is dearer than a rival's, and nobody says why: bench/gas/reasons.ts`);
  return reason;
}
