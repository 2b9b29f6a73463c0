import { PUBLISH } from "../agents/oracle-keeper.ts";
import type { Step } from "../engine/stepper.ts";
import { toFloat } from "../units.ts";
import type { AuctionResult, Discount } from "./auction-result.ts";
import { ClearingTimes } from "./clearing.ts";

/** A take, valued twice. [loan asset] */
interface Sale {
  readonly repaid: number;
  readonly atMarket: number;
  readonly atOracle: number;
}

type Mutable<T> = { -readonly [K in keyof T]: number[] };

/** Watches how collateral is sold: at what discount, how soon, and how much waits against what the market could take. */
export class AuctionRecorder {
  readonly #every: number;
  readonly #blocks: number;
  readonly #clearing = new ClearingTimes();
  readonly #all: Sale[] = [];
  readonly #sales: Mutable<AuctionResult["sales"]> = {
    ...{ seconds: [], takes: [], repaid: [] },
    ...{ market: [], marketByValue: [], oracle: [], oracleByValue: [] },
  };
  readonly #queue: Mutable<AuctionResult["queue"]> = {
    ...{ seconds: [], accounts: [], backlog: [], venueReserve: [], poolReserve: [], lagSeconds: [] },
  };
  #peakBacklog = 0;
  #peakShare = 0;
  #end = 0;

  /** @param samples Points of the queue's series, at most twice as many. */
  constructor(blocks: number, samples = 600) {
    this.#blocks = blocks;
    this.#every = Math.max(1, Math.floor(blocks / samples));
  }

  async record(step: Step): Promise<void> {
    this.#recordSales(step);
    const { view, state } = step;
    const { forSale, backlog } = whatIsForSale(step);
    this.#end = view.seconds;
    this.#clearing.update(forSale, view.seconds);
    const reserve = reserveOf(view.venue);
    this.#peakBacklog = Math.max(this.#peakBacklog, backlog);
    this.#peakShare = Math.max(this.#peakShare, backlog / reserve);
    if (view.block % this.#every !== 0 && view.block !== this.#blocks) return;
    const q = this.#queue;
    q.seconds.push(view.seconds);
    q.accounts.push(forSale.size);
    q.backlog.push(backlog);
    q.venueReserve.push(reserve);
    q.poolReserve.push(state.reserve === Infinity ? 0 : state.reserve);
    q.lagSeconds.push(await this.#lag(step));
  }

  /** How far the price of the account that has been for sale longest has come: the curve's lag. */
  async #lag({ view }: Step): Promise<number> {
    const { oldest } = this.#clearing;
    if (oldest === undefined) return 0;
    const { clock } = await view.protocol.readSale();
    const start = view.timestamp - view.seconds; // of the scenario [unix s]
    return Math.max(0, view.seconds - Math.max(oldest, clock === 0 ? -Infinity : clock - start));
  }

  #recordSales({ view, outcomes, state }: Step): void {
    const { collateral, loan } = view.protocol;
    const sales: Sale[] = [];
    // Judged by the oracle's price of the moment: what the block publishes first counts.
    let { oraclePrice } = view.state;
    for (const { intent, receipt } of outcomes) {
      if (receipt.ok && intent.label === PUBLISH) ({ oraclePrice } = state);
      for (const taken of view.protocol.eventsOf(receipt.logs).liquidations) {
        const amount = toFloat(taken.collateral, collateral.decimals);
        sales.push({
          repaid: toFloat(taken.repaid, loan.decimals),
          ...{ atMarket: amount * view.marketPrice, atOracle: amount * oraclePrice },
        });
      }
    }
    if (sales.length === 0) return;
    this.#all.push(...sales);
    const [market, oracle] = [discountOf(sales, "atMarket"), discountOf(sales, "atOracle")];
    const s = this.#sales;
    s.seconds.push(view.seconds);
    s.takes.push(sales.length);
    s.repaid.push(sales.reduce((sum, { repaid }) => sum + repaid, 0));
    s.market.push(market.mean);
    s.marketByValue.push(market.byValue);
    s.oracle.push(oracle.mean);
    s.oracleByValue.push(oracle.byValue);
  }

  get result(): AuctionResult {
    const none = this.#all.length === 0;
    return {
      discount: {
        market: none ? null : discountOf(this.#all, "atMarket"),
        oracle: none ? null : discountOf(this.#all, "atOracle"),
      },
      clearing: this.#clearing.result(this.#end),
      ...{ peakBacklog: this.#peakBacklog, peakBacklogShare: this.#peakShare },
      longestLagSeconds: this.#queue.lagSeconds.reduce((longest, lag) => Math.max(longest, lag), 0),
      ...{ sales: this.#sales, queue: this.#queue },
    };
  }
}

/** Of each sale, and of all together: what was paid below the value. A premium is below zero. */
function discountOf(sales: readonly Sale[], at: "atMarket" | "atOracle"): Discount {
  let [shares, repaid, value] = [0, 0, 0];
  for (const sale of sales) {
    shares += 1 - sale.repaid / sale[at];
    repaid += sale.repaid;
    value += sale[at];
  }
  return { mean: shares / sales.length, byValue: 1 - repaid / value };
}

/** Accounts that were put up for sale and still owe something; where no kick is needed, all that may be liquidated. */
function whatIsForSale({ view, state, positions }: Step): { forSale: Set<string>; backlog: number } {
  const { protocol } = view;
  const forSale = new Set<string>();
  let backlog = 0;
  for (const [account, position] of positions) {
    // Most accounts are not: what they owe is not asked for.
    if (position.debtShares === 0n || (protocol.kickLifeSeconds !== undefined && position.kickedAt === 0)) continue;
    const debt = protocol.debtOf(position, state);
    if (protocol.kickLifeSeconds === undefined && debt <= protocol.liquidationCapacityOf(position, state)) continue;
    forSale.add(account);
    backlog += toFloat(debt, protocol.loan.decimals);
  }
  return { forSale, backlog };
}

/** y of the venue: what a constant-product pool of its liquidity holds of the loan asset. */
function reserveOf({ liquidity, price }: Step["view"]["venue"]): number {
  return liquidity * Math.sqrt(price);
}
