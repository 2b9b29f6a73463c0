import { MaxUint256 } from "ethers";
import type { ContractTransactionReceipt } from "ethers";

import { inOneBlock, type DemoSystem } from "./system.ts";

/** EIP-7825 allows a transaction 16.8 million gas; three of them fit into a block of mainnet, of 60 million. */
const TRANSACTION_GAS = 2n ** 24n;
const MOST_TRANSACTIONS = 3;
/** Of a transaction's gas a page is planned to use so much. */
const PLANNED_GAS = 10_000_000n;
/** Accounts that one call asks about, or a batch is of: a node gives a call as much gas as a transaction. */
export const PAGE = 100;
const BLOCK_SECONDS = 12;
/** Until they look again when there was nothing to buy. */
const IDLE_SECONDS = 48;
/** Who is near liquidation is found out anew after so many looks. */
const WATCH_EVERY = 25;
/** Health below which an account is watched. */
const WATCHED_BPS = 10_300n;
const BPS = 10_000n;

interface Standing {
  readonly debt: bigint;
  readonly capacity: bigint;
  readonly kickedAt: bigint;
}

export interface Cleared {
  /** Those in which something was sent. */
  readonly blocks: number;
  readonly seconds: number;
  readonly kicks: number;
  readonly takes: number;
  readonly gas: bigint;
  /** A kick's or a take's share of the batch that it came in. */
  readonly mostGasEach: bigint;
}

/**
 * Two keepers with money of their own, who put up for sale whoever may be, and buy what is offered below the price of the market, which
 * the oracle follows, in batches, in blocks of mainnet's size.
 */
export class Desks {
  readonly #s: DemoSystem;
  readonly #accounts: readonly string[];
  readonly #pool: string;
  #watched: string[] = [];
  #kickPage = 50;
  #takePage = 20;
  #kicks = 0;
  #takes = 0;
  #gas = 0n;
  #mostGasEach = 0n;
  #blocks = 0;
  #next = 0;

  constructor(s: DemoSystem, accounts: readonly string[]) {
    this.#s = s;
    this.#accounts = accounts;
    this.#pool = s.deployment.contracts.pool;
  }

  /** @returns Standings of those that owe something and are within 3 % of liquidation, or beyond. */
  async watch(): Promise<Map<string, Standing>> {
    const near = await this.#standingsOf(this.#accounts, WATCHED_BPS);
    this.#watched = [...near.keys()];
    return near;
  }

  /**
   * Block by block until nobody may be liquidated, and the price at which all are judged has come to rest.
   * @param mostBlocks It takes no longer, or something is wrong.
   */
  async clear(mostBlocks: number): Promise<Cleared> {
    const { time } = this.#s.networkHelpers;
    const start = await time.latest();
    for (let looks = 0; ; ++looks) {
      const seconds = (await time.latest()) - start;
      if (seconds > mostBlocks * BLOCK_SECONDS) throw new Error(`${this.#watched.length} are left after ${seconds} s`);
      if (looks % WATCH_EVERY === 0) await this.watch();
      if ((await this.block()) > 0) continue;
      if (await this.#isAtRest()) {
        const near = await this.watch();
        if ([...near.values()].every(({ debt, capacity }) => debt <= capacity)) break;
      }
      await time.increase(IDLE_SECONDS); // there is nothing to buy yet
    }
    const seconds = (await time.latest()) - start;
    const [kicks, takes, gas, mostGasEach] = [this.#kicks, this.#takes, this.#gas, this.#mostGasEach];
    return { seconds, blocks: this.#blocks, kicks, takes, gas, mostGasEach };
  }

  /** One block: @returns how many transactions were in it. */
  async block(): Promise<number> {
    const { kicks, kicked } = await this.#look();
    const plans = [...this.#planKicks(kicks), ...(await this.#planTakes(kicked))].slice(0, MOST_TRANSACTIONS);
    if (plans.length === 0) return 0;
    const sent: { readonly plan: Plan; readonly hash: string }[] = [];
    await inOneBlock(this.#s, BLOCK_SECONDS, async () => {
      for (const plan of plans) {
        const keeper = this.#s.keepers[this.#next++ % this.#s.keepers.length];
        const call = { to: this.#pool, data: plan.data, gasLimit: TRANSACTION_GAS };
        sent.push({ plan, hash: (await keeper.sendTransaction(call)).hash });
      }
    });
    ++this.#blocks;
    for (const { plan, hash } of sent) this.#count(plan, await this.#receipt(hash));
    return plans.length;
  }

  /** Goes on among the watched where it was, until it has found enough for a block. */
  async #look(): Promise<{ readonly kicks: string[]; readonly kicked: string[] }> {
    const [kicks, kicked]: [string[], string[]] = [[], []];
    const enough = (list: readonly string[], page: number) => list.length >= MOST_TRANSACTIONS * page;
    for (let seen = 0; seen < this.#watched.length; seen += PAGE) {
      const page = this.#watched.splice(0, Math.min(PAGE, this.#watched.length - seen));
      this.#watched.push(...page);
      for (const [account, { kickedAt }] of await this.#standingsOf(page, BPS)) {
        (kickedAt === 0n ? kicks : kicked).push(account);
      }
      if (enough(kicks, this.#kickPage) || enough(kicked, this.#takePage)) break;
    }
    return { kicks, kicked };
  }

  async #receipt(hash: string): Promise<ContractTransactionReceipt> {
    const receipt = await this.#s.ethers.provider.getTransactionReceipt(hash);
    if (receipt === null || receipt.status !== 1) {
      throw new Error(`a keeper's transaction failed: ${hash}, with ${receipt?.gasUsed} gas`);
    }
    return receipt as ContractTransactionReceipt;
  }

  #count({ kind, size }: Plan, { gasUsed }: ContractTransactionReceipt): void {
    const each = gasUsed / BigInt(size);
    const page = Math.min(PAGE, Number(PLANNED_GAS / each));
    if (kind === "kick") {
      this.#kicks += size;
      this.#kickPage = Math.min(page, 4 * this.#kickPage);
    } else {
      this.#takes += size;
      this.#takePage = Math.min(page, 2 * this.#takePage);
    }
    this.#gas += gasUsed;
    if (each > this.#mostGasEach) this.#mostGasEach = each;
  }

  #planKicks(accounts: readonly string[]): Plan[] {
    return pagesOf(accounts, this.#kickPage).map((page) => {
      const kicks = page.map((account) => this.#s.sales.interface.encodeFunctionData("kick", [account]));
      const data = this.#s.pool.interface.encodeFunctionData("multicall", [kicks]);
      return { kind: "kick", size: page.length, data };
    });
  }

  /** What costs less than it is worth, as it is now: prices only fall until the next block. */
  async #planTakes(kicked: readonly string[]): Promise<Plan[]> {
    const { lens, collaterals, sales } = this.#s;
    const plans: Plan[] = [];
    const busy = new Set<string>();
    for (const { address: collateral, feed, decimals } of collaterals) {
      const worth36 = await marketPrice36(feed, decimals);
      for (const page of pagesOf(kicked, this.#takePage)) {
        if (plans.length === MOST_TRANSACTIONS) return plans;
        const free = page.filter((account) => !busy.has(account)); // one sale changes what the next one is
        const quotes = await lens.quotesOf.staticCall(this.#pool, collateral, free, { blockTag: "pending" });
        const orders = free.flatMap((account, i) => {
          const { collateral: amount, price36 } = quotes[i];
          return amount === 0n || price36 >= worth36 ? [] : [{ account, collateral, maxCollateral: MaxUint256 }];
        });
        if (orders.length === 0) continue;
        for (const { account } of orders) busy.add(account);
        const receiver = this.#s.keepers[0].address;
        const data = sales.interface.encodeFunctionData("takeBatch", [orders, MaxUint256, receiver, "0x"]);
        plans.push({ kind: "take", size: orders.length, data });
      }
    }
    return plans;
  }

  async #standingsOf(accounts: readonly string[], belowBps: bigint): Promise<Map<string, Standing>> {
    const found = new Map<string, Standing>();
    for (const page of pagesOf(accounts, PAGE)) {
      const standings = await this.#s.lens.standingsOf(this.#pool, page);
      for (const [i, { debt, capacity, kickedAt }] of standings.entries()) {
        if (debt !== 0n && capacity * BPS < debt * belowBps) found.set(page[i], { debt, capacity, kickedAt });
      }
    }
    return found;
  }

  /** Whether the price at which accounts are judged has reached what the feeds say. */
  async #isAtRest(): Promise<boolean> {
    for (const { address, decimals, feed } of this.#s.collaterals) {
      const price36 = await this.#s.oracle.liquidationPrice(address);
      if (price36 * BPS > (await marketPrice36(feed, decimals)) * (BPS + 10n)) return false;
    }
    return true;
  }
}

/** What a feed says, which is what the market says, in the oracle's scale. */
export async function marketPrice36(
  feed: DemoSystem["collaterals"][number]["feed"],
  decimals: number,
): Promise<bigint> {
  const { answer } = await feed.latestRoundData();
  return (answer * 10n ** 34n) / 10n ** BigInt(decimals); // 8 decimals, of a dollar of 6
}

interface Plan {
  readonly kind: "kick" | "take";
  readonly size: number;
  readonly data: string;
}

export function pagesOf<T>(list: readonly T[], size: number): T[][] {
  const pages: T[][] = [];
  for (let from = 0; from < list.length; from += size) pages.push(list.slice(from, from + size));
  return pages;
}
