import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { MAX_SQRT_PRICE_X96, MAX_TICK, MIN_SQRT_PRICE_X96 } from "../../sim/market/uniswap-math.ts";
import { divUp } from "../../sim/reference/fixed-point.ts";
import { priceAfterToken0, UNISWAP, type UniswapRules } from "../../sim/reference/uniswap-rules.ts";
import { createRng } from "../../sim/rng.ts";
import { firstDivergence, Seen } from "../shared/risk-compare.ts";
import { UniswapSequence } from "../shared/uniswap-sequence.ts";
import { TIERS, uniswapWorld, type UniswapWorld } from "../shared/uniswap-world.ts";

/** Sequences; `npm run uniswap:differential` runs a thousand. */
const COUNT = Number(process.env.UNISWAP_SEQUENCES ?? 112);
const FIRST = Number(process.env.UNISWAP_FIRST ?? 0);
/** From so many on nothing that can happen may be missing. */
const ENOUGH = 112;
/** A wrong model is found out within so many. */
const CANARY_COUNT = 112;
const TICKS = Math.max(300, COUNT);

describe("Uniswap v3 pool against its model", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let world: UniswapWorld;

  before(async () => {
    // A whole sequence is one call.
    connection = await network.create({ override: { transactionGasCap: false } });
    world = await uniswapWorld(connection);
  });
  after(() => connection.close());

  const compare = (first: number, count: number, seen: Seen, rules?: UniswapRules) =>
    firstDivergence(first, count, (seed) => new UniswapSequence(world, seed, seen, rules).run());

  it(`agrees to the unit over ${COUNT} random sequences`, async () => {
    const seen = new Seen();
    const divergence = await compare(FIRST, COUNT, seen);
    if (divergence !== undefined) expect.fail(divergence);
    if (process.env.UNISWAP_SEQUENCES !== undefined) seen.report();
    if (COUNT >= ENOUGH) seen.requireAll(EXPECTED);
  });

  it(`takes ticks for prices and prices for ticks as the pool does: ${TICKS} of both, the ends, and a unit beside`, async () => {
    const rng = createRng("uniswap-ticks");
    const ticks = Array.from({ length: TICKS }, () => rng.integer(2 * MAX_TICK - 1) - MAX_TICK + 1);
    // Each bit of a tick is a factor of its own.
    for (let bit = 0; bit < 20; ++bit)
      for (const tick of [1 << bit, -(1 << bit)]) if (1 << bit < MAX_TICK) ticks.push(tick);
    const prices = [MIN_SQRT_PRICE_X96, MAX_SQRT_PRICE_X96 - 1n, ...ticks.map(UNISWAP.priceAt)];
    const beside = [...prices, ...prices.slice(2).map((price) => price - 1n)];
    const expected = [-MAX_TICK, MAX_TICK - 1, ...ticks, ...ticks.map((tick) => tick - 1)];
    const { pool } = world.tiers[0];
    expect(await world.chain.ticksOf(pool, beside)).to.deep.equal(expected);
    expect(beside.map(UNISWAP.tickAt)).to.deep.equal(expected);
    const refused = await world.chain.ticksOf(pool, [MIN_SQRT_PRICE_X96 - 1n, MAX_SQRT_PRICE_X96]);
    expect(refused).to.deep.equal([undefined, undefined]);
  });

  const MILLION = 1_000_000n;
  const Q96 = 1n << 96n;
  const canaries: readonly [what: string, rules: Partial<UniswapRules>][] = [
    ["rounds the fee down", { feeOn: (amountIn, pips) => (amountIn * pips) / (MILLION - pips) }],
    ["rounds what is left after the fee up", { lessFee: (amount, pips) => divUp(amount * (MILLION - pips), MILLION) }],
    ["rounds token0 that is paid down", { token0In: UNISWAP.token0Out }],
    ["rounds token1 that is paid down", { token1In: UNISWAP.token1Out }],
    ["rounds token0 that is received up", { token0Out: UNISWAP.token0In }],
    ["rounds token1 that is received up", { token1Out: UNISWAP.token1In }],
    ["moves the price too far for token0", { afterToken0In: (...of) => floorOf(priceAfterToken0(...of)) }],
    ["moves the price too far for token1", { afterToken1In: (price, l, amount) => price + divUp(amount * Q96, l) }],
    [
      "moves the price too little against token0",
      { afterToken0Out: (price, l, amount) => (l * Q96 * price) / (l * Q96 - amount * price) },
    ],
    ["moves the price too little against token1", { afterToken1Out: (price, l, amount) => price - (amount * Q96) / l }],
    [
      "does not know of words of 256 bits",
      { afterToken0In: (price, l, amount) => divUp(l * Q96 * price, l * Q96 + amount * price) },
    ],
    ["gives more than was asked for", { paidOut: (out) => out }],
    ["stops a unit before the limit", { stopAt: (limit, down) => (down ? limit + 1n : limit - 1n) }],
    ["lets the limit be the lowest price", { lowest: UNISWAP.lowest - 1n }],
    ["lets the limit be the highest price", { highest: UNISWAP.highest + 1n }],
    ["is a tick too low after a crossing", { tickBelow: (tick) => tick - 2 }],
    ["takes the tick above for a price", { tickAt: (price) => UNISWAP.tickAt(price - 1n) }],
    ["rounds the prices of ticks down", { priceAt: (tick) => UNISWAP.priceAt(tick) - (tick === 0 ? 0n : 1n) }],
    ["walks from tick to tick in one step", { perWord: 1 << 24 }],
    ["rounds the protocol's part up", { protocolPart: (fee, part) => (part === 0n ? 0n : divUp(fee, part)) }],
    ["rounds the growth of fees up", { growth: (fee, liquidity) => divUp(fee << 128n, liquidity) }],
    ["rounds what a position has earned up", { earned: (growthX128, l) => divUp(growthX128 * l, 1n << 128n) }],
  ];
  for (const [what, rules] of canaries) {
    it(`finds out a model that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new Seen(), { ...UNISWAP, ...rules });
      if (process.env.UNISWAP_SEQUENCES !== undefined) console.log(divergence?.split("\n")[0]);
      expect(divergence).to.match(/^seed \d+, /);
    });
  }

  it("has a pool of each tier", () => expect(world.tiers.length).to.equal(TIERS.length));
});

const floorOf = ([numerator, denominator]: readonly [bigint, bigint]) => numerator / denominator;

const EXPECTED = [
  ...["initialize", "swap", "mint", "burn", "collect", "setFeeProtocol"],
  ...["AI", "R", "AS", "LOK", "SPL", "TLU", "TLM", "TUM", "LO", "LS", "NP", "nameless"],
  ...["sells token0", "sells token1", "buys token0", "buys token1", "a wei", "crosses a tick"].map(
    (what) => `swap: ${what}`,
  ),
  ...["crosses several ticks", "over a gap", "a word without ticks", "exhausts the pool"].map(
    (what) => `swap: ${what}`,
  ),
  ...["stops at a limit between ticks", "stops at a limit on a tick", "no fee"].map((what) => `swap: ${what}`),
  ...["starts where there is nothing", "ends on a tick, all of it"].map((what) => `swap: ${what}`),
  ...["ends a tick below its price", "starts a tick below its price"].map((what) => `swap: ${what}`),
  ...["more than was asked for is not given", "its fee is all that it brings"].map((what) => `swap: ${what}`),
  ...["a part of the fee for the protocol", "does not fit a word"].map((what) => `swap: ${what}`),
];
