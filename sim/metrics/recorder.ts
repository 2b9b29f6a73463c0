import { keccak256, toUtf8Bytes } from "ethers";

import type { Step } from "../engine/stepper.ts";
import { RESTRICTED } from "../protocols/protocol.ts";
import { toFloat } from "../units.ts";
import type { RunMetrics, RunProgress, RunSeries } from "./run-result.ts";

/** Points of the series: enough for a chart, little enough for a file. */
const SAMPLES = 600;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Columns = { [K in keyof RunSeries]: number[] };

/** Watches a run block by block and adds up what `RunMetrics` reports. */
export class Recorder {
  readonly #blocks: number;
  readonly #every: number;
  readonly #underWaterSince = new Map<string, number>();
  readonly #liquidated = new Set<string>();
  readonly #columns: Columns = {
    ...{ seconds: [], exogenousPrice: [], marketPrice: [], poolPrice: [], oraclePrice: [] },
    ...{ totalDebt: [], underWaterAccounts: [], liquidatedDebt: [], badDebt: [] },
    ...{ borrowFactor: [], liquidationFactor: [], breakerLevel: [], poolBreakerLevel: [] },
  };
  readonly #metrics: Mutable<RunMetrics>;
  #hash = keccak256("0x");
  #underWater = 0;
  /** When the first account went under water. */
  #firstUnder: number | undefined;

  constructor(blocks: number, start: Pick<RunMetrics, "debtAtStart" | "collateralValueAtStart" | "priceAtStart">) {
    this.#blocks = blocks;
    this.#every = Math.max(1, Math.floor(blocks / SAMPLES));
    this.#metrics = {
      ...start,
      ...{ badDebt: 0, lenderLoss: 0, insolvency: 0, liquidatedDebt: 0, liquidatedCollateral: 0, liquidations: 0 },
      ...{ accountsLiquidated: 0, liquidationDiscount: 0, peakDebt: start.debtAtStart, priceAtEnd: start.priceAtStart },
      ...{ priceLow: start.priceAtStart, poolPriceLow: start.priceAtStart, accountSecondsUnderWater: 0 },
      ...{
        longestSecondsUnderWater: 0,
        secondsToSolvency: 0,
        underWaterAtEnd: 0,
        secondsRestricted: 0,
        transactions: 0,
        failedTransactions: 0,
        gasUsed: 0,
        blocks,
      },
    };
  }

  record(step: Step, exogenousPrice: number): void {
    const { view, outcomes, state, marketPrice } = step;
    const m = this.#metrics;
    this.#recordTransactions(step);
    m.priceLow = Math.min(m.priceLow, marketPrice);
    m.priceAtEnd = marketPrice;
    m.poolPriceLow = Math.min(m.poolPriceLow, view.venue.price);
    const debt = toFloat(state.debtAssets, view.protocol.loan.decimals);
    m.peakDebt = Math.max(m.peakDebt, debt);
    this.#recordHealth(step);
    this.#recordSolvency(view.seconds, view.blockSeconds);
    if (state.breakerLevel === RESTRICTED || state.poolBreakerLevel === RESTRICTED) {
      m.secondsRestricted += view.blockSeconds;
    }

    const line = [view.block, exogenousPrice, marketPrice, view.venue.sqrtPriceX96, state.debtAssets, state.cash];
    const mined = outcomes.map(
      ({ intent, receipt }) => `${intent.from}:${intent.label}:${receipt.ok}:${receipt.gasUsed}`,
    );
    this.#hash = keccak256(toUtf8Bytes([this.#hash, ...line, ...mined].join("|")));

    if (view.block % this.#every !== 0 && view.block !== this.#blocks) return;
    const c = this.#columns;
    c.seconds.push(view.seconds);
    c.exogenousPrice.push(exogenousPrice);
    c.marketPrice.push(marketPrice);
    c.poolPrice.push(view.venue.price);
    c.oraclePrice.push(state.oraclePrice);
    c.totalDebt.push(debt);
    c.underWaterAccounts.push(this.#underWater);
    c.liquidatedDebt.push(m.liquidatedDebt);
    c.badDebt.push(m.badDebt);
    c.borrowFactor.push(state.borrowFactor);
    c.liquidationFactor.push(state.liquidationFactor);
    c.breakerLevel.push(state.breakerLevel);
    c.poolBreakerLevel.push(state.poolBreakerLevel);
  }

  #recordTransactions({ view, outcomes }: Step): void {
    const m = this.#metrics;
    const { collateral, loan } = view.protocol;
    for (const { receipt } of outcomes) {
      m.transactions += 1;
      m.gasUsed += Number(receipt.gasUsed);
      if (!receipt.ok) m.failedTransactions += 1;
      const { liquidations, losses } = view.protocol.eventsOf(receipt.logs);
      for (const taken of liquidations) {
        const seized = toFloat(taken.collateral, collateral.decimals);
        const repaid = toFloat(taken.repaid, loan.decimals);
        m.liquidations += 1;
        m.liquidatedCollateral += seized;
        m.liquidatedDebt += repaid;
        m.liquidationDiscount += seized * view.marketPrice - repaid;
        this.#liquidated.add(taken.account.toLowerCase());
      }
      for (const loss of losses) {
        m.badDebt += toFloat(loss.debt, loan.decimals);
        m.lenderLoss += toFloat(loss.paidByLenders, loan.decimals);
      }
    }
    m.accountsLiquidated = this.#liquidated.size;
  }

  /** Health at the market's price: what is so, not what the oracle has heard of it yet. */
  #recordHealth({ view, state, positions, marketPrice }: Step): void {
    const m = this.#metrics;
    const { collateral, loan } = view.protocol;
    this.#underWater = 0;
    m.insolvency = 0;
    for (const [account, position] of positions) {
      const value = toFloat(position.collateral, collateral.decimals) * marketPrice;
      const debt = position.debtShares === 0n ? 0 : toFloat(view.protocol.debtOf(position, state), loan.decimals);
      if (debt === 0 || debt <= value * state.liquidationFactor) {
        this.#underWaterSince.delete(account);
        continue;
      }
      this.#underWater += 1;
      m.insolvency += Math.max(0, debt - value);
      m.accountSecondsUnderWater += view.blockSeconds;
      const since = this.#underWaterSince.get(account) ?? view.seconds - view.blockSeconds;
      this.#underWaterSince.set(account, since);
      m.longestSecondsUnderWater = Math.max(m.longestSecondsUnderWater, view.seconds - since);
    }
  }

  #recordSolvency(seconds: number, blockSeconds: number): void {
    const m = this.#metrics;
    m.underWaterAtEnd = this.#underWater;
    if (this.#underWater === 0) return;
    this.#firstUnder ??= seconds - blockSeconds;
    m.secondsToSolvency = seconds - this.#firstUnder;
  }

  progress(phase: RunProgress["phase"], block: number): RunProgress {
    const { priceAtEnd: marketPrice, liquidatedDebt, badDebt } = this.#metrics;
    const underWaterAccounts = this.#underWater;
    return { phase, block, blocks: this.#blocks, marketPrice, underWaterAccounts, liquidatedDebt, badDebt };
  }

  get metrics(): RunMetrics {
    return this.#metrics;
  }

  get series(): RunSeries {
    return this.#columns;
  }

  get hash(): string {
    return this.#hash;
  }
}
