import { MaxUint256, ZeroAddress } from "ethers";

import type { Contracts, Refusal } from "./contracts.ts";
import type { Collateral, Market } from "./market.ts";
import { failureOf } from "./rpc.ts";
import { bestSize } from "./size-search.ts";

/** A flash liquidation as it would go now. */
export interface TakePlan {
  readonly account: string;
  readonly collateral: Collateral;
  readonly venue: string;
  readonly size: bigint; // [collateral base units]
  readonly profit: bigint; // before gas. [loan base units]
  readonly isWhole: boolean; // as much as the pool sells
}

/** Why an account's collateral is not worth taking. */
export interface NoPlan {
  readonly reason: string;
  readonly holding: string; // a collateral of the account, or no address
  readonly best?: bigint; // the least loss found. [loan base units]
}

export interface ProfitOptions {
  readonly liquidator: string;
  readonly keeper: string;
  readonly evaluations?: number;
}

/**
 * The best flash liquidation of an account: over its collaterals, the venues of each, and how much to sell. Every number is
 * the contracts' own answer: the pool says what it would sell (`quoteTake`), and a simulated flash liquidation says what
 * would be left of it in the venue as it stands.
 */
export async function planTake(
  contracts: Contracts,
  market: Market,
  account: string,
  options: ProfitOptions,
): Promise<TakePlan | NoPlan> {
  let best: TakePlan | undefined;
  let reason = "no venue";
  let leastLoss: bigint | undefined;
  const [held] = (await contracts.read("LendingPool", market.pool, "collateralsOf", [account])) as unknown as [
    string[],
  ];
  for (const token of held) {
    const collateral = market.collaterals.find((entry) => entry.token === token);
    if (collateral === undefined || collateral.venues.length === 0) continue;
    const quote = await quoteAll(contracts, market.pool, account, token);
    if ("refusal" in quote) {
      reason = quote.refusal;
      continue;
    }
    const venue = await bestVenue(contracts, market.pool, account, collateral, quote.amount, options);
    const found = await bestSize(
      quote.amount,
      (size) => simulate(contracts, market.pool, { account, token, venue, size }, options),
      options.evaluations === undefined ? {} : { evaluations: options.evaluations },
    );
    if (found === undefined) {
      reason = "refused";
      continue;
    }
    if (leastLoss === undefined || found.value > leastLoss) leastLoss = found.value;
    if (found.value <= 0n) reason = "unprofitable";
    else if (best === undefined || found.value > best.profit) {
      const { size, value: profit } = found;
      best = { account, collateral, venue, size, profit, isWhole: size === quote.amount };
    }
  }
  return best ?? { reason, holding: held[0] ?? ZeroAddress, ...(leastLoss === undefined ? {} : { best: leastLoss }) };
}

/** What the pool would sell of a collateral, or why not. */
async function quoteAll(
  contracts: Contracts,
  pool: string,
  account: string,
  token: string,
): Promise<{ readonly amount: bigint } | { readonly refusal: string }> {
  try {
    const quote = await contracts.read("LiquidationModule", pool, "quoteTake", [account, token, MaxUint256]);
    return { amount: quote[0] as bigint };
  } catch (error) {
    return { refusal: refusalName(contracts, error) };
  }
}

/** The venue that pays most for all of it; for one that is as good as another, the first. */
async function bestVenue(
  contracts: Contracts,
  pool: string,
  account: string,
  { token, venues }: Collateral,
  size: bigint,
  options: ProfitOptions,
): Promise<string> {
  let best = { venue: venues[0], value: undefined as bigint | undefined };
  if (venues.length === 1) return best.venue;
  for (const venue of venues) {
    const value = await simulate(contracts, pool, { account, token, venue, size }, options);
    if (value !== undefined && (best.value === undefined || value > best.value)) best = { venue, value };
  }
  return best.venue;
}

/**
 * What is left after taking, selling and repaying, gas aside; below zero where the proceeds do not pay the debt.
 * @returns Undefined if it is refused for another reason.
 */
async function simulate(
  contracts: Contracts,
  pool: string,
  take: { readonly account: string; readonly token: string; readonly venue: string; readonly size: bigint },
  { liquidator, keeper }: ProfitOptions,
): Promise<bigint | undefined> {
  const args = [pool, take.account, take.token, take.size, take.venue, 0n];
  try {
    const [profit] = await contracts.read("FlashLiquidator", liquidator, "liquidate", args, { from: keeper });
    return profit as bigint;
  } catch (error) {
    if (failureOf(error)?.kind !== "revert") throw error;
    return lossOf(contracts.refusalOf(error));
  }
}

/** The liquidator says what it would have needed and what it had. */
function lossOf(refusal: Refusal | undefined): bigint | undefined {
  if (refusal?.name !== "FlashLiquidatorProfitTooLow") return undefined;
  return (refusal.args.profit as bigint) - (refusal.args.minimum as bigint);
}

/** @throws whatever was not a refusal. */
export function refusalName(contracts: Contracts, error: unknown): string {
  if (failureOf(error)?.kind !== "revert") throw error;
  return contracts.refusalOf(error)?.name ?? "unknown revert";
}
