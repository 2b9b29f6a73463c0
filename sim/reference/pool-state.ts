/**
 * Executable specification of the pool, written from `docs/protocol.md`: whole numbers throughout, no chain. Who and what is called
 * is told by addresses, which are only compared. Prices, rates and what a risk engine answers are given.
 */
import type { Account, Loading } from "./auction-state.ts";
import type { Debt } from "./debt.ts";
import { less, minimum } from "./fixed-point.ts";
import { balanceOf, copyOfLedger, NOBODY, transfer, transferFrom, type Ledger } from "./ledger.ts";
import { utilisationWad, type RateModel } from "./pool-rates.ts";
import type { Rules } from "./pool-rules.ts";
import type { SaleTerms } from "./sale-terms.ts";
import { PoolRefused } from "./word.ts";

/** No amount in the books is larger. As a cap it stands for none. */
export const UNCAPPED = 2n ** 112n - 1n;
/** Bits of the pause flags. */
export const PAUSE = { deposit: 1n, borrow: 2n, collateralExit: 4n, flashLoan: 8n } as const;
/** `Collateral.level`: the breaker's. */
export const RESTRICTED = 2n;

/** What a pool asks of an oracle. Both refuse as it refuses. */
export interface Oracle {
  readonly address: string;
  /** [36-decimal scale] */
  borrowPrice(token: string): bigint;
  liquidationPriceOrLast(token: string): { readonly price36: bigint; readonly fresh: boolean };
}

/** What a pool asks of an engine: to look at a collateral, and to write what it finds. */
export interface Engine {
  readonly address: string;
  refresh(p: Pool, token: string): void;
}

/** From `from` at `start` to `to` at `end`. [bps, s] */
export interface Ramp {
  from: bigint;
  to: bigint;
  start: bigint;
  end: bigint;
}

export interface PoolCollateral extends Loading {
  readonly token: string;
  /** Of all accounts. [base units] */
  total: bigint;
  /** When that changed last. [s] */
  changedAt: bigint;
  supplyCap: bigint;
  /** In force; and what governance lets it be at most. [bps] */
  borrowFactorBps: bigint;
  borrowCapBps: bigint;
  liquidationCapBps: bigint;
  ramp: Ramp;
  /** Time up to which rises of the liquidation factor are used up; 0: none yet. [s] */
  riseFrom: bigint;
  /** 0: no engine governs it. [s] */
  freshUntil: bigint;
  /** How long it was fresh when that was written. [s] */
  maxAge: bigint;
  /** y. [loan base units] */
  reserve: bigint;
  /** β. [10 bps] */
  discountTenBps: bigint;
  level: bigint;
  grace: boolean;
  /** How it is sold, and how far its sales have come. */
  curve: string;
  terms: SaleTerms;
  clock: bigint;
  backlog: bigint;
}

/** As auctions know it, and what it will probably cost lenders. */
export interface PoolAccount extends Account {
  provision: bigint;
}

export interface Parameters {
  supplyCap: bigint;
  borrowCap: bigint;
  minDebt: bigint;
  reserveFactorBps: bigint;
  flashFeeBps: bigint;
  pauseFlags: bigint;
  targetHealthBps: bigint;
  kickTip: bigint;
  maxCollaterals: bigint;
}

/** Totals. Also those with interest up to now, before they are booked. */
export interface Books extends Debt {
  /** Donations do not count. [loan base units] */
  cash: bigint;
  reserves: bigint;
  rateState: bigint;
}

export interface Pool extends Books {
  readonly rules: Rules;
  now: bigint;
  readonly address: string;
  readonly asset: string;
  /** A hundredth of a loan token: in these the backlog is counted. [loan base units] */
  readonly unit: bigint;
  /** By address; of the loan asset too. */
  readonly tokens: Map<string, Ledger>;
  /** Lenders'. */
  readonly shares: Ledger;
  readonly oracle: Oracle;
  rates: { readonly address: string; readonly model: RateModel };
  bookedAt: bigint;
  parameters: Parameters;
  engine: Engine | undefined;
  maxAge: bigint;
  /** By the engine: nothing may be borrowed. */
  restricted: boolean;
  /** By the engine: lenders' shares that must stay, falling on its own. Undefined: no limit. */
  exit: { readonly floorShares: bigint; readonly refillPerSecond: bigint; readonly at: bigint } | undefined;
  readonly collaterals: PoolCollateral[];
  readonly accounts: Map<string, PoolAccount>;
  /** By owner and operator. */
  readonly operators: Set<string>;
  totalProvision: bigint;
  /** All that was ever written off. */
  badDebt: bigint;
  /** Who may kick for tips, by number; 0 is nobody. */
  readonly keepers: string[];
  /** What they are owed. */
  owed: bigint[];
  /** Of what owners sign. */
  readonly nonces: Map<string, bigint>;
}

export function copyOfPool(p: Pool): Pool {
  return {
    ...p,
    tokens: new Map([...p.tokens].map(([address, ledger]) => [address, copyOfLedger(ledger)])),
    shares: copyOfLedger(p.shares),
    parameters: { ...p.parameters },
    collaterals: p.collaterals.map((c) => ({ ...c, ramp: { ...c.ramp } })),
    accounts: new Map([...p.accounts].map(([address, a]) => [address, { ...a, held: [...a.held] }])),
    operators: new Set(p.operators),
    keepers: [...p.keepers],
    owed: [...p.owed],
    nonces: new Map(p.nonces),
  };
}

export function accountOf(p: Pool, account: string): PoolAccount {
  let record = p.accounts.get(account);
  if (record === undefined) {
    const sale = { kickedAt: 0n, part: 0n, index: 0, keeper: 0n, easedAt: 0n, lag: 0n };
    record = { ...sale, shares: 0n, held: p.collaterals.map(() => 0n), provision: 0n };
    p.accounts.set(account, record);
  }
  return record;
}

/** Place in the list of a collateral that is listed. */
export function listed(p: Pool, token: string): number {
  const index = p.collaterals.findIndex((c) => c.token === token);
  if (index < 0) throw new PoolRefused("PoolCollateralUnknown", [token]);
  return index;
}

/** Totals with interest up to now. Interest is rounded up, the reserves' part of it down. */
export function accrued(p: Pool): Books {
  const { debtAssets, debtShares, cash, reserves, rateState } = p;
  const elapsed = p.now - p.bookedAt;
  if (elapsed === 0n) return { debtAssets, debtShares, cash, reserves, rateState };
  const { rateWad, state } = rateOver(p, elapsed);
  const interest = p.rules.interest(debtAssets, rateWad, elapsed, UNCAPPED);
  // Reserves that would not fit stay with lenders.
  const toReserves = minimum(p.rules.reservesPart(interest, p.parameters.reserveFactorBps), UNCAPPED - reserves);
  return {
    ...{ debtAssets: debtAssets + interest, debtShares, cash },
    ...{ reserves: reserves + toReserves, rateState: state },
  };
}

/** A model that fails counts as a rate of zero: neither repayments nor liquidations depend on it. */
function rateOver(p: Pool, elapsed: bigint): { rateWad: bigint; state: bigint } {
  try {
    return p.rates.model.accrue(utilisationWad(p.debtAssets, lenderAssets(p)), elapsed, p.rateState);
  } catch (error) {
    if (error instanceof PoolRefused) return { rateWad: 0n, state: p.rateState };
    throw error;
  }
}

export function book(p: Pool, b: Books): void {
  Object.assign(p, b);
  p.bookedAt = p.now;
}

/** What belongs to lenders: nothing where reserves claim more than there is. */
export function lenderAssets({ cash, debtAssets, reserves }: Readonly<Books>): bigint {
  return less(cash + debtAssets, reserves);
}

export function addCash(b: Books, assets: bigint): void {
  if (assets > UNCAPPED - b.cash) throw new PoolRefused("PoolAmountTooLarge", [assets]);
  b.cash += assets;
}

export function subtractCash(b: Books, assets: bigint): void {
  if (assets > b.cash) throw new PoolRefused("PoolLiquidityInsufficient", [b.cash, assets]);
  b.cash -= assets;
}

function ledger(p: Pool, token: string): Ledger {
  const found = p.tokens.get(token);
  if (found === undefined) throw new Error(`no token at ${token}`);
  return found;
}

/**
 * The pool takes what it is allowed to.
 *
 * @param booked What it must hold then; while a flash loan is out it does not. 0: not looked at.
 */
export function pull(p: Pool, token: string, from: string, amount: bigint, booked = 0n): void {
  const l = ledger(p, token);
  transferFrom(l, p.address, from, p.address, amount);
  const held = balanceOf(l, p.address);
  if (held < booked) throw new PoolRefused("PoolTokenRebased", [token, booked, held]);
}

export function push(p: Pool, token: string, to: string, amount: bigint): void {
  transfer(ledger(p, token), p.address, to, amount);
}

export function requireAddress(address: string): void {
  if (address === NOBODY) throw new PoolRefused("PoolZeroAddress");
}

export const pairOf = (owner: string, operator: string) => `${owner} ${operator}`;

export function requireAuthorized(p: Pool, caller: string, account: string): void {
  if (caller === account || p.operators.has(pairOf(account, caller))) return;
  throw new PoolRefused("PoolUnauthorized", [caller, account]);
}
