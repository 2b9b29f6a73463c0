/** What is measured, by the name that code has for it. */
export const MEASURED = [
  ...["supply-first", "supply", "supply-capped", "withdraw", "withdraw-all"],
  ...["collateral-first", "collateral", "collateral-out", "collateral-out-three", "collateral-out-all"],
  ...["borrow-first", "borrow", "borrow-capped", "borrow-three-first", "borrow-three", "borrow-stale"],
  ...["repay", "repay-all"],
  ...["liquidate", "liquidate-three", "kick", "take", "take-tip", "take-batch", "flash-loan", "flash-loan-for", "poke"],
] as const;
export type MeasuredId = (typeof MEASURED)[number];

/** Gas of whole transactions of one protocol; what it does not have is left out. */
export type Gas = Partial<Record<MeasuredId, number>>;

export interface Row {
  readonly id: string;
  readonly title: string;
  /** Of ours. */
  readonly ours: (gas: Gas) => number | undefined;
  /** Of a rival: nothing where there is nothing like it. */
  readonly rival: (gas: Gas) => number | undefined;
}

const BATCH = 3;
const row = (id: MeasuredId, title: string, rival: MeasuredId = id): Row => ({
  ...{ id, title, ours: (gas) => gas[id], rival: (gas) => gas[rival] },
});
const sum = (a?: number, b?: number) => (a === undefined || b === undefined ? undefined : a + b);
const share = (whole?: number) => (whole === undefined ? undefined : Math.ceil(whole / BATCH));
const none = () => undefined;

/** The table, from top to bottom. */
export const ROWS: readonly Row[] = [
  row("supply-first", "supply, a lender's first"),
  row("supply", "supply, again"),
  row("supply-capped", "supply, again, the total capped as in the demo", "supply"),
  row("withdraw", "withdraw a part"),
  row("withdraw-all", "withdraw all"),
  row("collateral-first", "supply collateral, an account's first"),
  row("collateral", "supply collateral, again"),
  row("borrow-first", "borrow, first, one collateral"),
  row("borrow", "borrow, again, one collateral"),
  row("borrow-capped", "borrow, again, the total capped as in the demo", "borrow"),
  row("borrow-three-first", "borrow, first, three collaterals"),
  row("borrow-three", "borrow, again, three collaterals"),
  row("repay", "repay a part"),
  row("repay-all", "repay all"),
  row("collateral-out", "withdraw collateral with debt, one collateral"),
  row("collateral-out-three", "withdraw collateral with debt, three collaterals"),
  row("collateral-out-all", "withdraw all collateral, no debt"),
  row("liquidate", "liquidate at once (our take without a kick)"),
  row("take", "liquidate: take, kicked before", "liquidate"),
  row("take-tip", "liquidate: take, kicked before for a tip as in the demo", "liquidate"),
  { ...row("kick", "liquidate: kick"), rival: none },
  { ...row("liquidate", "liquidate: kick and take"), id: "kick-and-take", ours: (gas) => sum(gas.kick, gas.take) },
  {
    ...row("liquidate", "liquidate: each of three in a batch"),
    id: "take-each",
    ours: (gas) => share(gas["take-batch"]),
  },
  row("liquidate-three", "liquidate at once, three collaterals"),
  row("flash-loan", "flash loan, taken by a contract"),
  row("flash-loan-for", "flash loan, for a contract"),
];

/** What only we have, with no rival to compare. */
export const OWN_ROWS: readonly Row[] = [
  { ...row("borrow-stale", "borrow, again, that must refresh a stale snapshot itself"), rival: none },
  { ...row("poke", "a keeper's refresh of one collateral (`poke`), the first after an hour"), rival: none },
];
