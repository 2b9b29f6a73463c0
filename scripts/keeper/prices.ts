import { UserError } from "../../sim/user-error.ts";
import type { Contracts } from "./contracts.ts";
import type { Market } from "./market.ts";

const SCALE = 10n ** 36n;
const BPS = 10_000n;
const NATIVE_DECIMALS = 18;

/** How gas is valued: at a fixed price, or at the pool's own price of a collateral that is the chain's coin, wrapped. */
export type NativeValue =
  | { readonly price36: bigint } // [loan base units per wei × 1e36]
  | { readonly collateral: string };

/** Liquidation prices of the pool's oracle, and what gas costs by them. */
export class Prices {
  readonly #contracts: Contracts;
  readonly #native: NativeValue;
  #last = new Map<string, bigint>();
  /** As they were when all accounts were looked at last. */
  #reference = new Map<string, bigint>();
  #nativePrice36 = 0n;

  constructor(contracts: Contracts, native: NativeValue) {
    this.#contracts = contracts;
    this.#native = native;
  }

  /** Asks again. Prices that never were valid are left out. */
  async refresh({ oracle, collaterals }: Market): Promise<void> {
    const prices = new Map<string, bigint>();
    for (const { token } of collaterals) {
      const [price36] = await this.#contracts.read("PriceOracle", oracle, "liquidationPriceOrLast", [token]);
      if (price36 !== 0n) prices.set(token, price36 as bigint);
    }
    this.#last = prices;
    this.#nativePrice36 =
      "price36" in this.#native ? this.#native.price36 : (prices.get(this.#native.collateral) ?? this.#nativePrice36);
  }

  /** True if a price has moved by so much since all accounts were looked at, or there is a new one. */
  haveMoved(bps: number): boolean {
    for (const [token, price] of this.#last) {
      const before = this.#reference.get(token);
      if (before === undefined) return true;
      const move = price > before ? price - before : before - price;
      if (move * BPS >= before * BigInt(bps)) return true;
    }
    return false;
  }

  /** All accounts have been looked at with these. */
  settle(): void {
    this.#reference = new Map(this.#last);
  }

  /** False: nobody has said yet what gas is worth. */
  get valueGas(): boolean {
    return this.#nativePrice36 > 0n;
  }

  /** What an amount of the chain's coin is worth. [loan base units, rounded up] */
  toLoan(wei: bigint): bigint {
    return (wei * this.#nativePrice36 + SCALE - 1n) / SCALE;
  }

  /** How much of the chain's coin an amount of the loan asset buys. [wei, rounded down] */
  toWei(loan: bigint): bigint {
    return this.#nativePrice36 === 0n ? 0n : (loan * SCALE) / this.#nativePrice36;
  }
}

/**
 * How gas is valued.
 * @param priceWad Of one whole coin in whole loan tokens, as the user says. [WAD] Undefined: at the collateral's that is it.
 */
export function nativeValue({ collaterals, loan }: Market, priceWad: bigint | undefined): NativeValue {
  if (priceWad !== undefined) {
    // whole loan tokens per coin × 10^loan decimals ÷ 10^18 wei × 1e36
    return { price36: (priceWad * 10n ** BigInt(loan.decimals) * SCALE) / 10n ** 18n / 10n ** BigInt(NATIVE_DECIMALS) };
  }
  const wrapped = collaterals.find(({ symbol, decimals }) => symbol === "WETH" && decimals === NATIVE_DECIMALS);
  if (wrapped !== undefined) return { collateral: wrapped.token };
  throw new UserError("no collateral says what gas is worth: give the coin's price in the loan asset by --eth-price");
}
