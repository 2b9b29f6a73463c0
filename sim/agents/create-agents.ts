import type { Agent } from "../engine/agent.ts";
import type { World } from "../engine/world.ts";
import type { Population } from "../population.ts";
import type { Stress } from "../scenarios/stress.ts";
import { Arbitrageur } from "./arbitrageur.ts";
import { Borrowers } from "./borrowers.ts";
import { CapitalLiquidator } from "./capital-liquidator.ts";
import { DipBuyers } from "./dip-buyers.ts";
import { FleeingProvider } from "./fleeing-provider.ts";
import { FlashLiquidator } from "./flash-liquidator.ts";
import { Kicker } from "./kicker.ts";
import { Late, NO_LATENCY, type Latency } from "./late.ts";
import { Lenders } from "./lenders.ts";
import { LiquidityProvider } from "./liquidity-provider.ts";
import { Loopers } from "./loopers.ts";
import { OracleKeeper } from "./oracle-keeper.ts";
import { RiskKeeper } from "./risk-keeper.ts";

/** How many of each bot there are. */
export interface Bots {
  readonly flashLiquidators: number;
  readonly capitalLiquidators: number;
  /** Accounts that a liquidator looks at in a block; default: 8. */
  readonly mostLooks?: number;
  /** From what liquidators and the kicker see to what they send; default: none. */
  readonly latency?: Latency;
}

/**
 * Everybody who acts in a run, with nothing remembered: each run gets its own.
 * @param bots Default: as in the world's parameters. Without any, nobody puts accounts up for sale either.
 * @param stress Of the scenario.
 */
export function createAgents(
  { uniswap, venue, startPrice, protocol, parameters }: World,
  population: Population,
  { flashLiquidators, capitalLiquidators, mostLooks, latency = NO_LATENCY }: Bots = parameters.lab,
  stress: Stress = {},
): Agent[] {
  const late = (agent: Agent) => (latency[1] === 0 ? agent : new Late(agent, latency));
  return [
    new OracleKeeper(startPrice, stress.feedOutages),
    ...(protocol.pokeRisk() === undefined ? [] : [new RiskKeeper()]),
    new Arbitrageur(uniswap),
    ...(flashLiquidators + capitalLiquidators === 0 ? [] : [late(new Kicker())]),
    new Borrowers(population.borrowers),
    new Loopers(population.loopers),
    ...(population.dipBuyers.length === 0 ? [] : [new DipBuyers(population.dipBuyers, startPrice)]),
    new Lenders(population.lenders),
    stress.droughts === undefined ? new LiquidityProvider(venue) : new FleeingProvider(venue, uniswap, stress.droughts),
    ...Array.from({ length: flashLiquidators }, (_, i) => late(new FlashLiquidator(i, mostLooks))),
    ...Array.from({ length: capitalLiquidators }, (_, i) => late(new CapitalLiquidator(i, mostLooks))),
  ];
}
