import type { EncodedCall } from "../market/uniswap-calls.ts";
import type { Log } from "../market/venue.ts";

/** A position in base units. */
export interface Position {
  readonly collateral: bigint;
  readonly debtShares: bigint;
  /** Since when it is for sale. [unix s] 0: it is not */
  readonly kickedAt: number;
}

/** Levels of a circuit breaker, as `ICircuitBreaker.Level` numbers them. */
export const [NORMAL, CAUTION, RESTRICTED, RECOVERY] = [0, 1, 2, 3];

/** State of a lending protocol's market after a block. */
export interface ProtocolState {
  readonly timestamp: number; // [unix s]
  readonly debtAssets: bigint;
  readonly debtShares: bigint;
  readonly cash: bigint; // that can be borrowed or withdrawn
  readonly lenderAssets: bigint; // what belongs to lenders, at book value
  readonly lenderShares: bigint;
  readonly reserves: bigint;
  readonly borrowFactor: number;
  readonly liquidationFactor: number;
  readonly liquidationFactorBps: bigint;
  /** Price by which it judges health. [loan per collateral base unit × 1e36] */
  readonly liquidationPrice36: bigint;
  readonly oraclePrice: number; // the same, of whole units
  readonly priceFresh: boolean;
  /** Price that it lends on. [whole units] 0: it lends nothing */
  readonly borrowPrice: number;
  /** Equivalent constant-product reserve that it reckons the collateral's market to have, and the largest discount: no
   * position may owe more than a liquidation that heals could carry. [loan asset] Infinity: it does not reckon so */
  readonly reserve: number;
  readonly liquidationDiscount: number;
  /** Lenders' shares that may leave now, cash aside. */
  readonly exitableShares: bigint;
  /** True: what sells or lends first has the risk engine asked, which takes gas. */
  readonly isRiskStale: boolean;
  /** Level of its circuit breaker for the collateral, and for all of it; `NORMAL` without one. */
  readonly breakerLevel: number;
  readonly poolBreakerLevel: number;
}

/** What is for sale of an account: a protocol may charge more for a unit of a larger sale. */
export interface SaleOffer {
  readonly account: string;
  /** Ascending, the last one all that a take would sell. Empty: nothing is for sale, or not worth what it costs. */
  readonly parts: readonly SalePart[];
}

/** What one take would sell and cost. */
export interface SalePart {
  readonly collateral: bigint;
  readonly repay: bigint;
}

/** How far the sales of the collateral have come, by the protocol's own count. */
export interface SaleState {
  /** Debt of the accounts for sale. [loan asset] */
  readonly backlog: number;
  /** Up to when its selling schedule is sold. [unix s] 0: nothing was sold by one */
  readonly clock: number;
}

/** What a transaction did to the books. */
export interface LiquidationEvent {
  readonly account: string;
  readonly collateral: bigint;
  readonly repaid: bigint;
}

export interface LossEvent {
  readonly account: string;
  readonly debt: bigint;
  readonly paidByReserves: bigint;
  readonly paidByLenders: bigint;
}

export interface Token {
  readonly address: string;
  readonly symbol: string;
  readonly decimals: number;
}

export interface InvariantCheck {
  readonly id: string;
  readonly holds: boolean;
  readonly detail: string;
}

/** Two numbers of base units that must be the same. */
export function equalCheck(id: string, what: string, actual: bigint, expected: bigint): InvariantCheck {
  return { id, holds: actual === expected, detail: `${what}: ${actual} against ${expected} [base units]` };
}

/** Over all accounts. */
export function sumsOf(positions: ReadonlyMap<string, Position>): Pick<Position, "collateral" | "debtShares"> {
  let [collateral, debtShares] = [0n, 0n];
  for (const position of positions.values()) {
    collateral += position.collateral;
    debtShares += position.debtShares;
  }
  return { collateral, debtShares };
}

/**
 * A lending protocol as the lab sees it: how to call it and how to read it. Agents know protocols through this alone, so
 * that the same population can meet the same crash elsewhere.
 */
export interface Protocol {
  readonly name: string;
  /** Where debtors and lenders approve their tokens. */
  readonly spender: string;
  readonly collateral: Token;
  readonly loan: Token;
  /** Seconds after which a kicked account must be kicked again; undefined: accounts are sold without a kick. */
  readonly kickLifeSeconds: number | undefined;
  readonly minDebt: bigint; // [loan base units]

  deposit(amount: bigint, owner: string): EncodedCall;
  withdraw(amount: bigint, owner: string): EncodedCall;
  /** The same by shares: all of them leave nothing behind. */
  redeem(shares: bigint, owner: string): EncodedCall;
  supplyCollateral(amount: bigint, account: string): EncodedCall;
  borrow(amount: bigint, account: string): EncodedCall;
  repay(amount: bigint, account: string): EncodedCall;
  repayAll(debtShares: bigint, account: string): EncodedCall;
  kick(account: string): EncodedCall;
  /** Ends the sale of an account that is healthy again. */
  unkick(account: string): EncodedCall;
  /** Buys collateral with loan assets of the caller's. */
  take(account: string, maxCollateral: bigint, maxRepay: bigint, receiver: string): EncodedCall;
  /** Buys collateral, sells it in the venue and pays out of the proceeds, in one transaction. */
  flashLiquidate(account: string, maxCollateral: bigint, minProfit: bigint): EncodedCall;
  /** Opens or increases a leveraged position by flash swap; the caller holds `collateralIn`. */
  leverageUp(collateralIn: bigint, collateralToBuy: bigint, maxLoanIn: bigint): EncodedCall;
  /** One round of an honest loop: supply, borrow up to `ltv` of the whole position, buy, supply. */
  loopRound(collateralIn: bigint, ltv: number, limitPrice: number): EncodedCall;
  /** Sells collateral of the caller's position to repay `loan` of its debt. */
  leverageDown(loan: bigint, maxCollateralIn: bigint): EncodedCall;
  /** Brings a new price to the protocol's oracle; the caller is the keeper. */
  publishPrice(price: number): EncodedCall;
  /** Refreshes what the oracle keeps of its sources; undefined if it keeps nothing. */
  poke(): EncodedCall | undefined;
  /** Refreshes risk parameters and circuit breaker; undefined if the protocol has none that move. */
  pokeRisk(): EncodedCall | undefined;
  /** Measures the depth of the market for them. */
  pokeDepth(): EncodedCall | undefined;
  /** What an account must do once before it can borrow and use leverage. */
  permissions(): readonly EncodedCall[];

  readState(): Promise<ProtocolState>;
  readPositions(accounts: readonly string[]): Promise<Position[]>;
  readBalances(token: string, owners: readonly string[]): Promise<bigint[]>;
  /** What `redeem` takes. */
  readLenderShares(owners: readonly string[]): Promise<bigint[]>;
  /**
   * What will be for sale in the next block, in the order of the accounts. No transaction may wait.
   * @param smallest Amount of the first part, if there is more than one. [collateral base units]
   * @param worth Nobody pays more for a unit. [loan asset]
   * @param timestamp Of that block. [unix s]
   */
  readOffers(accounts: readonly string[], smallest: bigint, worth: number, timestamp: number): Promise<SaleOffer[]>;
  readSale(): Promise<SaleState>;
  /** Debt with interest, rounded up as the contracts round. [loan base units] */
  debtOf(position: Position, state: ProtocolState): bigint;
  /** Debt that the collateral carries before it may be liquidated. [loan base units, rounded down] */
  liquidationCapacityOf(position: Position, state: ProtocolState): bigint;
  /** What happened, from a transaction's logs. */
  eventsOf(logs: readonly Log[]): { readonly liquidations: LiquidationEvent[]; readonly losses: LossEvent[] };
  /** Name of the error in a revert's data, and whether a well-behaved agent may run into it. */
  explain(revertData: string): { readonly name: string; readonly isRace: boolean };
  /** Invariants of `docs/invariants.md` that can be seen from outside. */
  checkInvariants(positions: ReadonlyMap<string, Position>): Promise<InvariantCheck[]>;
}
