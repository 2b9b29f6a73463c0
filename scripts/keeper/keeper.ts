import { formatUnits } from "ethers";

import type { AccountIndex } from "./account-index.ts";
import type { Bookkeeping, Totals } from "./bookkeeping.ts";
import type { Block } from "./chain.ts";
import type { Contracts } from "./contracts.ts";
import type { HealthScan, Standing } from "./health-scan.ts";
import { concernsAll, type Decision, type Liquidations } from "./liquidations.ts";
import { describeError, type Log } from "./log.ts";
import type { Market } from "./market.ts";
import type { Metrics } from "./metrics.ts";
import type { Prices } from "./prices.ts";
import type { RiskPokes } from "./risk-pokes.ts";
import { StoppedError } from "./rpc.ts";
import type { Sender } from "./sender.ts";
import type { Sleep } from "./sleep.ts";

/** What a keeper is made of. */
export interface KeeperParts {
  readonly contracts: Contracts;
  readonly index: AccountIndex;
  readonly scan: HealthScan;
  readonly prices: Prices;
  readonly liquidations: Liquidations;
  readonly pokes: RiskPokes;
  readonly sender: Sender;
  readonly bookkeeping: Bookkeeping;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly keeper: string; // address
  readonly market: () => Market;
  /** Reads the market anew. */
  readonly refreshMarket: () => Promise<void>;
  readonly save: () => Promise<void>;
  readonly sleep: Sleep;
  readonly now: () => number; // [unix ms]
}

export interface KeeperRunOptions {
  readonly isOnce: boolean;
  readonly interval: number; // [ms]
  readonly stopTimeout: number; // [ms]
  readonly maxFailures: number; // 0: any number
}

/** Blocks after which the market's configuration is read again. */
const MARKET_BLOCKS = 100;
/** Blocks after which the index is saved even if nothing was sent. */
const SAVE_BLOCKS = 25;
/** All accounts are looked at again when a price has moved by this. [bps] */
const FULL_SCAN_BPS = 300;
/** Of one round that is asked for, while the chain changes as it is read. */
const MOST_TRIES = 20;
const LONGEST_PAUSE_MS = 30_000;

/** The loop: see the chain, judge the accounts, act, keep the books. */
export class Keeper {
  readonly #parts: KeeperParts;
  readonly #options: KeeperRunOptions;
  #seen: Block | undefined; // last head of a complete round
  #firstHead: number | undefined;
  #marketAt = -Infinity;
  #savedAt = -Infinity;
  #failures = 0;

  constructor(parts: KeeperParts, options: KeeperRunOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Undefined: in order. For health checks. */
  get complaint(): string | undefined {
    if (this.#failures >= 3) return `${this.#failures} rounds failed in a row`;
    return this.#seen === undefined ? "starting" : undefined;
  }

  /**
   * Runs until the signal comes, or for one round.
   * @returns What it came to.
   * @throws the last error if one round was asked for and failed, or too many failed in a row.
   */
  async run(signal: AbortSignal): Promise<Totals> {
    const { log, sleep } = this.#parts;
    const { isOnce, interval, maxFailures } = this.#options;
    for (let rounds = 1; !signal.aborted; ++rounds) {
      try {
        const isDone = await this.round();
        if (isDone && isOnce) break;
        if (isOnce && rounds >= MOST_TRIES) throw new Error("the chain changes faster than it can be read");
      } catch (error) {
        if (error instanceof StoppedError) break;
        ++this.#failures;
        this.#parts.metrics.rounds.inc({ result: "failed" });
        this.#parts.metrics.failures.set(this.#failures);
        log("warn", "round.failed", { failures: this.#failures, message: describeError(error) });
        if (isOnce || (maxFailures > 0 && this.#failures >= maxFailures)) {
          await this.#parts.save();
          throw error;
        }
      }
      const pause = interval * 2 ** Math.min(this.#failures, 10);
      await sleep(Math.min(pause, Math.max(LONGEST_PAUSE_MS, interval)), signal);
    }
    await this.#drain();
    await this.#parts.save();
    return this.#parts.bookkeeping.totals;
  }

  /** @returns False if the head was not worth a round, or the index has not reached it. */
  async round(): Promise<boolean> {
    const { contracts, index, sender, metrics, prices, scan, liquidations, log } = this.#parts;
    const head = await contracts.chain.block("latest");
    if (head === undefined) return false;
    // Decisions on pending state change with the clock, others with the chain alone.
    if (contracts.tag === "latest" && head.hash === this.#seen?.hash) return this.#succeed("idle");
    this.#firstHead ??= head.number;
    const synced = await index.sync(head);
    metrics.headBlock.set(head.number);
    metrics.indexedBlock.set(synced.to);
    if (synced.dropped > 0) {
      metrics.reorgs.inc();
      metrics.reorgedBlocks.inc(synced.dropped);
      log("warn", "chain.reorganised", { blocks: synced.dropped, head: head.number });
    }
    const news = synced.events.filter(({ block }) => block > (this.#firstHead ?? 0));
    this.#parts.bookkeeping.watch(news, (hash) => sender.owns(hash));
    if (synced.isBehind) {
      log("debug", "node.behind", { head: head.number, indexed: synced.to });
      return this.#succeed("behind");
    }
    await sender.refresh(head);
    await this.#refreshMarket(head);
    const market = this.#parts.market();
    await prices.refresh(market);
    const isFull = prices.haveMoved(FULL_SCAN_BPS);
    const touched = new Set(synced.events.map(({ account }) => account));
    const unhealthy = await scan.scan(index.debtShares.keys(), touched, isFull);
    if (isFull) prices.settle();
    const now = contracts.tag === "latest" ? head.timestamp : await this.#pendingTime(head);
    const decisions = await liquidations.act(market, unhealthy, head, now);
    decisions.push(...(await liquidations.unkick(market, scan.standings.values(), head)));
    await this.#poke(head, now);
    this.#count(decisions);
    await this.#measure(head, unhealthy);
    if (head.number - this.#savedAt >= SAVE_BLOCKS || this.#seen === undefined) {
      await this.#parts.save();
      this.#savedAt = head.number;
    }
    const isComplete = synced.to === head.number;
    if (isComplete) {
      this.#seen = head;
      metrics.decidedBlock.set(head.number);
    }
    log("debug", "round.done", { head: head.number, accounts: index.debtShares.size, unhealthy: unhealthy.length });
    this.#succeed("ok");
    return isComplete;
  }

  /** An engine that is broken keeps nobody from liquidating. */
  async #poke(head: Block, now: number): Promise<void> {
    const { pokes, metrics, log, market } = this.#parts;
    try {
      for (const { call, result } of await pokes.act(market(), head, now))
        metrics.decisions.inc({ what: call, result });
    } catch (error) {
      if (concernsAll(error)) throw error;
      metrics.decisions.inc({ what: "poke", result: "error" });
      log("warn", "pokes.failed", { message: describeError(error) });
    }
  }

  #succeed(result: "ok" | "idle" | "behind"): true {
    const { metrics, now } = this.#parts;
    this.#failures = 0;
    metrics.failures.set(0);
    metrics.rounds.inc({ result });
    metrics.lastRound.set(Math.floor(now() / 1_000));
    return true;
  }

  async #refreshMarket(head: Block): Promise<void> {
    if (head.number - this.#marketAt < MARKET_BLOCKS) return;
    await this.#parts.refreshMarket();
    this.#marketAt = head.number;
  }

  async #pendingTime(head: Block): Promise<number> {
    return (await this.#parts.contracts.chain.block("pending"))?.timestamp ?? head.timestamp;
  }

  #count(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      const result = decision.what === "skip" ? decision.reason : decision.result;
      this.#parts.metrics.decisions.inc({ what: decision.what, result });
    }
  }

  async #measure(head: Block, unhealthy: readonly Standing[]): Promise<void> {
    const { metrics, index, scan, contracts, keeper } = this.#parts;
    const { decimals } = this.#parts.market().loan;
    const standings = [...scan.standings.values()];
    const debt = unhealthy.reduce((sum, standing) => sum + standing.debt, 0n);
    metrics.accounts.set(index.debtShares.size);
    metrics.unhealthy.set(unhealthy.length);
    metrics.forSale.set(standings.filter(({ kickedAt }) => kickedAt > 0).length);
    metrics.debtUnhealthy.set(Number(formatUnits(debt, decimals)));
    metrics.lowestHealth.set(standings.length === 0 ? 0 : Math.min(...standings.map((s) => s.healthBps)) / 10_000);
    this.#measurePending(head);
    metrics.balance.set(Number(formatUnits(await contracts.chain.balance(keeper), 18)));
    const behind = [...index.debtShares].filter(([, shares]) => shares < 0n).length;
    if (behind > 0) {
      this.#parts.log("error", "index.began-too-late", { accounts: behind, advice: "an earlier --from-block" });
    }
  }

  #measurePending(head: Block): void {
    const { pending } = this.#parts.sender;
    this.#parts.metrics.pending.set(pending.length);
    this.#parts.metrics.oldestPending.set(pending.length === 0 ? 0 : head.number - pending[0].sentAt);
  }

  /** Waits for what was sent to be mined, for a while. What is not then is in the checkpoint. */
  async #drain(): Promise<void> {
    const { sender, contracts, log, now, sleep } = this.#parts;
    const until = now() + this.#options.stopTimeout;
    while (sender.pending.length > 0) {
      try {
        const head = await contracts.chain.block("latest");
        if (head !== undefined) await sender.refresh(head);
        if (head !== undefined) this.#measurePending(head);
      } catch (error) {
        log("warn", "stop.failed", { message: describeError(error) });
      }
      if (sender.pending.length === 0 || now() >= until) break;
      await sleep(Math.min(this.#options.interval, Math.max(until - now(), 0)));
    }
    if (sender.pending.length > 0) log("warn", "stop.unfinished", { pending: sender.pending.length });
  }
}
