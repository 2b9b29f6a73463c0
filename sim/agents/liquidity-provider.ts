import type { Agent, Intent } from "../engine/agent.ts";

/**
 * The one provider of the Uniswap pool, who never moves: everything in the pool is the provider's, so the pool's own
 * balances are its wealth. What arbitrage earns is, fees aside, what it loses.
 */
export class LiquidityProvider implements Agent {
  readonly kind = "liquidity provider";
  readonly name = "liquidity-provider";
  readonly members: readonly string[];

  /** @param pool Address of the Uniswap pool. */
  constructor(pool: string) {
    this.members = [pool];
  }

  decide(): Promise<Intent[]> {
    return Promise.resolve([]);
  }
}
