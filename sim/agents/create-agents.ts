import { LAB } from "../config.ts";
import type { Agent } from "../engine/agent.ts";
import type { World } from "../engine/world.ts";
import type { Population } from "../population.ts";
import { Arbitrageur } from "./arbitrageur.ts";
import { Borrowers } from "./borrowers.ts";
import { CapitalLiquidator } from "./capital-liquidator.ts";
import { DipBuyers } from "./dip-buyers.ts";
import { FlashLiquidator } from "./flash-liquidator.ts";
import { Kicker } from "./kicker.ts";
import { Lenders } from "./lenders.ts";
import { LiquidityProvider } from "./liquidity-provider.ts";
import { Loopers } from "./loopers.ts";
import { OracleKeeper } from "./oracle-keeper.ts";
import { RiskKeeper } from "./risk-keeper.ts";

/** Everybody who acts in a run, with nothing remembered: each run gets its own. */
export function createAgents({ uniswap, venue, startPrice, protocol }: World, population: Population): Agent[] {
  return [
    new OracleKeeper(startPrice),
    ...(protocol.pokeRisk() === undefined ? [] : [new RiskKeeper()]),
    new Arbitrageur(uniswap),
    new Kicker(),
    new Borrowers(population.borrowers),
    new Loopers(population.loopers),
    ...(population.dipBuyers.length === 0 ? [] : [new DipBuyers(population.dipBuyers, startPrice)]),
    new Lenders(population.lenders),
    new LiquidityProvider(venue),
    ...Array.from({ length: LAB.flashLiquidators }, (_, i) => new FlashLiquidator(i)),
    ...Array.from({ length: LAB.capitalLiquidators }, (_, i) => new CapitalLiquidator(i)),
  ];
}
