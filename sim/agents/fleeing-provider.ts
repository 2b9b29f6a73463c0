import { priorityFee, type Agent, type Dropped, type Intent, type Outcome, type View } from "../engine/agent.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import {
  encodeCollect,
  encodeDecreaseLiquidity,
  encodeIncreaseLiquidity,
  poolAmounts,
  type EncodedCall,
} from "../market/uniswap-calls.ts";
import type { UniswapAddresses } from "../market/uniswap-deploy.ts";
import { addressOf } from "../population.ts";
import { intervalAt, type Drought } from "../scenarios/stress.ts";

/** Who built the market and owns its one position. */
export const PROVIDER = addressOf("founder");
/** The position manager counts from one, and the world mints one position. */
const TOKEN_ID = 1n;
const GAS = 600_000;
const PARTS = 1_000_000n;

/**
 * The provider of the Uniswap pool, who withdraws a part of the position when the scenario says so, and brings it back
 * afterwards: at the price of that moment, as far as what was withdrawn goes. Its wealth is in the pool and in its hands.
 */
export class FleeingProvider implements Agent {
  readonly kind = "liquidity provider";
  readonly name = "liquidity-provider";
  readonly members: readonly string[];
  readonly #uniswap: UniswapAddresses;
  readonly #droughts: readonly Drought[];
  /** Share of the liquidity that it last set out to provide, and the liquidity of all. */
  #share = 1;
  #whole = 0n;
  /** What it held to begin with is not of the position. */
  #kept = { base: 0n, quote: 0n };

  /** @param pool Address of the Uniswap pool. */
  constructor(pool: string, uniswap: UniswapAddresses, droughts: readonly Drought[]) {
    this.members = [pool, PROVIDER];
    this.#uniswap = uniswap;
    this.#droughts = droughts;
  }

  async prepare(view: View): Promise<void> {
    this.#whole = view.venue.activeLiquidity;
    this.#kept = await this.#held(view);
  }

  async decide(view: View): Promise<Intent[]> {
    const share = intervalAt(this.#droughts, view.seconds)?.venueShare ?? 1;
    if (share === this.#share) return [];
    const wanted = (this.#whole * BigInt(Math.round(share * Number(PARTS)))) / PARTS;
    const present = view.venue.activeLiquidity;
    this.#share = share;
    if (wanted <= present) {
      const decrease = encodeDecreaseLiquidity(this.#uniswap, TOKEN_ID, present - wanted);
      const collect = intentOf(encodeCollect(this.#uniswap, TOKEN_ID, PROVIDER), "collect liquidity");
      return wanted === present ? [collect] : [intentOf(decrease, "withdraw liquidity"), collect];
    }
    const held = await this.#held(view);
    const [base, quote] = [held.base - this.#kept.base, held.quote - this.#kept.quote];
    if (base <= 0n || quote <= 0n) return []; // nothing to come back with
    // Of what is missing: the pool takes no more than the price of the block asks for.
    const amounts = poolAmounts(view.venue.pool, base, quote);
    return [intentOf(encodeIncreaseLiquidity(this.#uniswap, TOKEN_ID, amounts), "provide liquidity")];
  }

  /** What did not come through is tried again. */
  settle(outcomes: readonly Outcome[]): ExchangeOrder[] {
    if (outcomes.some(({ receipt }) => !receipt.ok)) this.#share = Number.NaN;
    return [];
  }

  forget(dropped: readonly Dropped[]): void {
    if (dropped.some(({ reason }) => reason === "expired")) this.#share = Number.NaN;
  }

  async #held({ protocol, balanceOf }: View): Promise<{ readonly base: bigint; readonly quote: bigint }> {
    return {
      base: await balanceOf(protocol.collateral.address, PROVIDER),
      quote: await balanceOf(protocol.loan.address, PROVIDER),
    };
  }
}

function intentOf(call: EncodedCall, label: string): Intent {
  return { ...call, from: PROVIDER, gas: GAS, priorityFeeWei: priorityFee(3), label, touches: [] };
}
