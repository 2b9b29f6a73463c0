import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { SPEC, type Rules } from "../../sim/reference/sale.ts";
import { TICKS } from "../../sim/reference/sale-price.ts";
import { AuctionChain } from "../shared/auction-chain.ts";
import { Divergence, Tally } from "../shared/auction-compare.ts";
import { Sequence } from "../shared/auction-sequence.ts";
import { auctionWorlds, type AuctionWorld } from "../shared/auction-world.ts";

/** Sequences; `npm run auction:differential` runs ten thousand. */
const COUNT = Number(process.env.AUCTION_SEQUENCES ?? 500);
const FIRST = Number(process.env.AUCTION_FIRST ?? 0);
/** A wrong reference is found out within so many. */
const CANARY_COUNT = 300;

describe("Auction against its reference", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let chain: AuctionChain;
  let worlds: AuctionWorld[];

  before(async () => {
    connection = await network.create();
    worlds = await auctionWorlds(connection);
    chain = await AuctionChain.connect(connection);
    await chain.remember();
  });
  after(() => connection.close());

  /** @returns The first seed at which they part, with what was different. */
  async function compare(first: number, count: number, tally: Tally, rules?: Rules): Promise<string | undefined> {
    for (let seed = first; seed < first + count; ++seed) {
      await chain.goBack();
      try {
        await new Sequence(chain, worlds[seed % worlds.length], `auction-${seed}`, tally, rules).run();
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        return `seed ${seed}, ${error.message}`;
      }
    }
    return undefined;
  }

  it(`agrees over ${COUNT} random sequences`, async () => {
    const tally = new Tally();
    const divergence = await compare(FIRST, COUNT, tally);
    if (divergence !== undefined) expect.fail(divergence);
    if (process.env.AUCTION_SEQUENCES !== undefined) report(tally);
    // Nothing that a sale can be was left out.
    if (COUNT >= 500) for (const what of EXPECTED) expect(tally.counts.get(what) ?? 0, what).to.be.greaterThan(0);
  });

  const canaries: readonly [what: string, rules: Partial<Rules>][] = [
    [
      "charges the price at which a sale begins, and not the mean over it",
      { meanBounds: (t, floor, lag) => SPEC.meanBounds(t, floor, lag, 0n, 0n) },
    ],
    [
      "lets the price rise before the schedule has caught up with the kick",
      { meanBounds: (t, floor, lag, free, span) => SPEC.meanBounds(t, floor, lag, 0n, free + span) },
    ],
    ["leaves the clock where it was", { clockAfter: (before) => before }],
    ["lets the clock run ahead for ever", { clockAfter: (before, ticks) => before + ticks }],
    ["moves the clock to the time of the sale", { clockAfter: (_, ticks, now) => now * TICKS + ticks }],
    ["has no guard", { floorOf: (t) => t.floorWad }],
    ["forgets the market's depth in its guard", { floorOf: (t, g) => SPEC.floorOf(t, { ...g, reserve: 0n }) }],
  ];
  for (const [what, rules] of canaries) {
    it(`finds out a reference that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new Tally(), { ...SPEC, ...rules });
      expect(divergence).to.match(/^seed \d+, step \d/);
    });
  }
});

const EXPECTED = [
  ...["kick", "kick: of one at rest", "unkick", "unkick: only to rest", "repay", "supply", "tell", "price", "fresh"],
  ...["LiquidationDust", "LiquidationAccountHealthy", "LiquidationAlreadyKicked", "LiquidationNotKicked"],
  ...["LiquidationStillUnhealthy", "LiquidationNoFreshPrice", "LiquidationKeeperUnknown", "PoolZeroAmount"],
  ...["fixed", "linear", "stairs", "dutch", "paced", "paced, depth not known"].map((kind) => `sale: ${kind}`),
  ...["guarded", "beyond the lead", "free part", "at a premium that the clock leads to"].map((kind) => `sale: ${kind}`),
  ...["from the floor up the curve", "two collaterals that diversify", "with a tip"].map((kind) => `sale: ${kind}`),
  ...["not kicked before", "of an expired kick", "goes on where it was"].map((kind) => `sale: ${kind}`),
  ...["of all the debt", "of the last collateral, at a loss"].map((kind) => `sale: ${kind}`),
];

function report({ counts, largest }: Tally): void {
  console.log(Object.fromEntries([...counts].sort()));
  console.log(Object.fromEntries(largest));
}
