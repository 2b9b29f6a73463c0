/** Every division of the pool's books, with the side on which its rest falls: always on that of whoever calls. And what comes first. */
import { assetsDown, debtOf, sharesDown, sharesUp } from "./debt.ts";
import { divUp, minimum } from "./fixed-point.ts";
import { interestUp } from "./pool-rates.ts";
import { fullMulDiv, fullMulDivUp } from "./word.ts";

/** Shares have six decimals more than the asset; so many, and one unit of the asset, are added to the totals. */
const VIRTUAL_SHARES = 10n ** 6n;
const BPS = 10_000n;

const toShares = (assets: bigint, total: bigint, supply: bigint) =>
  fullMulDiv(assets, supply + VIRTUAL_SHARES, total + 1n);
const toSharesUp = (assets: bigint, total: bigint, supply: bigint) =>
  fullMulDivUp(assets, supply + VIRTUAL_SHARES, total + 1n);
const toAssets = (shares: bigint, total: bigint, supply: bigint) =>
  fullMulDiv(shares, total + 1n, supply + VIRTUAL_SHARES);
const toAssetsUp = (shares: bigint, total: bigint, supply: bigint) =>
  fullMulDivUp(shares, total + 1n, supply + VIRTUAL_SHARES);

export interface Loss {
  readonly byReserves: bigint;
  readonly byLenders: bigint;
}

export const SPEC = {
  // Lenders' shares.
  sharesForDeposit: toShares,
  assetsForMint: toAssetsUp,
  sharesForWithdrawal: toSharesUp,
  assetsForRedemption: toAssets,
  // Debt.
  debtOf,
  sharesForLoan: sharesUp,
  assetsForShares: assetsDown,
  sharesForRepayment: sharesDown,
  // Interest.
  interest: interestUp,
  reservesPart: (interest: bigint, reserveFactorBps: bigint) => (interest * reserveFactorBps) / BPS,
  flashFee: (amount: bigint, feeBps: bigint) => fullMulDivUp(amount, feeBps, BPS),
  // Limits of an account.
  capacity: (value: bigint, factorBps: bigint) => (value * factorBps) / BPS,
  /** `held · left ÷ debt` must stay of what is unwound. */
  staying: (held: bigint, left: bigint, debt: bigint) => divUp(held * left, debt),
  // Losses: reserves pay first, lenders the rest, through the price of their shares.
  loss: (lost: bigint, reserves: bigint): Loss => {
    const byReserves = minimum(lost, reserves);
    return { byReserves, byLenders: lost - byReserves };
  },
  // In which order.
  callsInTurn: <Call>(calls: readonly Call[]): readonly Call[] => calls,
  ordersInTurn: <Order>(orders: readonly Order[]): readonly Order[] => orders,
  payment: (callBack: () => void, pull: () => void): void => {
    callBack();
    pull();
  },
  nonceAfter: (nonce: bigint) => nonce + 1n,
};

/** What a wrong reference may do otherwise, to see that it is found out. */
export type Rules = Readonly<typeof SPEC>;
