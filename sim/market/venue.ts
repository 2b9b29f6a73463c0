import { poolInterface } from "./uniswap-artifacts.ts";
import type { UniswapPool } from "./uniswap-calls.ts";
import { tickAtSqrtPriceX96 } from "./uniswap-math.ts";

const Q96 = 2 ** 96;
const [SWAP_TOPIC, MINT_TOPIC, BURN_TOPIC] = ["Swap", "Mint", "Burn"].map(
  (name) => poolInterface.getEvent(name)?.topicHash ?? "",
);

export interface Log {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** What a swap did, as seen from the swapper. [base units] */
export interface VenueSwap {
  readonly baseIn: bigint; // negative: received
  readonly quoteIn: bigint;
}

/**
 * State of a Uniswap v3 pool, followed through its `Swap`, `Mint` and `Burn` events, and the arithmetic of trading in its current range of
 * liquidity (Adams et al., "Uniswap v3 Core" (2021), §6.2.3: x = L/√P, y = L·√P). Floats, for decisions only: the pool
 * itself says what a trade did.
 */
export class Venue {
  readonly pool: UniswapPool;
  readonly feeShare: number;
  readonly #scale: number; // price of base units → price of whole units
  readonly #baseDecimals: number;
  readonly #quoteDecimals: number;
  #sqrtPriceX96: bigint;
  #liquidity: bigint;

  constructor(
    pool: UniswapPool,
    decimals: { readonly base: number; readonly quote: number },
    state: { readonly sqrtPriceX96: bigint; readonly liquidity: bigint },
  ) {
    this.pool = pool;
    this.feeShare = pool.fee / 1e6;
    this.#baseDecimals = decimals.base;
    this.#quoteDecimals = decimals.quote;
    this.#scale = 10 ** (decimals.base - decimals.quote);
    this.#sqrtPriceX96 = state.sqrtPriceX96;
    this.#liquidity = state.liquidity;
  }

  get sqrtPriceX96(): bigint {
    return this.#sqrtPriceX96;
  }

  /** Quote per base, in whole units, before fees. */
  get price(): number {
    const ratio = (Number(this.#sqrtPriceX96) / Q96) ** 2;
    return (this.pool.baseIsToken0 ? ratio : 1 / ratio) * this.#scale;
  }

  /** L in whole units of both: base = L/√P, quote = L·√P. */
  get liquidity(): number {
    return Number(this.#liquidity) / 10 ** ((this.#baseDecimals + this.#quoteDecimals) / 2);
  }

  /** The same in the pool's own unit. */
  get activeLiquidity(): bigint {
    return this.#liquidity;
  }

  /** Reads the pool's events in the order of the block. Returns what this transaction swapped. */
  follow(logs: readonly Log[]): VenueSwap | undefined {
    let swap: VenueSwap | undefined;
    for (const log of logs) {
      const [topic] = log.topics;
      if (topic !== SWAP_TOPIC && topic !== MINT_TOPIC && topic !== BURN_TOPIC) continue;
      if (BigInt(log.address) !== BigInt(this.pool.address)) continue;
      if (topic !== SWAP_TOPIC) {
        this.#provide(log);
        continue;
      }
      // int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick
      const word = (i: number) => BigInt(`0x${log.data.slice(2 + 64 * i, 66 + 64 * i)}`);
      const [amount0, amount1] = [BigInt.asIntN(256, word(0)), BigInt.asIntN(256, word(1))];
      const [sqrtPriceX96, liquidity] = [word(2), word(3)];
      this.#sqrtPriceX96 = sqrtPriceX96;
      this.#liquidity = liquidity;
      const [baseIn, quoteIn] = this.pool.baseIsToken0 ? [amount0, amount1] : [amount1, amount0];
      swap = { baseIn: (swap?.baseIn ?? 0n) + baseIn, quoteIn: (swap?.quoteIn ?? 0n) + quoteIn };
    }
    return swap;
  }

  /** Liquidity comes or goes. It counts while the price is in its range. */
  #provide({ topics, data }: Log): void {
    const isMint = topics[0] === MINT_TOPIC;
    const event = poolInterface.decodeEventLog(isMint ? "Mint" : "Burn", data, [...topics]);
    const { tickLower, tickUpper, amount } = event as unknown as Readonly<Record<string, bigint>>;
    const tick = tickAtSqrtPriceX96(this.#sqrtPriceX96);
    if (tick >= tickLower && tick < tickUpper) this.#liquidity += isMint ? amount : -amount;
  }

  /** Base to sell, fee included, until the price is `target` (below the present one). */
  baseInTo(target: number): number {
    return (this.liquidity * (1 / Math.sqrt(target) - 1 / Math.sqrt(this.price))) / (1 - this.feeShare);
  }

  /** Quote received on the way down to `target`. */
  quoteOutTo(target: number): number {
    return this.liquidity * (Math.sqrt(this.price) - Math.sqrt(target));
  }

  /** Quote to pay, fee included, until the price is `target` (above the present one). */
  quoteInTo(target: number): number {
    return (this.liquidity * (Math.sqrt(target) - Math.sqrt(this.price))) / (1 - this.feeShare);
  }

  /** Base received on the way up to `target`. */
  baseOutTo(target: number): number {
    return this.liquidity * (1 / Math.sqrt(this.price) - 1 / Math.sqrt(target));
  }

  /** Quote received for selling `base`. */
  quoteOutFor(base: number): number {
    const after = 1 / (1 / Math.sqrt(this.price) + (base * (1 - this.feeShare)) / this.liquidity);
    return this.liquidity * (Math.sqrt(this.price) - after);
  }

  /** The pool's own number for a price. */
  sqrtPriceX96At(price: number): bigint {
    const ratio = price / this.#scale;
    return BigInt(Math.floor(Math.sqrt(this.pool.baseIsToken0 ? ratio : 1 / ratio) * Q96));
  }
}
