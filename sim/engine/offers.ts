import type { Venue } from "../market/venue.ts";
import type { Protocol, SaleOffer } from "../protocols/protocol.ts";
import { toFloat, toUnits } from "../units.ts";

/** Fall of the venue's price that selling the smallest part would make. */
const SMALLEST_IMPACT = 0.002;
/** The smallest part is worth so many times the least debt: less would be dust. */
const LEAST_DEBTS = 2;

/** What is for sale in a block: the protocol is asked once for everybody. */
export class Offers {
  readonly #protocol: Protocol;
  readonly #smallest: bigint;
  readonly #worth: number;
  readonly #timestamp: number;
  readonly #known = new Map<string, SaleOffer>();

  /** @param timestamp Of the block. [unix s] */
  constructor(protocol: Protocol, venue: Venue, marketPrice: number, timestamp: number) {
    // Nobody can do better than to sell at one of the two prices.
    const worth = Math.max(venue.price * (1 - venue.feeShare), marketPrice);
    this.#protocol = protocol;
    this.#timestamp = timestamp;
    this.#worth = worth;
    const least = (LEAST_DEBTS * toFloat(protocol.minDebt, protocol.loan.decimals)) / worth;
    const noticed = venue.baseInTo(venue.price * (1 - SMALLEST_IMPACT));
    this.#smallest = toUnits(Math.max(least, noticed), protocol.collateral.decimals);
  }

  /** In the order of the accounts. */
  async of(accounts: readonly string[]): Promise<SaleOffer[]> {
    const unknown = accounts.filter((account) => !this.#known.has(account));
    if (unknown.length > 0) {
      const offers = await this.#protocol.readOffers(unknown, this.#smallest, this.#worth, this.#timestamp);
      for (const offer of offers) this.#known.set(offer.account, offer);
    }
    return accounts.map((account) => this.#known.get(account) ?? { account, parts: [] });
  }
}
