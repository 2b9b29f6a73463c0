import { formatUnits } from "ethers";

import { UserError } from "../../sim/user-error.ts";
import type { LeverageSession } from "./leverage-session.ts";

const WAD = 10n ** 18n;
const PRICE_SCALE = 10n ** 36n;
const UNCAPPED = 2n ** 112n - 1n;
const PAUSE_BORROW = 2n;

/** Collateral after n rounds without fees or slippage: `equity · Σ_{k=0..n} l^k = equity · (1 − l^(n+1))/(1 − l)`. */
export function openForecast(equity: bigint, ltvWad: bigint, rounds: number): bigint {
  const power = ltvWad ** BigInt(rounds + 1);
  const unit = WAD ** BigInt(rounds + 1);
  return (equity * (unit - power) * WAD) / (unit * (WAD - ltvWad));
}

/**
 * Everything that can be known to stand in the way of a loop before its first transaction.
 * @throws UserError saying which limit it is.
 */
export async function requireRoom(
  session: LeverageSession,
  order: { readonly amount: bigint; readonly ltvWad: bigint; readonly rounds: number; readonly flash: boolean },
): Promise<void> {
  const { pool, oracle, account, signer, entry, deployment, connection, token, governance } = session;
  const [config, listing, totals, shares, owned, price36, gas, held] = await Promise.all([
    pool.poolConfig(),
    pool.collateralConfig(entry.token),
    pool.totals(),
    pool.debtSharesOf(account),
    pool.collateralOf(account, entry.token),
    oracle.borrowPrice(entry.token).catch((error: unknown) => {
      throw new UserError(`no price to lend on for ${entry.symbol}`, { cause: error });
    }),
    connection.ethers.provider.getBalance(account),
    token.balanceOf(account),
  ]);
  const money = (value: bigint) => `${formatUnits(value, deployment.loan.decimals)} ${deployment.loan.symbol}`;
  const units = (value: bigint) => `${formatUnits(value, entry.decimals)} ${entry.symbol}`;

  if (signer.provider === null || gas === 0n) throw new UserError(`${account} has no funds to pay for gas`);
  if (shares !== 0n || owned !== 0n) {
    throw new UserError(`${account} has a position already: unwind it first, or choose another --account`);
  }
  if (!deployment.demo && held < order.amount) {
    throw new UserError(`${account} holds ${units(held)}, but --amount is ${units(order.amount)}`);
  }
  if ((config.pauseFlags & PAUSE_BORROW) !== 0n) throw new UserError("borrowing is paused in this pool");
  if (listing.borrowFactorBps === 0n) {
    const why = governance === undefined ? "" : `: npx hardhat poke --network ${connection.networkName} shows why`;
    throw new UserError(`the pool lends nothing on ${entry.symbol} now${why}`);
  }
  const factorWad = (listing.borrowFactorBps * WAD) / 10_000n;
  if (order.ltvWad > factorWad) {
    const [asked, limit] = [order.ltvWad, factorWad].map((value) => formatUnits(value, 18));
    throw new UserError(`--ltv ${asked} is above what the pool lends on ${entry.symbol}: ${limit}`);
  }

  const collateral = openForecast(order.amount, order.ltvWad, order.rounds);
  const loan = ((collateral - order.amount) * price36) / PRICE_SCALE;
  if (listing.supplyCap !== UNCAPPED && listing.totalSupplied + collateral > listing.supplyCap) {
    throw new UserError(`the pool takes ${units(listing.supplyCap - listing.totalSupplied)} more, the loop is larger`);
  }
  if (config.borrowCap !== UNCAPPED && totals.debtAssets + loan > config.borrowCap) {
    throw new UserError(`the pool's borrow cap leaves less than the ${money(loan)} that the loop borrows`);
  }
  if (loan > totals.cash) {
    throw new UserError(`the pool has ${money(totals.cash)} to lend, the loop borrows ${money(loan)}`);
  }
  const first = order.flash ? loan : (((order.amount * price36) / PRICE_SCALE) * order.ltvWad) / WAD;
  if (first < config.minDebt) {
    throw new UserError(
      `the loop borrows ${money(first)} at first, below the pool's minimum of ${money(config.minDebt)}`,
    );
  }
}
