import { Interface, type InterfaceAbi } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { LAB } from "../config.ts";
import type { Chain } from "../engine/chain.ts";
import { NO_DEADLINE, type EncodedCall } from "../market/uniswap-calls.ts";
import type { Log } from "../market/venue.ts";
import { priceFloat, toUnits } from "../units.ts";
import { FEED_DECIMALS } from "./breakwater-deploy.ts";
import { explainRevert } from "./explain-revert.ts";
import type { LiquidationEvent, LossEvent, Position, Protocol, ProtocolState, SaleQuote, Token } from "./protocol.ts";

const MAX = (1n << 256n) - 1n;
const BPS = 10_000n;
const PRICE_SCALE = 10n ** 36n;
/** Accounts a call: about 40,000 gas each, well below the cap of a transaction. */
const PAGE = 200;
/** Quotes cost some 150,000 gas each. */
const QUOTE_PAGE = 50;

export interface BreakwaterAddresses {
  readonly pool: string;
  readonly oracle: string;
  readonly feed: string;
  readonly venue: string;
  readonly router: string;
  readonly lens: string;
  readonly flashLiquidator: string;
}

const CONTRACTS = [
  "LendingPool",
  "LiquidationModule",
  "PriceOracle",
  "LeverageRouter",
  "FlashLiquidator",
  "AccountLens",
  "MockAggregator",
  "MockERC20",
] as const;
type Interfaces = Readonly<Record<(typeof CONTRACTS)[number], Interface>>;

/** ABIs of what the build made. */
async function readInterfaces(hre: HardhatRuntimeEnvironment): Promise<Interfaces> {
  const entries = await Promise.all(
    CONTRACTS.map(async (name) => {
      const { abi } = await hre.artifacts.readArtifact(name);
      return [name, new Interface(abi as unknown as InterfaceAbi)] as const;
    }),
  );
  return Object.fromEntries(entries) as Interfaces;
}

/** Our own pool, behind the lab's interface. */
export class Breakwater implements Protocol {
  readonly name = "breakwater";
  readonly collateral: Token;
  readonly loan: Token;
  readonly kickLifeSeconds: number | undefined;
  readonly minDebt: bigint;
  readonly spender: string;
  readonly #chain: Chain;
  readonly #at: BreakwaterAddresses;
  readonly #abi: Interfaces;

  private constructor(chain: Chain, abi: Interfaces, at: BreakwaterAddresses, tokens: Tokens) {
    this.#chain = chain;
    this.#abi = abi;
    this.#at = at;
    this.spender = at.pool;
    this.collateral = tokens.collateral;
    this.loan = tokens.loan;
    this.kickLifeSeconds = tokens.kickLifeSeconds;
    this.minDebt = toUnits(LAB.minDebt, tokens.loan.decimals);
  }

  static async connect(
    hre: HardhatRuntimeEnvironment,
    chain: Chain,
    addresses: BreakwaterAddresses,
    tokens: Tokens,
  ): Promise<Breakwater> {
    return new Breakwater(chain, await readInterfaces(hre), addresses, tokens);
  }

  // --- calls --------------------------------------------------------------------------------------------------------

  #toPool(name: string, ...args: unknown[]): EncodedCall {
    return { to: this.#at.pool, data: this.#abi.LendingPool.encodeFunctionData(name, args) };
  }

  deposit(amount: bigint, owner: string): EncodedCall {
    return this.#toPool("deposit", amount, owner);
  }

  withdraw(amount: bigint, owner: string): EncodedCall {
    return this.#toPool("withdraw", amount, owner, owner);
  }

  redeem(shares: bigint, owner: string): EncodedCall {
    return this.#toPool("redeem", shares, owner, owner);
  }

  supplyCollateral(amount: bigint, account: string): EncodedCall {
    return this.#toPool("supplyCollateral", this.collateral.address, amount, account, "0x");
  }

  borrow(amount: bigint, account: string): EncodedCall {
    return this.#toPool("borrow", amount, 0n, account, account);
  }

  repay(amount: bigint, account: string): EncodedCall {
    return this.#toPool("repay", amount, 0n, account, "0x");
  }

  repayAll(debtShares: bigint, account: string): EncodedCall {
    return this.#toPool("repay", 0n, debtShares, account, "0x");
  }

  kick(account: string): EncodedCall {
    return this.#toPool("kick", account);
  }

  unkick(account: string): EncodedCall {
    return this.#toPool("unkick", account);
  }

  take(account: string, maxCollateral: bigint, maxRepay: bigint, receiver: string): EncodedCall {
    return this.#toPool("take", account, this.collateral.address, maxCollateral, maxRepay, receiver, "0x");
  }

  flashLiquidate(account: string, maxCollateral: bigint, minProfit: bigint): EncodedCall {
    const { pool, venue, flashLiquidator } = this.#at;
    const args = [pool, account, this.collateral.address, maxCollateral, venue, minProfit];
    return { to: flashLiquidator, data: this.#abi.FlashLiquidator.encodeFunctionData("liquidate", args) };
  }

  #toRouter(name: string, order: object): EncodedCall {
    const market = {
      pool: this.#at.pool,
      collateral: this.collateral.address,
      venues: [this.#at.venue],
      middle: [],
    };
    const permission = { deadline: 0n, signature: "0x" };
    return {
      to: this.#at.router,
      data: this.#abi.LeverageRouter.encodeFunctionData(name, [market, order, permission]),
    };
  }

  leverageUp(collateralIn: bigint, collateralToBuy: bigint, maxLoanIn: bigint): EncodedCall {
    return this.#toRouter("increase", { collateralIn, collateralToBuy, maxLoanIn, deadline: NO_DEADLINE });
  }

  loopRound(collateralIn: bigint, ltv: number, limitPrice: number): EncodedCall {
    const { collateral, loan } = this;
    return this.#toRouter("increaseByRounds", {
      collateralIn,
      rounds: 1,
      ltvWad: toUnits(ltv, 18),
      limitPrice36: toUnits(limitPrice, 36 + loan.decimals - collateral.decimals),
      deadline: NO_DEADLINE,
    });
  }

  leverageDown(loanToRepay: bigint, maxCollateralIn: bigint): EncodedCall {
    const order = { loanToRepay, maxCollateralIn, collateralToWithdraw: 0n, deadline: NO_DEADLINE };
    return this.#toRouter("reduce", order);
  }

  publishPrice(price: number): EncodedCall {
    const answer = toUnits(price, FEED_DECIMALS);
    return { to: this.#at.feed, data: this.#abi.MockAggregator.encodeFunctionData("setAnswer", [answer]) };
  }

  poke(): EncodedCall {
    return {
      to: this.#at.oracle,
      data: this.#abi.PriceOracle.encodeFunctionData("poke", [this.collateral.address]),
    };
  }

  permissions(): readonly EncodedCall[] {
    const approve = (token: Token, spender: string): EncodedCall => ({
      to: token.address,
      data: this.#abi.MockERC20.encodeFunctionData("approve", [spender, MAX]),
    });
    return [
      approve(this.collateral, this.#at.pool),
      approve(this.loan, this.#at.pool),
      approve(this.collateral, this.#at.router),
      this.#toPool("setOperator", this.#at.router, true),
    ];
  }

  // --- reads --------------------------------------------------------------------------------------------------------

  async #lens(name: string, ...args: unknown[]): Promise<unknown> {
    const lens = this.#abi.AccountLens;
    const data = await this.#chain.call(this.#at.lens, lens.encodeFunctionData(name, args));
    return lens.decodeFunctionResult(name, data)[0] as unknown;
  }

  async #paged<T>(items: readonly string[], page: number, read: (part: readonly string[]) => Promise<T[]>) {
    const results: T[] = [];
    for (let from = 0; from < items.length; from += page) results.push(...(await read(items.slice(from, from + page))));
    return results;
  }

  async readState(): Promise<ProtocolState> {
    const m = (await this.#lens("marketOf", this.#at.pool, this.collateral.address)) as Readonly<
      Record<string, bigint>
    > & { readonly totals: Readonly<Record<string, bigint>>; readonly priceFresh: boolean };
    const { debtAssets, debtShares, cash, reserves } = m.totals;
    const gross = cash + debtAssets;
    const decimals = [this.collateral.decimals, this.loan.decimals] as const;
    return {
      timestamp: Number(m.timestamp),
      ...{ debtAssets, debtShares, cash, reserves },
      lenderAssets: gross > reserves ? gross - reserves : 0n,
      lenderShares: m.lenderShares,
      borrowFactor: Number(m.borrowFactorBps) / 1e4,
      liquidationFactor: Number(m.liquidationFactorBps) / 1e4,
      liquidationFactorBps: m.liquidationFactorBps,
      liquidationPrice36: m.liquidationPrice36,
      oraclePrice: priceFloat(m.liquidationPrice36, ...decimals),
      priceFresh: m.priceFresh,
      borrowPrice: priceFloat(m.borrowPrice36, ...decimals),
    };
  }

  readPositions(accounts: readonly string[]): Promise<Position[]> {
    return this.#paged(accounts, PAGE, async (part) => {
      const read = await this.#lens("positionsOf", this.#at.pool, this.collateral.address, part);
      return (read as bigint[][]).map(([collateral, debtShares, kickedAt]) => ({
        ...{ collateral, debtShares },
        kickedAt: Number(kickedAt),
      }));
    });
  }

  readBalances(token: string, owners: readonly string[]): Promise<bigint[]> {
    return this.#paged(owners, PAGE, async (part) => [...((await this.#lens("balancesOf", token, part)) as bigint[])]);
  }

  readQuotes(accounts: readonly string[]): Promise<SaleQuote[]> {
    return this.#paged(accounts, QUOTE_PAGE, async (part) => {
      const read = await this.#lens("quotesOf", this.#at.pool, this.collateral.address, part);
      return (read as bigint[][]).map(([collateral, repay], i) => ({ account: part[i], collateral, repay }));
    });
  }

  debtOf({ debtShares }: Position, state: ProtocolState): bigint {
    if (debtShares === state.debtShares) return state.debtAssets;
    const [assets, shares] = [state.debtAssets + 1n, state.debtShares + 1n]; // SharesMath's virtual amounts
    return (debtShares * assets + shares - 1n) / shares;
  }

  liquidationCapacityOf({ collateral }: Position, state: ProtocolState): bigint {
    const value = (collateral * state.liquidationPrice36) / PRICE_SCALE;
    return (value * state.liquidationFactorBps) / BPS;
  }

  askPrice({ kickedAt }: Position, { oraclePrice }: ProtocolState, timestamp: number): number {
    if (this.kickLifeSeconds === undefined) return oraclePrice / (1 + LAB.fixedBonusBps / 1e4);
    // DutchCurve: exponential from the premium to the largest bonus.
    const [start, floor] = [1 + LAB.dutchPremiumBps / 1e4, 1 / (1 + LAB.dutchMaxBonusBps / 1e4)];
    const elapsed = Math.min(1, Math.max(0, timestamp - kickedAt) / LAB.dutchSeconds);
    return oraclePrice * start * (floor / start) ** elapsed;
  }

  eventsOf(logs: readonly Log[]): { readonly liquidations: LiquidationEvent[]; readonly losses: LossEvent[] } {
    const liquidations: LiquidationEvent[] = [];
    const losses: LossEvent[] = [];
    for (const log of logs) {
      if (BigInt(log.address) !== BigInt(this.#at.pool)) continue;
      const event = this.#abi.LendingPool.parseLog({ topics: [...log.topics], data: log.data });
      const args = (event?.args ?? {}) as Readonly<Record<string, bigint>> & { readonly account: string };
      const { account } = args;
      if (event?.name === "CollateralTaken") {
        liquidations.push({ account, collateral: args.collateralAmount, repaid: args.repaidAssets });
      } else if (event?.name === "BadDebtRealized") {
        const { debtAssets: debt, paidByReserves, paidByLenders } = args;
        losses.push({ account, debt, paidByReserves, paidByLenders });
      }
    }
    return { liquidations, losses };
  }

  explain(revertData: string) {
    return explainRevert(Object.values(this.#abi), revertData);
  }

  async checkInvariants(positions: ReadonlyMap<string, Position>) {
    const state = await this.readState();
    const pool = this.#at.pool;
    const [loanHeld] = await this.readBalances(this.loan.address, [pool]);
    const [collateralHeld] = await this.readBalances(this.collateral.address, [pool]);
    let collateral = 0n;
    let debtShares = 0n;
    for (const position of positions.values()) {
      collateral += position.collateral;
      debtShares += position.debtShares;
    }
    const say = (id: string, what: string, actual: bigint, expected: bigint) => ({
      id,
      holds: actual === expected,
      detail: `${what}: ${actual} against ${expected} [base units]`,
    });
    // Nobody donates in the lab, so what the pool holds is exactly what its books say.
    return [
      say("INV-01", "loan assets held against cash on the books", loanHeld, state.cash),
      say("INV-02", "debt shares of all accounts against the total", debtShares, state.debtShares),
      say("INV-06", "collateral of all accounts against what the pool holds", collateral, collateralHeld),
    ];
  }
}

interface Tokens {
  readonly collateral: Token;
  readonly loan: Token;
  readonly kickLifeSeconds: number | undefined;
}
