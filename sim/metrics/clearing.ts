/** How long accounts were for sale. Arrays have one length: one entry for each time that an account came for sale. */
export interface ClearingResult {
  readonly count: number;
  /** Share of them still for sale when the run ended: how long they would have taken is not known. */
  readonly censoredShare: number | null; // null: nothing was for sale
  /** Half of them, and nine tenths, were cleared after so long (Kaplan and Meier); null: fewer were, as far as it is known. */
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
  /** Of those that were cleared and those that were not. */
  readonly longestSeconds: number;
  readonly startSeconds: readonly number[]; // since the start of the scenario
  readonly seconds: readonly number[]; // until cleared, or until the end
  readonly isCleared: readonly number[]; // 1, or 0
}

/** Watches which accounts are for sale: each is from the block in which it comes to the block in which it no longer is. */
export class ClearingTimes {
  readonly #since = new Map<string, number>();
  readonly #spells: { readonly start: number; readonly seconds: number; readonly isCleared: boolean }[] = [];

  update(forSale: ReadonlySet<string>, seconds: number): void {
    for (const [account, start] of this.#since) {
      if (forSale.has(account)) continue;
      this.#since.delete(account);
      this.#spells.push({ start, seconds: seconds - start, isCleared: true });
    }
    for (const account of forSale) if (!this.#since.has(account)) this.#since.set(account, seconds);
  }

  /** Where the account that has been for sale longest began; undefined if none is. */
  get oldest(): number | undefined {
    return this.#since.size === 0 ? undefined : Math.min(...this.#since.values());
  }

  /** @param end Of what was watched. */
  result(end: number): ClearingResult {
    const open = [...this.#since.values()].map((start) => ({ start, seconds: end - start, isCleared: false }));
    const spells = [...this.#spells, ...open];
    return {
      count: spells.length,
      censoredShare: spells.length === 0 ? null : open.length / spells.length,
      medianSeconds: survivalQuantile(spells, 0.5),
      p90Seconds: survivalQuantile(spells, 0.9),
      longestSeconds: spells.reduce((longest, { seconds }) => Math.max(longest, seconds), 0),
      startSeconds: spells.map(({ start }) => start),
      seconds: spells.map(({ seconds }) => seconds),
      isCleared: spells.map(({ isCleared }) => Number(isCleared)),
    };
  }
}

/**
 * Time after which a share of all has ended, from spells of which some were still going on when last seen: the product-limit
 * estimator of Kaplan and Meier, J. Am. Stat. Assoc. 53 (1958). Among spells of one length those that ended come first.
 * @returns null if the share that is known to have ended never gets there.
 */
export function survivalQuantile(
  spells: readonly { readonly seconds: number; readonly isCleared: boolean }[],
  share: number,
): number | null {
  const sorted = [...spells].sort((a, b) => a.seconds - b.seconds || Number(b.isCleared) - Number(a.isCleared));
  let surviving = 1;
  for (const [i, { seconds, isCleared }] of sorted.entries()) {
    if (!isCleared) continue;
    const atRisk = sorted.length - i;
    surviving *= (atRisk - 1) / atRisk;
    if (surviving <= 1 - share + 1e-12) return seconds;
  }
  return null;
}
