import { formatUnits } from "ethers";

import type { Receipt } from "./chain.ts";
import { isRace, type Contracts } from "./contracts.ts";
import type { Log } from "./log.ts";
import type { Market } from "./market.ts";
import type { Metrics } from "./metrics.ts";
import type { Outcome, PendingTransaction } from "./pending.ts";
import type { PoolEvent } from "./pool-events.ts";
import { failureOf } from "./rpc.ts";

/** What `--once` reports, and what a keeper says when it stops. */
export interface Totals {
  /** `kind.outcome`, such as `take.mined`. */
  readonly transactions: Readonly<Record<string, number>>;
  readonly profit: bigint; // before gas. [loan base units]
  readonly rewards: bigint; // [loan base units]
  readonly gasSpent: bigint; // [wei]
}

/** Counts what transactions came to, from their receipts. */
export class Bookkeeping {
  readonly #contracts: Contracts;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #keeper: string;
  readonly #liquidator: string;
  readonly #market: () => Market;
  readonly #transactions = new Map<string, number>();
  #profit = 0n;
  #rewards = 0n;
  #gasSpent = 0n;

  constructor(
    contracts: Contracts,
    metrics: Metrics,
    log: Log,
    at: { readonly keeper: string; readonly liquidator: string; readonly market: () => Market },
  ) {
    this.#contracts = contracts;
    this.#metrics = metrics;
    this.#log = log;
    this.#keeper = at.keeper;
    this.#liquidator = at.liquidator;
    this.#market = at.market;
  }

  get totals(): Totals {
    return {
      transactions: Object.fromEntries(this.#transactions),
      ...{ profit: this.#profit, rewards: this.#rewards, gasSpent: this.#gasSpent },
    };
  }

  readonly settled = (transaction: PendingTransaction, ended: Outcome, receipt?: Receipt): void => {
    const { kind, key, nonce, bumps } = transaction;
    // A poke that finds the work done a moment ago does nothing, without an event.
    const outcome = kind === "poke" && ended === "mined" && receipt?.logs.length === 0 ? "lost" : ended;
    const name = `${kind}.${outcome}`;
    this.#transactions.set(name, (this.#transactions.get(name) ?? 0) + 1);
    this.#metrics.transactions.inc({ kind, outcome });
    const earned = receipt === undefined ? { profit: 0n, rewards: 0n } : this.#earnedBy(receipt);
    if (receipt !== undefined) {
      const gas = receipt.gasUsed * receipt.gasPrice;
      this.#gasSpent += gas;
      this.#metrics.gasSpent.inc({ kind }, Number(formatUnits(gas, 18)));
    }
    const { decimals } = this.#market().loan;
    this.#profit += earned.profit;
    this.#rewards += earned.rewards;
    this.#metrics.profit.inc(Number(formatUnits(earned.profit, decimals)));
    this.#metrics.rewards.inc(Number(formatUnits(earned.rewards, decimals)));
    this.#log(outcome === "reverted" || outcome === "replaced" ? "warn" : "info", `tx.${outcome}`, {
      ...{ kind, key, nonce, bumps },
      ...(receipt === undefined
        ? {}
        : { hash: receipt.hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed, gasPrice: receipt.gasPrice }),
      ...(earned.profit > 0n ? { profit: earned.profit } : {}),
      ...(earned.rewards > 0n ? { reward: earned.rewards } : {}),
    });
  };

  /** Of a transaction that was mined and failed: whether it would still fail, and for a reason that means "too late". */
  readonly explain = async ({ to, data }: PendingTransaction, receipt: Receipt): Promise<"lost" | "reverted"> => {
    try {
      await this.#contracts.chain.call({ from: this.#keeper, to, data }, receipt.blockNumber);
      return "reverted"; // it works: too little gas, or the price has come back
    } catch (error) {
      if (failureOf(error) === undefined) throw error;
      return isRace(this.#contracts.refusalOf(error)) ? "lost" : "reverted";
    }
  };

  /** Counts what happens to accounts for sale, whoever does it. */
  watch(events: readonly PoolEvent[], owns: (hash: string) => boolean): void {
    for (const { name, account, block, transactionHash, by } of events) {
      if (name !== "AccountKicked" && name !== "AccountUnkicked" && name !== "CollateralTaken") continue;
      const who = owns(transactionHash) ? "us" : "others";
      this.#metrics.events.inc({ event: name, by: who });
      this.#log("info", "pool.event", { name, account, block, by: who, caller: by });
    }
  }

  #earnedBy({ logs }: Receipt): { readonly profit: bigint; readonly rewards: bigint } {
    const { loan, engine } = this.#market();
    let [profit, rewards] = [0n, 0n];
    for (const { address, topics, data } of logs) {
      const log = { topics: [...topics], data };
      if (isSame(address, loan.token)) {
        const parsed = this.#contracts.abi.MockERC20.parseLog(log);
        if (parsed?.name !== "Transfer") continue;
        const [from, to, amount] = parsed.args as unknown as [string, string, bigint];
        if (isSame(from, this.#liquidator) && isSame(to, this.#keeper)) profit += amount;
      } else if (engine !== undefined && isSame(address, engine.address)) {
        const parsed = this.#contracts.abi.RiskEngine.parseLog(log);
        // In a transaction of the keeper's own nobody else is rewarded.
        if (parsed?.name === "RiskRefreshed") rewards += parsed.args.reward as bigint;
      }
    }
    return { profit, rewards };
  }
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
