import { Interface, type InterfaceAbi } from "ethers";

import { LAB } from "../config.ts";
import type { Chain } from "../engine/chain.ts";
import type { EncodedCall } from "../market/uniswap-calls.ts";
import type { Log } from "../market/venue.ts";
import { priceFloat, toFloat, toUnits } from "../units.ts";
import { FEED_DECIMALS } from "./breakwater-deploy.ts";
import { explainRevert } from "./explain-revert.ts";
import {
  equalCheck,
  NORMAL,
  sumsOf,
  type InvariantCheck,
  type LiquidationEvent,
  type LossEvent,
  type Position,
  type Protocol,
  type ProtocolState,
  type SaleOffer,
  type SaleState,
  type Token,
} from "./protocol.ts";

const MAX = (1n << 256n) - 1n;
const BPS = 10_000n;
const PRICE_SCALE = 10n ** 36n;
/** Accounts a call. */
const PAGE = 200;

/** Where a rival's market and the lab's tools for it are. */
export interface RivalAddresses {
  /** Holds, or moves, everybody's tokens. */
  readonly spender: string;
  readonly desk: string; // `RivalDesk`
  readonly feed: string;
  readonly lens: string; // `AccountLens`, for balances
}

/** How the rival lists the collateral. */
export interface RivalTerms {
  readonly borrowFactor: number;
  readonly liquidationFactorBps: bigint;
}

export interface RivalParts {
  readonly chain: Chain;
  readonly at: RivalAddresses;
  readonly terms: RivalTerms;
  readonly collateral: Token;
  readonly loan: Token;
  /** ABIs of desk, `AccountLens`, `MockAggregator` and `MockERC20`, by name, and of whatever the rival's errors come from. */
  readonly abi: Readonly<Record<"desk" | "lens" | "feed" | "token", InterfaceAbi>>;
  /** Added to assets and to shares before the one is divided by the other. */
  readonly virtual?: { readonly assets: bigint; readonly shares: bigint };
  /** Errors that a well-behaved agent may run into there, by name or, of `Error(string)`, by text. */
  readonly races: readonly string[];
}

/** What rivals have in common: no kicks, no breaker, no schedule of sales, and a desk that does what our own router does. */
export abstract class Rival implements Protocol {
  abstract readonly name: string;
  readonly collateral: Token;
  readonly loan: Token;
  readonly kickLifeSeconds = undefined;
  /** Rivals know none: agents of the lab do not move for less. */
  readonly minDebt: bigint;
  readonly spender: string;
  protected readonly at: RivalAddresses;
  protected readonly terms: RivalTerms;
  readonly #chain: Chain;
  readonly #abi: Readonly<Record<"desk" | "lens" | "feed" | "token", Interface>>;
  readonly #virtual: { readonly assets: bigint; readonly shares: bigint };
  readonly #races: ReadonlySet<string>;

  protected constructor({ chain, at, terms, collateral, loan, abi, virtual, races }: RivalParts) {
    this.#chain = chain;
    this.at = at;
    this.terms = terms;
    this.collateral = collateral;
    this.loan = loan;
    this.spender = at.spender;
    this.minDebt = toUnits(LAB.minDebt, loan.decimals);
    this.#abi = {
      desk: new Interface(abi.desk),
      lens: new Interface(abi.lens),
      feed: new Interface(abi.feed),
      token: new Interface(abi.token),
    };
    this.#virtual = virtual ?? { assets: 0n, shares: 0n };
    this.#races = new Set(races);
  }

  // --- what differs ---------------------------------------------------------------------------------------------

  abstract deposit(amount: bigint, owner: string): EncodedCall;
  abstract withdraw(amount: bigint, owner: string): EncodedCall;
  abstract redeem(shares: bigint, owner: string): EncodedCall;
  abstract supplyCollateral(amount: bigint, account: string): EncodedCall;
  abstract borrow(amount: bigint, account: string): EncodedCall;
  abstract repay(amount: bigint, account: string): EncodedCall;
  abstract repayAll(debtShares: bigint, account: string): EncodedCall;
  abstract take(account: string, maxCollateral: bigint, maxRepay: bigint, receiver: string): EncodedCall;
  abstract permissions(): readonly EncodedCall[];
  abstract eventsOf(logs: readonly Log[]): {
    readonly liquidations: LiquidationEvent[];
    readonly losses: LossEvent[];
  };
  abstract checkInvariants(positions: ReadonlyMap<string, Position>): Promise<InvariantCheck[]>;
  /** What one liquidation hands out at most, and what it costs. The account can be liquidated. */
  protected abstract sellable(
    position: Position,
    debt: bigint,
    state: ProtocolState,
  ): { readonly collateral: bigint; readonly repay: bigint };

  // --- calls ----------------------------------------------------------------------------------------------------

  kick(): EncodedCall {
    throw new Error(`${this.name} has no kicks`);
  }

  unkick(): EncodedCall {
    throw new Error(`${this.name} has no kicks`);
  }

  #toDesk(name: string, ...args: unknown[]): EncodedCall {
    return { to: this.at.desk, data: this.#abi.desk.encodeFunctionData(name, args) };
  }

  flashLiquidate(account: string, maxCollateral: bigint, minProfit: bigint): EncodedCall {
    return this.#toDesk("liquidate", account, maxCollateral, minProfit);
  }

  leverageUp(collateralIn: bigint, collateralToBuy: bigint, maxLoanIn: bigint): EncodedCall {
    return this.#toDesk("increase", collateralIn, collateralToBuy, maxLoanIn);
  }

  loopRound(collateralIn: bigint, ltv: number, limitPrice: number): EncodedCall {
    const limit36 = toUnits(limitPrice, 36 + this.loan.decimals - this.collateral.decimals);
    return this.#toDesk("increaseByRound", collateralIn, toUnits(ltv, 18), limit36);
  }

  leverageDown(loanToRepay: bigint, maxCollateralIn: bigint): EncodedCall {
    return this.#toDesk("reduce", loanToRepay, maxCollateralIn);
  }

  publishPrice(price: number): EncodedCall {
    const data = this.#abi.feed.encodeFunctionData("setAnswer", [toUnits(price, FEED_DECIMALS)]);
    return { to: this.at.feed, data };
  }

  poke(): undefined {
    return undefined;
  }

  pokeRisk(): undefined {
    return undefined;
  }

  pokeDepth(): undefined {
    return undefined;
  }

  /** Without limit. */
  protected approve(token: string, spender: string): EncodedCall {
    return { to: token, data: this.#abi.token.encodeFunctionData("approve", [spender, MAX]) };
  }

  // --- reading --------------------------------------------------------------------------------------------------

  protected async read(to: string, abi: Interface, name: string, ...args: unknown[]): Promise<unknown> {
    const data = await this.#chain.call(to, abi.encodeFunctionData(name, args));
    return abi.decodeFunctionResult(name, data)[0] as unknown;
  }

  protected readRaw(to: string, data: string): Promise<string> {
    return this.#chain.call(to, data);
  }

  async #paged<T>(accounts: readonly string[], read: (part: readonly string[]) => Promise<readonly T[]>): Promise<T[]> {
    const results: T[] = [];
    for (let i = 0; i < accounts.length; i += PAGE) results.push(...(await read(accounts.slice(i, i + PAGE))));
    return results;
  }

  async readState(): Promise<ProtocolState> {
    const m = (await this.read(this.at.desk, this.#abi.desk, "marketState")) as Readonly<Record<string, bigint>>;
    const { debtAssets, debtShares, cash, lenderAssets, lenderShares, price36 } = m;
    const price = priceFloat(price36, this.collateral.decimals, this.loan.decimals);
    return {
      timestamp: Number(m.timestamp),
      ...{ debtAssets, debtShares, cash, lenderAssets, lenderShares, reserves: 0n },
      borrowFactor: this.terms.borrowFactor,
      liquidationFactor: Number(this.terms.liquidationFactorBps) / 1e4,
      liquidationFactorBps: this.terms.liquidationFactorBps,
      liquidationPrice36: price36,
      ...{ oraclePrice: price, priceFresh: true, borrowPrice: price },
      ...{ reserve: Infinity, liquidationDiscount: 0, exitableShares: lenderShares, isRiskStale: false },
      ...{ breakerLevel: NORMAL, poolBreakerLevel: NORMAL },
    };
  }

  readPositions(accounts: readonly string[]): Promise<Position[]> {
    return this.#paged(accounts, async (part) => {
      const read = (await this.read(this.at.desk, this.#abi.desk, "positionsOf", part)) as [bigint, bigint][];
      return read.map(([collateral, debtShares]) => ({ collateral, debtShares, kickedAt: 0 }));
    });
  }

  readBalances(token: string, owners: readonly string[]): Promise<bigint[]> {
    return this.#paged(owners, async (part) => [
      ...((await this.read(this.at.lens, this.#abi.lens, "balancesOf", token, part)) as bigint[]),
    ]);
  }

  readLenderShares(owners: readonly string[]): Promise<bigint[]> {
    return this.#paged(owners, async (part) => [
      ...((await this.read(this.at.desk, this.#abi.desk, "lenderSharesOf", part)) as bigint[]),
    ]);
  }

  async readOffers(accounts: readonly string[], _smallest: bigint, worth: number): Promise<SaleOffer[]> {
    const state = await this.readState();
    const positions = await this.readPositions(accounts);
    return accounts.map((account, i) => {
      const debt = this.debtOf(positions[i], state);
      if (debt <= this.liquidationCapacityOf(positions[i], state)) return { account, parts: [] };
      const { collateral, repay } = this.sellable(positions[i], debt, state);
      // The price of a unit does not depend on how many are taken.
      const cost = toFloat(repay, this.loan.decimals);
      const pays = collateral > 0n && cost < toFloat(collateral, this.collateral.decimals) * worth;
      return { account, parts: pays ? [{ collateral, repay }] : [] };
    });
  }

  /** There is no schedule; nobody counts what waits. */
  readSale(): Promise<SaleState> {
    return Promise.resolve({ backlog: 0, clock: 0 });
  }

  debtOf({ debtShares }: Position, state: ProtocolState): bigint {
    if (debtShares === 0n) return 0n;
    const assets = state.debtAssets + this.#virtual.assets;
    const shares = state.debtShares + this.#virtual.shares;
    return (debtShares * assets + shares - 1n) / shares;
  }

  protected valueOf(collateral: bigint, { liquidationPrice36 }: ProtocolState): bigint {
    return (collateral * liquidationPrice36) / PRICE_SCALE;
  }

  liquidationCapacityOf({ collateral }: Position, state: ProtocolState): bigint {
    return (this.valueOf(collateral, state) * state.liquidationFactorBps) / BPS;
  }

  explain(revertData: string) {
    return explainRevert([this.#abi.desk, this.#abi.token], revertData, this.#races);
  }

  /** Sums over accounts against what the rival's books say. Nobody donates in the lab. */
  protected compareSums(
    positions: ReadonlyMap<string, Position>,
    books: { readonly debtShares: bigint; readonly collateral: bigint; readonly elsewhere?: bigint },
  ): InvariantCheck[] {
    const { collateral, debtShares } = sumsOf(positions);
    const accounted = collateral + (books.elsewhere ?? 0n);
    return [
      equalCheck("INV-02", "debt shares of all accounts against the total", debtShares, books.debtShares),
      equalCheck("INV-06", "collateral of all accounts against what is held", accounted, books.collateral),
    ];
  }
}
