import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { LAB } from "../config.ts";
import type { Chain } from "../engine/chain.ts";
import type { Log } from "../market/venue.ts";
import { priceFloat, toFloat, toUnits } from "../units.ts";
import {
  BreakwaterCalls,
  readInterfaces,
  type BreakwaterAddresses,
  type BreakwaterInterfaces,
} from "./breakwater-calls.ts";
import type { RiskAddresses } from "./breakwater-risk.ts";
import { explainRevert } from "./explain-revert.ts";
import { decodeEvent, decodeResult, encodeCall, type Argument } from "./fast-abi.ts";
import {
  equalCheck,
  RESTRICTED,
  sumsOf,
  type LiquidationEvent,
  type LossEvent,
  type Position,
  type Protocol,
  type ProtocolState,
  type SaleOffer,
  type SalePart,
  type SaleState,
  type Token,
} from "./protocol.ts";

const BPS = 10_000n;
const PRICE_SCALE = 10n ** 36n;
/** `SaleCurve.TICKS` */
const TICKS_PER_SECOND = 256;
/** `LiquidationModule.REFRESH_AGE`, and how long the next block may be. [s] */
const REFRESH_AGE = 600n;
const LONGEST_BLOCK = 1_200n;
/** Accounts a call: about 40,000 gas each, well below the cap of a transaction. */
const PAGE = 200;
/** A quote costs some 150,000 gas, and an offer takes up to six. */
const OFFER_PAGE = 15;

/** Our own pool, behind the lab's interface. */
export class Breakwater extends BreakwaterCalls implements Protocol {
  readonly name = "breakwater";
  readonly kickLifeSeconds: number | undefined;
  readonly minDebt: bigint;
  readonly spender: string;
  readonly #chain: Chain;
  /** Topics of the events that `eventsOf` tells of. */
  readonly #topics: { readonly taken: string; readonly lost: string };

  private constructor(chain: Chain, abi: BreakwaterInterfaces, at: BreakwaterAddresses, tokens: Tokens) {
    super(abi, at, tokens);
    this.#chain = chain;
    const topicOf = (name: string) => abi.LendingPool.getEvent(name)?.topicHash ?? "";
    this.#topics = { taken: topicOf("CollateralTaken"), lost: topicOf("BadDebtRealized") };
    this.spender = at.pool;
    this.kickLifeSeconds = tokens.kickLifeSeconds;
    this.minDebt = toUnits(tokens.minDebt ?? LAB.minDebt, tokens.loan.decimals);
  }

  /** The same pool, sold by another curve or with an engine that it had not yet. */
  adapted({ kickLifeSeconds, risk }: { readonly kickLifeSeconds?: number | undefined; readonly risk?: RiskAddresses }) {
    const { collateral, loan } = this;
    const minDebt = toFloat(this.minDebt, loan.decimals);
    const at = risk === undefined ? this.at : { ...this.at, risk };
    return new Breakwater(this.#chain, this.abi, at, { collateral, loan, kickLifeSeconds, minDebt });
  }

  static async connect(
    hre: HardhatRuntimeEnvironment,
    chain: Chain,
    addresses: BreakwaterAddresses,
    tokens: Tokens,
  ): Promise<Breakwater> {
    return new Breakwater(chain, await readInterfaces(hre), addresses, tokens);
  }

  async #lens(name: string, ...args: Argument[]): Promise<unknown> {
    const lens = this.abi.AccountLens;
    return decodeResult(lens, name, await this.#chain.call(this.at.lens, encodeCall(lens, name, args)));
  }

  async #paged<I, T>(items: readonly I[], page: number, read: (part: readonly I[]) => Promise<T[]>) {
    const results: T[] = [];
    for (let from = 0; from < items.length; from += page) results.push(...(await read(items.slice(from, from + page))));
    return results;
  }

  async readState(): Promise<ProtocolState> {
    const m = (await this.#lens("marketOf", this.at.pool, this.collateral.address)) as Readonly<
      Record<string, bigint>
    > & {
      readonly totals: Readonly<Record<string, bigint>>;
      readonly risk: Readonly<Record<string, bigint>>;
    };
    const { debtAssets, debtShares, cash, reserves } = m.totals;
    const gross = cash + debtAssets;
    const decimals = [this.collateral.decimals, this.loan.decimals] as const;
    const { freshUntil, exitFloorShares, reserve } = m.risk;
    const isGoverned = freshUntil !== 0n;
    const isClosed = m.risk.poolRestricted === 1n || Number(m.risk.level) === RESTRICTED;
    return {
      timestamp: Number(m.timestamp),
      ...{ debtAssets, debtShares, cash, reserves },
      lenderAssets: gross > reserves ? gross - reserves : 0n,
      lenderShares: m.lenderShares,
      borrowFactor: isClosed ? 0 : Number(m.borrowFactorBps) / 1e4,
      liquidationFactor: Number(m.liquidationFactorBps) / 1e4,
      liquidationFactorBps: m.liquidationFactorBps,
      liquidationPrice36: m.liquidationPrice36,
      oraclePrice: priceFloat(m.liquidationPrice36, ...decimals),
      priceFresh: m.priceFresh === 1n,
      borrowPrice: priceFloat(m.borrowPrice36, ...decimals),
      reserve: isGoverned ? toFloat(reserve, this.loan.decimals) : Infinity,
      liquidationDiscount: isGoverned ? Number(m.risk.discountBps) / 1e4 : 0,
      exitableShares: m.lenderShares > exitFloorShares ? m.lenderShares - exitFloorShares : 0n,
      isRiskStale: isGoverned && m.timestamp + LONGEST_BLOCK > m.risk.updatedAt + REFRESH_AGE,
      breakerLevel: Number(m.breakerLevel),
      poolBreakerLevel: Number(m.poolBreakerLevel),
    };
  }

  readPositions(accounts: readonly string[]): Promise<Position[]> {
    return this.#paged(accounts, PAGE, async (part) => {
      const read = await this.#lens("positionsOf", this.at.pool, this.collateral.address, part);
      return (read as Readonly<Record<keyof Position, bigint>>[]).map(({ collateral, debtShares, kickedAt }) => ({
        ...{ collateral, debtShares },
        kickedAt: Number(kickedAt),
      }));
    });
  }

  readBalances(token: string, owners: readonly string[]): Promise<bigint[]> {
    return this.#paged(owners, PAGE, async (part) => [...((await this.#lens("balancesOf", token, part)) as bigint[])]);
  }

  readLenderShares(owners: readonly string[]): Promise<bigint[]> {
    return this.readBalances(this.at.pool, owners);
  }

  readOffers(accounts: readonly string[], smallest: bigint, worth: number, timestamp: number): Promise<SaleOffer[]> {
    const { collateral, loan } = this;
    const worth36 = toUnits(worth, 36 + loan.decimals - collateral.decimals);
    return this.#paged(accounts, OFFER_PAGE, async (part) => {
      const lens = this.abi.AccountLens;
      const call = encodeCall(lens, "offersOf", [this.at.pool, collateral.address, part, smallest, worth36]);
      const data = await this.#chain.callNext(this.at.lens, call, timestamp);
      const read = decodeResult(lens, "offersOf", data) as unknown as SalePart[][];
      return read.map((parts, i) => ({
        account: part[i],
        parts: parts.map(({ collateral: amount, repay }) => ({ collateral: amount, repay })),
      }));
    });
  }

  async readSale(): Promise<SaleState> {
    const desk = this.abi.LiquidationDesk;
    const data = await this.#chain.call(this.at.pool, encodeCall(desk, "saleOf", [this.collateral.address]));
    const sale = decodeResult(desk, "saleOf", data) as Readonly<Record<"backlog" | "clockTicks", bigint>>;
    return { backlog: toFloat(sale.backlog, this.loan.decimals), clock: Number(sale.clockTicks) / TICKS_PER_SECOND };
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

  eventsOf(logs: readonly Log[]): { readonly liquidations: LiquidationEvent[]; readonly losses: LossEvent[] } {
    const liquidations: LiquidationEvent[] = [];
    const losses: LossEvent[] = [];
    const { taken, lost } = this.#topics;
    for (const log of logs) {
      const [topic] = log.topics;
      if ((topic !== taken && topic !== lost) || BigInt(log.address) !== BigInt(this.at.pool)) continue;
      const name = topic === taken ? "CollateralTaken" : "BadDebtRealized";
      const args = decodeEvent(this.abi.LendingPool, name, log) as Readonly<Record<string, bigint>> & {
        readonly account: string;
      };
      const { account } = args;
      if (topic === taken) {
        liquidations.push({ account, collateral: args.collateralAmount, repaid: args.repaidAssets });
      } else {
        const { debtAssets: debt, paidByReserves, paidByLenders } = args;
        losses.push({ account, debt, paidByReserves, paidByLenders });
      }
    }
    return { liquidations, losses };
  }

  explain(revertData: string) {
    return explainRevert(Object.values(this.abi), revertData);
  }

  async checkInvariants(positions: ReadonlyMap<string, Position>) {
    const state = await this.readState();
    const pool = this.at.pool;
    const [loanHeld] = await this.readBalances(this.loan.address, [pool]);
    const [collateralHeld] = await this.readBalances(this.collateral.address, [pool]);
    const { collateral, debtShares } = sumsOf(positions);
    // Nobody donates in the lab, so what the pool holds is exactly what its books say.
    return [
      equalCheck("INV-01", "loan assets held against cash on the books", loanHeld, state.cash),
      equalCheck("INV-02", "debt shares of all accounts against the total", debtShares, state.debtShares),
      equalCheck("INV-06", "collateral of all accounts against what the pool holds", collateral, collateralHeld),
    ];
  }
}

interface Tokens {
  readonly collateral: Token;
  readonly loan: Token;
  readonly kickLifeSeconds: number | undefined;
  /** That the pool was set up with; default: as in `LAB`. [whole loan tokens] */
  readonly minDebt?: number;
}
