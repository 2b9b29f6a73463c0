import { solidityPackedKeccak256 } from "ethers";

import { MAX_TICK, MAX_SQRT_PRICE_X96, MIN_SQRT_PRICE_X96 } from "../../sim/market/uniswap-math.ts";
import { Refused } from "../../sim/reference/auction-state.ts";
import { maximum, minimum } from "../../sim/reference/fixed-point.ts";
import {
  burn,
  collect,
  initialize,
  maxLiquidityPerTick,
  mint,
  type Range,
} from "../../sim/reference/uniswap-positions.ts";
import { UNISWAP, type UniswapRules } from "../../sim/reference/uniswap-rules.ts";
import { demand, newUniswap, nextTick, type Pair, type Uniswap } from "../../sim/reference/uniswap-state.ts";
import { swap, type Swap, type Swapped } from "../../sim/reference/uniswap-swap.ts";
import { MAX_WORD } from "../../sim/reference/word.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { Divergence, expectSame } from "./auction-compare.ts";
import { chance, logarithmic, pick } from "./pool-deeds.ts";
import type { Answered } from "./risk-chain.ts";
import { expectAlike, textOf, type Seen } from "./risk-compare.ts";
import { decode, encode, type Tier, type UniswapWorld } from "./uniswap-world.ts";

const STEPS = 40;
const MAX_128 = 2n ** 128n - 1n;
const MAX_160 = 2n ** 160n - 1n;
const MAX_SIGNED = 2n ** 255n - 1n;
const VIEWS = ["slot0", "liquidity", "feeGrowthGlobal0X128", "feeGrowthGlobal1X128", "protocolFees"];

/** A call, and what the model makes of it. */
interface Deed {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly expected: readonly bigint[] | Refused;
  /** Of the model, afterwards. */
  readonly state: readonly bigint[];
}

type Drawn = readonly [name: string, values: readonly unknown[], apply: () => readonly bigint[] | void];

/** A pool and its model: the model goes first, and what is done next is drawn from where it stands. */
export class UniswapSequence {
  readonly #world: UniswapWorld;
  readonly #tier: Tier;
  readonly #seen: Seen;
  readonly #rules: UniswapRules;
  readonly #rng: Rng;
  readonly #u: Uniswap;
  readonly #ranges: Range[] = [];
  /** Of the largest positions. */
  readonly #scale: bigint;

  constructor(world: UniswapWorld, seed: number, seen: Seen, rules = UNISWAP) {
    [this.#world, this.#seen, this.#rules, this.#rng] = [world, seen, rules, createRng(`uniswap-${seed}`)];
    this.#tier = world.tiers[seed % world.tiers.length];
    this.#u = newUniswap(BigInt(this.#tier.feePips), this.#tier.tickSpacing);
    const most = maxLiquidityPerTick(this.#u);
    const scales = [2n ** 120n, 2n ** 104n, 2n ** 90n, 10n ** 18n, 10n ** 4n];
    this.#scale = minimum(pick(this.#rng, this.#tier.tickSpacing > 1_000 ? scales.slice(0, 2) : scales), most);
  }

  /** Throws where pool and model part for the first time. */
  async run(): Promise<void> {
    const deeds: Deed[] = [];
    if (chance(this.#rng, 0.2)) deeds.push(this.#do(this.#draw()));
    deeds.push(this.#do(this.#begin()));
    for (let i = 0; i < 4; ++i) deeds.push(this.#do(this.#mint(true)));
    while (deeds.length < STEPS) deeds.push(this.#do(this.#draw()));
    const views = VIEWS.map((view) => encode(view));
    const calls = deeds.flatMap(({ name, values }) => [encode(name, ...values), ...views]);
    const ticks = [...this.#u.ticks.keys()];
    const owner = this.#world.probe;
    const keys = this.#ranges.map(({ lower, upper }) =>
      solidityPackedKeccak256(["address", "int24", "int24"], [owner, lower, upper]),
    );
    const rest = [...ticks.map((tick) => encode("ticks", tick)), ...keys.map((key) => encode("positions", key))];
    const answers = await this.#world.chain.run(this.#tier.pool, [...calls, ...rest]);
    const width = 1 + views.length;
    for (const [i, deed] of deeds.entries()) {
      try {
        this.#compare(deed, answers.slice(i * width, (i + 1) * width));
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        const told = deeds.slice(0, i + 1).map(({ name, values }) => `${name}${textOf(values)}`);
        const where = `step ${i}, ${this.#tier.feePips} pips, every ${this.#tier.tickSpacing} ticks`;
        throw new Divergence(`${where}: ${error.message}\n${told.join("\n")}`, { cause: error });
      }
    }
    this.#compareRest(answers.slice(calls.length), ticks);
  }

  #do([name, values, apply]: Drawn): Deed {
    let expected: Deed["expected"];
    try {
      expected = apply() ?? [];
    } catch (error) {
      // A wrong model may come to where no arithmetic leads further.
      if (error instanceof RangeError) throw new Divergence(`step of ${name}: ${error.message}`, { cause: error });
      if (!(error instanceof Refused)) throw error;
      expected = error;
    }
    const { sqrtPriceX96, tick, liquidity, feeGrowthX128, protocolParts, protocolFees } = this.#u;
    const state = [sqrtPriceX96, BigInt(tick), protocolParts[0] + (protocolParts[1] << 4n), liquidity];
    return { name, values, expected, state: [...state, ...feeGrowthX128, ...protocolFees] };
  }

  #compare({ name, values, expected, state }: Deed, [answer, ...views]: readonly Answered[]): void {
    const wanted = expectAlike(name, answer, () => {
      if (expected instanceof Refused) throw expected;
      return expected;
    }, this.#seen); // prettier-ignore
    if (wanted !== undefined && answer.ok) {
      expectSame(`${name}${textOf(values)}`, textOf(decode(name, answer.data)), textOf(wanted));
    }
    const [slot0, ...others] = views.map((view, i) => decode(VIEWS[i], dataOf(view)));
    const found = [slot0[0], slot0[1], slot0[5], ...others.flat()];
    STATE.forEach((field, i) => expectSame(`${field} after ${name}`, found[i], state[i]));
  }

  #compareRest(answers: readonly Answered[], ticks: readonly number[]): void {
    for (const [i, tick] of ticks.entries()) {
      const { gross, net, outsideX128 } = this.#u.ticks.get(tick)!;
      const found = decode("ticks", dataOf(answers[i])).slice(0, 4);
      expectSame(`tick ${tick}`, textOf(found), textOf([gross, net, ...outsideX128]));
    }
    for (const [i, { lower, upper }] of this.#ranges.entries()) {
      const position = this.#u.positions.get(`${lower} ${upper}`);
      const expected = position && [position.liquidity, ...position.insideX128, ...position.owed];
      const found = decode("positions", dataOf(answers[ticks.length + i]));
      expectSame(`position ${lower} … ${upper}`, textOf(found), textOf(expected ?? [0n, 0n, 0n, 0n, 0n]));
    }
  }

  // --- what happens -----------------------------------------------------------------------------------------------------

  #draw(): Drawn {
    const roll = this.#rng.next();
    if (roll < 0.62) return this.#swap();
    if (roll < 0.79) return this.#mint(false);
    if (roll < 0.91) return this.#burn();
    if (roll < 0.95) return this.#collect();
    if (roll < 0.98) return this.#turnFeeOn();
    return this.#begin();
  }

  /** At a price of the middle, at one of the ends, or at one where amounts of token0 and prices do not fit a word together. */
  #begin(): Drawn {
    const rng = this.#rng;
    const roll = rng.next();
    const far = this.#tier.tickSpacing > 1_000 && chance(rng, 0.7);
    let price: bigint;
    if (roll < 0.01) price = pick(rng, [MIN_SQRT_PRICE_X96 - 1n, MAX_SQRT_PRICE_X96, 0n]);
    else if (far) price = UNISWAP.priceAt(860_000 + rng.integer(27_000));
    else if (roll < 0.1) price = UNISWAP.priceAt(rng.integer(2 * MAX_TICK) - MAX_TICK);
    else if (roll < 0.2)
      price = UNISWAP.priceAt(Math.round(rng.between(-1e3, 1e3)) * this.#tier.tickSpacing % MAX_TICK); // prettier-ignore
    else price = logarithmic(rng, 2n ** 80n, 2n ** 112n);
    const apply = () => initialize(this.#u, price, this.#rules);
    return ["initialize", [price], apply];
  }

  #mint(beginning: boolean): Drawn {
    const rng = this.#rng;
    const again = !beginning && this.#ranges.length > 0 && chance(rng, 0.2);
    const range = again ? pick(rng, this.#ranges) : this.#range();
    const roll = rng.next();
    let liquidity = logarithmic(rng, beginning ? maximum(this.#scale >> 20n, 1n) : 1n, this.#scale);
    if (roll < 0.02) liquidity = 0n;
    else if (roll < 0.04)
      liquidity = pick(rng, [2n ** 127n, MAX_128, 2n ** 127n - 1n, maxLiquidityPerTick(this.#u) + 1n]);
    const { lower, upper } = range;
    const known = this.#ranges.some((each) => each.lower === lower && each.upper === upper);
    if (!known && lower % this.#tier.tickSpacing === 0) this.#ranges.push(range);
    const apply = () => mint(this.#u, range, liquidity, this.#rules);
    return ["mint", [this.#world.probe, lower, upper, liquidity, "0x"], apply];
  }

  #burn(): Drawn {
    const rng = this.#rng;
    const range = this.#ranges.length > 0 && chance(rng, 0.97) ? pick(rng, this.#ranges) : this.#range();
    const { lower, upper } = range;
    const liquidity = this.#u.positions.get(`${lower} ${upper}`)?.liquidity ?? 0n;
    const roll = rng.next();
    let amount = (liquidity * BigInt(rng.integer(1_000))) / 1_000n;
    if (roll < 0.15) amount = 0n;
    else if (roll < 0.5) amount = liquidity;
    else if (roll < 0.56) amount = liquidity + 1n;
    else if (roll < 0.58) amount = MAX_128;
    const apply = () => burn(this.#u, range, amount, this.#rules);
    return ["burn", [lower, upper, amount], apply];
  }

  #collect(): Drawn {
    const range = this.#ranges.length > 0 ? pick(this.#rng, this.#ranges) : this.#range();
    const asked = [0, 1].map(() => (chance(this.#rng, 0.6) ? MAX_128 : logarithmic(this.#rng, 1n, this.#scale)));
    const apply = () => collect(this.#u, range, asked as unknown as Pair);
    return ["collect", [this.#world.probe, range.lower, range.upper, ...asked], apply];
  }

  #turnFeeOn(): Drawn {
    const parts = [0, 1].map(() => pick(this.#rng, [0n, 4n, 5n, 7n, 10n, 10n, chance(this.#rng, 0.3) ? 11n : 4n]));
    return ["setFeeProtocol", parts, () => {
      demand(this.#u.sqrtPriceX96 !== 0n, "LOK");
      for (const part of parts) demand(part === 0n || (part >= 4n && part <= 10n));
      this.#u.protocolParts = parts as unknown as Pair;
    }]; // prettier-ignore
  }

  /** Of one spacing, of a few, or of many; at the price, next to another, or anywhere; rarely one that is refused. */
  #range(): Range {
    const rng = this.#rng;
    const { tickSpacing } = this.#tier;
    const last = Math.floor(MAX_TICK / tickSpacing);
    const here = Math.floor(this.#u.tick / tickSpacing);
    const roll = rng.next();
    if (roll < 0.03) return this.#refusedRange(last);
    if (roll < (tickSpacing > 1_000 ? 0.4 : 0.08)) return { lower: -last * tickSpacing, upper: last * tickSpacing };
    const width = pick(rng, [1, 1, 2, 1 + rng.integer(10), 1 + rng.integer(300), 1 + rng.integer(3_000)]);
    const ends = [...this.#u.ticks.keys()].map((tick) => tick / tickSpacing);
    let first = here - rng.integer(width + 1);
    if (chance(rng, 0.4) && ends.length > 0) first = pick(rng, ends) + pick(rng, [-1, 0, 1, 1 - width, -width]);
    else if (chance(rng, 0.4)) first = here + rng.integer(2_001) - 1_000;
    const lower = Math.min(Math.max(first, -last), last - 1);
    const upper = Math.min(lower + width, last);
    return { lower: lower * tickSpacing, upper: upper * tickSpacing };
  }

  #refusedRange(last: number): Range {
    const { tickSpacing } = this.#tier;
    const kept = last * tickSpacing;
    return pick(this.#rng, [
      { lower: 0, upper: 0 },
      { lower: tickSpacing, upper: -tickSpacing },
      { lower: -kept - tickSpacing, upper: 0 },
      { lower: 0, upper: kept + tickSpacing },
      { lower: tickSpacing > 1 ? 1 - kept : -kept, upper: kept },
    ]);
  }

  #swap(): Drawn {
    const rng = this.#rng;
    const { sqrtPriceX96, tick } = this.#u;
    // Away from where it would go on for thousands of words.
    const inward = Math.abs(tick) > 600_000 && this.#tier.tickSpacing < 1_000 && chance(rng, 0.8);
    const down = inward ? tick > 0 : chance(rng, 0.5);
    const limitX96 = maximum(minimum(this.#limit(down), MAX_160), 0n);
    // So much token0 at so high a price that their product does not fit a word.
    const flood = this.#tier.tickSpacing > 1_000 && tick > 600_000 && chance(rng, 0.3);
    const order: Swap = flood
      ? { down: true, amount: logarithmic(rng, 2n ** 97n, 2n ** 125n), limitX96: UNISWAP.lowest + 1n }
      : { down, amount: this.#amount(down), limitX96 };
    const values = [this.#world.probe, order.down, order.amount, order.limitX96, "0x"];
    return ["swap", values, () => {
      const swapped = swap(this.#u, order, this.#rules);
      this.#countSwap(order, sqrtPriceX96, tick, swapped);
      return swapped.amounts;
    }]; // prettier-ignore
  }

  /** The end, a tick or a unit beside it, somewhere; the wrong side; or what is not allowed. */
  #limit(down: boolean): bigint {
    const rng = this.#rng;
    const { sqrtPriceX96: price, tick, ticks } = this.#u;
    const { tickSpacing } = this.#tier;
    const sign = down ? -1 : 1;
    const roll = rng.next();
    const unit = BigInt(rng.integer(3)) - 1n;
    if (roll < 0.04) return down ? UNISWAP.lowest + unit : UNISWAP.highest + unit;
    if (roll < 0.07) return price + unit;
    if (roll < 0.12) return price - BigInt(sign) * (1n + BigInt(rng.integer(2))) * (price >> 10n);
    const at = (to: number) => UNISWAP.priceAt(Math.min(Math.max(to, 1 - MAX_TICK), MAX_TICK - 1));
    if (roll < 0.3 && ticks.size > 0) return at(pick(rng, [...ticks.keys()])) + unit;
    if (roll < 0.5)
      return (price * BigInt(Math.round((1 + sign * rng.next() * 10 ** rng.between(-6, -1)) * 2 ** 50))) >> 50n;
    // As far as the price may go without becoming tiresome.
    const words = tickSpacing < 10 ? 20 : tickSpacing < 50 ? 60 : 10_000;
    return at(tick + sign * words * 256 * tickSpacing);
  }

  /** A wei, as much as leads to the next tick or a wei beside it, more than there is, or any. */
  #amount(down: boolean): bigint {
    const rng = this.#rng;
    const { liquidity, feePips, tick, sqrtPriceX96: price } = this.#u;
    const roll = rng.next();
    const sign = chance(rng, 0.5) ? 1n : -1n;
    if (roll < 0.01) return 0n;
    if (roll < 0.13) return sign * (1n + BigInt(rng.integer(3)));
    if (roll < 0.16) return sign > 0n ? MAX_SIGNED : -MAX_SIGNED - 1n;
    if (roll < 0.5 && price !== 0n) {
      const next = nextTick(this.#u, tick, down, 256).tick;
      const end = UNISWAP.priceAt(Math.min(Math.max(next, -MAX_TICK), MAX_TICK));
      const between = [liquidity, minimum(price, end), maximum(price, end)] as const;
      const unit = BigInt(rng.integer(3)) - 1n;
      const input = (down ? UNISWAP.token0In : UNISWAP.token1In)(...between);
      const output = (down ? UNISWAP.token1Out : UNISWAP.token0Out)(...between);
      // Or of any part of the way, which may be long.
      if (roll > 0.4) return minimum(logarithmic(rng, 1n, (sign > 0n ? input : output) + 2n), MAX_SIGNED) * sign;
      const amount = sign > 0n ? input + UNISWAP.feeOn(input, feePips) + unit : -output + unit;
      return amount > MAX_SIGNED ? MAX_SIGNED : amount;
    }
    // Of what the liquidity in range is about as much as.
    const tokens = price === 0n ? 1n : down === sign > 0n ? (liquidity << 96n) / price : (liquidity * price) >> 96n;
    if (roll < 0.7) return sign * logarithmic(rng, 1n, 4n * tokens + 2n);
    return sign * ((tokens * BigInt(1 + rng.integer(3_000))) / 1_000n + 1n);
  }

  #countSwap(
    { down, amount, limitX96 }: Swap,
    priceBefore: bigint,
    tickBefore: number,
    { amounts, steps }: Swapped,
  ): void {
    const { sqrtPriceX96: price, tick, feePips, protocolParts } = this.#u;
    const crossed = steps.filter((step) => step.crossed).length;
    const liquid = steps.map(({ liquidity }) => liquidity !== 0n);
    const side = down === amount > 0n ? 0 : 1;
    const isPart = amounts[side] !== amount;
    const isTick = UNISWAP.priceAt(UNISWAP.tickAt(price)) === price;
    const hadGap = liquid.some((is, i) => !is && liquid.slice(0, i).includes(true) && liquid.slice(i).includes(true));
    let from = priceBefore;
    let beyond = false;
    let [capped, eaten] = [false, false];
    for (const step of steps) {
      const { liquidity, amountIn, amountOut, fee } = step;
      const between = [liquidity, minimum(from, step.sqrtPriceX96), maximum(from, step.sqrtPriceX96)] as const;
      // Only where the amount ends the price is worked out.
      if (down && amount > 0n && !isPart) beyond ||= (liquidity << 96n) + amountIn * from > MAX_WORD;
      capped ||= amountOut < (down ? UNISWAP.token1Out : UNISWAP.token0Out)(...between);
      eaten ||= amountIn === 0n && fee > 0n;
      from = step.sqrtPriceX96;
    }
    const kinds: Record<string, boolean> = {
      [`swap: ${amount > 0n ? "sells" : "buys"} token${side}`]: true,
      "swap: a wei": amount === 1n || amount === -1n,
      "swap: crosses a tick": crossed === 1,
      "swap: crosses several ticks": crossed > 1,
      "swap: over a gap": hadGap,
      "swap: a word without ticks": steps.some((step, i) => !step.crossed && i + 1 < steps.length),
      "swap: stops at a limit between ticks": isPart && price === limitX96 && !isTick,
      "swap: stops at a limit on a tick": isPart && price === limitX96 && isTick,
      "swap: exhausts the pool": isPart && (price === UNISWAP.lowest + 1n || price === UNISWAP.highest - 1n),
      "swap: starts where there is nothing": liquid[0] === false,
      "swap: ends on a tick, all of it": !isPart && isTick && steps.some((step) => step.amountIn > 0n),
      "swap: ends a tick below its price": UNISWAP.tickAt(price) !== tick,
      "swap: starts a tick below its price": UNISWAP.tickAt(priceBefore) !== tickBefore,
      "swap: more than was asked for is not given": capped,
      "swap: its fee is all that it brings": eaten && feePips !== 0n,
      "swap: no fee": feePips === 0n,
      "swap: a part of the fee for the protocol":
        protocolParts[down ? 0 : 1] !== 0n && steps.some(({ fee }) => fee > 4n),
      "swap: does not fit a word": beyond,
    };
    for (const [kind, is] of Object.entries(kinds)) if (is) this.#seen.count(kind);
  }
}

const STATE = [
  ...["sqrtPriceX96", "tick", "feeProtocol", "liquidity"],
  ...["feeGrowthGlobal0X128", "feeGrowthGlobal1X128", "protocolFees of token0", "protocolFees of token1"],
];

function dataOf(answer: Answered): string {
  if (!answer.ok) throw new Error(`a view is refused: ${answer.error}`);
  return answer.data;
}
