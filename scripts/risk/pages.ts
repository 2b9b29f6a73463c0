import { addSums } from "../../sim/risk/add-sums.ts";
import { failureOf } from "../keeper/rpc.ts";
import type { Page } from "./lens.ts";

/** What a smaller page may be the answer to: too much gas, too long an answer, too large a question. */
const SMALLER_MAY_HELP = new Set(["revert", "range", "fatal", "transient"]);

export interface PageOptions {
  /** Accounts in one call, to begin with. */
  readonly size: number;
  /** Calls on their way at once. */
  readonly concurrency: number;
}

/**
 * `bench/risk.ts` measured it: a Hardhat node answers no faster with larger pages, and allows a call the 16.8 million gas of a
 * transaction.
 */
export const PAGES: PageOptions = { size: 200, concurrency: 2 };

/**
 * Reads something of many accounts in pages. A page that the node refuses is read in halves, and so are those after it.
 * @returns In the order of the accounts.
 */
export async function readPages<T>(
  accounts: readonly string[],
  read: (page: readonly string[]) => Promise<T>,
  { size, concurrency }: PageOptions = PAGES,
): Promise<T[]> {
  let [next, most] = [0, size];
  const done: { readonly at: number; readonly value: T }[] = [];
  const readPart = async (at: number, page: readonly string[]): Promise<void> => {
    try {
      done.push({ at, value: await read(page) });
    } catch (error) {
      if (page.length === 1 || !SMALLER_MAY_HELP.has(failureOf(error)?.kind ?? "")) throw error;
      const half = Math.ceil(page.length / 2);
      most = Math.min(most, half);
      await readPart(at, page.slice(0, half));
      await readPart(at + half, page.slice(half));
    }
  };
  const work = async () => {
    while (next < accounts.length) {
      const at = next;
      next += most;
      await readPart(at, accounts.slice(at, next));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return done.toSorted((a, b) => a.at - b.at).map(({ value }) => value);
}

/** Sums over all accounts, and their health in the same order; an empty list has a page too, which says what collaterals there are. */
export async function readSums(
  accounts: readonly string[],
  sumsOf: (page: readonly string[]) => Promise<Page>,
  options: PageOptions = PAGES,
): Promise<Page> {
  if (accounts.length === 0) return sumsOf([]);
  const pages = await readPages(accounts, sumsOf, options);
  return {
    sums: pages.map(({ sums }) => sums).reduce(addSums),
    healthWad: pages.flatMap(({ healthWad }) => healthWad),
  };
}
