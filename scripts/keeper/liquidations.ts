import type { Block } from "./chain.ts";
import type { Contracts } from "./contracts.ts";
import { chooseFees, expectedGasPrice, maxOf, type FeeLimits } from "./fees.ts";
import type { Standing } from "./health-scan.ts";
import { describeError, type Log } from "./log.ts";
import type { Market } from "./market.ts";
import type { Prices } from "./prices.ts";
import { planTake, refusalName, type ProfitOptions, type TakePlan } from "./profit.ts";
import { failureOf, StoppedError } from "./rpc.ts";
import type { Sender, SendResult } from "./sender.ts";

export interface LiquidationOptions extends ProfitOptions {
  readonly fees: FeeLimits;
  /** Least that must be left after gas. [loan base units] */
  readonly minProfit: bigint;
  /** Share of the simulated profit that must be left, or the transaction reverts. [bps] */
  readonly keptBps: bigint;
  /** Share of the profit that is offered for the place in the block. [bps] */
  readonly bidBps: bigint;
  /** What a kicked account may be expected to bring, as a share of its debt: decides whether a kick is worth its gas. [bps] */
  readonly kickYieldBps: bigint;
  /** Takes back from sale what has healed. It costs gas, and brings that what else is for sale is sold faster. */
  readonly unkicks: boolean;
  /** Accounts looked at closely in a round. */
  readonly mostPlans: number;
  /** Takes through one venue in a round: the second does not see the price that the first leaves. */
  readonly mostPerVenue: number;
}

/** What a decision came to, for the metrics. */
export type Decision =
  | { readonly what: "kick" | "take" | "unkick"; readonly result: SendResult }
  | { readonly what: "skip"; readonly reason: string };

const BPS = 10_000n;
/** Of an estimate, for what changes until it is mined. */
const GAS_MARGIN_BPS = 12_500n;
/** Before an account is put up for sale the pool asks the risk engine for what it has not looked at lately: gas for that must be left. */
const REFRESH_SPARE = 2_000_000n;
const REFRESH_SPARE_EACH = 300_000n;
/** Health from which an account rests: its debt slows nobody's sale down. From 10,200 on its sale can be ended. [bps] */
const HEALTHY_BPS = 10_000;
/** A kick may be repeated when the sale has expired: no sooner than so long after it, and the pool says when. [s] */
const EXPIRY_SECONDS = 1_800;
/** Gas of a take, where none has been estimated yet. */
const TYPICAL_TAKE_GAS = 450_000n;

/** Decides, account by account, and sends. */
export class Liquidations {
  readonly #contracts: Contracts;
  readonly #sender: Sender;
  readonly #prices: Prices;
  readonly #options: LiquidationOptions;
  readonly #log: Log;
  #offset = 0; // so that accounts that are never worth it do not hide those behind them

  constructor(contracts: Contracts, sender: Sender, prices: Prices, options: LiquidationOptions, log: Log) {
    this.#contracts = contracts;
    this.#sender = sender;
    this.#prices = prices;
    this.#options = options;
    this.#log = log;
  }

  /**
   * One round.
   * @param unhealthy Worst first.
   * @param now Of the block that decisions are made on.
   */
  async act(market: Market, unhealthy: readonly Standing[], head: Block, now: number): Promise<Decision[]> {
    const fees = await chooseFees(this.#contracts.chain, head, this.#options.fees);
    if (fees === undefined) return unhealthy.length === 0 ? [] : [{ what: "skip", reason: "too-dear" }];
    if (!this.#prices.valueGas) return [{ what: "skip", reason: "gas-without-price" }];
    const gasPrice = expectedGasPrice(head, fees);
    const decisions: Decision[] = [];
    const perVenue = new Map<string, number>();
    const { mostPlans } = this.#options;
    this.#offset = unhealthy.length <= mostPlans ? 0 : this.#offset % unhealthy.length;
    const turn = [...unhealthy.slice(this.#offset), ...unhealthy.slice(0, this.#offset)].slice(0, mostPlans);
    this.#offset += turn.length;
    for (const standing of turn) {
      const { account, healthBps } = standing;
      let decision: Decision;
      try {
        decision = await this.#decide(market, standing, head, now, gasPrice, perVenue);
      } catch (error) {
        if (concernsAll(error)) throw error;
        decision = { what: "skip", reason: "error" };
        this.#log("warn", "account.failed", { account, message: describeError(error) });
      }
      decisions.push(decision);
      if (decision.what === "skip") this.#log("debug", "account.skipped", { account, healthBps, ...decision });
    }
    return decisions;
  }

  /** Ends sales of accounts that have healed, and puts to rest those that hardly have. What can have neither, an estimate says. */
  async unkick(market: Market, standings: Iterable<Standing>, head: Block): Promise<Decision[]> {
    const decisions: Decision[] = [];
    if (!this.#options.unkicks) return decisions;
    for (const { account, kickedAt, healthBps } of standings) {
      if (kickedAt === 0 || healthBps < HEALTHY_BPS || this.#sender.isBusyWith(account)) continue;
      const call = this.#contracts.encode("LiquidationModule", market.pool, "unkick", [account]);
      const gas = await this.#estimate(call);
      if (typeof gas === "string") continue;
      const result = await this.#sender.send({ kind: "unkick", key: account, ...call, gas: withMargin(gas) }, head);
      decisions.push({ what: "unkick", result });
    }
    return decisions;
  }

  async #decide(
    market: Market,
    standing: Standing,
    head: Block,
    now: number,
    gasPrice: bigint,
    perVenue: Map<string, number>,
  ): Promise<Decision> {
    const { account, kickedAt } = standing;
    if (this.#sender.isBusyWith(account)) return { what: "skip", reason: "in-flight" };
    const plan = await planTake(this.#contracts, market, account, this.#options);
    let reason: string;
    let holding: string;
    if ("reason" in plan) {
      ({ reason, holding } = plan);
    } else if ((perVenue.get(plan.venue) ?? 0) >= this.#options.mostPerVenue) {
      return { what: "skip", reason: "venue-busy" };
    } else {
      const taken = await this.#take(market, plan, kickedAt > 0, head, gasPrice);
      if (typeof taken !== "string") {
        perVenue.set(plan.venue, (perVenue.get(plan.venue) ?? 0) + 1);
        return taken;
      }
      [reason, holding] = [taken, plan.collateral.token];
    }
    if (kickedAt > 0 && now - kickedAt <= EXPIRY_SECONDS) return { what: "skip", reason };
    return this.#kick(market, standing, holding, head, gasPrice, reason);
  }

  /** @returns Why not, if it is not worth its gas. */
  async #take(
    market: Market,
    plan: TakePlan,
    isKicked: boolean,
    head: Block,
    gasPrice: bigint,
  ): Promise<Decision | string> {
    const { liquidator, minProfit, keptBps, bidBps } = this.#options;
    const { account, collateral, size, venue, profit } = plan;
    const encode = (least: bigint) =>
      this.#contracts.encode("FlashLiquidator", liquidator, "liquidate", [
        ...[market.pool, account, collateral.token, size, venue, least],
      ]);
    const gas = await this.#estimate(encode(0n));
    if (typeof gas === "string") return gas;
    const gasCost = this.#prices.toLoan(gas * gasPrice);
    const net = profit - gasCost;
    if (net < minProfit) return "below-min-profit";
    const least = maxOf(gasCost + minProfit, (profit * keptBps) / BPS);
    const tip = this.#prices.toWei((net * bidBps) / BPS) / gas;
    const spare = isKicked ? 0n : spareFor(market);
    const intent = { kind: "take" as const, key: account, ...encode(least), gas: withMargin(gas) + spare, tip };
    const result = await this.#sender.send(intent, head);
    this.#log("info", "take.decided", {
      ...{ account, collateral: collateral.symbol, size, isWhole: plan.isWhole, venue },
      ...{ profit, gasCost, net, least, result },
    });
    return { what: "take", result };
  }

  /** @param holding Of the account's: what the pool need not look up. */
  async #kick(
    market: Market,
    standing: Standing,
    holding: string,
    head: Block,
    gasPrice: bigint,
    why: string,
  ): Promise<Decision> {
    const { account, debt, healthBps } = standing;
    const call = this.#contracts.encode("LiquidationModule", market.pool, "kickFor", [account, holding, 0n]);
    const gas = await this.#estimate(call);
    if (typeof gas === "string") return { what: "skip", reason: gas };
    const cost = this.#prices.toLoan((gas + TYPICAL_TAKE_GAS) * gasPrice) + this.#options.minProfit;
    if ((debt * this.#options.kickYieldBps) / BPS < cost) return { what: "skip", reason: "kick-not-worth-it" };
    const intent = { kind: "kick" as const, key: account, ...call, gas: withMargin(gas) + spareFor(market) };
    const result = await this.#sender.send(intent, head);
    this.#log("info", "kick.decided", { account, debt, healthBps, take: why, result });
    return { what: "kick", result };
  }

  /** @returns The gas, or the name of what refuses it. */
  async #estimate(call: { readonly to: string; readonly data: string }): Promise<bigint | string> {
    try {
      const { chain, tag } = this.#contracts;
      return await chain.estimateGas({ from: this.#options.keeper, ...call }, tag);
    } catch (error) {
      if (failureOf(error)?.kind === "funds") return "no-funds";
      return refusalName(this.#contracts, error);
    }
  }
}

/** Of an error, whether the next account would meet it too: the node is gone, or we are to stop. */
export function concernsAll(error: unknown): boolean {
  return error instanceof StoppedError || failureOf(error)?.kind === "transient";
}

const withMargin = (gas: bigint) => (gas * GAS_MARGIN_BPS) / BPS;

/** Not paid unless it is used. */
function spareFor({ engine, collaterals }: Market): bigint {
  return engine === undefined ? 0n : REFRESH_SPARE + REFRESH_SPARE_EACH * BigInt(collaterals.length);
}
