/** The lender side: a vault of shares. Exits are priced net of the provision, entries gross; all is rounded against the caller. */
import { less, minimum } from "./fixed-point.ts";
import { balanceOf, burnTokens, mintTokens, spendAllowance } from "./ledger.ts";
import {
  accrued,
  addCash,
  book,
  lenderAssets,
  PAUSE,
  pull,
  push,
  requireAddress,
  subtractCash,
  UNCAPPED,
  type Books,
  type Pool,
} from "./pool-state.ts";
import { checked, PoolRefused } from "./word.ts";

/** Lenders' assets less what of the provision reserves would not bear. */
export function exitAssets(p: Pool, b: Books): bigint {
  return less(lenderAssets(b), less(p.totalProvision, b.reserves));
}

// --- flow limit -------------------------------------------------------------------------------------------------------

/** Lenders' shares that must stay for now. */
export function exitFloor({ exit, now }: Pool): bigint {
  return exit === undefined ? 0n : less(exit.floorShares, exit.refillPerSecond * (now - exit.at));
}

/** Shares that may leave now. */
const leaving = (p: Pool) => less(p.shares.supply, exitFloor(p));

function exitable(p: Pool, owner: string): bigint {
  const owned = balanceOf(p.shares, owner);
  return p.exit === undefined ? owned : minimum(owned, leaving(p));
}

// --- entry points -----------------------------------------------------------------------------------------------------

/** @returns Shares minted. */
export function deposit(p: Pool, caller: string, assets: bigint, receiver: string): bigint {
  const b = accrued(p);
  const shares = p.rules.sharesForDeposit(assets, lenderAssets(b), p.shares.supply);
  enter(p, b, caller, assets, shares, receiver);
  return shares;
}

/** @returns Assets paid. */
export function mint(p: Pool, caller: string, shares: bigint, receiver: string): bigint {
  const b = accrued(p);
  const assets = p.rules.assetsForMint(shares, lenderAssets(b), p.shares.supply);
  enter(p, b, caller, assets, shares, receiver);
  return assets;
}

function enter(p: Pool, b: Books, caller: string, assets: bigint, shares: bigint, receiver: string): void {
  const { pauseFlags, supplyCap } = p.parameters;
  if (pauseFlags & PAUSE.deposit) throw new PoolRefused("PoolPaused", [PAUSE.deposit]);
  if (assets === 0n || shares === 0n) throw new PoolRefused("PoolZeroAmount");
  if (supplyCap !== UNCAPPED) {
    const wouldBe = checked(lenderAssets(b) + assets);
    if (wouldBe > supplyCap) throw new PoolRefused("PoolSupplyCapExceeded", [p.asset, supplyCap, wouldBe]);
  }
  addCash(b, assets);
  book(p, b);
  mintTokens(p.shares, receiver, shares);
  pull(p, p.asset, caller, assets, b.cash);
}

/** @returns Shares burnt. */
export function withdraw(p: Pool, caller: string, assets: bigint, receiver: string, owner: string): bigint {
  const b = accrued(p);
  const shares = p.rules.sharesForWithdrawal(assets, exitAssets(p, b), p.shares.supply);
  leave(p, b, caller, assets, shares, receiver, owner);
  return shares;
}

/** @returns Assets paid out. */
export function redeem(p: Pool, caller: string, shares: bigint, receiver: string, owner: string): bigint {
  const b = accrued(p);
  const assets = p.rules.assetsForRedemption(shares, exitAssets(p, b), p.shares.supply);
  leave(p, b, caller, assets, shares, receiver, owner);
  return assets;
}

function leave(
  p: Pool,
  b: Books,
  caller: string,
  assets: bigint,
  shares: bigint,
  receiver: string,
  owner: string,
): void {
  if (assets === 0n || shares === 0n) throw new PoolRefused("PoolZeroAmount");
  requireAddress(receiver);
  if (caller !== owner) spendAllowance(p.shares, owner, caller, shares);
  if (p.exit !== undefined && shares > leaving(p)) throw new PoolRefused("PoolExitLimited", [leaving(p), shares]);
  burnTokens(p.shares, owner, shares);
  subtractCash(b, assets);
  book(p, b);
  push(p, p.asset, receiver, assets);
}

// --- views ------------------------------------------------------------------------------------------------------------

export const totalAssets = (p: Pool) => lenderAssets(accrued(p));
/** At book value: no provision is taken off. */
export const convertToShares = (p: Pool, assets: bigint) =>
  p.rules.sharesForDeposit(assets, totalAssets(p), p.shares.supply);
export const convertToAssets = (p: Pool, shares: bigint) =>
  p.rules.assetsForRedemption(shares, totalAssets(p), p.shares.supply);
export const previewDeposit = convertToShares;
export const previewMint = (p: Pool, shares: bigint) => p.rules.assetsForMint(shares, totalAssets(p), p.shares.supply);
export const previewWithdraw = (p: Pool, assets: bigint) =>
  p.rules.sharesForWithdrawal(assets, exitAssets(p, accrued(p)), p.shares.supply);
export const previewRedeem = (p: Pool, shares: bigint) =>
  p.rules.assetsForRedemption(shares, exitAssets(p, accrued(p)), p.shares.supply);

/** Room under the cap, or under the 112 bits of the books. */
export function maxDeposit(p: Pool): bigint {
  const { pauseFlags, supplyCap } = p.parameters;
  if (pauseFlags & PAUSE.deposit) return 0n;
  const b = accrued(p);
  const room = UNCAPPED - b.cash;
  return supplyCap === UNCAPPED ? room : minimum(room, less(supplyCap, lenderAssets(b)));
}

export const maxMint = (p: Pool) => convertToShares(p, maxDeposit(p));

export function maxWithdraw(p: Pool, owner: string): bigint {
  const b = accrued(p);
  return minimum(previewRedeem(p, exitable(p, owner)), b.cash);
}

/** The most shares that are worth no more than cash; none, if they are worth less than a unit. */
export function maxRedeem(p: Pool, owner: string): bigint {
  const b = accrued(p);
  const shares = minimum(exitable(p, owner), previewWithdraw(p, b.cash + 1n) - 1n);
  return previewRedeem(p, shares) === 0n ? 0n : shares;
}

// --- flash loans ------------------------------------------------------------------------------------------------------

export function maxFlashLoan(p: Pool, token: string): bigint {
  return token !== p.asset || p.parameters.pauseFlags & PAUSE.flashLoan ? 0n : p.cash;
}

/** Rounded up. */
export function flashFee(p: Pool, token: string, amount: bigint): bigint {
  if (token !== p.asset) throw new PoolRefused("PoolFlashLoanUnsupported", [token]);
  return p.rules.flashFee(amount, p.parameters.flashFeeBps);
}

/**
 * The fee belongs to lenders. Books do not count what is out as gone.
 *
 * @param during What the receiver does meanwhile, with the pool too.
 */
export function flashLoan(
  p: Pool,
  receiver: string,
  token: string,
  amount: bigint,
  during: (p: Pool) => void = () => undefined,
): void {
  const { cash } = p;
  const fee = flashFee(p, token, amount);
  if (p.parameters.pauseFlags & PAUSE.flashLoan) throw new PoolRefused("PoolPaused", [PAUSE.flashLoan]);
  if (amount > cash) throw new PoolRefused("PoolFlashLoanExceedsCash", [cash, amount]);
  push(p, token, receiver, amount);
  during(p);
  p.cash = checked(p.cash + fee, UNCAPPED); // where the books are full there is no room for the fee
  pull(p, token, receiver, amount + fee);
}
